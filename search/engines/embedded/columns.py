"""A segment's arrays in one file: written once from front to back, memory-mapped, read with checksums.

    magic | arrays, each aligned to 64 bytes | checksums of all pages | directory (JSON) | footer

Invariant: no byte is handed out before the checksum of its page was compared; what differs raises DamagedIndex. A page
is compared once, when it is first met, so opening costs nothing and a hot page costs a look at a byte.
"""

import json
import mmap
import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from search.errors import DamagedIndex

__all__ = ["PAGE", "ArrayFile", "ArrayWriter", "Words", "joined"]

Array = npt.NDArray[Any]

MAGIC = b"pagesift\x00arrays\x02"  # its last byte is the version of the format
ALIGNMENT = 64
#: Bytes under one checksum: 64 KiB take some 40 us to compare, about what reading them from a disk takes.
PAGE = 1 << 16
#: Words from one to the next that is kept at hand: looking up one of 200,000 words takes 2 us instead of 6.
APART = 64
_FOOTER = struct.Struct("<QQI16s")  # where the checksums begin, where the directory, its checksum, magic


class ArrayWriter:
    """Named arrays, one after the other, each whole or in pieces; the file is complete when `close` returns."""

    def __init__(self, path: Path, meta: dict[str, Any]) -> None:
        self._file = path.open("wb")
        self._at = 0
        self._page = b""
        self._sums: list[int] = []
        self._arrays: dict[str, list[Any]] = {}
        self._meta = meta
        self._put(MAGIC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()

    def whole(self, name: str, array: Array) -> None:
        self.pieces(name, array.dtype, [array])

    def pieces(self, name: str, dtype: npt.DTypeLike, pieces: Iterable[Array]) -> None:
        """One array, in consecutive pieces of any length."""
        self._put(bytes(-self._at % ALIGNMENT))
        start, count, kind = self._at, 0, np.dtype(dtype)
        for piece in pieces:
            fitting = np.ascontiguousarray(piece, dtype=kind)
            self._put(fitting.data.cast("B") if fitting.size else b"")
            count += fitting.size
        self._arrays[name] = [kind.str, count, start]

    def _put(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        self._at += len(data)
        room = PAGE - len(self._page)
        if len(data) < room:
            self._page += bytes(data)
            return
        view = memoryview(data)
        self._sums.append(zlib.crc32(view[:room], zlib.crc32(self._page)))
        full = room + (len(view) - room) // PAGE * PAGE
        self._sums += [zlib.crc32(view[at : at + PAGE]) for at in range(room, full, PAGE)]
        self._page = bytes(view[full:])

    def close(self) -> None:
        self._put(bytes(-self._at % ALIGNMENT))
        sums = np.array([*self._sums, zlib.crc32(self._page)], dtype="<u4").tobytes()
        directory = json.dumps({"meta": self._meta, "arrays": self._arrays}).encode()
        start = self._at
        self._file.write(sums + directory)
        self._file.write(_FOOTER.pack(start, start + len(sums), zlib.crc32(sums + directory), MAGIC))
        self._file.close()


class ArrayFile:
    """The arrays of a file, mapped. `whole` gives an array, `part` a slice of a large one; both are read-only views."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            sums, directory, checksum, magic = _FOOTER.unpack(self._map[-_FOOTER.size :])
            tail = self._map[sums : -_FOOTER.size]
            if magic[:-1] == MAGIC[:-1] and magic != MAGIC:
                raise ValueError("it was made by another version of Pagesift")
            if magic != MAGIC or zlib.crc32(tail) != checksum:
                raise ValueError("its directory is not as it was written")
            read = json.loads(tail[directory - sums :])
            self._sums = np.frombuffer(tail[: directory - sums], dtype="<u4").tolist()
        except (OSError, ValueError, KeyError, struct.error) as error:
            raise DamagedIndex(f"{path} cannot be opened ({error}): run `reindex --rebuild`") from error
        self._end = sums
        self.meta: dict[str, Any] = read["meta"]
        self._arrays: dict[str, list[Any]] = read["arrays"]
        self._sound = bytearray(len(self._sums))
        self._views: dict[str, tuple[Array, int, int]] = {}
        self._whole: dict[str, Array] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def names(self) -> Iterable[str]:
        return self._arrays

    def dtype(self, name: str) -> np.dtype[Any]:
        kind: np.dtype[Any] = np.dtype(self._arrays[name][0])
        return kind

    def size(self, name: str) -> int:
        return int(self._arrays[name][1])

    def whole(self, name: str) -> Array:
        if name not in self._whole:
            self._whole[name] = self.part(name, 0, self.size(name))
        return self._whole[name]

    def part(self, name: str, start: int, stop: int) -> Array:
        if name not in self._views:
            kind, count, offset = self._arrays[name]
            dtype = np.dtype(kind)
            view = np.frombuffer(self._map, dtype=dtype, count=count, offset=offset)
            self._views[name] = view, offset, dtype.itemsize
        view, offset, size = self._views[name]
        if start < stop:
            first, last = (offset + start * size) // PAGE, (offset + stop * size - 1) // PAGE + 1
            if self._sound.find(0, first, last) >= 0:
                self._compare(name, first, last)
        return view[start:stop]

    def release(self) -> None:
        """Let the system take back the memory of what was read; read again, it comes from the file."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def damaged(self) -> list[str]:
        """The arrays that differ from what was written; every page is read."""
        wrong = []
        for name in self._arrays:
            try:
                self.part(name, 0, self.size(name))
            except DamagedIndex:
                wrong.append(name)
        return wrong

    def _compare(self, name: str, first: int, last: int) -> None:
        for page in range(first, last):
            if not self._sound[page]:
                if zlib.crc32(self._map[page * PAGE : min((page + 1) * PAGE, self._end)]) != self._sums[page]:
                    raise DamagedIndex(f"{self.path} is damaged (array {name}): run `reindex --rebuild`")
                self._sound[page] = 1


class Words:
    """Distinct byte strings in order, as one run of bytes and where each ends. Numbers are positions in it.

    Of words that are all of one length only the first end is kept.
    """

    def __init__(self, blob: Array, ends: Array) -> None:
        self._blob = blob.data
        self._each = 0  # the length of all, where it was kept once
        if len(ends) == 1 and len(blob) > ends[0]:
            self._each = int(ends[0])
            ends = np.arange(self._each, len(blob) + 1, self._each, dtype=ends.dtype)
        self._ends = ends.data
        self.size = len(ends)
        self._signposts: list[bytes] = []

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._blob[self._ends[number - 1] if number else 0 : self._ends[number]])

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.range(0, self.size))

    def range(self, first: int, last: int) -> list[bytes]:
        """The words of numbers first to last - 1."""
        if first >= last:
            return []
        start = self._ends[first - 1] if first else 0
        ends = [start, *self._ends[first:last]]
        blob = bytes(self._blob[start : ends[-1]])
        return [blob[a - start : b - start] for a, b in pairwise(ends)]

    def array(self) -> Array | None:
        """All of them as an array of strings; None where they differ in length, or end in what NumPy leaves out."""
        blob = np.frombuffer(self._blob, dtype=np.uint8)
        if not self._each or not blob[self._each - 1 :: self._each].all():
            return None
        return blob.view(f"S{self._each}")

    def find(self, word: bytes) -> int | None:
        number = self.at_or_after(word)
        return number if number < self.size and self[number] == word else None

    def at_or_after(self, word: bytes) -> int:
        """The number of the first word that is not before this one; `size` where there is none."""
        if not self._signposts:
            self._signposts = [self[number] for number in range(0, self.size, APART)]
        last = bisect_left(self._signposts, word)
        first, end = max(0, (last - 1) * APART), min(self.size, last * APART)
        return bisect_left(range(self.size), word, first, end, key=self.__getitem__)

    def beginning(self, start: bytes) -> tuple[int, int]:
        """[first, last) of the words that begin so (of UTF-8, in which no byte is 255)."""
        return self.at_or_after(start), self.at_or_after(start + b"\xff")


def joined(words: Iterable[bytes]) -> tuple[Array, Array]:
    """Words in order as the arrays `Words` reads."""
    listed = list(words)
    ends = np.cumsum(np.fromiter(map(len, listed), dtype=np.int64, count=len(listed)))
    kind = np.uint32 if not len(ends) or ends[-1] < 1 << 32 else np.int64
    if len(ends) and ends[0] and ends[-1] == ends[0] * len(ends) and len(set(map(len, listed))) == 1:
        ends = ends[:1]
    return np.frombuffer(b"".join(listed), dtype=np.uint8), ends.astype(kind)
