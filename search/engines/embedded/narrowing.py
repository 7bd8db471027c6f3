"""What filters leave of a query's hits, and what the facets count of them."""

import datetime as dt
from collections.abc import Iterable
from itertools import starmap

import numpy as np

from search.engines.embedded.facets import Counted, Ordinals, descending
from search.engines.embedded.kept import Ints
from search.engines.embedded.snapshot import Mask, Snapshot
from search.results import Facet, FacetValue, Filter, Request

__all__ = ["Narrowing", "facets"]


class Narrowing:
    """The filters of a request: those against values hold for all counts; the wanted values of a facet hold for all but
    its own. A range of days is wanted of `published`.
    """

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._kept = [~_any_of(snapshot, f.facet, f.excluded) for f in request.filters if f.excluded]
        self._wanted = [(f.facet, _any_of(snapshot, f.facet, f.wanted)) for f in request.filters if f.wanted]
        if request.since is not None or request.until is not None:
            self._wanted.append(("published", _between(snapshot, request.since, request.until)))

    def kept(self, docs: Ints) -> Ints:
        return _all_of(docs, self._kept)

    def wanted(self, docs: Ints, but: str = "") -> Ints:
        """Those with a wanted value of each facet, `but` left aside."""
        return _all_of(docs, [mask for name, mask in self._wanted if name != but])

    def narrows(self, facet: str) -> bool:
        """Whether values of it are wanted, so that its own counts are of more documents than the others'."""
        return any(name == facet for name, _ in self._wanted)


def _all_of(docs: Ints, masks: Iterable[Mask]) -> Ints:
    for mask in masks:
        docs = docs[mask[docs]]
    return docs


def _any_of(snapshot: Snapshot, name: str, values: tuple[str, ...]) -> Mask:
    """The documents with one of the values ("" is no value)."""
    mask = np.zeros(snapshot.size, dtype=np.bool_)
    for value in values:
        if name == "published":
            bounds = _bounds(value)
            if not value:
                mask |= snapshot.days == 0
            elif bounds is not None:
                mask |= (snapshot.days >= bounds[0]) & (snapshot.days <= bounds[1])
            continue
        ordinals = snapshot.facets[name]
        number = ordinals.number(value)
        if not value:
            mask |= ordinals.missing()
        elif number is not None:
            mask |= ordinals.having(number)
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
    mask: Mask = snapshot.days >= (since.toordinal() if since is not None else 1)
    if until is not None:
        mask &= snapshot.days <= until.toordinal()
    return mask


def facets(snapshot: Snapshot, request: Request, narrowing: Narrowing, docs: Ints) -> dict[str, Facet]:
    """Those asked for, of documents that wanted values have not narrowed: for each facet those of the others do."""
    alone = [name for name in request.facets if narrowing.narrows(name)]
    shared = [name for name in request.facets if name not in alone]
    found: dict[str, Facet] = {}
    for names in (shared, *([name] for name in alone)):
        if names:
            kept = narrowing.wanted(docs, but=names[0])
            counted = snapshot.together.counted(kept, names)
            found |= {name: _facet(snapshot, request, name, kept, counted[name]) for name in names}
    return {name: found[name] for name in request.facets}


def _facet(snapshot: Snapshot, request: Request, name: str, docs: Ints, counted: Counted) -> Facet:
    filters = [f for f in request.filters if f.facet == name]
    if name == "published":
        return _published(snapshot, docs, filters, request.month, counted)
    ordinals, counts = snapshot.facets[name], counted.values
    numbers = np.flatnonzero(counts)
    shown = _counts(ordinals, counts, numbers[descending(counts[numbers])[: request.facet_size]])
    chosen, excluded = _named(filters)
    for value in sorted((chosen | excluded) - {"", *shown}):
        number = ordinals.number(value)
        shown[value] = int(counts[number]) if number is not None else 0
    return Facet(name, _values(shown, chosen, excluded), distinct=len(numbers), missing=counted.without)


def _counts(ordinals: Ordinals, counts: Ints, numbers: Ints) -> dict[str, int]:
    """The counts of the values of these numbers, in their order."""
    values = ordinals.values
    return dict(zip([values[number] for number in numbers.tolist()], counts[numbers].tolist(), strict=True))


def _values(counts: dict[str, int], chosen: set[str], excluded: set[str]) -> tuple[FacetValue, ...]:
    if not chosen and not excluded:
        return tuple(starmap(FacetValue, counts.items()))
    return tuple(FacetValue(value, count, value in chosen, value in excluded) for value, count in counts.items())


def _named(filters: list[Filter]) -> tuple[set[str], set[str]]:
    return {value for f in filters for value in f.wanted}, {value for f in filters for value in f.excluded}


def _published(snapshot: Snapshot, docs: Ints, filters: list[Filter], month: str, counted: Counted) -> Facet:
    chosen, excluded = _named(filters)
    months = _counts(snapshot.months, counted.values, np.flatnonzero(counted.values))
    named = {value: 0 for value in chosen | excluded if _bounds(value) and len(value) == 7}
    shown = dict(sorted((named | months).items())) if named else months
    return Facet(
        "published",
        _values(shown, _months_in(shown, chosen), _months_in(shown, excluded)),
        distinct=len(months),
        missing=counted.without,
        days=_values(_days(snapshot, docs, month), chosen, excluded),
    )


def _days(snapshot: Snapshot, docs: Ints, month: str) -> dict[str, int]:
    """The days of the month with documents, and how many."""
    bounds = _bounds(month)
    if bounds is None:
        return {}
    days = snapshot.days[docs]
    numbers, counts = np.unique(days[(days >= bounds[0]) & (days <= bounds[1])], return_counts=True)
    return {dt.date.fromordinal(n).isoformat(): c for n, c in zip(numbers.tolist(), counts.tolist(), strict=True)}


def _months_in(months: Iterable[str], values: set[str]) -> set[str]:
    """Those of the months that are among the values, or their years are."""
    return {month for month in months if month in values or month[:4] in values} if values else set()
