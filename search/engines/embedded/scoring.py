"""The scores of documents by the words of a query, on arrays: exact ones, near ones, and what they are made of."""

from collections.abc import Container, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from search.engines.embedded import kernels
from search.engines.embedded.kept import NOWHERE, Postings
from search.engines.embedded.ranking import (
    K1,
    PAIR,
    TITLE,
    Floats,
    Numbers,
    Wanted,
    Word,
    rarity,
    repeated,
    saturated,
)  # fmt: skip
from search.engines.embedded.snapshot import Array, Snapshot
from search.engines.embedded.vector import Lookup
from search.results import ScorePart

__all__ = ["Held", "Scores"]

#: Postings for each hit from which the hits are looked up in the lists (15 ns each); below, each posting is scored (4).
FEW = 5
#: Hits up to which they are scored exactly at once.
SMALL = 200


NONE: Floats = np.zeros((0, 0))
NO_PLACES = np.zeros(0, np.uint32)


class Held(NamedTuple):
    """Where a word of the query stands; `holders` are the living documents that hold it."""

    title: Postings
    body: Postings
    holders: int
    rarity: float
    weight: float


class Seen(NamedTuple):
    """How often each word of the query (a row each) stands in a field of some documents. No rows: the field is nowhere
    wanted.
    """

    docs: Numbers
    title: Floats
    body: Floats


class _Row(NamedTuple):
    """What the parts of several scores that a word or a pair adds have in common; see ScorePart."""

    text: str
    holders: int | None
    rarity: float
    weight: float


class Scores:
    """Reads the postings of each word of the query once. `held` are its words, each once, in a row each."""

    def __init__(self, wanted: Wanted, snapshot: Snapshot, look: Lookup) -> None:
        self.snapshot, self._look = snapshot, look
        self.words, times, self._pairs = wanted.rows()
        self.held = [self._read(word, count) for word, count in zip(self.words, times, strict=True)]
        self._weights = np.array([held.weight for held in self.held])
        self._titled = any(len(held.title) for held in self.held)
        self._seen: list[Seen] = []
        self._beside: list[Seen] = []  # of pairs, a row each
        self._parts = NONE  # of the words in the documents last scored
        self._pair_weights = [PAIR * (self.held[a].rarity + self.held[b].rarity) / 2 for a, b in self._pairs]

    def _read(self, word: Word, times: int) -> Held:
        title = self._look.union(word.title, word.terms) if word.title else NOWHERE
        body = self._look.union(word.body, word.terms) if word.body else NOWHERE
        holders = self.snapshot.holders(title, body)
        rare = rarity(holders, self.snapshot.living)
        return Held(title, body, holders, rare, repeated(times) * rare)

    @property
    def precision(self) -> float:
        """By what share the scores of `near` may be wrong, twice: single precision, one rounding for each of 10 steps
        and of the words."""
        return (10 + len(self.held)) * 2.0**-22

    def few(self, hits: Numbers) -> bool:
        """Whether looking the hits up costs less than scoring all postings."""
        return len(hits) <= SMALL or len(hits) * FEW < sum(len(each.title) + len(each.body) for each in self.held)

    def near(self, hits: Numbers | None) -> Array:
        """About the scores of the documents (ascending; None: all, 0 for those without a word) by their words alone."""
        held = [each for each in self.held if len(each.title) + len(each.body)]
        title, body = self.snapshot.inverse
        if len(held) == 1 and hits is held[0].body.docs and not len(held[0].title):
            return held[0].body.impacts(body, K1)[:-1]  # not weighted: the order is that of the scores
        scores = np.zeros(self.snapshot.size, np.float32)
        for each in held:
            kernels.add(scores, each.body.docs, each.body.impacts(body, K1)[:-1], each.weight * (K1 + 1))
            if len(each.title):
                self._add_titles(scores, each, title, body)
        return scores if hits is None else scores.take(hits)

    def _add_titles(self, scores: Array, held: Held, title: Array, body: Array) -> None:
        """What a word gains where it stands in the title too."""
        docs, most = held.title.docs, held.weight * (K1 + 1)
        also = np.zeros(len(docs), np.float32)
        here, there = kernels.shared(docs, held.body.raw, self.snapshot.size)
        also[here] = kernels.impacts(docs.take(here), held.body.times.take(there), body)
        share = kernels.impacts(docs, held.title.times[:-1], title)
        share *= np.float32(TITLE)
        share += also
        kernels.add(scores, docs, kernels.saturate(share, K1) - kernels.saturate(also, K1), most)

    def of(self, docs: Numbers) -> Floats:
        """The scores of the documents (ascending) by their words alone."""
        seen = self._seen_in(docs)
        self._seen.append(seen)
        self._parts, scores = self._summed(self._weights, seen)
        return scores

    def _summed(self, weights: Floats, seen: Seen) -> tuple[Floats, Floats]:
        norm = self.snapshot.norms(1, seen.docs)
        norms = [self.snapshot.norms(0, seen.docs) if self._titled else norm, norm]
        return kernels.bm25f(weights, seen.title, seen.body, norms, TITLE, K1)

    def _seen_in(self, docs: Numbers) -> Seen:
        title = self._times([each.title for each in self.held], docs) if self._titled else NONE
        return Seen(docs, title, self._times([each.body for each in self.held], docs))

    def _times(self, held: list[Postings], docs: Numbers) -> Floats:
        times = np.zeros((len(held), len(docs)))
        for row, each in zip(times, held, strict=True):
            if len(each):
                row[:] = each.held_by(docs, self.snapshot.size)
        return times

    @property
    def pairs(self) -> bool:
        return bool(self._pairs)

    def most_of_pairs(self, rows: Container[int]) -> float:
        """No document that holds the words of these rows alone gains more by neighbours of the query that stand side by
        side.
        """
        pairs = zip(self._pair_weights, self._pairs, strict=True)
        return sum(weight for weight, (one, other) in pairs if one in rows and other in rows) * (K1 + 1)

    def most_of_pairs_in(self, which: Numbers) -> Floats:
        """`of_pairs` gives no more: words stand side by side as often as the rarer of them at most."""
        parts, most = self._parts.take(which, axis=1), np.zeros(len(which))
        for weight, (one, other) in zip(self._pair_weights, self._pairs, strict=True):
            most += np.minimum(parts[one], parts[other]) * (weight * (K1 + 1))
        return most

    def of_pairs(self, which: Numbers) -> Floats:
        """What some of the documents last scored (their numbers among them, ascending) gain by neighbours of the query
        that stand side by side in them.
        """
        docs = self._seen[-1].docs.take(which)
        _, title, body = self._seen[-1]
        seen = Seen(docs, self._counted(0, title, docs, which), self._counted(1, body, docs, which))
        self._beside.append(seen)
        if not np.count_nonzero(seen.body) and not (len(title) and np.count_nonzero(seen.title)):
            return np.zeros(len(docs))
        return self._summed(np.array(self._pair_weights), seen)[1]

    def _counted(self, field: int, times: Floats, docs: Numbers, which: Numbers) -> Floats:
        """How often the words of each pair (a row) stand side by side in a field of the documents."""
        if not len(times):
            return NONE
        rows = list(dict.fromkeys(chain.from_iterable(self._pairs)))
        pairs = [(rows.index(one), rows.index(other)) for one, other in self._pairs]
        held = times.take(which, axis=1).astype(np.int64)
        return kernels.count_beside([self._spots(row, field, docs, held[row]) for row in rows], pairs)

    def _spots(self, row: int, field: int, docs: Numbers, times: Array) -> kernels.Spots:
        """Where the word stands in a field of the documents: see Postings.spots."""
        word, held = self.words[row], self.held[row][:2][field]
        if not len(held):
            return NO_PLACES, np.zeros(len(docs), np.uint32), times
        if len(word.terms) == 1:
            return held.spots(docs, times, self.snapshot.size)
        found = []
        for term in word.terms:
            one = self._look.postings((word.title, word.body)[field], term)
            if len(one):
                found.append(kernels.keys(one.spots(docs, one.held_by(docs, self.snapshot.size), self.snapshot.size)))
        return kernels.placed(np.sort(np.concatenate(found)), len(docs))

    def explained(self, numbers: Sequence[int]) -> list[tuple[ScorePart, ...]]:
        """Of each document the parts of its score, largest first; of pairs where it was looked through for them."""
        docs = np.array(sorted(numbers), dtype=np.int64)
        title, body = self._times_in(docs)
        told: list[list[ScorePart]] = [[] for _ in numbers]
        both = zip(self.words, self.held, strict=True)
        words = [_Row(word.text, held.holders, held.rarity, held.weight) for word, held in both]
        self._tell(told, words, docs, title, body)
        for seen in self._beside:
            at = kernels.located(seen.docs, docs)
            here = (at >= 0).nonzero()[0]
            if len(here):
                at = at[here]
                title = seen.title[:, at] if len(seen.title) else np.zeros((len(self._pairs), len(at)))
                those = [told[place] for place in here.tolist()]
                self._tell(those, self._pair_rows(), docs[here], title, seen.body[:, at])
        ordered = (tuple(sorted(parts, key=lambda part: -part.score)) for parts in told)
        by_number = dict(zip(docs.tolist(), ordered, strict=True))
        return [by_number[number] for number in numbers]

    def _pair_rows(self) -> list[_Row]:
        return [
            _Row(" ".join(self.words[row].text for row in pair), None, weight / PAIR, weight)
            for weight, pair in zip(self._pair_weights, self._pairs, strict=True)
        ]

    def _tell(
        self, told: list[list[ScorePart]], rows: list[_Row], docs: Numbers, title: Floats, body: Floats
    ) -> None:
        """Add to the parts of each document those of the rows, which stand so often in its title and body."""
        shares = saturated(title, body, [self.snapshot.norms(field, docs) for field in (0, 1)])
        for row, *of_each in zip(rows, title.tolist(), body.tolist(), shares.tolist(), strict=True):
            for parts, in_title, in_body, share in zip(told, *of_each, strict=True):
                if in_title + in_body:
                    score = row.weight * share
                    parts.append(ScorePart(row.text, row.holders, row.rarity, int(in_title), int(in_body), score))

    def _times_in(self, docs: Numbers) -> tuple[Floats, Floats]:
        """How often each word (a row) stands in title and body of documents (ascending); most were scored before."""
        title, body = np.zeros((2, len(self.held), len(docs)))
        left = np.arange(len(docs))
        for seen in (*reversed(self._seen), None):
            if not len(left):
                break
            known = seen or self._seen_in(docs[left])
            at = kernels.located(known.docs, docs[left])
            met = at >= 0
            for rows, times in ((title, known.title), (body, known.body)):
                if len(times):
                    rows[:, left[met]] = times[:, at[met]]
            left = left[~met]
        return title, body
