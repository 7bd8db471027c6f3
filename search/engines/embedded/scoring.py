"""The scores of a query's hits, on arrays, and the best of them in order.

Invariant: the order is that of all hits sorted by score (rounded, so that no last bit decides) and document id.
"""

from dataclasses import dataclass

import numpy as np

from search.engines.embedded import vector
from search.engines.embedded.ranking import (
    DIGITS,
    K1,
    PAIR,
    WINDOW,
    Floats,
    Numbers,
    Wanted,
    Word,
    rarity,
    repeated,
    saturated,
)  # fmt: skip
from search.engines.embedded.snapshot import Array, Snapshot
from search.engines.embedded.vector import Lookup, Places
from search.results import ScorePart

__all__ = ["Scores", "newest", "ordered", "top_of"]

#: Hits among which one maximum is kept while the best are looked for: sorting 26,000 scores partly takes 200 us, the
#: maxima of such runs and those above the tenth of them 30.
RUN = 64


@dataclass(frozen=True, slots=True)
class Held:
    """The living documents that hold a word, and how often in title (None: in none) and body."""

    docs: Numbers
    title: Floats | None
    body: Array
    weight: float


class Scores:
    """Reads the postings of each word of the query once."""

    def __init__(self, wanted: Wanted, snapshot: Snapshot, look: Lookup) -> None:
        self.snapshot, self._wanted, self._look = snapshot, wanted, look
        self._rarities: dict[Word, float] = {}
        self._held = {word: self._read(word, times) for word, times in wanted.counts().items()}
        self._beside: list[tuple[Word, Word, Numbers, Floats, Floats]] = []

    def _read(self, word: Word, times: int) -> Held:
        none = np.zeros(0, dtype=np.int64), np.zeros(0)
        in_title, title = self.snapshot.frequencies(self._look, word.title, word.terms) if word.title else none
        docs, body = self.snapshot.frequencies(self._look, word.body, word.terms) if word.body else none
        merged = None
        if len(in_title):
            at = np.searchsorted(docs, in_title)
            new = np.ones(len(at), dtype=np.bool_)
            new[at < len(docs)] = docs[at[at < len(docs)]] != in_title[at < len(docs)]
            docs, body = np.insert(docs, at[new], in_title[new]), np.insert(body, at[new], 0.0)
            merged = np.zeros(len(docs))
            merged[np.searchsorted(docs, in_title)] = title
        self._rarities[word] = rarity(len(docs), self.snapshot.living)
        return Held(docs, merged, body, repeated(times) * self._rarities[word])

    def of(self, hits: Numbers) -> Floats:
        """The scores of the documents (ascending) by their words alone."""
        scores = np.zeros(len(hits))
        spread: Floats | None = None
        for held in self._held.values():
            if held.docs is hits or (len(held.docs) == len(hits) and np.array_equal(held.docs, hits)):
                scores += self._scored(held, slice(None))
            elif len(hits) * vector.MUCH_LONGER < len(held.docs):
                at = np.searchsorted(held.docs, hits)
                at[at == len(held.docs)] = 0
                there = held.docs[at] == hits
                scores[there] += self._scored(held, at[there])
            else:
                spread = np.zeros(self.snapshot.size) if spread is None else spread
                np.add.at(spread, held.docs, self._scored(held, slice(None)))
        return scores if spread is None else scores + spread.take(hits)

    def _scored(self, held: Held, which: Numbers | slice) -> Floats:
        docs, body = held.docs[which], held.body[which]
        norms = self.snapshot.norms
        if held.title is None:
            return held.weight * saturated(0.0, body, (1.0, norms[1].take(docs)))
        return held.weight * saturated(held.title[which], body, norms[:, docs])

    @property
    def most_of_pairs(self) -> float:
        """No document gains more by neighbours of the query that stand side by side in it."""
        return sum(self._pair_weight(*pair) for pair in self._wanted.pairs()) * (K1 + 1)

    def of_pairs(self, docs: Numbers) -> Floats:
        """What the documents (ascending) gain by neighbours of the query that stand side by side in them."""
        gained = np.zeros(len(docs))
        norms = self.snapshot.norms[:, docs]
        pairs = self._wanted.pairs()
        places = {word: self._places(word, docs) for pair in pairs for word in pair}
        for before, after in pairs:
            counts = [
                np.bincount(vector.beside(a, b, 1) // Places.STEP, minlength=len(docs)).astype(np.float64)
                for a, b in zip(places[before], places[after], strict=True)
            ]
            gained += self._pair_weight(before, after) * saturated(counts[0], counts[1], norms)
            self._beside.append((before, after, docs, counts[0], counts[1]))
        return gained

    def _pair_weight(self, before: Word, after: Word) -> float:
        return PAIR * (self._rarities[before] + self._rarities[after]) / 2

    def explained(self, number: int) -> tuple[ScorePart, ...]:
        """The parts of the document's score, largest first; those of pairs where it was looked through for them."""
        one = np.array([number], dtype=np.int64)
        norm = self.snapshot.norms[:, one]
        parts = []
        for word, held in self._held.items():
            if (at := _place(held.docs, number)) is not None:
                title = held.title[at : at + 1] if held.title is not None else np.zeros(1)
                score = held.weight * saturated(title, held.body[at : at + 1], norm)[0]
                rare, holders = self._rarities[word], len(held.docs)
                parts.append(ScorePart(word.text, holders, rare, int(title[0]), int(held.body[at]), float(score)))
        for before, after, docs, titles, bodies in self._beside:
            at = _place(docs, number)
            if at is not None and titles[at] + bodies[at]:
                weight = self._pair_weight(before, after)
                score = weight * saturated(titles[at : at + 1], bodies[at : at + 1], norm)[0]
                text = f"{before.text} {after.text}"
                parts.append(ScorePart(text, None, weight / PAIR, int(titles[at]), int(bodies[at]), float(score)))
        return tuple(sorted(parts, key=lambda part: -part.score))

    def _places(self, word: Word, docs: Numbers) -> list[Numbers]:
        """In title and body."""
        nowhere = np.zeros(0, dtype=np.int64)
        fields = (word.title, word.body)
        return [self.snapshot.places(self._look, name, word.terms, docs) if name else nowhere for name in fields]


def _place(docs: Numbers, number: int) -> int | None:
    at = int(np.searchsorted(docs, number))
    return at if at < len(docs) and docs[at] == number else None


def best(scores: Floats, hits: Numbers, ranks: Numbers, count: int) -> Numbers:
    """Which of the hits are the first `count`, in order: by score, ties by rank."""
    if count <= 0 or not len(hits):
        return np.zeros(0, dtype=np.int64)
    chosen = np.arange(len(hits)) if count >= len(hits) else _candidates(scores, hits, ranks, count)
    order = np.lexsort((ranks[hits[chosen]], -np.round(scores[chosen], DIGITS)))
    return chosen[order[:count]]


def _candidates(scores: Floats, hits: Numbers, ranks: Numbers, count: int) -> Numbers:
    """Few of the hits that are sure to hold the first `count`."""
    run = min(RUN, len(scores) // (4 * count))
    tops = scores if run < 4 else scores[: len(scores) // run * run].reshape(-1, run).max(axis=1)
    chosen = np.flatnonzero(scores >= np.partition(tops, -count)[-count] - 10.0**-DIGITS)
    if len(chosen) <= 4 * count:
        return chosen
    rounded = np.round(scores[chosen], DIGITS)
    worst = np.partition(rounded, -count)[-count]
    above, tied = chosen[rounded > worst], chosen[rounded == worst]
    missing = count - len(above)
    if len(tied) > missing:
        tied = tied[np.argpartition(ranks[hits[tied]], missing - 1)[:missing]]
    return np.concatenate([above, tied])


def by_time(times: Numbers, count: int) -> Numbers:
    """Which have the largest `count` times, ties and all."""
    if not 0 < count < len(times):
        return np.arange(len(times) if count > 0 else 0)
    return np.flatnonzero(times >= np.partition(times, -count)[-count])


def top_of(scores: Scores, hits: Numbers, count: int) -> list[tuple[int, float]]:
    """The first hits in order with their scores; ties by document id.

    Pairs reorder the first WINDOW; of these only such as could still come among the first `count` are looked through.
    """
    found, ranks, most = scores.of(hits), scores.snapshot.ranks, scores.most_of_pairs
    if not most:
        order = best(found, hits, ranks, count)
        return list(zip(hits[order].tolist(), found[order].tolist(), strict=True))
    order = best(found, hits, ranks, max(count, WINDOW))
    near, rest = order[:WINDOW], order[WINDOW:]
    if count < len(near):
        near = near[found[near] + most >= found[near[count - 1]] - 10.0**-DIGITS]
    near = np.sort(near)
    total = found[near] + scores.of_pairs(hits[near])
    first = np.lexsort((ranks[hits[near]], -np.round(total, DIGITS)))
    numbers, values = np.concatenate([near[first], rest]), np.concatenate([total[first], found[rest]])
    return list(zip(hits[numbers[:count]].tolist(), values[:count].tolist(), strict=True))


def newest(scores: Scores, hits: Numbers, count: int, *, oldest: bool = False) -> list[tuple[int, float]]:
    """The first by date, of one day by score, ties by document id; undated pages last in either order of time."""
    days = scores.snapshot.days[hits].astype(np.int64)
    times = np.where(days == 0, np.iinfo(np.int32).min, -days) if oldest else days
    chosen = by_time(times, count)
    few = hits[chosen]
    found = scores.of(few)  # without pairs, which depend on how many hits there are
    order = np.lexsort((scores.snapshot.ranks[few], -np.round(found, DIGITS), -times[chosen]))[:count]
    return list(zip(few[order].tolist(), found[order].tolist(), strict=True))


def ordered(scores: Scores, hits: Numbers, sort: str, count: int) -> list[tuple[int, float]]:
    """The first hits in the order of `search.results.SORTS`."""
    if sort == "relevance":
        return top_of(scores, hits, count)
    return newest(scores, hits, count, oldest=sort == "oldest")
