"""What is asked of an engine and what it answers: plain values, the same for every engine."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from search.document import FACETS, Document
from search.query import Everything, Query

__all__ = [
    "MAX_SIZE", "SORTS", "Facet", "FacetValue", "Filter", "Hit", "Listed", "Listing", "Request", "Results",
    "ScorePart",
]  # fmt: skip

#: `fresh` is by relevance with recent pages gently preferred.
SORTS = ("relevance", "fresh", "newest", "oldest")
MAX_SIZE = 100


@dataclass(frozen=True, slots=True)
class Filter:
    """Values of one facet: a hit has one of `wanted` (if any are named) and none of `excluded`.

    A value of `published` is a year `2018`, a month `2018-02` or a day `2018-02-22`; "" stands for pages without one.
    """

    facet: str
    wanted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One question: a query, filters (OR within a facet, AND across), a window on the ranked hits.

    `since` and `until` are days, both included. `facets` names the facets to count. `match` is "all"
    (words as the query tree says) or "any" (its words are alternatives). `widen` is for strings typed by people: few
    words that leave less than a page of hits are followed by hits with most of them, and long queries are searched by
    any word. `hidden` shows hidden kinds. `after` is the `next` of an earlier answer to this request: the hits that
    follow it, whatever `page` says.
    """

    query: Query = field(default_factory=Everything)
    filters: tuple[Filter, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    sort: str = "relevance"
    page: int = 1
    size: int = 10
    after: str = ""
    match: str = "all"
    widen: bool = False
    hidden: bool = False
    facets: tuple[str, ...] = FACETS
    facet_size: int = 20

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def month(self) -> str:
        """The month, as `2018-02`, in which all chosen dates lie, or both days of the range; "" where there is none."""
        chosen = [value for each in self.filters if each.facet == "published" for value in each.wanted]
        months = {value[:7] for value in chosen} or {f"{day:%Y-%m}" if day else "" for day in (self.since, self.until)}
        month = months.pop()
        return month if not months and len(month) == 7 else ""


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What a word of the query, or two that stand side by side, adds to a score.

    `documents` of the index hold it (None where that is not counted), `rarity` is what comes of that; `title` and
    `body` say how often this document holds it. In the order `fresh` a part with none of these is what the date adds,
    which is its text.
    """

    text: str
    documents: int | None
    rarity: float
    title: int
    body: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One found document with its score and the analysed terms of the query, for its snippet.

    `explain` are the parts of the score, largest first; they add up to it. `widened` hits hold only most of the words.
    `place` is where in a body longer than search.snippet.REACH the words stand closest together, as a part of it.
    """

    document: Document
    score: float
    terms: frozenset[str] = frozenset()
    explain: tuple[ScorePart, ...] = ()
    widened: bool = False
    place: float = 0.0


class FacetValue(NamedTuple):  # a page has 150, and a frozen dataclass takes twice as long to make
    value: str
    count: int  # type: ignore[assignment]  # tuples have a method of this name, which is not called
    selected: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """Values by count, ties by value; published by time, its values months. Selected values are kept at zero.

    `missing` counts the hits without a value; `distinct` all values, shown or not. Counts ignore the facet's own
    wanted values (for `published` the range of days too) and keep every other filter. `days` are those with hits in the
    one month that is asked for, if one is.
    """

    name: str
    values: tuple[FacetValue, ...]
    distinct: int = 0
    missing: int = 0
    days: tuple[FacetValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A question for the values of one facet: those whose `label` holds the text `within`, whatever its case and
    accents, by count or from A to Z, `size` of them from number `start` on. `label` is the same function each time.
    """

    within: str = ""
    by_name: bool = False
    start: int = 0
    size: int = 100
    label: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Listed:
    """The values from number `start` on (the last full window where there are none so far on), chosen ones first.

    `total` values hold the text, `distinct` there are; `missing` counts the hits without a value.
    """

    values: tuple[FacetValue, ...]
    start: int
    total: int
    distinct: int
    missing: int


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, the number of all hits, and facets over all hits.

    `widened` counts the hits that follow those and hold only most of the words; `total` and facets leave them out.
    `indexed` documents were looked through, those of hidden kinds too.
    `notes` are sentences on how the engine read the query (a bound reached, say). `hidden` counts hits of
    hidden kinds that were left out. `generation` names the state of the index that answered. `next` is the engine's own
    mark of where these hits end, "" where none follow.
    """

    total: int
    hits: tuple[Hit, ...] = ()
    facets: dict[str, Facet] = field(default_factory=dict)
    hidden: int = 0
    widened: int = 0
    notes: tuple[str, ...] = ()
    generation: str = ""
    next: str = ""
    indexed: int = 0
