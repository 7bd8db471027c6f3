"""Where in a text do terms stand? Told by what stands between its spaces, most of which was met in other texts.

No token and no compound crosses a space: what lies between two, a piece, holds the same terms wherever it stands. So
the pieces of a text that were met before cost nothing but being told apart from the others.

Invariant: the same as if each token and compound of the text were looked at.
"""

import functools
import re
import string
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from search.analysis import LANGUAGES, MAX_WORD, Token, fold, holds_unspaced, term, tokens
from search.compounds import compounds

__all__ = ["Occurrence", "occurrences"]

#: Terms of pieces that are remembered, as a rule one of each piece, in 200 bytes; then all are forgotten. Of real pages
#: in many languages one piece in five is new among so many, of those of one site one in fifty.
MOST = 200_000
#: Characters of a piece that is remembered.
LONGEST = 40

#: Shorter pieces stand within too many others to be looked for as strings, and more are found faster in one pass.
SELDOM, SEVERAL = 3, 8

#: Stand around words, and are no part of one.
_SIGNS = f"{string.punctuation}‘’“”„«»…–—"
_PIECE = re.compile(r"\S+")


class Occurrence(NamedTuple):
    """A token or compound, where it stands, and which of the wanted terms it is: in the language, as it is, or without
    accents."""

    text: str
    start: int
    end: int
    terms: frozenset[str]


def occurrences(text: str, wanted: frozenset[str], language: str) -> list[Occurrence]:
    """The tokens and compounds of the text that are wanted, in order. Linear in the text."""
    candidates = _candidates(set(text.split()), wanted, language)
    held = {piece: found for piece in candidates if (found := _held(piece, wanted, language))}
    return [
        Occurrence(word, at + start, at + end, terms)
        for at, piece in _places(held.keys(), text)
        for word, start, end, terms in held[piece]
    ]


def _held(piece: str, wanted: frozenset[str], language: str) -> list[Occurrence]:
    """The occurrences in a piece."""
    return [
        Occurrence(word, start, end, terms)
        for word, start, end in (_cut_before(piece) if _comes_again(piece) else _cut(piece, wanted))
        if (terms := wanted.intersection((word, term(word, language), fold(word))))
    ]


class Pieces:
    """Those met in texts of one language, and by each of their terms those that hold it. Threads may share it."""

    def __init__(self) -> None:
        self.met: set[str] = set()
        self.holding: dict[str, list[str]] = {}
        self.size = 0

    def meet(self, piece: str, terms: Iterable[str]) -> None:
        for each in terms:
            first = [piece]
            if (held := self.holding.setdefault(each, first)) is not first:
                held.append(piece)
            self.size += 1
        self.met.add(piece)  # last, as another thread takes what it finds here for known


_known: dict[str, Pieces] = {}


def _candidates(pieces: set[str], wanted: frozenset[str], language: str) -> set[str]:
    """Those of the pieces that may hold what is wanted, among them all that do."""
    if sum(each.size for each in list(_known.values())) > MOST:
        _known.clear()
    known = _known.setdefault(language if language in LANGUAGES else "", Pieces())
    sought, found = _sought(wanted, language), set[str]()
    for piece in pieces - known.met:
        if _comes_again(piece):
            known.meet(piece, _terms(piece, language))
        else:
            found.add(piece)
    for each in sought & known.holding.keys():
        found |= pieces.intersection(known.holding[each])
    return found


def _comes_again(piece: str) -> bool:
    """Whether it is likely to stand in other texts, unlike an address or a sentence of an unspaced script."""
    return len(piece) <= LONGEST and (piece.isascii() or not holds_unspaced(piece))


@functools.lru_cache(16)
def _sought(wanted: frozenset[str], language: str) -> frozenset[str]:
    """By which of their `_terms` the pieces are found that hold what is wanted."""
    return wanted.union(term(word, language) for word in wanted)


def _terms(piece: str, language: str) -> Iterable[str]:
    """The terms of the tokens and compounds of the piece, and those without accents."""
    bare = piece.strip(_SIGNS)
    if bare.isascii() and bare.isalnum():  # as nine in ten are: four times as fast
        return (term(bare[:MAX_WORD].lower(), language),)
    words = [token.text for token in tokens(piece)]
    if len(words) > 1:
        words += [token.text for token in compounds(piece)]
    return {form for word in words for form in (term(word, language), fold(word))}


def _cut(piece: str, among: frozenset[str] | None = None) -> Sequence[Token]:
    """Its tokens and compounds in order, of an unspaced script those that may be among these."""
    return sorted([*tokens(piece, among), *compounds(piece)], key=lambda token: token.start)


_cut_before = functools.lru_cache(4096)(_cut)


def _places(pieces: Set[str], text: str) -> Iterable[tuple[int, str]]:
    """Where the pieces, all of which stand in the text, do so; in order."""
    if len(pieces) > SEVERAL or any(len(piece) < SELDOM for piece in pieces):
        return [(found.start(), found[0]) for found in _PIECE.finditer(text) if found[0] in pieces]
    return sorted((at, piece) for piece in pieces for at in _starts(piece, text))


def _starts(piece: str, text: str) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        end = at + len(piece)
        if (not at or text[at - 1].isspace()) and (end == len(text) or text[end].isspace()):
            yield at
        at = text.find(piece, end)
