"""The clusters of pages that are one article, found by walking from page to page.

Invariant: a cluster is a connected component of `duplicates.same`, and what finding it costs grows with its pages, not
with their square: pages that nothing but their address tells apart are compared as one, and each leaves the shelves
where neighbours are looked for as soon as it is reached.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

import numpy as np

from indexer import duplicates
from search.groups import BANDS, Groups
from search.records import Print

__all__ = ["Clusters"]

#: All that two prints are compared by but the canonical address.
Kind = tuple[str, str, int, str, dt.date | None]
#: Kinds from which on a shelf is looked at as a whole: that takes about as long as eight comparisons.
WORTH_A_LOOK = 8
#: What can be told of a whole shelf at once: no two kinds are the same where this speaks against it.
_MARK = np.dtype([("simhash", np.uint64), ("day", np.int64), ("text", np.int64)])


class Clusters:
    """Clusters of a ledger whose prints do not change meanwhile; `heads` (page -> head) grows by each `find`."""

    def __init__(self, groups: Groups) -> None:
        self.heads: dict[str, str] = {}
        self._groups = groups
        self._shelves: dict[tuple[str, str | int], _Shelf] = {}
        self._walked: set[Kind | tuple[Kind, str]] = set()
        self._known: set[str] = set()  # pages whose cluster of before was looked at

    def find(self, url: str) -> None:
        """The head of this page, and of all that it is, or was, one article with, and so on from these."""
        waiting = [url]
        while waiting:
            page = waiting.pop()
            if page in self.heads:
                continue
            cluster = self._cluster(page)
            self.heads |= dict.fromkeys(cluster, duplicates.best(cluster.values()))
            for member in cluster:
                waiting += self._before(member)

    def _cluster(self, url: str) -> dict[str, Print]:
        """The pages that are one article with this one, and itself."""
        start = self._groups.print_of(url)
        if start is None:
            return {url: Print(url)}
        cluster, waiting = {url: start}, [start]
        while waiting:
            for twin in self._twins(waiting.pop()):
                if twin.url not in cluster and twin.url not in self.heads:
                    cluster[twin.url] = twin
                    waiting.append(twin)
        return cluster

    def _twins(self, of: Print) -> Iterator[Print]:
        """The pages that are the same as this one, without those that the walk met there before."""
        kind = _kind(of)
        if kind not in self._walked:
            self._walked.add(kind)
            yield from self._shelf("exact", of.exact).take(of)
            for n in range(BANDS) if of.words >= duplicates.FEW else ():
                yield from self._shelf(f"b{n}", int(of.simhash[4 * n : 4 * n + 4], 16)).take(of)
        if (kind, of.canonical) not in self._walked:
            self._walked.add((kind, of.canonical))
            yield from self._shelf("canonical", of.canonical).take(of)

    def _shelf(self, part: str, value: str | int) -> "_Shelf":
        if (part, value) not in self._shelves:
            self._shelves[part, value] = _Shelf(self._groups.sharing(part, value), variants=part == "canonical")
        return self._shelves[part, value]

    def _before(self, url: str) -> list[str]:
        """The pages that were last found to be one article with this one; once for all of them."""
        if url in self._known:
            return []
        pages = self._groups.cluster(url)
        self._known.update(pages)
        return pages


class _Shelf:
    """The prints that share the text, a part of the SimHash or (`variants`) the canonical address, by their kinds."""

    def __init__(self, prints: list[Print], *, variants: bool) -> None:
        kinds: dict[Kind, list[Print]] = {}
        for each in prints:
            kinds.setdefault(_kind(each), []).append(each)
        self._stacks = list(kinds.values())
        few = len(self._stacks) < WORTH_A_LOOK  # as most shelves have: they need no marks
        self._marks = np.array([] if few else [_mark(stack[0]) for stack in self._stacks], dtype=_MARK)
        self._same = duplicates.same if variants else duplicates.nearly
        self._limit = duplicates.VARIANT if variants else duplicates.NEAR

    def take(self, of: Print) -> Iterator[Print]:
        """Those that are the same article as this one; they are on the shelf no more."""
        places = [at for at in self._hopeful(of) if self._same(of, self._stacks[at][0])]
        if not places:
            return
        taken = [self._stacks[at] for at in places]
        for at in reversed(places):
            del self._stacks[at]
        if len(self._stacks) >= WORTH_A_LOOK:
            self._marks = np.delete(self._marks, places)
        for stack in taken:
            yield from stack

    def _hopeful(self, of: Print) -> Iterable[int]:
        """The places, ascending, of the kinds that this print is to be compared with."""
        if len(self._stacks) < WORTH_A_LOOK:
            return range(len(self._stacks))
        mark, marks = np.array(_mark(of), dtype=_MARK), self._marks
        near = np.bitwise_count(marks["simhash"] ^ mark["simhash"]) <= self._limit
        # A series of like reports has one text for each day: days are looked at before any two are compared.
        days = (marks["day"] == mark["day"]) | (marks["day"] == 0) | (mark["day"] == 0)
        places: list[int] = np.flatnonzero(near & (days | (marks["text"] == mark["text"]))).tolist()
        return places


def _kind(of: Print) -> Kind:
    return of.exact, of.simhash, of.words, of.title, of.published


def _mark(of: Print) -> tuple[int, int, int]:
    return int(of.simhash, 16), of.published.toordinal() if of.published is not None else 0, hash(of.exact)
