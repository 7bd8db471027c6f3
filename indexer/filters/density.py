"""Text and link density, with the neighbours: long texts with few links are content, and short ones between such.

After Pomikálek's jusText (2011), without its lists of stop words, so that no language is left out.
"""

from dataclasses import replace

from indexer.blocks import Block, Outline

__all__ = ["label"]

NAME = "density"
LONG, SHORT = 140, 40  # characters
FEW_LINKS, MANY_LINKS = 0.25, 0.5  # shares of link text
REACH = 3  # short blocks that content may bridge
LISTS = frozenset({"li", "dd", "dt", "td", "th", "tr", "pre", "blockquote", "figcaption", "caption"})


def label(outline: Outline) -> Outline:
    classes = [_alone(block) for block in outline.blocks]
    if outline.flat:  # no tag is left to tell a short paragraph from furniture, but a sentence is one
        pairs = zip(outline.blocks, classes, strict=True)
        classes = ["near" if kind == "short" and _is_sentence(block.text) else kind for block, kind in pairs]
    settled = [_settle(outline.blocks, classes, index) for index in range(len(classes))]
    blocks = (_labelled(block, kind) for block, kind in zip(outline.blocks, settled, strict=True))
    return replace(outline, blocks=tuple(blocks))


def _alone(block: Block) -> str:
    """`good`, `bad`, `short` or `near` by the block alone."""
    if any(not each.keep for each in block.labels):
        return "bad"
    if block.link_density > MANY_LINKS:
        return "bad"
    length = len(block.text)
    if block.tag == "pre":
        return "good" if length > SHORT else "short"
    wide = sum(character >= "\u3000" for character in block.text[:200])  # an ideograph says as much as two letters
    length += wide * length // max(1, min(length, 200))
    if length < SHORT:
        return "short"
    if block.link_density <= FEW_LINKS and (length >= LONG or _is_sentence(block.text)):
        return "good"
    return "near"


def _is_sentence(text: str) -> bool:
    return text.rstrip("\"'”’»)] ")[-1:] in (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", ":", ";")


def _settle(blocks: tuple[Block, ...], classes: list[str], index: int) -> str:
    """What neighbours make of a block that says little by itself."""
    kind = classes[index]
    if kind in ("good", "bad"):
        return kind
    before = _neighbour(classes, range(index - 1, max(-1, index - 1 - REACH), -1))
    after = _neighbour(classes, range(index + 1, min(len(classes), index + 1 + REACH)))
    is_item = blocks[index].tag in LISTS
    if before == after == "good":
        return "good"
    if kind == "near":
        return "good" if "good" in (before, after) else "bad"
    return "good" if is_item and "good" in (before, after) else "bad"


def _neighbour(classes: list[str], way: range) -> str:
    for index in way:
        if classes[index] in ("good", "bad"):
            return classes[index]
    return "bad"


def _labelled(block: Block, kind: str) -> Block:
    if kind == "good":
        return block.labelled(NAME, f"{len(block.text)} characters, {block.link_density:.0%} links", keep=True)
    if any(not each.keep for each in block.labels):
        return block
    if block.link_density > MANY_LINKS:
        return block.labelled(NAME, f"link density {block.link_density:.2f}", keep=False)
    return block.labelled(NAME, "short, with no content around it", keep=False)
