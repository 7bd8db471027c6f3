"""By relevance, but recent pages gently preferred: the order `fresh`.

A score is multiplied by 1 + FRESH * 2^(-age / HALF): the surplus halves with every HALF days of age, and is 0 without a
date. Ages count from the latest days of the collection, so a heap of old pages is ordered as well as a new one, and an
answer never changes with the clock.
"""

from datetime import date

import numpy as np

from search.engines.embedded.best import best, newest
from search.engines.embedded.ranking import DIGITS, WINDOW, Floats, Numbers
from search.engines.embedded.scoring import Scores
from search.engines.embedded.snapshot import Snapshot
from search.results import ScorePart

__all__ = ["FRESH", "HALF", "freshest", "part", "surplus"]

#: What it costs where dates tell nothing (drawn at random over ten years, four English collections, nDCG@10 .5159):
#: .1 .0018, .2 .0099, .4 .0262.
FRESH = 0.2
#: Days. News ages faster, documentation slower; over a year both show in what a reader expects.
HALF = 365.0


def surplus(days: Numbers, today: int) -> Floats:
    """By what share the scores of pages of these days rise."""
    ages = np.maximum(today - days.astype(np.float64), 0.0)
    return np.where(days > 0, FRESH * np.exp2(-ages / HALF), 0.0)


def freshest(scores: Scores, hits: Numbers, count: int) -> list[tuple[int, float]]:
    """The first hits (ascending numbers) in order with their scores; ties by document id.

    As in the order of relevance, words side by side reorder the first WINDOW. Without words the newest come first.
    """
    snapshot, ranks = scores.snapshot, scores.snapshot.ranks
    found = scores.of(hits)
    if not found.any():
        return newest(scores, hits, count)
    factors = 1 + surplus(snapshot.days[hits], snapshot.present)
    found *= factors
    order = best(found, hits, ranks, max(count, WINDOW))
    near, rest = np.sort(order[:WINDOW]), order[WINDOW:]
    total = found[near]
    if scores.pairs:
        total = total + scores.of_pairs(near) * factors[near]
    first = np.lexsort((ranks[hits[near]], -np.round(total, DIGITS)))
    numbers, values = np.concatenate([near[first], rest]), np.concatenate([total[first], found[rest]])
    return list(zip(hits[numbers[:count]].tolist(), values[:count].tolist(), strict=True))


def part(snapshot: Snapshot, number: int, parts: tuple[ScorePart, ...]) -> tuple[ScorePart, ...]:
    """The part of the score that a document's date adds to these; none without a date."""
    day = snapshot.days[number : number + 1]
    if not day[0] or not parts:
        return ()
    share = float(surplus(day, snapshot.present)[0])
    return (ScorePart(date.fromordinal(int(day[0])).isoformat(), None, 0.0, 0, 0, share * sum(p.score for p in parts)),)
