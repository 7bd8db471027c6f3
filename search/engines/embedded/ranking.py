"""How well a document answers a query: BM25F over title and body, and a bonus for words that stand side by side.

Pure functions over arrays of documents. A word of the query counts once however many stems it may have: the
frequencies of its stems are added, and it is as rare as all their documents together. Counts and the mean length are
those of the whole index: all segments, and none of the deleted documents that were not merged away yet.

Invariant: every part of a score is positive; the bonus reorders the first `WINDOW` hits among themselves only.
Formulas: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), sections 3.4 to 3.6.

The weights were chosen by leaving one collection out, over six English test collections; each figure is what the mean
of nDCG@10 over them, .5586, loses when only this weight is changed. Where a collection was left out of choosing, its
own nDCG@10 came to .5542 in the mean. Expansion by the best hits (RM3) is left out: it gains .001 and hurts those who
look for one page.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from search.results import ScorePart

__all__ = [
    "PAIR", "Postings", "Scorer", "Wanted", "Word", "first", "norms", "rarity", "repeated", "saturated",
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

    def counts(self) -> dict[Word, int]:
        """How often each word stands in the query."""
        counts: dict[Word, int] = {}
        for word in self.words:
            if word is not None:
                counts[word] = counts.get(word, 0) + 1
        return counts

    def pairs(self) -> tuple[tuple[Word, Word], ...]:
        """Each two different neighbours, once."""
        found = ((a, b) for a, b in pairwise(self.words) if a is not None and b is not None and a != b)
        return tuple(dict.fromkeys(found))


class Postings(Protocol):
    """What an index must tell. Documents are numbered 0 to `size` - 1, of which `living` are not deleted; only those
    are told of. `norms` as `norms` gives them.
    """

    size: int
    living: int
    norms: Floats

    def frequencies(self, name: str, terms: tuple[str, ...]) -> tuple[Numbers, Floats]:
        """The documents with one of the terms in this field, ascending, and how often they hold them."""

    def positions(self, name: str, terms: tuple[str, ...], documents: Numbers) -> list[set[int]]:
        """For each of the documents (ascending) the places where one of the terms stands."""


def norms(title: Numbers, body: Numbers, alive: npt.NDArray[np.bool_]) -> Floats:
    """Words in title and body of each document -> what frequencies are divided by, a row for each of the two fields.

    1 for a field of the mean length.
    """
    rows = []
    for lengths in (title, body):
        mean = float(lengths[alive].mean()) if alive.any() else 0.0
        rows.append(1 - B + B * lengths / (mean or 1.0))
    return np.array(rows, dtype=np.float64)


def rarity(holders: int, documents: int) -> float:
    """Inverse document frequency, positive even where all documents hold the word."""
    return math.log(1 + (documents - holders + 0.5) / (holders + 0.5))


def saturated(title: Floats, body: Floats, norm: Floats) -> Floats:
    """Frequencies in title and body, merged before they saturate: 0 for none, at most K1 + 1. `norm` has two rows."""
    frequency = TITLE * title / norm[0] + body / norm[1]
    result: Floats = (K1 + 1) * frequency / (K1 + frequency)
    return result


def repeated(times: int) -> float:
    """The weight of a word that stands in the query so often: 1 for once, at most K3 + 1."""
    return (K3 + 1) * times / (K3 + times)


class Scorer:
    """The scores of one query over one index. Reads each word's postings once."""

    def __init__(self, wanted: Wanted, index: Postings) -> None:
        self._index = index
        self._counts = wanted.counts()
        self._pairs = wanted.pairs()
        self._beside: dict[int, dict[tuple[Word, Word], tuple[Floats, Floats]]] = {}
        self._found = {word: _frequencies(word, index) for word in self._counts}
        self._rarities = {word: rarity(len(found[0]), index.living) for word, found in self._found.items()}

    def words(self) -> Floats:
        """The score of each document by its words alone, 0 where it holds none."""
        scores = np.zeros(self._index.size)
        for word, times in self._counts.items():
            documents, title, body = self._found[word]
            weight = repeated(times) * self._rarities[word]
            scores[documents] += weight * saturated(title, body, self._index.norms[:, documents])
        return scores

    def pairs(self, documents: Numbers) -> Floats:
        """What each of the documents (ascending) gains by neighbours of the query that stand side by side in it."""
        scores = np.zeros(len(documents))
        places = {word: self._places(word, documents) for pair in self._pairs for word in pair}
        for pair in self._pairs:
            before, after = places[pair[0]], places[pair[1]]
            title, body = (_followed(a, b) for a, b in zip(before, after, strict=True))
            scores += PAIR * self._pair_rarity(pair) * saturated(title, body, self._index.norms[:, documents])
            for at in np.flatnonzero(title + body):
                self._beside.setdefault(int(documents[at]), {})[pair] = (title[at : at + 1], body[at : at + 1])
        return scores

    def _places(self, word: Word, documents: Numbers) -> list[list[set[int]]]:
        """Where the word stands in title and body of each document; nowhere in a field it is not looked for."""
        nowhere: list[set[int]] = [set() for _ in documents]
        return [
            self._index.positions(name, word.terms, documents) if name else nowhere for name in (word.title, word.body)
        ]

    def explained(self, number: int) -> tuple[ScorePart, ...]:
        """The parts of the document's score, largest first; those of pairs where it was looked through for them."""
        one = np.array([number], dtype=np.int64)
        norm = self._index.norms[:, one]
        parts = []
        for word, times in self._counts.items():
            documents, titles, bodies = self._found[word]
            at = int(np.searchsorted(documents, number))
            if at < len(documents) and documents[at] == number:
                title, body, rare = titles[at : at + 1], bodies[at : at + 1], self._rarities[word]
                score = repeated(times) * rare * saturated(title, body, norm)[0]
                parts.append(ScorePart(word.text, len(documents), rare, int(title[0]), int(body[0]), float(score)))
        for pair, (title, body) in self._beside.get(number, {}).items():
            rare, text = self._pair_rarity(pair), f"{pair[0].text} {pair[1].text}"
            score = PAIR * rare * saturated(title, body, norm)[0]
            parts.append(ScorePart(text, None, rare, int(title[0]), int(body[0]), float(score)))
        return tuple(sorted(parts, key=lambda part: -part.score))

    def _pair_rarity(self, pair: tuple[Word, Word]) -> float:
        return (self._rarities[pair[0]] + self._rarities[pair[1]]) / 2


def first(scores: Floats, ranks: Numbers, numbers: Numbers) -> Numbers:
    """Those of the documents that are looked through for pairs: the best `WINDOW`, ties by rank; ascending."""
    if len(numbers) > WINDOW:
        worst = np.partition(scores[numbers], -WINDOW)[-WINDOW]
        numbers = numbers[scores[numbers] >= worst]
        numbers = numbers[np.lexsort((ranks[numbers], -scores[numbers]))[:WINDOW]]
    return np.sort(numbers)


def _frequencies(word: Word, index: Postings) -> tuple[Numbers, Floats, Floats]:
    """Documents that hold the word in title or body, and how often in each."""
    in_title, title = _postings(word.title, word, index)
    in_body, body = _postings(word.body, word, index)
    documents = np.union1d(in_title, in_body)
    both = np.zeros((2, len(documents)))
    both[0, np.searchsorted(documents, in_title)] = title
    both[1, np.searchsorted(documents, in_body)] = body
    return documents, both[0], both[1]


def _postings(name: str, word: Word, index: Postings) -> tuple[Numbers, Floats]:
    if not name:
        return np.empty(0, dtype=np.int64), np.empty(0)
    return index.frequencies(name, word.terms)


def _followed(before: list[set[int]], after: list[set[int]]) -> Floats:
    """How often, in each document, the second of two words follows the first at once."""
    return np.array([_steps(a, b) for a, b in zip(before, after, strict=True)], dtype=np.float64)


def _steps(before: Iterable[int], after: set[int]) -> int:
    return sum(place + 1 in after for place in before)
