"""Text -> terms, the same for every engine and for snippets.

A token is a run of letters, digits and combining marks. Scripts written without spaces give overlapping pairs of
characters. A term is a token's Snowball stem with accents folded, or its beginning where the language has no stemmer.
Everything is linear in the text.
"""

import functools
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import Stemmer

__all__ = [
    "LANGUAGES", "MAX_WORD", "UNSEEN", "Token",
    "fold", "holds_unspaced", "is_unspaced", "plain", "term", "terms", "tokens",
]  # fmt: skip

#: Characters of a word that count; what is longer is cut.
MAX_WORD = 64

#: Letters that stand for a word of a language that is not known or has no stemmer; fewer take more words for one.
#: Questions to paragraphs, nDCG@10, by whole words, 5, 6, 7, 8 letters, the right stemmer:
#: Russian .877 .956 .948 .935 .927 .953, German .926 .951 .952 .954 .955 .949, Spanish .952 .962 .966 .964 .959 .968,
#: English .965 .967 .970 .968 .967 .970.
BEGINNING = 6

#: Snowball's name of each language that is stemmed, by ISO 639-1 code.
LANGUAGES = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


class Token(NamedTuple):
    """A word as it is compared (compatibility forms and case folded, accents kept), and where it stands.

    A frozen dataclass takes twice as long to make, and a text has thousands.
    """

    text: str
    start: int
    end: int


def _ranges(characters: Iterable[str]) -> str:
    """The inside of a regular expression's character class."""
    runs: list[list[int]] = []
    for code in map(ord, characters):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)


# `\w` alone cuts Hindi apart: vowel signs are marks. Those above the basic plane lie in two blocks.
_MARKS = _ranges(
    c for c in map(chr, (*range(0x300, 0x10000), *range(0x10A00, 0x12000))) if unicodedata.category(c)[0] == "M"
)
#: Stand inside words, and nobody sees them: soft hyphen, word joiner, byte order mark, zero width joiner.
UNSEEN = "\u00ad\u2060\ufeff\u200d"
# That neither lies here is asked first, as it is soon answered: three times as fast. After a mark of an Indic script a
# zero width non-joiner only says how the letters are drawn.
_INSIDE = rf"(?![\x00-\xac\xae-\u02ff])(?:[{_MARKS}]+(?:[{UNSEEN}\u200c]+(?=[^\W_]))?|[{UNSEEN}]+(?=[^\W_]))"
_WORD = re.compile(rf"(?:[^\W_]|(?![\x00-\u02ff])[{_MARKS}])[^\W_]*(?:{_INSIDE}[^\W_]*)*")
_PLAIN = re.compile("[0-9A-Za-z]+")  # the same in ASCII
#: Thai, Lao, Myanmar, Khmer, kana, Han, Hangul: written without spaces (or, Hangul, with long compounds).
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
#: A kana of half width with its voicing mark is one letter.
_HALF = re.compile("[\uff66-\uff9d][\uff9e\uff9f]?|.")
_SOLID = re.compile(f"[{_UNSPACED}]+")
_RUN = re.compile(rf"[{_UNSPACED}](?:[{_UNSPACED}]|[{_MARKS}])*")


def is_unspaced(word: str) -> bool:
    """Whether the word of a token is of a script written without spaces, and so a pair of characters, no whole word."""
    return not word.isascii() and _RUN.match(word) is not None


def holds_unspaced(text: str) -> bool:
    """Whether a character of the text is of a script written without spaces."""
    return _RUN.search(text) is not None


def tokens(text: str, among: frozenset[str] | None = None) -> Iterator[Token]:
    """The tokens of the text in order. With `among`, pairs of an unspaced script may be left out that are not among
    these: thirty times as fast."""
    if text.isascii():
        for word in _PLAIN.finditer(text):
            yield Token(word[0][:MAX_WORD].lower(), word.start(), word.end())
        return
    for word in _WORD.finditer(text):
        start, end = word.span()
        for run in _RUN.finditer(text, start, end):
            if run.start() > start:
                yield _token(text, start, run.start())
            if among is None or not _is_its_own_form(run[0]):
                yield from _pairs(text, *run.span())
            else:
                yield from _pairs_among(among, text, *run.span())
            start = run.end()
        if start < end:
            yield _token(text, start, end)


def _is_its_own_form(run: str) -> bool:
    """Whether each of the pairs of an unspaced script is its own `_same`, `fold` and `term` in every language."""
    return (
        len(run) > 1
        and _SOLID.fullmatch(run) is not None
        and unicodedata.is_normalized("NFKC", run)
        and run == run.casefold()
    )


def _pairs_among(among: frozenset[str], text: str, start: int, end: int) -> Iterator[Token]:
    return (Token(text[at : at + 2], at, at + 2) for at in range(start, end - 1) if text[at : at + 2] in among)


def _pairs(text: str, start: int, end: int) -> Iterator[Token]:
    ends = list(range(start, end + 1))
    if not text.isascii() and "\uff66" <= max(text[start:end]) <= "\uff9f":
        ends = [start, *(found.end() for found in _HALF.finditer(text, start, end))]
    if len(ends) == 2:
        yield _token(text, start, end)
    for first, last in zip(ends, ends[2:], strict=False):
        yield _token(text, first, last)


def _token(text: str, start: int, end: int) -> Token:
    return Token(_same(text[start : min(end, start + MAX_WORD)]), start, end)


@functools.lru_cache(100_000)
def _same(word: str) -> str:
    """One form for what a reader takes for one word: NFKC of the case-folded compatibility form, without spaces."""
    same = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    return same.translate(_NOTHING)


_NOTHING = dict.fromkeys(map(ord, f" \u200c{UNSEEN}"))


_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"})


@functools.lru_cache(100_000)
def fold(word: str) -> str:
    """The word of a token without accents. Marks that make another letter (Indic vowels, Russian й) stay."""
    if word.isascii():
        return word
    kept: list[str] = []
    base = ""
    for character in unicodedata.normalize("NFD", word):
        if not unicodedata.combining(character):
            base = unicodedata.name(character, "")
        elif base.startswith(("LATIN", "GREEK")) or (base.startswith("CYRILLIC") and character in "\u0301\u0308"):
            continue
        elif base.startswith(("ARABIC", "HEBREW")):
            continue  # points and harakat are written by few
        kept.append(character)
    folded = unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)
    return _DEVANAGARI_N.sub("\u0902", folded)


#: An n without vowel before a consonant, or a moon with a point, is written as a point by many: हिन्दी, हिंदी.
_DEVANAGARI_N = re.compile("न\u094d(?=[क-ह])|\u0901")


def plain(text: str) -> str:
    """The text without case and accents and with single spaces, as names are looked through."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(fold(word) for word in text.casefold().split())


_stemmers = threading.local()  # a stemmer must not be shared by threads


@functools.lru_cache(50_000)
def term(word: str, language: str) -> str:
    """The word of a token as it is indexed in a document of this language ("" where it is not known)."""
    name = LANGUAGES.get(language)
    if name is None:
        folded = fold(word)
        return folded if any(map(str.isdecimal, folded)) else folded[:BEGINNING]  # numbers differ in their last digits
    stemmer = getattr(_stemmers, name, None)
    if stemmer is None:
        stemmer = Stemmer.Stemmer(name, 0)  # its own cache makes each word that is not in it three times as slow
        setattr(_stemmers, name, stemmer)
    return fold(stemmer.stemWord(word))


def terms(word: str, languages: Iterable[str]) -> tuple[str, ...]:
    """All terms the word may have in documents of these languages."""
    return tuple(dict.fromkeys(term(word, language) for language in languages))
