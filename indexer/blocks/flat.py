"""The blocks of a page that was saved as text."""

import re
from collections.abc import Iterator

from indexer.blocks.block import Block

__all__ = ["paragraphs"]

_WRAPPED = (50, 100)  # characters of a line that an editor broke


def paragraphs(text: str) -> Iterator[Block]:
    """Paragraphs are parted by blank lines; where there are none, each line is one, unless lines were wrapped."""
    index = 0
    for paragraph in re.split(r"\n[ \t]*\n", text):
        lines = [" ".join(line.split()) for line in paragraph.split("\n")]
        lines = [line for line in lines if line]
        full = [len(line) for line in lines[:-1]]
        if len(lines) > 1 and all(_WRAPPED[0] <= length <= _WRAPPED[1] for length in full):
            lines = [" ".join(lines)]
        for line in lines:
            yield Block(line, ("body", "p"), index=index)
            index += 1
