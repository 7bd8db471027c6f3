"""Script-error banners and notices, by the families of `banners.toml`.

A family marked `inside` is also cut out of a longer text: the block is parted, and only the banner's part is labelled.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import resources

from indexer.blocks import Block, Outline

__all__ = ["Family", "families", "label"]

NAME = "banner"
MAX_TEXT = 100_000  # characters of a block that are searched


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of banner: its patterns, and texts it must find and must leave."""

    name: str
    inside: bool
    longest: int
    patterns: tuple[re.Pattern[str], ...]
    positive: tuple[str, ...]
    negative: tuple[str, ...]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where in the text its banners stand."""
        if not self.inside:
            if len(text) <= self.longest and any(pattern.search(text) for pattern in self.patterns):
                yield 0, len(text)
            return
        for pattern in self.patterns:
            for found in pattern.finditer(text, 0, MAX_TEXT):
                yield found.span()


@functools.cache
def families() -> tuple[Family, ...]:
    """The families of `banners.toml`."""
    read = tomllib.loads(resources.files("indexer").joinpath("banners.toml").read_text("utf-8"))
    return tuple(
        Family(
            each["name"],
            each["inside"],
            each.get("longest", 0),
            tuple(re.compile(pattern, re.IGNORECASE) for pattern in each["patterns"]),
            tuple(each["positive"]),
            tuple(each["negative"]),
        )
        for each in read["family"]
    )


def label(outline: Outline) -> Outline:
    blocks = [part for block in outline.blocks for part in _parts(block)]
    return replace(outline, blocks=tuple(replace(block, index=index) for index, block in enumerate(blocks)))


def _parts(block: Block) -> Iterator[Block]:
    """The block, or the parts that its banners cut it into."""
    text = block.text.replace("\n", " ")
    spans = sorted((start, end, family.name) for family in families() for start, end in family.spans(text))
    at = 0
    for start, end, name in spans:
        if end <= at or not any(character.isalnum() for character in text[start:end]):
            continue
        start = max(start, at)
        yield from _piece(block, at, start)
        yield from (piece.labelled(NAME, f"banner: {name}", keep=False) for piece in _piece(block, start, end))
        at = end
    yield from _piece(block, at, len(text)) if at else (block,)


def _piece(block: Block, start: int, end: int) -> Iterator[Block]:
    text = block.text[start:end].strip(" \n|·•")
    if any(character.isalnum() for character in text):
        yield replace(block, text=text, linked=round(block.linked * len(text) / len(block.text)))
