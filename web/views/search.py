"""The search page: results, the filters beside them, and a link for every next step."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from flask import render_template

from search.answer import Answer, Found
from search.errors import LedgerError
from search.results import SORTS, Facet
from search.why import reasons
from web.address import Address, Values
from web.api import answered
from web.collection import collection
from web.context.parts import Day, Link, SearchBox, language_tag, reading_minutes, web_address
from web.context.results import Result, SearchPage
from web.facets import chips, facet_lists, histogram, in_words
from web.languages import language_name
from web.views.links import copies, entries_at, facets_at, pages, search_at, search_href, why_href

__all__ = ["search_page"]

SIZES = (10, 20, 50, 100)
COPIES = 3  # addresses of the same article that a result names


@pages.get("/", endpoint="home")
@pages.get("/search")
def search() -> str:
    address, found = answered()
    return render_template("search.html", page=search_page(address, found))


def search_page(address: Address, found: Answer) -> SearchPage:
    asked, results, href = address.request, found.results, search_at()
    paging, sorting, sizing = map(address.setting, ("page", "sort", "size"))
    shown = tuple(_results(address, found))
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
        hidden_href=href(address.showing_hidden(True).query) if results.hidden else "",
        read_as=_read_as(address, found),
        notes=found.notes,
        chips=tuple(chips(address, href)),
        unfiltered_href=href(address.unfiltered().query),
        sorts=tuple(Link(s, href(sorting(s)), s == asked.sort) for s in SORTS),
        sizes=tuple(Link(str(n), href(sizing(n)), n == asked.size) for n in SIZES),
        histogram=histogram(address, results.facets.get("published", Facet("published", ())), href),
        facets=tuple(facet_lists(address, results.facets.values(), href, _all_values(address))),
        did_you_mean=_other_words(address, found.did_you_mean),
        results=tuple(each for each in shown if not each.widened),
        wider=tuple(each for each in shown if each.widened),
        widened=results.widened,
        first=asked.offset + 1,
        pages=tuple(_page_links(asked.page, last_page, lambda number: href(paging(number)))),
        previous=href(paging(min(asked.page - 1, last_page))) if asked.page > 1 and last_page else "",
        next=href(paging(asked.page + 1)) if asked.page < last_page else "",
        ways_out=() if results.total and results.hits else tuple(_ways_out(address, found, last_page)),
        missing_href=why_href(address),
    )


def _all_values(address: Address) -> Callable[[str], str]:
    """The page of all values of a facet, for its name."""
    return facets_at(Values(address.on_page(1)))


def _read_as(address: Address, found: Answer) -> str:
    """How the query and its filters were read, where the words themselves do not say it."""
    said, filters = found.parsed.read_as, tuple(in_words(address))
    plain = said.removeprefix("all of: ").split(", ") == address.text.split()
    return "" if (plain or not said) and not filters else "; ".join((said or "all pages", *filters))


def _results(address: Address, found: Answer) -> Iterator[Result]:
    captures = _captures([each.hit.document.url for each in found.found])
    entry_at = entries_at(address.text)
    for each in found.found:
        yield _result(each, address, captures.get(each.hit.document.url, 1), found.results.indexed, entry_at)


def _captures(urls: list[str]) -> dict[str, int]:
    """How many captures each url has; nothing where there is no ledger, or none that can be read: a search goes on."""
    try:
        ledger = collection().ledger
        return ledger.survey.captures_of(urls) if ledger is not None else {}
    except LedgerError:  # `pagesift check` and every entry page tell it
        return {}


def _result(found: Found, address: Address, captures: int, indexed: int, entry_at: Callable[[str], str]) -> Result:
    document = found.hit.document
    entry, original = entry_at(document.id), web_address(document.url)
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
        minutes=reading_minutes(document.body, document.language),
        captures=captures,
        reasons=tuple(reasons(found.hit, indexed)) if address.request.sort == "relevance" else (),
        widened=found.hit.widened,
        also_at=copies(document)[:COPIES],
        also_more=max(0, len(document.also_at) - COPIES),
    )


def _other_words(address: Address, text: str | None) -> Link | None:
    """The search for what was likely meant, its filters kept."""
    return Link(text, search_href(replace(address.on_page(1), text=text))) if text is not None else None


def _page_links(now: int, last: int, href: Callable[[int], str]) -> Iterator[Link | None]:
    """The first, the last and those around the page shown; None where some are left out."""
    before = 0
    for number in sorted({1, last, *range(now - 2, now + 3)}):
        if 1 <= number <= last:
            if number > before + 1:
                yield None
            yield Link(f"{number:,}", href(number), number == now)
            before = number


def _ways_out(address: Address, found: Answer, last_page: int) -> Iterator[Link]:
    """What to try where nothing is shown."""
    asked = address.request
    if found.results.total and last_page:
        yield Link(f"The last page of results, page {last_page:,}", search_href(address.on_page(last_page)))
        return
    if asked.filters or asked.since or asked.until:
        yield Link("The same words without filters", search_href(address.unfiltered()))
    if asked.match == "all" and len(address.text.split()) > 1:
        yield Link("Pages with any of these words", search_href(address.matching("any")))
    if found.results.hidden:
        yield Link("Error pages, captchas and the like too", search_href(address.showing_hidden(True)))
    if address.query:
        yield Link("All pages, newest first", search_href(Address.whole()))
