"""The elements around the blocks of a page, as arrays: what each holds, and how far blocks stand from one another.

Invariant: element numbers are those of `Block.places`; -1 stands for no element, and what it holds is 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.blocks import Block

__all__ = ["Containers"]

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Containers:
    """`way` (blocks, deepest way): the elements down to each block's own, outermost first, -1 behind its own.

    `depth` (blocks,) is the length of each way; `block` and `element` (pairs,) say of each element on each way which
    block it leads to.
    """

    way: Numbers
    depth: Numbers
    block: Numbers
    element: Numbers
    count: int

    @classmethod
    def of(cls, blocks: tuple[Block, ...]) -> "Containers":
        depth = np.array([len(block.places) for block in blocks], np.int32)
        element = np.array([place for block in blocks for place in block.places], np.int32)
        block = np.repeat(np.arange(len(blocks), dtype=np.int32), depth)
        way = np.full((len(blocks), int(depth.max(initial=1)) + 1), -1, np.int32)
        way[block, np.arange(len(element)) - np.repeat(np.cumsum(depth) - depth, depth)] = element
        return cls(way, depth, block, element, int(element.max(initial=0)) + 2)

    def sums(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """What each element holds of a value of its blocks; asked for element -1, 0."""
        return np.asarray(np.bincount(self.element, values[self.block], self.count), np.float64)

    def outwards(self, level: int) -> Numbers:
        """(blocks,) the element `level` steps out of each block's own."""
        return self.way[np.arange(len(self.depth)), np.maximum(self.depth - 1 - level, -1)]  # at -1 none is

    def shared(self, way: Numbers) -> Numbers:
        """(blocks,) how many elements each block's way has in common with one way from its beginning."""
        same = (self.way[:, : len(way)] == way) & (way >= 0)
        common: Numbers = np.logical_and.accumulate(same, axis=1).sum(axis=1) if len(way) else np.zeros_like(self.depth)
        return common
