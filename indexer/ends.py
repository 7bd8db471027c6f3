"""What the one-line pages of a site begin and end with: flattened text in which furniture and article share a line.

Letters alone are compared, since flattening glues words ("HomeNext") and numbers change. Invariant: no word is cut.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

__all__ = ["Ends", "foot_start", "head_end", "learn_ends"]

#: Letters of a piece that is compared. Shorter ones stand in any English text; longer ones miss "HomeNext".
PIECE = 8
#: Letters at either end of a line that are looked at.
REACH = 2_000
#: Pages by which pieces are chosen before they are counted on all: it bounds memory (64 pages, some 20 MB).
CHOOSERS = 64
#: Times that a piece may stand in a line, on average.
OFTEN = 1.5
#: Letters of a page's own that may stand between repeated ones, and how often: its title in a menu, its chapter.
GAP, GAPS = 80, 2
#: Of the pages that hold a piece, so many must hold it in the run from their start or end: else it is a common word.
MOSTLY = 0.7


@dataclass(frozen=True, slots=True)
class Ends:
    """Pieces of PIECE letters that most pages' first and last lines hold, near their start and their end."""

    head: frozenset[str] = field(default_factory=frozenset)
    foot: frozenset[str] = field(default_factory=frozenset)


def learn_ends(pages: Sequence[tuple[str, str]], *, share: float) -> Ends:
    """From the first and the last line of each page; `share` of the pages must hold a piece."""
    firsts = [_letters(first[: 2 * REACH])[0][:REACH] for first, _ in pages]
    lasts = [_letters(last[-2 * REACH :])[0][-REACH:][::-1] for _, last in pages]
    head, foot = (_in_runs(lines, _common(lines, share)) for lines in (firsts, lasts))
    return Ends(head, frozenset(piece[::-1] for piece in foot))


def head_end(text: str, pieces: Set[str]) -> int:
    """Where in the text the repeated beginning ends; 0 where it has none."""
    letters, places = _letters(text[: 2 * REACH])
    reached = _run(letters[:REACH], pieces)
    end = places[reached - 1] + 1 if reached else 0
    while end and not _is_seam(text, end):
        end -= 1
    return end


def foot_start(text: str, pieces: Set[str]) -> int:
    """Where in the text the repeated end starts; its length where it has none."""
    offset = max(0, len(text) - 2 * REACH)
    letters, places = _letters(text[offset:])
    reached = _run(letters[::-1][:REACH], {piece[::-1] for piece in pieces})
    start = offset + places[len(letters) - reached] if reached else len(text)
    while start < len(text) and not _is_seam(text, start):
        start += 1
    return start


def _is_seam(text: str, at: int) -> bool:
    """Whether words may part here: not within one, but where flattening glued two ("HomeNext")."""
    before, after = text[at - 1 : at], text[at : at + 1]
    return not (before.isalnum() and after.isalnum()) or (before.islower() and not after.islower())


def _run(letters: str, pieces: Set[str]) -> int:
    """How many letters from the start are repeated ones, gaps between them counted in."""
    end = gaps = 0
    for at, piece in enumerate(_pieces(letters)):
        if at - end > GAP:
            break
        if piece in pieces:
            gaps += at > end
            if gaps > GAPS:
                break
            end = at + PIECE
    return end


def _common(lines: Sequence[str], share: float) -> frozenset[str]:
    """Pieces of that share of the lines, mostly once in each: a word that returns belongs to the text."""
    few = lines[:CHOOSERS]
    chosen = {piece for piece, count in _holders(few, None).items() if count >= 0.5 * share * len(few)}
    times = Counter(piece for line in lines for piece in _pieces(line) if piece in chosen)
    held = _holders(lines, chosen)
    return frozenset(p for p, count in held.items() if count >= share * len(lines) and times[p] <= OFTEN * count)


def _in_runs(lines: Sequence[str], pieces: frozenset[str]) -> frozenset[str]:
    """The pieces that mostly stand in the run from the start of the lines."""
    held = _holders(lines, pieces)
    run = _holders([line[: _run(line, pieces)] for line in lines], pieces)
    return frozenset(piece for piece in pieces if run[piece] >= MOSTLY * held[piece])


def _holders(lines: Sequence[str], pieces: Set[str] | None) -> Counter[str]:
    """How many lines hold each piece, of those named."""
    found = (set(_pieces(line)) for line in lines)
    return Counter(piece for each in found for piece in (each if pieces is None else each & pieces))


def _pieces(letters: str) -> Iterator[str]:
    return (letters[at : at + PIECE] for at in range(len(letters) - PIECE + 1))


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters of the text, case folded, and the place of each."""
    letters, places = [], []
    for place, character in enumerate(text):
        if character.isalpha():
            for letter in unicodedata.normalize("NFKC", character).casefold():
                letters.append(letter)
                places.append(place)
    return "".join(letters), places
