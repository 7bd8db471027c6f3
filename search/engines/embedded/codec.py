"""Whoosh's codec over a segment's arrays: stock Whoosh opens, searches and writes such an index as any other.

Invariant: it answers as over Whoosh's own files, to the score, under Whoosh's weighting. It keeps what Existence,
Frequency and Positions formats say (weights are frequencies), columns of numbers and bytes, stored values that JSON
holds. `ColumnarCodec` is pickled into Whoosh's table of contents: it has no state, and its import path must stay.
"""

from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import columns, formats
from whoosh.codec import base
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.reading import TermInfo, TermNotFound

from search.engines.embedded.matcher import ArrayMatcher, extremes, rounded
from search.engines.embedded.segment import (
    EXTENSION,
    ByteColumn,
    ByteValues,
    Field,
    FieldArrays,
    SegmentArrays,
    SegmentFile,
)
from search.engines.embedded.stored import decode_stored, encode_stored, packed

__all__ = ["ColumnarCodec", "ColumnarSegment", "decode_stored"]

Array = npt.NDArray[Any]


class ColumnarSegment(W3Segment):
    """One file, never assembled into a compound. `_fieldlengths` is Whoosh's total of each field."""

    pending: SegmentArrays | None = None  # on its way from the per-document writer to the field writer

    def should_assemble(self) -> bool:
        return False

    def path(self, storage: Any) -> Path:
        return Path(storage.folder, self.make_filename(EXTENSION))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "pending"}


class ColumnarCodec(W3Codec):
    length_stats = False  # lengths stand beside the postings: the field writer need not be told

    def per_document_writer(self, storage: Any, segment: Any) -> "PerDocumentWriter":
        return PerDocumentWriter(segment)

    def field_writer(self, storage: Any, segment: Any) -> "FieldWriter":
        return FieldWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> "TermsReader":
        return TermsReader(SegmentFile(segment.path(storage)))

    def per_document_reader(self, storage: Any, segment: Any) -> "PerDocumentReader":
        return PerDocumentReader(SegmentFile(segment.path(storage)), segment)

    def new_segment(self, storage: Any, indexname: str) -> ColumnarSegment:
        return ColumnarSegment(self, indexname)


class PerDocumentWriter(base.PerDocumentWriter):
    def __init__(self, segment: Any) -> None:
        self._segment = segment
        self._size = 0
        self._stored: list[bytes] = []
        self._values: dict[str, Any] = {}
        self._lengths: dict[str, dict[int, int]] = {}
        self._columns: dict[str, tuple[Any, dict[int, Any]]] = {}
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        self._values, self._size = {}, docnum + 1

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int | None) -> None:
        if value is not None:
            self._values[fieldname] = value
        if length:
            self._lengths.setdefault(fieldname, {})[self._size - 1] = length

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        if not isinstance(columnobj, columns.NumericColumn | columns.VarBytesColumn | columns.RefBytesColumn):
            raise TypeError(f"column {fieldname!r}: {columnobj!r} is not kept by this codec")
        self._columns.setdefault(fieldname, (columnobj, {}))[1][self._size - 1] = value

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Any) -> None:
        raise TypeError(f"field {fieldname!r}: vectors are not kept by this codec")

    def finish_doc(self) -> None:
        self._stored.append(encode_stored(self._values))

    def cancel_doc(self) -> None:
        self._size -= 1
        for values in (*self._lengths.values(), *(values for _, values in self._columns.values())):
            values.pop(self._size, None)

    def close(self) -> None:
        lengths = {name: _filled(self._size, 0, values, np.int64) for name, values in self._lengths.items()}
        self._segment._fieldlengths = {name: int(each.sum()) for name, each in lengths.items()}
        kept: dict[str, Array | ByteValues] = {}
        for name, (column, values) in self._columns.items():
            if isinstance(column, columns.NumericColumn):
                kept[name] = _filled(self._size, column.default_value(), values, np.dtype(column._typecode))
            else:
                kept[name] = ByteValues.of([values.get(number, b"") for number in range(self._size)])
        self._segment.pending = SegmentArrays(
            self._size, lengths=lengths, columns=kept, stored=list(packed(self._stored))
        )
        self.is_closed = True


def _filled(size: int, default: Any, values: dict[int, Any], dtype: npt.DTypeLike) -> Array:
    filled = np.full(size, default, dtype=dtype)
    for number, value in values.items():
        filled[number] = value
    return filled


class FieldWriter(base.FieldWriter):
    """Takes postings one by one, as Whoosh gives them; our own writer hands over whole arrays instead."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._storage, self._segment = storage, segment
        self._fields: dict[str, FieldArrays] = {}
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        kind = type(fieldobj.format)
        if kind not in (formats.Existence, formats.Frequency, formats.Positions):
            raise TypeError(f"field {fieldname!r}: format {kind.__name__} is not kept by this codec")
        self._name, self._format = fieldname, fieldobj.format
        self._words: list[bytes] = []
        self._counts, self._docs, self._freqs, self._places = array("q"), array("q"), array("q"), array("q")

    def start_term(self, text: bytes) -> None:
        self._words.append(text)
        self._counts.append(0)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None) -> None:
        freq = self._format.decode_frequency(vbytes)
        if freq != weight:
            raise TypeError(f"field {self._name!r}: weights other than frequencies are not kept by this codec")
        self._counts[-1] += 1
        self._docs.append(docnum)
        self._freqs.append(freq)
        if isinstance(self._format, formats.Positions):
            self._places.extend(self._format.decode_positions(vbytes))

    def finish_term(self) -> None:
        pass

    def finish_field(self) -> None:
        places = np.array(self._places, dtype=np.int64) if isinstance(self._format, formats.Positions) else None
        counts, docs, freqs = (np.array(each, dtype=np.int64) for each in (self._counts, self._docs, self._freqs))
        self._fields[self._name] = FieldArrays(self._words, counts, docs, freqs, places)

    def close(self) -> None:
        arrays = self._segment.pending
        arrays.fields = self._fields
        arrays.write(self._segment.path(self._storage))
        self._segment.pending = None
        self.is_closed = True


class PerDocumentReader(base.PerDocumentReader):
    def __init__(self, file: SegmentFile, segment: Any) -> None:
        self._file, self._segment = file, segment
        self._rounded: dict[str, Array | None] = {}

    def doc_count(self) -> int:
        return self._file.size - int(self._segment.deleted_count())

    def doc_count_all(self) -> int:
        return self._file.size

    def has_deletions(self) -> bool:
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Any:
        return self._segment.deleted_docs()

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return self._file.column(fieldname) is not None

    def column_reader(self, fieldname: str, column: Any) -> "ColumnReader":
        return ColumnReader(self._file, fieldname)

    def _lengths(self, fieldname: str) -> Array | None:
        if fieldname not in self._rounded:
            exact = self._file.lengths(fieldname)
            self._rounded[fieldname] = rounded(exact) if exact is not None else None
        return self._rounded[fieldname]

    def doc_field_length(self, docnum: int, fieldname: str, default: int | None = 0) -> int | None:
        lengths = self._lengths(fieldname)
        return default if lengths is None else int(lengths[docnum]) or None

    def field_length(self, fieldname: str) -> int:
        return int(self._segment._fieldlengths.get(fieldname, 0))

    def min_field_length(self, fieldname: str) -> int:
        return self._of_lengths(fieldname, np.min)

    def max_field_length(self, fieldname: str) -> int:
        return self._of_lengths(fieldname, np.max)

    def _of_lengths(self, fieldname: str, which: Callable[[Array], Any]) -> int:
        lengths = self._lengths(fieldname)
        return int(which(lengths)) if lengths is not None else 0

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return decode_stored(self._file.stored(docnum))


class ColumnReader(columns.ColumnReader):
    """Values as Whoosh's columns give them: numbers, or bytes."""

    def __init__(self, file: SegmentFile, name: str) -> None:
        self._column, self._doccount, self._sign = file.column(name), file.size, 1

    def __getitem__(self, docnum: int) -> Any:
        if isinstance(self._column, ByteColumn):
            return self._column.value(docnum)
        return self._column[docnum].item() if self._column is not None else None

    def sort_key(self, docnum: int) -> Any:
        return self[docnum] if self._sign > 0 else -self[docnum]

    def set_reverse(self) -> None:
        if isinstance(self._column, ByteColumn):
            raise NotImplementedError  # as in Whoosh's own columns of bytes
        self._sign = -1


class TermsReader(base.TermsReader):
    def __init__(self, file: SegmentFile) -> None:
        self._file = file
        self._names = file.field_names()

    def _found(self, fieldname: str, text: bytes) -> tuple[Field, int]:
        field = self._file.field(fieldname)
        number = field.words.find(text) if field is not None else None
        if field is None or number is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return field, number

    def _frequency(self, fieldname: str, text: bytes, of: Callable[[Any], Any]) -> Any:
        if (fieldname, text) not in self:
            raise KeyError(text)  # which Whoosh reads as 0, other than TermNotFound
        return of(self.term_info(fieldname, text))

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field = self._file.field(term[0])
        return field is not None and field.words.find(term[1]) is not None

    def indexed_field_names(self) -> list[str]:
        return self._names

    def cursor(self, fieldname: str, fieldobj: Any) -> "FieldCursor":
        return FieldCursor(self._file, fieldname, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for name in self._names:
            field = self._file.field(name)
            if name >= fieldname and field is not None:
                first = field.words.at_or_after(prefix) if name == fieldname else 0
                yield from ((name, field.words[number]) for number in range(first, len(field.words)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return self.items_from("", b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        return _term_info(self._file, *self._found(fieldname, text))

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self._frequency(fieldname, text, TermInfo.weight))

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return int(self._frequency(fieldname, text, TermInfo.doc_frequency))

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> "ArrayMatcher":
        field, number = self._found(fieldname, text)
        return ArrayMatcher(self._file, field, number, format_, scorer, (fieldname, text))


def _term_info(file: SegmentFile, field: Field, number: int) -> TermInfo:
    docs, freqs = field.docs(number, number + 1), field.freqs(number, number + 1)
    least, most = extremes(file.lengths(field.name), docs)
    total, largest = (float(freqs.sum()), float(freqs.max())) if freqs is not None else (float(len(docs)), 1.0)
    return TermInfo(total, len(docs), least, most, largest, int(docs[0]), int(docs[-1]))


class FieldCursor(base.FieldCursor):
    def __init__(self, file: SegmentFile, fieldname: str, fieldobj: Any) -> None:
        self._file, self._field, self._type = file, file.field(fieldname), fieldobj
        self._number = 0

    def first(self) -> str | None:
        self._number = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        text = term if isinstance(term, bytes) else self._type.to_bytes(term)
        self._number = self._field.words.at_or_after(text) if self._field is not None else 0
        return self.text()

    def next(self) -> str | None:
        self._number += 1
        return self.text()

    def text(self) -> str | None:
        return self._type.from_bytes(self._field.words[self._number]) if self.is_valid() and self._field else None

    def term_info(self) -> TermInfo | None:
        return _term_info(self._file, self._field, self._number) if self.is_valid() and self._field else None

    def is_valid(self) -> bool:
        return self._field is not None and self._number < len(self._field.words)
