"""What each template receives: one dataclass, as `page`, and nothing else.

Invariant: every `href` is an address of ours or begins with http:// or https://; all other text is as scraped and
is escaped by the template. Parts are (text, whether it is a match); the templates write the `<mark>`.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from search.snippet import Part

__all__ = [
    "Bar", "CaptureRow", "Chip", "Choice", "Day", "EntryPage", "FacetList", "Fact", "Histogram", "Link", "Problem",
    "RemovedBlock", "Result", "SearchBox", "SearchPage", "language_tag", "web_address",
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
        clock = f", {day:%H:%M} UTC" if isinstance(day, dt.datetime) else ""
        return cls(f"{day.day} {MONTHS[day.month - 1]} {day.year}{clock}", day.isoformat())


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
    """Values with their counts: `choices` are shown, `more` on demand; `unlisted` counts those not sent at all."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()
    unlisted: int = 0


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
class Histogram:
    """Years, and the months of one year; either may be empty. `earlier` is the link to years that are not drawn."""

    years: tuple[Bar, ...]
    months: tuple[Bar, ...]
    year: str
    earlier: Choice | None
    undated: Choice | None
    since: str
    until: str
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One hit. `href` is the original where it has a web address, else the entry page.

    `also_at` links the entry pages of some other pages that hold the same article, `also_more` counts the others.
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
    also_at: tuple[Link, ...] = ()
    also_more: int = 0

    @property
    def is_on_the_web(self) -> bool:
        return self.href != self.entry_href


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`search.html`. `notes` are sentences; `ways_out` are tried where nothing was found.

    `wider` are results with most of the words, below those with all; `did_you_mean` is another text to search for.
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
    results: tuple[Result, ...]
    wider: tuple[Result, ...]
    did_you_mean: Link | None
    first: int
    pages: tuple[Link | None, ...]
    previous: str
    next: str
    ways_out: tuple[Link, ...]

    @property
    def last(self) -> int:
        return self.first + len(self.results) - 1


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of metadata: values that may be links (no href: plain text), and the evidence for them."""

    name: str
    values: tuple[Link, ...]
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A capture of the url: when it was fetched, what became of it and why, and the file it lies in."""

    fetched: Day | None
    state: str
    reason: str
    file: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class RemovedBlock:
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """`entry.html`. `refusal` says why there is no text; `removed` is None where the ledger does not know."""

    box: SearchBox
    title: str
    language: str
    url: str
    original_href: str
    paragraphs: tuple[str, ...]
    refusal: str
    facts: tuple[Fact, ...]
    captures: tuple[CaptureRow, ...]
    removed: tuple[RemovedBlock, ...] | None


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


def web_address(url: str) -> str:
    """The url where it is safe to link to: http or https, a host, no space or control character; else ""."""
    if not re.match(r"https?://[^/\s]", url, re.IGNORECASE) or re.search(r"[\x00-\x20\x7f-\x9f\\]", url):
        return ""
    try:
        return url if urlsplit(url).hostname else ""
    except ValueError:
        return ""


def language_tag(language: str) -> str:
    """The language where it can stand in a `lang` attribute, else ""."""
    return language if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}", language) else ""
