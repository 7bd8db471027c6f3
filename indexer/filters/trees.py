"""A boosted sum of small decision trees, read from a data file and answered for all rows at once.

Friedman, "Greedy function approximation: a gradient boosting machine" (2001). Each node carries the mean answer of what
reaches it, so that the steps of a row's way down add up to its score and can be credited to the features that parted
it (Saabas, "Interpreting random forests", 2014).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Trees"]


@dataclass(frozen=True, slots=True)
class Trees:
    """The nodes of all trees in one row of arrays; a leaf's children are itself.

    A row goes to `left` where its `feature` is at most `threshold`. `roots` (trees), all others (nodes).
    """

    names: tuple[str, ...]
    depth: int
    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    children: NDArray[np.int32]
    value: NDArray[np.float32]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Trees":
        """From `{"features": [name], "depth": n, "trees": [[[feature, threshold, left, right, value], ...], ...]}`.

        `left` and `right` count from the tree's own first node, which is its root; a leaf has 0 for both.
        """
        sizes = [len(tree) for tree in data["trees"]]
        roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
        nodes = np.array([node for tree in data["trees"] for node in tree], np.float64)
        own = np.arange(len(nodes))
        first = np.repeat(roots, sizes)
        is_leaf = nodes[:, 3] == 0
        children = np.where(is_leaf[:, None], own[:, None], nodes[:, 2:4] + first[:, None]).astype(np.int32)
        return cls(
            names=tuple(data["features"]),
            depth=data["depth"],
            roots=roots,
            feature=nodes[:, 0].astype(np.int32),
            threshold=nodes[:, 1].astype(np.float32),
            children=children.ravel(),
            value=nodes[:, 4].astype(np.float32),
        )

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of each row its probability, 0 to 1: (rows,)."""
        cells, first, at = self._begun(table)
        for _ in range(self.depth):
            at = self._below(cells, first + self.feature.take(at), at)
        chance: NDArray[np.float32] = (1 / (1 + np.exp(-self.value.take(at).sum(axis=1)))).astype(np.float32)
        return chance

    def credited(self, table: NDArray[np.float32], trees: int | None = None) -> NDArray[np.float32]:
        """What each feature added to a row's log odds, in the first so many trees or in all: (rows, features).

        Each tree corrects the sum of those before it, so the first ones hold what weighs most.
        """
        cells, first, at = self._begun(table)
        at = at[:, :trees]
        parted, steps = [], []
        for _ in range(self.depth):
            parted.append(first + self.feature.take(at))
            below = self._below(cells, parted[-1], at)
            steps.append(self.value.take(below) - self.value.take(at))
            at = below
        added = np.bincount(np.array(parted).ravel(), np.array(steps).ravel(), table.size)
        return added.astype(np.float32).reshape(table.shape)

    def _begun(self, table: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
        """All cells in a row, where each row's begin, and each row at all roots."""
        first = (np.arange(len(table), dtype=np.int32) * table.shape[1])[:, None]
        return np.ascontiguousarray(table).ravel(), first, np.broadcast_to(self.roots, (len(table), len(self.roots)))

    def _below(self, cells: NDArray[np.float32], cell: NDArray[np.int32], at: NDArray[np.int32]) -> NDArray[np.int32]:
        below: NDArray[np.int32] = self.children.take(2 * at + (cells.take(cell) > self.threshold.take(at)))
        return below
