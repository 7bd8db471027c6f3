"""The lists of words that queries ask for: what is made ready of each for the next, and which of them are kept.

Invariant: what is kept takes `ROOM` bytes at most; what is made ready says the same as the list itself.
"""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded import kernels

__all__ = ["NONE", "NOWHERE", "Ints", "Kept", "Postings"]

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
Spots = kernels.Spots

NONE: Ints = np.zeros(0, dtype=np.int64)
#: Bytes of lists that are kept at hand: those of four words that 250,000 documents hold.
ROOM = 3 << 24
#: Documents up to which all places of a word are read and kept, 1.1 ns each, when they are wanted for a second time; a
#: choice of them takes 20 us and 10 ns each.
LONG = 50_000
#: One of so many documents: from there on it is told by its number whether a document is in a list, 1 ns each (halving:
#: 40), which takes 25 us to prepare for 12,000 of 100,000.
OFTEN = 64
#: And one of so many: from there on so is where its places in a document end, of more than FEW documents.
DENSE, FEW = 16, 100
#: Bytes of a list without its documents, and of each text it is kept by without its letters.
OVERHEAD, TEXT = 700, 60


class Postings:
    """The documents that hold a word, ascending, how often, and where; the last two are read when asked for.

    `raw` are the documents as read, in a type that holds every document's number. Places in the list are counted from
    0; -1 is none.
    """

    __slots__ = (
        "_all", "_asked", "_by_document", "_docs", "_end_by_document", "_ends", "_followed", "_freqs", "_impacts",
        "_looked", "_peak", "_places", "_times", "either", "raw",
    )  # fmt: skip

    def __init__(
        self, raw: Array, freqs: Callable[[], Array | None], places: Callable[[Ints | None], Array] = lambda _: NONE
    ) -> None:
        self.raw = raw if raw.dtype.itemsize >= 4 else raw.astype(np.int64)
        self.raw.flags.writeable = False  # others may ask for the same word
        self._freqs, self._places = freqs, places
        self._all: Array | None = None
        self._asked = self._looked = self._followed = False  # what is asked for a second time is made ready for more
        self._ends: Array | None = None
        self._impacts: kernels.Singles | None = None
        self._peak: float | None = None
        self._by_document: Array | None = None
        self._end_by_document: Array | None = None
        self._docs: Ints | None = None
        self._times: Array | None = None
        self.either: tuple[Postings, int] | None = None  # another list, and how many documents are in one of the two

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def docs(self) -> Ints:
        """As numbers one can index with: of uint32, NumPy makes these anew each time."""
        if self._docs is None:
            self._docs = self.raw.astype(np.int64, copy=False)
        return self._docs

    @property
    def times(self) -> Array:
        """How often each document holds it, and 0 for the place -1."""
        if self._times is None:
            freqs = self._freqs()
            times = np.ones(len(self.raw) + 1, np.uint8 if freqs is None else freqs.dtype)
            if freqs is not None:
                times[:-1] = freqs
            times[-1] = 0
            self._times = times
        return self._times

    def held_by(self, docs: Ints, size: int) -> Array:
        """How often each of some of `size` documents holds it."""
        if docs is self._docs:
            return self.times[:-1]
        if self._by_document is None:
            soon, self._looked = self._looked, True
            few = not soon and len(docs) * kernels.MUCH_LONGER < len(self.raw)
            if few or len(self.raw) * OFTEN < size or self.times.itemsize > 2:
                return self.times.take(kernels.located(self.raw, docs))
        return self._numbered(size).take(docs)

    def among(self, docs: Ints, size: int) -> Ints:
        """Which of some of `size` documents hold it."""
        if len(self.raw) * OFTEN < size or self.times.itemsize > 2:
            return kernels.member(docs, self.docs, size).nonzero()[0]
        return kernels.positive(self._numbered(size), docs)

    def mark(self, marked: npt.NDArray[np.bool_]) -> None:
        """Sets the marks of the documents that hold it."""
        if len(self.raw) * OFTEN < len(marked) or self._by_document is None:
            marked[self.docs] = True
        else:
            np.logical_or(marked, self._by_document, out=marked)

    def _numbered(self, size: int) -> Array:
        """How often each document holds it."""
        if self._by_document is None:
            times = np.zeros(size, self.times.dtype)
            times[self.docs] = self.times[:-1]
            self._by_document = times
        return self._by_document

    def spots(self, docs: Ints, times: Array, size: int) -> Spots:
        """Where it stands in some of `size` documents, which hold it so many `times`: see kernels.following."""
        return *self._spots(self._ending(docs, size), times), times.astype(np.int64, copy=False)

    def _ending(self, docs: Ints, size: int) -> Array:
        """Where the places in some documents end; anywhere where it is not held."""
        if self._ends is None:
            self._ends = np.cumsum(self.times[:-1], dtype=np.uint32)  # a segment has less than 2^32 of them
        if docs is self._docs:
            return self._ends
        if len(docs) > FEW and len(self.raw) * DENSE >= size and self.times.itemsize <= 2:
            if self._end_by_document is None and self._followed:
                self._end_by_document = np.cumsum(self._numbered(size), dtype=np.uint32)
            self._followed = True
            if self._end_by_document is not None:
                return self._end_by_document.take(docs)
        if len(docs) * kernels.MUCH_LONGER > len(self.raw):
            at = kernels.member(self.docs, docs, size).nonzero()[0]
            if len(at) == len(docs):  # all hold it
                return self._ends.take(at)
        return self._ends.take(self.docs.searchsorted(docs), mode="clip")

    def _spots(self, ends: Array, times: Array) -> tuple[Array, Array]:
        if self._all is None and (len(self.raw) > LONG or (len(ends) * 20 < len(self.raw) and not self._asked)):
            self._asked = True
            which, _ = kernels.spread(ends, times, ends.astype(np.int64))
            return _wide(self._places(which)), np.cumsum(times, dtype=np.uint32)
        if self._all is None:
            self._all = _wide(self._places(None))
        return self._all, ends

    def impacts(self, inverse: kernels.Singles, k1: float) -> kernels.Singles:
        """What it adds to each document's score, as kernels.scored, and 0 for the place -1; of one snapshot, so always
        the same.
        """
        if self._impacts is None:
            self._impacts = np.append(kernels.scored(self.docs, self.times[:-1], inverse, k1), np.float32(0))
        return self._impacts

    def peak(self, inverse: kernels.Singles, k1: float) -> float:
        """The largest of them."""
        if self._peak is None:
            self._peak = float(self.impacts(inverse, k1).max())
        return self._peak


def _wide(places: Array) -> Array:
    """In two or four bytes each: what compiled loops are made for."""
    return places if places.dtype.itemsize in (2, 4) else places.astype(np.uint16 if places.itemsize < 2 else np.uint32)


NOWHERE = Postings(NONE, lambda: None)


class Kept:
    """Lists that were read: the last ones, as many as there is room for. Shared by threads.

    Who pages, filters or types on asks for the same words again. Reading and unpacking a list of 26,000 takes 60 us.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lists: dict[tuple[str, str | tuple[str, ...]], Postings] = {}
        self._used = 0
        self._lock = threading.Lock()

    def get(self, name: str, texts: str | tuple[str, ...]) -> Postings | None:
        return self._lists.get((name, texts))

    def put(self, name: str, texts: str | tuple[str, ...], found: Postings) -> None:
        with self._lock:
            if (name, texts) not in self._lists:
                self._lists[name, texts] = found
                self._used += self._bytes(texts, found)
                while self._used > ROOM:
                    oldest = next(iter(self._lists))
                    self._used -= self._bytes(oldest[1], self._lists.pop(oldest))

    def _bytes(self, texts: str | tuple[str, ...], found: Postings) -> int:
        """At most: a document's number may be there in two types; its frequency and some two places take 1 or 2 bytes
        each, where they end 4, what it adds to a score 4; a frequent word has 2 or 6 for every document. A pattern is
        kept by all its words: 200 of them take 13 KB.
        """
        key = sum(TEXT + len(text) for text in ((texts,) if isinstance(texts, str) else texts))
        each = 2 * (len(found) * OFTEN >= self._size) + 4 * (len(found) * DENSE >= self._size)
        return OVERHEAD + key + 26 * len(found) + each * self._size
