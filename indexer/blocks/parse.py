"""A page's text as blocks in page order, and its head: parsed once, by lxml where it loses nothing.

Invariant: any text gives an Outline or a RefusedPage.
"""

from collections.abc import Iterator

from indexer.blocks import elements
from indexer.blocks.block import Block, Outline
from indexer.blocks.elements import NotFor
from indexer.blocks.flat import paragraphs
from indexer.blocks.reader import Reader
from indexer.errors import RefusedPage

__all__ = ["MAX_TAGS", "outline", "outline_by_soup"]

#: Tags of a page that are parsed; beyond it a page is refused (in Beautiful Soup a million take a minute and 800 MB).
MAX_TAGS = 150_000


def outline(text: str, *, flat: bool = False) -> Outline:
    """Parse a page (`flat`: one that was saved as text). RefusedPage where it has more than MAX_TAGS tags."""
    if flat:
        return Outline(blocks=tuple(_paragraphs(text)), flat=True)
    if text.count("<") > MAX_TAGS:
        raise RefusedPage(f"more than {MAX_TAGS:,} tags")
    reader = Reader()
    try:
        elements.tell(text, reader)
    except NotFor:
        return outline_by_soup(text)
    return Outline(reader.head.head, tuple(reader.blocks))


def _paragraphs(text: str) -> Iterator[Block]:
    for index, paragraph in enumerate(paragraphs(text)):
        yield Block(paragraph, ("body", "p"), index=index)


def outline_by_soup(text: str) -> Outline:
    """The plain way, by Beautiful Soup: what `outline` must agree with."""
    from indexer.blocks import soup  # 7 MB and a third of the time to start, for a page in hundreds

    reader = Reader()
    soup.tell(text, reader)
    return Outline(reader.head.head, tuple(reader.blocks))
