"""Lines of a flattened page that were a menu: short pieces between signs, as `Home | News | Contact`.

On a page with markup its links and tags tell the same.
"""

import re
from dataclasses import replace

from indexer.blocks import Block, Outline

__all__ = ["label"]

NAME = "menu"
FEWEST = 4  # pieces: three may be a byline with date and place
LONGEST = 20  # characters of a piece on average; a row of a table that says something has longer ones

_SIGN = re.compile(r"\s*[|·•»›>]\s*")


def label(outline: Outline) -> Outline:
    if not outline.flat:
        return outline
    return replace(outline, blocks=tuple(_labelled(block) for block in outline.blocks))


def _labelled(block: Block) -> Block:
    pieces = [piece for piece in _SIGN.split(block.text) if piece]
    if len(pieces) < FEWEST or sum(map(len, pieces)) > LONGEST * len(pieces):
        return block
    return block.labelled(NAME, f"a menu of {len(pieces)} pieces", keep=False)
