"""What the model makes of each block: how likely it is content, and which features said so.

The trees of `content.json` are learnt from the development pages by `tests/quality/train_content.py`; they know tags,
common class words, lengths, links and containers, but no site, no language and no page. Pages saved as text have
nothing of that: `density` judges those.
"""

import functools
import json
from collections import Counter
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
#: A page that says it is an article, and reads like one, is mostly hurt by what is too much: fundus +.005, wcxb_dev the same.
SURE, OF_AN_ARTICLE = 0.88, 0.62
HEADED = 0.2  # score from which a heading follows the block below it; +.002 on wcxb_dev, -.001 on fundus
_HEADS = frozenset({"h2", "h3", "h4"})
#: Said instead of features, since a reader knows these.
_WHERE = {"nav": "in navigation", "menu": "in a menu", "footer": "in a footer", "aside": "in an aside", "form": "in a form",
          "dialog": "in a dialog"}  # fmt: skip
PARAGRAPH = 60  # characters of a block that its siblings can vouch for
CLEAR = 0.25  # score below which the place alone is told
AT_ONCE = 1_000  # blocks: all of a page with a hundred thousand would take a gigabyte
TOLD = 2  # features named in a reason


@functools.cache
def model() -> Trees:
    """The trees of `content.json`."""
    return Trees.read(json.loads(resources.files("indexer.filters").joinpath("content.json").read_text("utf-8")))


def label(outline: Outline) -> Outline:
    if outline.flat or not outline.blocks:
        return outline
    table = measure(outline)
    scores, told = _asked(table)
    free = np.array([all(each.keep or each.name in WEAK for each in block.labels) for block in outline.blocks])
    lengths = np.array([len(block.text) for block in outline.blocks], np.float32)
    least = threshold(scores * free, lengths, article=bool(table[0, NAMES.index("page: article said")]))
    scores = np.where(_in_company(outline.blocks, scores * free, least), np.maximum(scores, least), scores)
    heads = headings(outline.blocks, scores * free, least)
    columns = zip(outline.blocks, scores.tolist(), heads.tolist(), told.tolist(), free.tolist(), strict=True)
    blocks = []
    for block, score, heading, names, is_free in columns:
        if is_free:
            kept = heading or score >= least
            blocks.append(_kept(block, score, heading) if kept else _removed(block, score, least, names))
        else:
            blocks.append(block)
    return replace(outline, blocks=tuple(blocks))


def _asked(table: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Each block's score, and the features that spoke most against it, len(NAMES) for none: (blocks,), (blocks, TOLD)."""
    scores, told = [], []
    for start in range(0, len(table), AT_ONCE):
        some, credited = model().scores(table[start : start + AT_ONCE])
        against = np.argsort(credited, axis=1)[:, :TOLD]
        scores.append(some)
        told.append(np.where(np.take_along_axis(credited, against, 1) < 0, against, len(NAMES)))
    return np.concatenate(scores), np.concatenate(told)


def _in_company(blocks: tuple[Block, ...], scores: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Which blocks are doubtful paragraphs among siblings that are mostly kept: a body is not holed."""
    sizes: Counter[tuple[object, ...]] = Counter()
    kept: Counter[tuple[object, ...]] = Counter()
    for block, score in zip(blocks, scores.tolist(), strict=True):
        sizes[block.places[:-1], block.path] += len(block.text)
        kept[block.places[:-1], block.path] += len(block.text) * (score >= least)
    return np.array(
        [
            0.5 * least <= score < least
            and len(block.text) > PARAGRAPH
            and block.link_density < 0.2
            and kept[block.places[:-1], block.path] > 0.5 * sizes[block.places[:-1], block.path]
            for block, score in zip(blocks, scores.tolist(), strict=True)
        ]
    )


def headings(blocks: tuple[Block, ...], scores: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Which blocks are headings, likely enough, of a block that is kept: a heading belongs to what follows it."""
    heads = np.array([block.tag in _HEADS for block in blocks]) & (scores >= HEADED)
    heads |= np.array([block.tag == "h1" for block in blocks]) & (scores >= least)
    kept = scores >= least
    follows = np.zeros(len(blocks), bool)
    for index in np.flatnonzero(heads)[::-1]:  # from below, so that a heading of headings is one too
        follows[index] = kept[index + 1 : index + 2].any()
        kept[index] |= follows[index]
    return follows


def threshold(scores: NDArray[np.float32], lengths: NDArray[np.float32], *, article: bool) -> float:
    """The score from which blocks are kept: where the expected F1 of what is kept is highest, within bounds."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum((scores * lengths)[order])
    taken = np.cumsum(lengths[order])
    expected = 2 * right / (taken + right[-1])
    best = int(np.argmax(expected))
    if article and expected[best] > SURE:
        return OF_AN_ARTICLE
    return float(np.clip(scores[order[best]], LOWEST, HIGHEST))


def _kept(block: Block, score: float, heading: bool) -> Block:
    strong = tuple(each for each in block.labels if each.name not in WEAK)
    reason = "heads what follows" if heading else f"score {score:.1f}"  # one digit, so that blocks in a row have one reason
    return replace(block, labels=(*strong, Label(NAME, reason, True)))


def _removed(block: Block, score: float, least: float, features: list[int]) -> Block:
    where = next((_WHERE[tag] for tag in block.path if tag in _WHERE), None)
    if where is not None and score < CLEAR:
        return block.labelled(NAME, where, keep=False)
    told = where or ", ".join(NAMES[feature] for feature in features if feature < len(NAMES))
    return block.labelled(NAME, f"{told}: score {score:.1f} of {least:.1f}", keep=False)
