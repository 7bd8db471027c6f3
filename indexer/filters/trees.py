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
    roots: NDArray[np.intp]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    children: NDArray[np.intp]
    value: NDArray[np.float32]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Trees":
        """From `{"features": [name], "depth": n, "trees": [[[feature, threshold, left, right, value], ...], ...]}`.

        `left` and `right` count from the tree's own first node, which is its root; a leaf has 0 for both.
        """
        sizes = [len(tree) for tree in data["trees"]]
        roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        nodes = np.array([node for tree in data["trees"] for node in tree], np.float64)
        own = np.arange(len(nodes))
        first = np.repeat(roots, sizes)
        is_leaf = nodes[:, 3] == 0
        children = np.where(is_leaf[:, None], own[:, None], nodes[:, 2:4] + first[:, None]).astype(np.intp)
        return cls(
            names=tuple(data["features"]),
            depth=data["depth"],
            roots=roots,
            feature=nodes[:, 0].astype(np.intp),
            threshold=nodes[:, 1].astype(np.float32),
            children=children.ravel(),
            value=nodes[:, 4].astype(np.float32),
        )

    def scores(self, table: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Of each row its probability, 0 to 1, and what each feature added to its log odds (rows, features)."""
        rows, width = table.shape
        base = np.arange(rows)[:, None] * width
        flat = np.ascontiguousarray(table).ravel()
        at = np.broadcast_to(self.roots, (rows, len(self.roots)))
        credited = np.zeros(rows * width, np.float32)
        for _ in range(self.depth):
            cell = base + self.feature[at]
            below = self.children[2 * at + (flat[cell] > self.threshold[at])]
            step = self.value[below] - self.value[at]
            credited += np.bincount(cell.ravel(), step.ravel(), rows * width).astype(np.float32)
            at = below
        odds = self.value[at].sum(axis=1)
        return (1 / (1 + np.exp(-odds))).astype(np.float32), credited.reshape(rows, width)
