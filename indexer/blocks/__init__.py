"""A page's text as blocks in page order, and its head. The only room that knows an HTML parser.

Invariant: no visible text is lost; a block never holds markup; no recursion, any depth of nesting.
"""

from indexer.blocks.block import Block, Head, Label, Outline
from indexer.blocks.parse import MAX_TAGS, outline, outline_by_soup

__all__ = ["MAX_TAGS", "Block", "Head", "Label", "Outline", "outline", "outline_by_soup"]
