"""The one value that the indexer and the engines share: a page as it is found.

Invariant: `validated` gives a document every engine can take whole, or raises before any engine saw it.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, fields

from search.errors import BadDocument

__all__ = ["FACETS", "HIDDEN_KINDS", "KINDS", "MAX_BODY", "Document", "document_id", "facet_values"]

#: Facet names, which are filter keys in the address bar and in queries too.
FACETS = ("site", "section", "author", "language", "tag", "kind", "published")

#: What a page can be. The hidden kinds are left out of results unless asked for.
KINDS = ("article", "forum", "documentation", "listing", "error", "captcha", "consent", "paywall", "shell")
HIDDEN_KINDS = frozenset({"error", "captcha", "consent", "shell"})

#: Characters of body an engine takes: some 1.5 million words, far beyond any article.
MAX_BODY = 10_000_000

_SURROGATE = re.compile("[\ud800-\udfff]")


def document_id(url: str) -> str:
    """16 hexadecimal digits that stand for the url in addresses such as `/page/<id>`."""
    return hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed of one url.

    Searched as text: title, body. Facets: site, section, authors, language, tags, kind, published.
    Stored for display: everything. `published` is a day, `fetched` a UTC time,
    `also_at` the addresses of pages that hold the same article.
    """

    url: str
    title: str
    body: str
    site: str = ""
    section: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""
    tags: tuple[str, ...] = ()
    kind: str = "article"
    published: dt.date | None = None
    fetched: dt.datetime | None = None
    also_at: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return document_id(self.url)

    def validated(self) -> "Document":
        """This document, or BadDocument with the field at fault."""
        for name, holds in _CHECKS.items() if not self._is_plain() else ():
            if not holds(value := getattr(self, name)):
                raise BadDocument(f"{self.url!r}: field {name} cannot hold {value!r:.80}")
        if not self.url:
            raise BadDocument("a document needs a url")
        if self.kind not in KINDS:
            raise BadDocument(f"{self.url!r}: kind {self.kind!r} is none of {', '.join(KINDS)}")
        if len(self.body) > MAX_BODY:
            raise BadDocument(f"{self.url!r}: a body of {len(self.body):,} characters; at most {MAX_BODY:,} are taken")
        return self

    def _is_plain(self) -> bool:
        """Whether all fields hold what they should, of ASCII; in half the time that asking each takes."""
        lists = self.authors, self.tags, self.also_at
        one = self.url, self.title, self.body, self.site, self.section, self.language, self.kind
        try:
            whole = "".join((*one, *self.authors, *self.tags, *self.also_at))
        except TypeError:
            return False
        listed = all(type(each) is tuple and "" not in each for each in lists)
        return listed and whole.isascii() and _is_day(self.published) and _is_time(self.fetched)


def facet_values(document: Document, facet: str) -> tuple[str, ...]:
    """The values under which the document is counted; a month as `2018-02`; none where it is undated."""
    match facet:
        case "author":
            return document.authors
        case "tag":
            return document.tags
        case "published":
            return (f"{document.published:%Y-%m}",) if document.published else ()
        case _:
            value: str = getattr(document, facet)
            return (value,) if value else ()


def _is_text(value: object) -> bool:
    return isinstance(value, str) and (value.isascii() or _SURROGATE.search(value) is None)


def _is_texts(value: object) -> bool:
    return isinstance(value, tuple) and all(_is_text(item) and item for item in value)


def _is_day(value: object) -> bool:
    return value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime))


def _is_time(value: object) -> bool:
    return value is None or (isinstance(value, dt.datetime) and value.tzinfo is not None)


_OTHERS = {"authors": _is_texts, "tags": _is_texts, "also_at": _is_texts, "published": _is_day, "fetched": _is_time}
_CHECKS: dict[str, Callable[[object], bool]] = {
    field.name: _OTHERS.get(field.name, _is_text) for field in fields(Document)
}
