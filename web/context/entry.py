"""What a page's entry, the comparison of its captures and the page of a removed block receive."""

from dataclasses import dataclass

from search.difference import Piece
from search.snippet import Part
from web.context.parts import Day, Link, SearchBox

__all__ = ["BlockPage", "CaptureRow", "ChangesPage", "EntryPage", "Fact", "FactChange", "RemovedBlock", "Run"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of metadata: values that may be links (no href: plain text), and the evidence for them."""

    name: str
    values: tuple[Link, ...]
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text; a match of the query has its number from 1, other text 0."""

    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A capture of the url: when it was fetched, what became of it and why, and the file it lies in.

    `changes_href` leads to what differs between this and the one that is shown; "" where nothing can be compared.
    """

    fetched: Day | None
    state: str
    reason: str
    file: str
    href: str
    current: bool
    changes_href: str = ""


@dataclass(frozen=True, slots=True)
class RemovedBlock:
    """A removed block; `kept` blocks of the text stand between it and the one before.

    `others_href` leads to other pages that held it, "" where there are none.
    """

    reason: str
    text: str
    kept: int = 0
    others_href: str = ""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """`entry.html`. `refusal` says why there is no text; `removed` is None where the ledger does not know.

    `kept_last` blocks of the text follow the last removed one. `matches` counts the numbered runs of the paragraphs.
    """

    box: SearchBox
    title: tuple[Part, ...]
    language: str
    url: str
    original_href: str
    minutes: int
    paragraphs: tuple[tuple[Run, ...], ...]
    matches: int
    query: str
    refusal: str
    facts: tuple[Fact, ...]
    captures: tuple[CaptureRow, ...]
    removed: tuple[RemovedBlock, ...] | None
    kept_last: int
    stored_href: str
    similar: tuple[Link, ...]

    @property
    def heading(self) -> str:
        return "".join(text for text, _ in self.title)


@dataclass(frozen=True, slots=True)
class FactChange:
    """A line of metadata that is not the same in two captures."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """`changes.html`: what differs between two captures of a page, the older of which is `before`.

    `befores` and `afters` are all captures to choose from; `current` marks the two that are compared.
    """

    box: SearchBox
    title: str
    language: str
    entry_href: str
    befores: tuple[Link, ...]
    afters: tuple[Link, ...]
    facts: tuple[FactChange, ...]
    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        return all(piece.change == "same" for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class BlockPage:
    """`block.html`: the pages from which one and the same block was removed; not all of `total` are listed."""

    box: SearchBox
    text: str
    reason: str
    total: int
    found: tuple[Link, ...]
