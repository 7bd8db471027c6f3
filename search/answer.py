"""A search box's string -> the answer, as one value and as JSON: what the page, the API and the command show alike."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from search.engine import Engine
from search.parser import Parsed, parse, read
from search.query import any_of
from search.results import Hit, Request, Results, ScorePart
from search.snippet import Part, Snippet, marked, snippet
from search.spelling import did_you_mean

__all__ = ["Answer", "Found", "answer", "as_json"]


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with its title and snippet, matches told apart."""

    hit: Hit
    title: tuple[Part, ...]
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Answer:
    """The string as it was asked, how it was read, the request made of it, and what was found.

    `notes` are sentences on what was mended or bounded; `did_you_mean` is the string with other words for those that
    the index does not know, None where it knows them or nothing is near.
    """

    text: str
    parsed: Parsed
    request: Request
    results: Results
    found: tuple[Found, ...]
    notes: tuple[str, ...]
    did_you_mean: str | None = None


def answer(engine: Engine, text: str, request: Request) -> Answer:
    """Search for the string; the request's own query is replaced by it."""
    parsed = parse(text)
    if request.match == "any":
        parsed = replace(parsed, read_as=read(any_of(parsed.query)))
    request = replace(request, query=parsed.query, widen=True)
    results = engine.search(request)
    return Answer(
        text,
        parsed,
        request,
        results,
        tuple(_found(hit) for hit in results.hits),
        tuple(dict.fromkeys(parsed.notes + results.notes)),
        did_you_mean(engine, text, {part.text for hit in results.hits for part in hit.explain}),
    )


def _found(hit: Hit) -> Found:
    document = hit.document
    return Found(
        hit,
        marked(document.title, hit.terms, document.language),
        snippet(document.body, hit.terms, document.language, place=hit.place),
    )


def as_json(found: Answer) -> dict[str, Any]:
    """The object of `/api/search` and `pagesift search --json`.

    `highlights` are [start, end) offsets into `snippet`, in code points. `explain` are the parts of the score, as
    search.results.ScorePart tells.
    """
    results, request = found.results, found.request
    return {
        "total": results.total,
        "hidden": results.hidden,
        "widened": results.widened,
        "page": request.page,
        "size": request.size,
        "hits": [_hit(each) for each in found.found],
        "facets": {
            name: [
                {"value": v.value, "count": v.count, "selected": v.selected, "excluded": v.excluded}
                for v in facet.values
            ]
            for name, facet in results.facets.items()
        },
        "query": {"text": found.text, "read_as": found.parsed.read_as, "notes": list(found.notes)},
        "did_you_mean": found.did_you_mean,
        "generation": results.generation,
    }


def _hit(found: Found) -> dict[str, Any]:
    document = found.hit.document
    return {
        "id": document.id,
        "url": document.url,
        "also_at": list(document.also_at),
        "title": document.title,
        "snippet": found.snippet.text,
        "highlights": _spans(found.snippet.parts),
        "site": document.site,
        "section": document.section,
        "authors": list(document.authors),
        "language": document.language,
        "tags": list(document.tags),
        "kind": document.kind,
        "published": _iso(document.published),
        "fetched": _iso(document.fetched),
        "score": round(found.hit.score, 6),
        "widened": found.hit.widened,
        "explain": [_part(part) for part in found.hit.explain],
    }


def _part(part: ScorePart) -> dict[str, Any]:
    return {
        "text": part.text,
        "documents": part.documents,
        "rarity": round(part.rarity, 6),
        "title": part.title,
        "body": part.body,
        "score": round(part.score, 6),
    }


def _spans(parts: tuple[Part, ...]) -> list[list[int]]:
    spans, at = [], 0
    for text, match in parts:
        if match:
            spans.append([at, at + len(text)])
        at += len(text)
    return spans


def _iso(value: dt.date | None) -> str | None:
    return value.isoformat() if value is not None else None
