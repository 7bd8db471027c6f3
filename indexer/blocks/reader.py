"""From tags and texts, as a parser tells them, to blocks: what a reader sees as a paragraph, a heading, a list item, a
table row or a line.

Invariant: no visible text is lost; no recursion, any depth of nesting; no tree is kept.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping

from indexer.blocks.block import Block, made
from indexer.blocks.head import TOLD, HeadReader
from indexer.characters import tidy

__all__ = ["Reader"]

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
_ASIDE = _SKIPPED | _CELLS
_PARTING = frozenset({"br", *_CELLS})
_HIDING = frozenset({"hidden", "aria-hidden", "style"})
_STYLED_AWAY = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DEEP = 32  # elements of the way from the root that a block remembers
_LETTER = re.compile(r"[^\W_]")  # or a digit
#: Of a table's cell so much is read before it is told whether it is a row's or, in a page laid out by tables, a block.
_LONG_CELL, _FULL_CELL = 200, 101  # characters; tags and texts

#: What an element makes of all text within it: it is linked, hidden, preformatted.
_LINKED, _HIDDEN, _PRE = 1, 2, 4
#: An open element: tag, place, attributes, whether it is a block, and what the elements around it make of their text.
_Open = tuple[str, int, Mapping[str, str], bool, int]
_NAMING = ("id", "class", "role", "itemprop")
_STATES = {"noscript": _HIDDEN, "pre": _PRE}
_Way = tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]  # path, classes and places of a block
_NOWHERE: _Way = ((), (), ())
_Named = tuple[int, str | None, str | None, str | None, str | None]  # the id of what goes before, and _NAMING's values


class Reader:
    """Hears a page, as lxml's parsers tell a target: `start`, `end`, `data`, `comment`, `pi`, `close`.

    Then `blocks` are its blocks and `head` has heard what it says of itself. Tags come properly nested, their names in
    small letters; pieces of text with nothing between them are one text.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.head = HeadReader()
        self._texts: list[str] = []  # told, and not yet read
        self.data = self._texts.append
        self._depth = self._skipped = self._place = 0  # `_skipped`: the depth of an element that is left out, or 0
        self._opened: list[_Open] = []
        self._state = 0  # of the text that is read
        self._ways: list[_Way] = []  # of the outermost of `_opened`, made when a block needs them: blocks share them
        self._paths: dict[tuple[int, str], tuple[str, ...]] = {}  # by the id of what goes before: each is made once
        self._classes: dict[_Named, tuple[str, ...]] = {}  # likewise
        self._equal: dict[tuple[str, ...], tuple[str, ...]] = {}  # of deep elements
        self._parts: list[str] = []  # of the block that is being gathered
        self._linked = 0
        self._cells: list[_Cell] = []  # open ones of which it is not told yet whether they are blocks, outermost first
        self._held: list[_Held] = []  # what was told since the first of them began

    # -- what a parser tells

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._texts:
            self._read()
        self._depth += 1
        if name in TOLD or self.head.waits or "itemprop" in attributes:
            self.head.start(name, attributes, self._depth)
        if self._skipped or self._cells or name in _ASIDE:
            self._start_aside(name, attributes)
        else:
            self._enter(name, attributes, name in _BLOCK_TAGS)

    def end(self, _name: str) -> None:
        if self._texts:
            self._read()
        if self.head.waits:
            self.head.end(self._depth)
        if self._skipped or self._cells:
            self._end_aside()
        else:
            self._leave()
        self._depth -= 1

    def comment(self, _text: str) -> None:
        if self._texts:
            self._read()

    def pi(self, _target: str, _text: str | None = None) -> None:
        if self._texts:
            self._read()

    def close(self) -> None:
        if self._texts:
            self._read()
        self._opened, self._ways, self._paths, self._classes, self._equal = [], [], {}, {}, {}  # lxml keeps the reader

    def _read(self) -> None:
        text = self._texts[0] if len(self._texts) == 1 else "".join(self._texts)
        self._texts.clear()
        if self.head.waits:
            self.head.text(text)
        if self._skipped or self._cells:
            self._read_aside(text)
        elif self._parts or not text.isspace():
            self._add(text)

    # -- what is left out, and cells

    def _start_aside(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._cells:
            self._look(name in _BLOCK_TAGS)
        if self._skipped:
            return
        if name in _SKIPPED:
            self._skipped = self._depth
        elif name in _CELLS:
            self._cells.append(_Cell(name, attributes, self._depth))
            self._held.append(self._cells[-1])
        elif self._cells:
            self._held.append((name, attributes))
        else:
            self._enter(name, attributes, name in _BLOCK_TAGS)

    def _read_aside(self, text: str) -> None:
        if self._cells:
            self._look(False, len(text.strip()))
        if self._cells and not self._skipped:
            self._held.append(text)
        elif not self._skipped:
            self._add(text)

    def _end_aside(self) -> None:
        if self._skipped:
            if self._depth == self._skipped:
                self._skipped = 0
            return
        self._held.append(None)
        if self._depth == self._cells[-1].depth:
            self._cells.pop()
            self._release()

    def _look(self, within: bool, length: int = 0) -> None:
        """Count a tag or a text in the cells that are not told yet; `within`: it makes a block of what it stands in."""
        for cell in self._cells:
            cell.count += 1
            cell.length += length
        while self._cells and (within or self._cells[0].is_full):  # what an inner one holds all around it hold
            self._cells.pop(0).is_block = True
            self._release()

    def _release(self) -> None:
        """Go on with what was held, up to the next cell that is not told yet."""
        first = self._cells[0] if self._cells else None
        for at, told in enumerate(self._held):
            if told is first and first is not None:
                del self._held[:at]
                return
            match told:
                case None:
                    self._leave()
                case str():
                    self._add(told)
                case _Cell():
                    self._enter(told.name, told.attributes, told.is_block)
                case (name, attributes):
                    self._enter(name, attributes, name in _BLOCK_TAGS)
        self._held.clear()

    # -- blocks

    def _enter(self, name: str, attributes: Mapping[str, str], is_block: bool) -> None:
        self._place += 1
        if is_block:
            if self._parts:
                self._take()
        elif name in _PARTING:
            self._part(name)
        state = around = self._state
        if attributes:
            if name == "a" and "href" in attributes:
                state |= _LINKED
            if not _HIDING.isdisjoint(attributes) and _hides(attributes):
                state |= _HIDDEN
        self._opened.append((name, self._place, attributes, is_block, around))
        self._state = state | _STATES.get(name, 0)

    def _part(self, name: str) -> None:
        """Let a line break or a cell part the text around it."""
        parts = self._parts
        if name != "br":
            if parts:
                parts.append(" | ")
        elif parts and parts[-1].endswith("\n") and not self._state & _PRE:
            self._take()  # two in a row part paragraphs
        else:
            parts.append("\n")

    def _leave(self) -> None:
        if not self._opened:
            return
        if self._parts and self._opened[-1][3]:
            self._take()
        self._state = self._opened.pop()[4]
        if len(self._ways) > len(self._opened):
            self._ways.pop()

    def _add(self, text: str) -> None:
        parts = self._parts
        if (not parts or parts[-1].endswith("\n")) and text.isspace():
            return
        state = self._state
        parts.append(text if state & _PRE else text.replace("\n", " "))
        if state & _LINKED:
            self._linked += len(" ".join(text.split()))

    def _take(self) -> None:
        """The block that the gathered text makes, if it has a letter or a digit."""
        state = self._state
        text = tidy("".join(self._parts))
        linked = self._linked
        self._parts.clear()
        self._linked = 0
        text = text.strip("\n").rstrip() if state & _PRE else _lines(text)
        if text[:1].isalnum() or _LETTER.search(text) is not None:
            path, classes, places = self._way()
            hidden = state & _HIDDEN != 0
            self.blocks.append(made(text, path, classes, linked, len(self.blocks), hidden, (), places))

    def _way(self) -> _Way:
        """The way to where the page is read; of a deep one the end."""
        opened, ways = self._opened, self._ways
        if len(opened) > _DEEP:
            return self._end_of_way(opened[-_DEEP:])
        for element in opened[len(ways) :]:
            ways.append(self._further(ways[-1] if ways else _NOWHERE, element))
        return ways[-1] if ways else _NOWHERE

    def _end_of_way(self, elements: list[_Open]) -> _Way:
        """Not made step by step: on a deep page no two blocks would share the steps, and each would keep 32 of them."""
        path = tuple([name for name, *_ in elements if name != "html"])
        places = tuple([place for name, place, *_ in elements if name != "html"])
        values = [value for _, _, attributes, *_ in elements if attributes for value in map(attributes.get, _NAMING)]
        classes = _joined((), values, _known_tokens)
        return self._equal.setdefault(path, path), self._equal.setdefault(classes, classes), places

    def _further(self, way: _Way, element: _Open) -> _Way:
        path, classes, places = way
        name, place, attributes, _, _ = element
        if name != "html":
            tagged = id(path), name
            path = self._paths.get(tagged) or self._paths.setdefault(tagged, (*path, name))
            places = (*places, place)
        if attributes:
            get = attributes.get
            named = id(classes), get("id"), get("class"), get("role"), get("itemprop")
            known = self._classes.get(named)
            classes = known or self._classes.setdefault(named, _joined(classes, named[1:], _tokens))
        return path, classes, places


def _tokens(value: str) -> list[str]:
    return value.lower().split()[:20]


_known_tokens = functools.lru_cache(maxsize=1_024)(_tokens)  # of elements in which many blocks stand, deep down


def _joined(
    classes: tuple[str, ...], values: Iterable[str | None], cut: Callable[[str], list[str]]
) -> tuple[str, ...]:
    more = [token for value in values if value for token in cut(value)]
    return (*classes, *more)[-2 * _DEEP :] if more else classes


class _Cell:
    """A table's cell of which it is not told yet whether it holds blocks or much text, as in pages laid out by tables.

    A row of others is one block.
    """

    __slots__ = ("attributes", "count", "depth", "is_block", "length", "name")

    def __init__(self, name: str, attributes: Mapping[str, str], depth: int) -> None:
        self.name, self.attributes, self.depth = name, attributes, depth
        self.count = self.length = 0
        self.is_block = False

    @property
    def is_full(self) -> bool:
        return self.length > _LONG_CELL or self.count > _FULL_CELL


_Held = _Cell | tuple[str, Mapping[str, str]] | str | None  # a tag, a text or an end


def _lines(text: str) -> str:
    """White space as one space, and none around line breaks."""
    if "  " not in text and text.isprintable():  # the space is all white space that counts as printable
        return text.strip(" ")
    if "\n" not in text:
        return " ".join(text.split())
    return "\n".join([" ".join(line.split()) for line in text.split("\n")]).strip("\n")


def _hides(attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return style is not None and _STYLED_AWAY.search(style) is not None
