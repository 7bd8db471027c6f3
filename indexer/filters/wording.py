"""What the words of a block say for or against content, and what the words in the names of its elements do.

Two logistic regressions over which words occur, learnt from the development pages by `tests/quality/train_content.py`;
`wording.json` holds each word's weight in log odds. Words that few sites use have none.
"""

import functools
import json
import re
from collections.abc import Iterable
from importlib import resources

__all__ = ["first", "of_names", "of_text", "weights", "words_of_name", "words_of_names", "words_of_text"]

SAMPLE = 400  # characters
LONGEST = 100  # characters of a name that are read
NEAR = 4  # names nearest to the text, which count apart
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[a-z]{2,}")


@functools.cache
def weights() -> dict[str, dict[str, float]]:
    """The weights of the words of "text" and "names", and of "", which every block has."""
    read: dict[str, dict[str, float]] = json.loads(
        resources.files("indexer.filters").joinpath("wording.json").read_text("utf-8")
    )
    return read


def words_of_text(text: str) -> list[str]:
    """The words at the beginning of a text, in small letters."""
    return _WORD.findall(text[:SAMPLE].lower())


def first(words: list[str]) -> str:
    """The first word as a word of its own, since much furniture is told by how it begins."""
    return f"^{words[0]}" if words else "^"


def of_text(words: Iterable[str], begins: str) -> float:
    """The log odds of a text of these different words, of which `begins` is the first."""
    known = weights()["text"]
    return known[""] + sum(filter(None, map(known.get, words))) + known.get(begins, 0.0)


@functools.lru_cache(maxsize=20_000)
def words_of_name(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words in an element's name, and what they are where it is among the nearest: with a `~`."""
    words = frozenset(_NAME.findall(name[:LONGEST]))
    return words, frozenset([f"~{word}" for word in words])


def words_of_names(names: tuple[str, ...]) -> set[str]:
    """The words in the names of elements; those of the nearest once more, with a `~`."""
    return set().union(*[words_of_name(name)[0] for name in names], *[words_of_name(name)[1] for name in names[-NEAR:]])


def of_names(names: tuple[str, ...]) -> float:
    """The log odds of a block in elements of these names."""
    known = weights()["names"]
    return known[""] + sum([known[word] for word in words_of_names(names) if word in known])
