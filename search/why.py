"""Why a page is found where it is, and why another is not: in plain words, from what engine and ledger say.

The first reason that holds is given first; later ones are told too where they can be seen.
"""

import fnmatch
from collections.abc import Iterator
from dataclasses import replace

from search.analysis import fold, terms, tokens
from search.compounds import indexed, placed
from search.document import HIDDEN_KINDS, Document, document_id, facet_values
from search.engine import Engine
from search.ledger import Ledger, of_site
from search.parser import parse, read
from search.query import (
    MAX_DISTANCE,
    And,
    Everything,
    Fuzzy,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
    Wildcard,
)
from search.records import Capture
from search.results import MAX_SIZE, Filter, Hit, Request, Results, ScorePart

__all__ = ["reasons", "why"]

#: Hits that are looked through for a page's rank.
RANKS = 1_000
#: Shares of all pages up to which a word is called rare, and from which common.
RARE, COMMON = 0.01, 0.25

#: Of search.results.SORTS, as they are told after the place.
_ORDERS = {
    "relevance": "",
    "fresh": ", recent pages preferred",
    "newest": ", newest first",
    "oldest": ", oldest first",
}


def reasons(hit: Hit, size: int) -> Iterator[str]:
    """Why the hit stands where it does, weightiest part of its score first; `size` pages are in the index."""
    whole = sum(part.score for part in hit.explain)
    for part in hit.explain:
        alone = not whole or len(hit.explain) == 1
        yield _told(part, size) if alone else f"{_told(part, size)} ({part.score / whole:.0%} of the score)"
    if hit.widened:
        yield "it holds most of the words, not all"


def _told(part: ScorePart, size: int) -> str:
    places = [f"{_times(count)} in the {name}" for count, name in ((part.title, "title"), (part.body, "text")) if count]
    where = " and ".join(places)
    if part.documents is None and not places:
        return f"published {part.text}, and recent pages are preferred"
    if part.documents is None:
        return f"“{part.text}” side by side {where}"
    share = part.documents / max(size, 1)
    how = "rare here: " if share <= RARE else "common here: " if share >= COMMON else ""
    return f"“{part.text}” {where}; {how}{part.documents:,} of {size:,} pages hold it"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


# -- why, or why not


def why(engine: Engine, ledger: Ledger | None, url: str, text: str, request: Request) -> list[str]:
    """Sentences on what becomes of the page of this url when the text is searched with the request's filters."""
    document = engine.get(document_id(url))
    if document is None:
        return list(_unindexed(ledger, url))
    query = parse(text).query
    request = replace(request, query=query, widen=True, facets=(), page=1, size=MAX_SIZE)
    said = [*_hidden(document, request), *_filtered(document, request), *_lacking(document, query, ledger)]
    place, hit, results = _place(engine, document, request)
    total = results.total + results.widened
    if hit is None:
        first = f"it is not among the first {min(RANKS, total):,} of {total:,} hits"
        return said or [first if total else "the search finds nothing"]
    order = _ORDERS[request.sort]
    lacking = said if hit.widened else []
    return [f"it is hit {place:,} of {total:,}{order}", *reasons(hit, results.indexed), *lacking]


def _unindexed(ledger: Ledger | None, url: str) -> Iterator[str]:
    """Why the index holds no page of this url."""
    if ledger is None:
        yield "the index does not hold it, and there is no ledger to tell why"
        return
    urls, sites = ledger.forgotten()
    if url in urls or any(of_site(url, site) for site in sites):
        yield "it was forgotten by `pagesift forget`, and is never taken in again"
        return
    captures = ledger.captures(url)
    if captures and all(capture.state == "refused" for capture in captures):
        yield f"it was read but refused: {captures[0].reason}"
    elif captures and (head := ledger.groups.head(url)) != url:
        yield f"it is the same article as {head}, which stands for it in the index"
    elif captures:
        yield "it is in the ledger, but the index has yet to follow: run `reindex`"
    else:
        yield "it was never seen: no source that was read holds it"
        yield from (f"seen was {other}" for other in _spellings(url) if ledger.captures(other))


def _spellings(url: str) -> Iterator[str]:
    """The same address as it might have been written."""
    _, mark, rest = url.partition("://")
    if not mark:
        yield from (f"{each}://{url}" for each in ("https", "http"))
        return
    rests = dict.fromkeys((rest, rest.removesuffix("/"), f"{rest.removesuffix('/')}/", rest.partition("#")[0]))
    for each in ("https", "http"):
        for host in ("", "www."):
            for tail in rests:
                other = f"{each}://{host}{tail.removeprefix('www.')}"
                if other != url:
                    yield other


def _hidden(document: Document, request: Request) -> Iterator[str]:
    named = any(each.facet == "kind" and document.kind in each.wanted for each in request.filters)
    if document.kind in HIDDEN_KINDS and not request.hidden and not named:
        yield f"it is hidden: its kind is “{document.kind}”; `hidden=1` shows such pages too"


def _filtered(document: Document, request: Request) -> Iterator[str]:
    for each in request.filters:
        yield from _by_filter(document, each)
    day = document.published
    if request.since is not None and (day is None or day < request.since):
        yield f"the filter “from {request.since}” leaves it out: it is {_dated(document)}"
    if request.until is not None and (day is None or day > request.until):
        yield f"the filter “to {request.until}” leaves it out: it is {_dated(document)}"


def _dated(document: Document) -> str:
    return f"of {document.published}" if document.published else "undated"


def _by_filter(document: Document, asked: Filter) -> Iterator[str]:
    """What the filter says against the document."""
    values = facet_values(document, asked.facet)
    if asked.facet == "published" and document.published:
        day = document.published.isoformat()
        values = (day, day[:7], day[:4])
    said = ", ".join(values[:1] if asked.facet == "published" else values) or "none"
    if asked.wanted and not set(asked.wanted) & set(values or ("",)):
        yield f"the filter {asked.facet} {' or '.join(asked.wanted)} leaves it out: its {asked.facet} is {said}"
    if set(asked.excluded) & set(values or ("",)):
        yield f"the filter not {asked.facet} {' or '.join(asked.excluded)} leaves it out: its {asked.facet} is {said}"


def _lacking(document: Document, query: Query, ledger: Ledger | None) -> Iterator[str]:
    """The parts of the query that the document does not meet, and where a lacking word stands instead."""
    removed = _removed(ledger, document.url)
    for part in query.children if isinstance(query, And) else (query,):
        if _meets(document, part):
            continue
        if isinstance(part, Not):
            yield f"it holds what is not wanted: {read(part.child)}"
            continue
        yield f"it does not hold {read(part)}"
        for reason, text in removed:
            if _meets(Document(document.url, "", text, language=document.language), part):
                yield f"{read(part)} stands only in what was removed of it ({reason})"
                break


def _removed(ledger: Ledger | None, url: str) -> tuple[tuple[str, str], ...]:
    winner: Capture | None = ledger.winner(url) if ledger is not None else None
    entry = ledger.entry(winner.id) if ledger is not None and winner is not None else None
    return entry.removed if entry is not None else ()


def _meets(document: Document, query: Query) -> bool:
    """Whether the document meets the query: the plain version of what engines do, for one document."""
    match query:
        case And(children):
            return all(_meets(document, child) for child in children)
        case Or(children):
            return any(_meets(document, child) for child in children)
        case Not(child):
            return not _meets(document, child)
        case Everything():
            return True
        case Range(since, until):
            day = document.published
            return day is not None and (since is None or day >= since) and (until is None or day <= until)
        case Term(text, field) if field not in (None, "title"):
            value = text.lower()
            return any(value in held.lower() for held in facet_values(document, str(field)))
        case Term(text, field):
            return _in_row([t.text for t in tokens(text)], 1, document, field)
        case Phrase(words, field):
            return _in_row([t.text for word in words for t in tokens(word)], 1, document, field)
        case Near(words, distance, field):
            near = [t.text for word in words for t in tokens(word)]
            return _in_row(near, min(distance, MAX_DISTANCE), document, field)
        case Prefix(text, field):
            return any(word.startswith(fold(text.lower())) for word in _folded(document, field))
        case Wildcard(pattern, field):
            return any(fnmatch.fnmatchcase(word, fold(pattern.lower())) for word in _folded(document, field))
        case Fuzzy():
            return True  # how far a word is, only the engine's vocabulary says
    raise TypeError(f"no query node: {query!r}")


def _texts(document: Document, field: str | None) -> tuple[str, ...]:
    return (document.title,) if field == "title" else (document.title, document.body)


def _folded(document: Document, field: str | None) -> Iterator[str]:
    return (fold(token.text) for text in _texts(document, field) for token in indexed(text))


def _in_row(words: list[str], distance: int, document: Document, field: str | None) -> bool:
    """Whether the words stand in this order, at most `distance` places from one to the next."""
    wanted = [set(terms(word, (document.language,))) for word in words]
    for text in _texts(document, field):
        places: set[int] = set()
        found = [(at, set(terms(token.text, (document.language,)))) for at, token in placed(text)]
        for number, forms in enumerate(wanted):
            here = {at for at, held in found if held & forms}
            places = here if not number else {at for at in here if places & set(range(at - distance, at))}
        if places:
            return True
    return False


def _place(engine: Engine, document: Document, request: Request) -> tuple[int, Hit | None, Results]:
    """The place of the document among the hits, from 1, and the hit; None where it is not among the first RANKS."""
    results = Results(0)
    for number in range(1, RANKS // MAX_SIZE + 1):
        results = engine.search(replace(request, page=number))
        for place, hit in enumerate(results.hits, (number - 1) * MAX_SIZE + 1):
            if hit.document.url == document.url:
                return place, hit, results
        if number * MAX_SIZE >= results.total + results.widened:
            break
    return 0, None, results
