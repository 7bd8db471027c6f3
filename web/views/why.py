"""Why a page is found by a search where it is, or why it is not."""

from flask import render_template, request

from search.document import document_id
from search.why import why as told
from web.arguments import url_in
from web.collection import collection
from web.context.help import WhyPage
from web.context.parts import SearchBox
from web.facets import in_words
from web.views.links import entry_href, pages, search_href

__all__: list[str] = []


@pages.get("/why")
def why() -> str:
    """The form, and the answer where a page is named."""
    url, address = url_in(request.query_string.decode("utf-8", "replace"))
    found: tuple[str, ...] = ()
    known = False
    if url:
        ledger = collection().ledger
        found = tuple(told(collection().engine, ledger, url, address.text, address.request))
        known = ledger is not None and ledger.url_of(document_id(url)) is not None
        known = known or collection().engine.get(document_id(url)) is not None
    page = WhyPage(
        box=SearchBox(address.text),
        url=url,
        kept=tuple((key, value) for key, value in address.pairs() if key not in ("q", "page")),
        said=tuple(in_words(address)),
        reasons=found,
        entry_href=entry_href(document_id(url), address.text) if known else "",
        search_href=search_href(address),
    )
    return render_template("why.html", page=page)
