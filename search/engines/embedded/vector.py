"""Whoosh's query tree evaluated on arrays: the documents it finds, ascending.

Invariant: the same documents as Whoosh's matchers find. A shape that is not known here is left to those matchers.
All segments make one run of documents: those of the second follow those of the first.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from whoosh import query as wq

from search.engines.embedded import kernels
from search.engines.embedded.packing import narrow
from search.engines.embedded.segment import Field

__all__ = ["NOWHERE", "Ints", "Kept", "Leaf", "Lookup", "Postings", "distinct", "evaluate", "postings"]

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
Spots = kernels.Spots

NONE: Ints = np.zeros(0, dtype=np.int64)
#: Alternatives up to which each is read by itself.
SINGLE = 8
#: Bytes of lists that are kept at hand: those of four words that 250,000 documents hold.
ROOM = 3 << 24
#: Documents up to which all places of a word are read and kept, 1.1 ns each, when they are wanted for a second time; a
#: choice of them takes 20 us and 10 ns each.
LONG = 50_000
#: One of so many documents: from there on it is told by its number whether a document is in a list, 1 ns each (halving:
#: 40), which takes 25 us to prepare for 12,000 of 100,000.
OFTEN = 64
#: And one of so many: from there on so is where its places in a document end, of more than FEW documents.
DENSE, FEW = 16, 100
#: Bytes of a list without its documents, and of each text it is kept by without its letters.
OVERHEAD, TEXT = 700, 60


class Leaf(Protocol):
    """What evaluation needs of an index."""

    size: int

    @property
    def days(self) -> Array:
        """The day number of each document, 0 for none."""

    @property
    def kept(self) -> "Kept":
        """Lists that were read before."""

    def parts(self, field: str) -> Sequence[tuple[Field, int]]:
        """The field in each segment that has it, and the segment's first document."""

    def by_matchers(self, query: wq.Query) -> Ints:
        """What Whoosh's own matchers find."""


class Postings:
    """The documents that hold a word, ascending, how often, and where; the last two are read when asked for.

    `raw` are the documents as read, in a type that holds every document's number. Places in the list are counted from
    0; -1 is none.
    """

    __slots__ = (
        "_all", "_asked", "_by_document", "_docs", "_end_by_document", "_ends", "_followed", "_freqs", "_impacts",
        "_looked", "_peak", "_places", "_times", "either", "raw",
    )  # fmt: skip

    def __init__(
        self, raw: Array, freqs: Callable[[], Array | None], places: Callable[[Ints | None], Array] = lambda _: NONE
    ) -> None:
        self.raw = raw if raw.dtype.itemsize >= 4 else raw.astype(np.int64)
        self.raw.flags.writeable = False  # others may ask for the same word
        self._freqs, self._places = freqs, places
        self._all: Array | None = None
        self._asked = self._looked = self._followed = False  # what is asked for a second time is made ready for more
        self._ends: Array | None = None
        self._impacts: kernels.Singles | None = None
        self._peak: float | None = None
        self._by_document: Array | None = None
        self._end_by_document: Array | None = None
        self._docs: Ints | None = None
        self._times: Array | None = None
        self.either: tuple[Postings, int] | None = None  # another list, and how many documents are in one of the two

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def docs(self) -> Ints:
        """As numbers one can index with: of uint32, NumPy makes these anew each time."""
        if self._docs is None:
            self._docs = self.raw.astype(np.int64, copy=False)
        return self._docs

    @property
    def times(self) -> Array:
        """How often each document holds it, and 0 for the place -1."""
        if self._times is None:
            freqs = self._freqs()
            times = np.ones(len(self.raw) + 1, np.uint8 if freqs is None else freqs.dtype)
            if freqs is not None:
                times[:-1] = freqs
            times[-1] = 0
            self._times = times
        return self._times

    def held_by(self, docs: Ints, size: int) -> Array:
        """How often each of some of `size` documents holds it."""
        if docs is self._docs:
            return self.times[:-1]
        if self._by_document is None:
            soon, self._looked = self._looked, True
            few = not soon and len(docs) * kernels.MUCH_LONGER < len(self.raw)
            if few or len(self.raw) * OFTEN < size or self.times.itemsize > 2:
                return self.times.take(kernels.located(self.raw, docs))
        return self._numbered(size).take(docs)

    def among(self, docs: Ints, size: int) -> Ints:
        """Which of some of `size` documents hold it."""
        if len(self.raw) * OFTEN < size or self.times.itemsize > 2:
            return kernels.member(docs, self.docs, size).nonzero()[0]
        return kernels.positive(self._numbered(size), docs)

    def mark(self, marked: npt.NDArray[np.bool_]) -> None:
        """Sets the marks of the documents that hold it."""
        if len(self.raw) * OFTEN < len(marked) or self._by_document is None:
            marked[self.docs] = True
        else:
            np.logical_or(marked, self._by_document, out=marked)

    def _numbered(self, size: int) -> Array:
        """How often each document holds it."""
        if self._by_document is None:
            times = np.zeros(size, self.times.dtype)
            times[self.docs] = self.times[:-1]
            self._by_document = times
        return self._by_document

    def spots(self, docs: Ints, times: Array, size: int) -> Spots:
        """Where it stands in some of `size` documents, which hold it so many `times`: see kernels.following."""
        return *self._spots(self._ending(docs, size), times), times.astype(np.int64, copy=False)

    def _ending(self, docs: Ints, size: int) -> Array:
        """Where the places in some documents end; anywhere where it is not held."""
        if self._ends is None:
            self._ends = np.cumsum(self.times[:-1], dtype=np.uint32)  # a segment has less than 2^32 of them
        if docs is self._docs:
            return self._ends
        if len(docs) > FEW and len(self.raw) * DENSE >= size and self.times.itemsize <= 2:
            if self._end_by_document is None and self._followed:
                self._end_by_document = np.cumsum(self._numbered(size), dtype=np.uint32)
            self._followed = True
            if self._end_by_document is not None:
                return self._end_by_document.take(docs)
        if len(docs) * kernels.MUCH_LONGER > len(self.raw):
            at = kernels.member(self.docs, docs, size).nonzero()[0]
            if len(at) == len(docs):  # all hold it
                return self._ends.take(at)
        return self._ends.take(self.docs.searchsorted(docs), mode="clip")

    def _spots(self, ends: Array, times: Array) -> tuple[Array, Array]:
        if self._all is None and (len(self.raw) > LONG or (len(ends) * 20 < len(self.raw) and not self._asked)):
            self._asked = True
            which, _ = kernels.spread(ends, times, ends.astype(np.int64))
            return _wide(self._places(which)), np.cumsum(times, dtype=np.uint32)
        if self._all is None:
            self._all = _wide(self._places(None))
        return self._all, ends

    def impacts(self, inverse: kernels.Singles, k1: float) -> kernels.Singles:
        """What it adds to each document's score, as kernels.scored, and 0 for the place -1; of one snapshot, so always
        the same.
        """
        if self._impacts is None:
            self._impacts = np.append(kernels.scored(self.docs, self.times[:-1], inverse, k1), np.float32(0))
        return self._impacts

    def peak(self, inverse: kernels.Singles, k1: float) -> float:
        """The largest of them."""
        if self._peak is None:
            self._peak = float(self.impacts(inverse, k1).max())
        return self._peak


def _wide(places: Array) -> Array:
    """In two or four bytes each: what compiled loops are made for."""
    return places if places.dtype.itemsize in (2, 4) else places.astype(np.uint16 if places.itemsize < 2 else np.uint32)


NOWHERE = Postings(NONE, lambda: None)


class Kept:
    """Lists that were read: the last ones, as many as there is room for. Shared by threads.

    Who pages, filters or types on asks for the same words again. Reading and unpacking a list of 26,000 takes 60 us.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lists: dict[tuple[str, str | tuple[str, ...]], Postings] = {}
        self._used = 0
        self._lock = threading.Lock()

    def get(self, name: str, texts: str | tuple[str, ...]) -> Postings | None:
        return self._lists.get((name, texts))

    def put(self, name: str, texts: str | tuple[str, ...], found: Postings) -> None:
        with self._lock:
            if (name, texts) not in self._lists:
                self._lists[name, texts] = found
                self._used += self._bytes(texts, found)
                while self._used > ROOM:
                    oldest = next(iter(self._lists))
                    self._used -= self._bytes(oldest[1], self._lists.pop(oldest))

    def _bytes(self, texts: str | tuple[str, ...], found: Postings) -> int:
        """At most: a document's number may be there in two types; its frequency and some two places take 1 or 2 bytes
        each, where they end 4, what it adds to a score 4; a frequent word has 2 or 6 for every document. A pattern is
        kept by all its words: 200 of them take 13 KB.
        """
        key = sum(TEXT + len(text) for text in ((texts,) if isinstance(texts, str) else texts))
        each = 2 * (len(found) * OFTEN >= self._size) + 4 * (len(found) * DENSE >= self._size)
        return OVERHEAD + key + 26 * len(found) + each * self._size


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
