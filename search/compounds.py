"""What is written in two and sought as one: e-mail, covid-19, O'Brien, U.S.A., 1,234.

Only two parts make one word: `state-of-the-art` is none. An apostrophe joins what is short (English, not the articles
of French), but for the `s` of possession. Words that say nothing (don't) make none. Linear in the text.
"""

import re
from collections.abc import Iterator

from search.analysis import MAX_WORD, Token, is_unspaced, tokens
from search.query import MAX_DISTANCE
from search.stopwords import ALL_STOP_WORDS

__all__ = ["APART", "compounds", "indexed", "placed"]

#: Places from the last word of a text to its first compound, and from each compound to the next: no phrase, no words
#: near each other and no pair reach so far.
APART = MAX_DISTANCE + 1

_JOINTS = "-'\u2010\u2011\u2019\u200c"
_RUN = re.compile(r"[^\W_]+")
_ACRONYM = re.compile(r"(?:[^\W\d_](?:\.|(?![^\W_])))+")
_THOUSANDS = re.compile(r"(?:,[0-9]{3})+(?![0-9])")


def indexed(text: str) -> Iterator[Token]:
    """The tokens of the text as engines hold them: those in order, then what is written in two and found as one."""
    yield from tokens(text)
    yield from compounds(text)


def placed(text: str) -> Iterator[tuple[int, Token]]:
    """The tokens of `indexed`, each with its place: by order, from 0, but `APART` before each compound."""
    last = -1
    for last, token in enumerate(tokens(text)):
        yield last, token
    for token in compounds(text):
        last += APART
        yield last, token


def compounds(text: str) -> Iterator[Token]:
    """The words with a sign inside, as others write them without it, in order."""
    after = 0
    signs = _PLAIN if text.isascii() else _SIGNS
    for at in sorted([found.start() for sign in signs for found in sign.finditer(text)]):
        if at >= after and at and text[at - 1].isalnum():
            start, end, word = _ACROSS[text[at]](text, at)
            if word and (one := _one(word)) and not _says_nothing(text[start:end], one):
                yield Token(one, start, end)
                after = end


def _says_nothing(text: str, one: str) -> bool:
    """Whether the word, or all its parts but for letters, say nothing: `us` of U.S., `dont` of don't."""
    parts = _RUN.findall(text.lower())
    return one in ALL_STOP_WORDS or (max(map(len, parts)) > 1 and ALL_STOP_WORDS.issuperset(parts))


def _one(word: str) -> str:
    """The text of its token; "" where it is none or several."""
    if len(word) > MAX_WORD:
        return ""
    if word.isascii():
        return word.lower()
    found = [token.text for token in tokens(word)]
    whole = len(found) == 1 and not is_unspaced(found[0]) and [token.text for token in tokens(found[0])] == found
    return found[0] if whole else ""  # one that would be parted again, as one with a fraction, is none


def _parts(text: str, at: int) -> tuple[int, int]:
    """Where the word before a sign begins, and where the one after it ends."""
    start = at
    while start and at - start <= MAX_WORD and text[start - 1].isalnum():
        start -= 1
    found = _RUN.match(text, at + 1)
    return start, found.end() if found else at + 1


def _hyphenated(text: str, at: int) -> tuple[int, int, str]:
    start, end = _parts(text, at)
    first, second = text[start:at], text[at + 1 : end]
    before, follows = text[start - 1 : start], text[end : end + 1]
    more = (before and before in _JOINTS) or (follows and follows in _JOINTS and text[end + 1 : end + 2].isalnum())
    figures = first.isdecimal() and second.isdecimal()  # of a date, a range, a result
    return start, end, "" if more or figures else first + second


def _apostrophe(text: str, at: int) -> tuple[int, int, str]:
    if text[at + 1] in "sS" and not text[at + 2 : at + 3].isalnum():  # of possession
        return at, at + 2, ""
    start, end, word = _hyphenated(text, at)
    name = at - start == 1 and text[start].isupper() and text[at + 1].isupper()
    return start, end, word if name or end - at <= 3 else ""


def _acronym(text: str, at: int) -> tuple[int, int, str]:
    start = at - 1
    alone = not text[start].isdecimal() and not (start and (text[start - 1].isalnum() or text[start - 1] == "."))
    found = _ACRONYM.match(text, at + 1) if alone else None  # once for each row of letters
    return (start, found.end(), text[start : found.end()].replace(".", "")) if found else (start, at, "")


def _thousands(text: str, at: int) -> tuple[int, int, str]:
    start, _ = _parts(text, at)
    begins = text[start:at].isdecimal() and at - start <= 3 and not (start and text[start - 1] in ",.")
    found = _THOUSANDS.match(text, at) if begins else None
    return (start, found.end(), text[start : found.end()].replace(",", "")) if found else (start, at, "")


_ACROSS = {
    **dict.fromkeys("-\u2010\u2011\u200c", _hyphenated),
    **dict.fromkeys("'\u2019", _apostrophe),
    ".": _acronym,
    ",": _thousands,
}

#: One for each sign, as a fixed letter is found four times as fast as one of several.
_PLAIN = tuple(map(re.compile, (r"-(?=[^\W_])", r"'(?=[^\W_])", r"\.(?=[^\W\d_]\.)", ",(?=[0-9]{3})")))
_SIGNS = (*_PLAIN, *(re.compile(rf"{sign}(?=[^\W_])") for sign in "\u2010\u2011\u2019\u200c"))
