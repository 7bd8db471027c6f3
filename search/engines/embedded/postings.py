"""The postings of a field in the file: which documents hold a word, how often, and where.

F.starts            word i has postings starts[i] to starts[i + 1]
F.docs              the documents of words that few documents hold, rising within a word (packed)
F.often             the numbers of the other words
F.often.list        which of the segment's long lists has the documents of each: see lists
F.freqs             one less than how often each posting's document holds the word (packed)
F.at F.places       where the places of word i begin, and the places, rising within a posting (packed; of phrases)
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded.columns import ArrayFile, ArrayWriter, Words, joined
from search.engines.embedded.lists import ListPool, Lists
from search.engines.embedded.packing import Packed, Spool, Whole, narrow, steps

__all__ = ["Field", "FieldSpool"]

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

NONE = np.zeros(0, dtype=np.int64)


class FieldSpool:
    """Postings of a segment on their way to the file, some words after the other."""

    def __init__(self, pool: ListPool, *, places: bool) -> None:
        self._pool = pool
        spool = Whole if pool.passing else Spool
        self._docs, self._freqs = spool(), spool()
        self._places = spool() if places else None
        self._counts: list[Array] = [NONE]
        self._held: list[Array] = [NONE]
        self._often: list[Array] = [NONE]
        self._lists: list[int] = []
        self._words = 0

    def add(self, counts: Array, docs: Array, freqs: Array | None = None, places: Array | None = None) -> None:
        """Words that follow those before: `counts[i]` documents hold word i; a word without any is left out."""
        left = counts[counts > 0].astype(np.int64, copy=False)
        ends = np.cumsum(left)
        if self._places is not None:
            assert freqs is not None and places is not None, "a field with places has both"  # noqa: S101
            self._held.append(np.add.reduceat(freqs, ends - left, dtype=np.int64) if len(left) else NONE)
            self._places.add(places)
        if freqs is not None:
            self._freqs.add(freqs - 1)
        often, rare, done = np.flatnonzero(self._pool.long(left)), [], 0
        for start, end in zip((ends - left)[often].tolist(), ends[often].tolist(), strict=True):
            self._lists.append(self._pool.add(docs[start:end]))
            rare.append(docs[done:start])
            done = end
        self._docs.add(np.concatenate([*rare, docs[done:]]) if rare else docs)
        self._often.append(self._words + often)
        self._words += len(left)
        self._counts.append(left)

    def write(self, out: ArrayWriter, name: str, words: Sequence[bytes]) -> None:
        """`words` are those added that have postings."""
        blob, ends = joined(words)
        out.whole(f"{name}.words", blob)
        out.whole(f"{name}.ends", ends)
        out.whole(f"{name}.starts", narrow(np.cumsum(np.concatenate([[0], *self._counts]))))
        self._docs.write(out, f"{name}.docs")
        often = np.concatenate(self._often)
        if len(often):
            out.whole(f"{name}.often", narrow(often))
            out.whole(f"{name}.often.list", narrow(np.array(self._lists)))
        self._freqs.write(out, f"{name}.freqs")
        if self._places is not None:
            out.whole(f"{name}.at", narrow(np.cumsum(np.concatenate([[0], *self._held]))))
            self._places.write(out, f"{name}.places")


class Field:
    """The postings of one field in one segment. Arrays may be read-only views."""

    def __init__(self, file: ArrayFile, name: str, lists: Lists) -> None:
        self._file, self.name, self._lists = file, name, lists
        self.words = Words(file.whole(f"{name}.words"), file.whole(f"{name}.ends"))
        self.starts = file.whole(f"{name}.starts").data
        self._docs, self._freqs = Packed(file, f"{name}.docs"), Packed(file, f"{name}.freqs")
        self._places = Packed(file, f"{name}.places")
        self.has_places = f"{name}.at" in file
        self.has_freqs = not self._freqs.is_zero
        self._has_often = f"{name}.often" in file

    def documents(self, number: int) -> int:
        """How many documents hold the word."""
        return int(self.starts[number + 1] - self.starts[number])

    def docs(self, first: int, last: int) -> Array:
        """The documents of the words first to last - 1."""
        if not self._has_often:
            return self._docs.part(self.starts[first], self.starts[last])
        numbers, ids, before = self._often
        at, end = bisect_left(numbers, first), bisect_left(numbers, last)
        if last - first == 1 and at < end:
            return self._lists[ids[at]]
        rare = self._docs.part(self.starts[first] - before[at], self.starts[last] - before[end])
        return self._together(first, last, at, end, rare) if at < end else rare

    def _together(self, first: int, last: int, at: int, end: int, rare: Array) -> Array:
        """Words of both kinds: those of each kind are read at once, and put in order."""
        starts, (numbers, ids, _) = self.starts, self._often
        docs = np.empty(starts[last] - starts[first], dtype=np.uint32)
        done = of_rare = 0
        for number, listed in zip(numbers[at:end], self._lists.several(ids[at:end]), strict=True):
            start = starts[number] - starts[first]
            docs[done:start] = rare[of_rare : of_rare + start - done]
            of_rare += start - done
            done = start + len(listed)
            docs[start:done] = listed
        docs[done:] = rare[of_rare:]
        return docs

    def freqs(self, first: int, last: int) -> Array | None:
        """Beside `docs`; None is once each."""
        if not self.has_freqs:
            return None
        return _plus_one(self._freqs.part(self.starts[first], self.starts[last]))

    def places(self, first: int, last: int) -> Array:
        """Of all postings of the words, one after the other."""
        return self._places.part(self._at[first], self._at[last])

    def place_counts(self, first: int, last: int) -> Ints:
        """How many places each of the words has."""
        return steps(self._at[first : last + 1])

    def places_of(self, number: int, which: Ints) -> Array:
        """Some of the places of the word: those at `which` in `places(number, number + 1)`; the rest is not read."""
        return self._places.take(self._at[number], self._at[number + 1], which)

    def fits(self) -> bool:
        """Whether there are as many documents and frequencies and places as the words say."""
        postings, places = int(self.starts[-1]), int(self._at[-1]) if self.has_places else 0
        numbers, ids, before = self._often
        lists = all(self._lists.held[i] == self.documents(n) for n, i in zip(numbers, ids, strict=True))
        return (
            self._docs.fits(postings - before[-1])
            and self._freqs.fits(postings)
            and self._places.fits(places)
            and lists
        )

    @cached_property
    def _at(self) -> memoryview:
        return self._file.whole(f"{self.name}.at").data

    @cached_property
    def _often(self) -> tuple[list[int], list[int], list[int]]:
        """Numbers of the words with long lists, their lists, and the postings of those before each."""
        if not self._has_often:
            return [], [], [0]
        numbers = self._file.whole(f"{self.name}.often").astype(np.int64)
        starts = np.asarray(self.starts).astype(np.int64)
        before = np.cumsum(np.concatenate([[0], starts[numbers + 1] - starts[numbers]]))
        return numbers.tolist(), self._file.whole(f"{self.name}.often.list").tolist(), before.tolist()


def _plus_one(freqs: Array) -> Array:
    most = (1 << 8 * freqs.itemsize) - 1
    return freqs + 1 if not len(freqs) or freqs.max() < most else freqs.astype(np.int64) + 1
