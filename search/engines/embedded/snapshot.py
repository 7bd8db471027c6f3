"""One commit of the index, opened: its hits as arrays, its facets as ordinals. Never changed, never refreshed.

Documents are numbered as Whoosh numbers them (0 to `size` - 1, deleted ones included). Threads share a snapshot.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import query as wq
from whoosh.index import FileIndex

from search.document import HIDDEN_KINDS, Document
from search.engines.embedded.ranking import Floats, Numbers, norms
from search.engines.embedded.schema import FACET_COLUMNS, SEPARATOR, read_document

__all__ = ["Ordinals", "Snapshot"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ordinals:
    """A facet: entry i says that document `holders[i]` has value `values[numbers[i]]`; values are in order."""

    values: tuple[str, ...]
    holders: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int32]

    def counts(self, mask: Mask) -> npt.NDArray[np.intp]:
        """How many documents of the mask have each value."""
        return np.bincount(self.numbers[mask[self.holders]], minlength=len(self.values))

    def having(self, number: int | None, size: int) -> Mask:
        """The documents with the value of this number; with None those without any value."""
        mask = np.zeros(size, dtype=np.bool_)
        mask[self.holders if number is None else self.holders[self.numbers == number]] = True
        return ~mask if number is None else mask


class Snapshot:
    """`generation` names the commit. `languages` are those its documents are written in, most frequent first; "" is
    last where some are undecided.

    Ranks by search.engines.embedded.ranking, whose `Postings` it is.
    """

    def __init__(self, index: FileIndex, generation: str) -> None:
        self.generation = generation
        self._searcher = index.searcher()
        self._reader = self._searcher.reader()
        self._lock = threading.Lock()  # Whoosh's readers seek in shared files
        self.size: int = self._reader.doc_count_all()
        self.alive = np.ones(self.size, dtype=np.bool_)
        self.days = np.zeros(self.size, dtype=np.int32)
        lengths = {name: np.zeros(self.size, dtype=np.int64) for name in ("title", "body")}
        names = [""] * self.size
        entries: dict[str, list[str]] = {name: [""] * self.size for name in FACET_COLUMNS}
        for reader, start in self._reader.leaf_readers():
            count = reader.doc_count_all()
            self.alive[start : start + count] = [not reader.is_deleted(number) for number in range(count)]
            if reader.has_column("day"):
                self.days[start : start + count] = list(reader.column_reader("day"))
            if reader.has_column("id"):
                names[start : start + count] = list(reader.column_reader("id"))
            for name, length in lengths.items():
                length[start : start + count] = [reader.doc_field_length(n, name) or 0 for n in range(count)]
            for name, column in entries.items():
                if reader.has_column(f"f_{name}"):
                    column[start : start + count] = [v.decode() for v in reader.column_reader(f"f_{name}")]
        self.living = int(self.alive.sum())
        self.norms = norms(lengths["title"], lengths["body"], self.alive)
        self._names = {name: number for number, name in enumerate(names) if self.alive[number]}
        order = sorted(range(self.size), key=names.__getitem__)
        self.ranks = np.empty(self.size, dtype=np.int64)  # by document id: what breaks ties
        self.ranks[order] = np.arange(self.size)
        self.facets = {name: _ordinals(column) for name, column in entries.items()}
        kinds = self.facets["kind"]
        self.hidden = np.zeros(self.size, dtype=np.bool_)
        for number, kind in enumerate(kinds.values):
            if kind in HIDDEN_KINDS:
                self.hidden |= kinds.having(number, self.size)
        languages = self.facets["language"]
        common = np.argsort(-languages.counts(self.alive), kind="stable")
        self.languages = tuple(languages.values[number] for number in common)
        if languages.having(None, self.size).any():
            self.languages += ("",)

    def hits(self, query: wq.Query) -> Mask:
        """The documents the query finds."""
        found = np.zeros(self.size, dtype=np.bool_)
        with self._lock:
            for searcher, start in self._searcher.leaf_searchers():
                matcher = query.matcher(searcher, searcher.boolean_context())
                while matcher.is_active():
                    found[start + matcher.id()] = True
                    matcher.next()
        return found & self.alive

    def frequencies(self, name: str, terms: tuple[str, ...]) -> tuple[Numbers, Floats]:
        documents: list[int] = []
        weights: list[float] = []
        with self._lock:
            for matcher, start in self._matchers(name, terms):
                while matcher.is_active():
                    documents.append(start + matcher.id())
                    weights.append(matcher.weight())
                    matcher.next()
        found, places = np.unique(np.array(documents, dtype=np.int64), return_inverse=True)
        return found, np.bincount(places, weights=weights, minlength=len(found)).astype(np.float64)

    def positions(self, name: str, terms: tuple[str, ...], documents: Numbers) -> list[set[int]]:
        places: list[set[int]] = [set() for _ in documents]
        with self._lock:
            for matcher, start in self._matchers(name, terms):
                for at, number in enumerate((documents - start).tolist()):
                    if number >= 0 and matcher.is_active() and matcher.id() < number:
                        matcher.skip_to(number)
                    if matcher.is_active() and matcher.id() == number:
                        places[at].update(matcher.value_as("positions"))
        return places

    def _matchers(self, name: str, terms: tuple[str, ...]) -> Iterator[tuple[Any, int]]:
        """The postings of each term in each segment, and the number of the segment's first document."""
        for reader, start in self._reader.leaf_readers():
            for term in terms:
                if (name, term) in reader:
                    yield reader.postings(name, term), start

    def document(self, number: int) -> Document:
        with self._lock:
            return read_document(self._reader.stored_fields(number)["document"])

    def number(self, document_id: str) -> int | None:
        return self._names.get(document_id)

    def words(self, start: str) -> Iterator[tuple[str, int]]:
        """(word, number of documents) of the words that begin so, in order."""
        with self._lock:
            found = [(word, info) for word, info in self._terms(start)]
        return iter(found)

    def _terms(self, start: str) -> Iterator[tuple[str, int]]:
        for name, word in self._reader.terms_from("words", start.encode()):
            text = word.decode()
            if name != "words" or not text.startswith(start):
                return
            yield text, self._reader.doc_frequency("words", word)

    def close(self) -> None:
        self._searcher.close()


def _ordinals(column: list[str]) -> Ordinals:
    pairs = [(value, number) for number, text in enumerate(column) if text for value in text.split(SEPARATOR)]
    values = tuple(sorted({value for value, _ in pairs}))
    numbers = {value: number for number, value in enumerate(values)}
    return Ordinals(
        values,
        np.fromiter((number for _, number in pairs), dtype=np.int32, count=len(pairs)),
        np.fromiter((numbers[value] for value, _ in pairs), dtype=np.int32, count=len(pairs)),
    )
