"""What the templates of several kinds of page receive: links, days, the box, choices; and problems.

Invariant: every `href` is an address of ours or begins with http:// or https://; all other text is as scraped and
is escaped by the template.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import urlsplit

__all__ = [
    "MONTHS", "Chip", "Choice", "Day", "Link", "Problem", "SearchBox", "language_tag", "reading_minutes", "web_address",
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
