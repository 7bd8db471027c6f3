"""Pages saved as text: long texts are content, and short ones between such. The model of `content` judges markup.

After Pomikálek's jusText (2011), without its lists of stop words, so that no language is left out.
"""

from dataclasses import replace

from indexer.blocks import Block, Outline

__all__ = ["label"]

NAME = "density"
LONG, SHORT = 140, 40  # characters
REACH = 3  # short blocks that content may bridge


def label(outline: Outline) -> Outline:
    if not outline.flat:
        return outline
    pairs = ((block, _alone(block)) for block in outline.blocks)  # a short paragraph may be furniture, a sentence is none
    classes = ["near" if kind == "short" and _is_sentence(block.text) else kind for block, kind in pairs]
    settled = [_settle(classes, index) for index in range(len(classes))]
    blocks = (_labelled(block, kind) for block, kind in zip(outline.blocks, settled, strict=True))
    return replace(outline, blocks=tuple(blocks))


def _alone(block: Block) -> str:
    """`good`, `bad`, `short` or `near` by the block alone."""
    if any(not each.keep for each in block.labels):
        return "bad"
    length = len(block.text)
    wide = sum(character >= "\u3000" for character in block.text[:200])  # an ideograph says as much as two letters
    length += wide * length // max(1, min(length, 200))
    if length < SHORT:
        return "short"
    return "good" if length >= LONG or _is_sentence(block.text) else "near"


def _is_sentence(text: str) -> bool:
    return text.rstrip("\"'”’»)] ")[-1:] in (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", ":", ";")


def _settle(classes: list[str], index: int) -> str:
    """What neighbours make of a block that says little by itself."""
    kind = classes[index]
    if kind in ("good", "bad"):
        return kind
    before = _neighbour(classes, range(index - 1, max(-1, index - 1 - REACH), -1))
    after = _neighbour(classes, range(index + 1, min(len(classes), index + 1 + REACH)))
    if before == after == "good" or (kind == "near" and "good" in (before, after)):
        return "good"
    return "bad"


def _neighbour(classes: list[str], way: range) -> str:
    for index in way:
        if classes[index] in ("good", "bad"):
            return classes[index]
    return "bad"


def _labelled(block: Block, kind: str) -> Block:
    if kind == "good":
        return block.labelled(NAME, f"{len(block.text)} characters", keep=True)
    if any(not each.keep for each in block.labels):
        return block
    return block.labelled(NAME, "short, with no content around it", keep=False)
