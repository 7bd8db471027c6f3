"""A cleaned page: metadata, main content, and every removed block with its reason."""

import datetime as dt
from dataclasses import dataclass

from indexer.blocks import Block

__all__ = ["Article", "Removed"]


@dataclass(frozen=True, slots=True)
class Removed:
    """A block (or a part of one) that is not content."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """What is kept of a page.

    `blocks` are all blocks in page order with the labels that decided; `kept` names those of the text by their index.
    `title_by` and `published_by` say where these come from (`json-ld`, `meta`, `url`, `dateline`, ...; a title
    made of the first sentence is `derived`).
    """

    url: str
    title: str
    title_by: str
    text: str
    published: dt.date | None = None
    published_by: str | None = None
    authors: tuple[str, ...] = ()
    site: str = ""
    section: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    kind: str = "article"
    kind_reason: str = ""
    blocks: tuple[Block, ...] = ()
    kept: frozenset[int] = frozenset()
    removed: tuple[Removed, ...] = ()
