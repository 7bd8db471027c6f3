"""The search in other forms: for the browser's address bar, for feed readers, and whole, as a table or as JSON.

Invariant: an export holds every hit that the page counts, from one state of the index, while one document at a time
is in memory. Dates and ids of a feed follow from the pages alone, never from when they were indexed.
"""

import contextlib
import csv
import datetime as dt
import io
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, make_response, render_template, request, url_for

from search.answer import Answer, Found, answer
from search.document import Document
from search.ledger import Ledger
from search.parser import parse
from web.address import TEMPLATE, Address, behind
from web.api import asked
from web.collection import collection
from web.context.parts import language_tag, web_address

__all__ = ["Feed", "FeedEntry", "Form", "feeds"]

feeds = Blueprint("feeds", __name__)

ATOM, OPENSEARCH = "application/atom+xml", "application/opensearchdescription+xml"

#: Exports at a time. Each may hold a thread for as long as its reader takes, and the others have searches to answer.
EXPORTS = 4
_exports = threading.BoundedSemaphore(EXPORTS)
#: Characters that are sent at once.
CHUNK = 32_768

#: A page that says neither when it was published nor when it was captured; Atom must have some time.
UNKNOWN = "1970-01-01T00:00:00Z"

#: What XML 1.0 cannot hold, not even escaped (its production 2, "Char").
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# -- the browser's address bar


@feeds.get("/opensearch.xml")
def description() -> Response:
    """How a browser asks this search (OpenSearch 1.1); its addresses are those by which it was reached."""
    return _xml("opensearch.xml", OPENSEARCH, {"template": TEMPLATE})


@feeds.get("/favicon.ico")
def icon() -> Response:
    """What a browser asks for beside an answer that names no icon, such as JSON."""
    return current_app.send_static_file("favicon.svg")


@feeds.get("/robots.txt")
def robots() -> Response:
    """Crawlers stay out of what has no end, as each filter leads to others; elsewhere they read to index nothing."""
    rules = ("User-agent: *", *(f"Disallow: {path}" for path in ("/search", "/facet/", "/why", "/api/")), "")
    return Response("\n".join(rules), content_type="text/plain; charset=utf-8")


# -- feed readers


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One page. `updated` is when it was published, else first captured; all texts can stand in XML."""

    id: str
    title: str
    href: str
    entry_href: str
    published: str
    updated: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    language: str
    summary: str


@dataclass(frozen=True, slots=True)
class Feed:
    """`feed.xml`: the newest pages that a query finds. `previous` and `next` are "" at either end (RFC 5005)."""

    id: str
    title: str
    updated: str
    href: str
    self_href: str
    previous: str
    next: str
    total: int
    first: int
    size: int
    entries: tuple[FeedEntry, ...]


@feeds.get("/search.atom")
def atom() -> Response:
    asked_for, _ = asked()
    address = asked_for.sorted_by("newest").on_page(asked_for.request.page)
    found = answer(collection().engine, address.text, replace(address.request, facets=()))
    ledger = collection().ledger
    entries = tuple(_entry(each, ledger) for each in found.found)
    return _xml("feed.xml", ATOM, {"page": _feed(address, found, entries)})


def _feed(address: Address, found: Answer, entries: tuple[FeedEntry, ...]) -> Feed:
    shown, now = address.request, address.request.page
    more = found.results.total > shown.offset + len(entries)
    return Feed(
        id=uuid.uuid5(uuid.NAMESPACE_URL, address.sized(10).query).urn,
        title=_in_xml(address.text.strip()),
        updated=max((each.updated for each in entries), default=UNKNOWN),
        href=_outside("pages.search", address),
        self_href=_outside("feeds.atom", address),
        previous=_outside("feeds.atom", address.on_page(now - 1)) if now > 1 else "",
        next=_outside("feeds.atom", address.on_page(now + 1)) if entries and more else "",
        total=found.results.total,
        first=shown.offset + 1,
        size=shown.size,
        entries=entries,
    )


def _entry(found: Found, ledger: Ledger | None) -> FeedEntry:
    document = found.hit.document
    entry = url_for("pages.entry", page_id=document.id, _external=True)
    published = _time(document.published)
    return FeedEntry(
        id=uuid.uuid5(uuid.NAMESPACE_URL, document.url).urn,
        title=_in_xml(document.title.strip() or document.url),
        href=_in_xml(web_address(document.url) or entry),
        entry_href=entry,
        published=published,
        updated=published or _time(_first_capture(document, ledger)) or UNKNOWN,
        authors=tuple(map(_in_xml, document.authors)),
        categories=tuple(map(_in_xml, filter(None, (document.section, *document.tags)))),
        language=language_tag(document.language),
        summary=_in_xml(found.snippet.text),
    )


def _first_capture(document: Document, ledger: Ledger | None) -> dt.datetime | None:
    times = [document.fetched]
    if ledger is not None:
        times += [capture.fetched for capture in ledger.captures(document.url)]
    return min(filter(None, times), default=None)


def _time(value: dt.date | None) -> str:
    """RFC 3339, as Atom wants it; a day is its first moment, None is ""."""
    match value:
        case None:
            return ""
        case dt.datetime():
            return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}".zfill(20)
        case _:
            return f"{value.isoformat()}T00:00:00Z"


# -- exports


@feeds.get("/search.csv")
def comma_separated() -> Response:
    """A table of all hits (RFC 4180); a list of values is joined by semicolons."""
    return _export("text/csv; charset=utf-8; header=present", "pagesift.csv", _table)


@feeds.get("/search.json")
def whole_json() -> Response:
    """An array of all hits with their whole texts."""
    return _export("application/json", "pagesift.json", _array)


def _export(content_type: str, name: str, written: Callable[[Iterable[Document]], Iterator[str]]) -> Response:
    address, _ = asked()
    if not _exports.acquire(blocking=False):
        abort(503)
    with contextlib.ExitStack() as slot:
        slot.callback(_exports.release)
        wanted = replace(address.request, query=parse(address.text).query, widen=True)  # read as the page reads it
        documents = collection().engine.every(wanted)
        held = slot.pop_all()
    response = Response(_closing(_chunks(written(documents)), held), content_type=content_type)
    response.call_on_close(held.close)  # the stream may never be begun, or be left
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _closing(pieces: Iterable[str], held: contextlib.ExitStack) -> Iterator[str]:
    with held:
        yield from pieces


def _chunks(pieces: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield "".join(held)
            held.clear()
            size = 0
    yield "".join(held)


def _record(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "url": document.url,
        "also_at": list(document.also_at),
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "site": document.site,
        "section": document.section,
        "authors": list(document.authors),
        "language": document.language,
        "tags": list(document.tags),
        "kind": document.kind,
        "fetched": document.fetched.isoformat() if document.fetched else None,
    }


def _table(documents: Iterable[Document]) -> Iterator[str]:
    yield _row(_record(Document("head", "", "")))
    for document in documents:
        yield _row(map(_cell, _record(document).values()))


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(value: str | list[str] | None) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe (OWASP)."""
    text = "; ".join(value) if isinstance(value, list) else value or ""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _array(documents: Iterable[Document]) -> Iterator[str]:
    before = "[\n"
    for document in documents:
        yield before + json.dumps(_record(document) | {"text": document.body}, ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


# -- links to all these


@dataclass(frozen=True, slots=True)
class Form:
    """A link in the head of a page: to the one address of what it shows (`canonical`), or to another form of it."""

    rel: str
    type: str
    title: str
    href: str


@feeds.app_template_global()
def other_forms() -> tuple[Form, ...]:
    """Those of the page that is being answered, which shows them twice."""
    if "forms" not in g:
        g.forms = _other_forms()
    found: tuple[Form, ...] = g.forms
    return found


def _other_forms() -> tuple[Form, ...]:
    match request.endpoint:
        case "pages.search" | "pages.home":
            address, _ = asked()
            address = address.on_page(address.request.page)
            whole = behind(address.sized(10).query)
            return (
                Form("canonical", "", "", _href("pages.search" if address.query else "pages.home", address)),
                Form("alternate", ATOM, "Atom feed", url_for("feeds.atom") + whole),
                Form("alternate", "text/csv", "CSV", url_for("feeds.comma_separated") + whole),
                Form("alternate", "application/json", "JSON", url_for("feeds.whole_json") + whole),
            )
        case "pages.entry":
            return (Form("canonical", "", "", url_for("pages.entry", page_id=(request.view_args or {})["page_id"])),)
        case _:
            return ()


def _href(endpoint: str, address: Address) -> str:
    return url_for(endpoint) + behind(address.query)


def _outside(endpoint: str, address: Address) -> str:
    """The address by which others reach it."""
    return request.url_root.rstrip("/") + _href(endpoint, address).removeprefix(request.script_root)


def _xml(template: str, mimetype: str, given: dict[str, Any]) -> Response:
    response = make_response(render_template(template, **given))
    response.content_type = f"{mimetype}; charset=utf-8"
    return response


def _in_xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
