"""Where each page lies."""

from collections.abc import Callable

from flask import Blueprint, url_for

from search.document import Document, document_id
from web.address import Address, Values, behind
from web.context.parts import Link

__all__ = [
    "copies", "entries_at", "entry_href", "facet_href", "facets_at", "pages", "search_at", "search_href", "why_href",
]  # fmt: skip

pages = Blueprint("pages", __name__)

#: As every id it needs no quoting, so that it can be replaced by another in an address.
ANY_ID = "0" * 16
#: Those of facets need none either.
ANY_NAME = "site"


def search_at() -> Callable[[str], str]:
    """The address of a search, for its query string. Of a page's 250 links only the first asks Flask where it lies."""
    path = url_for("pages.search")
    return lambda query: path + behind(query)


def search_href(address: Address) -> str:
    return search_at()(address.query)


def entries_at(text: str) -> Callable[[str], str]:
    """The entry of a page, for its id; the words of the search box are marked there."""
    path = url_for("pages.entry", page_id=ANY_ID).removesuffix(ANY_ID)
    marking = _marking(text)
    return lambda page_id: f"{path}{page_id}{marking}"


def entry_href(document_id: str, text: str = "", number: int | None = None) -> str:
    """The entry of a page, of its capture of this number; the words of the search box are marked there."""
    return url_for("pages.entry", page_id=document_id, number=number) + _marking(text)


def _marking(text: str) -> str:
    return behind(Address(text).query) if text.strip() else ""


def copies(document: Document) -> tuple[Link, ...]:
    """The entry pages of the others that hold the same article."""
    if not document.also_at:
        return ()
    entry_at = entries_at("")
    return tuple(Link(url, entry_at(document_id(url))) for url in document.also_at)


def facets_at(values: Values) -> Callable[[str], str]:
    """The page of all values of a facet, for its name."""
    path, query = url_for("pages.facet", name=ANY_NAME).removesuffix(ANY_NAME), behind(values.query)
    return lambda name: path + name + query


def facet_href(name: str, values: Values) -> str:
    return facets_at(values)(name)


def why_href(address: Address) -> str:
    """Why a page is found by this search, or is not."""
    return url_for("pages.why") + behind(address.on_page(1).query)
