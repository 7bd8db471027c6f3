"""What a site repeats on its pages, learnt from the pages themselves: its template.

Invariant: a template is told by the pages it is learnt from and nothing else; memory is bounded by PAGES and LINES,
whatever the site's size. Nothing here parses: HTML and flattened text are both blocks.
"""

import functools
import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.blocks import Block, Outline
from indexer.ends import Ends, edges, learn_ends

__all__ = [
    "FEWEST", "PAGES", "STEADY", "Line", "Repeated", "Template", "from_record", "joined", "learn", "lines", "mark",
    "zones",
]  # fmt: skip

#: Pages of a site that are looked at. A share told by so many is right to 3 % (two standard errors at one half).
PAGES = 1_000
#: Blocks of a page that are looked at, half from its start and half from its end: furniture stands there. Lines of
#: 1,000 such pages that have nothing in common take some 150 MB, those of most sites a tenth.
LINES = 300
#: Distinct pages below which nothing is said: on five pages a series' title is as frequent as a menu.
FEWEST = 6
#: A line of fewer pages is no furniture, however few the site has.
LEAST = 4
# Shares of pages from which a line is furniture, by where it stands; measured on 60 pages of each of three manuals.
NEAR = 0.2  # in the run of repeated lines at a page's start or end: a section's menu (manuals: as good at 0.1 and 0.4)
STEADY = 0.6  # before a page's own prose begins or after it ends; at 0.3 0.5 % of content goes, at 0.8 1 % is left
OPENING = 0.7  # likewise, by its first two words: "Available languages: ..." is, "Source file: ..." of a manual is not
INSIDE = 0.5  # anywhere, if it has four words, as "Example:" has not; at 0.25 half as much again of content is lost
HEADING = 0.5  # a heading, since series and rubrics have their titles there (manuals: as good at 0.25 and 0.9)
MOSTLY = 0.7  # of a line's occurrences must stand where the rule says
SHORT, GAP = 12, 3  # words of the lines, and lines, that may break a run: a page's title and date stand in menus too


@dataclass(frozen=True, slots=True)
class Line:
    """A block as the learner sees it: `mark` names its words, `opening` its first two, each 0 where there are none."""

    mark: int
    opening: int
    words: int
    heading: bool
    prose: bool


@dataclass(frozen=True, slots=True)
class Repeated:
    """A line that the site repeats: on how many pages, where (`head`, `foot` or `inside`), and how it reads there."""

    pages: int
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """`pages` are the distinct pages looked at; `lines` and `openings` are by mark."""

    pages: int = 0
    lines: Mapping[int, Repeated] = field(default_factory=dict)
    openings: Mapping[int, Repeated] = field(default_factory=dict)
    ends: Ends = field(default_factory=Ends)

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing for furniture."""
        return not (self.lines or self.openings or self.ends.head or self.ends.foot)

    def as_record(self) -> dict[str, Any]:
        """Plain JSON values."""
        told = {
            name: [[f"{key:016x}", each.pages, each.where, each.text] for key, each in sorted(found.items())]
            for name, found in (("lines", self.lines), ("openings", self.openings))
        }
        return {"pages": self.pages, **told, "head": sorted(self.ends.head), "foot": sorted(self.ends.foot)}


def from_record(record: Mapping[str, Any]) -> Template:
    """The template that `as_record` wrote."""
    lines, openings = (
        {int(key, 16): Repeated(pages, where, text) for key, pages, where, text in record[name]}
        for name in ("lines", "openings")
    )
    return Template(record["pages"], lines, openings, Ends(frozenset(record["head"]), frozenset(record["foot"])))


# -- lines

# Both begin where a word does, and say so: else each of its letters is tried, which takes three times as long.
_DATE = re.compile(
    r"(?:(?<![^\W\d_])[^\W\d_]+[^\w\n]{1,3})?\b\d{1,4}(?:st|nd|rd|th)?\b(?:[^\w\n]{1,3}[^\W\d_]+){0,3}[^\w\n]{1,3}\d{2,4}\b"
)
_NUMBERED = re.compile(r"\b[^\W\d]*\d\w*")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Characters up to which a line's names are remembered: it may stand on every page of a site. 16,384 take some 5 MB.
OFTEN = 120
_ENDS = (".", "!", "…", "。", "！", "।", "۔", ":", ";")  # not ?: questions head the answers of a FAQ


def mark(text: str) -> int:
    """64 bits that name the text's words, whatever its numbers, dates, case, signs and white space; 0 for no words."""
    return _name(_words(text[:2_000]))


def lines(outline: Outline) -> list[Line]:
    """All blocks as lines."""
    return [_line(block) for block in outline.blocks]


def joined(outline: Outline) -> str:
    """The text of a flattened page, block by block."""
    return "\n".join(block.text for block in outline.blocks)


def _line(block: Block) -> Line:
    words = len(block.text.split())
    sentence = block.text.rstrip("\"'”’»)] ").endswith(_ENDS)
    is_prose = block.link_density < 0.4 and (words >= 25 or (sentence and words >= 8))
    named, opening = (_names_again if len(block.text) <= OFTEN else _names)(block.text[:2_000])
    is_heading = bool(_HEADINGS.intersection(block.path[-2:]))
    return Line(named, 0 if is_prose else opening, words, is_heading, is_prose)


def _names(text: str) -> tuple[int, int]:
    """Of all its words, and of its first two where there are more."""
    told = _words(text)
    return _name(told), _name(["opening", *told[:2]]) if len(told) > 2 else 0


_names_again = functools.lru_cache(16_384)(_names)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    if _DIGIT.search(plain):
        plain = _NUMBERED.sub(" ", _DATE.sub(" ", plain))
    return _WORD.findall(plain)


def _name(words: Sequence[str]) -> int:
    written = " ".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(written, digest_size=8).digest(), "big") if words else 0


# -- learning


def learn(pages: Iterable[Outline]) -> Template:
    """The template of a site from at most PAGES of its pages, which should be a fair choice in a settled order."""
    seen: list[list[Line]] = []
    texts: dict[int, str] = {}
    flats: dict[int, str] = {}
    for page, outline in zip(range(PAGES), map(_bounded, pages), strict=False):
        seen.append(lines(outline))
        for line, block in zip(seen[page], outline.blocks, strict=True):
            text = " ".join(block.text[:200].split())
            for key in (line.mark, line.opening):
                texts[key] = min(texts.get(key, text), text)
        if outline.flat:
            flats[page] = edges(joined(outline))
    numbers = _distinct(seen)
    distinct = [seen[number] for number in numbers]
    if len(distinct) < FEWEST:
        return Template(len(distinct))
    found = dict(_repeated(distinct, texts))
    openings = {line.opening for page in distinct for line in page}
    return Template(
        len(distinct),
        {key: each for key, each in found.items() if key not in openings},
        {key: each for key, each in found.items() if key in openings},
        learn_ends((flats[number] for number in numbers if number in flats), share=STEADY, fewest=FEWEST),
    )


def _bounded(outline: Outline) -> Outline:
    """Its first and its last blocks, where there are more than LINES."""
    blocks = outline.blocks
    if len(blocks) <= LINES:
        return outline
    return replace(outline, blocks=(*blocks[: LINES // 2], *blocks[-LINES // 2 :]))


def _repeated(pages: list[list[Line]], texts: Mapping[int, str]) -> Iterator[tuple[int, Repeated]]:
    """The marks and openings that are furniture."""
    on = Counter(key for page in pages for key in {key for line in page for key in (line.mark, line.opening)})
    often = {key for key, count in on.items() if key and count >= max(LEAST, NEAR * len(pages))}
    openings = {line.opening for page in pages for line in page}
    varied = Counter(key for page in pages for key in {line.opening for line in page if line.mark not in often})
    places = {key: _Places() for key in often}
    for page in pages:
        first, last = _run(page, often), len(page) - _run(page[::-1], often)
        start, end = zones(page, often)
        for index, line in enumerate(page):
            for key in often.intersection((line.mark, line.opening)):
                places[key].count(line, near=not first <= index < last, before=index < start, after=index >= end)
    for key in sorted(often):
        where = places[key].verdict(on[key] / len(pages), on[key])
        if key in openings:  # of lines that go on in many ways; of one line the line itself tells more
            known = on[key] >= OPENING * len(pages) and varied[key] >= NEAR * len(pages)
            where = where if known and where != "inside" else ""
        if where:
            yield key, Repeated(on[key], where, texts[key])


class _Places:
    """Where the occurrences of one mark stand, counted."""

    def __init__(self) -> None:
        self.times = self.near = self.before = self.after = self.headings = self.words = 0

    def count(self, line: Line, *, near: bool, before: bool, after: bool) -> None:
        self.times += 1
        self.near += near
        self.before += before
        self.after += after
        self.headings += line.heading
        self.words = max(self.words, line.words)

    def verdict(self, share: float, pages: int) -> str:
        """`head`, `foot` or `inside`; "" where the mark is no furniture."""
        enough = MOSTLY * self.times
        heading = self.headings > self.times / 2
        is_near = self.near >= enough and share >= (HEADING if heading else NEAR)
        if is_near or (self.before + self.after >= enough and share >= STEADY):
            return "head" if self.before > self.after else "foot"
        once = self.times <= 1.5 * pages
        return "inside" if share >= INSIDE and self.words >= 4 and once and not heading else ""


def zones(page: Sequence[Line], repeated: Set[int]) -> tuple[int, int]:
    """Where the page's own prose begins and where it has ended; a page without any is all head."""
    own = [index for index, line in enumerate(page) if line.prose and line.mark not in repeated]
    return (own[0], own[-1] + 1) if own else (len(page), len(page))


def _run(page: Sequence[Line], repeated: Set[int]) -> int:
    """How far repeated lines reach from the page's start, a few short other ones between them."""
    end = gap = 0
    for index, line in enumerate(page):
        if line.mark in repeated:
            end, gap = index + 1, 0
        elif line.mark and (line.words > SHORT or line.prose or gap == GAP):
            break
        elif line.mark:
            gap += 1
    return end


def _distinct(pages: list[list[Line]]) -> list[int]:
    """The number of one page of each set with the same text: what was captured twice must not count as repeated.

    Two pages are the same where the six lines that are the rarest of the one nearly all stand in those of the other.
    """
    on = Counter(key for page in pages for key in {line.mark for line in page})
    holders: defaultdict[int, list[int]] = defaultdict(list)
    kept: list[int] = []
    for number, page in enumerate(pages):
        length = {line.mark: line.words for line in page if line.mark and line.words >= 4}
        rarest = sorted(length, key=lambda key: (on[key], -length[key], key))[:6]
        shared = Counter(holder for key in rarest for holder in holders[key])
        if not rarest or max(shared.values(), default=0) >= 0.8 * len(rarest):
            continue
        for key in rarest:
            holders[key].append(number)
        kept.append(number)
    return kept
