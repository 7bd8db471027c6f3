"""What the scores of blocks say together: blocks of one kind are told alike, and on an article none is content alone.

The order of the blocks is a hidden Markov chain of two states, content and not (Rabiner, "A tutorial on hidden Markov
models", 1989). It only lowers scores: what stands between two paragraphs is often a caption or a teaser.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHANGE", "alike", "in_company"]

Scores = NDArray[np.float32]

#: How much of a block's score is its kind's. In folds by site .3 to .6 are as good: fundus and wcxb_dev +.001.
ALIKE = 0.5
#: Chance that a block is content and the next one is not, or the other way round. In folds by site (on articles)
#: scrapinghub gained .005, the other sets nothing; .3 to .35 are as good, .25 costs .003.
CHANGE = 1 / 3
LEAST = 1e-4  # scores are held so far from 0 and 1, which no company could change


def alike(scores: Scores, lengths: Scores, kinds: NDArray[np.int64]) -> Scores:
    """Scores drawn towards the mean score, by length, of the blocks of their kind: (blocks,)."""
    means = np.bincount(kinds, scores * lengths) / np.maximum(1, np.bincount(kinds, lengths))
    return ((1 - ALIKE) * scores + ALIKE * means[kinds]).astype(np.float32)


def in_company(scores: Scores) -> Scores:
    """Scores, less where the blocks around are unlikely: the chain's chance of content where that is lower. (blocks,)"""
    chances = np.clip(scores.astype(np.float64), LEAST, 1 - LEAST)
    before = _foretold(chances.tolist())
    after = _foretold(chances[::-1].tolist())[::-1]
    content = chances * before * after
    other = (1 - chances) * (1 - before) * (1 - after)
    return np.minimum(scores, content / (content + other)).astype(np.float32)


def _foretold(chances: list[float]) -> NDArray[np.float64]:
    """How likely each block is content by the blocks before it alone."""
    told = []
    likely = 0.5
    for chance in chances:
        told.append(likely)
        content, other = likely * chance, (1 - likely) * (1 - chance)
        likely = CHANGE + (1 - 2 * CHANGE) * content / (content + other)
    return np.array(told)
