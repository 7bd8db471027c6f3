"""How does a text go on? With frequent phrases, the last word completed, and titles that hold its words."""

from search.analysis import Token, fold, tokens
from search.engine import Engine, Suggestions
from search.stopwords import ALL_STOP_WORDS

__all__ = ["suggest"]

#: What words, phrases and titles offered come to at most, of eight.
WORDS, PHRASES, TITLES = 3, 3, 4
#: Words that begin so among which those are chosen that stand most with the word before.
CHOICES = 12
#: Words before the last that a phrase may begin with.
BEFORE = 2


def suggest(engine: Engine, text: str, limit: int = 8) -> list[str]:
    """Whole texts, likeliest first.

    A phrase that goes on from several words is likelier meant than a word that does not know what stands before it; one
    that goes on from a single word is but one of the ways to use it.
    """
    words = list(tokens(text))
    if not words or words[-1].end < len(text):
        return []
    offered = engine.suggestions()
    folded = [fold(word.text) for word in words]
    begun, phrases = _phrases(offered, text, words, folded)
    completed = [] if begun > 1 else _completed(offered, folded)
    first = list(dict.fromkeys([*(text[: words[-1].start] + word for word in completed), *phrases]))[:limit]
    most = min(TITLES, limit - len(first))
    titles = offered.titles(folded[:-1], folded[-1], most) if most > 0 else []
    offers: dict[str, str] = {}
    for each in (*first, *titles):
        offers.setdefault(fold(each.casefold()), each)  # a title may be a phrase in capitals
    return list(offers.values())


def _completed(offered: Suggestions, folded: list[str]) -> list[str]:
    """The last word gone on with: by how often such words stand in one page with the telling word before, if there is
    one."""
    before = next((word for word in reversed(folded[:-1]) if word not in ALL_STOP_WORDS), "")
    if not before:
        return offered.speller.completions(folded[-1], WORDS)
    choices = offered.speller.completions(folded[-1], CHOICES)
    together = dict(zip(choices, offered.beside(before, choices), strict=True))
    return sorted(filter(together.__getitem__, choices), key=lambda word: -together[word])[:WORDS]


def _phrases(offered: Suggestions, text: str, words: list[Token], folded: list[str]) -> tuple[int, list[str]]:
    """The text with its last words, as many as a phrase begins with, made one; and how many these are."""
    last = len(words) - 1
    for first in range(max(0, last - BEFORE), last + 1):
        if first == last and last and folded[last - 1] not in ALL_STOP_WORDS:
            break  # one of several words would forget what stands before it
        found = offered.phrases(" ".join(folded[first:]), PHRASES)
        if found:
            return last - first + 1, [text[: words[first].start] + phrase for phrase in found]
    return 0, []
