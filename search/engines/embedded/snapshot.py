"""One commit of the index, opened: its segments as one run of documents. Never changed, never refreshed.

Documents are numbered as Whoosh numbers them (0 to `size` - 1, deleted ones included). Threads share a snapshot.
"""

import threading
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import query as wq
from whoosh.index import FileIndex

from search.document import HIDDEN_KINDS, Document
from search.engines.embedded import kernels, vector, wordbook
from search.engines.embedded.checking import faults
from search.engines.embedded.codec import decode_stored
from search.engines.embedded.facets import Ordinals, Together, by_month, ordinals
from search.engines.embedded.kept import Kept, Postings
from search.engines.embedded.kernels import Singles
from search.engines.embedded.ranking import Floats, Numbers, mean_length, norm
from search.engines.embedded.schema import FACET_COLUMNS, read_document
from search.engines.embedded.segment import ByteColumn, Field, SegmentFile
from search.engines.embedded.suggesting import Suggestions
from search.engines.embedded.values import Listings
from search.engines.embedded.vector import Lookup

__all__ = ["Array", "Mask", "Snapshot"]

Mask = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]

#: Beginnings whose words are kept at hand, and words of all of them: 130 bytes each. Listing 200,000 takes 0.1 s.
KEPT, KEPT_WORDS = 16, 300_000


class Snapshot:
    """`generation` names the commit; `living` of the documents are not deleted. What a query needs of the per-document
    arrays is read, and its checksums compared, when it is first asked for.

    It is the `Leaf` of vector and the `Vocabulary` of translate.
    """

    def __init__(self, index: FileIndex, generation: str) -> None:
        self.generation = generation
        self._index = index
        self._segments = [(segment, SegmentFile(segment.path(index.storage))) for segment in index._segments()]
        self._starts = np.cumsum([0, *(file.size for _, file in self._segments)]).tolist()
        self.size: int = self._starts.pop()
        self.alive = np.ones(self.size, dtype=np.bool_)
        for (segment, _), start in zip(self._segments, self._starts, strict=True):
            self.alive[[start + number for number in segment.deleted_docs()]] = False
        self.living = int(self.alive.sum())
        self._parts: dict[str, list[tuple[Field, int]]] = {}
        self.kept = Kept(self.size)
        self._lock = threading.Lock()  # Whoosh's readers seek in shared files
        self._beginnings: dict[str, list[tuple[str, int]]] = {}
        self._beginning = threading.Lock()

    # -- per document

    def _joined(self, pieces: list[Array | None], kind: npt.DTypeLike) -> Array:
        """One array over all segments; zeros where a segment has none."""
        if len(pieces) == 1 and pieces[0] is not None:
            return pieces[0]
        sizes = (file.size for _, file in self._segments)
        filled = [np.zeros(size, kind) if piece is None else piece for piece, size in zip(pieces, sizes, strict=True)]
        return np.concatenate([np.zeros(0, kind), *filled])

    @cached_property
    def days(self) -> Array:
        columns = [file.column("day") for _, file in self._segments]
        return self._joined([each if isinstance(each, np.ndarray) else None for each in columns], np.uint32).astype(
            np.int32
        )

    @cached_property
    def present(self) -> int:
        """The day from which ages count: the latest but for the hundredth of the dated pages that lies ahead, where
        misread and mistyped dates are; 0 where none is dated."""
        dated = self.days[self.alive & (self.days > 0)]
        return int(np.quantile(dated, 0.99, method="lower")) if len(dated) else 0

    @cached_property
    def _lengths(self) -> list[Array]:
        """Words in title and body of each document."""
        return [self._joined([f.lengths(n) for _, f in self._segments], np.uint8) for n in ("title", "body")]

    @cached_property
    def _norms(self) -> list[Floats]:
        """Of title and body, by their length."""
        alive = [each if self.living == self.size else each[self.alive] for each in self._lengths]
        longest = [int(each.max()) if len(each) else 0 for each in self._lengths]
        return [norm(np.arange(most + 1), mean_length(each)) for most, each in zip(longest, alive, strict=True)]

    def norms(self, field: int, docs: Numbers) -> Floats:
        """What frequencies in the title (0) or body (1) of the documents are divided by."""
        return self._norms[field].take(self._lengths[field].take(docs))

    @cached_property
    def inverse(self) -> list[Singles]:
        """One over the norms of all documents, of title and body."""
        pairs = zip(self._norms, self._lengths, strict=True)
        return [(1 / by_length).astype(np.float32).take(lengths) for by_length, lengths in pairs]

    @cached_property
    def ranks(self) -> Array:
        """By document id: what breaks ties."""
        return self._column("id").numbers

    def _column(self, name: str) -> Ordinals:
        columns = [(file.column(name), file.size) for _, file in self._segments]
        return ordinals([(c if isinstance(c, ByteColumn) else None, size) for c, size in columns])

    @cached_property
    def facets(self) -> dict[str, Ordinals]:
        return {name: self._column(f"f_{name}") for name in FACET_COLUMNS}

    @cached_property
    def months(self) -> Ordinals:
        return by_month(self.days)

    @cached_property
    def together(self) -> Together:
        """All facets, `published` by month."""
        return Together({**self.facets, "published": self.months})

    @cached_property
    def hidden(self) -> Mask:
        kinds = self.facets["kind"]
        mask = np.zeros(self.size, dtype=np.bool_)
        for number, kind in enumerate(kinds.values):
            if kind in HIDDEN_KINDS:
                mask |= kinds.having(number)
        return mask

    @cached_property
    def shown(self) -> Mask:
        """The living documents of kinds that are not hidden."""
        return self.alive & ~self.hidden

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Those the documents are written in, most frequent first; "" is last where some are undecided."""
        languages = self.facets["language"]
        counts = languages.counts(np.flatnonzero(self.alive))
        named = tuple(languages.values[n] for n in np.argsort(-counts, kind="stable") if counts[n])
        return (*named, "") if (languages.missing() & self.alive).any() else named

    @property
    def files(self) -> list[tuple[SegmentFile, int]]:
        """The segments, and the number of the first document of each."""
        return [(file, start) for (_, file), start in zip(self._segments, self._starts, strict=True)]

    @cached_property
    def suggestions(self) -> Suggestions:
        return Suggestions(self)

    @cached_property
    def listings(self) -> Listings:
        return Listings(self)

    # -- what a query asks

    def parts(self, field: str) -> list[tuple[Field, int]]:
        if field not in self._parts:
            found = [(file.field(field), start) for (_, file), start in zip(self._segments, self._starts, strict=True)]
            self._parts[field] = [(part, start) for part, start in found if part is not None]
        return self._parts[field]

    def hits(self, query: wq.Query, look: Lookup | None = None) -> Numbers:
        """The living documents the query finds, ascending."""
        return self._living(vector.evaluate(look or Lookup(self), query))

    def _living(self, docs: Numbers) -> Numbers:
        return docs if self.living == self.size else docs[self.alive[docs]]

    def by_matchers(self, query: wq.Query) -> Numbers:
        """The documents Whoosh's own matchers find."""
        found: list[int] = []
        with self._lock, self._index.searcher() as whole:
            for searcher, start in whole.leaf_searchers():
                matcher = query.matcher(searcher, searcher.boolean_context())
                while matcher.is_active():
                    found.append(start + matcher.id())
                    matcher.next()
        return np.array(found, dtype=np.int64)

    def holders(self, title: Postings, body: Postings) -> int:
        """How many living documents hold a word in one of the two fields."""
        if not len(title) or not len(body):
            return self._living_of((title if len(title) else body).raw)
        if body.either is None or body.either[0] is not title:
            body.either = title, self._holders(title, body)
        return body.either[1]

    def _holders(self, title: Postings, body: Postings) -> int:
        both, _ = kernels.shared(title.raw, body.raw, self.size)
        return self._living_of(title.raw) + self._living_of(body.raw) - self._living_of(title.raw.take(both))

    def _living_of(self, docs: Array) -> int:
        return len(docs) if self.living == self.size else int(np.count_nonzero(self.alive.take(docs)))

    def lacking(self) -> Iterator[str]:
        """What beside the segments is missing or damaged, in sentences: searches go on without it."""
        for _, file in self._segments:
            yield from wordbook.faults(file.arrays.path)

    def faults(self) -> list[str]:
        """What is wrong with the segments and beside them, in sentences."""
        return [*self.lacking(), *(wrong for _, file in self._segments for wrong in faults(file))]

    def document(self, number: int) -> Document:
        at = bisect_right(self._starts, number) - 1
        stored = self._segments[at][1].stored(number - self._starts[at])
        return read_document(decode_stored(stored)["document"])

    def number(self, document_id: str) -> int | None:
        found = self._living(vector.postings(self, "id", document_id).docs)
        return int(found[0]) if len(found) else None

    def words(self, start: str) -> Iterator[tuple[str, int]]:
        """(word, number of documents) of the words that begin so, in order."""
        with self._beginning:
            found = self._beginnings.pop(start, None)
            if found is None:
                found = self._counted(start)
            self._beginnings[start] = found  # the one last asked for stands last
            while len(self._beginnings) > KEPT or sum(map(len, self._beginnings.values())) > KEPT_WORDS:
                del self._beginnings[next(iter(self._beginnings))]
        return iter(found)

    def _counted(self, start: str) -> list[tuple[str, int]]:
        counts: dict[bytes, int] = {}
        parts = self.parts("words")
        for part, _ in parts:
            first, last = part.words.beginning(start.encode())
            held = np.diff(np.asarray(part.starts[first : last + 1])).tolist()
            for word, documents in zip(part.words.range(first, last), held, strict=True):
                counts[word] = counts.get(word, 0) + documents
        words = counts if len(parts) == 1 else sorted(counts)
        return [(word.decode(), counts[word]) for word in words]
