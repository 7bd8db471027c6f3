"""What changed from one text to another, word by word.

Myers' greedy algorithm (An O(ND) Difference Algorithm and Its Variations, 1986): the fewest words taken out and put in.
Invariant: the pieces that are not `new` are the old text's words, those that are not `gone` the new text's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

__all__ = ["MOST", "Piece", "differences"]

#: Words taken out and put in that are looked for: it takes at most the square of it in steps, half a second. What
#: differs more is told as replaced whole, which is what a reader would call it.
MOST = 1_000

_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words with the space behind them; `change` is `same`, `gone` or `new`."""

    text: str
    change: str


def differences(old: str, new: str) -> list[Piece]:
    """The new text with what is gone of the old in its place; within one change what is gone comes first."""
    before, after = _WORD.findall(f"{old} "), _WORD.findall(f"{new} ")
    a, b = [word.rstrip() for word in before], [word.rstrip() for word in after]
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    changes = _changes(a[head : len(a) - tail], b[head : len(b) - tail])
    words: list[tuple[str, str]] = [("same", word) for word in after[:head]]
    x = y = head
    for change in changes:
        words.append((change, before[x] if change == "gone" else after[y]))
        x += change != "new"
        y += change != "gone"
    words += [("same", word) for word in after[y:]]
    return list(_pieces(words))


def _common(a: list[str], b: list[str]) -> int:
    """How many words at the beginning are the same."""
    return next((n for n, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b)))


def _changes(a: list[str], b: list[str]) -> list[str]:
    """`same`, `gone` or `new` for each step from a to b."""
    reached = [0] * (2 * MOST + 3)  # by diagonal, from -MOST - 1
    trace: list[list[int]] = []
    for edits in range(min(len(a) + len(b), MOST) + 1):
        trace.append(reached[MOST - edits : MOST + edits + 3])
        for diagonal in range(-edits, edits + 1, 2):
            at = diagonal + MOST + 1
            x = reached[at + 1] if _is_down(reached, at, diagonal, edits) else reached[at - 1] + 1
            while x < len(a) and x - diagonal < len(b) and a[x] == b[x - diagonal]:
                x += 1
            reached[at] = x
            if x >= len(a) and x - diagonal >= len(b):
                return list(_backwards(trace, len(a), len(b)))[::-1]
    return ["gone"] * len(a) + ["new"] * len(b)


def _is_down(reached: list[int], at: int, diagonal: int, edits: int) -> bool:
    """Whether the furthest way to this diagonal ends with a word put in, not one taken out."""
    return diagonal == -edits or (diagonal != edits and reached[at - 1] < reached[at + 1])


def _backwards(trace: list[list[int]], x: int, y: int) -> Iterator[str]:
    for edits in range(len(trace) - 1, 0, -1):
        reached, diagonal = trace[edits], x - y
        at = diagonal + edits + 1
        down = _is_down(reached, at, diagonal, edits)
        start = reached[at + 1] if down else reached[at - 1]
        before = diagonal + 1 if down else diagonal - 1
        while x > start + (not down) and y > start - before + down:
            yield "same"
            x, y = x - 1, y - 1
        yield "new" if down else "gone"
        x, y = start, start - before
    for _ in range(x):
        yield "same"


def _pieces(words: list[tuple[str, str]]) -> Iterator[Piece]:
    for same, run in groupby(words, key=lambda each: each[0] == "same"):
        found = list(run)
        for change in ("same",) if same else ("gone", "new"):
            if text := "".join(word for kind, word in found if kind == change):
                yield Piece(text, change)
