"""Which token is each piece of a text? Many pieces at once, in arrays; a distinct one is looked at once.

Invariant: a text's numbers are those of `analysis.tokens`, then those of `compounds.compounds`. A piece lies between
ASCII signs. One of up to 32 bytes is known by its bytes, as one, two or four whole numbers: nothing is told by a hash
alone. Looking up 300 words takes 8 us so, where splitting them off and a dictionary took 60.
"""

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from search.analysis import MAX_WORD, fold, term, tokens
from search.compounds import compounds
from search.engines.embedded import building
from search.engines.embedded.tables import MISSING, Table, keys_of

__all__ = ["AFTER", "BEFORE", "Lexicon", "cut"]

Array = npt.NDArray[Any]

#: ASCII letters in lower case, digits, and all bytes of other characters; the rest parts pieces.
_BYTES = bytes(b if b > 127 or chr(b).isalnum() else 32 for b in range(256)).lower()
_WIDE = re.compile(b"\xe2\x80[\x90\x91\x99\x8c]")  # the signs of compounds that are not ASCII
#: What stands around a text, so that eight bytes can be read from every byte of it.
BEFORE, AFTER = b" ", b" " * 40
LONGEST = 64  # bytes of a piece that is remembered; longer ones are seldom met twice
FORGET = 2_000_000  # words remembered: some 350 bytes each


def cut(text: bytes) -> bytes:
    """UTF-8, with spaces for what parts pieces."""
    return text.translate(_BYTES)


class Lexicon:
    """`words` are the texts of tokens and terms by number, `utf8` the same; stems and folded forms get theirs once
    they were found.

    A piece that is no token, or several, is -1 - i for `several[i]`.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.words: list[str] = []
        self.utf8: list[bytes] = []
        self.several: list[list[int]] = []
        self._numbers: dict[str, int] = {}
        self._terms: dict[str | None, Array] = {}
        self._tables = [Table(1), Table(2), Table(4)]
        self._long: dict[bytes, int] = {}
        self._compounds: dict[bytes, list[int]] = {}

    @property
    def is_full(self) -> bool:
        """Whether it is time to forget."""
        return len(self.words) + len(self.several) + len(self._compounds) > FORGET

    def pieces(self, text: bytes) -> tuple[Array, Array, Array]:
        """What stands between BEFORE and AFTER, cut: the numbers of its pieces, where each begins, and its bytes."""
        found, starts, lengths = building.looked_up(text, self._tables)
        missing = np.flatnonzero(found == MISSING)
        width = 0
        for table in self._tables:
            these = missing[(lengths[missing] > 8 * width) & (lengths[missing] <= 8 * table.width)]
            if len(these):
                found[these] = self._learnt(text, table, starts[these], lengths[these])
            width = table.width
        for at in missing[lengths[missing] > 8 * width].tolist():
            piece = text[starts[at] : starts[at] + lengths[at]]
            number = self._long.get(piece)
            if number is None:
                number = self._number_of(piece)
                if len(piece) <= LONGEST:
                    self._long[piece] = number
            found[at] = number
        return found, starts, lengths

    def _learnt(self, text: bytes, table: Table, starts: Array, lengths: Array) -> Array:
        """The numbers of pieces that the table does not know yet."""
        new: dict[bytes, int] = {}
        for at, (start, length) in enumerate(zip(starts.tolist(), lengths.tolist(), strict=True)):
            new.setdefault(text[start : start + length], at)
        keys = keys_of(text, table.width, starts, lengths)
        table.add(keys[:, list(new.values())], [self._number_of(piece) for piece in new])
        return table.find(keys)

    def _number_of(self, piece: bytes) -> int:
        text = piece.decode()
        if text.isascii():
            return self.number(text[:MAX_WORD])
        numbers = [self.number(token.text) for token in tokens(text)]
        if len(numbers) == 1:
            return numbers[0]
        self.several.append(numbers)
        return -len(self.several)

    def compounds(self, text: bytes, starts: Array, lengths: Array) -> tuple[list[int], list[int]]:
        """The numbers of the compounds of UTF-8, given its pieces, in order, and a place in each.

        A run of letters and signs, which is looked at once, tells what compounds it holds: most are met again.
        """
        numbers: list[int] = []
        places: list[int] = []
        wide = () if text.isascii() else [found.start() for found in _WIDE.finditer(text)]
        runs = building.signed_runs(text, starts, lengths, np.array(wide, dtype=np.int64))
        for at, start, end in zip(*(each.tolist() for each in runs), strict=True):
            run = text[start:end]
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
            self.utf8.append(word.encode())
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

