"""Long lists of documents in the file, each once, however many words of all fields have it.

    lists.held          how many documents each list has
    lists.marked        the numbers of the lists that are marked
    lists.counts        of each other list, spread: how many of the documents 0-255, 256-511, ... it has
    lists.lows            the last byte of their numbers
    lists.bits          of each marked list: a bit for every document

A list of 26,000 of 100,000 documents takes 1.02 bytes a document and 17 us to read, where four bytes each take 4.
Bits alone would take .48, but 50 us: they are kept where a list has more than half of the documents, and bytes take as
long to read. Of 100,000 articles, a third of the words as written have the very documents of their stem.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded.columns import ArrayFile, ArrayWriter
from search.engines.embedded.packing import HELD, narrow

__all__ = ["ListPool", "Lists"]

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

#: A list is long that has a document in so many; the byte for each 256 documents is then at most one for each that it
#: has. With 128 the lists of 100,000 documents take 0.5 MB more.
RARE = 256
#: A list shorter than this is never long: it costs an entry.
SHORT = 64


class ListPool:
    """The long lists of a segment of `size` documents on their way to the file; none are, where it is soon merged."""

    def __init__(self, size: int, *, passing: bool = False) -> None:
        self.passing = passing
        self._size, self._bytes = size, (size + 7) // 8
        self._edges = np.arange(256, size + 256, 256, dtype=np.uint32)
        self._known: dict[bytes, int] = {}
        self._held: list[int] = []
        self._marked: list[int] = []
        self._parts = {name: _Bytes() for name in ("counts", "lows", "bits")}

    def long(self, counts: Array) -> npt.NDArray[np.bool_]:
        """Which lists of so many documents belong here."""
        found: npt.NDArray[np.bool_] = (counts * RARE >= self._size) & (counts >= SHORT)
        return found & (not self.passing)

    def add(self, docs: Array) -> int:
        """The number of a list, which is new or was met before."""
        in_spans = np.searchsorted(docs, self._edges)
        in_spans[1:] -= in_spans[:-1].copy()
        marked = len(docs) * 2 > self._size or bool((in_spans > 255).any())  # which a byte could not tell
        if marked:
            bits = np.zeros(self._bytes * 8, dtype=np.bool_)
            bits[docs] = True
            parts = {"bits": np.packbits(bits, bitorder="little").tobytes()}
        else:
            parts = {"counts": in_spans.astype(np.uint8).tobytes(), "lows": docs.astype(np.uint8).tobytes()}
        known = hashlib.blake2b(b"".join(parts.values()), digest_size=16, person=b"bits" if marked else b"").digest()
        number = self._known.get(known)
        if number is not None:
            return number
        number = self._known[known] = len(self._held)
        self._held.append(len(docs))
        if marked:
            self._marked.append(number)
        for name, bytes_ in parts.items():
            self._parts[name].add(bytes_)
        return number

    def write(self, out: ArrayWriter) -> None:
        if self._held:
            out.whole("lists.held", narrow(np.array(self._held)))
            out.whole("lists.marked", narrow(np.array(self._marked, dtype=np.int64)))
            for part, bytes_ in self._parts.items():
                out.pieces(f"lists.{part}", np.uint8, bytes_.pieces())


class _Bytes:
    """Bytes on their way to the file."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115 - closed with the last reference

    def add(self, bytes_: bytes) -> None:
        self._file.write(bytes_)

    def pieces(self) -> Iterator[Array]:
        self._file.seek(0)
        while data := self._file.read(HELD):
            yield np.frombuffer(data, dtype=np.uint8)


class Lists:
    """The long lists of a segment of `size` documents, by number: documents, ascending."""

    def __init__(self, file: ArrayFile, size: int) -> None:
        self._file = file
        self._spans, self._bytes = (size + 255) >> 8, (size + 7) // 8

    def __getitem__(self, number: int) -> Ints:
        return self._marked(number) if self._is_marked[number] else self._spread(number, number + 1)

    def several(self, numbers: Sequence[int]) -> Iterator[Array]:
        """One list after the other; those of consecutive numbers are read together."""
        at = 0
        while at < len(numbers):
            first = end = numbers[at]
            while at < len(numbers) and numbers[at] == end and not self._is_marked[end]:
                at, end = at + 1, end + 1
            if first == end:
                yield self._marked(first)
                at += 1
                continue
            docs, ends = self._spread(first, end), self._lows_before
            yield from (docs[ends[n] - ends[first] : ends[n + 1] - ends[first]] for n in range(first, end))

    def _spread(self, first: int, end: int) -> Array:
        low, high = self._spread_before[first], self._spread_before[end]
        counts = self._file.part("lists.counts", low * self._spans, high * self._spans)
        lows = self._file.part("lists.lows", self._lows_before[first], self._lows_before[end])
        if high - low == 1:
            docs = np.repeat(self._bases, counts)
        else:  # many lists, which will be copied: in half the bytes
            docs = np.repeat(np.tile(self._bases.astype(np.uint32), high - low), counts)
        docs += lows
        return docs

    def _marked(self, number: int) -> Ints:
        start = (number - self._spread_before[number]) * self._bytes
        bits = self._file.part("lists.bits", start, start + self._bytes)
        return np.flatnonzero(np.unpackbits(bits, bitorder="little").view(np.bool_))

    def fits(self) -> bool:
        """Whether there are as many bytes as the lists need."""
        if "lists.held" not in self._file:
            return True
        spread, lists = self._spread_before[-1], len(self.held)
        sizes = {"counts": spread * self._spans, "lows": self._lows_before[-1], "bits": (lists - spread) * self._bytes}
        return all(self._file.size(f"lists.{part}") == size for part, size in sizes.items())

    @cached_property
    def held(self) -> list[int]:
        """How many documents each list has."""
        held: list[int] = self._file.whole("lists.held").tolist() if "lists.held" in self._file else []
        return held

    @cached_property
    def _is_marked(self) -> list[bool]:
        marked = [False] * len(self.held)
        for number in self._file.whole("lists.marked").tolist():
            marked[number] = True
        return marked

    @cached_property
    def _spread_before(self) -> list[int]:
        """How many lists before each are spread."""
        return [0, *np.cumsum(~np.array(self._is_marked)).tolist()]

    @cached_property
    def _lows_before(self) -> list[int]:
        return [0, *np.cumsum(np.array(self.held) * ~np.array(self._is_marked)).tolist()]

    @cached_property
    def _bases(self) -> Ints:
        return np.arange(self._spans, dtype=np.int64) << 8
