"""What a page's JSON-LD says, as plain objects: the one that describes the page, and what its references name.

Invariant: any script gives a value or nothing; broken ones are mended where a comma or a line break is at fault.
"""

import functools
import html
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from indexer.blocks import Head

__all__ = ["Node", "Structured", "first_text", "line", "listed", "read", "types"]

Node = dict[str, Any]

MAX_JSON = 500_000  # characters of one script that are read
MAX_NODES = 2_000

#: Types of an object that is the page's article, the surest first; a page may hold one of each.
_RANKS = (
    frozenset(
        {"article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle",
         "liveblogposting", "techarticle", "scholarlyarticle", "medicalscholarlyarticle", "socialmediaposting",
         "discussionforumposting", "reviewnewsarticle", "backgroundnewsarticle", "advertisercontentarticle", "report"}
    ),
    frozenset(
        {"qapage", "question", "recipe", "review", "howto", "course", "jobposting", "event", "book", "videoobject"}
    ),
    frozenset({"webpage", "medicalwebpage", "itempage", "aboutpage", "faqpage", "collectionpage", "profilepage"}),
)  # fmt: skip
#: What hangs here belongs to other people or other pages.
_OTHERS = frozenset(
    {"comment", "liveblogupdate", "itemlistelement", "suggestedanswer", "acceptedanswer", "review", "haspart",
     "ispartof", "publisher", "breadcrumb", "offers", "image", "logo", "potentialaction", "mentions",
     "citation", "relatedlink"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Structured:
    """All objects of a page; `pages` are those that describe it, the surest first, `by_id` all that have an `@id`."""

    nodes: tuple[Node, ...] = ()
    pages: tuple[Node, ...] = ()
    by_id: dict[str, Node] = field(default_factory=dict)

    def named(self, value: Any) -> str:
        """The name of a person or thing, given as text, as an object or as a reference to one."""
        if isinstance(value, dict):
            known = self.by_id.get(str(value.get("@id", "")), {})
            return first_text(value.get("name")) or first_text(known.get("name"))
        return first_text(value)

    def said(self, *keys: str) -> Any:
        """The first value of these keys that an object which describes the page gives; None where none does."""
        return next((node[key] for node in self.pages for key in keys if node.get(key)), None)


def read(head: Head) -> Structured:
    """The objects of a page's JSON-LD, breadth first. They are shared: nothing may change them."""
    return _read(head.json_ld)


@functools.lru_cache(maxsize=1)  # title, date and last change of a page ask one after the other
def _read(scripts: tuple[str, ...]) -> Structured:
    nodes, own = [], []
    for node, is_own in _nodes(scripts):
        nodes.append(node)
        if is_own:
            own.append(node)
    pages = [node for rank in _RANKS for node in own if types(node) & rank]
    pages += [node for node in own if "@type" not in node and ("headline" in node or "datePublished" in node)]
    by_id: dict[str, Node] = {}
    for node in nodes:
        if isinstance(node.get("@id"), str) and len(node) > len(by_id.get(node["@id"], {})):
            by_id[node["@id"]] = node  # the fullest of an object's appearances
    return Structured(tuple(nodes), tuple(pages), by_id)


def _nodes(scripts: tuple[str, ...]) -> Iterator[tuple[Node, bool]]:
    """Each object, and whether it may describe this page."""
    waiting = deque((value, True) for script in scripts for value in _parsed(script))
    seen = 0
    while waiting and seen < MAX_NODES:
        node, own = waiting.popleft()
        seen += 1
        if isinstance(node, list):
            waiting.extend((each, own) for each in node[:100])
        elif isinstance(node, dict):
            yield node, own
            for key, value in node.items():
                if isinstance(value, dict | list):
                    waiting.append((value, own and key.lower() not in _OTHERS))


def _parsed(script: str) -> Iterator[Any]:
    if len(script) > MAX_JSON:
        return
    mended = script.strip().removeprefix("<!--").removesuffix("-->").removeprefix("//<![CDATA[").removesuffix("//]]>")
    for attempt in (script, re.sub(r",\s{0,50}([}\]])", r"\1", mended.rstrip("; \n"))):
        try:
            yield json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return


def types(node: Node) -> set[str]:
    return {str(each).rsplit("/", 1)[-1].lower() for each in listed(node.get("@type"))}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def first_text(value: Any) -> str:
    """The first text of a value, its entities undone: many programs escape what JSON needs no escape for."""
    return next((html.unescape(each) for each in listed(value) if isinstance(each, str)), "")


def line(text: str, longest: int) -> str:
    """The text as one line of at most `longest` characters."""
    return " ".join(text.split())[:longest].strip()
