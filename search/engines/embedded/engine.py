"""Ranked hits and exact facet counts from a Whoosh index; one snapshot per commit, opened on the next query."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from whoosh.index import FileIndex

from search.document import HIDDEN_KINDS, Document
from search.engines.embedded import storage
from search.engines.embedded.ranking import Floats, Numbers, Scorer, first
from search.engines.embedded.snapshot import Mask, Snapshot
from search.engines.embedded.translate import names_hidden_kind, translate
from search.engines.embedded.writer import BatchWriter
from search.errors import DamagedIndex, NoIndex
from search.matching import understood
from search.results import MAX_SIZE, Facet, FacetValue, Filter, Hit, Request, Results

__all__ = ["EmbeddedEngine"]


class EmbeddedEngine:
    """See search.engine.Engine."""

    def __init__(self, path: Path) -> None:
        self._root = path
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    def search(self, request: Request) -> Results:
        snapshot = self._open()
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

    def vocabulary(self, start: str) -> Iterator[tuple[str, int]]:
        return self._open().words(start)

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
    reading = understood(request.query, snapshot.languages, match=request.match, widen=request.widen)
    translated = translate(reading.query, snapshot)
    narrowed = _between(snapshot, request.since, request.until) & _not_excluded(snapshot, request.filters)
    found = snapshot.hits(translated.query) & narrowed

    wanted = {f.facet: _any_of(snapshot, f.facet, f.wanted) for f in request.filters if f.wanted}
    named = any(f.facet == "kind" and HIDDEN_KINDS.intersection(f.wanted) for f in request.filters)
    show_hidden = request.hidden or named or names_hidden_kind(request.query)
    visible = found if show_hidden else found & ~snapshot.hidden
    hits = _all_of(visible, wanted)
    total, size = int(hits.sum()), max(0, min(request.size, MAX_SIZE))

    scorer = Scorer(translated.wanted, snapshot)
    scores = scorer.words()
    order = _ranked(snapshot, scorer, scores, hits, request.sort)
    notes = [*translated.notes, reading.note]
    if reading.wider is not None and total < size:
        wider = snapshot.hits(translate(reading.wider, snapshot).query) & narrowed & ~found
        others = _all_of(wider if show_hidden else wider & ~snapshot.hidden, wanted)
        if others.any():
            order = np.concatenate((order, _ranked(snapshot, scorer, scores, others, request.sort)))
            notes.append(_widened(total))

    offset = (max(1, request.page) - 1) * size
    facets = {}
    for name in request.facets:
        others = _all_of(visible, {facet: mask for facet, mask in wanted.items() if facet != name})
        filters = [f for f in request.filters if f.facet == name]
        facets[name] = _published(snapshot, others, filters, request.month) if name == "published" else _facet(
            snapshot, name, others, filters, request.facet_size
        )  # fmt: skip
    return Results(
        total=total,
        hits=tuple(
            Hit(
                snapshot.document(int(number)),
                float(scores[number]),
                translated.terms,
                scorer.explained(int(number)),
                widened=place >= total,
            )
            for place, number in enumerate(order[offset : offset + size], offset)
        ),
        facets=facets,
        hidden=0 if show_hidden else int(_all_of(found & snapshot.hidden, wanted).sum()),
        widened=len(order) - total,
        notes=tuple(dict.fromkeys(note for note in notes if note)),
        generation=snapshot.generation,
    )


def _widened(total: int) -> str:
    if not total:
        return "no page holds all of these words; those shown hold most of them"
    held = "one page holds" if total == 1 else f"{total} pages hold"
    return f"only {held} all of these words; those that follow hold most of them"


def _ranked(snapshot: Snapshot, scorer: Scorer, scores: Floats, hits: Mask, sort: str) -> Numbers:
    """The hits in order; ties by document id; undated pages last in either order of time.

    Adds to the scores what neighbouring words are worth to the first of the hits.
    """
    numbers = np.flatnonzero(hits)
    near = first(scores, snapshot.ranks, numbers)
    scores[near] += scorer.pairs(near)
    score, rank, day = -np.round(scores[numbers], 9), snapshot.ranks[numbers], snapshot.days[numbers]
    if sort == "newest":
        order = np.lexsort((rank, score, -day))
    elif sort == "oldest":
        order = np.lexsort((rank, score, np.where(day == 0, np.iinfo(np.int32).max, day)))
    else:
        order = np.lexsort((rank, score))
    return numbers[order]


def _not_excluded(snapshot: Snapshot, filters: tuple[Filter, ...]) -> Mask:
    mask = np.ones(snapshot.size, dtype=np.bool_)
    for each in filters:
        if each.excluded:
            mask &= ~_any_of(snapshot, each.facet, each.excluded)
    return mask


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
    """First and last day number of a year `2018`, a month `2018-02` or a day `2018-02-22`."""
    try:
        if len(value) == 10:
            return (dt.date.fromisoformat(value).toordinal(),) * 2
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


def _published(snapshot: Snapshot, mask: Mask, filters: list[Filter], month_asked: str) -> Facet:
    chosen = {value for f in filters for value in f.wanted}
    excluded = {value for f in filters for value in f.excluded}
    numbers, times = np.unique(snapshot.days[mask], return_counts=True)
    months: dict[str, int] = {}
    days: dict[str, int] = {}
    for number, count in zip(numbers.tolist(), times.tolist(), strict=True):
        if number:
            day = dt.date.fromordinal(number).isoformat()
            months[day[:7]] = months.get(day[:7], 0) + count
            if day.startswith(month_asked or "-"):
                days[day] = count
    shown = sorted({*months, *(value for value in chosen | excluded if _bounds(value) and len(value) == 7)})
    return Facet(
        "published",
        tuple(FacetValue(m, months.get(m, 0), _is_in(m, chosen), _is_in(m, excluded)) for m in shown),
        distinct=len(months),
        missing=int((mask & (snapshot.days == 0)).sum()),
        days=tuple(FacetValue(day, count, day in chosen, day in excluded) for day, count in days.items()),
    )


def _is_in(month: str, values: set[str]) -> bool:
    return month in values or month[:4] in values
