"""A heading belongs to what follows it."""

from dataclasses import replace

from indexer.blocks import Block, Outline

__all__ = ["TAGS", "label"]

NAME = "heading"
TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
REACH = 3  # blocks in which a heading's content begins


def label(outline: Outline) -> Outline:
    blocks = list(outline.blocks)
    content = [_is_content(block) for block in blocks]
    for index in range(len(blocks) - 1, -1, -1):  # from below, so that a heading of headings is one too
        block = blocks[index]
        if block.tag not in TAGS or any(each.name != "density" and not each.keep for each in block.labels):
            continue
        follows = any(content[index + 1 : index + 1 + REACH])
        content[index] = follows
        reason = "heads what follows" if follows else "heads nothing"
        kept = tuple(each for each in block.labels if each.name != "density")
        blocks[index] = replace(block, labels=kept).labelled(NAME, reason, keep=follows)
    return replace(outline, blocks=tuple(blocks))


def _is_content(block: Block) -> bool:
    return bool(block.labels) and all(each.keep for each in block.labels)
