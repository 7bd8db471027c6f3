"""What each template receives: one dataclass, as `page`, and nothing else.

Invariant: every `href` is an address of ours or begins with http:// or https://; all other text is as scraped and
is escaped by the template. Parts are (text, whether it is a match); the templates write the `<mark>`.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import urlsplit

from search.difference import Piece
from search.snippet import Part

__all__ = [
    "AboutPage", "Bar", "BlockPage", "BlockedPage", "CaptureRow", "ChangesPage", "Chart", "Chip", "Choice", "Day",
    "EmptyCapture", "EntryPage", "FacetList", "FacetPage", "Fact", "FactChange", "HelpPage", "Histogram", "Link",
    "Problem", "RemovedBlock", "Result", "Run", "SearchBox", "SearchPage", "Share", "SiteRow", "Syntax",
    "Timeline", "WhyPage", "language_tag", "reading_minutes", "web_address",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """`current` marks the one that is shown already."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day for people and for machines: 22 February 2018, 2018-02-22."""

    text: str
    iso: str

    @classmethod
    def of(cls, day: dt.date | None) -> Self | None:
        """UTC where it is a time."""
        if day is None:
            return None
        text = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        if isinstance(day, dt.datetime):
            return cls(f"{text}, {day:%H:%M} UTC", day.isoformat(timespec="seconds"))
        return cls(text, day.isoformat())


@dataclass(frozen=True, slots=True)
class SearchBox:
    """The form at the top: its text, and what it keeps when another text is sent."""

    text: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    focused: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter, and the address without it."""

    facet: str
    label: str
    href: str
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: `href` chooses it, or lets go of it where it is chosen or left out."""

    label: str
    count: int
    href: str
    exclude_href: str
    selected: bool = False
    excluded: bool = False


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


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of metadata: values that may be links (no href: plain text), and the evidence for them."""

    name: str
    values: tuple[Link, ...]
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text; a match of the query has its number from 1, other text 0."""

    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A capture of the url: when it was fetched, what became of it and why, and the file it lies in.

    `changes_href` leads to what differs between this and the one that is shown; "" where nothing can be compared.
    """

    fetched: Day | None
    state: str
    reason: str
    file: str
    href: str
    current: bool
    changes_href: str = ""


@dataclass(frozen=True, slots=True)
class RemovedBlock:
    """A removed block; `kept` blocks of the text stand between it and the one before.

    `others_href` leads to other pages that held it, "" where there are none.
    """

    reason: str
    text: str
    kept: int = 0
    others_href: str = ""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """`entry.html`. `refusal` says why there is no text; `removed` is None where the ledger does not know.

    `kept_last` blocks of the text follow the last removed one. `matches` counts the numbered runs of the paragraphs.
    """

    box: SearchBox
    title: tuple[Part, ...]
    language: str
    url: str
    original_href: str
    minutes: int
    paragraphs: tuple[tuple[Run, ...], ...]
    matches: int
    query: str
    refusal: str
    facts: tuple[Fact, ...]
    captures: tuple[CaptureRow, ...]
    removed: tuple[RemovedBlock, ...] | None
    kept_last: int
    stored_href: str
    similar: tuple[Link, ...]

    @property
    def heading(self) -> str:
        return "".join(text for text, _ in self.title)


@dataclass(frozen=True, slots=True)
class FactChange:
    """A line of metadata that is not the same in two captures."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """`changes.html`: what differs between two captures of a page, the older of which is `before`.

    `befores` and `afters` are all captures to choose from; `current` marks the two that are compared.
    """

    box: SearchBox
    title: str
    language: str
    entry_href: str
    befores: tuple[Link, ...]
    afters: tuple[Link, ...]
    facts: tuple[FactChange, ...]
    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        return all(piece.change == "same" for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class BlockPage:
    """`block.html`: the pages from which one and the same block was removed; not all of `total` are listed."""

    box: SearchBox
    text: str
    reason: str
    total: int
    found: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class WhyPage:
    """`why.html`: the page asked about (`url` "": none yet) and sentences on why this search finds it, or does not.

    `entry_href` is "" where there is no entry; `kept` are the filters of the search, `said` the same in words.
    """

    box: SearchBox
    url: str
    kept: tuple[tuple[str, str], ...]
    said: tuple[str, ...]
    reasons: tuple[str, ...]
    entry_href: str
    search_href: str


@dataclass(frozen=True, slots=True)
class Syntax:
    """Something that can be typed, as a link to its search, and what it means."""

    example: Link
    meaning: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """`help.html`: what can be typed, by heading; `hidden_kinds` of page are left out of results."""

    box: SearchBox
    groups: tuple[tuple[str, tuple[Syntax, ...]], ...]
    hidden_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A line of a small chart: `width` is its share of the longest, 0 to 100."""

    label: str
    count: int
    href: str
    width: int


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """What became of a site: captures by their state, why some were left out, and its pages in time.

    `reasons` are (reason, how many captures); `span`, `gap` and `template` are in words, "" where there is none.
    `empty_href` leads to the captures without content, "" where there are none.
    """

    name: str
    href: str
    pages: int
    undated: int
    span: str
    gap: str
    captures: int
    kept: int
    hidden: int
    refused: int
    reasons: tuple[tuple[str, int], ...]
    template: str
    suspicion: Link | None
    empty_href: str


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


@dataclass(frozen=True, slots=True)
class AboutPage:
    """`about.html`. `numbers` are (what, how many); without a ledger only what the index tells.

    `suspicions` are the sites whose scraper was perhaps blocked, and in words why; not all of `suspected` are listed.
    `unlisted` sites follow those of `sites`. `run` tells the last run in a sentence, "" where there was none.
    """

    box: SearchBox
    numbers: tuple[tuple[str, int], ...]
    charts: tuple[Chart, ...]
    suspicions: tuple[tuple[Link, str], ...]
    suspected: int
    sites: tuple[SiteRow, ...]
    unlisted: int
    run: str
    has_ledger: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """`problem.html`: what went wrong and what to do; `commands` are lines to type."""

    status: int
    heading: str
    text: str
    box: SearchBox = SearchBox()
    commands: tuple[str, ...] = ()


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


#: Neither a space nor a control character, nor what some browsers take for a slash.
_ON_THE_WEB = re.compile(r"https?://(?![/\s])[^\x00-\x20\x7f-\x9f\\]+", re.IGNORECASE)


#: As nearly all are, which need no taking apart: a host's name and at most a path.
_PLAINLY_ON_THE_WEB = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z]+(?:/[\w/.~%&=?+,;:-]*)?", re.ASCII)


def web_address(url: str) -> str:
    """The url where it is safe to link to: http or https, a host, no space or control character; else ""."""
    if _PLAINLY_ON_THE_WEB.fullmatch(url):
        return url
    if not _ON_THE_WEB.fullmatch(url):
        return ""
    try:
        return url if urlsplit(url).hostname else ""
    except ValueError:
        return ""


#: Characters of text read in a minute, and of scripts that write a word in one or two (Trauzettel-Klosinski and Dietz,
#: Standardized Assessment of Reading Performance, 2012: 863 in the mean of 17 languages, 255 Chinese, 357 Japanese).
PACE, DENSE_PACE = 863, 300


def reading_minutes(text: str, language: str) -> int:
    """How long the text takes to read, in whole minutes; 0 for none."""
    return -(-len(text) // (DENSE_PACE if language[:2] in ("zh", "ja") else PACE))


@lru_cache(maxsize=1_024)
def language_tag(language: str) -> str:
    """The language where it can stand in a `lang` attribute, else ""."""
    return language if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}", language) else ""
