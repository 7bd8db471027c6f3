"""Ranked hits and exact facet counts from a Whoosh index; one snapshot per commit, opened on the next query."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from whoosh.index import FileIndex

from search.document import HIDDEN_KINDS, Document
from search.engines.embedded import storage
from search.engines.embedded.snapshot import Mask, Snapshot
from search.engines.embedded.translate import names_hidden_kind, translate
from search.engines.embedded.writer import BatchWriter
from search.errors import DamagedIndex, NoIndex, StaleCursor
from search.results import MAX_SIZE, Facet, FacetValue, Filter, Hit, Request, Results

__all__ = ["EmbeddedEngine"]


class EmbeddedEngine:
    """See search.engine.Engine."""

    def __init__(self, path: Path) -> None:
        self._root = path
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    def search(self, request: Request) -> Results:
        return self._answer(self._open(), request)

    def every(self, request: Request) -> Iterator[Document]:
        snapshot = self._open()  # one for all pages: its files stay open while they are read
        request = replace(request, page=1, size=MAX_SIZE, after="", facets=())
        return self._following(snapshot, request, self._answer(snapshot, request))

    def _following(self, snapshot: Snapshot, request: Request, page: Results) -> Iterator[Document]:
        yield from (hit.document for hit in page.hits)
        while page.next:
            page = self._answer(snapshot, replace(request, after=page.next))
            yield from (hit.document for hit in page.hits)

    def _answer(self, snapshot: Snapshot, request: Request) -> Results:
        try:
            return _search(snapshot, request)
        except (OSError, ValueError, KeyError, IndexError, TypeError, EOFError, AttributeError) as error:
            # A damaged file shows as any of these; on a sound index they are our bugs.
            if not storage.verify(self._root / snapshot.generation.split("/")[0]):
                raise
            raise DamagedIndex(f"the index in {self._root} is damaged ({error!r}): run `reindex --rebuild`") from error

    def get(self, document_id: str) -> Document | None:
        snapshot = self._open()
        number = snapshot.number(document_id)
        return snapshot.document(number) if number is not None else None

    def generation(self) -> str:
        folder = storage.current(self._root)
        return f"{folder.name}/{storage.toc_number(folder)}" if folder is not None else ""

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
                snapshot = self._open()
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

    def _open(self) -> Snapshot:
        """The snapshot of the latest commit."""
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
    translated = translate(request.query, snapshot, match=request.match)
    scores = snapshot.hits(translated.query)
    found = ~np.isnan(scores) & _between(snapshot, request.since, request.until)

    wanted = {f.facet: _any_of(snapshot, f.facet, f.wanted) for f in request.filters if f.wanted}
    for each in request.filters:
        if each.excluded:
            found &= ~_any_of(snapshot, each.facet, each.excluded)
    named = any(f.facet == "kind" and HIDDEN_KINDS.intersection(f.wanted) for f in request.filters)
    show_hidden = request.hidden or named or names_hidden_kind(request.query)
    visible = found if show_hidden else found & ~snapshot.hidden
    hits = _all_of(visible, wanted)

    size = max(0, min(request.size, MAX_SIZE))
    offset = _after(request.after, snapshot.generation) if request.after else (max(1, request.page) - 1) * size
    best = _ranked(snapshot, scores, np.flatnonzero(hits), request.sort)[offset : offset + size]
    marked = frozenset(translated.terms)
    facets = {}
    for name in request.facets:
        others = _all_of(visible, {facet: mask for facet, mask in wanted.items() if facet != name})
        filters = [f for f in request.filters if f.facet == name]
        facets[name] = _published(snapshot, others, filters) if name == "published" else _facet(
            snapshot, name, others, filters, request.facet_size
        )  # fmt: skip
    return Results(
        total=int(hits.sum()),
        hits=tuple(Hit(snapshot.document(int(n)), float(scores[n]), marked) for n in best),
        facets=facets,
        hidden=0 if show_hidden else int(_all_of(found & snapshot.hidden, wanted).sum()),
        notes=tuple(dict.fromkeys(translated.notes)),
        generation=snapshot.generation,
        next=f"{snapshot.generation}@{offset + len(best)}" if size and offset + len(best) < int(hits.sum()) else "",
    )


def _after(mark: str, generation: str) -> int:
    """How many hits stand before those asked for: a generation never changes, so a number of hits is a place in it."""
    made_in, _, number = mark.rpartition("@")
    if made_in != generation:
        raise StaleCursor("the index has changed since the hits that were to be continued were found: search anew")
    return int(number)


def _ranked(
    snapshot: Snapshot, scores: npt.NDArray[np.float64], numbers: npt.NDArray[np.intp], sort: str
) -> npt.NDArray[np.intp]:
    """The hits in order; ties by document id; undated pages last in either order of time."""
    score, rank, day = -np.round(scores[numbers], 9), snapshot.ranks[numbers], snapshot.days[numbers]
    if sort == "newest":
        order = np.lexsort((rank, score, -day))
    elif sort == "oldest":
        order = np.lexsort((rank, score, np.where(day == 0, np.iinfo(np.int32).max, day)))
    else:
        order = np.lexsort((rank, score))
    return numbers[order]


def _all_of(mask: Mask, filters: dict[str, Mask]) -> Mask:
    for each in filters.values():
        mask = mask & each
    return mask


def _any_of(snapshot: Snapshot, facet: str, values: tuple[str, ...]) -> Mask:
    """The documents with one of the values ("" is no value)."""
    mask = np.zeros(snapshot.size, dtype=np.bool_)
    for value in values:
        if facet == "published":
            bounds = _bounds(value)
            if not value:
                mask |= snapshot.days == 0
            elif bounds is not None:
                mask |= (snapshot.days >= bounds[0]) & (snapshot.days <= bounds[1])
            continue
        ordinals = snapshot.facets[facet]
        if not value:
            mask |= ordinals.having(None, snapshot.size)
        elif value in ordinals.values:
            mask |= ordinals.having(ordinals.values.index(value), snapshot.size)
    return mask


def _bounds(value: str) -> tuple[int, int] | None:
    """First and last day number of a year `2018` or a month `2018-02`."""
    try:
        if len(value) == 4:
            return dt.date(int(value), 1, 1).toordinal(), dt.date(int(value), 12, 31).toordinal()
        first = dt.date.fromisoformat(f"{value}-01")
        return first.toordinal(), (first + dt.timedelta(days=31)).replace(day=1).toordinal() - 1
    except (ValueError, OverflowError):
        return None


def _between(snapshot: Snapshot, since: dt.date | None, until: dt.date | None) -> Mask:
    mask = np.ones(snapshot.size, dtype=np.bool_)
    if since is not None or until is not None:
        mask &= snapshot.days >= (since.toordinal() if since is not None else 1)
    if until is not None:
        mask &= snapshot.days <= until.toordinal()
    return mask


def _facet(snapshot: Snapshot, name: str, mask: Mask, filters: list[Filter], size: int) -> Facet:
    ordinals = snapshot.facets[name]
    counts = ordinals.counts(mask)
    chosen = {value for f in filters for value in f.wanted}
    excluded = {value for f in filters for value in f.excluded}
    found = {ordinals.values[n]: int(counts[n]) for n in np.flatnonzero(counts)}
    order = sorted(found, key=lambda value: (-found[value], value))
    shown = order[:size] + sorted(value for value in chosen | excluded if value and value not in order[:size])
    return Facet(
        name,
        tuple(FacetValue(v, found.get(v, 0), v in chosen, v in excluded) for v in shown),
        distinct=len(found),
        missing=int((mask & ordinals.having(None, snapshot.size)).sum()),
    )


def _published(snapshot: Snapshot, mask: Mask, filters: list[Filter]) -> Facet:
    chosen = {value for f in filters for value in f.wanted}
    excluded = {value for f in filters for value in f.excluded}
    numbers, times = np.unique(snapshot.days[mask], return_counts=True)
    months: dict[str, int] = {}
    for number, count in zip(numbers.tolist(), times.tolist(), strict=True):
        if number:
            month = f"{dt.date.fromordinal(number):%Y-%m}"
            months[month] = months.get(month, 0) + count
    shown = sorted({*months, *(value for value in chosen | excluded if _bounds(value) and len(value) == 7)})
    return Facet(
        "published",
        tuple(FacetValue(m, months.get(m, 0), _is_in(m, chosen), _is_in(m, excluded)) for m in shown),
        distinct=len(months),
        missing=int((mask & (snapshot.days == 0)).sum()),
    )


def _is_in(month: str, values: set[str]) -> bool:
    return month in values or month[:4] in values
