"""Ranked hits and exact facet counts from a Whoosh index; one snapshot per commit, opened on the next query."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
from whoosh.index import FileIndex

from search.document import HIDDEN_KINDS, Document
from search.engines.embedded import kernels, recency, storage
from search.engines.embedded.best import ordered
from search.engines.embedded.narrowing import Narrowing, facets
from search.engines.embedded.passages import densest
from search.engines.embedded.ranking import Numbers
from search.engines.embedded.scoring import Scores
from search.engines.embedded.snapshot import Snapshot
from search.engines.embedded.suggesting import Suggestions
from search.engines.embedded.translate import names_hidden_kind, translate
from search.engines.embedded.vector import Lookup
from search.engines.embedded.writer import BatchWriter
from search.errors import DamagedIndex, NoIndex, StaleCursor
from search.matching import understood
from search.results import MAX_SIZE, Hit, Listed, Listing, Request, Results
from search.snippet import REACH

__all__ = ["EmbeddedEngine"]


class EmbeddedEngine:
    """See search.engine.Engine."""

    def __init__(self, path: Path) -> None:
        self._root = path
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    def search(self, request: Request) -> Results:
        snapshot = self.snapshot()
        with self._sound(snapshot):
            return _search(snapshot, request)

    def every(self, request: Request) -> Iterator[Document]:
        snapshot = self.snapshot()
        with self._sound(snapshot):
            numbers = _every(snapshot, request)
        return self._documents(snapshot, numbers)

    def values(self, request: Request, facet: str, listing: Listing) -> Listed:
        snapshot = self.snapshot()
        with self._sound(snapshot):
            found = _Found(snapshot, request)
            docs = found.narrowing.wanted(found.visible, but=facet)
            return snapshot.listings.listed(facet, docs, request.filters, listing)

    def _documents(self, snapshot: Snapshot, numbers: list[int]) -> Iterator[Document]:
        for number in numbers:
            with self._sound(snapshot):
                document = snapshot.document(number)
            yield document

    @contextlib.contextmanager
    def _sound(self, snapshot: Snapshot) -> Iterator[None]:
        """DamagedIndex where what is read shows that the files are not what was written."""
        try:
            yield
        except (OSError, ValueError, KeyError, IndexError, TypeError, EOFError, AttributeError) as error:
            # A damaged file shows as any of these; on a sound index they are our bugs.
            if not storage.verify(self._root / snapshot.generation.split("/")[0]):
                raise
            raise DamagedIndex(f"the index in {self._root} is damaged ({error!r}): run `reindex --rebuild`") from error

    def get(self, document_id: str) -> Document | None:
        snapshot = self.snapshot()
        number = snapshot.number(document_id)
        return snapshot.document(number) if number is not None else None

    def generation(self) -> str:
        folder = storage.current(self._root)
        return f"{folder.name}/{storage.toc_number(folder)}" if folder is not None else ""

    def vocabulary(self, start: str) -> Iterator[tuple[str, int]]:
        return self.snapshot().words(start)

    def suggestions(self) -> Suggestions:
        return self.snapshot().suggestions

    def writer(self) -> BatchWriter:
        return BatchWriter(self._root, fresh=False, done=self._forget)

    def rebuild(self) -> BatchWriter:
        return BatchWriter(self._root, fresh=True, done=self._forget)

    def mend(self) -> None:
        with contextlib.suppress(NoIndex, DamagedIndex):  # what a search needs is not mended here; `check` tells it
            if any(True for _ in self.snapshot().lacking()):
                with self.writer():
                    pass  # a commit makes what its segments lack

    def drop_earlier(self) -> None:
        storage.drop_earlier(self._root)

    def check(self) -> list[str]:
        wrong: list[str] = []
        try:
            folder = storage.current(self._root)
            if folder is None:
                return [f"there is no index in {self._root}: run `reindex`"]
            wrong += storage.verify(folder)
            snapshot = self.snapshot()
            wrong += snapshot.faults()
            if not wrong:
                for number in np.flatnonzero(snapshot.alive):
                    document = snapshot.document(int(number))
                    if snapshot.number(document.id) != number:
                        wrong.append(f"{document.url} stands in the index twice")
        except DamagedIndex as error:
            wrong.append(str(error))
        return wrong

    def prepare(self) -> None:
        threading.Thread(target=kernels.load, daemon=True).start()

    def close(self) -> None:
        self._forget()

    def _forget(self) -> None:
        with self._lock:
            self._snapshot = None  # threads that still read it keep it; its files close with the last of them

    def snapshot(self) -> Snapshot:
        """The latest commit, opened. NoIndex or DamagedIndex where it cannot be."""
        for attempt in range(5):
            generation = self.generation()
            if not generation:
                raise NoIndex(f"there is no index in {self._root} yet: run `reindex SOURCE`")
            with self._lock:
                if self._snapshot is not None and self._snapshot.generation == generation:
                    return self._snapshot
                try:
                    index = FileIndex(storage.DurableStorage(self._root / generation.split("/")[0]))
                    self._snapshot = Snapshot(index, generation)
                    return self._snapshot
                except Exception as error:  # whatever a damaged file makes Whoosh raise
                    if self.generation() == generation:
                        raise DamagedIndex(
                            f"the index in {self._root} cannot be opened ({error!r}): run `reindex --rebuild`"
                        ) from error
            time.sleep(0.01 * attempt)  # a commit came between listing and opening
        raise DamagedIndex(f"the index in {self._root} changes faster than it can be opened")


class _Found:
    """The hits of a request before they are ordered: `hits` are strict ones, `wider` those with most of the words."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        reading = understood(request.query, snapshot.languages, match=request.match, widen=request.widen)
        translated = translate(reading.query, snapshot)
        named = any(f.facet == "kind" and HIDDEN_KINDS.intersection(f.wanted) for f in request.filters)
        self.show_hidden = request.hidden or named or names_hidden_kind(request.query)
        self.snapshot, self.reading, self._sort = snapshot, reading, request.sort
        self.narrowing = Narrowing(snapshot, request)
        self._look = Lookup(snapshot)
        self.all = self.narrowing.kept(snapshot.hits(translated.query, self._look))
        self.visible = self._shown(self.all)
        self.hits = self.narrowing.wanted(self.visible)
        self.terms, self.notes = translated.terms, [*translated.notes, reading.note]
        self._wanted = translated.wanted

    @cached_property
    def scores(self) -> Scores:
        return Scores(self._wanted, self.snapshot, self._look)

    def wider(self) -> Numbers:
        if self.reading.wider is None:
            return self.hits[:0]
        query = translate(self.reading.wider, self.snapshot).query
        wider = self.narrowing.wanted(self._shown(self.narrowing.kept(self.snapshot.hits(query, self._look))))
        return wider[~kernels.member(wider, self.all, self.snapshot.size)]

    def ordered(self, hits: Numbers, count: int) -> list[tuple[int, float]]:
        """The first of the hits with their scores, in the order asked for."""
        if self._sort == "fresh":
            return recency.freshest(self.scores, hits, count)
        return ordered(self.scores, hits, self._sort, count)

    def shown(self, ranked: list[tuple[int, float]], strict: int) -> Iterator[Hit]:
        """Those ranked, of which so many are strict hits, as they are shown."""
        numbers = [number for number, _ in ranked]
        explained = self.scores.explained(numbers)
        for at, ((number, score), parts) in enumerate(zip(ranked, explained, strict=True)):
            document = self.snapshot.document(number)
            long = len(document.body) > REACH
            place = densest(self.snapshot, self.scores.words, number) if long else 0.0
            if self._sort == "fresh":
                parts += recency.part(self.snapshot, number, parts)
                parts = tuple(sorted(parts, key=lambda part: -part.score))
            yield Hit(document, score, self.terms, parts, widened=at >= strict, place=place)

    def hidden(self) -> int:
        """How many hits of hidden kinds were left out."""
        return 0 if self.show_hidden else len(self.narrowing.wanted(self.all[self.snapshot.hidden[self.all]]))

    def _shown(self, numbers: Numbers) -> Numbers:
        return numbers if self.show_hidden else numbers[self.snapshot.shown[numbers]]


def _search(snapshot: Snapshot, request: Request) -> Results:
    found = _Found(snapshot, request)
    total, size = len(found.hits), max(0, min(request.size, MAX_SIZE))
    offset = _after(request.after, snapshot.generation) if request.after else (max(1, request.page) - 1) * size
    ranked = found.ordered(found.hits, offset + size) if size else []
    notes, widened = found.notes, 0
    if total < size:
        wider = found.wider()
        widened = len(wider)
        if widened:
            ranked += found.ordered(wider, offset + size - total)
            notes.append(_widened(total))
    shown = ranked[offset : offset + size]
    end = offset + len(shown)
    return Results(
        total=total,
        hits=tuple(found.shown(shown, total - offset)),
        facets=facets(snapshot, request, found.narrowing, found.visible),
        hidden=found.hidden(),
        widened=widened,
        notes=tuple(dict.fromkeys(note for note in notes if note)),
        generation=snapshot.generation,
        next=f"{snapshot.generation}@{end}" if shown and end < total + widened else "",
        indexed=snapshot.living,
    )


def _every(snapshot: Snapshot, request: Request) -> list[int]:
    """The numbers of all strict hits in their order."""
    found = _Found(snapshot, request)
    return [number for number, _ in found.ordered(found.hits, len(found.hits))]


def _after(mark: str, generation: str) -> int:
    """How many hits stand before those asked for: a generation never changes, so a number of hits is a place in it."""
    made_in, _, number = mark.rpartition("@")
    if made_in != generation or not re.fullmatch("[0-9]{1,9}", number):
        raise StaleCursor("the index has changed since the hits that were to be continued were found: search anew")
    return int(number)


def _widened(total: int) -> str:
    if not total:
        return "no page holds all of these words; those shown hold most of them"
    held = "one page holds" if total == 1 else f"{total} pages hold"
    return f"only {held} all of these words; those that follow hold most of them"
