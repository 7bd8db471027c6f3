"""Did you mean? The words of the index that are near an unknown one, and of these the one that was likely meant.

That is told by how often a word is used against how likely its edits are: a noisy channel, see search.edits.

Invariant: a word of the vocabulary is never corrected, and nothing is corrected silently: a correction is offered.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Sequence

from search.analysis import fold, tokens
from search.dictionary import EDITS, LETTERS, LONGEST, Dictionary
from search.edits import CHEAPEST, SECOND, edit_cost
from search.engine import Engine
from search.parser import parse
from search.query import Phrase, Query, Term, leaves
from search.results import Request
from search.stopwords import ALL_STOP_WORDS

__all__ = ["Speller", "did_you_mean"]

#: Words of at most so many letters are one edit away: two edits turn half of such a word into another.
SHORT = 4
#: Words that are compared letter by letter at most, the most frequent: 500 mend no more of the typos, neither in 57,000
#: words nor in 280,000, where they take 5 ms for 2.
COMPARED = 50
#: What is tried for an unknown word beside another, and the unknown words of one query that are looked up.
CHOICES, UNKNOWN = 4, 5


class Speller:
    """Corrections and completions out of the dictionaries of an index's parts. Threads may share it.

    A document counts until its part is written anew, though it was deleted; `living` then says whether any document
    still holds a word, and what none holds is never offered.
    """

    def __init__(self, parts: Sequence[Dictionary], living: Callable[[str], bool] = bool) -> None:
        self._parts, self._living = parts, living

    @classmethod
    def of(cls, vocabulary: Iterable[tuple[str, int]]) -> "Speller":
        """In memory, out of words and the numbers of documents that hold them."""
        return cls((Dictionary.of(vocabulary),))

    def __contains__(self, word: str) -> bool:
        return any(part.words.find(word.encode()) is not None for part in self._parts)

    def candidates(self, word: str, limit: int = 5) -> list[tuple[str, float]]:
        """(word, how likely it was meant: a logarithm) of words within two edits, likeliest first."""
        if not LETTERS <= len(word) <= LONGEST:
            return []
        edits = EDITS if len(word) > SHORT else 1
        best: list[tuple[float, str]] = []
        for bound, weight, meant in self._near(word, edits):
            if len(best) == limit and best[0][0] >= bound:
                break
            likelihood = weight - edit_cost(word, meant, edits)
            if likelihood > (best[0][0] if len(best) == limit else -math.inf) and self._living(meant):
                (heapq.heappushpop if len(best) == limit else heapq.heappush)(best, (likelihood, meant))
        return [(meant, likelihood) for likelihood, meant in sorted(best, key=lambda each: (-each[0], each[1]))]

    def correct(self, word: str) -> str | None:
        """What was likely meant; None where the word exists or nothing is near it."""
        if word in self:
            return None
        return next((meant for meant, _ in self.candidates(word, 1)), None)

    def completions(self, start: str, limit: int) -> list[str]:
        """The most frequent words that begin so, and are longer."""
        found = {word for part in self._parts for word in part.beginning(start.encode(), limit + 1)}
        counts = {word: sum(part.documents(word) for part in self._parts) for word in found - {start.encode()}}
        ranked = (word.decode() for word in sorted(counts, key=lambda word: (-counts[word], word)))
        return [word for word in ranked if self._living(word)][:limit]

    def _near(self, word: str, edits: int) -> list[tuple[float, float, str]]:
        """(most its likelihood can be, logarithm of its documents, word) of the `COMPARED` words near this one whose
        likelihood can be most, in that order."""
        near: dict[bytes, tuple[int, int]] = {}
        for part in self._parts:
            for meant, documents, differ in part.near(word, edits, COMPARED):
                near[meant] = documents + near.get(meant, (0, 0))[0], differ
        found = []
        for meant, (documents, differ) in near.items():
            weight = math.log(max(documents, 1))
            found.append((weight - (2 * CHEAPEST + SECOND if differ > 2 else CHEAPEST), weight, meant))
        best = heapq.nsmallest(COMPARED, found, key=lambda each: (-each[0], each[2]))
        return [(bound, weight, meant.decode()) for bound, weight, meant in best]


# -- over an engine


def did_you_mean(engine: Engine, text: str, found: Iterable[str] = ()) -> str | None:
    """The string with likelier words for those the index does not know, or None where there is nothing to offer.

    `found` are words that are known to be there. Words in patterns and facet values are left alone.
    """
    doubtful = _words(parse(text).query) - set(found)
    unknown = [word for word in sorted(doubtful) if len(word) >= LETTERS and _documents(engine, Term(word)) == 0]
    if not unknown or len(unknown) > UNKNOWN:
        return None
    offered, at, before = "", 0, ""
    for token in tokens(text):
        meant = _meant(engine, token.text, before) if token.text in unknown else None
        offered += text[at : token.start] + (meant or text[token.start : token.end])
        at = token.end
        if token.text not in ALL_STOP_WORDS:
            before = meant or ("" if token.text in unknown else token.text)
    offered += text[at:]
    return offered if offered != text else None


def _words(query: Query) -> set[str]:
    """The plain words the query wants, and those of its phrases."""
    wanted = (leaf for leaf in leaves(query) if isinstance(leaf, Term | Phrase) and leaf.field in (None, "title"))
    texts = (text for leaf in wanted for text in ([leaf.text] if isinstance(leaf, Term) else leaf.words))
    return {token.text for text in texts for token in tokens(text)}


def _meant(engine: Engine, word: str, before: str) -> str | None:
    """What was likely meant by the unknown word: of the likeliest the one that stands most with the word before it.

    Words that say nothing are passed over on the way to that.
    """
    offered = engine.suggestions()
    choices = offered.speller.candidates(fold(word), CHOICES)
    if not choices:
        return None
    if before and len(choices) > 1:
        both = offered.beside(fold(before), [choice for choice, _ in choices])
        choices = [
            (choice, likelihood + math.log1p(count)) for (choice, likelihood), count in zip(choices, both, strict=True)
        ]
    return max(choices, key=lambda each: each[1])[0]


def _documents(engine: Engine, query: Query) -> int:
    return engine.search(Request(query=query, size=0, facets=())).total
