"""Numbers in few bits, of which any run, or any choice, is read without the rest.

    A.low                       their low bits: 8, 16 or 32 of each (no array: none)
    A.high1 (2, 4, 8)           the bits above those, so many of each, the first in the lowest (no array: none)
    A.over                      the numbers that need more bits, packed in the same way
    A.over.at A.over.ends       where they stand: the low half of each place, and where those of each 65,536 places end

Bits are fixed, so a number's place in the file is known; LOW and HIGH are chosen by the bytes they take. Deltas would
take fewer (places of words: 35 MB instead of 38 for 100,000 documents), but then a list is read from its beginning.
"""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded import building
from search.engines.embedded.columns import ArrayFile, ArrayWriter

__all__ = ["Packed", "Spool", "Whole", "narrow", "steps"]

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

#: Numbers read back from a spool at once; a multiple of eight, so that pieces end with a byte.
PIECE = 2_000_000
#: Bytes a spool holds in memory before it becomes a file.
HELD = 1 << 22
#: (low, high) bits that a number may have.
LAYOUTS = [
    *((low, high) for low in (0, 8, 16) for high in (0, 1, 2, 4, 8) if (low, high) not in ((0, 8), (8, 8))),
    (32, 0),
]

#: Those that are read without unpacking.
BYTES = [(0, 0), (8, 0), (16, 0), (32, 0)]


def _table(width: int) -> Array:
    """By the value of a byte, the numbers packed in it, a byte each: looking up four at once reads 26,000 in 6 us."""
    bytes_ = np.arange(256, dtype=np.uint16)[:, None] >> np.arange(0, 8, width, dtype=np.uint16)
    return (bytes_ & ((1 << width) - 1)).astype(np.uint8).view(f"<u{8 // width}").ravel()


_TABLES = {width: _table(width) for width in (1, 2, 4)}


def narrow(numbers: Array) -> Array:
    """The numbers (none negative) in the smallest unsigned type that holds them all."""
    return numbers.astype(np.min_scalar_type(int(numbers.max()) if numbers.size else 0))


def steps(bounds: Any) -> Ints:
    """From each bound to the next."""
    wide = np.asarray(bounds).astype(np.int64)
    return wide[1:] - wide[:-1]


class Spool:
    """Numbers on their way to the file, below 2^32; how they are packed is known when all are there."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115 - closed with the last reference
        self._lengths = np.zeros(33, dtype=np.int64)  # how many numbers have so many bits
        self.size = 0

    def add(self, numbers: Array) -> None:
        if not numbers.size:
            return
        whole = np.ascontiguousarray(numbers, dtype=np.uint32)
        self._lengths += building.bit_lengths(whole)
        self.size += whole.size
        self._file.write(whole.data.cast("B"))

    def pieces(self) -> Iterator[Array]:
        self._file.seek(0)
        while data := self._file.read(4 * PIECE):
            yield np.frombuffer(data, dtype=np.uint32)

    def write(self, out: ArrayWriter, name: str, layouts: Sequence[tuple[int, int]] = LAYOUTS) -> None:
        largest = int(np.flatnonzero(self._lengths)[-1]) if self.size else 0

        def cost(layout: tuple[int, int]) -> tuple[int, int]:
            bits = sum(layout)
            return self.size * bits + int(self._lengths[bits + 1 :].sum()) * (16 + largest), bits

        low, high = min(layouts, key=cost)
        if low:
            out.pieces(f"{name}.low", f"u{low // 8}", self.pieces())
        if high:
            out.pieces(f"{name}.high{high}", np.uint8, (building.packed(piece, low, high) for piece in self.pieces()))
        if largest > low + high:
            self._write_over(out, name, low + high)

    def _write_over(self, out: ArrayWriter, name: str, bits: int) -> None:
        places, over, start = [], Spool(), 0
        for piece in self.pieces():
            found = np.flatnonzero(piece >> bits)
            places.append(found + start)
            over.add(piece[found])
            start += len(piece)
        at = np.concatenate(places)
        over.write(out, f"{name}.over", BYTES)
        out.whole(f"{name}.over.at", (at & 0xFFFF).astype(np.uint16))
        out.whole(f"{name}.over.ends", narrow(np.cumsum(np.bincount(at >> 16, minlength=(start + 0xFFFF) >> 16))))


class Whole:
    """The same for numbers that are soon read to be written anew: whole bytes, which are written and read fastest."""

    def __init__(self) -> None:
        self._pieces = [np.zeros(0, dtype=np.uint8)]

    def add(self, numbers: Array) -> None:
        self._pieces.append(numbers)

    def write(self, out: ArrayWriter, name: str) -> None:
        numbers = narrow(np.concatenate(self._pieces))
        if numbers.any():
            out.whole(f"{name}.low", numbers)


class Packed:
    """Numbers as `Spool.write` wrote them. `part` may be a read-only view."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file, self.name = file, name
        self._low = f"{name}.low" if f"{name}.low" in file else ""
        self._width = next((width for width in (1, 2, 4, 8) if f"{name}.high{width}" in file), 0)
        self._high = f"{name}.high{self._width}"
        self._over = Packed(file, f"{name}.over") if f"{name}.over.at" in file else None
        self._shift = 8 * file.dtype(self._low).itemsize if self._low else 0
        bits = self._shift + self._width
        self._kind = np.dtype(np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint32)
        if self._over is not None:
            self._kind = max(self._kind, self._over._kind, key=lambda kind: kind.itemsize)

    @property
    def is_zero(self) -> bool:
        """All numbers are."""
        return not self._low and not self._width and self._over is None

    def fits(self, size: int) -> bool:
        """Whether the arrays have room for so many numbers and no more."""
        high = (size * self._width + 7) // 8
        whole = not self._low or self._file.size(self._low) == size
        if self._over is not None:
            whole = whole and self._over.fits(self._file.size(f"{self.name}.over.at"))
        return whole and (not self._width or self._file.size(self._high) == high)

    def part(self, first: int, last: int) -> Array:
        """The numbers first to last - 1."""
        if first >= last:
            return np.zeros(0, dtype=self._kind)
        if self._width:
            found = self._unpacked(first, last)
            if self._low:
                found = found.astype(self._kind)
                found <<= self._shift
                found |= self._file.part(self._low, first, last)
        elif self._low:
            found = self._file.part(self._low, first, last)
        else:
            found = np.zeros(last - first, dtype=self._kind)
        if self._over is not None:
            places, numbers = self._exceptions(first, last)
            if len(places):
                found = found.astype(self._kind)
                found[places] = numbers
        return found

    def take(self, first: int, last: int, which: Ints) -> Array:
        """Of the numbers first to last - 1 those at `which`, counted from `first`."""
        found = np.zeros(len(which), dtype=self._kind)
        if not len(which):
            return found
        if self._width:
            start = first * self._width // 8
            bytes_ = self._file.part(self._high, start, (last * self._width + 7) // 8)
            at = (which + first) * self._width
            bits = bytes_[(at >> 3) - start] >> (at & 7).astype(np.uint8)
            found[:] = bits & ((1 << self._width) - 1)
            found <<= self._shift
        if self._low:
            found |= self._file.part(self._low, first, last)[which]
        if self._over is not None:
            places, numbers = self._exceptions(first, last)
            if len(places):
                at = np.searchsorted(places, which)
                at[at == len(places)] = 0
                there = places[at] == which
                found[there] = numbers[at[there]]
        return found

    def _unpacked(self, first: int, last: int) -> Array:
        start = first * self._width // 8
        bytes_ = self._file.part(self._high, start, (last * self._width + 7) // 8)
        if self._width == 8:
            return bytes_
        skipped = first - start * 8 // self._width
        return _TABLES[self._width].take(bytes_).view(np.uint8)[skipped : skipped + last - first]

    def _exceptions(self, first: int, last: int) -> tuple[Ints, Array]:
        """Places, counted from `first`, and numbers of those that need more bits."""
        assert self._over is not None  # noqa: S101 - the callers have looked
        ends = self._file.whole(f"{self.name}.over.ends").data
        page, final = first >> 16, (last - 1) >> 16
        start, end = ends[page - 1] if page else 0, ends[final]
        at = self._file.part(f"{self.name}.over.at", start, end).astype(np.int64)
        if page < final:
            counts = np.diff([start, *ends[page : final + 1]])
            at += np.repeat(np.arange(final - page + 1) << 16, counts)
        at += (page << 16) - first
        low, high = np.searchsorted(at, (0, last - first)).tolist()
        return at[low:high], self._over.part(start + low, start + high)
