"""What a segment holds, by name: postings of fields, columns, lengths, stored values. One file of arrays each.

    F.words F.ends      the words of field F in order; F.starts and what else holds their postings: see postings
    F.lengths           words of the field in each document
    C|words C|ends      the distinct values of column C in order; of a document's value the parts between SEPARATOR
    C|numbers C|bounds  the numbers of its values, document after document (no bounds: exactly one each, -1 for none)
    C|plain             a column of numbers
    stored stored.ends  what is stored of each document

Documents are numbered from 0 in the order they came in.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded.columns import ArrayFile, ArrayWriter, Words, joined
from search.engines.embedded.packing import narrow, runs
from search.engines.embedded.postings import Field, FieldSpool

__all__ = ["SEPARATOR", "ByteColumn", "ByteValues", "Column", "Field", "FieldArrays", "SegmentArrays", "SegmentFile"]

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

#: Joins the values of one document in a column of bytes.
SEPARATOR = b"\x1f"

EXTENSION = ".arrays"


@dataclass(frozen=True, slots=True)
class FieldArrays:
    """The postings of a field: `counts[i]` documents hold word i; no `freqs` is once each, no `places` no phrases."""

    words: list[bytes]
    counts: Array
    docs: Array
    freqs: Array | None = None
    places: Array | None = None


@dataclass(frozen=True, slots=True)
class ByteValues:
    """A column of bytes: distinct values, and which of them is each document's (b"": none)."""

    values: list[bytes]
    which: Array

    @classmethod
    def of(cls, listed: list[bytes]) -> "ByteValues":
        places = {value: number for number, value in enumerate(dict.fromkeys(listed))}
        return cls(list(places), np.fromiter(map(places.__getitem__, listed), np.int64, len(listed)))


@dataclass(slots=True)
class SegmentArrays:
    """A segment in memory. A column is of numbers, or of bytes."""

    size: int
    fields: dict[str, FieldArrays] = field(default_factory=dict)
    lengths: dict[str, Array] = field(default_factory=dict)
    columns: dict[str, Array | ByteValues] = field(default_factory=dict)
    stored: list[bytes] = field(default_factory=list)

    def write(self, path: Path) -> None:
        with ArrayWriter(path, {"size": self.size}) as out:
            for name, postings in self.fields.items():
                _write_field(out, name, self.size, postings)
            for name, lengths in self.lengths.items():
                out.whole(f"{name}.lengths", narrow(lengths))
            for name, column in self.columns.items():
                if isinstance(column, ByteValues):
                    _write_bytes(out, name, column)
                else:
                    out.whole(f"{name}|plain", column)
            some = range(0, len(self.stored), 1000)
            joined_ = (b"".join(self.stored[start : start + 1000]) for start in some)
            out.pieces("stored", np.uint8, (np.frombuffer(each, dtype=np.uint8) for each in joined_))
            out.whole("stored.ends", np.cumsum(np.fromiter(map(len, self.stored), np.int64, len(self.stored))))


def _write_field(out: ArrayWriter, name: str, size: int, postings: FieldArrays) -> None:
    spool = FieldSpool(size, places=postings.places is not None)
    freqs = postings.freqs
    if freqs is None and postings.places is not None:
        freqs = np.ones(len(postings.docs), dtype=np.int64)
    spool.add(postings.counts, postings.docs, freqs, postings.places)
    spool.write(out, name, postings.words)


def _write_bytes(out: ArrayWriter, name: str, column: ByteValues) -> None:
    parts = [value.split(SEPARATOR) if value else [] for value in column.values]
    values = sorted({part for each in parts for part in each})
    numbers = {value: number for number, value in enumerate(values)}
    words, ends = joined(values)
    out.whole(f"{name}|words", words)
    out.whole(f"{name}|ends", ends)
    counts = np.array([len(each) for each in parts], dtype=np.int64)
    if all(len(each) <= 1 for each in parts):
        table = np.array([numbers[each[0]] if each else -1 for each in parts], dtype=np.int32)
        out.whole(f"{name}|numbers", table[column.which])
        return
    table = np.array([numbers[part] for each in parts for part in each], dtype=np.int32)
    held = counts[column.which]
    out.whole(f"{name}|numbers", table[runs((np.cumsum(counts) - counts)[column.which], held)])
    out.whole(f"{name}|bounds", np.concatenate([[0], np.cumsum(held)]))


@dataclass(frozen=True, slots=True)
class ByteColumn:
    """A column of bytes: the numbers of a document's values stand from bounds[d] to bounds[d + 1]."""

    values: Words
    numbers: Array
    bounds: Array | None

    def value(self, document: int) -> bytes:
        if self.bounds is None:
            number = int(self.numbers[document])
            return self.values[number] if number >= 0 else b""
        numbers = self.numbers[self.bounds[document] : self.bounds[document + 1]]
        return SEPARATOR.join(self.values[int(number)] for number in numbers)


Column = ByteColumn | Array


class SegmentFile:
    """A segment on the disk, opened."""

    def __init__(self, path: Path) -> None:
        self.arrays = ArrayFile(path)
        self.size = int(self.arrays.meta["size"])
        self._fields: dict[str, Field] = {}

    def field_names(self) -> list[str]:
        return sorted(name.removesuffix(".starts") for name in self.arrays.names() if name.endswith(".starts"))

    def column_names(self) -> list[str]:
        return sorted({name.split("|")[0] for name in self.arrays.names() if "|" in name})

    def field(self, name: str) -> Field | None:
        """None where no document has anything in the field."""
        if name not in self._fields:
            if f"{name}.starts" not in self.arrays:
                return None
            self._fields[name] = Field(self.arrays, name, self.size)
        return self._fields[name]

    def lengths(self, name: str) -> Array | None:
        return self.arrays.whole(f"{name}.lengths") if f"{name}.lengths" in self.arrays else None

    def column(self, name: str) -> Column | None:
        if f"{name}|plain" in self.arrays:
            return self.arrays.whole(f"{name}|plain")
        if f"{name}|numbers" not in self.arrays:
            return None
        whole = self.arrays.whole
        bounds = whole(f"{name}|bounds") if f"{name}|bounds" in self.arrays else None
        return ByteColumn(Words(whole(f"{name}|words"), whole(f"{name}|ends")), whole(f"{name}|numbers"), bounds)

    def stored(self, document: int) -> bytes:
        ends = self.arrays.whole("stored.ends")
        return self.arrays.part("stored", int(ends[document - 1]) if document else 0, int(ends[document])).tobytes()
