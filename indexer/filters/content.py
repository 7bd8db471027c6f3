"""What the model makes of each block: how likely it is content, and which features said so.

The trees of `content.json` are learnt from the development pages by `tests/quality/train_content.py`; they know tags,
words, lengths, links and containers, but no site and no page. They are asked twice: of each block by itself, and again
with what the first answers say of the blocks around it. Pages saved as text have nothing of that: `density` judges those.
"""

import functools
import json
import operator
from collections.abc import Callable, Iterable
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
#: Whether a block is kept, and why.
_Verdict = tuple[bool, str]

__all__ = ["UNLIKELY", "headings", "judged", "label", "labelled", "threshold"]

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
    return labelled(outline, _judged(outline))  # what was measured, of a large page 60 MB, is gone by then


def _judged(outline: Outline) -> list[_Verdict | None]:
    measured = measure(outline)
    scores, likely, around = _scored(outline.blocks, measured)
    return judged(outline, scores, measured, functools.partial(_told, measured, likely, around))


def judged(
    outline: Outline,
    scores: NDArray[np.float32],
    measured: Measured,
    told: Callable[[NDArray[np.intp]], dict[int, str]],
) -> list[_Verdict | None]:
    """Whether each block is kept and why, from its score and features; None where another filter has decided. `told`
    gives doubted blocks' reasons.
    """
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
    found: list[_Verdict | None] = [None] * len(wheres)
    share: dict[_Verdict, _Verdict] = {}  # most say the same as others
    for index in np.flatnonzero(free).tolist():
        score, where = float(scores[index]), wheres[index]
        if kept[index]:  # one digit, so that blocks in a row have one reason
            verdict = True, "heads what follows" if follows[index] else f"score {score:.1f}"
        else:
            why = where or reasons[index]
            verdict = False, why if where and score < CLEAR else f"{why}: score {score:.1f} of {least:.1f}"
        found[index] = share.setdefault(verdict, verdict)
    return found


def labelled(outline: Outline, verdicts: Iterable[_Verdict | None]) -> Outline:
    """The outline with the model's labels."""
    both = zip(outline.blocks, verdicts, strict=True)
    return replace(outline, blocks=tuple([block if verdict is None else _labelled(block, *verdict) for block, verdict in both]))


def _labelled(block: Block, keep: bool, reason: str) -> Block:
    if keep and block.labels:
        block = block.with_labels(tuple([each for each in block.labels if each.name not in WEAK]))
    return block.labelled(NAME, reason, keep=keep)


def _wheres(blocks: tuple[Block, ...], tags: NDArray[np.int64]) -> list[str | None]:
    """Where each block stands, in the words of a reader; `tags` number what stands in elements of the same tags."""
    paths = dict(zip(tags.tolist(), [block.path for block in blocks], strict=True))
    where = {number: next((_WHERE[tag] for tag in path if tag in _WHERE), None) for number, path in paths.items()}
    return [where[number] for number in tags.tolist()]


def _scored(blocks: tuple[Block, ...], measured: Measured) -> tuple[NDArray[np.float32], _Rows, NDArray[np.float32]]:
    """Each block's score, which were asked for again (ascending), and what the blocks around those said of them: (blocks,),
    (asked,), (asked, len(context.NAMES)).
    """
    first, second = model()
    parts = [slice(at, at + AT_ONCE) for at in range(0, len(blocks), AT_ONCE)]
    scores = np.concatenate([first.scores(measured.rows(part)) for part in parts])
    likely = np.flatnonzero(scores > UNLIKELY)
    around = context.measure(blocks, scores, measured.containers, measured.kinds, measured.tags, likely)
    for rows, beside in zip(_parts(likely), _parts(around), strict=True):
        scores[rows] = second.scores(np.hstack([measured.rows(rows), beside]))
    return scores, likely, around


def _told(measured: Measured, likely: _Rows, around: NDArray[np.float32], doubted: NDArray[np.intp]) -> dict[int, str]:
    """Of each doubted block the features that spoke most against it."""
    first, second = model()
    again = np.isin(doubted, likely, assume_unique=True)

    def both(rows: _Rows) -> NDArray[np.float32]:
        return np.hstack([measured.rows(rows), around[np.searchsorted(likely, rows)]])

    return _against(first, doubted[~again], measured.rows) | _against(second, doubted[again], both)


def _against(trees: Trees, blocks: _Rows, table: Callable[[_Rows], NDArray[np.float32]]) -> dict[int, str]:
    told = {}
    said = functools.lru_cache(maxsize=5_000)(functools.partial(_in_words, trees.names))
    for rows in _parts(blocks):
        credited = trees.credited(table(rows), TELLING)
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

