"""How well a document answers a query: BM25F over title and body, and a bonus for words that stand side by side.

Pure functions over arrays of documents. A word of the query counts once however many stems it may have: the
frequencies of its stems are added, and it is as rare as all their documents together. Counts and the mean length are
those of the whole index: all segments, and none of the deleted documents that were not merged away yet.

Invariant: every part of a score is positive; the bonus reorders the first `WINDOW` hits among themselves only.
Formulas: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), sections 3.4 to 3.6.

The weights were chosen by leaving one collection out, over six English test collections (of the largest every fourth
query); each figure is what the mean of nDCG@10 over them, .5586, loses when only this weight is changed. Where a
collection was left out of choosing, its own nDCG@10 came to .5542 in the mean. Expansion by the best hits (RM3) is left
out: it gains .001 and hurts those who look for one page.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "DIGITS", "K1", "PAIR", "TITLE", "WINDOW", "Floats", "Numbers", "Wanted", "Word",
    "mean_length", "norm", "rarity", "repeated", "saturated",
]  # fmt: skip

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

#: Where a word's frequency saturates: 1.2 .0032, 1.8 .0010.
K1 = 1.5
#: How much the length of a field counts: 0.5 .0037, 0.7 .0018. One length for both fields: .0025.
B = 0.6
#: A word of the title counts so often: 1 .0052, 2 .0014, 4 .0023.
TITLE = 3.0
#: Where the frequency of a word in the query itself saturates: 1 .0029, 20 gains .0001.
K3 = 8.0
#: Weight of two neighbouring words of the query side by side in the text: none .0036, 0.1 .0025, 0.3 .0020. The mean of
#: their rarities stands for the pair's own, which would have to be counted and loses .0022.
PAIR = 0.2
#: Hits that are looked through for pairs; 50, 1,000 or all give the same first ten.
WINDOW = 100
#: Scores that differ by less are equal, so that no last bit decides an order.
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Word:
    """A word or pattern of the query, the terms it stands for, and the names of the two fields ("": not there).

    Words of the same terms are one word, however they are written.
    """

    text: str = field(compare=False)
    terms: tuple[str, ...]
    title: str = "title"
    body: str = "body"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a query in order, repeats kept; None parts what are no neighbours."""

    words: tuple[Word | None, ...] = ()

    def rows(self) -> tuple[list[Word], list[int], list[tuple[int, int]]]:
        """The words, each once; how often each stands in the query; each two different neighbours, once, as places
        among the words.
        """
        rows: dict[Word, int] = {}
        times: list[int] = []
        pairs: dict[tuple[int, int], None] = {}
        before = None
        for word in self.words:
            row = rows.setdefault(word, len(rows)) if word is not None else None
            if row is not None:
                if row == len(times):
                    times.append(0)
                times[row] += 1
                if before is not None and before != row:
                    pairs[before, row] = None
            before = row
        return list(rows), times, list(pairs)


def mean_length(lengths: npt.NDArray[Any]) -> float:
    """Of a field, over the living documents; 0.0 for none."""
    return float(lengths.mean(dtype=np.float64)) if len(lengths) else 0.0


def norm(lengths: npt.NDArray[Any], mean: float) -> Floats:
    """Words in a field of documents -> what frequencies in it are divided by: 1 for a field of the mean length."""
    result: Floats = 1 - B + B * lengths.astype(np.float64) / (mean or 1.0)
    return result


def rarity(holders: int, documents: int) -> float:
    """Inverse document frequency, positive even where all documents hold the word."""
    return math.log(1 + (documents - holders + 0.5) / (holders + 0.5))


def saturated(title: Any, body: Any, norm: Sequence[Any]) -> Any:
    """Frequencies (or arrays of them) in title and body, merged before they saturate: 0 for none, below K1 + 1.

    `norm` is that of title and body.
    """
    frequency = TITLE * title / norm[0] + body / norm[1]
    return (K1 + 1) * frequency / (K1 + frequency)


def repeated(times: int) -> float:
    """The weight of a word that stands in the query so often: 1 for once, at most K3 + 1."""
    return (K3 + 1) * times / (K3 + times)
