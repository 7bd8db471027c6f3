"""What a first judgement of all blocks says about each of them: how likely its neighbours, its containers and those of its
kind are content, and where the likely ones begin and end.

With these the model is asked once more (stacked sequential learning: Cohen and Carvalho, 2005). Invariant: one row a
block, one column a name of `NAMES`; nothing is measured here but scores, lengths and places.
"""

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexer.blocks import Block
from indexer.filters.containers import Containers

__all__ = ["NAMES", "measure"]

Table = NDArray[np.float32]
Column = NDArray[np.float64]

REACH = 5  # neighbours looked at one by one on either side
WINDOWS = (2, 5, 15)  # blocks on either side that are averaged
LEVELS = 5  # containers looked at, from the block's own outwards
SURE, LONG = 0.75, 60  # score and characters of a block that is surely content
NAMES = (
    "first score",
    *(f"score {by:+d}" for by in (*range(-REACH, 0), *range(1, REACH + 1))),
    *(f"score within {reach}" for reach in WINDOWS),
    *(f"container {level}: score of the others" for level in range(1, LEVELS + 1)),
    *(f"container {level}: share of the content" for level in range(1, 4)),
    "score of its kind", "score of its tags", "content before", "content after", "blocks since the first sure one",
    "blocks to the last sure one", "run of likely blocks", "page: content", "page: best score", "page: likely blocks",
    "score of the last heading", "score of its section", "levels to the best container", "in the best container",
    "best container's share", "its container's share", "article's share",
)  # fmt: skip
_HEADS = frozenset({"h1", "h2", "h3", "h4"})


def measure(
    blocks: tuple[Block, ...],
    scores: NDArray[np.float32],
    containers: Containers,
    kinds: NDArray[np.int64],
    tags: NDArray[np.int64],
    chosen: NDArray[np.intp] | slice = slice(None),
) -> Table:
    """Float32, (chosen blocks, len(NAMES)). `kinds` and `tags` number the blocks' kinds and their tags."""
    count = len(blocks)
    chance = scores.astype(np.float64)
    lengths = np.array([len(block.text) for block in blocks], np.float64)
    mass = chance * lengths
    whole = max(1e-6, float(mass.sum()))
    padded = np.full(count + 2 * REACH, -1.0)
    padded[REACH : REACH + count] = chance
    held, room = containers.sums(mass), containers.sums(lengths)
    out = [containers.outwards(level) for level in range(1, LEVELS + 1)]
    gone = np.cumsum(mass)
    likely = chance > 0.5
    columns: Iterator[Column | float] = itertools.chain(
        (chance, *(padded[REACH + by : REACH + by + count] for by in (*range(-REACH, 0), *range(1, REACH + 1)))),
        _within(mass, lengths),
        (_others(held[each] - mass, room[each] - lengths) for each in out),
        (np.where(each >= 0, held[each] / whole, -1.0) for each in out[:3]),
        (_of_number(numbers, mass, lengths) for numbers in (kinds, tags)),
        ((gone - mass) / whole, (whole - gone) / whole, *_to_the_sure(chance, lengths), _runs(likely)),
        (float(np.log1p(whole)), float(chance.max(initial=0.0)), float(np.log1p(likely.sum()))),
        _headed(blocks, chance, mass, lengths),
        _best(containers, out[0], mass, whole),
        (_articles(blocks, mass, whole),),
    )
    table = np.empty((len(chance[chosen]), len(NAMES)), np.float32)
    for at, column in enumerate(columns):
        table[:, at] = column[chosen] if isinstance(column, np.ndarray) else column
    return table


def _within(mass: Column, lengths: Column) -> Iterator[Column]:
    """The mean scores, by length, of the blocks up to so many away."""
    order = np.arange(len(mass))
    summed, long = (np.concatenate([[0.0], np.cumsum(each)]) for each in (mass, lengths))
    for reach in WINDOWS:
        low, high = np.maximum(0, order - reach), np.minimum(len(mass), order + reach + 1)
        yield np.asarray((summed[high] - summed[low]) / np.maximum(1, long[high] - long[low]))


def _others(mass: Column, lengths: Column) -> Column:
    return np.where(lengths > 0, mass / np.maximum(1, lengths), -1.0)


def _of_number(numbers: NDArray[np.int64], mass: Column, lengths: Column) -> Column:
    """The mean score of the other blocks of the same number."""
    return _others(np.bincount(numbers, mass)[numbers] - mass, np.bincount(numbers, lengths)[numbers] - lengths)


def _to_the_sure(chance: Column, lengths: Column) -> tuple[Column, Column]:
    order = np.arange(len(chance), dtype=np.float64)
    sure = np.flatnonzero((chance > SURE) & (lengths > LONG))
    if not sure.size:
        return np.full(len(chance), -100.0), np.full(len(chance), -100.0)
    return np.clip(order - sure[0], -99, 99), np.clip(sure[-1] - order, -99, 99)


def _runs(likely: NDArray[np.bool_]) -> Column:
    """How many blocks in a row are as likely as each; below 0 where they are not."""
    starts = np.flatnonzero(np.diff(likely.astype(np.int8), prepend=2))
    runs = np.diff(np.append(starts, len(likely)))
    return np.repeat(runs, runs) * np.where(likely, 1.0, -1.0)


def _headed(blocks: tuple[Block, ...], chance: Column, mass: Column, lengths: Column) -> tuple[Column, Column]:
    """Of each block the score of the heading before it (or its own), and the mean score of what stands under that."""
    heads = np.array([block.tag in _HEADS for block in blocks], bool)
    last = np.maximum.accumulate(np.where(heads, np.arange(len(blocks)), -1))
    section = np.cumsum(heads)
    summed, long = np.bincount(section, mass * ~heads), np.bincount(section, lengths * ~heads)
    return np.where(last >= 0, chance[last], -1.0), summed[section] / np.maximum(1, long[section])


def _best(containers: Containers, parents: NDArray[np.int32], mass: Column, whole: float) -> tuple[Column, ...]:
    """How far each block is from the element with most content right in it, and what share that and its own have."""
    own = np.bincount(parents + 1, mass, containers.count)
    own[0] = 0.0
    best = int(own.argmax()) - 1
    inside = parents == best
    way = containers.way[inside.argmax()]
    way = way[: containers.depth[inside.argmax()] - 1] if best >= 0 else way[:0]
    far = len(way) - containers.shared(way)
    share = np.full(len(mass), own[best + 1] / whole)
    return far.astype(np.float64), (inside & (best >= 0)).astype(np.float64), share, own[parents + 1] / whole


def _articles(blocks: tuple[Block, ...], mass: Column, whole: float) -> Column:
    """The share of the content in each block's outermost `article`, or outside of all."""
    numbers: dict[int, int] = {}
    own = [numbers.setdefault(_article(block), len(numbers)) for block in blocks]
    return np.asarray(np.bincount(own, mass)[own] / whole)


def _article(block: Block) -> int:
    return block.places[block.path.index("article")] if block.places and "article" in block.path else -1
