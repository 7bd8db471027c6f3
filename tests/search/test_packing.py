"""Packed numbers and lists of documents: every run and choice of them as it was given."""

import random
from pathlib import Path

import numpy as np
import pytest

from search.engines.embedded import lists as long_lists
from search.engines.embedded.columns import ArrayFile, ArrayWriter
from search.engines.embedded.lists import ListPool, Lists
from search.engines.embedded.packing import Packed, Spool, Whole
from search.engines.embedded.postings import Field, FieldSpool


def packed(numbers: list[int], path: Path, spool: Spool | Whole) -> Packed:
    some = len(numbers) // 8 * 4
    spool.add(np.array(numbers[:some], dtype=np.int64))
    spool.add(np.array(numbers[some:], dtype=np.uint32))
    with ArrayWriter(path, {}) as out:
        spool.write(out, "a")
    return Packed(ArrayFile(path), "a")


@pytest.mark.parametrize("seed", range(24))
def test_numbers_come_back(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    bits = chance.randrange(1, 25)
    most = [1 << bits] * 9 + [1 << chance.randrange(bits, 33)]  # some of them need more bits than the rest
    numbers = [chance.randrange(chance.choice(most)) for _ in range(chance.choice([1, 7, 400, 400, 70_000]))]
    made = packed(numbers, tmp_path / "a", chance.choice([Spool, Whole])())
    assert made.fits(len(numbers))
    assert not made.fits(len(numbers) + 9) or made.is_zero
    for _ in range(12):
        first, last = sorted(chance.choices(range(len(numbers) + 1), k=2))
        assert made.part(first, last).tolist() == numbers[first:last]
        which = sorted(chance.choices(range(last - first), k=5)) if first < last else []
        assert made.take(first, last, np.array(which, dtype=np.int64)).tolist() == [numbers[first + i] for i in which]


@pytest.mark.parametrize(
    ("numbers", "arrays"),
    [
        ([0] * 99, set()),
        ([1, 0, 1] * 99, {"a.high1"}),
        ([200, 3] * 99, {"a.low"}),
        ([700, 3] * 99, {"a.low", "a.high2"}),
        ([3, 2, 1] * 99 + [60_000], {"a.high2", "a.over.low", "a.over.at", "a.over.ends"}),
    ],
)
def test_numbers_take_the_bits_they_need(numbers: list[int], arrays: set[str], tmp_path: Path) -> None:
    packed(numbers, tmp_path / "a", Spool())
    assert set(ArrayFile(tmp_path / "a").names()) == arrays


@pytest.mark.parametrize("seed", range(20))
def test_lists_of_documents_come_back(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lists, "SHORT", 4)
    rng = np.random.default_rng(seed)
    size = int(rng.choice([1, 90, 1_000, 3_000]))
    lists, runs = [], int(rng.integers(1, 4))
    for _ in range(int(rng.integers(1, 40))):
        kind, held = rng.integers(4), int(rng.integers(1, size + 1))
        start = int(rng.integers(0, size - held + 1))
        # few, a run of neighbours, many, all
        few = rng.choice(size, min(size, 3), replace=False)
        lists.append(
            [np.sort(few), np.arange(start, start + held), np.sort(rng.choice(size, held, False)), np.arange(size)][
                kind
            ]
        )
    freqs = [rng.integers(1, rng.choice([2, 3, 300]), len(each)) for each in lists]
    places = [np.concatenate([np.sort(rng.choice(2_000, n, False)) for n in each]) for each in freqs]
    pool = ListPool(size)
    spool = FieldSpool(pool, places=True)
    for part in np.array_split(np.arange(len(lists)), runs):
        if len(part):
            given = [np.concatenate([each[i] for i in part]) for each in (lists, freqs, places)]
            spool.add(np.array([len(lists[i]) for i in part]), *given)
    with ArrayWriter(tmp_path / "a", {}) as out:
        spool.write(out, "f", [f"{number:03}".encode() for number in range(len(lists))])
        pool.write(out)
    file = ArrayFile(tmp_path / "a")
    field = Field(file, "f", Lists(file, size))
    assert field.fits()
    assert Lists(file, size).fits()
    for number, (docs, times, spots) in enumerate(zip(lists, freqs, places, strict=True)):
        assert field.docs(number, number + 1).tolist() == docs.tolist()
        kept = field.freqs(number, number + 1)
        assert (kept.tolist() if kept is not None else [1] * len(docs)) == times.tolist()
        assert field.places(number, number + 1).tolist() == spots.tolist()
        which = np.sort(rng.integers(0, len(spots), 9))
        assert field.places_of(number, which).tolist() == spots[which].tolist()
    for _ in range(20):
        first, last = sorted(rng.integers(0, len(lists) + 1, 2).tolist())
        assert field.docs(first, last).tolist() == [d for each in lists[first:last] for d in each.tolist()]
        assert field.places(first, last).tolist() == [p for each in places[first:last] for p in each.tolist()]


def test_equal_lists_are_kept_once(tmp_path: Path) -> None:
    size = 4_000
    lists = [np.arange(256), np.arange(256, 512), np.arange(256), np.arange(0, size, 9), np.arange(256, 512)]
    pool = ListPool(size)
    fields = {name: FieldSpool(pool, places=False) for name in ("f", "g")}
    for spool in fields.values():
        spool.add(np.array([len(each) for each in lists]), np.concatenate(lists))
    with ArrayWriter(tmp_path / "a", {}) as out:
        for name, spool in fields.items():
            spool.write(out, name, [b"a", b"b", b"c", b"d", b"e"])
        pool.write(out)
    file = ArrayFile(tmp_path / "a")
    shared = Lists(file, size)
    assert shared.held == [256, 256, 445]
    for name in fields:
        assert Field(file, name, shared).docs(0, 5).tolist() == np.concatenate(lists).tolist()
