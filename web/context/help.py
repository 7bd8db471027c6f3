"""What the pages on what can be typed, and on why a page is found or not, receive."""

from dataclasses import dataclass

from web.context.parts import Link, SearchBox

__all__ = ["HelpPage", "Syntax", "WhyPage"]


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
