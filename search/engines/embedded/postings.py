"""The postings of a field in the file: which documents hold a word, how often, and where.

    F.starts            word i has postings starts[i] to starts[i + 1]
    F.docs              the documents of words that few documents hold, rising within a word (packed)
    F.spread            numbers of the words that many hold; of each
    F.spread.counts       how many of the documents 0-255, 256-511, ... hold it
    F.spread.lows         the last byte of their numbers
    F.marked            numbers of the words that most hold; of each
    F.marked.bits         a bit for every document
    F.freqs             one less than how often each posting's document holds the word (packed)
    F.at F.places       where the places of word i begin, and the places, rising within a posting (packed; of phrases)

A list of 26,000 of 100,000 documents takes 1.02 bytes a posting and 17 us to read, where four bytes each take 4.
Bits alone would take .48, but 50 us: they are kept where more than half of the documents hold a word, and a list of
bytes takes as long.
"""

import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded.columns import ArrayFile, ArrayWriter, Words, joined
from search.engines.embedded.packing import HELD, Packed, Spool, narrow

__all__ = ["Field", "FieldSpool"]

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

#: Documents that share all but the last byte of their numbers.
SPAN_BITS = 8
#: A word is spread where it has a document in so many; a byte for each span is then at most half a byte a posting.
RARE = 128
#: A list shorter than this is never spread: it costs an entry in `spread`.
SHORT = 64


class FieldSpool:
    """Postings of a segment of `size` documents on their way to the file, some words after the other."""

    def __init__(self, size: int, *, places: bool) -> None:
        self._size, self._spans, self._bytes = size, (size + 255) >> SPAN_BITS, (size + 7) // 8
        self._docs, self._freqs = Spool(), Spool()
        self._places = Spool() if places else None
        self._counts: list[Array] = []
        self._held: list[Array] = []
        self._words = 0
        self._numbers: dict[str, list[Array]] = {"spread": [], "marked": []}
        self._parts = {name: _Bytes() for name in ("spread.counts", "spread.lows", "marked.bits")}

    def add(self, counts: Array, docs: Array, freqs: Array | None = None, places: Array | None = None) -> None:
        """Words that follow those before: `counts[i]` documents hold word i; a word without any is left out."""
        counts = counts.astype(np.int64, copy=False)
        often = (counts * RARE >= self._size) & (counts >= SHORT)
        if self._places is not None:
            assert freqs is not None and places is not None, "a field with places has both"  # noqa: S101
            ends = np.concatenate([[0], np.cumsum(freqs, dtype=np.int64)])[np.cumsum(counts)]
            self._held.append(np.diff(ends, prepend=0)[counts > 0])
            self._places.add(places)
        if freqs is not None:
            self._freqs.add(freqs - 1)
        if often.any():
            listed = np.repeat(often, counts)
            self._add_often(counts, often, docs[listed].astype(np.int64))
            docs = docs[~listed]
        self._docs.add(docs)
        left = counts[counts > 0]
        self._words += len(left)
        self._counts.append(left)

    def _add_often(self, counts: Array, often: Array, docs: Array) -> None:
        held = counts[often]
        owners = np.repeat(np.arange(len(held)), held)
        in_spans = np.bincount(owners * self._spans + (docs >> SPAN_BITS), minlength=len(held) * self._spans)
        in_spans = in_spans.reshape(len(held), self._spans)
        marked = (held * 2 > self._size) | (in_spans > 255).any(axis=1)  # which a byte could not tell
        numbers = self._words + (np.cumsum(counts > 0) - 1)[often]
        self._numbers["spread"].append(numbers[~marked])
        self._numbers["marked"].append(numbers[marked])
        self._parts["spread.counts"].add(in_spans[~marked])
        self._parts["spread.lows"].add(docs[~marked[owners]] & 255)
        ends = np.cumsum(held)
        for word in np.flatnonzero(marked).tolist():
            bits = np.zeros(self._bytes * 8, dtype=np.bool_)
            bits[docs[ends[word] - held[word] : ends[word]]] = True
            self._parts["marked.bits"].add(np.packbits(bits, bitorder="little"))

    def write(self, out: ArrayWriter, name: str, words: Sequence[bytes]) -> None:
        """`words` are those added that have postings."""
        blob, ends = joined(words)
        out.whole(f"{name}.words", blob)
        out.whole(f"{name}.ends", ends)
        none = [np.zeros(0, dtype=np.int64)]
        out.whole(f"{name}.starts", narrow(np.concatenate([[0], np.cumsum(np.concatenate(none + self._counts))])))
        self._docs.write(out, f"{name}.docs")
        for kind, numbers in self._numbers.items():
            listed = np.concatenate(none + numbers)
            if len(listed):
                out.whole(f"{name}.{kind}", narrow(listed))
        for part, bytes_ in self._parts.items():
            if bytes_.size:
                out.pieces(f"{name}.{part}", np.uint8, bytes_.pieces())
        self._freqs.write(out, f"{name}.freqs")
        if self._places is not None:
            out.whole(f"{name}.at", narrow(np.concatenate([[0], np.cumsum(np.concatenate(none + self._held))])))
            self._places.write(out, f"{name}.places")


class _Bytes:
    """Bytes on their way to the file."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115 - closed with the last reference
        self.size = 0

    def add(self, numbers: Array) -> None:
        self.size += numbers.size
        self._file.write(numbers.astype(np.uint8).tobytes())

    def pieces(self) -> Iterator[Array]:
        self._file.seek(0)
        while data := self._file.read(HELD):
            yield np.frombuffer(data, dtype=np.uint8)


class Field:
    """The postings of one field in one segment of `size` documents. Arrays may be read-only views."""

    def __init__(self, file: ArrayFile, name: str, size: int) -> None:
        self._file, self.name, self._size = file, name, size
        self.words = Words(file.whole(f"{name}.words"), file.whole(f"{name}.ends"))
        self.starts = file.whole(f"{name}.starts").data
        self._docs, self._freqs = Packed(file, f"{name}.docs"), Packed(file, f"{name}.freqs")
        self._places = Packed(file, f"{name}.places")
        self.has_places = f"{name}.at" in file
        self.has_freqs = not self._freqs.is_zero
        self._often = f"{name}.spread" in file or f"{name}.marked" in file

    def documents(self, number: int) -> int:
        """How many documents hold the word."""
        return int(self.starts[number + 1] - self.starts[number])

    def docs(self, first: int, last: int) -> Array:
        """The documents of the words first to last - 1."""
        if not self._often:
            return self._docs.part(self.starts[first], self.starts[last])
        lists = self._lists
        at, end = bisect_left(lists.numbers, first), bisect_left(lists.numbers, last)
        low, high = self.starts[first] - lists.before[at], self.starts[last] - lists.before[end]
        if at == end:
            return self._docs.part(low, high)
        if last - first == 1:
            return lists.marked(at) if lists.is_marked[at] else lists.spread(at, end)
        return self._together(first, last, at, end)

    def _together(self, first: int, last: int, at: int, end: int) -> Array:
        """Words of all kinds: those of each kind are read at once, and put in order."""
        lists, starts = self._lists, self.starts
        low = starts[first] - lists.before[at]
        rare = self._docs.part(low, starts[last] - lists.before[end])
        spread = lists.spread(at, end)
        docs = np.empty(starts[last] - starts[first], dtype=np.int64)
        of_rare = of_spread = done = 0
        for place in range(at, end):
            number = lists.numbers[place]
            start, stop = starts[number] - starts[first], starts[number + 1] - starts[first]
            docs[done:start] = rare[of_rare : of_rare + start - done]
            of_rare += start - done
            if lists.is_marked[place]:
                docs[start:stop] = lists.marked(place)
            else:
                docs[start:stop] = spread[of_spread : of_spread + stop - start]
                of_spread += stop - start
            done = stop
        docs[done:] = rare[of_rare:]
        return docs

    def freqs(self, first: int, last: int) -> Array | None:
        """Beside `docs`; None is once each."""
        if not self.has_freqs:
            return None
        return _plus_one(self._freqs.part(self.starts[first], self.starts[last]))

    def freqs_of(self, number: int, which: Ints) -> Array:
        """How often the word stands in some of its documents: `which` are places in its list."""
        return _plus_one(self._freqs.take(self.starts[number], self.starts[number + 1], which))

    def places(self, first: int, last: int) -> Array:
        """Of all postings of the words, one after the other."""
        return self._places.part(self._at[first], self._at[last])

    def places_of(self, number: int, which: Ints) -> Array:
        """Some of the places of the word: those at `which` in `places(number, number + 1)`; the rest is not read."""
        return self._places.take(self._at[number], self._at[number + 1], which)

    def fits(self) -> bool:
        """Whether there are as many documents and frequencies and places as the words say."""
        postings, places = int(self.starts[-1]), int(self._at[-1]) if self.has_places else 0
        rare = postings - (self._lists.before[-1] if self._often else 0)
        return (
            self._docs.fits(rare)
            and self._freqs.fits(postings)
            and self._places.fits(places)
            and (not self._often or self._lists.fits())
        )

    @cached_property
    def _at(self) -> memoryview:
        return self._file.whole(f"{self.name}.at").data

    @cached_property
    def _lists(self) -> "_Lists":
        return _Lists(self._file, self.name, self._size, np.asarray(self.starts))


def _plus_one(freqs: Array) -> Array:
    if not len(freqs):
        return freqs
    most = np.iinfo(freqs.dtype).max
    return freqs + 1 if freqs.max() < most else freqs.astype(np.int64) + 1


class _Lists:
    """The words of a field that many documents hold, in order, those of both kinds.

    `before[i]` are the postings of those before the i-th.
    """

    def __init__(self, file: ArrayFile, name: str, size: int, starts: Array) -> None:
        self._file, self._name, self._size = file, name, size
        self._spans, self._bytes = (size + 255) >> SPAN_BITS, (size + 7) // 8
        kinds = [_numbers(file, f"{name}.spread"), _numbers(file, f"{name}.marked")]
        numbers = np.concatenate(kinds)
        order = np.argsort(numbers, kind="stable")
        marked = order >= len(kinds[0])
        ends = starts.astype(np.int64)
        held = (ends[1:] - ends[:-1])[numbers[order]]
        self.numbers: list[int] = numbers[order].tolist()
        self.is_marked: list[bool] = marked.tolist()
        self.before: list[int] = _before(held)
        self._spread_before: list[int] = _before(~marked)
        self._lows_before: list[int] = _before(held * ~marked)

    def spread(self, at: int, end: int) -> Ints:
        """The documents of those from the at-th to before the end-th that are spread."""
        first, last = self._spread_before[at], self._spread_before[end]
        if first == last:
            return np.zeros(0, dtype=np.int64)
        counts = self._file.part(f"{self._name}.spread.counts", first * self._spans, last * self._spans)
        lows = self._file.part(f"{self._name}.spread.lows", self._lows_before[at], self._lows_before[end])
        bases = self._bases if last - first == 1 else np.tile(self._bases, last - first)
        docs = np.repeat(bases, counts)
        docs += lows
        return docs

    def marked(self, at: int) -> Ints:
        start = (at - self._spread_before[at]) * self._bytes
        bits = self._file.part(f"{self._name}.marked.bits", start, start + self._bytes)
        return np.flatnonzero(np.unpackbits(bits, bitorder="little").view(np.bool_))

    def fits(self) -> bool:
        spread, words = self._spread_before[-1], len(self.numbers)
        expected = {
            "spread.counts": spread * self._spans,
            "spread.lows": self._lows_before[-1],
            "marked.bits": (words - spread) * self._bytes,
        }
        names = {part: f"{self._name}.{part}" for part in expected}
        return all((self._file.size(names[p]) if names[p] in self._file else 0) == n for p, n in expected.items())

    @cached_property
    def _bases(self) -> Ints:
        return np.arange(self._spans, dtype=np.int64) << SPAN_BITS


def _numbers(file: ArrayFile, name: str) -> Ints:
    return file.whole(name).astype(np.int64) if name in file else np.zeros(0, dtype=np.int64)


def _before(counts: Array) -> list[int]:
    return [0, *np.cumsum(counts, dtype=np.int64).tolist()]
