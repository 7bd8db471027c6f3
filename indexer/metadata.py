"""What a page says it is: title, authors, section, tags, site, addresses, description, image; by JSON-LD, meta and markup.

Nothing here reads the text of the article; a title made of its first sentence is the last resort.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from indexer.blocks import Block, Head
from indexer.byline import authors
from indexer.headline import Witnesses, folded, title
from indexer.structured import Structured, first_text, line, listed, read, types

__all__ = ["Metadata", "describe"]

MANY_TAGS = 20
LONGEST_DESCRIPTION = 500


@dataclass(frozen=True, slots=True)
class Metadata:
    """All as found, tidied; "" and () where nothing is said. `title_by` names the witness of the title."""

    title: str = ""
    title_by: str = ""
    authors: tuple[str, ...] = ()
    site: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    canonical: str = ""
    description: str = ""
    image: str = ""
    language: str = ""
    types: frozenset[str] = field(default_factory=frozenset)


def describe(head: Head, blocks: tuple[Block, ...], url: str | None) -> Metadata:
    """Metadata of a page; `url` is where it was scraped from, if known."""
    meta = dict(reversed(head.meta))
    structured = read(head)
    sites = _site_names(meta, structured, url)
    named, by = title(blocks, _titles(head, meta, structured), sites, home=_is_home(url))
    return Metadata(
        title=named,
        title_by=by,
        authors=authors(head, blocks, structured, sites),
        site=_host(url or "") or line(meta.get("og:site_name", ""), 80),
        section=line(_section(meta, structured), 60),
        tags=_tags(meta, structured, head),
        canonical=_canonical(head, url),
        description=line(_description(meta, structured), LONGEST_DESCRIPTION),
        image=_image(head, meta, structured, url),
        language=meta.get("og:locale", "")[:5] if head.lang is None else head.lang,
        types=frozenset(name for node in structured.nodes for name in types(node)),
    )


def _titles(head: Head, meta: dict[str, str], structured: Structured) -> Witnesses:
    return (
        (meta.get("og:title", ""), "og:title"),
        (first_text(structured.said("headline")) or first_text(structured.said("name")), "json-ld"),
        (meta.get("twitter:title", ""), "twitter:title"),
        (head.title or "", "title"),
    )


def _site_names(meta: dict[str, str], structured: Structured, url: str | None) -> frozenset[str]:
    """All that the site is called, folded: by itself, by its publisher, by its host with and without the suffix."""
    host = _host(url or "")
    labels = host.split(".")
    names = {
        meta.get("og:site_name", ""),
        meta.get("application-name", ""),
        meta.get("apple-mobile-web-app-title", ""),
        host,
    }
    names |= {max(labels[:-1], key=len), ".".join(labels[-2:])} if len(labels) > 1 else set()
    names |= {structured.named(each) for node in structured.pages for each in listed(node.get("publisher"))}
    names |= {structured.named(node) for node in structured.nodes if "website" in types(node)}
    return frozenset(map(folded, names)) - {""}


def _is_home(url: str | None) -> bool:
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return bool(parts.netloc) and parts.path in ("", "/") and not parts.query


def _section(meta: dict[str, str], structured: Structured) -> str:
    return first_text(structured.said("articleSection")) or meta.get("article:section", "") or meta.get("section", "")


def _description(meta: dict[str, str], structured: Structured) -> str:
    for key in ("og:description", "description", "twitter:description", "dc.description"):
        if meta.get(key):
            return meta[key]
    return first_text(structured.said("description"))


def _image(head: Head, meta: dict[str, str], structured: Structured, url: str | None) -> str:
    """The address of the page's lead image."""
    stated = next(
        (
            meta[key]
            for key in ("og:image", "og:image:secure_url", "twitter:image", "twitter:image:src")
            if meta.get(key)
        ),
        "",
    )
    if not stated:
        image = next(iter(listed(structured.said("image", "thumbnailUrl"))), None)
        stated = (
            first_text(image.get("url") or image.get("contentUrl")) if isinstance(image, dict) else first_text(image)
        )
    return _address(head, stated, url)


def _tags(meta: dict[str, str], structured: Structured, head: Head) -> tuple[str, ...]:
    given = [value for name, value in head.meta if name == "article:tag"]
    if not given:
        given = [
            text
            for each in listed(structured.said("keywords"))
            if isinstance(each, str)
            for text in first_text(each).split(",")
        ]
    if not given:
        given = re.split(r"[,;]", meta.get("news_keywords") or meta.get("keywords", ""))
    tags = dict.fromkeys(line(tag, 100) for tag in given)
    return tuple(tag for tag in tags if 1 < len(tag) <= 50)[:MANY_TAGS]


def _canonical(head: Head, url: str | None) -> str:
    hrefs = (href for rel, href in head.links if "canonical" in rel.split())
    return next((address for href in hrefs if (address := _address(head, href, url))), "")


def _address(head: Head, href: str, url: str | None) -> str:
    """The whole address, or "" where it is none of the web."""
    if not href:
        return ""
    try:
        address = urljoin(urljoin(url or "", head.base or ""), href)
        return address if urlsplit(address).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if host.isprintable() else ""
