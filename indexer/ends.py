"""What the flattened pages of a site begin and end with, where furniture and article may share a line.

Letters alone are compared, since flattening glues words ("HomeNext") and numbers change. Between two pieces that most
pages hold in this place stands a page's own furniture: its title in a menu, its chapter, its table of contents.
Invariants: no word is cut; nothing that reads like sentences is taken for such a gap, nor one longer than what stays.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ends", "edges", "learn_ends", "text_between"]

#: Letters of a piece that is compared. Shorter ones stand in any English text; longer ones miss "HomeNext".
PIECE = 8
#: Letters at either end of a page that are looked at. The tables of contents there of manuals have up to 4,000.
REACH = 8_000
#: Pages by which pieces are chosen before they are counted on all: it bounds memory (64 pages, some 20 MB; the letters
#: of 1,000 pages of the longest kind take some 50 MB).
CHOOSERS = 64
#: Times that a piece may stand in a page's half, on average.
OFTEN = 1.5
#: Letters of a page's own that may stand between repeated ones, whatever they are: its title in a menu, its chapter.
GAP = 80
#: Letters from which repeated ones are more than chance beyond a longer gap; fewer are if they are two whole words.
LONG = 16
#: Letters per end of a sentence up to which a longer gap reads like text. Of the development pages' articles 95 % have
#: at most 190, of tables of contents of the Python manual 90 % more than 346.
SENTENCE = 250
#: Of the pages that hold a piece, so many must hold it in the run from their start or end: else it is a common word.
MOSTLY = 0.7
#: Share of a word's letters from which it is repeated furniture whole ("vailable" of "Available"), not by chance.
WHOLE = 2 / 3


@dataclass(frozen=True, slots=True)
class Ends:
    """Pieces of PIECE letters that most pages hold near their start and near their end."""

    head: frozenset[str] = field(default_factory=frozenset)
    foot: frozenset[str] = field(default_factory=frozenset)


def learn_ends(texts: Iterable[str], *, share: float, fewest: int) -> Ends:
    """From the pages' texts; `share` of the pages must hold a piece in the half that it belongs to.

    Pages that begin or end otherwise, as those in a site's other language, are looked at once more by themselves, where
    they are `fewest` or more.
    """
    pages = [_read(edges(text))[0] for text in texts]
    heads: set[str] = set()
    feet: set[str] = set()
    while len(pages) >= fewest:
        head, foot = _learnt(pages, share)
        runs = [_runs(page, head, foot) for page in pages]
        heads |= _spelt(pages, head)
        feet |= _spelt(pages, foot)
        others = [
            page
            for page, (first, last) in zip(pages, runs, strict=True)
            if (head.size and not first) or (foot.size and last == len(page.letters))
        ]
        if len(others) == len(pages):
            break
        pages = others
    return Ends(frozenset(heads), frozenset(feet))


def text_between(text: str, ends: Ends) -> tuple[int, int]:
    """Where in the text the repeated beginning ends (0: there is none), and where the repeated end starts."""
    cut = edges(text)
    page, places = _read(cut)
    first, last = _runs(page, _marks_of(ends.head), _marks_of(ends.foot))
    start = _seam(cut, places[first - 1] + 1, 1) if first else 0
    end = _seam(cut, places[last], -1) if last < len(page.letters) else len(cut)
    if start:
        start += _list_goes_on(cut, start)
    if cut is not text:
        start, end = min(start, 2 * REACH), max(end, 2 * REACH + 1) + len(text) - len(cut)
    return start, max(start, end)


def edges(text: str) -> str:
    """The text; of one too long to be looked at whole, its start and its end."""
    return text if len(text) <= 4 * REACH else f"{text[: 2 * REACH]}\n{text[-2 * REACH :]}"


def _seam(text: str, at: int, step: int) -> int:
    """The nearest place where words part; a word of which two thirds are repeated is taken (`step` onwards) whole."""
    low = next(place for place in range(at, -1, -1) if place == 0 or _is_seam(text, place))
    high = next(place for place in range(at, len(text) + 1) if place == len(text) or _is_seam(text, place))
    near, far = (low, high) if step > 0 else (high, low)
    return far if abs(at - near) > WHOLE * abs(far - near) else near


def _is_seam(text: str, at: int) -> bool:
    """Whether words may part here: not within one, but where flattening glued two ("HomeNext")."""
    before, after = text[at - 1 : at], text[at : at + 1]
    return not (before.isalnum() and after.isalnum()) or (before.islower() and not after.islower())


_SIGN = r"(?<!\S)[|·•»›>](?!\S)"
_ITEM = re.compile(rf"[^|·•»›>]{{0,{GAP}}}?{_SIGN}")
_LAST_ITEM = re.compile(r"\s*(\S+)(?=\s+[^\W\d_a-z])")


def _list_goes_on(text: str, start: int) -> int:
    """The characters to the end of a list that repeated text begins, as `Home > News > ` or `| de | en`.

    It ends with its last sign. One of words in small letters ends with the next, if that is one before a capital.
    """
    listed = re.search(_SIGN, text[max(0, start - GAP) : start]) or re.match(rf"\s*{_SIGN}", text[start : start + GAP])
    end, items = start, []
    while listed and (item := _ITEM.match(text, end)) and not _SENTENCE_END.search(item[0]):
        end = item.end()
        items.append(item[0][:-1].strip())
    last = _LAST_ITEM.match(text, end)
    if last and items and all(each.islower() and " " not in each for each in [*filter(None, items), last[1]]):
        end = last.end()
    return end - start


# -- a page as letters


Marks = NDArray[np.uint64]


class _Page(NamedTuple):
    """`letters` of a text, and where among them its words begin and its sentences end."""

    letters: str
    words: NDArray[np.int32]
    sentences: NDArray[np.int32]

    @property
    def marks(self) -> Marks:
        """A number for the piece that begins with each letter. Not kept: it takes eight bytes a letter."""
        return _marks(self.letters)


_LETTERS = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[^\W\d_]{2}[\"'”’»)]*[.!…。！।۔](?=[\s\"'”’»)]|$)")


def _read(text: str) -> tuple[_Page, list[int]]:
    """The page, and the place in the text of each of its letters."""
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
    ends = np.searchsorted(places, [found.start() for found in _SENTENCE_END.finditer(text)])
    return _Page("".join(letters), np.array(words, np.int32), ends.astype(np.int32)), places


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
    """The numbers of pieces, in order."""
    return np.unique(_marks("".join(sorted(pieces)))[::PIECE])


# -- runs


def _runs(page: _Page, head: Marks, foot: Marks) -> tuple[int, int]:
    """How many letters the repeated beginning has, and at which letter the repeated end starts."""
    count = limit = len(page.letters)
    marks = page.marks
    heads = _stretches(page, _first(marks[:REACH], head))
    feet = _stretches(page, len(marks) - 1 - _first(marks[-REACH:][::-1], foot))
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
    starts_within = np.searchsorted(page.words, last, "right") - np.searchsorted(page.words, first)
    strong = (last - first >= LONG) | (starts_within >= 3)  # three words begin from its first letter to behind its last
    return list(zip(first.tolist(), last.tolist(), strong.tolist(), strict=True))


def _run(stretches: list[tuple[int, int, bool]], sentences: NDArray[np.int32], limit: int) -> tuple[int, int]:
    """How many letters from the start are repeated ones, with the gaps between them; and the longest gap beyond GAP.

    Up to where a stretch is sought is told by what stands between: text that reads like sentences ends the run.
    """
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


def _learnt(pages: Sequence[_Page], share: float) -> tuple[Marks, Marks]:
    """The pieces with which most of the pages begin, and end."""
    halves = [min(REACH, len(page.letters) // 2) for page in pages]
    heads = [page.letters[:half] for page, half in zip(pages, halves, strict=True)]
    feet = [page.letters[len(page.letters) - half :] for page, half in zip(pages, halves, strict=True)]
    head, foot = _common(heads, share), _common(feet, share)
    runs = [_runs(page, head, foot) for page in pages]
    firsts = [page.letters[:first] for page, (first, _) in zip(pages, runs, strict=True)]
    lasts = [page.letters[last:] for page, (_, last) in zip(pages, runs, strict=True)]
    return _mostly(head, heads, firsts), _mostly(foot, feet, lasts)


def _common(zones: Sequence[str], share: float) -> Marks:
    """Pieces of that share of the zones, mostly once in each: a word that returns belongs to the text."""
    few = zones[:CHOOSERS]
    found, held = np.unique(np.concatenate([np.unique(_marks(zone)) for zone in few]), return_counts=True)
    chosen = found[held >= 0.5 * share * len(few)]
    held, times = _counts(zones, chosen)
    return chosen[(held >= share * len(zones)) & (times <= OFTEN * held)]


def _mostly(pieces: Marks, zones: Sequence[str], runs: Sequence[str]) -> Marks:
    """The pieces that mostly stand in the runs from the start or the end."""
    return pieces[_counts(runs, pieces)[0] >= MOSTLY * _counts(zones, pieces)[0]]


def _counts(zones: Sequence[str], pieces: Marks) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """In how many zones each of the pieces, which are sorted, stands, and how often in all."""
    held, times = np.zeros(len(pieces), np.intp), np.zeros(len(pieces), np.intp)
    for marks in map(_marks, zones):
        found, often = np.unique(marks[np.isin(marks, pieces)], return_counts=True)
        places = np.searchsorted(pieces, found)
        held[places] += 1
        times[places] += often
    return held, times


def _spelt(pages: Sequence[_Page], pieces: Marks) -> frozenset[str]:
    """The letters of the pieces."""
    spelt: dict[int, str] = {}
    for page in pages:
        if len(spelt) == len(pieces):
            break
        marks = page.marks
        for at in np.flatnonzero(np.isin(marks, pieces)):
            spelt.setdefault(int(marks[at]), page.letters[at : at + PIECE])
    return frozenset(spelt.values())
