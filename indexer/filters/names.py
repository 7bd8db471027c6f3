"""What can be measured of the names of the elements around a block: classes, ids, roles and itemprops.

Invariant: one row for each of the different sets of names of a page, one column a name of `NAMES`. All names of a page are
cut into words at once; set by set by `wording.of_names` it takes several times as long.
"""

import functools
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from indexer.filters import wording

__all__ = ["NAMES", "measure"]

#: Words that say more than their weight in `wording`, as they stand in a class, id, role or itemprop; 54 others added nothing.
WORDS = (
    "article", "block", "card", "carousel", "comment", "comments", "consent", "contentinfo", "copy", "description",
    "details", "dialog", "footer", "list", "main", "mobile", "module", "panel", "question", "table", "thread",
)  # fmt: skip
#: Those that count apart where they name one of the nearest elements.
NEAR_WORDS = ("caption", "card", "comment", "copy", "footer", "thread")
NAMES = (*(f"named {word}" for word in WORDS), *(f"nearly named {word}" for word in NEAR_WORDS), "wording of its names")
AT_ONCE = 1_000  # sets of names
#: Letters stay, and ends of lines, which part the names; `?` stands for what ASCII has not.
_LETTERS = bytes(code if chr(code) in "\nabcdefghijklmnopqrstuvwxyz" else 0x20 for code in range(256))

Numbers = NDArray[np.intp]
Table = NDArray[np.float32]


def measure(sets: list[tuple[str, ...]]) -> Table:
    """Float32, (sets, len(NAMES)), of the different sets of names on a page, each outermost first."""
    parts = [_measured(sets[at : at + AT_ONCE]) for at in range(0, len(sets), AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty((0, len(NAMES)), np.float32)


def _measured(sets: list[tuple[str, ...]]) -> Table:
    numbers: dict[str, int] = {}
    names = np.array([numbers.setdefault(name, len(numbers)) for names in sets for name in names], np.intp)
    depth = np.array(list(map(len, sets)), np.intp)
    of = np.repeat(np.arange(len(sets)), depth)
    near = np.repeat(np.cumsum(depth), depth) - np.arange(len(names)) <= wording.NEAR
    columns, anywhere, nearby = _weighed()
    said = [line.split() for line in _letters(list(numbers)).split(b"\n")]
    words = np.array([columns.get(word, 0) for word in chain.from_iterable(said)], np.intp)
    count = np.array(list(map(len, said)), np.intp)
    table = np.empty((len(sets), len(NAMES)), np.float32)
    table[:, -1] = wording.weights()["names"][""]
    at = 0
    for some, weights, apart in ((slice(None), anywhere, WORDS), (near, nearby, NEAR_WORDS)):
        held = np.zeros((len(sets), len(weights)), np.float32)  # a word counts once in a set
        held[_pairs(names[some], of[some], words, count)] = 1
        table[:, at : at + len(apart)] = held[:, [columns[word.encode()] for word in apart]]
        table[:, -1] += held @ weights
        at += len(apart)
    return table


def _letters(names: list[str]) -> bytes:
    """The names, a line each, with nothing but small letters and spaces."""
    lines = [name[: wording.LONGEST].replace("\n", " ") for name in names]
    return "\n".join(lines).encode("ascii", "replace").translate(_LETTERS)


def _pairs(names: Numbers, of: Numbers, words: Numbers, count: Numbers) -> tuple[Numbers, Numbers]:
    """For each word in each name the number of the name's set, and the word's; name `n` has the next `count[n]` of `words`."""
    times = count[names]
    first = (np.cumsum(count) - count)[names] - (np.cumsum(times) - times)
    return np.repeat(of, times), words[np.repeat(first, times) + np.arange(times.sum())]


@functools.cache
def _weighed() -> tuple[dict[bytes, int], Table, Table]:
    """The words that count, numbered from 1; their weights wherever they stand, and what they weigh more where they are near."""
    known = wording.weights()["names"]
    words = dict.fromkeys([*WORDS, *NEAR_WORDS, *(word.lstrip("~") for word in known if word)])
    anywhere, nearby = ([0.0, *(known.get(sign + word, 0.0) for word in words)] for sign in ("", "~"))
    return {w.encode(): n for n, w in enumerate(words, 1)}, np.array(anywhere, np.float32), np.array(nearby, np.float32)
