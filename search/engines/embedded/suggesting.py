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
from search.engines.embedded import vector, wordbook
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

Mask = npt.NDArray[np.bool_]


class Suggestions:
    """Of one snapshot; files are opened when they are first needed. Threads may share it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.speller = Speller([wordbook.dictionary(file) for file in snapshot.files], self._is_living)
        self._phrases = [wordbook.phrases(file.arrays.path) for file in snapshot.files]

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
        held = self._holding("words", word) & self._snapshot.alive
        return [int(held[vector.postings(self._snapshot, "words", other).docs].sum()) for other in others]

    def titles(self, words: Sequence[str], start: str, limit: int) -> list[str]:
        """Titles of shown pages that hold the words (folded) and one that begins so, shortest first."""
        snapshot = self._snapshot
        found = np.zeros(snapshot.size, dtype=np.bool_)
        for part, base in snapshot.parts("title_words"):
            found[part.docs(*part.words.beginning(start.encode())).astype(np.int64) + base] = True
        found &= snapshot.shown
        for word in words:
            found &= self._holding("title_words", word)
        hits = np.flatnonzero(found)[-LOOKED_AT:]
        best = hits[most(-snapshot.norms[0].take(hits), READ * limit)].tolist()
        titles: dict[str, None] = {}
        for number in best:
            titles[" ".join(snapshot.document(number).title.split())] = None
            if len(titles) == limit:
                break
        return list(titles)

    def _holding(self, field: str, word: str) -> Mask:
        held = np.zeros(self._snapshot.size, dtype=np.bool_)
        held[vector.postings(self._snapshot, field, word).docs] = True
        return held

    @property
    def _is_whole(self) -> bool:
        return self._snapshot.living == self._snapshot.size

    def _is_living(self, word: str) -> bool:
        return self._is_whole or bool(self._snapshot.alive[vector.postings(self._snapshot, "words", word).docs].any())
