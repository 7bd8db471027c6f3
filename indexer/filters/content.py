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

from indexer.blocks import Block, Outline
from indexer.filters.features import NAMES, measure
from indexer.filters.trees import Trees

__all__ = ["label", "threshold"]

NAME = "content"
WEAK = frozenset({"ending"})  # filters whose doubt is one feature among others here, and stands only where the model agrees
#: The score from which a block is kept lies between these. What is best for a page's F1 is half of the F1 that one can
#: expect (Lipton and others, "Optimal thresholding of classifiers to maximize F1", 2014): less on pages that are hard.
LOWEST, HIGHEST = 0.3, 0.5
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
    blocks = (
        _labelled(block, float(score), least, credits) if is_free else block
        for block, score, credits, is_free in zip(outline.blocks, scores, credited, free, strict=True)
    )
    return replace(outline, blocks=tuple(blocks))


def threshold(scores: NDArray[np.float32], lengths: NDArray[np.float32]) -> float:
    """The score from which blocks are kept: where the expected F1 of what is kept is highest, within bounds."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum((scores * lengths)[order])
    taken = np.cumsum(lengths[order])
    best = int(np.argmax(2 * right / (taken + right[-1])))
    return float(np.clip(scores[order[best]], LOWEST, HIGHEST))


def _labelled(block: Block, score: float, least: float, credits: NDArray[np.float32]) -> Block:
    if score >= least:
        strong = tuple(each for each in block.labels if each.name not in WEAK)
        return replace(block, labels=strong).labelled(NAME, f"score {score:.2f}", keep=True)
    against = [NAMES[feature] for feature in np.argsort(credits)[:TOLD] if credits[feature] < 0]
    return block.labelled(NAME, f"score {score:.2f} of {least:.2f}: {', '.join(against)}", keep=False)
