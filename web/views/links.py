"""Where each page lies."""

from collections.abc import Callable

from flask import Blueprint, url_for

from search.document import Document, document_id
from web.address import Address, Values
from web.context import Link

__all__ = ["copies", "entry_href", "facet_href", "pages", "search_at", "search_href", "why_href"]

pages = Blueprint("pages", __name__)


def search_at() -> Callable[[str], str]:
    """The address of a search, for its query string. Of a page's 250 links only the first asks Flask where it lies."""
    path = url_for("pages.search")
    return lambda query: f"{path}?{query}" if query else path


def search_href(address: Address) -> str:
    return search_at()(address.query)


def entry_href(document_id: str, text: str = "", number: int | None = None) -> str:
    """The entry of a page, of its capture of this number; the words of the search box are marked there."""
    query = Address(text).query if text.strip() else ""
    return url_for("pages.entry", page_id=document_id, number=number) + (f"?{query}" if query else "")


def copies(document: Document) -> tuple[Link, ...]:
    """The entry pages of the others that hold the same article."""
    return tuple(Link(url, entry_href(document_id(url))) for url in document.also_at)


def facet_href(name: str, values: Values) -> str:
    """The page of all values of a facet."""
    query = values.query
    return url_for("pages.facet", name=name) + (f"?{query}" if query else "")


def why_href(address: Address) -> str:
    """Why a page is found by this search, or is not."""
    query = address.on_page(1).query
    return url_for("pages.why") + (f"?{query}" if query else "")
