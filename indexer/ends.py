"""What the flattened pages of a site begin and end with, where furniture and article may share a line.

Letters alone are compared, since flattening glues words ("HomeNext") and numbers change. Between two pieces that most
pages hold in this place stands a page's own furniture: its title in a menu, its chapter, its table of contents.
Invariants: no word is cut; nothing that reads like sentences is taken for such a gap, nor one longer than what stays.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["REACH", "Ends", "learn_ends", "text_between"]

#: Letters of a piece that is compared. Shorter ones stand in any English text; longer ones miss "HomeNext".
PIECE = 8
#: Letters at either end of a page that are looked at.
REACH = 8_000
#: Pages by which pieces are chosen before they are counted on all: it bounds memory (64 pages, some 20 MB).
CHOOSERS = 64
#: Times that a piece may stand in a line, on average.
OFTEN = 1.5
#: Letters of a page's own that may stand between repeated ones, whatever they are.
GAP = 80
#: Letters from which repeated ones are more than chance beyond a longer gap; fewer are if they are two whole words.
LONG = 16
#: Letters per end of a sentence below which a longer gap reads like text.
SENTENCE = 250
#: Of the pages that hold a piece, so many must hold it in the run from their start or end: else it is a common word.
MOSTLY = 0.7


@dataclass(frozen=True, slots=True)
class Ends:
    """Pieces of PIECE letters that most pages hold near their start and near their end."""

    head: frozenset[str] = field(default_factory=frozenset)
    foot: frozenset[str] = field(default_factory=frozenset)


def learn_ends(texts: Sequence[str], *, share: float) -> Ends:
    """From the pages' texts; `share` of the pages must hold a piece in the half that it belongs to."""
    pages = [_page(text) for text in texts]
    heads = [page.marks[: min(REACH, len(page.letters) // 2)] for page in pages]
    feet = [page.marks[-min(REACH, len(page.letters) // 2) :] for page in pages]
    head, foot = _common(heads, share), _common(feet, share)
    runs = [_runs(page, head, foot) for page in pages]
    head = _mostly(head, heads, [page.marks[:start] for page, (start, _) in zip(pages, runs, strict=True)])
    foot = _mostly(foot, feet, [page.marks[end:] for page, (_, end) in zip(pages, runs, strict=True)])
    return Ends(_spelt(pages, head), _spelt(pages, foot))


def text_between(text: str, ends: Ends) -> tuple[int, int]:
    """Where in the text the repeated beginning ends (0: there is none), and where the repeated end starts."""
    page = _page(text)
    first, last = _runs(page, _marks_of(ends.head), _marks_of(ends.foot))
    start = page.places[first - 1] + 1 if first else 0
    end = page.places[last] if last < len(page.letters) else len(text)
    while start and not _is_seam(text, start):
        start -= 1
    while end < len(text) and not _is_seam(text, end):
        end += 1
    if start:
        start += _list_goes_on(text, start)
    return start, max(start, end)


def _is_seam(text: str, at: int) -> bool:
    """Whether words may part here: not within one, but where flattening glued two ("HomeNext")."""
    before, after = text[at - 1 : at], text[at : at + 1]
    return not (before.isalnum() and after.isalnum()) or (before.islower() and not after.islower())


_SIGN = r"(?<!\S)[|·•»›>](?!\S)"
_ITEM = re.compile(rf"[^|·•»›>]{{0,{GAP}}}?{_SIGN}")


def _list_goes_on(text: str, start: int) -> int:
    """The characters up to the last sign of a list that repeated text begins, as `Home > News > ` or `| de | en | `."""
    end, listed = start, re.search(_SIGN, text[max(0, start - GAP) : start]) is not None
    while (listed or end > start) and (item := _ITEM.match(text, end)) and not _SENTENCE_END.search(item[0]):
        end = item.end()
    return end - start


# -- a page as letters


Marks = NDArray[np.uint64]


class _Page(NamedTuple):
    """`letters` of a text, the place in it of each, a number for the piece that begins with each; where among the letters
    its words begin, and where its sentences end."""

    letters: str
    places: Sequence[int]
    marks: Marks
    words: NDArray[np.intp]
    sentences: NDArray[np.intp]


_LETTERS = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[^\W\d_]{2}[\"'”’»)]*[.!…。！।۔](?=[\s\"'”’»)]|$)")


def _page(text: str) -> _Page:
    letters: list[str] = []
    places: list[int] = []
    words: list[int] = []
    for found in _LETTERS.finditer(text):
        folded = _folded(found[0])
        words.append(len(places))
        if not found[0].islower():  # glued words count as two
            words += [len(places) + at for at in range(1, len(found[0])) if _is_seam(found[0], at)]
        letters.append(folded)
        if len(folded) == len(found[0]):
            places.extend(range(found.start(), found.end()))
        else:
            places.extend(at for at, letter in enumerate(found[0], found.start()) for _ in _folded(letter))
    joined = "".join(letters)
    ends = [found.start() for found in _SENTENCE_END.finditer(text)]
    return _Page(joined, places, _marks(joined), np.array(words, np.intp), np.searchsorted(places, ends))


def _folded(word: str) -> str:
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKC", word).casefold()))


_FACTORS = np.array([pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(1, PIECE + 1)], np.uint64)


def _marks(letters: str) -> Marks:
    """64 bits for each piece of the letters."""
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = max(0, len(codes) - PIECE + 1)
    total = np.zeros(count, np.uint64)
    for at, factor in enumerate(_FACTORS):
        total += codes[at : at + count] * factor
    return total


def _marks_of(pieces: Set[str]) -> Marks:
    return np.unique(_marks("".join(sorted(pieces)))[::PIECE])


# -- runs


def _runs(page: _Page, head: Marks, foot: Marks) -> tuple[int, int]:
    """How many letters the repeated beginning has, and at which letter the repeated end starts."""
    count = limit = len(page.letters)
    heads = _stretches(page, _first(page.marks[:REACH], head))
    far = max(0, len(page.marks) - REACH)
    feet = _stretches(page, len(page.marks) - 1 - _first(page.marks[far:][::-1], foot))
    feet = [(count - end, count - start, strong) for start, end, strong in reversed(feet)]
    while True:
        first, gap = _run(heads, page.sentences, limit)
        last, other = _run(feet, (count - page.sentences)[::-1], limit)
        widest = max(gap, other)
        if not widest or widest <= count - first - last:
            return first, count - last
        limit = widest - 1


def _first(marks: Marks, pieces: Marks) -> NDArray[np.intp]:
    """The places at which a piece stands for the first time."""
    found = np.flatnonzero(np.isin(marks, pieces))
    return found[np.unique(marks[found], return_index=True)[1]]


def _stretches(page: _Page, starts: NDArray[np.intp]) -> list[tuple[int, int, bool]]:
    """Where pieces that overlap begin and end, and whether that is more than a word."""
    starts = np.sort(starts)
    new = np.flatnonzero(np.diff(starts, prepend=-PIECE - 1) > PIECE)
    first, last = starts[new], np.append(starts[new[1:] - 1], starts[-1:]) + PIECE
    # word starts within (first, last]: whole words are one less
    inner = np.searchsorted(page.words, last, "right") - np.searchsorted(page.words, first)
    return [(int(a), int(b), b - a >= LONG or n >= 3) for a, b, n in zip(first, last, inner, strict=True)]


def _run(stretches: list[tuple[int, int, bool]], sentences: NDArray[np.intp], limit: int) -> tuple[int, int]:
    """How many letters from the start are repeated ones, gaps between them counted in; and the longest gap beyond GAP."""
    end = widest = 0
    for start, stop, strong in stretches:
        gap = start - end
        if gap > GAP:
            told = np.searchsorted(sentences, start, "right") - np.searchsorted(sentences, end)
            if gap > limit or told * SENTENCE > gap:
                break
            if not strong:
                continue
            widest = max(widest, gap)
        end = stop
    return end, widest


# -- learning


def _common(zones: Sequence[Marks], share: float) -> Marks:
    """Pieces of that share of the zones, mostly once in each: a word that returns belongs to the text."""
    few = zones[:CHOOSERS]
    found, held = np.unique(np.concatenate([np.unique(zone) for zone in few]), return_counts=True)
    chosen = found[held >= 0.5 * share * len(few)]
    held, times = _counts(zones, chosen)
    return chosen[(held >= share * len(zones)) & (times <= OFTEN * held)]


def _mostly(pieces: Marks, zones: Sequence[Marks], runs: Sequence[Marks]) -> Marks:
    """The pieces that mostly stand in the runs from the start or the end."""
    return pieces[_counts(runs, pieces)[0] >= MOSTLY * _counts(zones, pieces)[0]]


def _counts(zones: Sequence[Marks], pieces: Marks) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """In how many zones each of the pieces, which are sorted, stands, and how often in all."""
    held, times = np.zeros(len(pieces), np.intp), np.zeros(len(pieces), np.intp)
    for zone in zones:
        inside = zone[np.isin(zone, pieces)]
        found, often = np.unique(inside, return_counts=True)
        places = np.searchsorted(pieces, found)
        held[places] += 1
        times[places] += often
    return held, times


def _spelt(pages: Sequence[_Page], pieces: Marks) -> frozenset[str]:
    spelt: dict[int, str] = {}
    for page in pages:
        if len(spelt) == len(pieces):
            break
        for at in np.flatnonzero(np.isin(page.marks, pieces)):
            spelt.setdefault(int(page.marks[at]), page.letters[at : at + PIECE])
    return frozenset(spelt.values())
