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
from search.engines.embedded.kept import NONE, NOWHERE, Ints, Kept, Postings
from search.engines.embedded.packing import narrow
from search.engines.embedded.segment import Field

__all__ = ["Ints", "Leaf", "Lookup", "distinct", "evaluate", "postings"]

Array = npt.NDArray[Any]

#: Alternatives up to which each is read by itself.
SINGLE = 8


class Leaf(Protocol):
    """What evaluation needs of an index."""

    size: int

    @property
    def days(self) -> Array:
        """The day number of each document, 0 for none."""

    @property
    def kept(self) -> Kept:
        """Lists that were read before."""

    def parts(self, field: str) -> Sequence[tuple[Field, int]]:
        """The field in each segment that has it, and the segment's first document."""

    def by_matchers(self, query: wq.Query) -> Ints:
        """What Whoosh's own matchers find."""


class Lookup:
    """An index during one query: what of it was read once is not looked up again."""

    def __init__(self, index: Leaf) -> None:
        self.index, self.size = index, index.size
        self._known: dict[tuple[str, str | tuple[str, ...]], Postings] = {}

    def postings(self, name: str, text: str) -> Postings:
        found = self._known.get((name, text))
        if found is None:
            found = self._found(name, text, lambda: postings(self.index, name, text))
        return found

    def _found(self, name: str, texts: str | tuple[str, ...], read: Callable[[], Postings]) -> Postings:
        found = self.index.kept.get(name, texts)
        if found is None:
            found = read()
            self.index.kept.put(name, texts, found)
        self._known[name, texts] = found
        return found

    def union(self, name: str, texts: Sequence[str]) -> Postings:
        """The documents that hold one of the words, and how often all of them together."""
        if len(texts) == 1:
            return self.postings(name, texts[0])
        wanted = tuple(texts)
        found = self._known.get((name, wanted))
        return self._found(name, wanted, lambda: self._union(name, wanted)) if found is None else found

    def _union(self, name: str, texts: tuple[str, ...]) -> Postings:
        wanted = sorted({text.encode() for text in texts})
        lists = [
            (field.docs(first, last).astype(np.int64) + base, field.freqs(first, last))
            for field, base in self.index.parts(name)
            for first, last in numbers(field, wanted)  # neighbours in the vocabulary lie side by side
        ]
        once = all(freqs is None for _, freqs in lists)
        sums = np.zeros(self.size, np.uint8 if once and len(wanted) < 256 else np.uint32)
        for docs, freqs in lists:
            np.add.at(sums, docs, sums.dtype.type(1) if freqs is None else freqs.astype(sums.dtype, copy=False))
        held = np.flatnonzero(sums != 0)
        times = narrow(sums.take(held))
        return Postings(held, lambda: times)


def postings(index: Leaf, name: str, text: str) -> Postings:
    """Of one word of a field."""
    word = text.encode()
    found = [
        (field, number, base) for field, base in index.parts(name) if (number := field.words.find(word)) is not None
    ]
    if not found:
        return NOWHERE
    if len(found) == 1:
        field, number, base = found[0]
        docs = field.docs(number, number + 1)
        return Postings(
            docs.astype(np.int64) + base if base else docs,
            lambda: field.freqs(number, number + 1),
            lambda which: field.places(number, number + 1) if which is None else field.places_of(number, which),
        )
    docs = np.concatenate([field.docs(number, number + 1).astype(np.int64) + base for field, number, base in found])

    def freqs() -> Array:
        pieces = [(field.freqs(number, number + 1), field.documents(number)) for field, number, _ in found]
        return np.concatenate([np.ones(count, np.uint8) if piece is None else piece for piece, count in pieces])

    def places(which: Ints | None) -> Array:
        joined = np.concatenate([field.places(number, number + 1) for field, number, _ in found])
        return joined if which is None else joined.take(which)

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
    docs = _with_all(look, [look.postings(query.fieldname, query.text) for query in terms]) if terms else None
    for query in queries:
        if type(query) is not wq.Term and (docs is None or len(docs)):
            others = evaluate(look, query)
            if docs is None or len(others) < look.size:
                docs = others if docs is None else docs[kernels.member(docs, others, look.size)]
    return docs if docs is not None else NONE


def _with_all(look: Lookup, found: list[Postings]) -> Ints:
    """The documents that all the words have."""
    shortest, *longer = sorted(dict.fromkeys(found), key=len)
    docs = shortest.docs
    for each in longer:
        docs = docs.take(each.among(docs, look.size))
    return docs


def _without(docs: Ints, others: Ints, size: int) -> Ints:
    return docs[~kernels.member(docs, others, size)] if len(others) else docs


def _any_of(look: Lookup, queries: Sequence[wq.Query]) -> Ints:
    words: dict[str, list[str]] = {}
    for query in queries:
        if type(query) is wq.Term:
            words.setdefault(query.fieldname, []).append(query.text)
    lists = [held for name, texts in words.items() for held in _of_words(look, name, texts) if len(held)]
    found = [evaluate(look, query) for query in queries if type(query) is not wq.Term]
    found = [docs for docs in found if len(docs)]
    if len(lists) + len(found) <= 1:
        return lists[0].docs if lists else found[0] if found else NONE
    marked = np.zeros(look.size, dtype=np.bool_)
    for held in lists:
        held.mark(marked)
    for docs in found:
        marked[docs] = True
    return marked.nonzero()[0]


def _of_words(look: Lookup, name: str, texts: list[str]) -> list[Postings]:
    """A few words are ranked one by one, the many of a pattern as one: so they are read."""
    return [look.union(name, texts)] if len(texts) > SINGLE else [look.postings(name, text) for text in texts]


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
    docs = _with_all(look, list(known.values()))
    if not len(docs):
        return NONE
    standing = {word: found.spots(docs, found.held_by(docs, look.size), look.size) for word, found in known.items()}
    reached = standing[words[0]]
    for word in words[1:]:
        reached = kernels.following(reached, standing[word], slop)
    return docs.take((reached[2] > 0).nonzero()[0])


def distinct(ascending: Ints) -> Ints:
    """Each number once."""
    if not len(ascending):
        return ascending
    first = np.empty(len(ascending), np.bool_)
    first[0] = True
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]
