"""The entry of one page: its text with the query's matches, where each fact comes from, what was removed and why, all
its captures, and the page as it was saved.
"""

from collections.abc import Iterator
from dataclasses import replace

from flask import Response, make_response, render_template, url_for

from search.document import Document, document_id, facet_values
from search.engine import Engine
from search.ledger import Ledger
from search.parser import parse
from search.records import Capture, Entry
from search.results import Request
from search.similar import similar
from search.snippet import Part, marked
from search.survey import LEAST, Survey, block_mark
from web.address import Address
from web.api import asked
from web.collection import collection
from web.context.entry import CaptureRow, EntryPage, Fact, RemovedBlock, Run
from web.context.parts import Day, Link, Problem, SearchBox, language_tag, reading_minutes, web_address
from web.facets import TITLES, value_label
from web.problems import problem
from web.stored import POLICY, sanitised
from web.views.links import copies, entry_href, pages, search_href

__all__ = ["captured", "facts", "unknown"]

#: Characters of a text in which matches are marked, and matches that are numbered: beyond them it stands unmarked.
MARKED, NUMBERED = 200_000, 1_000
#: What stands before a page as it was saved. Its language is "und" (undetermined, BCP 47) where nobody knows it.
STORED = """<!doctype html>
<html lang="{}">
<title>The page as it was saved</title>
<body>
<main>
"""


@pages.get("/page/<page_id>")
@pages.get("/page/<page_id>/capture/<int:number>")
def entry(page_id: str, number: int | None = None) -> str | Response:
    """The page with this id: its capture of this number, without one the capture that stands in the index."""
    address, _ = asked()
    ledger = collection().ledger
    found = captured(ledger, page_id, number)
    if ledger is not None and found is not None:
        return render_template("entry.html", page=_of_capture(ledger, *found, address.text))
    document = collection().engine.get(page_id) if number is None else None
    if document is None:
        return unknown()
    return render_template("entry.html", page=_entry_page(document, Entry(document), address.text))


@pages.get("/page/<page_id>/capture/<int:number>/stored")
def stored(page_id: str, number: int) -> Response:
    """The page as it was saved, for the frame on its entry page."""
    ledger = collection().ledger
    found = captured(ledger, page_id, number)
    if ledger is None or found is None:
        return unknown()
    body, known = ledger.original(found[0].id), ledger.entry(found[0].id)
    if body is None:
        return unknown()
    language = language_tag(known.document.language) if known else ""
    saved = sanitised(body, found[0].content_type)
    response = make_response(f"{STORED.format(language or 'und')}{saved}</main>\n")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def captured(ledger: Ledger | None, page_id: str, number: int | None) -> tuple[Capture, list[Capture]] | None:
    """The capture of this number (without one that of the index) among all of the page; None where there is none."""
    url = ledger.url_of(page_id) if ledger is not None else None
    if ledger is None or url is None:
        return None
    captures = ledger.captures(url)
    if number is None:
        shown = ledger.winner(url) or next(iter(captures), None)
    else:
        shown = next((each for each in captures if each.id == number), None)
    return (shown, captures) if shown is not None else None


def unknown() -> Response:
    text = "It may have been taken out, or the link was cut short. A search for its title may find it."
    return problem(Problem(404, "This page is not in the collection", text))


def _of_capture(ledger: Ledger, shown: Capture, captures: list[Capture], text: str) -> EntryPage:
    found = ledger.entry(shown.id)
    document = found.document if found else _unread(shown)
    document = replace(document, also_at=ledger.groups.also_at(shown.url))
    removed, kept_last = _removed(ledger.survey, found, shown.url) if found else ([], 0)
    return _entry_page(
        document,
        found or Entry(document),
        text,
        captures=tuple(_row(shown, each, text) for each in captures),
        refusal="" if found else shown.reason or "it could not be read",
        removed=tuple(removed),
        kept_last=kept_last,
        stored_href=_stored_href(shown) if ledger.original(shown.id) is not None else "",
    )


def _unread(shown: Capture) -> Document:
    return Document(shown.url, shown.title or "", "", published=shown.published, fetched=shown.fetched)


def _stored_href(shown: Capture) -> str:
    return url_for("pages.stored", page_id=document_id(shown.url), number=shown.id)


def _entry_page(
    document: Document,
    found: Entry,
    text: str,
    *,
    captures: tuple[CaptureRow, ...] = (),
    refusal: str = "",
    removed: tuple[RemovedBlock, ...] | None = None,
    kept_last: int = 0,
    stored_href: str = "",
) -> EntryPage:
    engine = collection().engine
    terms = _wanted(engine, text)
    paragraphs, matches = _numbered(document, terms)
    likes = similar(engine, document) if engine.generation() and not refusal else ()
    title = document.title.strip()
    return EntryPage(
        box=SearchBox(text),
        title=marked(title, terms, document.language) if title else ((document.url, False),),
        language=language_tag(document.language),
        url=document.url,
        original_href=web_address(document.url),
        minutes=reading_minutes(document.body, document.language),
        paragraphs=paragraphs,
        matches=matches,
        query=text.strip(),
        refusal=refusal,
        facts=tuple(facts(document, found)),
        captures=captures,
        removed=removed,
        kept_last=kept_last,
        stored_href=stored_href,
        similar=tuple(Link(each.title.strip() or each.url, entry_href(each.id)) for each in likes),
    )


# -- the text and its matches


def _wanted(engine: Engine, text: str) -> frozenset[str]:
    """The terms that the search for this text marks, as a hit has them; none where nothing is found."""
    if not text.strip():
        return frozenset()
    hits = engine.search(Request(parse(text).query, size=1, facets=(), match="any", hidden=True)).hits
    return hits[0].terms if hits else frozenset()


def _numbered(document: Document, terms: frozenset[str]) -> tuple[tuple[tuple[Run, ...], ...], int]:
    """The paragraphs with their matches numbered through, and how many matches there are."""
    paragraphs, matches, read_so_far = [], 0, 0
    for paragraph in filter(str.strip, document.body.split("\n\n")):
        parts: tuple[Part, ...] = ((paragraph, False),)
        if read_so_far < MARKED and matches < NUMBERED:
            parts = marked(paragraph, terms, document.language)
        runs = []
        for text, match in parts:
            matches += match
            runs.append(Run(text, matches if match else 0))
        read_so_far += len(paragraph)
        paragraphs.append(tuple(runs))
    return tuple(paragraphs), matches


# -- what was removed, and the captures


def _removed(survey: Survey, found: Entry, url: str) -> tuple[list[RemovedBlock], int]:
    """The removed blocks in page order with the number of kept ones between them, and that of those at the end."""
    marks = {text: block_mark(text) for _, text in found.removed if len(text) >= LEAST}
    shared = survey.elsewhere(marks.values(), url)
    blocks, kept = [], 0
    left = iter(found.removed)
    for is_kept in _verdicts(found):
        if is_kept:
            kept += 1
            continue
        reason, text = next(left)
        mark = marks.get(text)
        href = url_for("pages.block", mark=f"{mark:016x}") if mark in shared else ""
        blocks.append(RemovedBlock(reason, text, kept, href))
        kept = 0
    return blocks, kept


def _verdicts(found: Entry) -> list[bool]:
    """For each block in page order, whether it was kept; where the ledger holds no blocks, those removed alone."""
    outline = found.outline or {}
    kept = set(outline.get("kept", ()))
    verdicts = [block["index"] in kept for block in outline.get("blocks", ())]
    return verdicts if verdicts.count(False) == len(found.removed) else [False] * len(found.removed)


def _row(shown: Capture, capture: Capture, text: str) -> CaptureRow:
    page_id = document_id(capture.url)
    older, newer = sorted((shown, capture), key=lambda each: (each.fetched is not None and each.fetched, each.id))
    comparable = shown.id != capture.id and "refused" not in (shown.state, capture.state)
    return CaptureRow(
        Day.of(capture.fetched),
        capture.state,
        capture.reason,
        capture.file,
        entry_href(page_id, text, capture.id),
        capture.id == shown.id,
        url_for("pages.changes", page_id=page_id, older=older.id, newer=newer.id) if comparable else "",
    )


# -- what is known of it


def facts(document: Document, found: Entry) -> Iterator[Fact]:
    """Every facet of the document as links to pages that share it, with the evidence where it is known."""
    if found.title_by:
        derived = found.title_by == "derived"
        yield Fact("Title", (), "made of its first sentence" if derived else f"from {found.title_by}")
    if day := Day.of(document.published):
        href = search_href(Address.whole().only("published", f"{document.published:%Y-%m}"))
        yield Fact("Published", (Link(day.text, href),), f"from {found.published_by}" if found.published_by else "")
    for facet in ("author", "site", "section", "language", "tag", "kind"):
        values = facet_values(document, facet)
        links = tuple(Link(value_label(facet, v), search_href(Address.whole().wanting(facet, v))) for v in values)
        if links:
            yield Fact(TITLES[facet], links, found.kind_reason if facet == "kind" else "")
    if document.also_at:
        yield Fact("Also at", copies(document), "the same article")
    if fetched := Day.of(document.fetched):
        yield Fact("Captured", (Link(fetched.text, ""),))
