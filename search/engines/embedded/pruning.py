"""Which documents can be among the best, told without scoring all that hold a word of the query.

MaxScore (Turtle and Flood, Query Evaluation: Strategies and Optimizations, 1995), on arrays: the documents of the
rarest word say what has to be reached, and of each other word only those are read on that still can.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search.engines.embedded import kernels
from search.engines.embedded.kept import Postings
from search.engines.embedded.ranking import K1, WINDOW, Numbers
from search.engines.embedded.scoring import Scores
from search.engines.embedded.snapshot import Array
from search.engines.embedded.vector import distinct

__all__ = ["RUN", "Leading", "leading", "possible", "reached"]

#: Hits of which one maximum is kept while the best are looked for: sorting 26,000 scores partly takes 200 us, the
#: maxima of such runs and those above the tenth of them 15.
RUN = 64
#: Postings below which those of some hits are all scored: 13,000 take 55 us, finding the best of them as long.
MANY = 30_000
#: Documents that are sure to be scored, of those that hold a word: more than one in so many, and nothing is saved.
SPARSE = 4


class Leading(NamedTuple):
    """Documents, ascending, the first ones among them. No other has a score by its words of `whole` or more."""

    docs: Numbers
    whole: float


def leading(scores: Scores, hits: Numbers | None, count: int) -> Leading | None:
    """Those that may be among the first `count` of the hits (None: of all), pairs included; None where that saves
    nothing. A document that pairs lift among the first from below `whole` may be lifted wrongly: those before it, which
    pairs would count for, are not all there.
    """
    size = scores.snapshot.size
    held = sorted((len(each.body), row) for row, each in enumerate(scores.held) if len(each.body))
    postings = sum(count for count, _ in held)
    if len(held) < 2 or (hits is not None and postings < MANY):
        return None
    rows = [row for _, row in held]
    seeds = [scores.held[rows[0]].body.docs, *(each.title.docs for each in scores.held if len(each.title))]
    if sum(map(len, seeds)) * SPARSE > postings:
        return None
    docs = _among(_together(seeds), hits, size)
    if len(docs) < count:
        return None
    wrong, found = scores.precision, scores.of(docs)
    least = float(np.partition(found, len(docs) - count)[-count]) * (1 - wrong)
    whole = least - scores.most_of_pairs(range(len(scores.held)))
    bodies = [(scores.held[row].body, scores.held[row].weight * (K1 + 1)) for row in rows]
    peaks = [weight * body.peak(scores.snapshot.inverse[1], K1) for body, weight in bodies]
    kept = [docs.take((found >= whole).nonzero()[0])]
    for at in range(1, len(held)):  # documents whose rarest word it is
        most = sum(peaks[at:]) * (1 + wrong)
        floor = least - scores.most_of_pairs(rows[at:])
        whole = max(whole, min(floor, most))
        if most < floor:  # and so it is with those that follow
            break
        kept.append(_among(_reaching(scores, bodies[at:], peaks[at:], floor * (1 - wrong)), hits, size))
    return Leading(_together(kept), whole)


def _reaching(
    scores: Scores, bodies: Sequence[tuple[Postings, float]], peaks: Sequence[float], floor: float
) -> Numbers:
    """The documents that hold the first of the words and may have the score `floor` by them all, by each its peak at
    most.
    """
    inverse, (first, weight), rest = scores.snapshot.inverse[1], bodies[0], sum(peaks[1:])
    impacts = first.impacts(inverse, K1)[:-1]
    here = (impacts >= (floor - rest) / weight).nonzero()[0]
    docs, values = first.docs.take(here), impacts.take(here) * np.float32(weight)
    for (body, weight), peak in zip(bodies[1:], peaks[1:], strict=True):
        values += kernels.scored(docs, body.held_by(docs, scores.snapshot.size), inverse, K1) * np.float32(weight)
        rest -= peak
        here = (values >= floor - rest).nonzero()[0]
        docs, values = docs.take(here), values.take(here)
    return docs


def _among(docs: Numbers, hits: Numbers | None, size: int) -> Numbers:
    return docs if hits is None else docs[kernels.member(docs, hits, size)]


def _together(lists: Sequence[Numbers]) -> Numbers:
    """What stands in one of the lists, ascending."""
    if len(lists) == 1:
        return lists[0]
    docs = np.concatenate(lists)
    docs.sort(kind="stable")
    return distinct(docs)


def reached(values: Array, count: int) -> float:
    """A value, the largest of few at hand, that at least `count` (1 or more) of the values reach."""
    if count >= len(values):
        return float(values.min())
    run = min(RUN, len(values) // (4 * count))
    tops = values if run < 4 else values[: len(values) // run * run].reshape(run, -1).max(axis=0)
    return float(np.partition(tops, len(tops) - count)[-count])


def possible(scores: Scores, hits: Numbers | None, count: int) -> Numbers:
    """The documents, ascending, that may be among the first `count` of the hits, pairs included."""
    first = max(count, WINDOW) if scores.pairs else count
    values, wrong = scores.near(hits), scores.precision
    chosen: Numbers | None = None
    if count < len(values):
        least = reached(values, count)
        lifted = scores.most_of_pairs(range(len(scores.held))) if first > count else 0.0
        floor = max(least - wrong * abs(least) - lifted, 0)
        chosen = (values >= floor if hits is not None or floor else values > 0).nonzero()[0]
        if len(chosen) > first > count:  # pairs may lift too many: those after the first WINDOW they do not
            least = reached(few := values.take(chosen), first)
            chosen = chosen[few >= least * (1 - wrong)]
    if hits is None:
        return chosen if chosen is not None else np.flatnonzero(values)
    return hits if chosen is None else hits.take(chosen)
