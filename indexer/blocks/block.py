"""What travels instead of a tree: blocks of text, what filters say of them, and a page's head.

Invariant: a block never holds markup; values are never changed, a filter gives new ones.
"""

import functools
from dataclasses import dataclass, field, make_dataclass
from typing import Any

__all__ = ["Block", "Head", "Label", "Outline", "made"]


@dataclass(frozen=True, slots=True)
class Label:
    """One filter's opinion of a block: `name` says who (`banner`, `content`, ...), `reason` why, in words.

    `keep` is True where the filter holds the block for content, False where for something else.
    """

    name: str
    reason: str
    keep: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that a reader sees as one paragraph, heading, list item, table row or line.

    `path` are the tag names from the body down to the block's own, `places` the numbers of these elements on their
    page (blocks that share one stand in the same element), `classes` the class, id, role and itemprop tokens on that
    way, lower-cased, outermost first, `linked` the characters of text inside links, `index` its place in the page.
    A `hidden` block is one a browser does not show. `pre` blocks keep their line breaks.
    """

    text: str
    path: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    linked: int = 0
    index: int = 0
    hidden: bool = False
    labels: tuple[Label, ...] = ()
    places: tuple[int, ...] = ()

    @property
    def tag(self) -> str:
        return self.path[-1] if self.path else "p"

    @property
    def link_density(self) -> float:
        """Share of the characters that are link text, 0 to 1."""
        return min(1.0, self.linked / len(self.text)) if self.text else 0.0

    def labelled(self, name: str, reason: str, *, keep: bool) -> "Block":
        """This block with one more label."""
        return self.with_labels(self.labels + _alone(name, reason, keep))

    def with_labels(self, labels: tuple[Label, ...]) -> "Block":
        """This block with these labels instead of its own."""
        return made(self.text, self.path, self.classes, self.linked, self.index, self.hidden, labels, self.places)


@functools.lru_cache(maxsize=2_000)
def _alone(name: str, reason: str, keep: bool) -> tuple[Label]:
    """A label, as most blocks have one; it is mostly said of many, which share it."""
    return (Label(name, reason, keep),)


_Fresh: Any = make_dataclass("_Fresh", Block.__slots__, slots=True)


def made(
    text: str,
    path: tuple[str, ...],
    classes: tuple[str, ...],
    linked: int,
    index: int,
    hidden: bool,
    labels: tuple[Label, ...],
    places: tuple[int, ...],
) -> Block:
    """A block, six times faster than its class makes one, which writes each field past its own lock."""
    block: Block = _Fresh(text, path, classes, linked, index, hidden, labels, places)
    block.__class__ = Block  # from here on nothing changes it
    return block


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself: all as written, nothing judged.

    `meta` are (name or property, lower-cased, content), `links` (rel, href), `json_ld` the script texts,
    `microdata` (itemprop, value), `times` those of <time> elements, then of hAtom's <abbr>, `authors` the
    texts of links to pages of authors, `published` the values that scripts give to names such as `publishedAt`.
    """

    title: str | None = None
    lang: str | None = None
    base: str | None = None
    meta: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    json_ld: tuple[str, ...] = ()
    microdata: tuple[tuple[str, str], ...] = ()
    times: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A parsed page: its head and its blocks in page order. `flat` is True for pages saved as text."""

    head: Head = field(default_factory=Head)
    blocks: tuple[Block, ...] = ()
    flat: bool = False
