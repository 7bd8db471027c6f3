"""What a site repeats, by its learnt template. Applied last, to blocks with all other labels, and undone the same way.

Invariant: `undone(label(outline, any template))` is the outline again, so the ledger's blocks can be labelled anew.
"""

from collections.abc import Iterator
from dataclasses import replace

from indexer.blocks import Block, Outline
from indexer.ends import text_between
from indexer.furniture import STEADY, Line, Repeated, Template, joined, lines, zones

__all__ = ["CUT", "NAME", "label", "place", "undone"]

NAME = "template"
CUT = "cut"  # names the label of a piece that goes on with the line of the block before
AMONG = "among lines that are on most pages"
AFTER_SPACE, AFTER_WORD = "goes on with the line before", "goes on with the word before"
#: Share of a page's words that lines between furniture may have and be furniture themselves. On a page without prose, as
#: the index of a manual, all of its lines stand so: 49,000 words of one such page were 5 % of a manual's content.
BETWEEN = 0.3


def label(outline: Outline, template: Template) -> Outline:
    """The outline with what the template holds for furniture labelled. One-line texts are cut where it ends.

    A page of which nothing would be left is left as it is: it is short, and what it says is said by the site's furniture.
    """
    if template.is_empty:
        return outline
    parted = _numbered(outline, list(_cut(outline, template)))
    labelled = tuple(
        block.labelled(NAME, f"{NAME}: {said}", keep=False) if said and not _is_labelled(block) else block
        for block, said in zip(parted.blocks, _bounded(parted, list(_reasons(parted, template))), strict=True)
    )
    if all(map(_is_labelled, labelled)):
        return outline
    return replace(parted, blocks=labelled)


def undone(outline: Outline) -> Outline:
    """The outline as it was before any template."""
    if not any(each.name in (NAME, CUT) for block in outline.blocks for each in block.labels):
        return outline
    blocks: list[Block] = []
    for block in outline.blocks:
        bare = block.with_labels(tuple(each for each in block.labels if each.name not in (NAME, CUT)))
        cut = next((each.reason for each in block.labels if each.name == CUT), None)
        if cut is not None:
            space = " " if cut == AFTER_SPACE else ""
            bare = replace(blocks[-1], text=f"{blocks.pop().text}{space}{bare.text}")
        blocks.append(bare)
    return _numbered(outline, blocks)


def _numbered(outline: Outline, blocks: list[Block]) -> Outline:
    """The outline with these blocks, which are its own or parts of them."""
    if all(block.index == index for index, block in enumerate(blocks)):  # none was parted or joined
        return replace(outline, blocks=tuple(blocks))
    return replace(outline, blocks=tuple(replace(block, index=index) for index, block in enumerate(blocks)))


def place(outline: Outline, index: int) -> int:
    """Where the block stands that had this index before a template cut others."""
    whole = [block.index for block in outline.blocks if all(each.name != CUT for each in block.labels)]
    return whole[index]


def _is_labelled(block: Block) -> bool:
    return any(each.name == NAME for each in block.labels)


# -- lines


def _reasons(outline: Outline, template: Template) -> Iterator[str]:
    """Why each block is furniture; "" where it is not."""
    seen = lines(outline)
    start, end = zones(seen, template.lines.keys())
    found = [_found(line, template, own=start <= index < end) for index, line in enumerate(seen)]
    steady = [index for index, each in enumerate(found) if each is not None and each.pages >= STEADY * template.pages]
    heads = [index for index in steady if index < start] if start < len(seen) else []
    feet = [index for index in steady if index >= end]
    for index, (line, block, each) in enumerate(zip(seen, outline.blocks, found, strict=True)):
        if each is not None:
            yield f"on {each.pages / template.pages:.0%} of {template.pages:,} pages"
        elif line.prose or block.tag == "h1" or not ((heads and index < heads[-1]) or (feet and index > feet[0])):
            yield ""
        else:
            yield AMONG


def _bounded(outline: Outline, reasons: list[str]) -> list[str]:
    """The reasons without those that only say where a line stands, where they would take much of the page."""
    if AMONG not in reasons:
        return reasons
    kept = [all(each.keep for each in block.labels) for block in outline.blocks]
    words = [len(block.text.split()) * is_kept for block, is_kept in zip(outline.blocks, kept, strict=True)]
    between = sum(count for count, said in zip(words, reasons, strict=True) if said == AMONG)
    if between <= BETWEEN * sum(words):
        return reasons
    return ["" if said == AMONG else said for said in reasons]


def _found(line: Line, template: Template, *, own: bool) -> Repeated | None:
    """What the template knows of the line. `own`: it stands in the page's own text, where its opening says nothing."""
    found = template.lines.get(line.mark)
    return found if found is not None or own else template.openings.get(line.opening)


# -- one-line texts


def _cut(outline: Outline, template: Template) -> Iterator[Block]:
    """The blocks; those of a flattened page parted where the site's furniture ends and starts."""
    if not outline.flat or not (template.ends.head or template.ends.foot):
        yield from outline.blocks
        return
    start, end = text_between(joined(outline), template.ends)
    at = 0
    for block, line in zip(outline.blocks, lines(outline), strict=True):
        size = len(block.text)
        known = line.mark in template.lines  # whole, and how often it is repeated
        yield from [block] if known else _parts(block, *(min(max(0, place - at), size) for place in (start, end)))
        at += size + 1


def _parts(block: Block, start: int, end: int) -> Iterator[Block]:
    spans = [(0, start, True), (start, end, False), (end, len(block.text), True)]
    before = ""
    for first, last, repeated in spans:
        text = block.text[first:last]
        if not text.strip():
            continue
        piece = replace(block, text=text.strip(), linked=round(block.linked * len(text) / len(block.text)))
        if before:
            spaced = before[-1:].isspace() or text[:1].isspace()
            piece = piece.labelled(CUT, AFTER_SPACE if spaced else AFTER_WORD, keep=True)
        yield piece.labelled(NAME, f"{NAME}: begins or ends most pages' text", keep=False) if repeated else piece
        before = text
