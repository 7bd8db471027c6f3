"""Learn `indexer/filters/content.json` from the development pages.

    python tests/quality/train_content.py ../shared            # trains on all and writes the file
    python tests/quality/train_content.py ../shared --folds 3  # prints F1 where each page's site was not trained on

Needs LightGBM (`pip install lightgbm scikit-learn`), which the product does not: it only adds up the trees.
"""

import argparse
import gzip
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lightgbm
import numpy as np
from alignment import grams, shares, words
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from indexer import decode
from indexer.blocks import Outline, outline
from indexer.filters import banners, endings, features
from indexer.filters.content import headings, threshold

WEIGHTS = Path(__file__).parents[2] / "indexer" / "filters" / "content.json"
SETS = ("scrapinghub", "fundus", "wcxb_dev")
ROUNDS = 150
SETTINGS = {
    "objective": "binary", "learning_rate": 0.1, "num_leaves": 24, "max_depth": 6, "feature_fraction": 0.4,
    "bagging_fraction": 0.7, "bagging_freq": 1, "min_data_in_leaf": 80, "lambda_l2": 10, "max_bin": 63,
    "num_threads": 1, "seed": 1, "deterministic": True, "verbose": -1,
}  # fmt: skip
_SECOND = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})


@dataclass(frozen=True, slots=True)
class Lesson:
    """A page with its features, and which of its blocks are content."""

    group: str
    site: str
    truth: str
    outline: Outline
    table: NDArray[np.float32]
    wanted: NDArray[np.bool_]


def site(url: str, page: str) -> str:
    """The registered domain, or what stands for it."""
    parts = urlsplit(url).netloc.split(":")[0].split(".")
    return ".".join(parts[-3:] if len(parts) > 2 and parts[-2] in _SECOND else parts[-2:]) or page


def lessons(data: Path) -> Iterator[Lesson]:
    for name in SETS:
        for line in (data / name / "truth.jsonl").read_text("utf-8").splitlines():
            truth = json.loads(line)
            if truth.get("text"):
                yield lesson(data, name, truth)


def lesson(data: Path, name: str, truth: dict[str, Any]) -> Lesson:
    page = gzip.decompress((data / name / "pages" / f"{truth['id']}.html.gz").read_bytes())
    seen = endings.label(banners.label(outline(decode.decode(page, None).text)))
    wanted = np.array(shares(seen.blocks, truth["text"])) >= 0.5
    group = f"{name} {truth['type']}" if "type" in truth else name
    return Lesson(group, site(truth.get("url") or "", truth["id"]), truth["text"], seen, features.measure(seen), wanted)


def weights(lesson: Lesson) -> NDArray[np.float64]:
    """Blocks count by their words, pages alike; no block more than 0.3 of a page, each a little."""
    sizes = np.array([max(1, len(words(block.text))) for block in lesson.outline.blocks], np.float64)
    kept = max(30.0, float(sizes[lesson.wanted].sum()))
    return np.minimum(sizes / kept, 0.3) + 0.3 / max(1, len(sizes))


def trained(some: list[Lesson]) -> lightgbm.Booster:
    data = lightgbm.Dataset(
        np.vstack([each.table for each in some]),
        label=np.concatenate([each.wanted for each in some]).astype(int),
        weight=np.concatenate([weights(each) for each in some]),
        params=SETTINGS,
    )
    return lightgbm.train(SETTINGS, data, ROUNDS)


def crossed(every: list[Lesson], folds: int) -> None:
    """Print precision, recall and F1 of each group, from folds by site."""
    scores: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    sites = [each.site for each in every]
    for learn, ask in GroupKFold(folds).split(every, groups=sites):
        booster = trained([every[number] for number in learn])
        for each in (every[number] for number in ask):
            if each.outline.blocks:
                scores[each.group].append(scored(each, np.asarray(booster.predict(each.table), np.float32)))
    for group, pairs in sorted(scores.items()):
        precision, recall = (statistics.mean(values) for values in zip(*pairs, strict=True))
        print(f"{group:24} {len(pairs):4}  F1 {2 * precision * recall / (precision + recall):.3f}  {precision:.3f} {recall:.3f}")


def scored(lesson: Lesson, score: NDArray[np.float32]) -> tuple[float, float]:
    blocks = lesson.outline.blocks
    free = np.array([not any(label.name == "banner" for label in block.labels) for block in blocks])
    article = bool(lesson.table[0, features.NAMES.index("page: article said")])
    least = threshold(score * free, np.array([len(block.text) for block in blocks], np.float32), article=article)
    score = np.where(headings(blocks, score * free, least), np.maximum(score, least), score)
    kept = (block.text for block, value, yes in zip(blocks, score, free, strict=True) if yes and value >= least)
    want, got = grams(words(lesson.truth)), grams(words("\n".join(kept)))
    right = sum((want & got).values())
    return right / max(1, sum(got.values())), right / max(1, sum(want.values()))


def nodes(tree: dict[str, Any]) -> list[list[float]]:
    """A tree as rows (feature, threshold, left, right, value); a node's value is the mean of its leaves'."""
    rows: list[list[float]] = []

    def add(node: dict[str, Any]) -> tuple[int, float, float]:
        if "leaf_value" in node:
            rows.append([0, 0, 0, 0, round(node["leaf_value"], 5)])
            return len(rows) - 1, node["leaf_value"], node.get("leaf_weight", 1.0)
        own = len(rows)
        rows.append([])
        left, low, few = add(node["left_child"])
        right, high, many = add(node["right_child"])
        value = (low * few + high * many) / (few + many)
        rows[own] = [node["split_feature"], float(f"{node['threshold']:.6g}"), left, right, round(value, 5)]
        return own, value, few + many

    add(tree["tree_structure"])
    return rows


def written(booster: lightgbm.Booster) -> str:
    """The model as JSON, a tree a line."""
    trees = [nodes(tree) for tree in booster.dump_model()["tree_info"]]
    lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
    names = json.dumps(features.NAMES, ensure_ascii=False)
    return f'{{"features": {names},\n"depth": {SETTINGS["max_depth"]},\n"trees": [\n{lines}\n]}}\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="the folder with bench/extraction/data")
    parser.add_argument("--folds", type=int, default=0, help="only print figures of folds by site")
    arguments = parser.parse_args()
    every = list(lessons(arguments.shared / "bench" / "extraction" / "data"))
    if arguments.folds:
        crossed(every, arguments.folds)
    else:
        WEIGHTS.write_text(written(trained(every)), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
