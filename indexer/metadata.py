"""What a page says it is: title, authors, section, tags, site, canonical address; by JSON-LD, meta and markup.

Nothing here reads the text of the article; a title made of its first sentence is the last resort.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from indexer.blocks import Block, Head

__all__ = ["Metadata", "describe"]

MAX_JSON = 500_000  # characters of JSON-LD that are read
MAX_NODES = 2_000
LONGEST_TITLE = 300
LONGEST_NAME = 60
MANY_TAGS = 20


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
    language: str = ""
    types: frozenset[str] = field(default_factory=frozenset)


def describe(head: Head, blocks: tuple[Block, ...], url: str | None) -> Metadata:
    """Metadata of a page; `url` is where it was scraped from, if known."""
    meta = dict(reversed(head.meta))
    nodes = list(_nodes(head))
    article = next((node for node in nodes if _types(node) & _ARTICLES), {})
    title, by = _title(head, blocks, meta, article)
    return Metadata(
        title=title,
        title_by=by,
        authors=_authors(blocks, meta, article, head),
        site=_host(url or "") or _line(meta.get("og:site_name", ""), 80),
        section=_line(_first(article.get("articleSection")) or meta.get("article:section", ""), 60),
        tags=_tags(meta, article, head),
        canonical=_canonical(head, url),
        language=meta.get("og:locale", "")[:5] if head.lang is None else head.lang,
        types=frozenset(name for node in nodes for name in _types(node)),
    )


_ARTICLES = frozenset(
    {
        "article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle",
        "liveblogposting", "techarticle", "scholarlyarticle", "socialmediaposting", "discussionforumposting",
        "reviewnewsarticle", "backgroundnewsarticle", "webpage", "recipe", "review", "qapage",
    }
)  # fmt: skip


# -- title


def _title(head: Head, blocks: tuple[Block, ...], meta: dict[str, str], article: dict[str, Any]) -> tuple[str, str]:
    whole = _line(head.title or "", LONGEST_TITLE)
    site = meta.get("og:site_name", "")
    headings = [_line(b.text, LONGEST_TITLE) for b in blocks if b.tag == "h1" and not b.hidden]
    headings = [heading for heading in headings if len(heading) > 3 and _same(heading) != _same(site)]
    for heading in headings:  # the headline that the title repeats
        if _same(heading) in _same(whole):
            return heading, "h1"
    named = [
        (_line(_first(article.get("headline")) or _first(article.get("name")), LONGEST_TITLE), "json-ld"),
        (_line(meta.get("og:title", ""), LONGEST_TITLE), "og:title"),
        (_line(meta.get("twitter:title", ""), LONGEST_TITLE), "twitter:title"),
    ]
    for title, by in named:
        if title and _same(title) != _same(site):
            return _without_site(title, site), by
    if len(headings) == 1:
        return headings[0], "h1"
    if whole:
        return _without_site(whole, site), "title"
    return (headings[0], "h1") if headings else ("", "")


_PARTING = re.compile(r"\s+[|·•–—«»-]\s+|\s+::\s+|\s*\|\s*")


def _without_site(title: str, site: str) -> str:
    """The title without the site's name at its end (or start), where a sign parts them."""
    parts = [part for part in _PARTING.split(title) if part]
    if len(parts) < 2:
        return title
    if site and _same(parts[-1]) == _same(site):
        return title[: title.rindex(parts[-1])].rstrip(" |·•–—«»-:")
    if site and _same(parts[0]) == _same(site):
        return title[title.index(parts[0]) + len(parts[0]) :].lstrip(" |·•–—«»-:")
    longest = max(parts, key=len)
    if len(longest) > 0.5 * len(title) and len(longest.split()) > 2 and longest in (parts[0], parts[-1]):
        return longest
    return title


def _same(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


# -- authors


def _authors(
    blocks: tuple[Block, ...], meta: dict[str, str], article: dict[str, Any], head: Head
) -> tuple[str, ...]:
    for names in (
        [_name_of(each) for each in _listed(article.get("author") or article.get("creator"))],
        [meta.get(key, "") for key in ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author")][:6],
        [value for name, value in head.microdata if name == "author"],
        [b.text for b in blocks if len(b.text) < 120 and _BYLINE & set(b.classes)],
        [found[1] for b in blocks[:80] if len(b.text) < 80 and (found := _BY.match(b.text))],
    ):
        cleaned = tuple(dict.fromkeys(name for text in names for name in _names(text)))
        if cleaned:
            return cleaned[:10]
    return ()


_BYLINE = frozenset({"byline", "author", "article-author", "author-name", "byline-name", "entry-author", "post-author",
                     "p-author", "vcard", "article__author", "autor", "auteur"})  # fmt: skip
_BY = re.compile(r"(?:by|von|par|por|di|door|autor:|text:)\s+((?:[^\W\d_][\w.'’-]*\s?){2,5})$", re.IGNORECASE)
_PREFIX = re.compile(
    r"^(?:(?:written|reported|posted|published|story|words|text|article) )?(?:by|von|par|por|da|di|door|autor(?:in)?|author|text)"
    r"(?:\s*:\s*|\s+)", re.IGNORECASE,
)  # fmt: skip
_AND = re.compile(r"\s*(?:[;|•·]|,|\band\b|\bund\b|\bet\b|&|\s+y\s+)\s*")


def _names(text: str) -> Iterator[str]:
    """The people that a byline names; addresses, handles, sentences and numbers are none."""
    text = _PREFIX.sub("", _line(text, 200))
    for part in _AND.split(text):
        name = part.strip(" .,:-–—")
        if 2 < len(name) <= LONGEST_NAME and not re.search(r"https?:|www\.|[@/\d<>{}]", name) and len(name.split()) <= 6:
            yield name


def _name_of(value: Any) -> str:
    return _first(value.get("name")) if isinstance(value, dict) else value if isinstance(value, str) else ""


# -- the rest


def _tags(meta: dict[str, str], article: dict[str, Any], head: Head) -> tuple[str, ...]:
    given = [value for name, value in head.meta if name == "article:tag"]
    if not given:
        given = [text for each in _listed(article.get("keywords")) if isinstance(each, str) for text in each.split(",")]
    if not given:
        given = re.split(r"[,;]", meta.get("news_keywords") or meta.get("keywords", ""))
    tags = dict.fromkeys(_line(tag, 100) for tag in given)
    return tuple(tag for tag in tags if 1 < len(tag) <= 50)[:MANY_TAGS]


def _canonical(head: Head, url: str | None) -> str:
    for rel, href in head.links:
        if "canonical" in rel.split():
            try:
                address = urljoin(head.base or url or "", href)
                if urlsplit(address).scheme in ("http", "https"):
                    return address
            except ValueError:
                continue
    return ""


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if host.isprintable() else ""


def _nodes(head: Head) -> Iterator[dict[str, Any]]:
    """All objects of the page's JSON-LD, breadth first; broken scripts are mended where a comma or line break is at fault."""
    waiting: list[Any] = []
    for script in head.json_ld:
        if len(script) > MAX_JSON:
            continue
        try:
            waiting.append(json.loads(script, strict=False))
        except (ValueError, RecursionError):
            mended = re.sub(r",\s*([}\]])", r"\1", script.strip().removeprefix("<!--").removesuffix("-->").rstrip("; \n"))
            try:
                waiting.append(json.loads(mended, strict=False))
            except (ValueError, RecursionError):
                continue
    seen = 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop(0)
        seen += 1
        if isinstance(node, list):
            waiting.extend(node[:100])
        elif isinstance(node, dict):
            yield node
            waiting.extend(value for value in node.values() if isinstance(value, dict | list))


def _types(node: dict[str, Any]) -> set[str]:
    return {str(each).rsplit("/", 1)[-1].lower() for each in _listed(node.get("@type"))}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> str:
    return next((each for each in _listed(value) if isinstance(each, str)), "")


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest].strip()
