"""What a page says of itself: title, meta, links, JSON-LD, microdata, times. Nothing is judged here."""

import itertools
import re
from collections.abc import Iterator

from indexer.blocks.block import Head
from indexer.blocks.tree import Node, Tree
from indexer.characters import tidy

__all__ = ["read_head"]

_MANY = 400  # elements of a kind that are looked at
_LONG = 1_000  # characters of a value
_NAME = 100  # characters of an author's name
_JSON_LD = re.compile(r"ld\+json", re.IGNORECASE)
_NAMES = ("property", "name", "itemprop", "http-equiv")


def read_head(tree: Tree[Node]) -> Head:
    html = next(map(tree.attributes, tree.elements("html")), {})
    titles = itertools.islice(tree.elements("title"), 5)
    title = next((found for found in titles if "svg" not in tree.around(found)), None)
    return Head(
        title=_short(_text_of(tree, title)) if title is not None else None,
        lang=(html.get("lang") or html.get("xml:lang") or "").strip() or None,
        base=next((a["href"].strip() for a in map(tree.attributes, tree.elements("base")) if "href" in a), None),
        meta=_meta(tree),
        links=_links(tree),
        json_ld=_json_ld(tree),
        microdata=_microdata(tree),
        times=tuple(filter(None, _times(tree))),
        authors=tuple(dict.fromkeys(filter(None, _authors(tree)))),
        published=tuple(itertools.islice(_published(tree), _MANY)),
    )


def _meta(tree: Tree[Node]) -> tuple[tuple[str, str], ...]:
    found = []
    for attributes in map(tree.attributes, itertools.islice(tree.elements("meta"), _MANY)):
        name = next(filter(None, map(attributes.get, _NAMES)), None)
        content = attributes.get("content")
        if name and content:
            found.append((name.strip().lower(), _short(content)))
    return tuple(found)


def _links(tree: Tree[Node]) -> tuple[tuple[str, str], ...]:
    every = map(tree.attributes, tree.elements("link"))
    named = ((" ".join(a["rel"].lower().split()), a["href"].strip()) for a in every if "href" in a and "rel" in a)
    return tuple(itertools.islice(named, _MANY))


def _json_ld(tree: Tree[Node]) -> tuple[str, ...]:
    scripts = (node for node in tree.elements("script") if _JSON_LD.search(tree.attributes(node).get("type") or ""))
    return tuple("".join(text for _, text in tree.inside(node)).strip() for node in itertools.islice(scripts, 50))


def _times(tree: Tree[Node]) -> Iterator[str]:
    """What <time> says, then <abbr class="published" title="…">, as hAtom writes it."""
    yield from (_value(tree, node) for node in itertools.islice(tree.elements("time"), _MANY))
    for attributes in map(tree.attributes, itertools.islice(tree.elements("abbr"), _MANY)):
        if "published" in (attributes.get("class") or "").split():
            yield _short(attributes.get("title") or "")


_AUTHOR_PAGE = re.compile(r"/(?:authors?|autor(?:en|es|i|in)?|auteurs?|contributors?|writers?)/[^/?#]+/?(?:[?#]|$)")


def _authors(tree: Tree[Node]) -> Iterator[str]:
    """The texts of links to pages of authors."""
    for node in itertools.islice(tree.elements("a"), 5 * _MANY):
        attributes = tree.attributes(node)
        rel, href = attributes.get("rel"), attributes.get("href")
        if (rel and "author" in rel.lower().split()) or (href and _AUTHOR_PAGE.search(href[:500])):
            yield _text_of(tree, node)[:_NAME]


#: `"publishedAt": "2018-02-22T10:00"` in an object of a script, which may be the text of another.
_PUBLISHED = re.compile(r"""[Pp]ubli(?:sh|cation)\w{0,20}\\?["']?\s{0,5}[:=]\s{0,5}\\?["']([^"'\\]{8,40})\\?["']""")


def _published(tree: Tree[Node]) -> Iterator[str]:
    for node in itertools.islice(tree.elements("script"), _MANY):
        if not _JSON_LD.search(tree.attributes(node).get("type") or ""):
            text = "".join(text for _, text in tree.inside(node))
            at = text.find("ubli") - 1
            while at >= 0:
                if found := _PUBLISHED.match(text, at):
                    yield _short(found[1])
                at = text.find("ubli", at + 2) - 1


def _microdata(tree: Tree[Node]) -> tuple[tuple[str, str], ...]:
    items = ((tree.attributes(node)["itemprop"].lower(), node) for node in tree.having("itemprop"))
    return tuple((name, value) for name, node in itertools.islice(items, _MANY) if (value := _value(tree, node)))


def _value(tree: Tree[Node], node: Node) -> str:
    attributes = tree.attributes(node)
    said = next(filter(None, map(attributes.get, ("content", "datetime", "href", "src"))), None)
    return _short(said if said is not None else _text_of(tree, node))


def _text_of(tree: Tree[Node], node: Node) -> str:
    """The beginning of an element's text."""
    parts, length, tags = [], 0, 0
    for name, text in tree.inside(node):
        words = " ".join(text.split())  # parsers keep white space differently
        if words:
            parts.append(words)
        length += len(words)
        tags += name != ""
        if length > _LONG or tags > 100:
            break
    return " ".join(parts)


def _short(text: str) -> str:
    return tidy(" ".join(text[: 2 * _LONG].split()))[:_LONG]
