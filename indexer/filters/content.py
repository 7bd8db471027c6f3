"""What the model makes of each block: how likely it is content, and which features said so.

The trees of `content.json` are learnt from the development pages by `tests/quality/train_content.py`; they know tags,
common class words, lengths, links and containers, but no site, no language and no page. Pages saved as text have
nothing of that: `density` judges those.
"""

import functools
import json
from dataclasses import replace
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from indexer.blocks import Block, Label, Outline
from indexer.filters.features import NAMES, measure
from indexer.filters.trees import Trees

__all__ = ["headings", "label", "threshold"]

NAME = "content"
WEAK = frozenset({"ending"})  # filters whose doubt is one feature among others here, and stands only where the model agrees
#: The score from which a block is kept lies between these. What is best for a page's F1 is half of the F1 that one can
#: expect (Lipton and others, "Optimal thresholding of classifiers to maximize F1", 2014): less on pages that are hard.
LOWEST, HIGHEST = 0.3, 0.5
HEADED = 0.2  # score from which a heading follows the block below it; +.002 on wcxb_dev, -.001 on fundus
_HEADS = frozenset({"h2", "h3", "h4"})
TOLD = 2  # features named in a reason


@functools.cache
def model() -> Trees:
    """The trees of `content.json`."""
    return Trees.read(json.loads(resources.files("indexer.filters").joinpath("content.json").read_text("utf-8")))


def label(outline: Outline) -> Outline:
    if outline.flat or not outline.blocks:
        return outline
    scores, credited = model().scores(measure(outline))
    free = np.array([all(each.keep or each.name in WEAK for each in block.labels) for block in outline.blocks])
    least = threshold(scores * free, np.array([len(block.text) for block in outline.blocks], np.float32))
    against = np.argsort(credited, axis=1)[:, :TOLD]  # what spoke most against each block comes first
    told = np.where(np.take_along_axis(credited, against, 1) < 0, against, len(NAMES)).tolist()
    scores = np.where(headings(outline.blocks, scores * free, least), np.maximum(scores, least), scores)
    blocks = (
        _labelled(block, score, least, features) if is_free else block
        for block, score, features, is_free in zip(outline.blocks, scores.tolist(), told, free.tolist(), strict=True)
    )
    return replace(outline, blocks=tuple(blocks))


def headings(blocks: tuple[Block, ...], scores: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Which blocks are headings, likely enough, of a block that is kept: a heading belongs to what follows it."""
    heads = np.array([block.tag in _HEADS for block in blocks]) & (scores >= HEADED)
    kept = scores >= least
    for index in np.flatnonzero(heads)[::-1]:  # from below, so that a heading of headings is one too
        kept[index] |= kept[index + 1 : index + 2].any()
    return heads & kept


def threshold(scores: NDArray[np.float32], lengths: NDArray[np.float32]) -> float:
    """The score from which blocks are kept: where the expected F1 of what is kept is highest, within bounds."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum((scores * lengths)[order])
    taken = np.cumsum(lengths[order])
    best = int(np.argmax(2 * right / (taken + right[-1])))
    return float(np.clip(scores[order[best]], LOWEST, HIGHEST))


def _labelled(block: Block, score: float, least: float, features: list[int]) -> Block:
    if score < least:
        names = ", ".join(NAMES[feature] for feature in features if feature < len(NAMES))
        return block.labelled(NAME, f"score {score:.2f} of {least:.2f}: {names}", keep=False)
    strong = tuple(each for each in block.labels if each.name not in WEAK)
    return replace(block, labels=(*strong, Label(NAME, f"score {score:.2f}", True)))
