"""The inner loops of a build against Python's dictionaries, in NumPy and compiled."""

import random
import re
import sys
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from search import Document
from search.engines.embedded import building, inversion, writer
from search.engines.embedded.tables import MISSING, Table, keys_of
from search.engines.embedded.writer import BatchWriter

pytestmark = pytest.mark.usefixtures("building_loops")

APART = 31


@pytest.mark.parametrize("seed", range(20))
def test_words_are_inverted(seed: int) -> None:
    chance = random.Random(seed)
    words = [3, 40, 70_000][seed % 3]
    texts = [chance.choices(range(words), k=chance.randrange(30)) for _ in range(chance.randrange(40))]
    joined = [chance.randrange(len(text) + 1) for text in texts]
    expected: dict[int, dict[int, list[int]]] = {}
    for document, (text, apart) in enumerate(zip(texts, joined, strict=True)):
        for place, word in enumerate(text):
            beyond = max(0, place - (len(text) - apart) + 1)
            expected.setdefault(word, {}).setdefault(document, []).append(place + beyond * (APART - 1))
    ranks = np.array([word for text in texts for word in text], dtype=np.uint16 if words <= 1 << 16 else np.uint32)
    counts = np.array([len(text) for text in texts], dtype=np.int64)
    held, docs, freqs, places = building.inverted(ranks, words, counts, np.array(joined, dtype=np.int64), APART)
    assert held.tolist() == [len(expected.get(word, ())) for word in range(words)]
    postings = [posting for word in sorted(expected) for posting in expected[word].items()]
    assert docs.tolist() == [document for document, _ in postings]
    assert freqs.tolist() == [len(stands) for _, stands in postings]
    assert places.tolist() == [place for _, stands in postings for place in stands]
    assert [each.tolist() for each in building.distinct(ranks, words, counts)] == [held.tolist(), docs.tolist()]


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_numbers_that_occur(kind: type) -> None:
    assert building.met(np.array([4, 1, 4, 0], dtype=kind), 6).tolist() == [0, 1, 4]
    assert building.met(np.zeros(0, dtype=kind), 6).tolist() == building.met(np.zeros(0, dtype=kind), 0).tolist() == []


@pytest.mark.parametrize("seed", range(20))
def test_runs_with_signs_are_found(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices("aB9s .,'-–’é", k=[3, 60, 400][seed % 3])).encode()
    pieces = [found.span() for found in re.finditer(rb"[0-9A-Za-z\x80-\xff]+", text)]
    wide = [found.start() for found in re.finditer("’".encode(), text)]
    expected = []
    for run in re.finditer(rb"[0-9A-Za-z\x80-\xff\-'.,]+", text):
        sign = re.compile(rb"(?<=[^\-'., ])(?:'(?![sS](?![0-9A-Za-z\x80-\xff]))|[-.]|,(?=[0-9]))(?=[0-9A-Za-z\x80-\xff])")
        places = [*(found.start() for found in sign.finditer(text)), *wide]
        if inside := [place for place in places if run.start() <= place < run.end()]:
            expected.append((min(inside), *run.span()))
    starts, ends = np.array(pieces, dtype=np.int64).reshape(-1, 2).T.copy()
    found = building.signed_runs(text, starts, ends - starts, np.array(wide, dtype=np.int64))
    assert list(zip(*(each.tolist() for each in found), strict=True)) == expected


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("collide", [False, True])
def test_pieces_are_looked_up(seed: int, collide: bool) -> None:
    chance = random.Random(seed)
    tables = [Table(1), Table(2), Table(4)]
    if collide:
        for table in tables:
            table.factors[:] = 1  # the first bits of short words, 0, are their slot
    known = sorted({bytes(chance.choices(b"ab1\xc3\xa9", k=chance.randrange(1, 50))) for _ in range(200)})
    numbers = {word: number for number, word in enumerate(known) if len(word) <= 32 and number % 3}
    for width, pieces in groupby(sorted(numbers, key=len), key=lambda word: (len(word) > 8) + 2 * (len(word) > 16)):
        listed = list(pieces)
        lengths = np.array([len(word) for word in listed])
        table = tables[[0, 1, 2, 2][width]]
        keys = keys_of(b" ".join(listed) + b" " * 40, table.width, np.cumsum(lengths + 1) - lengths - 1, lengths)
        table.add(keys, [numbers[word] for word in listed])
    text = chance.choices(known, k=300)
    found, starts, lengths = building.looked_up(b" " + b"  ".join(text) + b" " * 40, tables)
    assert found.tolist() == [numbers.get(word, MISSING) for word in text]
    assert lengths.tolist() == [len(word) for word in text]
    assert starts.tolist() == np.cumsum([1, *(len(word) + 2 for word in text[:-1])]).tolist()
    assert [len(each) for each in building.looked_up(b" " * 41, tables)] == [0, 0, 0]


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint32, np.int64])
def test_pieces_are_put_in_their_places(kind: type) -> None:
    values = np.arange(100, 106).astype(kind)
    out = np.zeros(10, dtype=np.uint32)
    building.put_in(values, np.array([2, 0, 3, 1]), np.array([7, 3, 0, 4]), out)
    assert out.tolist() == [102, 103, 104, 0, 105, 0, 0, 100, 101, 0]
    building.put_in(values[:0], np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), out[:0])


@pytest.mark.parametrize("most", [0, 1, 200, 1 << 16, (1 << 32) - 1])
def test_bits_are_counted_and_packed(most: int) -> None:
    chance = random.Random(most)
    numbers = [chance.randint(0, most) >> chance.randrange(33) for _ in range(1000 + most % 7)] + [most]
    given = np.array(numbers, dtype=np.uint32)
    bits = [number.bit_length() for number in numbers]
    assert building.bit_lengths(given).tolist() == [bits.count(size) for size in range(33)]
    assert building.bit_lengths(given[:0]).tolist() == [0] * 33
    for width in (1, 2, 4, 8):
        for low in (0, 8, 16):
            whole = sum((number >> low & ((1 << width) - 1)) << at * width for at, number in enumerate(numbers))
            size = -(-len(numbers) * width // 8)
            assert building.packed(given, low, width).tobytes() == whole.to_bytes(size, "little")
            assert len(building.packed(given[:0], low, width)) == 0


def test_without_numba_the_plain_loops_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building.COMPILED, "_made", {})
    monkeypatch.setitem(sys.modules, "numba", None)
    assert not building.load()
    monkeypatch.undo()
    monkeypatch.setenv("PAGESIFT_NUMBA", "0")
    assert not building.load()


def test_a_build_of_several_runs_loads_the_compiled_loops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[bool] = []
    monkeypatch.setattr(writer, "BATCH_TOKENS", 3)
    monkeypatch.setattr(inversion, "TOGETHER", 1)
    monkeypatch.setattr(building, "load", lambda: loaded.append(True))
    with BatchWriter(tmp_path, fresh=True, done=lambda: None) as ours:
        ours.put(Document(url="https://x.example/1", title="", body="one two"))
        assert not loaded
        ours.put(Document(url="https://x.example/2", title="", body="three four"))
        assert loaded == [True]
        ours.put(Document(url="https://x.example/3", title="", body="five six seven"))
    assert loaded == [True]
