"""What can be measured of the names of the elements around a block: classes, ids, roles and itemprops.

Invariant: one row for each of the different sets of names of a page, one column a name of `NAMES`.
"""

import functools
import re

import numpy as np
from numpy.typing import NDArray

from indexer.filters import wording

__all__ = ["NAMES", "measure"]

#: Words that authors of pages name elements by, wherever they stand in a class, id, role or itemprop.
WORDS = (
    "accordion", "ad", "ads", "alert", "answer", "article", "aside", "author", "banner", "bio", "block", "body",
    "bottom", "box", "byline", "caption", "card", "cards", "carousel", "comment", "comments", "consent", "contact",
    "container", "content", "contentinfo", "cookie", "copy", "description", "desktop", "details", "dialog", "entry",
    "faq", "filter", "footer", "form", "grid", "group", "header", "list", "main", "menu", "meta", "mobile", "modal",
    "module", "nav", "newsletter", "page", "panel", "paragraph", "post", "product", "promo", "question", "quote",
    "recommended", "related", "reply", "review", "reviews", "right", "section", "share", "sidebar", "signature",
    "subscribe", "tab", "table", "tabs", "teaser", "text", "thread", "topic", "twitter", "widget",
)  # fmt: skip
#: Those that count apart where they name one of the nearest elements.
NEAR_WORDS = (
    "caption", "card", "comment", "content", "copy", "dialog", "footer", "list", "menu", "post", "promo", "quote",
    "related", "text", "thread", "twitter",
)  # fmt: skip
NAMES = (*(f"named {word}" for word in WORDS), *(f"nearly named {word}" for word in NEAR_WORDS), "wording of its names")
NEAR = 6  # names nearest to the text that count apart
AT_ONCE = 1_000  # sets of names
_BIT = {word: 1 << at for at, word in enumerate(WORDS)}
_NEAR_BIT = {word: 1 << len(WORDS) + at for at, word in enumerate(NEAR_WORDS)}
_FIRST = len(WORDS) + len(NEAR_WORDS)
_WITHIN = tuple(word for word in WORDS if len(word) >= 5)  # looked for inside words run together
_WORD = re.compile(r"[a-z]{2,}")

Table = NDArray[np.float32]


def measure(sets: list[tuple[str, ...]]) -> Table:
    """Float32, (sets, len(NAMES)), of the different sets of names on a page, each outermost first."""
    parts = [_measured(sets[at : at + AT_ONCE]) for at in range(0, len(sets), AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty((0, len(NAMES)), np.float32)


def _measured(sets: list[tuple[str, ...]]) -> Table:
    told = {name: _told(name) for name in frozenset().union(*sets)}
    columns, weights, always = _weighed()
    size = (_FIRST + len(columns) + 7) // 8
    rows = b"".join([_row(names, told).to_bytes(size, "little") for names in sets])
    bits = np.unpackbits(np.frombuffer(rows, np.uint8).reshape(-1, size), axis=1, bitorder="little")
    table = np.empty((len(sets), len(NAMES)), np.float32)
    table[:, :_FIRST] = bits[:, :_FIRST]
    table[:, _FIRST] = always + bits[:, _FIRST : _FIRST + len(columns)] @ weights
    return table


def _row(names: tuple[str, ...], told: dict[str, tuple[int, int, int]]) -> int:
    """The columns of a set of names, as bits: all names', and what only the nearest add."""
    row = 0
    for name in names:
        row |= told[name][0]
    for name in names[-NEAR:]:
        row |= told[name][1]
    for name in names[-wording.NEAR :]:
        row |= told[name][2]
    return row


@functools.cache
def _weighed() -> tuple[dict[str, int], NDArray[np.float64], float]:
    """The bits of the words that `wording` knows, their weights, and the weight that all have."""
    known = dict(wording.weights()["names"])
    always = known.pop("")
    return {word: 1 << at for at, word in enumerate(known, _FIRST)}, np.array(list(known.values()), np.float64), always


@functools.lru_cache(maxsize=20_000)
def _told(name: str) -> tuple[int, int, int]:
    """The columns that a name sets, as bits: wherever it stands, among the NEAR nearest, and among `wording`'s nearest."""
    columns, _, _ = _weighed()
    named: set[str] = set()
    for word in _WORD.findall(name):
        if word in _BIT:
            named.add(word)
        elif len(word) > 7:
            named.update(each for each in _WITHIN if each in word)
    words, nearest = wording.words_of_name(name)
    return (
        sum([_BIT[word] for word in named]) + sum([columns.get(word, 0) for word in words]),
        sum([_NEAR_BIT.get(word, 0) for word in named]),
        sum([columns.get(word, 0) for word in nearest]),
    )
