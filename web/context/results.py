"""What the search page and the page of a facet receive. Parts are (text, whether it is a match)."""

from dataclasses import dataclass

from search.snippet import Part
from web.context.parts import Chip, Choice, Day, Link, SearchBox

__all__ = ["Bar", "FacetList", "FacetPage", "Histogram", "Result", "SearchPage", "Timeline"]


@dataclass(frozen=True, slots=True)
class FacetList:
    """Values with their counts, of which `unlisted` counts those not shown; `all_href` leads to the page of all."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    unlisted: int = 0
    all_href: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of time: `x` and `height` are in units of the picture, 0 high only where nothing was found."""

    label: str
    count: int
    href: str
    x: int
    height: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars side by side. The chosen range of days begins at `x` and is `width` units wide; 0 for none."""

    bars: tuple[Bar, ...] = ()
    x: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True)
class Histogram:
    """Years, the months of one year, and the days of one month; each may be empty.

    `earlier` is the link to years that are not drawn.
    """

    years: Timeline
    months: Timeline
    days: Timeline
    year: str
    month: str
    earlier: Choice | None
    undated: Choice | None
    since: str
    until: str
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One hit. `href` is the original where it has a web address, else the entry page.

    `minutes` it takes to read; `captures` of it are in the ledger (1 where there is none). `reasons` are sentences on
    why it stands where it does; `widened` holds only most of the words. `also_at` links
    the entry pages of some other pages that hold the same article, `also_more` counts the others.
    """

    title: tuple[Part, ...]
    href: str
    entry_href: str
    snippet: tuple[Part, ...]
    site: str
    place: str
    section: str
    published: Day | None
    authors: tuple[str, ...]
    language: str
    language_name: str
    kind: str
    minutes: int
    captures: int
    reasons: tuple[str, ...]
    widened: bool
    also_at: tuple[Link, ...] = ()
    also_more: int = 0

    @property
    def is_on_the_web(self) -> bool:
        return self.href != self.entry_href


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`search.html`. `notes` are sentences; `ways_out` are tried where nothing was found.

    `results` hold all that is asked for, `wider` follow them on the last page; there are `widened` of these.
    `did_you_mean` leads to other words; `missing_href` to why a page is not found; `hidden_href`, "" where nothing is
    hidden, to the same with what is.
    """

    heading: str
    box: SearchBox
    total: int
    hidden: int
    hidden_href: str
    read_as: str
    notes: tuple[str, ...]
    chips: tuple[Chip, ...]
    unfiltered_href: str
    sorts: tuple[Link, ...]
    sizes: tuple[Link, ...]
    histogram: Histogram
    facets: tuple[FacetList, ...]
    did_you_mean: Link | None
    results: tuple[Result, ...]
    wider: tuple[Result, ...]
    widened: int
    first: int
    pages: tuple[Link | None, ...]
    previous: str
    next: str
    ways_out: tuple[Link, ...]
    missing_href: str


@dataclass(frozen=True, slots=True)
class FacetPage:
    """`facet.html`: the values of one facet, `first` and following of `total`; without `within` there are `distinct`.

    A choice leads to the search page. `missing` is the choice of pages without a value.
    """

    box: SearchBox
    name: str
    title: str
    action: str
    kept: tuple[tuple[str, str], ...]
    within: str
    orders: tuple[Link, ...]
    choices: tuple[Choice, ...]
    missing: Choice | None
    total: int
    distinct: int
    first: int
    previous: str
    next: str
    search_href: str
    chips: tuple[Chip, ...]
