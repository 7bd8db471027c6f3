"""The inner loops against Python's sets and dictionaries, in NumPy and compiled."""

import sys
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from search import open_engine
from search.engines.embedded import kernels

pytestmark = pytest.mark.usefixtures("loops")

SIZE = 600


def some(chance: np.random.Generator, count: int, kind: type = np.uint32) -> np.ndarray:
    return np.sort(chance.choice(SIZE, count, replace=False)).astype(kind)


@pytest.mark.parametrize("seed", range(30))
def test_what_two_lists_share(seed: int) -> None:
    chance = np.random.default_rng(seed)
    first, second = chance.integers(1, [[5, 60, SIZE + 1][seed % 3], SIZE + 1])
    docs, others = some(chance, first, [np.uint32, np.int64][seed % 2]), some(chance, second)
    expected = sorted(set(docs.tolist()) & set(others.tolist()))
    for a, b in ((docs, others), (others, docs)):
        here, there = kernels.shared(a, b, SIZE)
        assert a[here].tolist() == b[there].tolist() == expected
        assert kernels.member(a, b, SIZE).tolist() == [each in b for each in a]
    nothing = np.zeros(0, np.uint32)
    assert [len(each) for each in kernels.shared(docs, nothing, SIZE)] == [0, 0]
    assert not kernels.member(docs, nothing, SIZE).any()


@pytest.mark.parametrize("seed", range(20))
def test_where_documents_stand_in_a_list(seed: int) -> None:
    chance = np.random.default_rng(seed)
    docs = some(chance, 20 * seed, [np.uint32, np.int64][seed % 2])
    wanted = some(chance, chance.integers(0, 100), np.int64)
    places = {document: place for place, document in enumerate(docs.tolist())}
    assert kernels.located(docs, wanted).tolist() == [places.get(document, -1) for document in wanted.tolist()]


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_which_documents_have_a_number_above_0(kind: type) -> None:
    numbers, docs = np.random.default_rng(2).integers(0, 3, SIZE).astype(kind), np.arange(0, SIZE, 3)
    assert kernels.positive(numbers, docs).tolist() == [n for n, document in enumerate(docs) if numbers[document]]
    assert not len(kernels.positive(numbers, docs[:0]))


@pytest.mark.parametrize("seed", range(20))
def test_where_words_stand_and_what_stands_beside(seed: int) -> None:
    chance = np.random.default_rng(seed)
    keys, sets, spots = [], [], []
    wanted = 1 + seed * 4
    for _ in range(2):
        postings = 100 if seed % 2 else 3000
        freqs = chance.integers(1, 5, postings).astype([np.uint8, np.uint16, np.int64][seed % 3])
        standing = [np.sort(chance.choice(40, count, replace=False)) for count in freqs]
        at = np.sort(chance.choice(postings, wanted, replace=False))
        numbers = np.arange(wanted)
        ends = np.cumsum(freqs, dtype=np.uint32)
        which, of = kernels.spread(ends[at], freqs[at], numbers * 2)
        assert (of + np.concatenate(standing)[which]).tolist() == [
            2 * n * kernels.STEP + p for n, posting in enumerate(at) for p in standing[posting]
        ]
        times = freqs[at].astype(np.int64)
        spots.append((np.concatenate(standing).astype([np.uint16, np.uint32][seed % 2]), ends[at], times))
        keys.append(kernels.keys(spots[-1]))
        sets.append({(n, int(p)) for n, posting in enumerate(at) for p in standing[posting]})
        assert keys[-1].tolist() == [n * kernels.STEP + p for n, p in sorted(sets[-1])]
        assert [each.tolist() for each in kernels.spread(ends[:0], freqs[:0], numbers[:0])] == [[], []]
    nowhere = (*spots[0][:2], np.zeros(wanted, np.int64))
    for slop in (1, 2, 7):
        found = [(n, p) for n, p in sorted(sets[1]) if any((n, p - step) in sets[0] for step in range(1, slop + 1))]
        places, ends, times = kernels.following(*spots, slop)
        assert [(n, p) for n, p in zip(np.arange(wanted).repeat(times).tolist(), places.tolist(), strict=True)] == found
        assert ends.tolist() == times.cumsum().tolist()
        assert kernels.beside(*keys, slop).tolist() == [n * kernels.STEP + p for n, p in found]
        assert not kernels.following(nowhere, spots[1], slop)[2].any()
        assert not kernels.following(spots[0], nowhere, slop)[2].any()
    counts = kernels.count_beside(spots, [(0, 1), (1, 0)])
    for row, one, other in zip(counts.tolist(), sets, sets[::-1], strict=True):
        held = Counter(d for d, p in other if (d, p - 1) in one)
        assert row == [held[number] for number in range(wanted)]


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint32, np.float64])
def test_impacts_saturate(kind: type) -> None:
    chance = np.random.default_rng(0)
    docs, inverse = some(chance, 200, np.int64), chance.random(SIZE).astype(np.float32) + np.float32(0.4)
    freqs = chance.integers(1, 9, 200).astype(kind)
    shares = freqs.astype(float) * inverse.astype(float)[docs]
    expected = shares / (shares + 1.5)
    parts = kernels.scored(docs, freqs, inverse, 1.5)
    assert parts == pytest.approx(expected, rel=1e-6)
    scores = np.ones(SIZE, np.float32)
    kernels.add(scores, docs, parts, 3.5)
    assert scores[docs] == pytest.approx(3.5 * expected + 1, rel=1e-6)
    assert (np.delete(scores, docs) == 1).all()


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint32, np.int32])
def test_values_are_counted(kind: type) -> None:
    chance = np.random.default_rng(1)
    numbers, docs = chance.integers(0, 50, SIZE).astype(kind), some(chance, 300, np.int64)
    held = Counter(numbers[docs].tolist())
    assert kernels.count_of(numbers, docs, 60).tolist() == [held[value] for value in range(60)]
    if kind != np.int32:
        rows = np.stack([numbers, numbers + kind(60)], axis=1)
        assert kernels.count_rows(rows, docs, 120).tolist() == 2 * [held[value] for value in range(60)]


def test_without_numba_the_plain_loops_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels.COMPILED, "_made", {})
    monkeypatch.setitem(sys.modules, "numba", None)
    assert not kernels.load()
    monkeypatch.undo()
    monkeypatch.setenv("PAGESIFT_NUMBA", "0")
    assert not kernels.load()


def test_an_engine_that_prepares_loads_the_compiled_loops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(kernels, "load", loaded.set)
    open_engine(f"whoosh:{tmp_path}/index").prepare()
    assert loaded.wait(10)
