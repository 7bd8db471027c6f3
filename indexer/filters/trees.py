"""A boosted sum of small decision trees, read from a data file and answered for all rows at once.

Friedman, "Greedy function approximation: a gradient boosting machine" (2001). Each node carries the mean answer of what
reaches it, so that the steps of a row's way down add up to its score and can be credited to the features that parted
it (Saabas, "Interpreting random forests", 2014).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Trees"]

Rows = NDArray[np.float32]
Places = NDArray[np.intp]


class _Level(NamedTuple):
    """The nodes of all trees at one depth, (trees * 2 ** depth,): below node n come 2n and, beyond its threshold, 2n + 1."""

    feature: Places
    threshold: NDArray[np.float32]
    value: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """The trees level by level, each filled up with nodes that part nothing, so that children need no pointers.

    A row goes on to the first of a node's two children where its `feature` is at most `threshold`.
    """

    names: tuple[str, ...]
    levels: tuple[_Level, ...]  # the last one holds leaves alone

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Trees":
        """From `{"features": [name], "depth": n, "trees": [[[feature, threshold, left, right, value], ...], ...]}`.

        `left` and `right` count from the tree's own first node, which is its root; a leaf has 0 for both.
        """
        nodes = [(tree, 0) for tree in data["trees"]]
        levels = []
        for _ in range(data["depth"] + 1):
            told = [tree[node] for tree, node in nodes]
            parts = [each[3] != 0 for each in told]
            levels.append(
                _Level(
                    np.array([each[0] if parted else 0 for each, parted in zip(told, parts, strict=True)], np.intp),
                    np.array([each[1] if parted else np.inf for each, parted in zip(told, parts, strict=True)], np.float32),
                    np.array([each[4] for each in told], np.float32),
                )
            )
            nodes = [(tree, tree[node][side] or node) for tree, node in nodes for side in (2, 3)]
        return cls(tuple(data["features"]), tuple(levels))

    def scores(self, table: Rows) -> Rows:
        """Of each row its probability, 0 to 1: (rows,)."""
        *_, (_, at) = self._ways(table, len(self.levels[0].feature))
        chance: Rows = (1 / (1 + np.exp(-self.levels[-1].value.take(at).sum(axis=1)))).astype(np.float32)
        return chance

    def credited(self, table: Rows, trees: int | None = None) -> Rows:
        """What each feature added to a row's log odds, in the first so many trees or in all: (rows, features).

        Each tree corrects the sum of those before it, so the first ones hold what weighs most.
        """
        count = min(trees or len(self.levels[0].feature), len(self.levels[0].feature))
        parted, steps = [], []
        before = self.levels[0].value[:count]
        for level, (cell, at) in zip(self.levels[1:], self._ways(table, count), strict=True):
            value = level.value.take(at)
            parted.append(cell)
            steps.append(value - before)
            before = value
        added = np.bincount(np.array(parted).ravel(), np.array(steps).ravel(), table.size)
        return added.astype(np.float32).reshape(table.shape)

    def _ways(self, table: Rows, count: int) -> Iterator[tuple[Places, Places]]:
        """Level by level, of each row in each of the first trees: the cell that parts it, and the node below: (rows, trees)."""
        cells = np.ascontiguousarray(table).ravel()
        first = (np.arange(len(table)) * table.shape[1])[:, None]
        at = np.broadcast_to(np.arange(count), (len(table), count))
        for feature, threshold, _ in self.levels[:-1]:
            cell = feature.take(at)
            cell += first
            beyond = cells.take(cell) > threshold.take(at)
            at = at + at
            at += beyond
            yield cell, at
