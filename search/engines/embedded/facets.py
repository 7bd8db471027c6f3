"""Facet values as numbers, and how often each occurs among documents: exact, over all hits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded.columns import Words
from search.engines.embedded.merge import runs
from search.engines.embedded.segment import ByteColumn

__all__ = ["Ordinals", "by_month", "ordinals"]

Array = npt.NDArray[Any]
Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

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

    @cached_property
    def _shifted(self) -> Array:
        """Numbers of a facet with one value each, from 1; 0 is none."""
        return self.numbers + 1

    def counts(self, docs: Array) -> Counts:
        """How many of the documents (ascending, each once) have each value."""
        if len(docs) == self.size:
            return self.totals
        if 2 * len(docs) > self.size:  # what is left out is fewer
            left = np.ones(self.size, dtype=np.bool_)
            left[docs] = False
            return self.totals - self.counts(np.flatnonzero(left))
        if self.bounds is None:
            return np.bincount(self._shifted.take(docs), minlength=len(self.words) + 1)[1:]
        return np.bincount(self._of(docs), minlength=len(self.words))

    def _of(self, docs: Array) -> Array:
        """The numbers of all values of these documents."""
        assert self.bounds is not None  # noqa: S101 - counts has looked
        starts = self.bounds[docs]
        return self.numbers[runs(starts, self.bounds[docs + 1] - starts)]

    def missing(self) -> Mask:
        """Which documents have no value."""
        return self.numbers < 0 if self.bounds is None else np.diff(self.bounds) == 0

    def without(self, docs: Array) -> int:
        """How many of the documents have no value."""
        return int(np.count_nonzero(self._empty[docs])) if self._empty.any() else 0

    @cached_property
    def _empty(self) -> Mask:
        return self.missing()

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
