"""How does a text go on? With frequent phrases, the last word completed, and titles that hold its words."""

from search.analysis import Token, fold, tokens
from search.engine import Engine, Suggestions

__all__ = ["suggest"]

#: What words and what phrases offered for the end of a text come to at most; titles fill what is left of eight.
WORDS, PHRASES = 3, 3
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
    phrases = _phrases(offered, text, words, folded)
    completed = [text[: words[-1].start] + word for word in offered.speller.completions(folded[-1], WORDS)]
    first = list(dict.fromkeys([*completed, *phrases] if len(words) == 1 else phrases or completed))[:limit]
    titles = offered.titles(folded[:-1], folded[-1], limit - len(first)) if len(first) < limit else []
    return list(dict.fromkeys([*first, *titles]))


def _phrases(offered: Suggestions, text: str, words: list[Token], folded: list[str]) -> list[str]:
    """The text with its last words, as many as a phrase begins with, made one."""
    for first in range(max(0, len(words) - 1 - BEFORE), len(words)):
        found = offered.phrases(" ".join(folded[first:]), PHRASES)
        if found or first == len(words) - 2:  # of several words one alone would forget what stands before it
            return [text[: words[first].start] + phrase for phrase in found]
    return []
