"""The best hits of a query in order.

Where hits are many, few of them are found that may be among the best; these alone are scored exactly.

Invariant: the order is that of all hits sorted by score (rounded, so that no last bit decides) and document id.
"""

import numpy as np

from search.engines.embedded.pruning import RUN, leading, possible, reached
from search.engines.embedded.ranking import DIGITS, WINDOW, Floats, Numbers
from search.engines.embedded.scoring import Scores
from search.engines.embedded.snapshot import Array

__all__ = ["best", "newest", "ordered", "ranked", "top_of"]


def best(scores: Floats, hits: Numbers, ranks: Array, count: int) -> Numbers:
    """Which of the hits are the first `count`, in order: by score, ties by rank."""
    if count <= 0 or not len(hits):
        return np.zeros(0, dtype=np.int64)
    if len(hits) <= max(count, 4 * RUN):
        return np.lexsort((ranks.take(hits), -scores.round(DIGITS)))[:count]
    chosen = _candidates(scores, hits, ranks, count)
    order = np.lexsort((ranks.take(hits.take(chosen)), -scores.take(chosen).round(DIGITS)))
    return chosen[order[:count]]


def _candidates(scores: Floats, hits: Numbers, ranks: Array, count: int) -> Numbers:
    """Few of the hits that are sure to hold the first `count`."""
    chosen = (scores >= reached(scores, count) - 10.0**-DIGITS).nonzero()[0]
    return (
        chosen
        if len(chosen) <= 4 * count
        else chosen.take(_first(scores.take(chosen), hits.take(chosen), ranks, count))
    )


def _first(scores: Floats, hits: Numbers, ranks: Array, count: int) -> Numbers:
    """Which of the hits are the first `count`, in their own order."""
    if len(hits) <= count:
        return np.arange(len(hits))
    rounded = scores.round(DIGITS)
    worst = np.partition(rounded, len(hits) - count)[-count]
    chosen: Numbers = (rounded >= worst).nonzero()[0]
    if len(chosen) == count:
        return chosen
    above, tied = np.flatnonzero(rounded > worst), np.flatnonzero(rounded == worst)
    missing = count - len(above)
    return np.sort(
        np.concatenate([above, tied.take(np.argpartition(ranks.take(hits.take(tied)), missing - 1)[:missing])])
    )


def top_of(scores: Scores, hits: Numbers | None, count: int) -> list[tuple[int, float]]:
    """The first hits (None: of all documents with one of the words) in order with their scores; ties by document id.

    Pairs reorder the first WINDOW.
    """
    if count <= 0 or (hits is not None and not len(hits)):
        return []
    if hits is not None and scores.few(hits):
        return ranked(scores, hits, count)[0]
    found = leading(scores, hits, count)
    if found is not None:
        top, least = ranked(scores, found.docs, count)
        if least >= found.whole:
            return top
    return ranked(scores, possible(scores, hits, count), count)[0]


def ranked(scores: Scores, docs: Numbers, count: int) -> tuple[list[tuple[int, float]], float]:
    """The first of the documents with their scores, and the least of these by words alone."""
    found, ranks = scores.of(docs), scores.snapshot.ranks
    if not scores.pairs or len(docs) < 2:
        order = best(found, docs, ranks, count)
        values = found.take(order)
        return list(zip(docs.take(order).tolist(), values.tolist(), strict=True)), float(values.min(initial=np.inf))
    rest = np.zeros(0, np.int64)
    if count > WINDOW:
        order = best(found, docs, ranks, count)
        near, rest = np.sort(order[:WINDOW]), order[WINDOW:]
    else:
        near = _first(found, docs, ranks, WINDOW)
        if count < len(near):  # those that no pairs could lift among the first are not looked through
            values = found.take(near)
            least = np.partition(values, len(near) - count)[-count] - 10.0**-DIGITS
            near = near.take((values + scores.most_of_pairs_in(near) >= least).nonzero()[0])
    values = found.take(near)
    total = values + scores.of_pairs(near)
    order = np.lexsort((ranks.take(docs.take(near)), -total.round(DIGITS)))[:count]
    numbers, scored, least = near.take(order), total.take(order), min(values.take(order).tolist())
    if len(rest):
        left = found.take(rest)
        numbers, scored, least = np.concatenate([numbers, rest]), np.concatenate([scored, left]), float(left.min())
    return list(zip(docs.take(numbers).tolist(), scored.tolist(), strict=True)), least


def newest(scores: Scores, hits: Numbers, count: int, *, oldest: bool = False) -> list[tuple[int, float]]:
    """The first by date, of one day by score, ties by document id; undated pages last in either order of time."""
    if count <= 0 or not len(hits):
        return []
    days = scores.snapshot.days.take(hits)
    times = np.where(days == 0, np.iinfo(np.int32).min, -days) if oldest else days
    chosen = (times >= reached(times, count)).nonzero()[0] if count < len(hits) else np.arange(len(hits))
    few = hits.take(chosen)
    found = scores.of(few)  # without pairs, which depend on how many hits there are
    order = np.lexsort((scores.snapshot.ranks[few], -np.round(found, DIGITS), -times[chosen].astype(np.int64)))[:count]
    return list(zip(few[order].tolist(), found[order].tolist(), strict=True))


def ordered(scores: Scores, hits: Numbers, sort: str, count: int) -> list[tuple[int, float]]:
    """The first hits in the order of `search.results.SORTS`."""
    if sort == "relevance":
        return top_of(scores, hits, count)
    return newest(scores, hits, count, oldest=sort == "oldest")
