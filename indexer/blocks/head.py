"""What a page says of itself: title, meta, links, JSON-LD, microdata, times. Nothing is judged here."""

import re
from collections.abc import Mapping

from indexer.blocks.block import Head
from indexer.characters import tidy

__all__ = ["TOLD", "HeadReader"]

_MANY = 400  # elements of a kind that are looked at
_LONG = 1_000  # characters of a value
_TITLES, _SCRIPTS = 5, 50  # elements that are looked at
_TAGS = 100  # in an element whose text is a value
_JSON_LD = re.compile(r"ld\+json", re.IGNORECASE)
_NAMES = ("property", "name", "itemprop", "http-equiv")
_VALUES = ("content", "datetime", "href", "src")
#: Elements that say something, or change what others say.
TOLD = frozenset({"html", "title", "base", "meta", "link", "script", "time", "svg"})


class _Value:
    """The beginning of an element's text, while it is heard."""

    __slots__ = ("depth", "length", "parts", "tags")

    def __init__(self, depth: int, said: str | None = None) -> None:
        self.depth = depth
        self.parts = [said] if said is not None else []
        self.length = self.tags = 0

    def text(self) -> str:
        return _short(" ".join(self.parts))


class HeadReader:
    """Hears tags with their depth, those of TOLD and with an `itemprop`, and all else while it `waits`.

    Then `head` tells what was said.
    """

    def __init__(self) -> None:
        self.waits = False
        self._svg = self._titles = self._metas = 0  # `_svg`: the depth of the outermost, or 0
        self._lang: str | None = None
        self._base: str | None = None
        self._title: _Value | None = None
        self._said: dict[str, Mapping[str, str]] = {}
        self._meta: list[tuple[str, str]] = []
        self._links: list[tuple[str, str]] = []
        self._scripts: list[list[str]] = []
        self._items: list[tuple[str, _Value]] = []
        self._times: list[_Value] = []
        self._open: list[_Value] = []
        self._script = 0  # the depth of an open script that is JSON-LD

    def start(self, name: str, attributes: Mapping[str, str], depth: int) -> None:
        if self._open:
            self._count_tag()
        if name in TOLD:
            self._tell(name, attributes, depth)
        if "itemprop" in attributes and len(self._items) < _MANY:
            self._items.append((attributes["itemprop"].lower(), self._value(attributes, depth)))

    def _tell(self, name: str, attributes: Mapping[str, str], depth: int) -> None:
        match name:
            case "html":
                self._said.setdefault("html", attributes)
            case "base" if self._base is None and "href" in attributes:
                self._base = attributes["href"].strip()
            case "svg":
                self._svg = self._svg or depth
                self.waits = True
            case "title":
                self._titles += 1
                if self._title is None and not self._svg and self._titles <= _TITLES:
                    self._title = self._value({}, depth)
            case "meta":
                self._metas += 1
                self._add_meta(attributes)
            case "link" if "href" in attributes and "rel" in attributes and len(self._links) < _MANY:
                self._links.append((" ".join(attributes["rel"].lower().split()), attributes["href"].strip()))
            case "script" if len(self._scripts) < _SCRIPTS and _JSON_LD.search(attributes.get("type") or ""):
                self._scripts.append([])
                self._script = depth
                self.waits = True
            case "time" if len(self._times) < _MANY:
                self._times.append(self._value(attributes, depth))

    def _add_meta(self, attributes: Mapping[str, str]) -> None:
        name = next(filter(None, map(attributes.get, _NAMES)), None)
        content = attributes.get("content")
        if name and content and self._metas <= _MANY:
            self._meta.append((name.strip().lower(), _short(content)))

    def _value(self, attributes: Mapping[str, str], depth: int) -> _Value:
        """What an element says: in an attribute, or by its text, which is still to come."""
        said = next(filter(None, map(attributes.get, _VALUES)), None)
        value = _Value(depth, said)
        if said is None:
            self._open.append(value)
            self.waits = True
        return value

    def _count_tag(self) -> None:
        for value in self._open:
            value.tags += 1
        self._open = [value for value in self._open if value.tags <= _TAGS]

    def text(self, text: str) -> None:
        if self._script:
            self._scripts[-1].append(text)
        if not self._open or text.isspace():
            return
        words = " ".join(text.split())  # parsers keep white space differently
        for value in self._open:
            value.parts.append(words)
            value.length += len(words)
        self._open = [value for value in self._open if value.length <= _LONG]

    def end(self, depth: int) -> None:
        while self._open and self._open[-1].depth >= depth:
            self._open.pop()
        if depth == self._svg:
            self._svg = 0
        if depth == self._script:
            self._script = 0
        self.waits = bool(self._open or self._svg or self._script)

    @property
    def head(self) -> Head:
        said = self._said.get("html", {})
        values = ((name, value.text()) for name, value in self._items)
        return Head(
            title=self._title.text() if self._title is not None else None,
            lang=(said.get("lang") or said.get("xml:lang") or "").strip() or None,
            base=self._base,
            meta=tuple(self._meta),
            links=tuple(self._links),
            json_ld=tuple("".join(parts).strip() for parts in self._scripts),
            microdata=tuple((name, value) for name, value in values if value),
            times=tuple(filter(None, (value.text() for value in self._times))),
        )


def _short(text: str) -> str:
    return tidy(" ".join(text[: 2 * _LONG].split()))[:_LONG]
