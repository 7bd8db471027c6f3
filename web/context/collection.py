"""What the collection page and that of captures without content receive."""

from dataclasses import dataclass

from web.context.parts import Day, Link, SearchBox
from web.context.results import Timeline

__all__ = ["AboutPage", "BlockedPage", "Chart", "EmptyCapture", "Number", "Share", "SiteRow"]


@dataclass(frozen=True, slots=True)
class Share:
    """A line of a small chart: `width` is its share of the longest, 0 to 100."""

    label: str
    count: int
    href: str
    width: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The most frequent values of a facet; `all_href` leads to all `distinct` ones."""

    title: str
    shares: tuple[Share, ...]
    distinct: int
    all_href: str


@dataclass(frozen=True, slots=True)
class Number:
    """How many there are of something, and where to see them ("": nowhere)."""

    label: str
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site's pages in time, and what became of its captures.

    `outcomes` are (how many captures, in which state, link to those without content or ""); `reasons`, why some were
    left out, (reason, how many captures). `span`, `gap` and `template` are in words, "" where there is none.
    """

    name: str
    href: str
    pages: int
    undated: int
    undated_href: str
    span: str
    gap: str
    captures: int
    outcomes: tuple[tuple[int, str, str], ...]
    reasons: tuple[tuple[str, int], ...]
    template: str
    suspicion: Link | None


@dataclass(frozen=True, slots=True)
class AboutPage:
    """`about.html`. Without a ledger it shows only what the index tells. `years` are those of publication.

    `suspicions` are the sites whose scraper was perhaps blocked, and in words why; not all of `suspected` are listed.
    `unlisted` sites follow those of `sites`. `run` tells the last run in a sentence, "" where there was none.
    """

    box: SearchBox
    numbers: tuple[Number, ...]
    years: Timeline
    charts: tuple[Chart, ...]
    suspicions: tuple[tuple[Link, str], ...]
    suspected: int
    sites: tuple[SiteRow, ...]
    unlisted: int
    run: str
    has_ledger: bool


@dataclass(frozen=True, slots=True)
class EmptyCapture:
    """A capture without content, and why; `suspected`: the scraper was perhaps blocked when it was made."""

    link: Link
    fetched: Day | None
    reason: str
    suspected: bool


@dataclass(frozen=True, slots=True)
class BlockedPage:
    """`blocked.html`: captures of a site without content, by time; not all of `total` are listed.

    `suspicion` tells the stretch in words, "" where there is none.
    """

    box: SearchBox
    host: str
    search_href: str
    suspicion: str
    captures: tuple[EmptyCapture, ...]
    total: int
