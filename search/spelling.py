"""Did you mean, and how words go on: from the index's own vocabulary.

A word within two edits of another shares with it what is left when at most two letters are taken from each (SymSpell,
Garbe 2012). Hashes of these rests, in order, are all that is kept; a word and its count lie beside. Among the words
so found the one is chosen that was most likely meant: how often it is used against how likely its edits are (Kernighan,
Church and Gale, A Spelling Correction Program Based on a Noisy Channel Model, 1990).

Invariant: a word of the vocabulary is never corrected, and nothing is corrected silently: a correction is offered.
"""

import heapq
import math
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import combinations, islice
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from search.analysis import fold, tokens
from search.engine import Engine
from search.parser import parse
from search.query import And, Phrase, Prefix, Query, Term, leaves
from search.results import Request
from search.stopwords import STOP_WORDS

__all__ = ["Speller", "did_you_mean", "suggest"]

#: Letters of a word that are hashed; beyond them words are compared, not found.
REACH = 7
#: Edits of a typo. Words of fewer letters than `LETTERS` are taken for what they are, those of at most `SHORT` letters
#: are one edit away: two edits turn half of such a word into another.
EDITS, LETTERS, SHORT = 2, 3, 4
#: Words longer than this are no one's typing.
LONGEST = 40

#: Words that are compared letter by letter at most, the most frequent: 500 mend no more of the typos, neither in 57,000
#: words nor in 280,000, where they take 5 ms for 2.
COMPARED = 50

#: What edits cost, in units of the natural logarithm of frequency: a letter left out, one too many, another one, two
#: swapped, one doubled, one taken for one alike; and more where the first letter is wrong, and for a second edit.
#: Chosen on 500 typos of English, by halves: .942 of them are mended then, .874 by number of edits and frequency alone.
MISSED, EXTRA, OTHER, SWAPPED, DOUBLED, ALIKE, FIRST, SECOND = 3.0, 6.5, 6.5, 4.5, 4.0, 4.5, 4.0, 1.0
#: Letters that are written for each other: vowels, and consonants of one sound.
_ALIKE = ("aeiouy", "аеиоуыэюя", "sz", "cks", "ckq", "fv", "gj", "dt", "mn", "bp")
_PRIME = np.uint64(0x9E3779B97F4A7C15)

#: What is tried for an unknown word beside another, and the unknown words of one query that are looked up.
CHOICES, UNKNOWN = 4, 5
#: What the words offered for the end of a text come to at most.
COMPLETIONS = 4

Hashes = npt.NDArray[np.uint64]


class Speller:
    """Corrections and completions out of words and the numbers of documents they stand in. Threads may share it."""

    def __init__(self, vocabulary: Iterable[tuple[str, int]]) -> None:
        known = sorted((word, count) for word, count in vocabulary if len(word) <= LONGEST)
        self._words = [word for word, _ in known]
        self._weights = np.log(np.array([max(count, 1) for _, count in known], dtype=np.float64))
        self._hashes, self._holders = _neighbourhoods(self._words)
        self._letters = np.fromiter((_letters(word) for word in self._words), dtype=np.uint64, count=len(known))

    def __contains__(self, word: str) -> bool:
        at = bisect_left(self._words, word)
        return at < len(self._words) and self._words[at] == word

    def candidates(self, word: str, limit: int = 5) -> list[tuple[str, float]]:
        """(word, how likely it was meant: a logarithm) of words within two edits, likeliest first."""
        if not LETTERS <= len(word) <= LONGEST or not self._words:
            return []
        edits = EDITS if len(word) > SHORT else 1
        best: list[tuple[float, str]] = []
        for number, bound in islice(self._near(word, edits), COMPARED):
            if len(best) == limit and best[0][0] >= bound:
                break
            meant = self._words[number]
            likelihood = float(self._weights[number]) - edit_cost(word, meant, edits)
            if likelihood > -math.inf:
                (heapq.heappushpop if len(best) == limit else heapq.heappush)(best, (likelihood, meant))
        return [(meant, likelihood) for likelihood, meant in sorted(best, key=lambda each: (-each[0], each[1]))]

    def correct(self, word: str) -> str | None:
        """What was likely meant; None where the word exists or nothing is near it."""
        if word in self:
            return None
        return next((meant for meant, _ in self.candidates(word, 1)), None)

    def completions(self, start: str, limit: int) -> list[str]:
        """The most frequent words that begin so, and are longer."""
        first = bisect_left(self._words, start)
        last = bisect_left(self._words, start + "\U0010ffff", first)
        best = heapq.nsmallest(limit + 1, range(first, last), key=lambda at: (-self._weights[at], at))
        return [self._words[at] for at in best if self._words[at] != start][:limit]

    def _near(self, word: str, edits: int) -> Iterator[tuple[int, float]]:
        """Numbers of the words that share a rest with this one, but for those that clearly differ in more letters.

        With what their likelihood is at most, in descending order of that.
        """
        rests = np.array([_hash(rest) for rest in set(_rests(word[:REACH], edits))], dtype=np.uint64)
        first = np.searchsorted(self._hashes, rests, side="left")
        last = np.searchsorted(self._hashes, rests, side="right")
        slices = [self._holders[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True) if a < b]
        if not slices:
            return
        numbers = np.unique(np.concatenate(slices))
        differ = np.bitwise_count(self._letters[numbers] ^ np.uint64(_letters(word)))
        numbers, differ = numbers[differ <= 2 * edits], differ[differ <= 2 * edits]
        least = min(MISSED, EXTRA, OTHER, SWAPPED, DOUBLED, ALIKE)
        bounds = self._weights[numbers] - np.where(differ > 2, 2 * least + SECOND, least)  # an edit changes two bits
        order = np.argsort(-bounds, kind="stable")
        yield from zip(numbers[order].tolist(), bounds[order].tolist(), strict=True)


def edit_cost(typed: str, meant: str, edits: int) -> float:
    """How unlikely it is to type the one for the other; infinite beyond so many edits (swaps of neighbours are one)."""
    if abs(len(typed) - len(meant)) > edits:
        return math.inf
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < min(len(typed), len(meant)) - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    # one letter before what differs is kept, so that a doubled letter is seen
    cut = max(0, start - 1)
    a, b = typed[cut : len(typed) - end], meant[cut : len(meant) - end]
    if max(len(a), len(b)) > 12:
        return math.inf
    cost, count = _aligned(a, b, edits)
    if count > edits:
        return math.inf
    return cost + (FIRST if start == 0 else 0.0) + (SECOND if count > 1 else 0.0)


def _aligned(typed: str, meant: str, edits: int) -> tuple[float, int]:
    """(cost, number) of the cheapest edits from one to the other; optimal string alignment within a band."""
    far = (math.inf, edits + 1)
    before: list[tuple[float, int]] = []
    row: list[tuple[float, int]] = []
    for i in range(len(typed) + 1):
        earlier, before, row = before, row, [far] * (len(meant) + 1)
        for j in range(max(0, i - edits), min(len(meant), i + edits) + 1):
            if not i and not j:
                row[0] = (0.0, 0)
                continue
            ways = []
            if i:
                ways.append(_and(before[j], DOUBLED if i > 1 and typed[i - 1] == typed[i - 2] else EXTRA))
            if j:
                ways.append(_and(row[j - 1], MISSED))
            if i and j:
                ways.append(_and(before[j - 1], _replaced(typed[i - 1], meant[j - 1])))
            if i > 1 and j > 1 and typed[i - 1] == meant[j - 2] != typed[i - 2] == meant[j - 1]:
                ways.append(_and(earlier[j - 2], SWAPPED))
            row[j] = min(ways)
    return row[-1]


def _and(way: tuple[float, int], cost: float) -> tuple[float, int]:
    return (way[0] + cost, way[1] + 1) if cost else way


def _replaced(letter: str, other: str) -> float:
    if letter == other:
        return 0.0
    return ALIKE if any(letter in group and other in group for group in _ALIKE) else OTHER


def _rests(word: str, edits: int) -> Iterator[str]:
    """The word with at most so many of its letters taken away."""
    for gone in range(edits + 1):
        for kept in combinations(word, len(word) - gone) if gone < len(word) else ():
            yield "".join(kept)


def _hash(rest: str) -> int:
    value = 0
    for letter in rest:
        value = (value * int(_PRIME) + ord(letter) + 1) & 0xFFFFFFFFFFFFFFFF
    return value


def _neighbourhoods(words: list[str]) -> tuple[Hashes, npt.NDArray[np.int32]]:
    """Hashes of all rests of the words' beginnings, ascending, and the number of the word each belongs to."""
    hashes, holders = [], []
    lengths = np.fromiter((min(len(word), REACH) for word in words), dtype=np.int64, count=len(words))
    for length in range(1, REACH + 1):
        numbers = np.flatnonzero(lengths == length)
        if not len(numbers):
            continue
        begun = np.array([words[n][:length] for n in numbers], dtype=f"U{length}")
        letters = begun.view(np.uint32).reshape(len(numbers), length).astype(np.uint64) + np.uint64(1)
        for gone in range(min(EDITS, length - 1) + 1):
            for kept in combinations(range(length), length - gone):
                value = np.zeros(len(numbers), dtype=np.uint64)
                for place in kept:
                    value = value * _PRIME + letters[:, place]
                hashes.append(value)
                holders.append(numbers.astype(np.int32))
    if not hashes:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32)
    joined, held = np.concatenate(hashes), np.concatenate(holders)
    order = np.argsort(joined, kind="stable")
    return joined[order], held[order]


def _letters(word: str) -> int:
    """A bit for each letter of the word, some sharing one."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits


# -- over an engine


_COMMON = frozenset[str]().union(*STOP_WORDS.values())
_spellers: "WeakKeyDictionary[Engine, tuple[str, Speller]]" = WeakKeyDictionary()
_lock = threading.Lock()


def speller(engine: Engine) -> Speller:
    """That of the engine's present vocabulary; made when it is first needed after a commit."""
    generation = engine.generation()
    with _lock:
        made = _spellers.get(engine)
        if made is None or made[0] != generation:
            made = _spellers[engine] = (generation, Speller(engine.vocabulary("")))
        return made[1]


def did_you_mean(engine: Engine, text: str, found: Iterable[str] = ()) -> str | None:
    """The string with likelier words for those the index does not know, or None where there is nothing to offer.

    `found` are words that are known to be there. Words in patterns and facet values are left alone.
    """
    doubtful = _words(parse(text).query) - set(found)
    unknown = [word for word in sorted(doubtful) if len(word) >= LETTERS and _documents(engine, Term(word)) == 0]
    if not unknown or len(unknown) > UNKNOWN:
        return None
    offered, at, before = "", 0, ""
    for token in tokens(text):
        meant = _meant(engine, token.text, before) if token.text in unknown else None
        offered += text[at : token.start] + (meant or text[token.start : token.end])
        at = token.end
        if token.text not in _COMMON:
            before = meant or ("" if token.text in unknown else token.text)
    offered += text[at:]
    return offered if offered != text else None


def suggest(engine: Engine, text: str, limit: int = 8) -> list[str]:
    """How the text may go on: its last word completed, then titles that hold its words."""
    words = list(tokens(text))
    if not words or words[-1].end < len(text):
        return []
    *whole, last = words
    completed = speller(engine).completions(fold(last.text), COMPLETIONS)
    asked: tuple[Query, ...] = (*(Term(token.text, "title") for token in whole), Prefix(last.text, "title"))
    hits = engine.search(Request(query=And(asked), size=limit, facets=())).hits
    titles = (" ".join(hit.document.title.split()) for hit in hits)
    return list(dict.fromkeys([*(text[: last.start] + word for word in completed), *titles]))[:limit]


def _words(query: Query) -> set[str]:
    """The plain words the query wants, and those of its phrases."""
    wanted = (leaf for leaf in leaves(query) if isinstance(leaf, Term | Phrase) and leaf.field in (None, "title"))
    texts = (text for leaf in wanted for text in ([leaf.text] if isinstance(leaf, Term) else leaf.words))
    return {token.text for text in texts for token in tokens(text)}


def _meant(engine: Engine, word: str, before: str) -> str | None:
    """What was likely meant by the unknown word: of the likeliest the one that stands most with the word before it.

    Words that say nothing are passed over on the way to that.
    """
    choices = speller(engine).candidates(fold(word), CHOICES)
    if not choices:
        return None
    if before and len(choices) > 1:
        both = [_documents(engine, And((Term(before), Term(choice)))) for choice, _ in choices]
        choices = [
            (choice, likelihood + math.log1p(count)) for (choice, likelihood), count in zip(choices, both, strict=True)
        ]
    return max(choices, key=lambda each: each[1])[0]


def _documents(engine: Engine, query: Query) -> int:
    return engine.search(Request(query=query, size=0, facets=())).total
