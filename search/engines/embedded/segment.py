"""What a segment holds, by name: postings of fields, columns, lengths, stored values. One file of arrays each.

    F.words F.ends      the words of field F in order; F.starts and what else holds their postings: see postings
    lists.*             long lists of documents, which fields share: see lists
    F.lengths           words of the field in each document
    C|words C|ends      the distinct values of column C in order; of a document's value the parts between SEPARATOR
                        (no arrays: the words of field C)
    C|numbers C|bounds  the numbers of its values, document after document (no bounds: exactly one each, -1 for none)
    C|plain             a column of numbers
    stored              what is stored of each document: see stored

Documents are numbered from 0 in the order they came in.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded.building import runs
from search.engines.embedded.columns import ArrayFile, ArrayWriter, Words, joined
from search.engines.embedded.lists import ListPool, Lists
from search.engines.embedded.packing import narrow
from search.engines.embedded.postings import Field, FieldSpool
from search.engines.embedded.stored import Block, Stored, write_stored
from search.errors import DamagedIndex

__all__ = [
    "SEPARATOR", "ByteColumn", "ByteValues", "Column", "Field", "FieldArrays", "SegmentArrays", "SegmentFile", "signed",
    "write_values",
]  # fmt: skip

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
    """A column of bytes: distinct values, and which of them is each document's (b"": none).

    Where `values` is the very list of words of the field of its name, each is one value.
    """

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
    stored: list[Block] = field(default_factory=list)

    def write(self, path: Path, *, passing: bool = False) -> None:
        """`passing`: it will soon be merged, and lies as is written fastest."""
        with ArrayWriter(path, {"size": self.size}) as out:
            pool = ListPool(self.size, passing=passing)
            for name, postings in self.fields.items():
                _write_field(out, name, pool, postings)
            pool.write(out)
            for name, lengths in self.lengths.items():
                out.whole(f"{name}.lengths", narrow(lengths))
            for name, column in self.columns.items():
                if isinstance(column, ByteValues):
                    field = self.fields.get(name)
                    _write_bytes(out, name, column, field.words if field is not None else [])
                else:
                    out.whole(f"{name}|plain", column)
            write_stored(out, self.stored)


def _write_field(out: ArrayWriter, name: str, pool: ListPool, postings: FieldArrays) -> None:
    spool = FieldSpool(pool, places=postings.places is not None)
    freqs = postings.freqs
    if freqs is None and postings.places is not None:
        freqs = np.ones(len(postings.docs), dtype=np.int64)
    spool.add(postings.counts, postings.docs, freqs, postings.places)
    spool.write(out, name, postings.words)


def _write_bytes(out: ArrayWriter, name: str, column: ByteValues, words: list[bytes]) -> None:
    if column.values is words:
        out.whole(f"{name}|numbers", column.which.astype(signed(len(words))))
        return
    parts = [value.split(SEPARATOR) if value else [] for value in column.values]
    values = sorted({part for each in parts for part in each})
    numbers = {value: number for number, value in enumerate(values)}
    write_values(out, name, values, words)
    counts = np.array([len(each) for each in parts], dtype=np.int64)
    if all(len(each) <= 1 for each in parts):
        table = np.array([numbers[each[0]] if each else -1 for each in parts], dtype=signed(len(values)))
        out.whole(f"{name}|numbers", table[column.which])
        return
    table = np.array([numbers[part] for each in parts for part in each], dtype=signed(len(values)))
    held = counts[column.which]
    out.whole(f"{name}|numbers", table[runs((np.cumsum(counts) - counts)[column.which], held)])
    out.whole(f"{name}|bounds", np.concatenate([[0], np.cumsum(held)]))


def write_values(out: ArrayWriter, name: str, values: list[bytes], words: list[bytes]) -> None:
    """The distinct values of a column, unless they are the words of the field of its name."""
    if not values or values != words:
        blob, ends = joined(values)
        out.whole(f"{name}|words", blob)
        out.whole(f"{name}|ends", ends)


def signed(values: int) -> npt.DTypeLike:
    """The smallest type of numbers from -1 to below this."""
    return np.min_scalar_type(-max(values, 1))


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
        self.lists = Lists(self.arrays, self.size)
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
            self._fields[name] = Field(self.arrays, name, self.lists)
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
        numbers = whole(f"{name}|numbers").astype(np.int32, copy=False)
        if f"{name}|words" in self.arrays:
            return ByteColumn(Words(whole(f"{name}|words"), whole(f"{name}|ends")), numbers, bounds)
        field = self.field(name)
        if field is None:
            raise DamagedIndex(f"{self.arrays.path} has no values of column {name}: run `reindex --rebuild`")
        return ByteColumn(field.words, numbers, bounds)

    @cached_property
    def stored_blocks(self) -> Stored:
        return Stored(self.arrays, self.size)

    def stored(self, document: int) -> bytes:
        """As `encode_stored` wrote it."""
        return self.stored_blocks[document]
