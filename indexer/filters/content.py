"""What the model makes of each block: how likely it is content, and which features said so.

The trees of `content.json` are learnt from the development pages by `tests/quality/train_content.py`; they know tags,
words, lengths, links and containers, but no site and no page. They are asked twice: of each block by itself, and again
with what the first answers say of the blocks around it. Pages saved as text have nothing of that: `density` judges those.
"""

import functools
import json
import operator
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.blocks import Block, Outline
from indexer.filters import agreement, context
from indexer.filters.features import NAMES, Measured, measure
from indexer.filters.trees import Trees

_Rows = NDArray[Any]

__all__ = ["UNLIKELY", "headings", "judged", "label", "threshold"]

NAME = "content"
WEAK = frozenset({"ending"})  # filters whose doubt is one feature among others here, and stands only where the model agrees
#: The score from which a block is kept lies between these. What is best for a page's F1 is half of the F1 that one can
#: expect (Lipton and others, "Optimal thresholding of classifiers to maximize F1", 2014): less on pages that are hard.
LOWEST, HIGHEST = 0.2, 0.5
#: A page that says it is an article, and reads like one, is mostly hurt by what is too much: fundus +.005, wcxb_dev the same.
SURE, OF_AN_ARTICLE = 0.88, 0.62
#: Score from which a heading follows the block below it (+.002 on wcxb_dev, -.001 on fundus), and code the block above
#: (documentation +.011, all others the same).
HEADED, CODED = 0.2, 0.2
#: First scores up to which a block is not asked for again: half of all blocks; at .02 (40 %) F1 in folds is the same.
UNLIKELY = 0.04
_HEADS = frozenset({"h1", "h2", "h3", "h4"})
#: Said instead of features, since a reader knows these.
_WHERE = {"nav": "in navigation", "menu": "in a menu", "footer": "in a footer", "aside": "in an aside", "form": "in a form",
          "dialog": "in a dialog"}  # fmt: skip
#: How a reader is told of the features that weigh most often; others are told by their names.
_SPOKEN = {
    "first score": "looks unlike content", "run of likely blocks": "no content beside it",
    "container 3: prose share": "little prose around it", "wording of its names": "the names of its elements",
    "score of its tags": "in elements that are not kept", "in the main container": "outside the main text",
    "page: best score": "a page of little content", "blocks of its kind": "many of its kind", "wording": "its words",
    "stands elsewhere too": "repeated on the page", "score of its kind": "of a kind that is not kept",
}  # fmt: skip
CLEAR = 0.25  # score below which the place alone is told
AT_ONCE = 1_000  # blocks: all of a page with a hundred thousand would take a gigabyte
TOLD = 2  # features named in a reason, as the first so many trees credit them: a third of the time
TELLING = 30


@functools.cache
def model() -> tuple[Trees, Trees]:
    """The trees of `content.json`: those that judge a block by itself, and those that know what was said of all others."""
    read = json.loads(resources.files("indexer.filters").joinpath("content.json").read_text("utf-8"))
    return Trees.read(read["first"]), Trees.read(read["second"])


def label(outline: Outline) -> Outline:
    if outline.flat or not outline.blocks:
        return outline
    measured = measure(outline)
    scores, around = _scored(outline.blocks, measured)
    return judged(outline, scores, measured, functools.partial(_told, measured, around))


def judged(
    outline: Outline,
    scores: NDArray[np.float32],
    measured: Measured,
    told: Callable[[NDArray[np.intp]], dict[int, str]],
) -> Outline:
    """The outline with the model's labels, from each block's score and features; `told` gives doubted blocks' reasons."""
    article = bool(measured.rows(slice(1))[0, NAMES.index("page: article said")])
    free = np.array([not block.labels or all(each.keep or each.name in WEAK for each in block.labels) for block in outline.blocks])
    lengths = np.array([len(block.text) for block in outline.blocks], np.float32)
    scores = agreement.alike(scores, lengths, measured.kinds)
    if article:
        scores = agreement.in_company(scores)
    least = threshold(scores * free, lengths, article=article)
    follows = headings(outline.blocks, scores * free, least)
    kept = follows | (scores >= least)
    kept |= coded(outline.blocks, scores * free, kept)
    wheres = _wheres(outline.blocks, measured.tags)
    reasons = told(np.array([index for index in np.flatnonzero(free & ~kept).tolist() if wheres[index] is None], np.intp))
    blocks = list(outline.blocks)
    for index, (score, where, keep) in enumerate(zip(scores.tolist(), wheres, kept.tolist(), strict=True)):
        if not free[index]:
            continue
        if keep:
            blocks[index] = _kept(blocks[index], score, follows[index])
        else:
            why = where or reasons[index]
            reason = why if where and score < CLEAR else f"{why}: score {score:.1f} of {least:.1f}"
            blocks[index] = blocks[index].labelled(NAME, reason, keep=False)
    return replace(outline, blocks=tuple(blocks))


def _wheres(blocks: tuple[Block, ...], tags: NDArray[np.int64]) -> list[str | None]:
    """Where each block stands, in the words of a reader; `tags` number what stands in elements of the same tags."""
    paths = dict(zip(tags.tolist(), [block.path for block in blocks], strict=True))
    where = {number: next((_WHERE[tag] for tag in path if tag in _WHERE), None) for number, path in paths.items()}
    return [where[number] for number in tags.tolist()]


def _scored(blocks: tuple[Block, ...], measured: Measured) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Each block's score, and what the blocks around it said of it: (blocks,), (blocks, len(context.NAMES))."""
    first, second = model()
    parts = [slice(at, at + AT_ONCE) for at in range(0, len(blocks), AT_ONCE)]
    scores = np.concatenate([first.scores(measured.rows(part)) for part in parts])
    around = context.measure(blocks, scores, measured.containers, measured.kinds, measured.tags)
    for rows in _parts(np.flatnonzero(scores > UNLIKELY)):
        scores[rows] = second.scores(np.hstack([measured.rows(rows), around[rows]]))
    return scores, around


def _told(measured: Measured, around: NDArray[np.float32], doubted: NDArray[np.intp]) -> dict[int, str]:
    """Of each doubted block the features that spoke most against it."""
    told = {}
    likely = around[doubted, 0] > UNLIKELY
    for trees, some in zip(model(), (doubted[~likely], doubted[likely]), strict=True):
        said = functools.lru_cache(maxsize=5_000)(functools.partial(_in_words, trees.names))
        for rows in _parts(some):
            credited = trees.credited(np.hstack([measured.rows(rows), around[rows]])[:, : len(trees.names)], TELLING)
            against = np.argpartition(credited, TOLD, axis=1)[:, :TOLD]
            by = np.take_along_axis(credited, against, axis=1)
            for row, features, added in zip(rows.tolist(), against.tolist(), by.tolist(), strict=True):
                worst = sorted(zip(added, features, strict=True), key=operator.itemgetter(0))
                told[row] = said(*[feature for less, feature in worst if less < 0])
    return told


def _in_words(names: tuple[str, ...], *features: int) -> str:
    return ", ".join([_SPOKEN.get(names[feature], names[feature]) for feature in features]) or "nothing for it"


def _parts(rows: _Rows) -> list[_Rows]:
    return [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]


def headings(blocks: tuple[Block, ...], scores: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Which blocks are headings, likely enough, of a block that is kept: a heading belongs to what follows it."""
    heads = np.array([block.tag in _HEADS for block in blocks]) & (scores >= HEADED)
    kept = scores >= least
    follows = np.zeros(len(blocks), bool)
    for index in np.flatnonzero(heads)[::-1]:  # from below, so that a heading of headings is one too
        follows[index] = kept[index + 1 : index + 2].any()
        kept[index] |= follows[index]
    return follows


def coded(blocks: tuple[Block, ...], scores: NDArray[np.float32], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks are code, likely enough, after a block that is kept: it belongs to what explains it."""
    stays = np.zeros(len(blocks), bool)
    for index, block in enumerate(blocks[1:], 1):
        stays[index] = "pre" in block.path and scores[index] >= CODED and (kept[index - 1] or stays[index - 1])
    return stays


def threshold(scores: NDArray[np.float32], lengths: NDArray[np.float32], *, article: bool) -> float:
    """The score from which blocks are kept: where the expected F1 of what is kept is highest, within bounds if any block is."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum((scores * lengths)[order])
    taken = np.cumsum(lengths[order])
    expected = 2 * right / (taken + right[-1])
    best = int(np.argmax(expected))
    if scores[order[0]] < LOWEST:
        return float(scores[order[best]])
    if article and expected[best] > SURE:
        return OF_AN_ARTICLE
    return float(np.clip(scores[order[best]], LOWEST, HIGHEST))


def _kept(block: Block, score: float, heading: bool) -> Block:
    reason = "heads what follows" if heading else f"score {score:.1f}"  # one digit, so that blocks in a row have one reason
    if block.labels:
        block = block.with_labels(tuple([each for each in block.labels if each.name not in WEAK]))
    return block.labelled(NAME, reason, keep=True)
