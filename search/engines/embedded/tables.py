"""A hash table of arrays: which number has each of many short byte strings, looked up at once.

Invariant: nothing is told by a hash alone; a string is known by its bytes, as one, two or four whole numbers.
"""

import secrets
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["MISSING", "Table", "keys_of"]

Array = npt.NDArray[Any]

MISSING = int(np.iinfo(np.int32).min)
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(9)], dtype=np.uint64)


def keys_of(text: bytes, width: int, starts: Array, lengths: Array) -> Array:
    """A column for each of the strings, of up to 8 * `width` bytes, at these places of a text that goes on as far."""
    eight = np.ndarray(len(text) - 7, "<u8", text, strides=(1,))
    keys = np.empty((width, len(starts)), dtype=np.uint64)
    for place in range(width):
        left = lengths if width == 1 else np.clip(lengths - 8 * place, 0, 8)
        np.bitwise_and(eight[starts + 8 * place], _MASKS.take(left), out=keys[place])
    return keys


class Table:
    """Keys of `width` whole numbers, the first never 0 -> a number: open addressing.

    A slot of `slots` is the place of a key in `keys` (a column each) and `values`; place 0 is no key. Its slot is found
    by the bits of the sum of the key's numbers times `factors` that lie above `shift`.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._count = 1
        self.keys = np.zeros((width, 1 << 10), dtype=np.uint64)
        self.values = np.full(1 << 10, MISSING, dtype=np.int32)
        self.slots = np.zeros(1 << 12, dtype=np.int32)
        self.shift = np.uint64(64 - 12)
        # Drawn anew, so that nobody can write a page whose words all fall into one slot.
        self.factors = np.array([secrets.randbits(64) | 1 for _ in range(width)], dtype=np.uint64)

    def find(self, keys: Array) -> Array:
        """The number of each key, MISSING where there is none."""
        at = self._slot(keys)
        places = self.slots.take(at)
        other = np.flatnonzero((places > 0) & ~self._equal(places, keys))
        while len(other):  # another key has the slot: on to the next
            at[other] = (at[other] + 1) & (len(self.slots) - 1)
            places[other] = self.slots.take(at[other])
            met = places[other]
            other = other[(met > 0) & ~self._equal(met, keys[:, other])]
        return self.values.take(places)

    def add(self, keys: Array, values: list[int]) -> None:
        """Distinct keys that are not there yet."""
        first, self._count = self._count, self._count + len(values)
        while self._count > len(self.values):
            self.keys = np.concatenate([self.keys, np.zeros_like(self.keys)], axis=1)
            self.values = np.concatenate([self.values, np.full_like(self.values, MISSING)])
        self.keys[:, first : self._count] = keys
        self.values[first : self._count] = values
        if self._count * 2 > len(self.slots):
            bits = (self._count * 4).bit_length()
            self.slots = np.zeros(1 << bits, dtype=np.int32)
            self.shift = np.uint64(64 - bits)
            first = 1
        self._place(np.arange(first, self._count, dtype=np.int32))

    def _place(self, places: Array) -> None:
        at = self._slot(self.keys[:, places])
        while len(places):
            free = self.slots[at] == 0
            self.slots[at[free]] = places[free]  # of several that want one slot the last has it
            left = self.slots[at] != places
            places, at = places[left], (at[left] + 1) & (len(self.slots) - 1)

    def _equal(self, places: Array, keys: Array) -> Array:
        same: Array = self.keys[0].take(places) == keys[0]
        for row in range(1, self.width):
            same &= self.keys[row].take(places) == keys[row]
        return same

    def _slot(self, keys: Array) -> Array:
        mixed: Array = keys[0] * self.factors[0]
        for row in range(1, self.width):
            mixed ^= keys[row] * self.factors[row]
        return (mixed >> self.shift).astype(np.int64)
