"""Script-error banners and notices, by the families of `banners.toml` and of a file of the user's.

A family marked `inside` is also cut out of a longer text: the block is parted, and only the banner's part is labelled.
Invariant: linear in the page's text; a family is tried only where one of its `hints` stands in the page.
"""

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.blocks import Block, Outline
from indexer.errors import BadRules

__all__ = ["Family", "families", "label", "unused"]

NAME = "banner"
_LINE = 160  # characters of a line that may be a family's as a whole
_FIRST = re.compile(r"[^\w\[]{0,9}([^\W_]+(?:[-’'][^\W_]+)*|\[)")
MAX_TEXT = 100_000  # characters of a block that are searched


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of banner: its patterns, and texts it must find and must leave.

    `hints` are lower-case words of which one stands in every text that a pattern finds; none: always tried. `lines` are
    whole lines, lower-case and without the punctuation at their ends. `begins` are, for a family of lines, the first words
    of all that its patterns find, instead of hints.
    """

    name: str
    inside: bool
    longest: int
    hints: tuple[str, ...]
    begins: frozenset[str]
    lines: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    positive: tuple[str, ...]
    negative: tuple[str, ...]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where in the text its banners stand."""
        if self.inside:
            for pattern in self.patterns:
                for found in pattern.finditer(text, 0, MAX_TEXT):
                    yield found.span()
        elif len(text) <= self.longest and (
            _bare(text.lower()) in self.lines or any(pattern.search(text) for pattern in self.patterns)
        ):
            yield 0, len(text)


def _bare(line: str) -> str:
    return line.lstrip(" «‹<←×✓•").rstrip(" .…!?:»›>→×•")


@functools.cache
def families(rules: str = "") -> tuple[Family, ...]:
    """The families of `banners.toml`, or those of `rules`, a text of the same form. BadRules says what is wrong there."""
    if not rules:
        return _read(resources.files("indexer").joinpath("banners.toml").read_text("utf-8"))
    given = _read(rules)
    for family in given:
        _prove(family)
    return given


def unused(removed: Iterable[tuple[str, str]], rules: str = "") -> list[str]:
    """The rules that find nothing any more in what was removed (reason, text): each pattern of the user's, else our families."""
    waiting = {(family.name, pattern) for family in families(rules) for pattern in family.patterns}
    for reason, text in removed:
        name = reason.removeprefix(f"{NAME}: ")
        line = text.replace("\n", " ")
        waiting -= {rule for rule in waiting if rule[0] == name and rule[1].search(line)}
    if rules:
        return sorted(
            f"the pattern {pattern.pattern!r} of “{name}” matches nothing any more" for name, pattern in waiting
        )
    left = Counter(name for name, _ in waiting)
    return [f"the family “{f.name}” matches nothing" for f in families() if left[f.name] == len(f.patterns)]


def _read(rules: str) -> tuple[Family, ...]:
    try:
        return tuple(_family(each) for each in tomllib.loads(rules).get("family", []))
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"the rules are no TOML: {error}") from error


def _prove(family: Family) -> None:
    """BadRules where a family does not do what its examples say; ours are proved by a test."""
    for text in family.positive:
        if not any(family.spans(text)):
            raise BadRules(f"the family “{family.name}” does not find its example: {text[:80]}")
    for text in family.negative:
        if any(family.spans(text)):
            raise BadRules(f"the family “{family.name}” finds what it should leave: {text[:80]}")


def _family(each: dict[str, Any]) -> Family:
    name = str(each.get("name", "without a name"))
    for key in ("patterns", "positive", "negative"):
        if not isinstance(each.get(key), list) or not each[key]:
            raise BadRules(f"the family “{name}” has no {key}: a rule needs patterns and examples of both kinds")
    try:
        patterns = tuple(re.compile(pattern, re.IGNORECASE) for pattern in each["patterns"])
    except re.error as error:
        raise BadRules(f"the family “{name}” has a pattern that is no regular expression: {error}") from error
    return Family(
        name,
        bool(each.get("inside", False)),
        int(each.get("longest", 300)),
        tuple(hint.lower() for hint in each.get("hints", ())),
        frozenset(each.get("begins", ())),
        frozenset(each.get("lines", ())),
        patterns,
        tuple(each["positive"]),
        tuple(each["negative"]),
    )


@dataclass(frozen=True, slots=True)
class _Index:
    """The families by what a text must have for them to be tried; the order of `families` decides where two agree."""

    lines: dict[str, Family]
    by_first: dict[str, tuple[Family, ...]]
    hints: "_Hints"

    def spans(self, text: str, lowered: str, hinted: list[tuple[str, Family]]) -> list[tuple[int, int, str]]:
        """(start, end, family) of the banners in a text; `hinted` are the hints that stand in the page, with their families."""
        likely: dict[str, Family] = {}
        if len(text) <= _LINE:
            family = self.lines.get(_bare(lowered))
            if family is not None:
                return [(0, len(text), family.name)]
            first = _FIRST.match(lowered)
            if first is not None and first[1] in self.by_first:
                likely = {family.name: family for family in self.by_first[first[1]]}
        for hint, family in hinted:
            if hint in lowered:
                likely[family.name] = family
        if not likely:
            return []
        return sorted((start, end, name) for name, family in likely.items() for start, end in family.spans(text))


class _Hints:
    """The hints of families, found in a page all at once: first by the four bytes with which each begins, then whole."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._always: list[tuple[str, Family]] = []
        self._by_gram: dict[int, list[tuple[str, Family]]] = {}
        self._likely = np.zeros(1 << 16, bool)
        for each in families:
            for hint in each.hints or ("",):
                begins = hint.encode("utf-8", "surrogatepass")[:4]
                if len(begins) < 4:
                    self._always.append((hint, each))
                    continue
                gram = np.frombuffer(begins, "<u4")
                self._by_gram.setdefault(int(gram[0]), []).append((hint, each))
                self._likely[_hash(gram)] = True

    def within(self, page: str) -> list[tuple[str, Family]]:
        """Those that stand in a page, in small letters."""
        raw = page.encode("utf-8", "surrogatepass")
        found: set[int] = set()
        for start in range(min(4, max(0, len(raw) - 3))):
            grams = np.frombuffer(raw, "<u4", (len(raw) - start) // 4, start)
            found.update(grams[self._likely.take(_hash(grams))].tolist())
        likely = [each for gram in found & self._by_gram.keys() for each in self._by_gram[gram]]
        return [(hint, family) for hint, family in (*self._always, *likely) if hint in page]


def _hash(grams: NDArray[np.uint32]) -> NDArray[np.uint32]:
    hashed: NDArray[np.uint32] = grams * np.uint32(0x9E3779B1) >> np.uint32(16)
    return hashed


@functools.cache
def _index(rules: str) -> _Index:
    lines: dict[str, Family] = {}
    by_first: dict[str, tuple[Family, ...]] = {}
    for family in families(rules):
        for line in family.lines:
            lines.setdefault(line, family)
        for word in family.begins:
            by_first[word] = (*by_first.get(word, ()), family)
    return _Index(lines, by_first, _Hints(family for family in families(rules) if not family.begins))


def label(outline: Outline, rules: str = "") -> Outline:
    """The outline with its banners labelled, and cut out of their lines."""
    index = _index(rules)
    texts = [block.text.replace("\n", " ") for block in outline.blocks]
    page = "\n".join(texts).lower()
    hinted = index.hints.within(page)
    blocks: list[Block] = []
    for block, text, lowered in zip(outline.blocks, texts, page.split("\n") if texts else [], strict=True):
        spans = index.spans(text, lowered, hinted)
        blocks += _parts(block, spans) if spans else (block,)
    if len(blocks) > len(texts):
        blocks = [replace(block, index=at) for at, block in enumerate(blocks)]
    return replace(outline, blocks=tuple(blocks))


def _parts(block: Block, spans: list[tuple[int, int, str]]) -> Iterator[Block]:
    """The parts that its banners cut a block into."""
    at = 0
    for start, end, name in spans:
        if end <= at or not any(character.isalnum() for character in block.text[start:end]):
            continue
        start = max(start, at)
        yield from _piece(block, at, start)
        yield from (piece.labelled(NAME, f"banner: {name}", keep=False) for piece in _piece(block, start, end))
        at = end
    yield from _piece(block, at, len(block.text)) if at else (block,)


def _piece(block: Block, start: int, end: int) -> Iterator[Block]:
    text = block.text[start:end].strip(" \n|·•")
    if any(character.isalnum() for character in text):
        yield replace(block, text=text, linked=round(block.linked * len(text) / len(block.text)))
