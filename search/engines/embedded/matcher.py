"""The postings of one word as Whoosh walks them, one document at a time; and lengths as its one byte keeps them."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import formats
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.util.numeric import byte_to_length

from search.engines.embedded.segment import Field, SegmentFile

__all__ = ["ArrayMatcher", "extremes", "rounded"]

Array = npt.NDArray[Any]

_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], dtype=np.int64)
BLOCK = 128  # postings whose best score Whoosh may skip at once


def rounded(lengths: Array) -> Array:
    """Field lengths as Whoosh's one byte gives them back."""
    return _LENGTHS[np.minimum(np.searchsorted(_LENGTHS, lengths), 255)]


def extremes(lengths: Array | None, docs: Array) -> tuple[int, int]:
    """The shortest and longest field of these documents, as rounded; 0 where lengths are not kept."""
    found = rounded(lengths[docs]) if lengths is not None else np.zeros(0, dtype=np.int64)
    found = found[found > 0]
    return (int(found.min()), int(found.max())) if found.size else (0, 0)


class ArrayMatcher(LeafMatcher):
    """Walks the postings of one word."""

    def __init__(
        self, file: SegmentFile, field: Field, number: int, format_: Any, scorer: Any, term: tuple[str, bytes]
    ) -> None:
        self.format, self.scorer, self._term = format_, scorer, term
        self._file, self._field, self._number = file, field, number
        self._docs: list[int] = field.docs(number, number + 1).tolist()
        freqs = field.freqs(number, number + 1)
        self._freqs: list[int] = freqs.tolist() if freqs is not None else [1] * len(self._docs)
        self._ends: list[int] | None = None
        self._i, self._passed = 0, False  # skipped past the end: as in Whoosh's own, `id` still tells the last met

    def copy(self) -> "ArrayMatcher":
        other = ArrayMatcher(self._file, self._field, self._number, self.format, self.scorer, self._term)
        other._i, other._passed = self._i, self._passed
        return other

    def is_active(self) -> bool:
        return not self._passed and self._i < len(self._docs)

    def reset(self) -> None:
        self._i, self._passed = 0, False

    def id(self) -> int:
        return self._docs[self._i]

    def all_ids(self) -> Iterator[int]:
        return iter(self._docs)

    def weight(self) -> float:
        return float(self._freqs[self._i])

    def value(self) -> bytes:
        encoded: bytes = b""
        if isinstance(self.format, formats.Positions):
            encoded = self.format.encode(self._places())
        elif isinstance(self.format, formats.Frequency):
            encoded = self._freqs[self._i].to_bytes(4, "big")
        return encoded

    def value_as(self, astype: str) -> Any:
        return self._places() if astype == "positions" else super().value_as(astype)

    def _places(self) -> list[int]:
        if self._ends is None:
            self._ends = np.cumsum(self._freqs).tolist()
            self._all = self._field.places(self._number, self._number + 1)
        end = self._ends[self._i]
        places: list[int] = self._all[end - self._freqs[self._i] : end].tolist()
        return places

    def next(self) -> bool:
        if not self.is_active():
            raise ReadTooFar
        self._i += 1
        return self._i % BLOCK == 0

    def skip_to(self, targetid: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        if targetid > self._docs[-1]:
            self._passed = True
        elif targetid > self._docs[self._i]:
            self._i = bisect_left(self._docs, targetid, self._i)

    def skip_to_quality(self, minquality: float) -> int:
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            following = (self._i // BLOCK + 1) * BLOCK
            self._passed = following >= len(self._docs)
            self._i = self._i if self._passed else following
            skipped += 1
        return skipped

    def _block(self) -> slice:
        start = self._i // BLOCK * BLOCK
        return slice(start, start + BLOCK)

    def block_min_id(self) -> int:
        return self._docs[self._block()][0]

    def block_max_id(self) -> int:
        return self._docs[self._block()][-1]

    def block_max_weight(self) -> float:
        return float(max(self._freqs[self._block()]))

    def block_min_length(self) -> int:
        docs = np.array(self._docs[self._block()], dtype=np.int64)
        return extremes(self._file.lengths(self._field.name), docs)[0]
