"""What a page says of itself: title, meta, links, JSON-LD, microdata, times. Nothing is judged here."""

import re
from collections.abc import Iterator, Mapping

from indexer.blocks.block import Head
from indexer.characters import tidy

__all__ = ["TOLD", "HeadReader"]

_MANY = 400  # elements of a kind that are looked at
_LONG = 1_000  # characters of a value
_TITLES, _SCRIPTS, _ANCHORS = 5, 50, 2_000  # elements that are looked at
_TAGS = 100  # in an element whose text is a value
_NAME = 100  # characters of an author's name
_JSON_LD = re.compile(r"ld\+json", re.IGNORECASE)
_NAMES = ("property", "name", "itemprop", "http-equiv")
_VALUES = ("content", "datetime", "href", "src")
_AUTHOR_PAGE = re.compile(r"/(?:authors?|autor(?:en|es|i|in)?|auteurs?|contributors?|writers?)/[^/?#]+/?(?:[?#]|$)")
#: `"publishedAt": "2018-02-22T10:00"` in an object of a script, which may be the text of another.
_PUBLISHED = re.compile(r"""[Pp]ubli(?:sh|cation)\w{0,20}\\?["']?\s{0,5}[:=]\s{0,5}\\?["']([^"'\\]{8,40})\\?["']""")


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
        self._titles = self._metas = self._programs = self._abbreviations = self._anchors = 0
        self._svg = self._script = 0  # the depth of the outermost one, or 0
        self._lang: str | None = None
        self._base: str | None = None
        self._title: _Value | None = None
        self._said: dict[str, Mapping[str, str]] = {}
        self._meta: list[tuple[str, str]] = []
        self._links: list[tuple[str, str]] = []
        self._scripts: list[list[str]] = []
        self._items: list[tuple[str, _Value]] = []
        self._times: list[_Value] = []
        self._shortened: list[str] = []  # times of <abbr>
        self._authors: list[_Value] = []
        self._published: list[str] = []
        self._is_json_ld = False  # the open script
        self._open: list[_Value] = []

    def start(self, name: str, attributes: Mapping[str, str], depth: int) -> None:
        if self._open:
            self._count_tag()
        tell = _TELLERS.get(name)
        if tell is not None:
            tell(self, attributes, depth)
        if "itemprop" in attributes and len(self._items) < _MANY:
            self._items.append((attributes["itemprop"].lower(), self._value(attributes, depth)))

    def _begin_page(self, attributes: Mapping[str, str], _depth: int) -> None:
        self._said.setdefault("html", attributes)

    def _set_base(self, attributes: Mapping[str, str], _depth: int) -> None:
        if self._base is None and "href" in attributes:
            self._base = attributes["href"].strip()

    def _begin_drawing(self, _attributes: Mapping[str, str], depth: int) -> None:
        self._svg = self._svg or depth
        self.waits = True

    def _begin_title(self, _attributes: Mapping[str, str], depth: int) -> None:
        self._titles += 1
        if self._title is None and not self._svg and self._titles <= _TITLES:
            self._title = self._heard(depth)

    def _add_link(self, attributes: Mapping[str, str], _depth: int) -> None:
        if "href" in attributes and "rel" in attributes and len(self._links) < _MANY:
            self._links.append((" ".join(attributes["rel"].lower().split()), attributes["href"].strip()))

    def _begin_anchor(self, attributes: Mapping[str, str], depth: int) -> None:
        self._anchors += 1
        if self._anchors <= _ANCHORS and _is_of_author(attributes):
            self._authors.append(self._heard(depth))

    def _add_abbreviation(self, attributes: Mapping[str, str], _depth: int) -> None:
        self._abbreviations += 1
        if self._abbreviations <= _MANY and "published" in (attributes.get("class") or "").split():
            self._shortened.append(_short(attributes.get("title") or ""))

    def _begin_time(self, attributes: Mapping[str, str], depth: int) -> None:
        if len(self._times) < _MANY:
            self._times.append(self._value(attributes, depth))

    def _add_meta(self, attributes: Mapping[str, str], _depth: int) -> None:
        self._metas += 1
        name = next(filter(None, map(attributes.get, _NAMES)), None)
        content = attributes.get("content")
        if name and content and self._metas <= _MANY:
            self._meta.append((name.strip().lower(), _short(content)))

    def _begin_script(self, attributes: Mapping[str, str], depth: int) -> None:
        self._programs += 1
        self._is_json_ld = _JSON_LD.search(attributes.get("type") or "") is not None
        if self._is_json_ld and len(self._scripts) < _SCRIPTS:
            self._scripts.append([])
        elif self._is_json_ld or self._programs > _MANY:
            return
        self._script = depth
        self.waits = True

    def _value(self, attributes: Mapping[str, str], depth: int) -> _Value:
        """What an element says: in an attribute, or by its text."""
        said = next(filter(None, map(attributes.get, _VALUES)), None)
        return self._heard(depth) if said is None else _Value(depth, said)

    def _heard(self, depth: int) -> _Value:
        """An element's text, which is still to come."""
        value = _Value(depth)
        self._open.append(value)
        self.waits = True
        return value

    def _count_tag(self) -> None:
        for value in self._open:
            value.tags += 1
        self._open = [value for value in self._open if value.tags <= _TAGS]

    def text(self, text: str) -> None:
        if self._script and self._is_json_ld:
            self._scripts[-1].append(text)
        elif self._script:
            self._published += map(_short, _publishings(text))
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
            times=tuple(filter(None, (*(value.text() for value in self._times), *self._shortened))),
            authors=tuple(dict.fromkeys(filter(None, (value.text()[:_NAME] for value in self._authors)))),
            published=tuple(self._published[:_MANY]),
        )


_TELLERS = {
    "html": HeadReader._begin_page, "title": HeadReader._begin_title, "base": HeadReader._set_base,
    "meta": HeadReader._add_meta, "link": HeadReader._add_link, "script": HeadReader._begin_script,
    "time": HeadReader._begin_time, "abbr": HeadReader._add_abbreviation, "a": HeadReader._begin_anchor,
    "svg": HeadReader._begin_drawing,
}  # fmt: skip
#: Elements that say something, or change what others say.
TOLD = frozenset(_TELLERS)


def _is_of_author(attributes: Mapping[str, str]) -> bool:
    """Whether a link leads to an author's page."""
    rel, href = attributes.get("rel"), attributes.get("href")
    if rel and "author" in rel.lower().split():
        return True
    if not href or not ("/aut" in href or "/contributor" in href or "/writer" in href):  # most, at a tenth of the time
        return False
    return _AUTHOR_PAGE.search(href[:500]) is not None


def _publishings(script: str) -> Iterator[str]:
    """The values that a script gives to names such as `publishedAt`."""
    at = script.find("ubli") - 1
    while at >= 0:
        if found := _PUBLISHED.match(script, at):
            yield found[1]
        at = script.find("ubli", at + 2) - 1


def _short(text: str) -> str:
    return tidy(" ".join(text[: 2 * _LONG].split()))[:_LONG]
