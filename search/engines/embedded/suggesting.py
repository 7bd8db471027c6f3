"""What a commit offers for words that are wrong or not yet whole: near words, frequent phrases, titles.

Counts of words and phrases are those of the segments, deleted documents included; what only deleted ones hold is
looked up and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from search.dictionary import most
from search.engines.embedded import wordbook
from search.engines.embedded.segment import SegmentFile
from search.engines.embedded.translate import translate
from search.phrases import LEAST
from search.query import Phrase
from search.spelling import Speller

if TYPE_CHECKING:
    from search.engines.embedded.snapshot import Snapshot

__all__ = ["Suggestions"]

#: Titles that are read for each one wanted: some are the same, some cannot be shown.
READ = 2
#: Of more titles that fit than this the latest ones are compared.
LOOKED_AT = 10_000

Ints = npt.NDArray[np.int64]


class Suggestions:
    """Of one snapshot; files are opened when they are first needed. Threads may share it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.speller = Speller([wordbook.dictionary(file) for file, _ in snapshot.files], self._is_living)
        self._phrases = [wordbook.phrases(file.arrays.path) for file, _ in snapshot.files]

    def phrases(self, start: str, limit: int) -> list[str]:
        """The most frequent phrases that begin so (folded), and are longer."""
        sums: dict[str, int] = {}
        for part in self._phrases:
            for text, count in part.beginning(start.encode(), 2 * limit):
                sums[text] = sums.get(text, 0) + count
        ranked = sorted((text for text, count in sums.items() if count >= LEAST), key=lambda text: (-sums[text], text))
        longer = (text for text in ranked if len(text) > len(start))
        found: list[str] = []
        for text in longer:
            if len(found) == limit:
                break
            if self._is_whole or len(self._snapshot.hits(translate(Phrase(tuple(text.split())), self._snapshot).query)):
                found.append(text)
        return found

    def beside(self, word: str, others: Sequence[str]) -> list[int]:
        """How many living documents hold each of the others together with this word (all folded)."""
        counts = np.zeros(len(others), dtype=np.int64)
        for file, start in self._snapshot.files:
            held = _holding(file, "words", word) & self._snapshot.alive[start : start + file.size]
            counts += np.array([held[_docs(file, "words", other)].sum() for other in others], dtype=np.int64)
        return [int(count) for count in counts]

    def titles(self, words: Sequence[str], start: str, limit: int) -> list[str]:
        """Titles of shown pages that hold the words (folded) and one that begins so, shortest first."""
        none = np.zeros(0, dtype=np.int64)
        found = [(none, none), *(self._titled(file, base, words, start) for file, base in self._snapshot.files)]
        hits, lengths = (np.concatenate(each) for each in zip(*found, strict=True))
        hits, lengths = hits[-LOOKED_AT:], lengths[-LOOKED_AT:]
        titles: dict[str, None] = {}
        for number in hits[most(-lengths, READ * limit)].tolist():
            titles[" ".join(self._snapshot.document(number).title.split())] = None
            if len(titles) == limit:
                break
        return list(titles)

    def _titled(self, file: SegmentFile, base: int, words: Sequence[str], start: str) -> tuple[Ints, Ints]:
        """The documents of a segment with such titles, ascending, and the words of these."""
        field, lengths = file.field("title_words"), file.lengths("title")
        if field is None or lengths is None:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        found = np.zeros(file.size, dtype=np.bool_)
        found[field.docs(*field.words.beginning(start.encode()))] = True
        found &= self._snapshot.shown[base : base + file.size]
        for word in words:
            found &= _holding(file, "title_words", word)
        hits = np.flatnonzero(found)
        return hits + base, lengths[hits].astype(np.int64)

    @property
    def _is_whole(self) -> bool:
        return self._snapshot.living == self._snapshot.size

    def _is_living(self, word: str) -> bool:
        snapshot = self._snapshot
        return self._is_whole or any(
            snapshot.alive[start + _docs(file, "words", word)].any() for file, start in snapshot.files
        )


def _docs(file: SegmentFile, field: str, word: str) -> Ints:
    """The documents of the segment that hold the word, deleted ones too."""
    postings = file.field(field)
    number = postings.words.find(word.encode()) if postings is not None else None
    if postings is None or number is None:
        return np.zeros(0, dtype=np.int64)
    return postings.docs(number, number + 1).astype(np.int64)


def _holding(file: SegmentFile, field: str, word: str) -> npt.NDArray[np.bool_]:
    held = np.zeros(file.size, dtype=np.bool_)
    held[_docs(file, field, word)] = True
    return held
