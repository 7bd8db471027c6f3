"""Ranked hits and exact facet counts from a Whoosh index; one snapshot per commit, opened on the next query."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from whoosh.index import FileIndex

from search.document import HIDDEN_KINDS, Document
from search.engines.embedded import storage
from search.engines.embedded.narrowing import Narrowing, facet
from search.engines.embedded.scoring import Scores, ordered
from search.engines.embedded.snapshot import Snapshot
from search.engines.embedded.translate import names_hidden_kind, translate
from search.engines.embedded.vector import Lookup, inside
from search.engines.embedded.writer import BatchWriter
from search.errors import DamagedIndex, NoIndex
from search.matching import understood
from search.results import MAX_SIZE, Hit, Request, Results

__all__ = ["EmbeddedEngine"]


class EmbeddedEngine:
    """See search.engine.Engine."""

    def __init__(self, path: Path) -> None:
        self._root = path
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    def search(self, request: Request) -> Results:
        snapshot = self.snapshot()
        try:
            return _search(snapshot, request)
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

    def writer(self) -> BatchWriter:
        return BatchWriter(self._root, fresh=False, done=self._forget)

    def rebuild(self) -> BatchWriter:
        return BatchWriter(self._root, fresh=True, done=self._forget)

    def check(self) -> list[str]:
        try:
            folder = storage.current(self._root)
            if folder is None:
                return [f"there is no index in {self._root}: run `reindex`"]
            wrong = storage.verify(folder)
            if not wrong:
                snapshot = self.snapshot()
                wrong = snapshot.faults()
            if not wrong:
                for number in np.flatnonzero(snapshot.alive):
                    document = snapshot.document(int(number))
                    if snapshot.number(document.id) != number:
                        wrong.append(f"{document.url} stands in the index twice")
            return wrong
        except DamagedIndex as error:
            return [str(error)]

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


def _search(snapshot: Snapshot, request: Request) -> Results:
    reading = understood(request.query, snapshot.languages, match=request.match, widen=request.widen)
    translated = translate(reading.query, snapshot)
    named = any(f.facet == "kind" and HIDDEN_KINDS.intersection(f.wanted) for f in request.filters)
    show_hidden = request.hidden or named or names_hidden_kind(request.query)
    narrowing = Narrowing(snapshot, request)
    look = Lookup(snapshot)
    found = narrowing.kept(snapshot.hits(translated.query, look))
    visible = found if show_hidden else found[snapshot.shown[found]]
    hits = narrowing.wanted(visible)
    total, size = len(hits), max(0, min(request.size, MAX_SIZE))
    offset = (max(1, request.page) - 1) * size

    scores = Scores(translated.wanted, snapshot, look)
    ranked = ordered(scores, hits, request.sort, offset + size)
    notes, widened = [*translated.notes, reading.note], 0
    if reading.wider is not None and total < size:
        wider = narrowing.kept(snapshot.hits(translate(reading.wider, snapshot).query, look))
        wider = narrowing.wanted(wider if show_hidden else wider[snapshot.shown[wider]])
        wider = wider[~inside(wider, found, snapshot.size)]
        widened = len(wider)
        if widened:
            ranked += ordered(scores, wider, request.sort, offset + size - total)
            notes.append(_widened(total))

    return Results(
        total=total,
        hits=tuple(
            Hit(
                snapshot.document(number), score, translated.terms, scores.explained(number), widened=place >= total
            )
            for place, (number, score) in enumerate(ranked[offset : offset + size], offset)
        ),
        facets={name: facet(snapshot, request, name, narrowing.wanted(visible, but=name)) for name in request.facets},
        hidden=0 if show_hidden else len(narrowing.wanted(found[snapshot.hidden[found]])),
        widened=widened,
        notes=tuple(dict.fromkeys(note for note in notes if note)),
        generation=snapshot.generation,
    )


def _widened(total: int) -> str:
    if not total:
        return "no page holds all of these words; those shown hold most of them"
    held = "one page holds" if total == 1 else f"{total} pages hold"
    return f"only {held} all of these words; those that follow hold most of them"
