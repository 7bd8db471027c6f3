"""Arrays in a file: what is read is what was written, or DamagedIndex."""

import random
from pathlib import Path

import numpy as np
import pytest

from search import Document, Request, open_engine
from search.engines.embedded import columns, storage
from search.engines.embedded.columns import PAGE, ArrayFile, ArrayWriter, Words, joined
from search.errors import DamagedIndex
from search.parser import parse


def written(path: Path) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(1)
    arrays = {
        "small": np.arange(5, dtype=np.uint8),
        "none": np.zeros(0, dtype=np.int64),
        "large": chance.integers(0, 1 << 30, 3 * PAGE, dtype=np.uint32),
        "last": np.array([7], dtype=np.int64),
    }
    with ArrayWriter(path, {"size": 3}) as out:
        for name, array in arrays.items():
            out.pieces(name, array.dtype, np.array_split(array, 7))
    return arrays


def test_arrays_come_back(tmp_path: Path) -> None:
    arrays = written(tmp_path / "x")
    file = ArrayFile(tmp_path / "x")
    assert file.meta == {"size": 3}
    for name, array in arrays.items():
        assert np.array_equal(file.whole(name), array)
        assert file.whole(name).ctypes.data % 64 == 0 or not array.size
    assert np.array_equal(file.part("large", 100, 40_000), arrays["large"][100:40_000])
    assert file.damaged() == []


def test_a_file_of_an_earlier_format_asks_for_a_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = columns.MAGIC[:-1] + bytes([columns.MAGIC[-1] - 1])
    engine = open_engine(f"whoosh:{tmp_path}/index")
    with monkeypatch.context() as before:
        before.setattr(columns, "MAGIC", earlier)
        with engine.writer() as writer:
            writer.put(Document("https://x.example/1", "Lamp", "the lamp"))
    with pytest.raises(DamagedIndex, match=r"another version of Pagesift.*reindex --rebuild"):
        engine.search(Request(query=parse("lamp").query))
    with engine.rebuild() as writer:
        writer.put(Document("https://x.example/1", "Lamp", "the lamp"))
    assert engine.search(Request(query=parse("lamp").query)).total == 1


@pytest.mark.parametrize("seed", range(20))
def test_no_damaged_byte_is_read(seed: int, tmp_path: Path) -> None:
    """A byte flipped, or the end cut off, anywhere: each array is as it was, or refused."""
    arrays = written(tmp_path / "x")
    data = bytearray((tmp_path / "x").read_bytes())
    chance = random.Random(seed)
    if seed % 2:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    else:
        del data[chance.randrange(len(data)) :]
    (tmp_path / "x").write_bytes(data)
    refused = 0
    try:
        file = ArrayFile(tmp_path / "x")
    except DamagedIndex:
        return
    for name, array in arrays.items():
        try:
            assert np.array_equal(file.part(name, 0, len(array)), array)
        except DamagedIndex:
            refused += 1
    assert refused == len(file.damaged())


def test_words_are_found(tmp_path: Path) -> None:
    listed = sorted({f"w{number}".encode() for number in range(200)} | {b"", "ü".encode(), b"zz"})
    words = Words(*joined(listed))
    assert list(words) == listed
    assert [words.find(word) for word in listed] == list(range(len(listed)))
    assert words.find(b"w2000") is None
    assert words.range(*words.beginning(b"w19")) == [word for word in listed if word.startswith(b"w19")]
    assert words.at_or_after(b"\xff") == len(words) == len(listed)
    assert list(Words(*joined([]))) == []


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_segment_answers_rightly_or_not_at_all(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    address = f"whoosh:{tmp_path}/index"
    engine = open_engine(address)
    with engine.rebuild() as writer:
        for number in range(200):
            body = " ".join(chance.choices(["lamp", "keeper", "stairs", "fog"], k=60))
            writer.put(Document(url=f"https://x.example/{number}", title="", body=body, site=f"s{number % 3}.example"))
    queries = [parse(text).query for text in ("lamp", '"keeper lamp"', "sta*", "site:s1.example fog", "")]
    right = [engine.search(Request(query=query)) for query in queries]
    engine.close()
    folder = storage.current(tmp_path / "index")
    assert folder is not None
    (path,) = folder.glob("*.arrays")
    data = bytearray(path.read_bytes())
    for _ in range(3):
        data[chance.randrange(len(data))] ^= 0xFF
    path.write_bytes(data)
    damaged = open_engine(address)
    for query, expected in zip(queries, right, strict=True):
        try:
            found = damaged.search(Request(query=query))
        except DamagedIndex as error:
            assert path.name in str(error) or "damaged" in str(error)
        else:
            assert found == expected
    assert any(path.name in sentence for sentence in damaged.check())
    damaged.close()
