"""When was a scraper likely kept out by a site?

A block shows as a rise: a stretch of captures, one after the other, most of which gave no content (a captcha, a notice,
an error), where those before and after gave some. Dead links and script shells are spread over a crawl.
"""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["MOST_BY_CHANCE", "Stretch", "suspected"]

#: A stretch is told where fewer like it would be expected by chance. Chance is not all (dead links stand together), so
#: it is far less than the usual 0.01: six in a row among 26 captures, or ten in a row among 1,000 of which a tenth has
#: no content. Of 2,000 crawls of 300 captures with a third empty in random order none is told (a test).
MOST_BY_CHANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the minute `first` to the minute `last` (ISO 8601, UTC) `empty` of `captures` gave no content; of the site's
    `others` before and after it `others_empty` did.
    """

    first: str
    last: str
    captures: int
    empty: int
    others: int
    others_empty: int


def suspected(minutes: Iterable[tuple[str, int, int]]) -> Stretch | None:
    """The stretch of a site that stands out most, None where none does.

    `minutes` are (minute, captures, of these without content), by time. A capture without content is a step up, another
    a step down. A walk whose steps go up with probability p < 1/2 climbs s above a given place with probability
    (p / (1 - p))^s (the gambler's ruin; Feller, An Introduction to Probability Theory, XIV.2), and there are as many
    places to begin from as captures. p is the share outside the stretch, by Laplace's rule of succession.
    """
    rows = list(minutes)
    climb, first, last = _highest_climb([2 * empty - captures for _, captures, empty in rows])
    captures, empty = sum(row[1] for row in rows), sum(row[2] for row in rows)
    within, within_empty = sum(row[1] for row in rows[first:last]), sum(row[2] for row in rows[first:last])
    others, others_empty = captures - within, empty - within_empty
    share = (others_empty + 1) / (others + 2)
    if share >= 0.5 or captures * (share / (1 - share)) ** climb > MOST_BY_CHANCE:
        return None
    return Stretch(rows[first][0], rows[last - 1][0], within, within_empty, others, others_empty)


def _highest_climb(steps: list[int]) -> tuple[int, int, int]:
    """The greatest sum of steps that stand together, and their place as a slice (Kadane's algorithm)."""
    best, start, now = (0, 0, 0), 0, 0
    for number, step in enumerate(steps):
        if now <= 0:
            start, now = number, 0
        now += step
        if now > best[0]:
            best = now, start, number + 1
    return best
