"""From a tree to blocks: what a reader sees as a paragraph, a heading, a list item, a table row or a line.

Invariant: no visible text is lost; no recursion, any depth of nesting.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indexer.blocks.block import Block
from indexer.blocks.tree import ENTER, LEAVE, Node, Tree
from indexer.characters import tidy

__all__ = ["walk"]

_BLOCK_TAGS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "noscript", "ol", "p", "pre", "search",
        "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    }
)  # fmt: skip
_CELLS = frozenset({"td", "th"})
#: Never text that a reader sees as such.
_SKIPPED = frozenset(
    {
        "applet", "audio", "button", "canvas", "datalist", "embed", "frameset", "head", "iframe", "input", "map",
        "math", "object", "option", "param", "script", "select", "style", "svg", "template", "textarea", "title",
        "video",
    }
)  # fmt: skip
_NAMING = ("id", "class", "role", "itemprop")
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DEEP = 32  # elements of the way from the root that a block remembers
_LETTER = re.compile(r"[^\W_]")  # or a digit


@dataclass(slots=True)
class _Open:
    """An element on the way from the root, and what it changes."""

    tag: str
    place: int
    tokens: tuple[str, ...] = ()
    is_block: bool = False
    is_link: bool = False
    hides: bool = False


class _Gathering:
    """The way from the root to where the walk is, and the text of the block that is being gathered."""

    def __init__(self) -> None:
        self.way: list[_Open] = []
        self.parts: list[str] = []
        self.linked = self.index = 0
        self.links = self.hiding = self.pre = 0

    def enter(self, opened: _Open) -> None:
        self.way.append(opened)
        self.links += opened.is_link
        self.hiding += opened.hides
        self.pre += opened.tag == "pre"

    def leave(self) -> None:
        closed = self.way.pop()
        self.links -= closed.is_link
        self.hiding -= closed.hides
        self.pre -= closed.tag == "pre"

    def add(self, written: str) -> None:
        if not self.pre:
            written = written.replace("\n", " ")
        if (self.parts and not self.parts[-1].endswith("\n")) or not written.isspace():
            self.parts.append(written)
            if self.links:
                self.linked += len(" ".join(written.split()))

    def take(self) -> Iterator[Block]:
        """The block that the gathered text makes, if it has a letter or a digit."""
        text = tidy("".join(self.parts))
        text = text.strip("\n").rstrip() if self.pre else _lines(text)
        linked = self.linked
        self.parts, self.linked = [], 0
        if _LETTER.search(text) is not None:
            way = self.way[-_DEEP:]
            near = [opened for opened in way if opened.tag != "html"]
            tokens = [token for opened in way if opened.tokens for token in opened.tokens]
            yield Block(
                text,
                path=tuple([opened.tag for opened in near]),
                classes=tuple(tokens[-2 * _DEEP :]),
                linked=linked,
                index=self.index,
                hidden=self.hiding > 0,
                places=tuple([opened.place for opened in near]),
            )
            self.index += 1


def _lines(text: str) -> str:
    """White space as one space, and none around line breaks."""
    return "\n".join([" ".join(line.split()) for line in text.split("\n")]).strip("\n")


def walk(tree: Tree[Node]) -> Iterator[Block]:
    """The blocks of the body, by one pass over the tree."""
    gathering = _Gathering()
    place = 0
    for event, name, node in tree.events(_SKIPPED):
        if event == ENTER and node is not None:
            place += 1
            if name == "br":
                if not gathering.pre and gathering.parts and gathering.parts[-1].endswith("\n"):
                    yield from gathering.take()  # two in a row part paragraphs
                else:
                    gathering.parts.append("\n")
            opened = _opened(tree, node, name, place)
            if opened.is_block:
                if gathering.parts:
                    yield from gathering.take()
            elif name in _CELLS and gathering.parts:
                gathering.parts.append(" | ")
            gathering.enter(opened)
        elif event == LEAVE:
            if gathering.parts and gathering.way[-1].is_block:
                yield from gathering.take()
            gathering.leave()
        else:
            gathering.add(name)


def _opened(tree: Tree[Node], node: Node, name: str, place: int) -> _Open:
    attributes = tree.attributes(node)
    is_block = name in _BLOCK_TAGS or (name in _CELLS and _is_layout(tree, node))
    if not attributes:
        return _Open(name, place, (), is_block, False, name == "noscript")
    tokens: tuple[str, ...] = ()
    for each in _NAMING:
        if value := attributes.get(each):
            tokens += _tokens(value)
    return _Open(name, place, tokens, is_block, name == "a" and "href" in attributes, _hides(name, attributes))


@functools.lru_cache(maxsize=1_024)  # a page's class attributes are few, and repeat
def _tokens(value: str) -> tuple[str, ...]:
    return tuple(value.lower().split()[:20])


def _hides(name: str, attributes: Mapping[str, str]) -> bool:
    if name == "noscript" or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return style is not None and _HIDING.search(style) is not None


def _is_layout(tree: Tree[Node], cell: Node) -> bool:
    """Whether a cell holds blocks or a long text, as in pages laid out by tables; a data row is one block."""
    length = 0
    for number, (name, text) in enumerate(tree.inside(cell)):
        length += len(text.strip())
        if name in _BLOCK_TAGS or length > 200 or number > 100:
            return True
    return False
