"""Facet values as numbers, and how often each occurs among documents: exact, over all hits."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from search.engines.embedded import kernels
from search.engines.embedded.building import runs
from search.engines.embedded.columns import Words
from search.engines.embedded.segment import ByteColumn

__all__ = ["Counted", "Ordinals", "Together", "by_month", "descending", "ordinals"]

Array = npt.NDArray[Any]
Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Cells of facets that are counted as one: 26,000 hits take 40 us for every pass, 8,192 cells 15 us to sum.
CELLS = 8192
#: Hits up to which facets are counted in the rows of hits: summing the cells would take longer. Compiled loops always
#: count in rows.
FEW = 2000

EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Ordinals:
    """A facet: document d has the values numbered numbers[bounds[d]] to before numbers[bounds[d + 1]]; without bounds
    numbers[d], or none where that is -1. Values are in order.
    """

    words: Words | list[bytes]
    numbers: Array
    bounds: Array | None
    size: int

    @cached_property
    def values(self) -> list[str]:
        return [word.decode() for word in self.words]

    @cached_property
    def totals(self) -> Counts:
        """Of all documents."""
        return np.bincount(self.numbers[self.numbers >= 0], minlength=len(self.words)).astype(np.int64)

    def counts(self, docs: Array) -> Counts:
        """How many of the documents (each once) have each value."""
        return self.counted(docs).values

    def counted(self, docs: Array) -> "Counted":
        """The same, and how many have none."""
        if self.bounds is None:
            counts = kernels.count_of(self._cells, docs, len(self.words) + 1)
            return Counted(counts[1:], int(counts[0]))
        starts = self.bounds.take(docs)
        lengths = self.bounds.take(docs + 1) - starts
        counts = kernels.count(self.numbers.take(runs(starts, lengths)), len(self.words))
        return Counted(counts, len(docs) - int(np.count_nonzero(lengths)))

    @cached_property
    def _cells(self) -> Array:
        """Where each document has one value, its number from 1, or 0 for none."""
        return (self.numbers + 1).astype(np.min_scalar_type(len(self.words)))

    def missing(self) -> Mask:
        """Which documents have no value."""
        return self.numbers < 0 if self.bounds is None else np.diff(self.bounds) == 0

    @cached_property
    def lacking(self) -> int:
        """How many of all documents have no value."""
        return int(np.count_nonzero(self.missing()))

    @cached_property
    def is_constant(self) -> bool:
        """Whether all documents have the same one value."""
        return self.bounds is None and len(self.words) == 1 and not self.lacking

    def having(self, number: int) -> Mask:
        """Which documents have the value of this number."""
        if self.bounds is None:
            return np.asarray(self.numbers == number)
        mask = np.zeros(self.size, dtype=np.bool_)
        mask[np.searchsorted(self.bounds, np.flatnonzero(self.numbers == number), side="right") - 1] = True
        return mask

    def number(self, value: str) -> int | None:
        """The number of a value; None where no document has it."""
        return self._numbers.get(value)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {value: number for number, value in enumerate(self.values)}


class Counted(NamedTuple):
    """How many documents have each value, and how many none."""

    values: Counts
    without: int


class Group(NamedTuple):
    """Facets with one value each, as one: a document's number is that of its cell; value 0 of a facet is none."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    numbers: Array

    def counted(self, docs: Array) -> dict[str, Counted]:
        cells = kernels.count_of(self.numbers, docs, math.prod(self.sizes))
        found = {}
        for place, (name, size) in enumerate(zip(self.names, self.sizes, strict=True)):
            outer = cells.reshape(math.prod(self.sizes[:place]), -1)
            counts = np.add.reduce(np.add.reduce(outer).reshape(size, -1), axis=1)
            found[name] = Counted(counts[1:], int(counts[0]))
        return found


class Together:
    """Facets of the same documents, counted in as few passes as there are groups of small ones."""

    def __init__(self, facets: Mapping[str, Ordinals]) -> None:
        self._facets = facets

    def counted(self, docs: Array, names: Iterable[str]) -> dict[str, Counted]:
        """Of each of these facets over the documents (ascending, each once)."""
        wanted = set(names)
        size = next(iter(self._facets.values())).size
        if 2 * len(docs) <= size:
            return self._counted(docs, wanted)
        left = np.zeros(0, np.int64)
        if len(docs) < size:  # what is left out is fewer
            others = np.ones(size, dtype=np.bool_)
            others[docs] = False
            left = np.flatnonzero(others)
        found = self._counted(left, wanted)
        facets = {name: self._facets[name] for name in wanted}
        return {
            name: Counted(facet.totals - found[name].values, facet.lacking - found[name].without)
            for name, facet in facets.items()
        }

    def _counted(self, docs: Array, wanted: set[str]) -> dict[str, Counted]:
        found: dict[str, Counted] = {}
        if len(docs) > FEW and kernels.count_rows is kernels.PLAIN["count_rows"]:
            for group in self._groups:
                if not wanted.isdisjoint(group.names):
                    found |= group.counted(docs)
        elif not wanted.isdisjoint(self._single):
            rows, size = self._rows
            counts, start = kernels.count_rows(rows, docs, size), 0
            for name, values in self._single.items():
                found[name] = Counted(counts[start + 1 : start + values], int(counts[start]))
                start += values
        for name in wanted - found.keys():
            facet = self._facets[name]
            if facet.is_constant:
                found[name] = Counted(np.array([len(docs)], dtype=np.int64), 0)
            else:
                found[name] = facet.counted(docs)
        return found

    @cached_property
    def _single(self) -> dict[str, int]:
        """The facets with one value each, and how many there are of it, with none."""
        return {
            name: len(facet.words) + 1
            for name, facet in self._facets.items()
            if facet.bounds is None and not facet.is_constant
        }

    @cached_property
    def _rows(self) -> tuple[Array, int]:
        """A row for each document: its values in these facets, numbered on from one facet to the next; how many."""
        size, documents = sum(self._single.values()), next(iter(self._facets.values())).size
        rows = np.empty((documents, len(self._single)), np.min_scalar_type(size))
        start = 1
        for column, (name, values) in zip(rows.T, self._single.items(), strict=True):
            column[:] = self._facets[name].numbers + start
            start += values
        return rows, size

    @cached_property
    def _groups(self) -> list[Group]:
        single = self._single
        groups: list[list[str]] = []
        for name in sorted(single, key=lambda name: (-single[name], name)):
            fitting = (g for g in groups if math.prod(single[n] for n in g) * single[name] <= CELLS)
            group = next(fitting, None)
            if group is None:
                groups.append([name])
            else:
                group.append(name)
        # The largest last: a sum over the last of many axes takes 30 ns a row, over others it is one of whole rows.
        return [self._group(names[::-1], [single[name] for name in names[::-1]]) for names in groups]

    def _group(self, names: list[str], sizes: list[int]) -> Group:
        numbers = np.zeros(self._facets[names[0]].size, np.uint32)
        for name, size in zip(names, sizes, strict=True):
            numbers *= np.uint32(size)
            numbers += (self._facets[name].numbers + 1).astype(np.uint32)
        return Group(tuple(names), tuple(sizes), numbers.astype(np.min_scalar_type(math.prod(sizes) - 1)))


def descending(counts: Counts) -> Counts:
    """The order that sorts the counts, largest first, ties as they stand.

    What fits in two bytes NumPy sorts by radix: 2,000 counts in 9 us instead of 45, 200,000 in 0.6 ms instead of 13.
    """
    most = int(counts.max(initial=0))
    return np.argsort((most - counts).astype(np.min_scalar_type(most)), kind="stable")


def by_month(days: Array) -> Ordinals:
    """The months `2018-02` of day numbers (0: none)."""
    dated = np.flatnonzero(days)
    months = np.full(len(days), -1, dtype=np.int32)
    epoch = (days[dated] - EPOCH).astype("datetime64[D]").astype("datetime64[M]")
    names, months[dated] = np.unique(epoch, return_inverse=True)
    return Ordinals([str(name).encode() for name in names], months, None, len(days))


def ordinals(columns: Sequence[tuple[ByteColumn | None, int]]) -> Ordinals:
    """One facet over the columns of all segments, each with its number of documents (None: no document has a value)."""
    size = sum(count for _, count in columns)
    if len(columns) == 1 and (only := columns[0][0]) is not None:
        return Ordinals(only.values, only.numbers, only.bounds, size)
    values = sorted({value for column, _ in columns if column is not None for value in column.values})
    place = {value: number for number, value in enumerate(values)}
    numbers = [_renumbered(column, count, place) for column, count in columns]
    if all(column is None or column.bounds is None for column, _ in columns):
        return Ordinals(values, np.concatenate([np.zeros(0, np.int32), *numbers]), None, size)
    counts = [_counts(column, count) for column, count in columns]
    flat = np.concatenate(numbers)
    return Ordinals(values, flat[flat >= 0], np.concatenate([[0], np.cumsum(np.concatenate(counts))]), size)


def _renumbered(column: ByteColumn | None, count: int, place: dict[bytes, int]) -> Array:
    if column is None:
        return np.full(count, -1, dtype=np.int32)
    table = np.array([*(place[value] for value in column.values), -1], dtype=np.int32)
    return table[column.numbers]


def _counts(column: ByteColumn | None, count: int) -> Array:
    if column is None:
        return np.zeros(count, dtype=np.int64)
    return np.diff(column.bounds) if column.bounds is not None else (column.numbers >= 0).astype(np.int64)
