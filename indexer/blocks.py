"""A page's text as blocks in page order, and its head. The only file that imports an HTML parser.

Invariant: no visible text is lost; a block never holds markup.
"""

from dataclasses import dataclass, field

__all__ = ["Block", "Head", "Label", "Outline"]


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

    `path` are the tag names from the body down to the block's own, `classes` the class and id tokens on that way,
    lower-cased, outermost first, `linked` the characters of text inside links, `index` its place in the page.
    `line` blocks keep their line breaks (`pre`, verse).
    """

    text: str
    path: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    linked: int = 0
    index: int = 0
    labels: tuple[Label, ...] = ()

    @property
    def tag(self) -> str:
        return self.path[-1] if self.path else "p"

    @property
    def link_density(self) -> float:
        """Share of the characters that are link text, 0 to 1."""
        return self.linked / len(self.text) if self.text else 0.0


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
