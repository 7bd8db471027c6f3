"""The scores of documents by the words of a query, on arrays: exact ones, near ones, and what they are made of."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from search.engines.embedded import kernels
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
from search.engines.embedded.vector import NOWHERE, Lookup, Postings
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
    """How often each word of the query (a row each) stands in a field of some documents, and their places in its list.
    No rows: the field is nowhere wanted.
    """

    times: Floats
    at: list[Array]


class _Row(NamedTuple):
    """What the parts of several scores that a word or a pair adds have in common; see ScorePart."""

    text: str
    holders: int | None
    rarity: float
    weight: float


class Scores:
    """Reads the postings of each word of the query once."""

    def __init__(self, wanted: Wanted, snapshot: Snapshot, look: Lookup) -> None:
        self.snapshot, self._look, self._pairs = snapshot, look, wanted.pairs()
        self.held = {word: self._read(word, times) for word, times in wanted.counts().items()}
        self._weights = np.array([held.weight for held in self.held.values()])
        self._titled = any(len(held.title) for held in self.held.values())
        self._seen: list[tuple[Numbers, Seen, Seen]] = []
        self._beside: list[tuple[Numbers, Floats, Floats]] = []  # documents; pairs (a row each) in title and body

    def _read(self, word: Word, times: int) -> Held:
        title = self._look.union(word.title, word.terms) if word.title else NOWHERE
        body = self._look.union(word.body, word.terms) if word.body else NOWHERE
        holders = self.snapshot.holders(title, body)
        rare = rarity(holders, self.snapshot.living)
        return Held(title, body, holders, rare, repeated(times) * rare)

    def _pair_weight(self, before: Word, after: Word) -> float:
        return PAIR * (self.held[before].rarity + self.held[after].rarity) / 2

    @cached_property
    def _paired(self) -> tuple[list[int], list[tuple[int, int]]]:
        """The rows of the words in pairs, and the pairs as places among these."""
        words = {word for pair in self._pairs for word in pair}
        rows = {word: row for row, word in enumerate(self.held) if word in words}
        places = {word: place for place, word in enumerate(rows)}
        return list(rows.values()), [(places[before], places[after]) for before, after in self._pairs]

    @cached_property
    def _pair_weights(self) -> Floats:
        return np.array([self._pair_weight(*pair) for pair in self._pairs])

    @property
    def precision(self) -> float:
        """By what share the scores of `near` may be wrong, twice: single precision, one rounding for each of 10 steps
        and of the words."""
        return (10 + len(self.held)) * 2.0**-22

    def few(self, hits: Numbers) -> bool:
        """Whether looking the hits up costs less than scoring all postings."""
        held = self.held.values()
        return len(hits) <= SMALL or len(hits) * FEW < sum(len(each.title) + len(each.body) for each in held)

    def near(self, hits: Numbers | None) -> Array:
        """About the scores of the documents (ascending; None: all, 0 for those without a word) by their words alone."""
        held = [each for each in self.held.values() if len(each.title) + len(each.body)]
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
        title, body = self._seen_in(docs)
        self._seen.append((docs, title, body))
        return self._summed(self._weights, title.times, body.times, docs)

    def _summed(self, weights: Floats, title: Floats, body: Floats, docs: Numbers) -> Floats:
        """Of the rows of frequencies in the documents."""
        norm = self.snapshot.norms(1, docs)
        norms = [self.snapshot.norms(0, docs) if self._titled else norm, norm]
        return kernels.bm25f(weights, title, body, norms, TITLE, K1)

    def _seen_in(self, docs: Numbers) -> tuple[Seen, Seen]:
        """In title and body."""
        held = self.held.values()
        body = self._looked_up([each.body for each in held], docs)
        if not self._titled:
            return Seen(NONE, []), body
        return self._looked_up([each.title for each in held], docs), body

    def _looked_up(self, held: list[Postings], docs: Numbers) -> Seen:
        times, places = np.zeros((len(held), len(docs))), []
        for row, each in zip(times, held, strict=True):
            at = self._look.at(each, docs)
            if len(each):
                row[:] = each.times.take(at)
            places.append(at)
        return Seen(times, places)

    @property
    def pairs(self) -> bool:
        return bool(self._pairs)

    def most_of_pairs(self, words: Collection[Word]) -> float:
        """No document that holds these words alone gains more by neighbours of the query that stand side by side."""
        weights = (self._pair_weight(*pair) for pair in self._pairs if pair[0] in words and pair[1] in words)
        return sum(weights) * (K1 + 1)

    def of_pairs(self, which: Numbers) -> Floats:
        """What some of the documents last scored (their numbers among them, ascending) gain by neighbours of the query
        that stand side by side in them.
        """
        docs, *fields = self._seen[-1]
        few = docs.take(which)
        title, body = (self._counted(number, seen, few, which) for number, seen in enumerate(fields))
        self._beside.append((few, title, body))
        if not np.count_nonzero(title) and not np.count_nonzero(body):
            return np.zeros(len(few))
        return self._summed(self._pair_weights, title, body, few)

    def _counted(self, field: int, seen: Seen, docs: Numbers, which: Numbers) -> Floats:
        """How often the words of each pair (a row) stand side by side in a field of the documents."""
        if not len(seen.times):
            return NONE
        rows, pairs = self._paired
        words = list(self.held.items())
        spots = []
        for row in rows:
            word, held = words[row]
            spots.append(self._spots(word, (held.title, held.body)[field], field, docs, seen.at[row].take(which)))
        return kernels.count_beside(spots, seen.times.take(rows, axis=0).take(which, axis=1), pairs)

    def _spots(self, word: Word, held: Postings, field: int, docs: Numbers, at: Array) -> tuple[Array, Array]:
        """Where the word stands in a field of the documents, at these places of its list: see Postings.spots."""
        if not len(held):
            return NO_PLACES, np.zeros(len(docs), np.uint32)
        if len(word.terms) == 1:
            return held.spots(at)
        found = []
        for term in word.terms:
            one = self._look.postings((word.title, word.body)[field], term)
            there = self._look.at(one, docs)
            here = (there >= 0).nonzero()[0]
            found.append(one.keys(there.take(here), here))
        keys = np.sort(np.concatenate(found))
        held_in = np.bincount(keys // kernels.STEP, minlength=len(docs))
        return (keys % kernels.STEP).astype(np.uint32), held_in.cumsum(dtype=np.uint32)

    def explained(self, numbers: Sequence[int]) -> list[tuple[ScorePart, ...]]:
        """Of each document the parts of its score, largest first; of pairs where it was looked through for them."""
        docs = np.array(numbers, dtype=np.int64)
        title, body = self._times_in(docs)
        told: list[list[ScorePart]] = [[] for _ in numbers]
        words = [_Row(word.text, held.holders, held.rarity, held.weight) for word, held in self.held.items()]
        self._tell(told, words, docs, title, body)
        for few, titles, bodies in self._beside:
            here, at = _places(few, docs)
            if len(here):
                weights = zip(self._pairs, self._pair_weights.tolist(), strict=True)
                pairs = [_Row(" ".join(word.text for word in pair), None, each / PAIR, each) for pair, each in weights]
                title = titles[:, at] if len(titles) else np.zeros((len(pairs), len(at)))
                self._tell([told[place] for place in here.tolist()], pairs, docs[here], title, bodies[:, at])
        return [tuple(sorted(parts, key=lambda part: -part.score)) for parts in told]

    def _tell(
        self, told: list[list[ScorePart]], rows: list["_Row"], docs: Numbers, title: Floats, body: Floats
    ) -> None:
        """Add to the parts of each document those of the rows, which stand so often in its title and body."""
        shares = saturated(title, body, [self.snapshot.norms(field, docs) for field in (0, 1)])
        for row, *of_each in zip(rows, title.tolist(), body.tolist(), shares.tolist(), strict=True):
            for parts, in_title, in_body, share in zip(told, *of_each, strict=True):
                if in_title + in_body:
                    score = row.weight * share
                    parts.append(ScorePart(row.text, row.holders, row.rarity, int(in_title), int(in_body), score))

    def _times_in(self, docs: Numbers) -> tuple[Floats, Floats]:
        """How often each word (a row) stands in title and body of the documents, which were scored before as a rule."""
        title, body = np.zeros((2, len(self.held), len(docs)))
        left = np.arange(len(docs))
        for few, *seen in reversed(self._seen):
            here, at = _places(few, docs[left])
            for rows, each in zip((title, body), seen, strict=True):
                if len(each.times):
                    rows[:, left[here]] = each.times[:, at]
            left = np.delete(left, here)
        if len(left):
            left = left[docs[left].argsort()]
            for rows, each in zip((title, body), self._seen_in(docs[left]), strict=True):
                if len(each.times):
                    rows[:, left] = each.times
        return title, body


def _places(docs: Numbers, wanted: Numbers) -> tuple[Numbers, Numbers]:
    """Which of the wanted are among the documents (ascending), and where."""
    at = docs.searchsorted(wanted)
    at[at == len(docs)] = 0
    here = (docs.take(at) == wanted).nonzero()[0] if len(docs) else at[:0]
    return here, at[here]
