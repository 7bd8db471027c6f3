"""A page saved as text -> its paragraphs: parted by blank lines or one a line, and made whole where lines were wrapped.

Invariant: every character that is no white space comes out, in order.
"""

import re
from collections.abc import Iterator

__all__ = ["paragraphs"]

#: Characters a line may have for its text to have been wrapped there: editors and mail programs wrap at 60 to 100, old
#: terminals at 40; a line beyond is a paragraph of its own.
NARROWEST, WIDEST = 40, 110
FULL = 0.8  # of the widest line: that long are the lines of a wrapped text, but for the last of each paragraph
SHORT = 0.5  # of the widest line: shorter ones (dates, menus, last lines) say nothing
MOST = 0.4  # share of the others that are full in a wrapped text; lines of a list seldom are


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a text in order, white space folded."""
    parts = [_lines(part) for part in re.split(r"\n[ \t]*\n", text)]
    width = _width([line for part in parts for line in part])
    for part in parts:
        yield from _unwrapped(part, width)


def _lines(part: str) -> list[str]:
    return [line for line in (" ".join(line.split()) for line in part.split("\n")) if line]


def _width(lines: list[str]) -> int:
    """The width at which the text was wrapped, 0 where it was not. A banner among its lines may be longer."""
    widest = max((len(line) for line in lines if len(line) <= WIDEST), default=0)
    lengths = [len(line) for line in lines if len(line) >= SHORT * widest]
    full = sum(FULL * widest <= length <= widest for length in lengths)
    return widest if widest >= NARROWEST and full > MOST * len(lengths) else 0


def _unwrapped(lines: list[str], width: int) -> Iterator[str]:
    """A line goes on in the next one where that one's first word had no room in it."""
    whole: list[str] = []
    for line in lines:
        if whole and not _goes_on(whole[-1], line, width):
            yield " ".join(whole)
            whole = []
        whole.append(line)
    if whole:
        yield " ".join(whole)


def _goes_on(line: str, following: str, width: int) -> bool:
    return len(line) <= width < len(line) + 1 + len(following.split(" ", 1)[0])
