"""Frequent phrases: two or three words that stand one after the other in many documents, for how a text goes on.

A phrase begins and ends with words that say something (`state of the` is none, `state of affairs` is one), and begins
with a letter. Of a batch of documents the most frequent are kept, and of several batches together again; so
a phrase that is rare in each batch may be counted too low or be lost, one that is frequent is not. Of a large batch
every second, third ... document is counted, and stands for so many: the counts rank, they are no facts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from search.analysis import fold, is_unspaced
from search.dictionary import Listed, WordList, most
from search.stopwords import ALL_STOP_WORDS, STOP_WORDS

__all__ = ["LEAST", "Counted", "Phrases", "Tally", "counted", "together"]

#: Phrases that are kept of one batch, and of several together; 40 bytes each on the disk.
OF_BATCH, KEPT = 20_000, 50_000
#: A phrase of fewer documents is an accident.
LEAST = 3
#: Words of one letter or more than so many make no phrase one would type.
LONGEST = 24
#: Words that are looked at together: 0.05 s.
SAMPLE = 1_000_000
#: Of the first full batches every third document is looked at; after SAMPLE words of them every sixth, then ninth ...:
#: 10,000 of 30,000 documents, 50,000 of a million.
EACH = 3
#: By so many bits of their hashes the frequent are told from the rare: sorting all takes five times as long.
_BITS = 20
_PRIME, _OTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)

Array = npt.NDArray[Any]
#: Phrase (accents kept) -> number of documents.
Counted = dict[str, int]
#: The words of documents, how many each has, and its language.
_Documents = tuple[Array, Array, Sequence[str]]


def counted(words: Sequence[str], numbers: Array, lengths: Array, languages: Sequence[str]) -> Counted:
    """The most frequent phrases of documents.

    Document i has the next lengths[i] of the `numbers`, which stand for the words, and is in languages[i].
    """
    step = max(1, -(-len(numbers) // SAMPLE))
    return _counted(words, *_sample(numbers, lengths, languages, step), step)


def _sample(numbers: Array, lengths: Array, languages: Sequence[str], step: int) -> _Documents:
    """Of the documents the first, and every `step`-th after it."""
    if step == 1:
        return numbers, lengths, languages
    taken = np.arange(len(lengths)) % step == 0
    return numbers.take(np.flatnonzero(np.repeat(taken, lengths))), lengths[taken], languages[::step]


def _counted(words: Sequence[str], numbers: Array, lengths: Array, languages: Sequence[str], step: int) -> Counted:
    """The most frequent phrases of a sample, each counted `step` times."""
    owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    keys, starts, sizes = _keys(numbers, owners, _telling(words, numbers, lengths, languages))
    if len(keys) > OF_BATCH:
        frequent = _frequent(keys)
        keys, starts, sizes = keys[frequent], starts[frequent], sizes[frequent]
    order = np.argsort(keys, kind="stable")  # within a phrase documents rise
    keys, starts, sizes = keys[order], starts[order], sizes[order]
    new = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    first = np.flatnonzero(new)
    another = new.copy()
    another[1:] |= owners[starts[1:]] != owners[starts[:-1]]
    documents = np.add.reduceat(another, first, dtype=np.int64) if len(first) else np.zeros(0, dtype=np.int64)
    kept = most(documents, OF_BATCH)
    chosen, documents = first[kept], documents[kept] * step
    found: Counted = {}
    for size in (2, 3):
        these = np.flatnonzero(sizes[chosen] == size)
        at = starts[chosen[these]]
        phrases = zip(*(map(words.__getitem__, numbers[at + place].tolist()) for place in range(size)), strict=True)
        found |= zip(map(" ".join, phrases), documents[these].tolist(), strict=True)
    return found


def _frequent(keys: Array) -> npt.NDArray[np.bool_]:
    """Which of the hashes lie in the `OF_BATCH` fullest buckets, and not alone."""
    buckets = (keys >> np.uint64(64 - _BITS)).astype(np.int64)
    held = np.minimum(np.bincount(buckets, minlength=1 << _BITS), 1 << 16)
    at_least = np.cumsum(np.bincount(held)[::-1])[::-1]  # how many buckets hold so many
    least = max(2, int(np.searchsorted(-at_least, -OF_BATCH, side="right")) - 1)
    return held[buckets] >= least


def _keys(numbers: Array, owners: Array, telling: Array) -> tuple[Array, Array, Array]:
    """A hash of each phrase, where it begins, and how many words it has."""
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * _PRIME
    mixed ^= mixed >> np.uint64(29)
    found = []
    for size in (2, 3):
        last = size - 1
        if len(numbers) < size:
            continue
        begins = (telling[:-last] & _FIRST > 0) & (telling[last:] & _LAST > 0) & (owners[:-last] == owners[last:])
        if size == 3:
            begins &= telling[1:-1] & _INSIDE > 0
        starts = np.flatnonzero(begins)
        keys = np.full(len(starts), size, dtype=np.uint64)
        for place in range(size):
            keys = (keys ^ mixed[starts + place]) * _OTHER
            keys ^= keys >> np.uint64(31)
        found.append((keys, starts, np.full(len(starts), size, dtype=np.int8)))
    if not found:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int8)
    keys, starts, sizes = (np.concatenate(each) for each in zip(*found, strict=True))
    return keys, starts, sizes


#: Where in a phrase a word may stand.
_FIRST, _INSIDE, _LAST = np.uint8(1), np.uint8(2), np.uint8(4)


def _telling(words: Sequence[str], numbers: Array, lengths: Array, languages: Sequence[str]) -> Array:
    """For each word of the documents where in a phrase it may stand; what says nothing only inside."""
    met = np.zeros(len(words), dtype=np.bool_)
    met[numbers] = True
    places = {words[number]: number for number in np.flatnonzero(met).tolist()}
    kinds = np.zeros(len(words), dtype=np.uint8)
    kinds[list(places.values())] = [_kind(word) for word in places]
    names = sorted(set(languages))
    tables = np.tile(kinds, (len(names), 1))
    for table, language in zip(tables, names, strict=True):
        table[[places[word] for word in STOP_WORDS.get(language, ALL_STOP_WORDS) if word in places]] &= _INSIDE
    spoken = np.fromiter(map(names.index, languages), dtype=np.int64, count=len(languages))
    telling: Array = tables.ravel().take(np.repeat(spoken * len(words), lengths) + numbers)
    return telling


def _kind(word: str) -> int:
    if not word or len(word) > LONGEST or is_unspaced(word):
        return 0
    if len(word) == 1:
        return int(_INSIDE)
    return int(_INSIDE | _LAST) if word[0].isdecimal() else int(_FIRST | _INSIDE | _LAST)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases by their folded form, in order: `texts` as they are written, and how many documents hold each."""

    keys: WordList
    texts: WordList
    counts: Array

    @classmethod
    def of(cls, found: Iterable[tuple[str, int]]) -> Self:
        """In memory; of phrases that differ in accents only, the most frequent."""
        kept: dict[bytes, tuple[int, bytes]] = {}
        for text, count in found:
            written = key = text.encode()
            if not text.isascii():
                key = " ".join(map(fold, text.split(" "))).encode()
            kept[key] = max((count, written), kept[key]) if key in kept else (count, written)
        keys = sorted(kept)
        counts = np.array([kept[key][0] for key in keys], dtype=np.int32)
        return cls(Listed(keys), Listed(kept[key][1] for key in keys), counts)

    def beginning(self, start: bytes, limit: int) -> list[tuple[str, int]]:
        """The most frequent that begin so, and in how many documents they stand."""
        first, last = self.keys.beginning(start)
        counts = self.counts[first:last]
        return [(self.texts[first + at].decode(), int(counts[at])) for at in most(counts, limit)]

    def all(self) -> Counted:
        """Each as it is written."""
        texts = self.texts.range(0, len(self.texts))
        return {text.decode(): count for text, count in zip(texts, self.counts.tolist(), strict=True)}


class Tally:
    """The most frequent phrases of batches, their counts added as they come; memory stays bounded.

    Counting has its price for each batch, however small: batches of which `sample` is given are counted when there are
    SAMPLE words of them (8 us a document instead of 40, and 1 where there are a million).
    """

    def __init__(self) -> None:
        self._sums: Counted = {}
        self._waiting: list[_Documents] = []
        self._step = EACH

    def sample(self, words: Sequence[str], numbers: Array, lengths: Array, languages: Sequence[str]) -> None:
        """As for `counted`. The words keep their numbers until `count`."""
        self._waiting.append(_sample(numbers, lengths, languages, self._step))
        if sum(len(numbers) for numbers, *_ in self._waiting) >= SAMPLE:
            self.count(words)

    def count(self, words: Sequence[str]) -> None:
        """What waits."""
        if self._waiting:
            numbers, lengths = (np.concatenate([each[place] for each in self._waiting]) for place in (0, 1))
            languages = [name for *_, names in self._waiting for name in names]
            self._waiting = []
            self.add(_counted(words, numbers, lengths, languages, self._step))
            self._step += EACH

    def add(self, batch: Counted) -> None:
        for text, count in batch.items():
            self._sums[text] = self._sums.get(text, 0) + count
        if len(self._sums) > 4 * KEPT:
            self._sums = _most(self._sums, 2 * KEPT)

    def most(self) -> Counted:
        return _most(self._sums, KEPT)


def together(batches: Iterable[Counted]) -> Counted:
    """The most frequent of all, their counts added."""
    tally = Tally()
    for batch in batches:
        tally.add(batch)
    return tally.most()


def _most(found: Counted, limit: int) -> Counted:
    """The most frequent, of equally frequent ones the first by their text."""
    if len(found) <= limit:
        return found
    counts = np.fromiter(found.values(), dtype=np.int64, count=len(found))
    least = int(np.partition(counts, -limit)[-limit])
    kept = {text: count for text, count in found.items() if count > least}
    equal = sorted(text for text, count in found.items() if count == least)
    return kept | dict.fromkeys(equal[: limit - len(kept)], least)
