"""The title of a page: its headline, not the site's name and not the section.

The headline that readers see wins where another witness says nearly the same; an `h1` that nobody repeats may be a
slogan or the site's name. Figures: see `make quality`.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable

from indexer.blocks import Block
from indexer.structured import line

__all__ = ["Witnesses", "folded", "title"]

LONGEST = 300
#: Share of the words of the shorter of two titles that both have, from which they name the same thing.
AKIN = 0.4
#: Share of a heading that a title within it covers at least.
WITHIN = 0.6

Witnesses = tuple[tuple[str, str], ...]  # (text, who says so), the surest first

_PARTING = re.compile(r"\s+[|·•–—«»~-]\s+|\s+::\s+|\s*[|｜]\s*|\s+-{2,}\s*|-{2,}")
_STRIPPED = " |·•–—«»~-:｜"


def title(blocks: Iterable[Block], witnesses: Witnesses, sites: frozenset[str], *, home: bool) -> tuple[str, str]:
    """(title, who says so); `sites` are the site's names, folded; a `home` page is named as its site says."""
    stated = [(line(text, LONGEST), by) for text, by in witnesses]
    stated = [(text, by) for text, by in stated if text and folded(text) not in sites]
    if home and stated:
        return min(stated, key=lambda said: said[1] != "title")
    named = [(without_site(text, sites, guess=by == "title"), by) for text, by in stated]
    headings = _headings(blocks, sites)
    if below := _below_its_site(blocks, headings, stated):
        return below, "h2"
    repeated = [heading for heading in headings if _is_repeated(heading, [text for text, _ in stated], named)]
    alone = headings if len(headings) == 1 and (not named or _akin(headings[0], named[0][0])) else []
    for heading in [*repeated, *alone]:
        return _without_kicker(heading, named)
    if named:
        return named[0]
    if headings:
        return headings[0], "h1"
    said = [(line(text, LONGEST), by) for text, by in witnesses if home and text.strip()]
    return said[0] if said else ("", "")


def _below_its_site(blocks: Iterable[Block], headings: list[str], stated: list[tuple[str, str]]) -> str:
    """The lower heading that a title begins with, where it ends with the first-level one: that is the site's name."""
    rests: set[str] = set()
    for heading in map(folded, headings):
        if not any(folded(text) == heading for text, _ in stated):
            rests |= {folded(text).removesuffix(heading) for text, _ in stated if folded(text).endswith(heading)}
    lower = (line(b.text, LONGEST) for b in blocks if rests and b.tag in ("h2", "h3") and not b.hidden)
    return next((text for text in lower if len(text) > 3 and folded(text) in rests), "")


def _headings(blocks: Iterable[Block], sites: frozenset[str]) -> list[str]:
    """The distinct first-level headings that are no site's name."""
    found = {folded(b.text): line(b.text, LONGEST).rstrip("¶# ") for b in blocks if b.tag == "h1" and not b.hidden}
    return [text for key, text in found.items() if len(text) > 3 and key not in sites]


def _is_repeated(heading: str, stated: list[str], named: list[tuple[str, str]]) -> bool:
    """Whether a title says this heading, and not as a series' name beside the headline that another gives."""
    key = folded(heading)
    others = [folded(text) for text, by in named if by != "title"]
    for text in map(folded, stated):
        if key in text and not any(key not in other and other not in key and other in text for other in others):
            return True
    return False


def _without_kicker(heading: str, named: list[tuple[str, str]]) -> tuple[str, str]:
    """The heading, or the title within it: what a heading has beside it is a kicker, a brand or a counter."""
    key = folded(heading)
    for text, by in named:
        if by != "title" and folded(text) in key and len(folded(text)) > WITHIN * len(key):
            return text, by
    return heading, "h1"


def _akin(one: str, other: str) -> bool:
    """Whether two titles share enough of their words to name the same thing."""
    words, others = set(_words(one)), set(_words(other))
    return bool(words and others) and len(words & others) >= AKIN * min(len(words), len(others))


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).casefold()
    return [word for word in re.findall(r"\w+", text) if len(word) > 2 or word.isdigit()] or list(folded(text))


def without_site(text: str, sites: frozenset[str], *, guess: bool) -> str:
    """The title without the site's name at its end or start, where a sign parts them.

    Where no part is a known name, a `guess` takes the longest part for the title if it is most of it.
    """
    parts = [part for part in _PARTING.split(text) if part and part.strip(_STRIPPED)]
    if len(parts) < 2:
        return text
    if _is_site(parts[-1], sites):
        return without_site(text[: text.rindex(parts[-1])].rstrip(_STRIPPED), sites, guess=False)
    if _is_site(parts[0], sites):
        return without_site(text[text.index(parts[0]) + len(parts[0]) :].lstrip(_STRIPPED), sites, guess=False)
    longest = max(parts, key=len)
    if guess and len(longest) > 0.5 * len(text) and len(longest.split()) > 2 and longest in (parts[0], parts[-1]):
        return longest
    return text


def _is_site(part: str, sites: frozenset[str]) -> bool:
    key = folded(part)
    return key in sites or (len(key) > 3 and any(key.startswith(site) and len(site) > 3 for site in sites)
                            and len(part.split()) <= 3)  # fmt: skip


@functools.lru_cache(maxsize=64)  # of a page the same few titles and names are asked for again and again
def folded(text: str) -> str:
    """The letters and digits of a text, compatibility forms and case folded."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
