"""Whoosh's query tree evaluated on arrays: the documents it finds, ascending.

Invariant: the same documents as Whoosh's matchers find. A shape that is not known here is left to those matchers.
All segments make one run of documents: those of the second follow those of the first.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from whoosh import query as wq

from search.engines.embedded import kernels
from search.engines.embedded.segment import Field

__all__ = ["NOWHERE", "Ints", "Leaf", "Lookup", "Postings", "distinct", "evaluate", "postings"]

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[Any]

NONE: Ints = np.zeros(0, dtype=np.int64)
#: Alternatives up to which each is read by itself.
SINGLE = 8


class Leaf(Protocol):
    """What evaluation needs of an index."""

    size: int

    @property
    def days(self) -> Array:
        """The day number of each document, 0 for none."""

    def parts(self, field: str) -> Sequence[tuple[Field, int]]:
        """The field in each segment that has it, and the segment's first document."""

    def word(self, name: str, text: str) -> Sequence[tuple[Field, int, int]]:
        """A word of a field in each segment that has it: the field there, the word's number, the first document."""

    def words_of(self, name: str, texts: tuple[str, ...]) -> Sequence[tuple[Field, int, int, int]]:
        """Words of a field in each segment, as runs of numbers, first and last + 1, that lie side by side there."""

    def by_matchers(self, query: wq.Query) -> Ints:
        """What Whoosh's own matchers find."""


class Postings:
    """The documents that hold a word, ascending, how often, and where; the last two are read when asked for.

    `raw` are the documents as read, in a type that holds every document's number.
    """

    __slots__ = ("_docs", "_freqs", "_places", "_read", "raw")

    def __init__(
        self, raw: Array, freqs: Callable[[], Array | None], places: Callable[[Ints], Array] = lambda _: NONE
    ) -> None:
        self.raw = raw if raw.dtype.itemsize >= 4 else raw.astype(np.int64)
        self._freqs, self._places = freqs, places
        self._docs: Ints | None = None
        self._read: tuple[Array | None] | None = None

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def docs(self) -> Ints:
        """As numbers one can index with: of uint32, NumPy makes these anew each time."""
        if self._docs is None:
            self._docs = self.raw.astype(np.int64, copy=False)
        return self._docs

    def freqs(self) -> Array | None:
        """How often each document holds it; None: once each."""
        if self._read is None:
            self._read = (self._freqs(),)
        return self._read[0]

    def keys(self, at: Ints, numbers: Ints) -> Ints:
        """Where it stands in the documents at these places of the list; as kernels.STEP says, by their `numbers`."""
        freqs = self.freqs()
        if freqs is None:
            return numbers * kernels.STEP + self._places(at)
        which, keys = kernels.spread(freqs, at, numbers)
        keys += self._places(which)
        return keys


NOWHERE = Postings(NONE, lambda: None)


class Lookup:
    """An index during one query: what of it was read once is not looked up again."""

    def __init__(self, index: Leaf) -> None:
        self.index, self.size = index, index.size
        self._known: dict[tuple[str, str | tuple[str, ...]], Postings] = {}
        self.stood: dict[Postings, tuple[Ints, Ints]] = {}  # documents that were found, and where in the list

    def postings(self, name: str, text: str) -> Postings:
        found = self._known.get((name, text))
        if found is None:
            found = self._known[name, text] = postings(self.index, name, text)
        return found

    def place(self, held: Postings, docs: Ints) -> Ints | None:
        """Where the documents stand in the list, if they were found in it."""
        if docs is held.docs:
            return np.arange(len(docs))
        found = self.stood.get(held)
        return found[1] if found is not None and found[0] is docs else None

    def union(self, name: str, texts: Sequence[str]) -> Postings:
        """The documents that hold one of the words, and how often all of them together."""
        if len(texts) == 1:
            return self.postings(name, texts[0])
        wanted = tuple(texts)
        found = self._known.get((name, wanted))
        if found is None:
            found = self._known[name, wanted] = self._union(name, wanted)
        return found

    def _union(self, name: str, wanted: tuple[str, ...]) -> Postings:
        lists = [
            (field.docs(first, last).astype(np.int64) + base, field.freqs(first, last))
            for field, first, last, base in self.index.words_of(name, wanted)
        ]
        once = all(freqs is None for _, freqs in lists)
        sums = np.zeros(self.size, np.uint8 if once and len(wanted) < 256 else np.uint32)
        for docs, freqs in lists:
            np.add.at(sums, docs, sums.dtype.type(1) if freqs is None else freqs.astype(sums.dtype, copy=False))
        held = np.flatnonzero(sums != 0)
        return Postings(held, lambda: sums.take(held))


def postings(index: Leaf, name: str, text: str) -> Postings:
    """Of one word of a field."""
    found = index.word(name, text)
    if not found:
        return NOWHERE
    if len(found) == 1:
        field, number, base = found[0]
        docs = field.docs(number, number + 1)
        return Postings(
            docs.astype(np.int64) + base if base else docs,
            lambda: field.freqs(number, number + 1),
            lambda which: field.places_of(number, which),
        )
    docs = np.concatenate([field.docs(number, number + 1).astype(np.int64) + base for field, number, base in found])

    def freqs() -> Array:
        pieces = [(field.freqs(number, number + 1), field.documents(number)) for field, number, _ in found]
        return np.concatenate([np.ones(count, np.uint8) if piece is None else piece for piece, count in pieces])

    def places(which: Ints) -> Array:
        return np.concatenate([field.places(number, number + 1) for field, number, _ in found]).take(which)

    return Postings(docs, freqs, places)


def evaluate(look: Lookup, query: wq.Query) -> Ints:
    """Recursive: the parser bounds the depth, and a tree made by hand is its maker's."""
    match query:
        case wq.Term():
            return look.postings(query.fieldname, query.text).docs
        case wq.And():
            return _and(look, query.subqueries)
        case wq.Or():
            return _any_of(look, query.subqueries)
        case wq.AndNot():
            return _without(evaluate(look, query.a), evaluate(look, query.b), look.size)
        case wq.Not():
            return _without(np.arange(look.size), evaluate(look, query.query), look.size)
        case wq.Phrase():
            return _phrase(look, query.fieldname, query.words, query.slop)
        case wq.ConstantScoreQuery():
            return evaluate(look, query.child)
        case wq.NumericRange() if query.fieldname == "day" and not (query.startexcl or query.endexcl):
            return np.flatnonzero((look.index.days >= query.start) & (look.index.days <= query.end))
        case wq.Every() if query.fieldname is None:
            return np.arange(look.size)
        case _ if query == wq.NullQuery:
            return NONE
    return look.index.by_matchers(query)


def _and(look: Lookup, queries: Sequence[wq.Query]) -> Ints:
    terms = [query for query in queries if type(query) is wq.Term]
    docs = _joint(look, [look.postings(query.fieldname, query.text) for query in terms]) if terms else None
    for query in queries:
        if type(query) is not wq.Term and (docs is None or len(docs)):
            others = evaluate(look, query)
            if docs is None or len(others) < look.size:
                docs = others if docs is None else docs[kernels.member(docs, others, look.size)]
    return docs if docs is not None else NONE


def _joint(look: Lookup, found: list[Postings]) -> Ints:
    """The documents that all the words have. Where they stand in each list is kept in `look.stood`."""
    held = sorted(dict.fromkeys(found), key=len)
    docs, places = held[0].raw, [np.arange(len(held[0]))]
    for each in held[1:]:
        here, there = kernels.shared(docs, each.raw, look.size)
        docs, places = docs.take(here), [*(at.take(here) for at in places), there]
    docs = docs.astype(np.int64, copy=False)
    look.stood |= {each: (docs, at) for each, at in zip(held, places, strict=True)}
    return docs


def _without(docs: Ints, others: Ints, size: int) -> Ints:
    return docs[~kernels.member(docs, others, size)] if len(others) else docs


def _any_of(look: Lookup, queries: Sequence[wq.Query]) -> Ints:
    words: dict[str, list[str]] = {}
    for query in queries:
        if type(query) is wq.Term:
            words.setdefault(query.fieldname, []).append(query.text)
    found = [docs for name, texts in words.items() for docs in _of_words(look, name, texts)]
    found += [evaluate(look, query) for query in queries if type(query) is not wq.Term]
    found = [docs for docs in found if len(docs)]
    if len(found) <= 1:
        return found[0] if found else NONE
    marked = np.zeros(look.size, dtype=np.bool_)
    for docs in found:
        marked[docs] = True
    return np.flatnonzero(marked)


def _of_words(look: Lookup, name: str, texts: list[str]) -> list[Ints]:
    """A few words are ranked one by one, the many of a pattern as one: so they are read."""
    return [look.union(name, texts).docs] if len(texts) > SINGLE else [look.postings(name, t).docs for t in texts]


def numbers(field: Field, wanted: list[bytes]) -> list[tuple[int, int]]:
    """The numbers of the words (in order) in this field, as runs [first, last) of neighbours."""
    first = field.words.at_or_after(wanted[0])
    if field.words.range(first, min(first + len(wanted), len(field.words))) == wanted:
        return [(first, first + len(wanted))]
    found = (field.words.find(word) for word in wanted)
    return [(number, number + 1) for number in found if number is not None]


def _phrase(look: Lookup, name: str, words: list[str], slop: int) -> Ints:
    """Documents where each word follows the one before at a distance of 1 to `slop`."""
    if not any(field.has_places for field, _ in look.index.parts(name)):
        return NONE
    known = {word: look.postings(name, word) for word in words}
    docs = _joint(look, list(known.values()))
    if not len(docs):
        return NONE
    count = np.arange(len(docs))
    standing = {word: found.keys(look.stood[found][1], count) for word, found in known.items()}
    reached = standing[words[0]]
    for word in words[1:]:
        reached = kernels.beside(reached, standing[word], slop)
    which = distinct(reached // kernels.STEP)
    docs = docs.take(which)
    for found in known.values():
        look.stood[found] = docs, look.stood[found][1].take(which)
    return docs


def distinct(ascending: Ints) -> Ints:
    """Each number once."""
    if not len(ascending):
        return ascending
    first = np.empty(len(ascending), np.bool_)
    first[0] = True
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]
