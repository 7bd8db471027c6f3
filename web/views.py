"""The pages: the search and the entry of one page."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, render_template, url_for

from search.answer import Answer, Found
from search.document import Document, document_id, facet_values
from search.ledger import Ledger
from search.records import Capture, Entry
from search.results import SORTS, Facet
from web.address import Address
from web.api import answered
from web.collection import collection
from web.context import (
    CaptureRow,
    Day,
    EntryPage,
    Fact,
    Link,
    Problem,
    RemovedBlock,
    Result,
    SearchBox,
    SearchPage,
    language_tag,
    web_address,
)
from web.facets import TITLES, chips, facet_lists, histogram, value_label
from web.languages import language_name
from web.problems import problem

__all__ = ["pages"]

pages = Blueprint("pages", __name__)

SIZES = (10, 20, 50, 100)
COPIES = 3  # addresses of the same article that a result names


def search_href(address: Address) -> str:
    query = address.query
    return url_for("pages.search") + (f"?{query}" if query else "")


def entry_href(document_id: str) -> str:
    return url_for("pages.entry", page_id=document_id)


# -- search


@pages.get("/", endpoint="home")
@pages.get("/search")
def search() -> str:
    address, found = answered()
    return render_template("search.html", page=search_page(address, found))


def search_page(address: Address, found: Answer) -> SearchPage:
    asked, results = address.request, found.results
    last_page = -(-(results.total + results.widened) // asked.size)
    return SearchPage(
        heading=f"{address.text.strip()} – Pagesift" if address.text.strip() else "Pagesift",
        box=SearchBox(
            address.text,
            tuple((key, value) for key, value in address.pairs() if key not in ("q", "page")),
            focused=not address.query,
        ),
        total=results.total,
        hidden=results.hidden,
        hidden_href=search_href(address.showing_hidden(True)),
        read_as=_read_as(address, found),
        notes=found.notes,
        chips=tuple(chips(address, search_href)),
        unfiltered_href=search_href(address.unfiltered()),
        sorts=tuple(Link(s, search_href(address.sorted_by(s)), s == asked.sort) for s in SORTS),
        sizes=tuple(Link(str(n), search_href(address.sized(n)), n == asked.size) for n in SIZES),
        histogram=histogram(address, results.facets.get("published", Facet("published", ())), search_href),
        facets=tuple(facet_lists(address, results.facets.values(), search_href)),
        results=tuple(_result(each) for each in found.found if not each.hit.widened),
        wider=tuple(_result(each) for each in found.found if each.hit.widened),
        did_you_mean=_did_you_mean(address, found.did_you_mean),
        first=asked.offset + 1,
        pages=tuple(_page_links(address, last_page)),
        previous=search_href(address.on_page(min(asked.page - 1, last_page))) if asked.page > 1 and last_page else "",
        next=search_href(address.on_page(asked.page + 1)) if asked.page < last_page else "",
        ways_out=() if any(not hit.widened for hit in results.hits) else tuple(_ways_out(address, found, last_page)),
    )


def _read_as(address: Address, found: Answer) -> str:
    """How the query was read, where neither the words themselves nor a chip say it."""
    said = found.parsed.read_as
    plain = said.removeprefix("all of: ").split(", ") == address.text.split()
    return "" if plain or address.request.match == "any" else said


def _did_you_mean(address: Address, text: str | None) -> Link | None:
    return Link(text, search_href(replace(address.on_page(1), text=text))) if text is not None else None


def _result(found: Found) -> Result:
    document = found.hit.document
    entry, original = entry_href(document.id), web_address(document.url)
    return Result(
        title=found.title if document.title.strip() else (("Untitled page", False),),
        href=original or entry,
        entry_href=entry,
        snippet=found.snippet.parts,
        site=document.site,
        place=document.url,
        section=document.section,
        published=Day.of(document.published),
        authors=document.authors,
        language=language_tag(document.language),
        language_name=language_name(document.language),
        kind="" if document.kind == "article" else document.kind,
        also_at=_also_at(document)[:COPIES],
        also_more=max(0, len(document.also_at) - COPIES),
    )


def _also_at(document: Document) -> tuple[Link, ...]:
    """The entry pages of the others that hold the same article."""
    return tuple(Link(url, entry_href(document_id(url))) for url in document.also_at)


def _page_links(address: Address, last: int) -> Iterator[Link | None]:
    """The first, the last and those around the page shown; None where some are left out."""
    now = address.request.page
    before = 0
    for number in sorted({1, last, *range(now - 2, now + 3)}):
        if 1 <= number <= last:
            if number > before + 1:
                yield None
            yield Link(f"{number:,}", search_href(address.on_page(number)), number == now)
            before = number


def _ways_out(address: Address, found: Answer, last_page: int) -> Iterator[Link]:
    """What to try where nothing is shown."""
    asked = address.request
    if found.results.total:
        yield Link(f"The last page of results, page {last_page:,}", search_href(address.on_page(last_page)))
        return
    if asked.filters or asked.since or asked.until:
        yield Link("The same words without filters", search_href(address.unfiltered()))
    if asked.match == "all" and len(address.text.split()) > 1:
        yield Link("Pages with any of these words", search_href(address.matching("any")))
    if found.results.hidden:
        yield Link("Error pages, captchas and the like too", search_href(address.showing_hidden(True)))
    if address.query:
        yield Link("All pages, newest first", search_href(Address()))


# -- one page


@pages.get("/page/<page_id>")
@pages.get("/page/<page_id>/capture/<int:number>")
def entry(page_id: str, number: int | None = None) -> str | Response:
    """The page with this id: its capture of this number, without one the capture that stands in the index."""
    with collection().ledger() as ledger:
        url = ledger.url_of(page_id) if ledger is not None else None
        if ledger is not None and url is not None:
            captures = ledger.captures(url)
            shown = ledger.winner(url) or next(iter(captures), None)
            if number is not None:
                shown = next((each for each in captures if each.id == number), None)
            if shown is None:
                return _unknown()
            return render_template("entry.html", page=_entry_page(ledger, shown, captures))
    document = collection().engine.get(page_id) if number is None else None
    if document is None:
        return _unknown()
    return render_template("entry.html", page=_page_of(document, Entry(document), captures=(), refusal=""))


def _unknown() -> Response:
    text = "It may have been taken out, or the link was cut short. A search for its title may find it."
    return problem(Problem(404, "This page is not in the collection", text))


def _entry_page(ledger: Ledger, shown: Capture, captures: list[Capture]) -> EntryPage:
    found = ledger.entry(shown.id)
    page_id = document_id(shown.url)
    rows = tuple(
        CaptureRow(
            Day.of(each.fetched),
            each.state,
            each.reason,
            each.file,
            url_for("pages.entry", page_id=page_id, number=each.id),
            each.id == shown.id,
        )
        for each in captures
    )
    if found is None:
        document = Document(shown.url, shown.title or "", "", published=shown.published, fetched=shown.fetched)
        return _page_of(document, Entry(document), rows, refusal=shown.reason or "it could not be read")
    document = replace(found.document, also_at=ledger.groups.also_at(shown.url))
    return _page_of(document, found, rows, refusal="")


def _page_of(document: Document, found: Entry, captures: tuple[CaptureRow, ...], refusal: str) -> EntryPage:
    return EntryPage(
        box=SearchBox(),
        title=document.title.strip() or document.url,
        language=language_tag(document.language),
        url=document.url,
        original_href=web_address(document.url),
        paragraphs=tuple(part for part in document.body.split("\n\n") if part.strip()),
        refusal=refusal,
        facts=tuple(_facts(document, found)),
        captures=captures,
        removed=tuple(RemovedBlock(reason, text) for reason, text in found.removed) if captures else None,
    )


def _facts(document: Document, found: Entry) -> Iterator[Fact]:
    """Every facet of the document as links to pages that share it, with the evidence where it is known."""
    if found.title_by:
        derived = found.title_by == "derived"
        yield Fact("Title", (), "made of its first sentence" if derived else f"from {found.title_by}")
    if day := Day.of(document.published):
        href = search_href(Address().only("published", f"{document.published:%Y-%m}"))
        yield Fact("Published", (Link(day.text, href),), f"from {found.published_by}" if found.published_by else "")
    for facet in ("author", "site", "section", "language", "tag", "kind"):
        values = facet_values(document, facet)
        links = tuple(Link(value_label(facet, v), search_href(Address().wanting(facet, v))) for v in values)
        if links:
            yield Fact(TITLES[facet], links, found.kind_reason if facet == "kind" else "")
    if document.also_at:
        yield Fact("Also at", _also_at(document), "the same article")
    if fetched := Day.of(document.fetched):
        yield Fact("Captured", (Link(fetched.text, ""),))
