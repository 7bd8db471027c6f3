"""Whoosh's query tree evaluated on arrays: the documents it finds, ascending.

Invariant: the same documents as Whoosh's matchers find. A shape that is not known here is left to those matchers.
All segments make one run of documents: those of the second follow those of the first.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from whoosh import query as wq

from search.engines.embedded.merge import runs
from search.engines.embedded.segment import Field

__all__ = ["Ints", "Leaf", "Lookup", "Places", "Postings", "beside", "evaluate", "inside", "postings"]

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[Any]

NONE: Ints = np.zeros(0, dtype=np.int64)
#: A list so many times longer than the other is searched by halving; below, one mark per document is cheaper.
MUCH_LONGER = 24


class Leaf(Protocol):
    """What evaluation needs of an index."""

    size: int

    @property
    def days(self) -> Array:
        """The day number of each document, 0 for none."""

    def parts(self, field: str) -> Sequence[tuple[Field, int]]:
        """The field in each segment that has it, and the segment's first document."""

    def by_matchers(self, query: wq.Query) -> Ints:
        """What Whoosh's own matchers find."""


class Postings:
    """The documents that hold a word (ascending), how often (None: once each), and the places, when asked for."""

    __slots__ = ("_ends", "_places", "docs", "freqs")

    def __init__(self, docs: Ints, freqs: Array | None, places: Callable[[], Array] = lambda: NONE) -> None:
        self.docs, self.freqs, self._places = docs, freqs, places
        self._ends: Ints | None = None

    def times(self) -> Array:
        """How often each document holds it."""
        return np.ones(len(self.docs), np.uint8) if self.freqs is None else self.freqs

    def places(self) -> Array:
        """Of all documents, one after the other."""
        return self._places()

    def ends(self) -> Ints:
        """Where in `places` those of each document end."""
        if self._ends is None:
            self._ends = np.cumsum(self.times(), dtype=np.int64)
        return self._ends


class Lookup:
    """An index during one query: what of it was read once is not looked up again."""

    def __init__(self, index: Leaf) -> None:
        self.index, self.size = index, index.size
        self._known: dict[tuple[str, str], Postings] = {}

    def postings(self, name: str, text: str) -> Postings:
        found = self._known.get((name, text))
        if found is None:
            found = self._known[name, text] = postings(self.index, name, text)
        return found


def postings(index: Leaf, name: str, text: str) -> Postings:
    """Of one word of a field."""
    found = [
        (field, number, base)
        for field, base in index.parts(name)
        if (number := field.words.find(text.encode())) is not None
    ]
    if len(found) == 1:
        field, number, base = found[0]
        docs = field.docs(number, number + 1).astype(np.int64)
        if base:
            docs += base
        return Postings(docs, field.freqs(number, number + 1), lambda: field.places(number, number + 1))
    if not found:
        return Postings(NONE, None, lambda: NONE)
    pieces = [field.freqs(number, number + 1) for field, number, _ in found]
    docs = np.concatenate([field.docs(number, number + 1).astype(np.int64) + base for field, number, base in found])
    freqs = [np.ones(f.documents(n), np.uint8) if p is None else p for p, (f, n, _) in zip(pieces, found, strict=True)]
    return Postings(docs, np.concatenate(freqs), lambda: np.concatenate([f.places(n, n + 1) for f, n, _ in found]))


def evaluate(look: Lookup, query: wq.Query) -> Ints:
    """Recursive: the parser bounds the depth, and a tree made by hand is its maker's."""
    match query:
        case wq.Term():
            return look.postings(query.fieldname, query.text).docs
        case wq.And():
            return _all_of([evaluate(look, each) for each in query.subqueries], look.size)
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


def inside(docs: Ints, others: Ints, size: int) -> npt.NDArray[np.bool_]:
    """Which of the documents are among the others; both ascending."""
    if len(docs) * MUCH_LONGER < len(others):
        at = np.searchsorted(others, docs)
        at[at == len(others)] = 0
        found: npt.NDArray[np.bool_] = others[at] == docs
        return found
    marked = np.zeros(size, dtype=np.bool_)
    marked[others] = True
    return marked[docs]


def _all_of(found: list[Ints], size: int) -> Ints:
    found.sort(key=len)
    docs = found[0] if found else NONE
    for others in found[1:]:
        if not len(docs):
            break
        if len(others) < size:
            docs = docs[inside(docs, others, size)]
    return docs


def _without(docs: Ints, others: Ints, size: int) -> Ints:
    return docs[~inside(docs, others, size)] if len(others) else docs


def _any_of(look: Lookup, queries: Sequence[wq.Query]) -> Ints:
    words: dict[str, list[str]] = {}
    for query in queries:
        if type(query) is wq.Term:
            words.setdefault(query.fieldname, []).append(query.text)
    found = [docs for name, texts in words.items() for docs in _union(look, name, texts)]
    found += [evaluate(look, query) for query in queries if type(query) is not wq.Term]
    found = [docs for docs in found if len(docs)]
    if len(found) <= 1:
        return found[0] if found else NONE
    marked = np.zeros(look.size, dtype=np.bool_)
    for docs in found:
        marked[docs] = True
    return np.flatnonzero(marked)


def _union(look: Lookup, name: str, texts: list[str]) -> list[Ints]:
    """Documents that hold one of the words, in pieces; those of neighbours in the vocabulary lie side by side."""
    if len(texts) == 1:
        return [look.postings(name, texts[0]).docs]
    found = []
    wanted = sorted({text.encode() for text in texts})
    for field, base in look.index.parts(name):
        for first, last in numbers(field, wanted):
            docs = field.docs(first, last).astype(np.int64) + base
            if last - first > 1:
                marked = np.zeros(look.size, dtype=np.bool_)
                marked[docs] = True
                docs = np.flatnonzero(marked)
            found.append(docs)
    return found


def numbers(field: Field, wanted: list[bytes]) -> list[tuple[int, int]]:
    """The numbers of the words (in order) in this field, as runs [first, last) of neighbours."""
    first = field.words.at_or_after(wanted[0])
    if field.words.range(first, min(first + len(wanted), len(field.words))) == wanted:
        return [(first, first + len(wanted))]
    found = (field.words.find(word) for word in wanted)
    return [(number, number + 1) for number in found if number is not None]


class Places:
    """Where a word stands in some of the documents that hold it: keys that rise with document and place."""

    #: Above every place, so that no two documents' keys meet, whatever is added for a distance.
    STEP = 1 << 32

    @staticmethod
    def keys(found: Postings, docs: Ints) -> Ints:
        """Of these documents, all of which hold the word; the document counts by its number in `docs`."""
        at = np.searchsorted(found.docs, docs)
        times = np.ones(len(at), np.int64) if found.freqs is None else found.freqs[at].astype(np.int64)
        places = found.places()[runs(found.ends()[at] - times, times)]
        return np.repeat(np.arange(len(docs)) * Places.STEP, times) + places


def _phrase(look: Lookup, name: str, words: list[str], slop: int) -> Ints:
    """Documents where each word follows the one before at a distance of 1 to `slop`."""
    if not any(field.has_places for field, _ in look.index.parts(name)):
        return NONE
    known = {word: look.postings(name, word) for word in words}
    docs = _all_of([found.docs for found in known.values()], look.size)
    if not len(docs):
        return NONE
    places = {word: Places.keys(found, docs) for word, found in known.items()}
    reached = places[words[0]]
    for word in words[1:]:
        reached = beside(reached, places[word], slop)
    return docs[np.unique(reached // Places.STEP)]


def beside(before: Ints, after: Ints, slop: int) -> Ints:
    """Those of the keys `after` that stand 1 to `slop` places behind one of `before`; both ascending."""
    if not len(before):
        return NONE
    low = np.searchsorted(before, after - slop)
    low[low == len(before)] = 0  # the first stands behind or too far in front: those that found none are told by it
    there = before[low]
    return after[(there < after) & (there >= after - slop)]
