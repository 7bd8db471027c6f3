"""The words near a word, and those that begin so: arrays that are made once for a list of words and only read after.

A word within two edits of another shares with it what is left when at most two letters are taken from each (SymSpell,
Garbe 2012). These rests are hashed into buckets; a bucket holds the numbers of the words with such a rest, and of some
others, which the comparison of letters sorts out.

Invariant: of the `MOST` most frequent words each that shares a rest with the one asked for is given, but for numbers:
another number is another thing.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from search.edits import CHEAPEST, SECOND

__all__ = [
    "EDITS",
    "LETTERS",
    "LONGEST",
    "REACH",
    "Dictionary",
    "Listed",
    "Neighbourhoods",
    "WordList",
    "letters",
    "most",
]

#: Letters of a word that are hashed; beyond them words are compared, not found.
REACH = 7
#: Edits of a typo.
EDITS = 2
#: Words shorter than this are taken for what they are; longer ones than `LONGEST` are no one's typing.
LETTERS, LONGEST = 3, 40
#: Words that corrections are chosen from: 150 bytes each on the disk, 100,000 take 0.4 s to make. The 500 typos of
#: English are mended as well out of 57,000 words as out of 280,000; rarer words are known, and left alone.
MOST = 300_000
#: Words in a bucket that belong to another rest, on average: one byte per rest for the buckets, and few false words.
FALSE = 4

_PRIME = 0x9E3779B97F4A7C15
_ALL = (1 << 64) - 1

Array = npt.NDArray[Any]


class WordList(Protocol):
    """Distinct words (UTF-8) in order; numbers are positions in it."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> bytes: ...

    def range(self, first: int, last: int) -> list[bytes]: ...

    def find(self, word: bytes) -> int | None: ...

    def beginning(self, start: bytes) -> tuple[int, int]: ...


class Listed(list[bytes]):
    """A word list in memory."""

    def range(self, first: int, last: int) -> list[bytes]:
        return self[first:last]

    def find(self, word: bytes) -> int | None:
        number = bisect_left(self, word)
        return number if number < len(self) and self[number] == word else None

    def beginning(self, start: bytes) -> tuple[int, int]:
        return bisect_left(self, start), bisect_left(self, start + b"\xff")


@dataclass(frozen=True, slots=True)
class Neighbourhoods:
    """`holders[buckets[b] : buckets[b + 1]]` are the words of bucket b; `letters` has a bit for each letter of each."""

    letters: Array
    buckets: Array
    holders: Array

    @classmethod
    def of(cls, words: list[bytes], counts: Array) -> Self:
        """Those of the words, of which `counts[i]` documents hold word i."""
        chosen = np.arange(len(words))
        if len(words) > MOST:
            chosen = np.sort(np.argpartition(-counts, MOST - 1)[:MOST])
        texts = [words[number].decode() for number in chosen.tolist()]
        fitting = [at for at, text in enumerate(texts) if len(text) <= LONGEST and not text[:1].isdecimal()]
        marks = np.zeros(len(words), dtype=np.uint64)
        marks[chosen] = np.fromiter(map(letters, texts), dtype=np.uint64, count=len(texts))
        packed, bits = _packed([texts[at] for at in fitting], chosen[fitting])
        held = np.bincount((packed >> np.uint64(32)).astype(np.int64), minlength=1 << bits)
        buckets = np.concatenate([[0], np.cumsum(held)]).astype(np.uint32)
        return cls(marks, buckets, packed.astype(np.uint32))

    def sharing(self, word: str, edits: int) -> Array:
        """The numbers of words that share a rest with this one, ascending."""
        shift = 65 - len(self.buckets).bit_length()
        slices = []
        for hashed in {_hash(rest) >> shift for rest in _rests(word[:REACH], edits)}:
            first, last = self.buckets[hashed : hashed + 2].tolist()
            if first < last:
                slices.append(self.holders[first:last])
        return np.unique(np.concatenate(slices)).astype(np.int64) if slices else np.zeros(0, dtype=np.int64)


def _packed(words: list[str], numbers: Array) -> tuple[Array, int]:
    """(bucket << 32 | word) of each rest of the words' beginnings, ascending, each once; and the bits of a bucket."""
    lengths = np.fromiter((min(len(word), REACH) for word in words), dtype=np.int64, count=len(words))
    shapes = {length: list(_kept(length)) for length in range(1, REACH + 1)}
    total = sum(int((lengths == length).sum()) * len(each) for length, each in shapes.items())
    bits = max(1, (total // FALSE).bit_length())
    packed, at = np.empty(total, dtype=np.uint64), 0
    for length, each in shapes.items():
        these = np.flatnonzero(lengths == length)
        if not len(these):
            continue
        begun = np.array([words[number][:length] for number in these.tolist()], dtype=f"U{length}")
        signs = begun.view(np.uint32).reshape(len(these), length).astype(np.uint64) + np.uint64(1)
        for kept in each:
            value = np.zeros(len(these), dtype=np.uint64)
            for place in kept:
                value = (value + signs[:, place]) * np.uint64(_PRIME)
            packed[at : at + len(these)] = value >> np.uint64(64 - bits) << np.uint64(32) | numbers[these].astype(
                np.uint64
            )
            at += len(these)
    packed.sort()
    once = np.ones(total, dtype=np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=once[1:])
    return packed[once], bits


def _kept(length: int) -> Iterator[tuple[int, ...]]:
    """Which letters of a word of this length are left when at most EDITS, and not all, are taken away."""
    for gone in range(min(EDITS, length - 1) + 1):
        yield from combinations(range(length), length - gone)


def _rests(word: str, edits: int) -> Iterator[str]:
    """The word with at most so many of its letters taken away."""
    for gone in range(edits + 1):
        for kept in combinations(word, len(word) - gone) if gone < len(word) else ():
            yield "".join(kept)


def _hash(rest: str) -> int:
    value = 0
    for letter in rest:
        value = (value + ord(letter) + 1) * _PRIME & _ALL
    return value


def letters(word: str) -> int:
    """A bit for each letter of the word, some sharing one."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits


class Dictionary:
    """A list of words, of which starts[i + 1] - starts[i] documents hold word i, and their neighbourhoods."""

    def __init__(self, words: WordList, starts: Array, near: Neighbourhoods) -> None:
        self.words, self._starts, self._near = words, starts, near

    @classmethod
    def of(cls, vocabulary: Iterable[tuple[str, int]]) -> Self:
        """In memory, out of words and the numbers of documents that hold them."""
        known = sorted((word.encode(), count) for word, count in vocabulary)
        words = Listed(word for word, _ in known)
        counts = np.array([count for _, count in known], dtype=np.int64)
        return cls(words, np.concatenate([[0], np.cumsum(counts)]), Neighbourhoods.of(words, counts))

    def documents(self, word: bytes) -> int:
        """How many documents hold the word, 0 where it is not there."""
        number = self.words.find(word)
        return int(self._starts[number + 1] - self._starts[number]) if number is not None else 0

    def near(self, word: str, edits: int, limit: int) -> list[tuple[bytes, int, int]]:
        """(word, documents, letters that only one of the two has) of words that share a rest with this one.

        Those that differ by more than such edits can do (one changes two letters at most) are left out. Of the others
        come those that are likeliest by documents and differing letters alone.
        """
        numbers = self._near.sharing(word, edits)
        differ = np.bitwise_count(self._near.letters[numbers] ^ np.uint64(letters(word)))
        numbers, differ = numbers[differ <= 2 * edits], differ[differ <= 2 * edits]
        counts = (self._starts[numbers + 1] - self._starts[numbers]).astype(np.int64)
        weights = np.log(np.maximum(counts, 1)) - np.where(differ > 2, CHEAPEST + SECOND, 0)
        best = most(weights, limit)
        return [
            (self.words[number], documents, different)
            for number, documents, different in zip(
                numbers[best].tolist(), counts[best].tolist(), differ[best].tolist(), strict=True
            )
        ]

    def beginning(self, start: bytes, limit: int) -> list[bytes]:
        """The most frequent words that begin so; of equally frequent ones the first."""
        first, last = self.words.beginning(start)
        counts = np.diff(self._starts[first : last + 1]).astype(np.int64)
        return [self.words[first + number] for number in most(counts, limit)]


def most(counts: Array, limit: int) -> list[int]:
    """Where the largest numbers (signed) stand, largest first, of equal ones the first."""
    if limit < len(counts):
        least = np.partition(counts, -limit)[-limit]
        above = np.flatnonzero(counts > least)
        chosen = np.sort(np.concatenate([above, np.flatnonzero(counts == least)[: limit - len(above)]]))
    else:
        chosen = np.arange(len(counts))
    found: list[int] = chosen[np.argsort(-counts[chosen], kind="stable")].tolist()
    return found
