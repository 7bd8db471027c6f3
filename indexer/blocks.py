"""A page's text as blocks in page order, and its head. The only file that imports an HTML parser.

Invariant: no visible text is lost; a block never holds markup; no recursion, any depth of nesting.
"""

import itertools
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from indexer.characters import tidy
from indexer.errors import RefusedPage
from indexer.flattened import paragraphs

__all__ = ["MAX_TAGS", "Block", "Head", "Label", "Outline", "outline"]

#: Tags of a page that are parsed; beyond it a page is refused (a million tags take a minute and 800 MB).
MAX_TAGS = 150_000


@dataclass(frozen=True, slots=True)
class Label:
    """One filter's opinion of a block: `name` says who (`banner`, `density`, ...), `reason` why, in words.

    `keep` is True where the filter holds the block for content, False where for something else.
    """

    name: str
    reason: str
    keep: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that a reader sees as one paragraph, heading, list item, table row or line.

    `path` are the tag names from the body down to the block's own, `classes` the class, id, role and itemprop
    tokens on that way, lower-cased, outermost first, `linked` the characters of text inside links, `index` its place in
    the page.
    A `hidden` block is one a browser does not show. `pre` blocks keep their line breaks.
    """

    text: str
    path: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    linked: int = 0
    index: int = 0
    hidden: bool = False
    labels: tuple[Label, ...] = ()

    @property
    def tag(self) -> str:
        return self.path[-1] if self.path else "p"

    @property
    def link_density(self) -> float:
        """Share of the characters that are link text, 0 to 1."""
        return min(1.0, self.linked / len(self.text)) if self.text else 0.0

    def labelled(self, name: str, reason: str, *, keep: bool) -> "Block":
        """This block with one more label."""
        return replace(self, labels=(*self.labels, Label(name, reason, keep)))


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself: all as written, nothing judged.

    `meta` are (name or property, lower-cased, content), `links` (rel, href), `json_ld` the script texts,
    `microdata` (itemprop, value), `times` (datetime attribute or text) of the body's <time> elements.
    """

    title: str | None = None
    lang: str | None = None
    base: str | None = None
    meta: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    json_ld: tuple[str, ...] = ()
    microdata: tuple[tuple[str, str], ...] = ()
    times: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A parsed page: its head and its blocks in page order. `flat` is True for pages saved as text."""

    head: Head = field(default_factory=Head)
    blocks: tuple[Block, ...] = ()
    flat: bool = False


def outline(text: str, *, flat: bool = False) -> Outline:
    """Parse a page (`flat`: one that was saved as text). RefusedPage where it has more than MAX_TAGS tags."""
    if flat:
        return Outline(blocks=_numbered(Block(line, ("body", "p")) for line in paragraphs(text)), flat=True)
    if text.count("<") > MAX_TAGS:
        raise RefusedPage(f"more than {MAX_TAGS:,} tags")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # XHTML is read as browsers read it
        soup = BeautifulSoup(text, "lxml")
    return Outline(_head(soup), _numbered(_walk(soup)))


def _numbered(blocks: Iterator[Block]) -> tuple[Block, ...]:
    return tuple(replace(block, index=index) for index, block in enumerate(blocks))


# -- markup

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
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DEEP = 32  # elements of the way from the root that a block remembers
_SPACE = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n ?")


@dataclass(slots=True)
class _Open:
    """An element on the way from the root: what is left of its children, and what it changes."""

    children: Iterator[PageElement]
    tag: str
    tokens: tuple[str, ...] = ()
    is_block: bool = False
    is_link: bool = False
    hides: bool = False


class _Text:
    """The text of the block that is being gathered."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.linked = 0

    def add(self, text: str, linked: bool) -> None:
        self.parts.append(text)
        if linked:
            self.linked += len(" ".join(text.split()))

    def take(self, *, pre: bool) -> tuple[str, int]:
        text = tidy("".join(self.parts))
        text = text.strip("\n").rstrip() if pre else _BREAKS.sub("\n", _SPACE.sub(" ", text)).strip()
        linked = self.linked
        self.parts, self.linked = [], 0
        return text, linked


def _walk(soup: BeautifulSoup) -> Iterator[Block]:
    """The blocks of the body, by one pass over the tree with a stack of our own."""
    stack = [_Open(iter(soup.children), "")]
    text = _Text()
    links = hiding = pre = 0
    while stack:
        top = stack[-1]
        child = next(top.children, None)
        if child is None:
            stack.pop()
            if top.is_block:
                yield from _flushed(text, [*stack, top] if text.parts else [], hidden=hiding > 0, pre=pre > 0)
            links -= top.is_link
            hiding -= top.hides
            pre -= top.tag == "pre"
        elif isinstance(child, Tag):
            name = child.name.lower()
            if name in _SKIPPED:
                continue
            if name == "br":
                if "".join(text.parts[-1:]).endswith("\n") and not pre:  # two in a row part paragraphs
                    yield from _flushed(text, stack, hidden=hiding > 0, pre=False)
                else:
                    text.add("\n", False)
                continue
            opened = _opened(child, name)
            if opened.is_block:
                yield from _flushed(text, stack, hidden=hiding > 0, pre=pre > 0)
            elif name in _CELLS and text.parts:
                text.add(" | ", False)
            stack.append(opened)
            links += opened.is_link
            hiding += opened.hides
            pre += name == "pre"
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            written = str(child)
            if not pre:
                written = written.replace("\n", " ")
            if written.strip() or (text.parts and not text.parts[-1].endswith("\n")):
                text.add(written, links > 0)


def _opened(tag: Tag, name: str) -> _Open:
    tokens: list[str] = []
    for attribute in ("id", "class", "role", "itemprop"):
        value = tag.get(attribute)
        if value:
            tokens += (" ".join(value) if isinstance(value, list) else value).lower().split()[:20]
    hides = (
        tag.has_attr("hidden")
        or name == "noscript"
        or tag.get("aria-hidden") == "true"
        or _HIDING.search(str(tag.get("style") or "")) is not None
    )
    is_block = name in _BLOCK_TAGS or (name in _CELLS and _is_layout(tag))
    return _Open(iter(tag.children), name, tuple(tokens), is_block, name == "a" and tag.has_attr("href"), hides)


def _is_layout(cell: Tag) -> bool:
    """Whether a cell holds blocks or a long text, as in pages laid out by tables; a data row is one block."""
    length = 0
    for number, inner in enumerate(cell.descendants):
        if isinstance(inner, Tag):
            if inner.name in _BLOCK_TAGS:
                return True
        else:
            length += len(str(inner).strip())
        if length > 200 or number > 100:
            return True
    return False


def _flushed(text: _Text, stack: list[_Open], *, hidden: bool, pre: bool) -> Iterator[Block]:
    if not text.parts:
        return
    written, linked = text.take(pre=pre)
    if not any(character.isalnum() for character in written):
        return
    near = stack[-_DEEP:]
    path = tuple(opened.tag for opened in near if opened.tag not in ("", "html"))
    classes = tuple(token for opened in near for token in opened.tokens)
    yield Block(written, path, classes[-2 * _DEEP :], linked, hidden=hidden)


# -- what a page says of itself

_MANY = 400  # elements of a kind that are looked at
_LONG = 1_000  # characters of a value


def _head(soup: BeautifulSoup) -> Head:
    html = soup.find("html")
    title = next((found for found in soup.find_all("title", limit=5) if found.find_parent("svg") is None), None)
    base = soup.find("base", href=True)
    meta = []
    for tag in soup.find_all("meta", limit=_MANY):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv")
        content = tag.get("content")
        if name and content:
            meta.append((str(name).strip().lower(), _short(str(content))))
    links = [
        (" ".join(tag.get_attribute_list("rel")).lower(), str(tag["href"]).strip())
        for tag in soup.find_all("link", href=True, rel=True, limit=_MANY)
    ]
    scripts = soup.find_all("script", type=re.compile("ld\\+json", re.IGNORECASE), limit=50)
    microdata = [
        (str(tag["itemprop"]).lower(), value)
        for tag in soup.find_all(itemprop=True, limit=_MANY)
        if (value := _value(tag))
    ]
    times = [value for tag in soup.find_all("time", limit=_MANY) if (value := _value(tag))]
    return Head(
        title=_short(_text_of(title)) if title is not None else None,
        lang=str(html.get("lang") or html.get("xml:lang") or "").strip() or None if isinstance(html, Tag) else None,
        base=str(base["href"]).strip() if isinstance(base, Tag) else None,
        meta=tuple(meta),
        links=tuple(links),
        json_ld=tuple(str(script.string or "") for script in scripts),
        microdata=tuple(microdata),
        times=tuple(times),
    )


def _value(tag: Tag) -> str:
    for attribute in ("content", "datetime", "href", "src"):
        if tag.get(attribute):
            return _short(str(tag[attribute]))
    return _short(_text_of(tag))


def _text_of(tag: Tag) -> str:
    """The beginning of an element's text."""
    parts, length = [], 0
    for inner in itertools.islice(tag.descendants, 200):
        if isinstance(inner, NavigableString) and not isinstance(inner, PreformattedString):
            parts.append(str(inner))
            length += len(parts[-1])
        if length > _LONG:
            break
    return " ".join(parts)


def _short(text: str) -> str:
    return tidy(" ".join(text[: 2 * _LONG].split()))[:_LONG]
