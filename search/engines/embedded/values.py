"""Which values of a facet hold a text, in which order? A window of them; hundreds of thousands are looked through in
hundredths of a second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from search.analysis import plain
from search.engines.embedded.facets import descending
from search.results import FacetValue, Filter, Listed, Listing

if TYPE_CHECKING:
    from search.engines.embedded.snapshot import Snapshot

__all__ = ["Listings"]

Ints = npt.NDArray[np.int64]


class Labels:
    """What the values of a facet are called, without case and accents: 100 bytes each; made when first looked through.

    In a facet of 200,000 values that takes 0.1 s, their order from A to Z 0.2 s.
    """

    def __init__(self, values: list[str], label: Callable[[str], str]) -> None:
        self._labels = [plain(label(value)) for value in values]
        self._ranks: Ints | None = None

    def holding(self, text: str) -> npt.NDArray[np.bool_]:
        """Which values hold the text."""
        return np.fromiter((text in label for label in self._labels), dtype=np.bool_, count=len(self._labels))

    def ranks(self) -> Ints:
        """The place of each value from A to Z."""
        if self._ranks is None:
            ranks = np.empty(len(self._labels), dtype=np.int64)
            ranks[sorted(range(len(self._labels)), key=self._labels.__getitem__)] = np.arange(len(self._labels))
            self._ranks = ranks
        return self._ranks


class Listings:
    """Of one snapshot. Threads may share it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._labels: dict[tuple[str, Callable[[str], str]], Labels] = {}
        self._lock = threading.Lock()

    def listed(self, name: str, docs: Ints, filters: tuple[Filter, ...], listing: Listing) -> Listed:
        """Of these documents, which the facet's own wanted values have not narrowed."""
        ordinals = self._snapshot.facets[name]
        (counts, without), wanted = ordinals.counted(docs), plain(listing.within)
        numbers = np.flatnonzero(counts)
        distinct, chosen = len(numbers), self._chosen(name, filters, counts, wanted, listing)
        if wanted:
            numbers = numbers[self._of(name, listing.label).holding(wanted)[numbers]]
        held = [number for value, _ in chosen if (number := ordinals.number(value)) is not None]
        numbers = numbers[~np.isin(numbers, held)]
        if listing.by_name:
            numbers = numbers[np.argsort(self._of(name, listing.label).ranks()[numbers], kind="stable")]
        else:
            numbers = numbers[descending(counts[numbers])]
        total, start, end = len(chosen) + len(numbers), listing.start, listing.start + listing.size
        if start >= total:
            start = max(0, (total - 1) // listing.size * listing.size)
            end = start + listing.size
        rest = numbers[max(0, start - len(chosen)) : max(0, end - len(chosen))].tolist()
        shown = [value for _, value in chosen[start:end]]
        shown += [FacetValue(ordinals.values[number], int(counts[number])) for number in rest]
        return Listed(tuple(shown), start, total, distinct, without)

    def _chosen(
        self, name: str, filters: tuple[Filter, ...], counts: Ints, wanted: str, listing: Listing
    ) -> list[tuple[str, FacetValue]]:
        """The values that filters name, in order, if they hold what is wanted; they stand first, even without hits."""
        own = [each for each in filters if each.facet == name]
        selected = {value for each in own for value in each.wanted if value}
        excluded = {value for each in own for value in each.excluded if value}
        found = []
        for value in selected | excluded:
            number = self._snapshot.facets[name].number(value)
            count = int(counts[number]) if number is not None else 0
            if wanted in plain(listing.label(value)):
                found.append((value, FacetValue(value, count, value in selected, value in excluded)))
        key = (lambda each: plain(listing.label(each[0]))) if listing.by_name else (lambda each: -each[1].count)
        return sorted(sorted(found, key=lambda each: each[0]), key=key)

    def _of(self, name: str, label: Callable[[str], str]) -> Labels:
        with self._lock:
            if (name, label) not in self._labels:
                self._labels[name, label] = Labels(self._snapshot.facets[name].values, label)
            return self._labels[name, label]
