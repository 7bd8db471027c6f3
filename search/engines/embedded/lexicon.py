"""Which token is each piece of a text? Many pieces at once, in arrays; a distinct one is looked at once.

Invariant: a text's numbers are those of `analysis.tokens`, then those of `compounds.compounds`. A piece lies between
ASCII signs. One of up to 32 bytes is known by its bytes, as one, two or four whole numbers: nothing is told by a hash
alone. Looking up 300 words takes 8 us so, where splitting them off and a dictionary took 60.
"""

import re
import secrets
from typing import Any

import numpy as np
import numpy.typing as npt

from search.analysis import MAX_WORD, fold, term, tokens
from search.compounds import compounds

__all__ = ["AFTER", "BEFORE", "Lexicon", "cut"]

Array = npt.NDArray[Any]

#: ASCII letters in lower case, digits, and all bytes of other characters; the rest parts pieces.
_BYTES = bytes(b if b > 127 or chr(b).isalnum() else 32 for b in range(256)).lower()
#: What a byte may be inside a run: a letter, or a sign that may stand in a compound; what parts runs is neither.
_LETTER, _SIGN = 1, 2
_KINDS = bytes(_LETTER if b > 127 or chr(b).isalnum() else _SIGN * (b in b"-'.,") for b in range(256))
_WIDE = re.compile(b"\xe2\x80[\x90\x91\x99\x8c]")  # the signs that are not ASCII
#: What stands around a text, so that eight bytes can be read from every byte of it.
BEFORE, AFTER = b" ", b" " * 40
LONGEST = 64  # bytes of a piece that is remembered; longer ones are seldom met twice
FORGET = 2_000_000  # words remembered: some 300 bytes each
_MISSING = np.iinfo(np.int32).min
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(9)], dtype=np.uint64)


def cut(text: bytes) -> bytes:
    """UTF-8, with spaces for what parts pieces."""
    return text.translate(_BYTES)


class Lexicon:
    """`words` are the texts of tokens and terms by number; stems and folded forms are numbers too, known once found.

    A piece that is no token, or several, is -1 - i for `several[i]`.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.words: list[str] = []
        self.several: list[list[int]] = []
        self._numbers: dict[str, int] = {}
        self._terms: dict[str | None, Array] = {}
        self._tables = [(1, _Table(1)), (2, _Table(2)), (4, _Table(4))]
        self._long: dict[bytes, int] = {}
        self._compounds: dict[bytes, list[int]] = {}

    @property
    def is_full(self) -> bool:
        """Whether it is time to forget."""
        return len(self.words) + len(self.several) + len(self._compounds) > FORGET

    def pieces(self, text: bytes) -> tuple[Array, Array]:
        """What stands between BEFORE and AFTER, cut: the numbers of its pieces, and where each begins."""
        inside = np.frombuffer(text, dtype=np.uint8) != 32
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        starts, ends = edges[::2], edges[1::2]
        lengths = ends - starts
        found = np.empty(len(starts), dtype=np.int32)
        width = 0
        for most, table in self._tables:
            these = np.flatnonzero((lengths > 8 * width) & (lengths <= 8 * most))
            if len(these):
                found[these] = self._short(text, table, starts[these], lengths[these])
            width = most
        for at in np.flatnonzero(lengths > 8 * width).tolist():
            piece = text[starts[at] : ends[at]]
            number = self._long.get(piece)
            if number is None:
                number = self._number_of(piece)
                if len(piece) <= LONGEST:
                    self._long[piece] = number
            found[at] = number
        return found, starts

    def _short(self, text: bytes, table: "_Table", starts: Array, lengths: Array) -> Array:
        eight = np.ndarray(len(text) - 7, "<u8", text, strides=(1,))
        keys = np.empty((table.width, len(starts)), dtype=np.uint64)
        for place in range(table.width):
            left = np.clip(lengths - 8 * place, 0, 8)
            keys[place] = eight[starts + 8 * place] & _MASKS[left]
        found = table.find(keys)
        missing = np.flatnonzero(found == _MISSING)
        if len(missing):
            new: dict[bytes, int] = {}
            for at, start, length in zip(
                missing.tolist(), starts[missing].tolist(), lengths[missing].tolist(), strict=True
            ):
                new.setdefault(text[start : start + length], at)
            table.add(keys[:, list(new.values())], [self._number_of(piece) for piece in new])
            found[missing] = table.find(keys[:, missing])
        return found

    def _number_of(self, piece: bytes) -> int:
        text = piece.decode()
        if text.isascii():
            return self.number(text[:MAX_WORD])
        numbers = [self.number(token.text) for token in tokens(text)]
        if len(numbers) == 1:
            return numbers[0]
        self.several.append(numbers)
        return -len(self.several)

    def compounds(self, text: bytes) -> tuple[list[int], list[int]]:
        """The numbers of the compounds of UTF-8 in order, and a place in each.

        A run of letters and signs, which is looked at once, tells what compounds it holds: most are met again.
        """
        kinds = text.translate(_KINDS)
        numbers: list[int] = []
        places: list[int] = []
        end = 0
        for at in _signs(text, kinds):
            if at < end:
                continue
            start, end = kinds.rfind(0, 0, at) + 1, kinds.find(0, at)
            run = text[start : end if end > 0 else (end := len(text))]
            found = self._compounds.get(run)
            if found is None:
                found = [self.number(token.text) for token in compounds(run.decode())]
                if len(run) <= LONGEST:
                    self._compounds[run] = found
            if found:
                numbers += found
                places += [at] * len(found)
        return numbers, places

    def number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self.words)
            self.words.append(word)
        return number

    def terms(self, tokens: Array, language: str | None) -> Array:
        """The number of the term of each token in a document of this language; None: of its folded form."""
        table = self._terms.get(language, np.zeros(0, dtype=np.int32))
        if len(table) < len(self.words):
            table = np.concatenate([table, np.full(len(self.words) - len(table), -1, dtype=np.int32)])
        for number in tokens[table[tokens] < 0].tolist():
            word = self.words[number]
            table[number] = self.number(fold(word) if language is None else term(word, language))
        self._terms[language] = table
        return table[tokens]


def _signs(text: bytes, kinds: bytes) -> list[int]:
    """Where signs stand that may lie in a compound, ascending; of the signs behind which nothing follows or `s`, or
    behind a comma no figure, none does.
    """
    kind, signs = np.frombuffer(kinds + b"\0", dtype=np.uint8), np.frombuffer(text, dtype=np.uint8)
    at = np.flatnonzero((kind[1:-2] == _SIGN) & (kind[:-3] == _LETTER) & (kind[2:-1] == _LETTER)) + 1
    sign, behind = signs[at], signs[at + 1]
    possession = (sign == ord("'")) & (behind | 32 == ord("s")) & (kind[at + 2] != _LETTER)
    at = at[~possession & ((sign != ord(",")) | (behind <= ord("9")))]
    wide = _WIDE.finditer(text) if not text.isascii() else ()
    return sorted([*at.tolist(), *(found.start() for found in wide)])


class _Table:
    """Keys of `width` whole numbers, the first never 0 -> a number: open addressing, for many keys at once.

    A slot is the place of a key in `_keys`; place 0 is no key.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._count = 1
        self._keys = np.zeros((width, 1 << 10), dtype=np.uint64)
        self._values = np.full(1 << 10, _MISSING, dtype=np.int32)
        self._slots = np.zeros(1 << 12, dtype=np.int32)
        self._shift = np.uint64(64 - 12)
        # Drawn anew, so that nobody can write a page whose words all fall into one slot.
        self._factors = [np.uint64(secrets.randbits(64) | 1) for _ in range(width)]

    def find(self, keys: Array) -> Array:
        """The number of each key, _MISSING where there is none."""
        at = self._slot(keys)
        places = self._slots.take(at)
        other = np.flatnonzero((places > 0) & ~self._equal(places, keys))
        while len(other):  # another key has the slot: on to the next
            at[other] = (at[other] + 1) & (len(self._slots) - 1)
            places[other] = self._slots.take(at[other])
            met = places[other]
            other = other[(met > 0) & ~self._equal(met, keys[:, other])]
        return self._values.take(places)

    def add(self, keys: Array, values: list[int]) -> None:
        """Distinct keys that are not there yet."""
        first, self._count = self._count, self._count + len(values)
        while self._count > len(self._values):
            self._keys = np.concatenate([self._keys, np.zeros_like(self._keys)], axis=1)
            self._values = np.concatenate([self._values, np.full_like(self._values, _MISSING)])
        self._keys[:, first : self._count] = keys
        self._values[first : self._count] = values
        if self._count * 2 > len(self._slots):
            bits = (self._count * 4).bit_length()
            self._slots = np.zeros(1 << bits, dtype=np.int32)
            self._shift = np.uint64(64 - bits)
            first = 1
        self._place(np.arange(first, self._count, dtype=np.int32))

    def _place(self, places: Array) -> None:
        at = self._slot(self._keys[:, places])
        while len(places):
            free = self._slots[at] == 0
            self._slots[at[free]] = places[free]  # of several that want one slot the last has it
            left = self._slots[at] != places
            places, at = places[left], (at[left] + 1) & (len(self._slots) - 1)

    def _equal(self, places: Array, keys: Array) -> Array:
        same: Array = self._keys[0].take(places) == keys[0]
        for row in range(1, self.width):
            same &= self._keys[row].take(places) == keys[row]
        return same

    def _slot(self, keys: Array) -> Array:
        mixed: Array = keys[0] * self._factors[0]
        for row in range(1, self.width):
            mixed ^= keys[row] * self._factors[row]
        return (mixed >> self._shift).astype(np.int64)
