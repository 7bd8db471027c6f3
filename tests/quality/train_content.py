"""Learn `indexer/filters/content.json` and `wording.json` from the development pages.

    python tests/quality/train_content.py ../shared            # trains on all and writes the files
    python tests/quality/train_content.py ../shared --folds 5  # prints F1 where each page's site was not trained on

Three learners, each asked by the next: words (`wording`), trees over a block's features, and trees over these and what the
first ones said of the blocks around. What one says of the pages that another learns from comes from folds in which their
sites were left out (Wolpert, "Stacked generalization", 1992), also inside the folds of `--folds`.

Needs LightGBM (`pip install lightgbm scikit-learn`), which the product does not: it only adds up weights and trees.
"""

import argparse
import gzip
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lightgbm
import numpy as np
from alignment import grams, shares, words
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from indexer import decode
from indexer.blocks import Outline, outline
from indexer.filters import banners, content, context, density, endings, features, posts, wording

FILTERS = Path(__file__).parents[2] / "indexer" / "filters"
SETS = ("scrapinghub", "fundus", "wcxb_dev")
ROUNDS = 150
SETTINGS = {
    "objective": "binary", "learning_rate": 0.1, "num_leaves": 24, "max_depth": 6, "feature_fraction": 0.4,
    "bagging_fraction": 0.7, "bagging_freq": 1, "min_data_in_leaf": 80, "lambda_l2": 10, "max_bin": 63,
    "num_threads": 1, "seed": 1, "deterministic": True, "force_col_wise": True, "verbose": -1,
}  # fmt: skip
INNER = 4  # folds in which one learner answers for the next
SOLID = 0.003  # inverse strength of the words' regularization: .03 has the same area under the curve and a worse log loss
#: Words are learnt that stand on pages of so many sites; those whose weight ends up small are left out of the file.
SITES = {"text": 12, "names": 10}
SMALL = 0.01
TEXT, NAMED = (features.NAMES.index(name) for name in ("wording", "wording of its names"))
_SECOND = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})

Table = NDArray[np.float32]
Answers = list[NDArray[np.float32]]  # of each lesson, one a block


@dataclass(frozen=True, slots=True)
class Lesson:
    """A page with its features, the words of its blocks by `SITES`' kinds, and which of its blocks are content."""

    group: str
    site: str
    truth: str
    outline: Outline
    measured: features.Measured
    words: dict[str, list[frozenset[str]]]
    wanted: NDArray[np.bool_]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt: weights of words, and the trees that are asked first and second."""

    wording: dict[str, dict[str, float]]
    first: lightgbm.Booster
    second: lightgbm.Booster


def site(url: str, page: str) -> str:
    """The registered domain, or what stands for it."""
    parts = urlsplit(url).netloc.split(":")[0].split(".")
    return ".".join(parts[-3:] if len(parts) > 2 and parts[-2] in _SECOND else parts[-2:]) or page


def lessons(data: Path) -> Iterator[Lesson]:
    for name in SETS:
        with (data / name / "truth.jsonl").open(encoding="utf-8") as lines:  # not splitlines: truths hold U+2028
            for line in lines:
                truth = json.loads(line)
                if truth.get("text") and (found := lesson(data, name, truth)).outline.blocks:
                    yield found


def lesson(data: Path, name: str, truth: dict[str, Any]) -> Lesson:
    page = gzip.decompress((data / name / "pages" / f"{truth['id']}.html.gz").read_bytes())
    seen = endings.label(banners.label(outline(decode.decode(page, None).text)))
    wanted = np.array(shares(seen.blocks, truth["text"])) >= 0.5
    group = f"{name} {truth['type']}" if "type" in truth else name
    texts = [wording.words_of_text(block.text) for block in seen.blocks]
    said = {
        "text": [frozenset([*each, wording.first(each)]) for each in texts],
        "names": [frozenset(wording.words_of_names(block.classes)) for block in seen.blocks],
    }
    weights = weighed(seen, wanted)
    return Lesson(
        group, site(truth.get("url") or "", truth["id"]), truth["text"], seen, features.measure(seen), said, wanted, weights
    )


def weighed(seen: Outline, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Blocks count by their words, pages alike; no block more than 0.3 of a page, each a little."""
    sizes = np.array([max(1, len(words(block.text))) for block in seen.blocks], np.float64)
    kept = max(30.0, float(sizes[wanted].sum()))
    return np.minimum(sizes / kept, 0.3) + 0.3 / max(1, len(sizes))


def folded(some: list[Lesson], learn: Callable[[list[int]], Callable[[list[int]], Answers]]) -> Answers:
    """What is said of each lesson by what was learnt from lessons of other sites."""
    answers: dict[int, NDArray[np.float32]] = {}
    for known, asked in GroupKFold(INNER).split(some, groups=[each.site for each in some]):
        answers.update(zip(asked.tolist(), learn(known.tolist())(asked.tolist()), strict=True))
    return [answers[number] for number in range(len(some))]


def trained(some: list[Lesson]) -> Model:
    said: dict[str, Answers] = {}
    weights: dict[str, dict[str, float]] = {}
    for kind in SITES:
        said[kind], weights[kind] = worded(some, kind)
    tables = [spoken(each, text, names) for each, text, names in zip(some, said["text"], said["names"], strict=True)]
    everything = [slice(None)] * len(some)

    def learn(known: list[int]) -> Callable[[list[int]], Answers]:
        booster = grown([some[n] for n in known], [tables[n] for n in known], [everything[n] for n in known])
        return lambda asked: [predicted(booster, tables[n]) for n in asked]

    first = folded(some, learn)
    again = [around(each, table, scores) for each, table, scores in zip(some, tables, first, strict=True)]
    likely = [np.flatnonzero(scores > content.UNLIKELY) for scores in first]
    return Model(weights, grown(some, tables, everything), grown(some, again, likely))


def worded(some: list[Lesson], kind: str) -> tuple[Answers, dict[str, float]]:
    """The words' log odds of each block, from folds, and each word's weight from all."""
    sites: defaultdict[str, set[str]] = defaultdict(set)
    for each in some:
        for word in frozenset().union(*each.words[kind]):
            sites[word].add(each.site)
    column = {word: number for number, word in enumerate(sorted(w for w, s in sites.items() if len(s) >= SITES[kind]))}
    matrices = [_matrix(each.words[kind], column) for each in some]

    def learn(known: list[int]) -> Callable[[list[int]], Answers]:
        fitted = _fitted([some[n] for n in known], [matrices[n] for n in known])
        return lambda asked: [fitted.decision_function(matrices[n]).astype(np.float32) for n in asked]

    fitted = _fitted(some, matrices)
    weights = {"": round(float(fitted.intercept_[0]), 4)}
    weights |= {word: round(w, 3) for word, w in zip(column, fitted.coef_[0].tolist(), strict=True) if abs(w) >= SMALL}
    return folded(some, learn), weights


def _matrix(blocks: list[frozenset[str]], column: dict[str, int]) -> sparse.csr_matrix:
    rows = [[column[word] for word in block if word in column] for block in blocks]
    ends = np.cumsum([0, *map(len, rows)])
    return sparse.csr_matrix((np.ones(ends[-1], np.float32), np.concatenate(rows), ends), (len(rows), len(column)))


def _fitted(some: list[Lesson], matrices: list[sparse.csr_matrix]) -> LogisticRegression:
    weights = np.concatenate([each.weights for each in some])
    fitted = LogisticRegression(C=SOLID, max_iter=100, tol=1e-3)
    return fitted.fit(sparse.vstack(matrices), np.concatenate([each.wanted for each in some]), weights / weights.mean())


def spoken(lesson: Lesson, text: NDArray[np.float32], names: NDArray[np.float32]) -> Table:
    """The features, with these answers of the words."""
    table = lesson.measured.table.copy()
    table[:, TEXT], table[:, NAMED] = text, names
    return table


def around(lesson: Lesson, table: Table, scores: NDArray[np.float32]) -> Table:
    """The features for the second time."""
    seen = lesson.measured
    return np.hstack([table, context.measure(lesson.outline.blocks, scores, seen.containers, seen.kinds, seen.tags)])


def grown(some: list[Lesson], tables: list[Table], rows: list[Any]) -> lightgbm.Booster:
    data = lightgbm.Dataset(
        np.vstack([table[asked] for table, asked in zip(tables, rows, strict=True)]),
        label=np.concatenate([each.wanted[asked] for each, asked in zip(some, rows, strict=True)]).astype(int),
        weight=np.concatenate([each.weights[asked] for each, asked in zip(some, rows, strict=True)]),
        params=SETTINGS,
    )
    return lightgbm.train(SETTINGS, data, ROUNDS)


def predicted(booster: lightgbm.Booster, table: Table) -> NDArray[np.float32]:
    return np.asarray(booster.predict(table), np.float32)


def answered(model: Model, lesson: Lesson) -> NDArray[np.float32]:
    """What the model says of a page it has not seen, as `content` asks it."""
    said = [
        [model.wording[kind][""] + sum(model.wording[kind].get(word, 0.0) for word in block) for block in lesson.words[kind]]
        for kind in ("text", "names")
    ]
    table = spoken(lesson, np.array(said[0], np.float32), np.array(said[1], np.float32))
    scores = predicted(model.first, table)
    likely = scores > content.UNLIKELY
    if likely.any():
        scores[likely] = predicted(model.second, around(lesson, table, scores)[likely])
    return scores


def crossed(every: list[Lesson], folds: int, seed: int | None) -> None:
    """Print precision, recall and F1 of each group, from folds by site."""
    scores: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    sites = [each.site for each in every]
    for learn, ask in GroupKFold(folds, shuffle=seed is not None, random_state=seed).split(every, groups=sites):
        model = trained([every[number] for number in learn])
        for each in (every[number] for number in ask):
            found = scored(each, answered(model, each))
            for group in {each.group, each.group.split()[0]}:
                scores[group].append(found)
    for group, pairs in sorted(scores.items()):
        precision, recall = (statistics.mean(values) for values in zip(*pairs, strict=True))
        print(f"{group:24} {len(pairs):4}  F1 {2 * precision * recall / (precision + recall):.4f}  {precision:.3f} {recall:.3f}")


def scored(lesson: Lesson, scores: NDArray[np.float32]) -> tuple[float, float]:
    """(precision, recall) of the 4-grams that are kept with these scores."""
    verdicts = content.judged(lesson.outline, scores, lesson.measured, lambda rows: dict.fromkeys(rows.tolist(), ""))
    labelled = posts.label(density.label(content.labelled(lesson.outline, verdicts)))
    kept = [block.text for block in labelled.blocks if all(label.keep for label in block.labels)]
    want, got = grams(words(lesson.truth)), grams(words("\n\n".join(kept)))
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


def written(model: Model) -> str:
    """The trees as JSON, a tree a line."""
    parts = []
    for name, booster in (("first", model.first), ("second", model.second)):
        trees = [nodes(tree) for tree in booster.dump_model()["tree_info"]]
        lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
        columns = features.NAMES if name == "first" else (*features.NAMES, *context.NAMES)
        parts.append(f'"{name}": {{"features": {json.dumps(columns)},\n"depth": {SETTINGS["max_depth"]},\n"trees": [\n{lines}\n]}}')
    return "{" + ",\n".join(parts) + "}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="the folder with bench/extraction/data")
    parser.add_argument("--folds", type=int, default=0, help="only print figures of folds by site")
    parser.add_argument("--seed", type=int, help="which sites share a fold; without, what gives folds of one size")
    arguments = parser.parse_args()
    every = list(lessons(arguments.shared / "bench" / "extraction" / "data"))
    if arguments.folds:
        crossed(every, arguments.folds, arguments.seed)
    else:
        model = trained(every)
        FILTERS.joinpath("wording.json").write_text(json.dumps(model.wording, ensure_ascii=False, indent=0) + "\n", "utf-8")
        FILTERS.joinpath("content.json").write_text(written(model), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
