"""Query trees on arrays against Whoosh's own matchers over the same index, and the best hits against a plain sort."""

import datetime as dt
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from whoosh import query as wq
from whoosh.index import create_in, open_dir

from search import Document
from search.engines.embedded import EmbeddedEngine, kept, kernels, storage, vector
from search.engines.embedded.best import best
from search.engines.embedded.codec import ColumnarCodec
from search.engines.embedded.facets import Together, by_month, descending, ordinals
from search.engines.embedded.schema import SCHEMA
from search.engines.embedded.segment import ByteValues, SegmentArrays, SegmentFile
from search.engines.embedded.stored import packed
from tests.bench.adapters import named

pytestmark = pytest.mark.usefixtures("loops")

WORDS = ["alpha", "beta", "gamma", "delta", "echo", "the"]


def filled(root: Path, chance: random.Random) -> EmbeddedEngine:
    """Several segments, deletions in most."""
    engine = EmbeddedEngine(root)
    urls = [f"https://x.example/{number}" for number in range(150)]
    for batch in (urls[:110], urls[90:140], urls[135:]):
        with engine.writer() as writer:
            for url in batch:
                text = chance.choices(WORDS, k=chance.randrange(25))
                day = chance.choice([None, dt.date(2018, chance.randrange(1, 13), 1)])
                writer.put(Document(url, " ".join(text[:2]), " ".join(text), site="a.example", published=day))
            writer.delete(chance.choice(urls))
    return engine


def some_tree(chance: random.Random, depth: int = 3) -> wq.Query:
    name = chance.choice(["title", "body"])
    shape = chance.randrange(12 if depth else 6)
    if shape < 2:
        return wq.Term(name, chance.choice([*WORDS, "nowhere"]))
    if shape == 2:
        words = chance.choices([*WORDS, *WORDS, "nowhere"], k=chance.randrange(2, 5))
        return wq.Phrase(name, words, slop=chance.randrange(1, 5))
    if shape == 3:  # (a range that begins near 0 is everything to Whoosh 2.7.4)
        return chance.choice([wq.NumericRange("day", 736_700, 736_800), wq.Every(), wq.NullQuery])
    if shape == 4:
        return chance.choice([wq.Prefix("words", "e"), wq.Wildcard("words", "*ta"), wq.FuzzyTerm("words", "alphx")])
    if shape == 5:
        return wq.Or([wq.Term("words", word) for word in chance.sample(WORDS, chance.randrange(1, 5))])
    children = [some_tree(chance, depth - 1) for _ in range(chance.randrange(1, 4))]
    match chance.randrange(4):
        case 0:
            return wq.And(children)
        case 1:
            return wq.Or(children)
        case 2:
            return wq.AndNot(children[0], children[-1])
        case _:
            return chance.choice([wq.Not(children[0]), wq.ConstantScoreQuery(children[0])])


def matches(tree: wq.Query, doc: Document) -> bool:
    """The plain version: one document, in Python."""
    both = (doc.title.split(), doc.body.split())
    match tree:
        case wq.Term():
            return any(tree.text in words for words in _texts(tree.fieldname, both))
        case wq.And():
            return all(matches(child, doc) for child in tree.subqueries)
        case wq.Or():
            return any(matches(child, doc) for child in tree.subqueries)
        case wq.AndNot():
            return matches(tree.a, doc) and not matches(tree.b, doc)
        case wq.Not():
            return not matches(tree.query, doc)
        case wq.ConstantScoreQuery():
            return matches(tree.child, doc)
        case wq.NumericRange():
            return doc.published is not None and tree.start <= doc.published.toordinal() <= tree.end
        case wq.Phrase():
            return any(_follows(tree, words) for words in _texts(tree.fieldname, both))
        case wq.Prefix() | wq.Wildcard() | wq.FuzzyTerm():
            fits = {"e": "echo", "*ta": "beta delta", "alphx": "alpha"}[tree.text].split()
            return any(word in words for words in both for word in fits)
        case wq.Every():
            return True
    assert tree == wq.NullQuery
    return False


def _texts(name: str, both: tuple[list[str], list[str]]) -> list[list[str]]:
    return {"title": [both[0]], "body": [both[1]], "words": list(both)}[name]


def _follows(tree: wq.Phrase, words: list[str]) -> bool:
    reached = {place for place, word in enumerate(words) if word == tree.words[0]}
    for wanted in tree.words[1:]:
        behind = {place + step for place in reached for step in range(1, tree.slop + 1)}
        reached = {place for place, word in enumerate(words) if word == wanted and place in behind}
    return bool(reached)


@pytest.mark.parametrize("seed", range(5))
def test_arrays_whoosh_and_the_plain_version_find_the_same(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    snapshot = filled(tmp_path / "index", chance).snapshot()
    folder = storage.current(tmp_path / "index")
    assert len(snapshot.parts("body")) > 1
    assert snapshot.living < snapshot.size
    documents = {int(number): snapshot.document(int(number)) for number in np.flatnonzero(snapshot.alive)}
    with open_dir(str(folder)).searcher() as searcher:
        for _ in range(150):
            tree = some_tree(chance)
            found = snapshot.hits(tree).tolist()
            assert found == [number for number, doc in documents.items() if matches(tree, doc)], tree
            if "Not(" not in repr(tree):  # over deleted documents Whoosh's own negations go wrong, with any codec
                assert found == sorted(set(searcher.docs_for_query(tree))), tree


@pytest.mark.parametrize("seed", range(3))
def test_whoosh_finds_the_same_over_its_own_files(seed: int, tmp_path: Path) -> None:
    """Negations too, right or wrong."""
    chance = random.Random(seed)
    opened = []
    for name in ("own", "ours"):
        (tmp_path / name).mkdir()
        opened.append(create_in(str(tmp_path / name), SCHEMA))
    for batch in range(3):
        texts = [" ".join(chance.choices(WORDS, k=chance.randrange(1, 25))) for _ in range(50)]
        gone = chance.sample(range(50), 3)
        for made, options in zip(opened, ({}, {"codec": ColumnarCodec()}), strict=True):
            with made.writer(**options) as writer:
                for number, text in enumerate(texts):
                    writer.add_document(id=f"{batch}-{number}", title=text[:9], body=text, words=text, day=1 + number)
                writer.merge = False
            with made.writer(**options) as writer:
                for number in gone:
                    writer.delete_by_term("id", f"{batch}-{number}")
                writer.merge = False
    with opened[0].searcher() as own, opened[1].searcher() as ours:
        for _ in range(150):
            tree = some_tree(chance)
            assert [*ours.docs_for_query(tree)] == [*own.docs_for_query(tree)], tree


@pytest.mark.parametrize("seed", range(4))
def test_the_best_are_the_first_of_all_sorted(seed: int) -> None:
    chance = np.random.default_rng(seed)
    hits = np.sort(chance.choice(20_000, 9_000, replace=False))
    ranks = chance.permutation(20_000)
    for scores in (
        chance.random(9_000),
        chance.integers(0, 3, 9_000) / 7,
        np.zeros(9_000),
        chance.random(9_000) * 1e-9,
    ):
        order = np.lexsort((ranks[hits], -np.round(scores, 9)))
        for count in (0, 1, 10, 300, 8_999, 9_000, 20_000):
            assert best(scores, hits, ranks, count).tolist() == order[:count].tolist()


@pytest.mark.parametrize("several", [False, True])
def test_facets_count_as_one_does_by_hand(several: bool, tmp_path: Path) -> None:
    chance = random.Random(several)
    values = [b"a", b"b", "ü".encode(), b"zz"]
    parts = []
    for number, size in enumerate((70, 0, 50)):
        most = 3 if several and number == 0 else 1
        column = [b"\x1f".join(chance.sample(values, chance.randrange(most + 1))) for _ in range(size)]
        made = SegmentArrays(size, columns={"f": ByteValues.of(column)}, stored=list(packed([b""] * size)))
        made.write(tmp_path / str(number))
        parts.append((column, SegmentFile(tmp_path / str(number)).column("f"), size))
    facet = ordinals([(column, size) for _, column, size in parts])
    held = [set(value.decode().split("\x1f")) - {""} for column, _, _ in parts for value in column]
    for share in (0.0, 0.1, 0.8, 1.0):
        docs = np.array([number for number in range(len(held)) if chance.random() < share], dtype=np.int64)
        expected = {value: sum(value in held[doc] for doc in docs) for value in facet.values}
        found = Together({"f": facet}).counted(docs, ["f"])["f"]
        assert named(np.array(facet.values, dtype=object), found.values) == {
            value: count for value, count in expected.items() if count
        }
        assert found.without == facet.counted(docs).without == sum(not held[doc] for doc in docs)
    for number, value in enumerate(facet.values):
        assert facet.having(number).tolist() == [value in each for each in held]
    assert facet.number("nowhere") is None


def test_lists_are_kept_as_long_as_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = filled(tmp_path / "index", random.Random(0)).snapshot()
    every = [(name, word) for name in ("title", "body") for word in WORDS]
    before = [vector.Lookup(snapshot).postings(*each) for each in every]
    assert all(vector.Lookup(snapshot).postings(*each) is found for each, found in zip(every, before, strict=True))
    monkeypatch.setattr(kept, "ROOM", 8_000)
    snapshot.kept = kept.Kept(snapshot.size)
    for each, found in zip(every, before, strict=True):
        look = vector.Lookup(snapshot)
        assert look.postings(*each) is look.postings(*each)
        assert look.postings(*each).docs.tolist() == found.docs.tolist()
    last = [each for each in every if snapshot.kept.get(*each) is not None]
    assert 0 < len(last) < len(every)
    assert last == every[len(every) - len(last) :]


def test_what_a_list_is_kept_by_takes_room_too(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = tuple(f"{number:012}" for number in range(200))
    size = 200 * (sys.getsizeof(pattern[0]) + 8)
    one, many = kept.Kept(100), kept.Kept(100)
    one.put("body", "0", kept.NOWHERE)
    many.put("body", pattern, kept.NOWHERE)
    assert size <= many._used - one._used < 1.5 * size
    monkeypatch.setattr(kept, "ROOM", 3 * size)
    for start in range(5):
        many.put("body", pattern[start:], kept.NOWHERE)
    assert [start for start in range(5) if many.get("body", pattern[start:]) is not None] in ([3, 4], [2, 3, 4])
    assert many._used <= kept.ROOM


@pytest.mark.parametrize("long", [10, 50_000])
@pytest.mark.parametrize("held", [30, 400])  # looked up by halving, and by the document's number
def test_a_word_stands_where_it_was_written(held: int, long: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LONG", long)  # all its places are read, or those asked for alone
    chance = np.random.default_rng(held)
    docs = np.sort(chance.choice(1000, held, replace=False)).astype(np.uint32)
    freqs = chance.integers(1, 9, held).astype(np.uint8)
    spots = [sorted(chance.choice(300, freq, replace=False).tolist()) for freq in freqs.tolist()]
    flat = np.concatenate(spots).astype(np.uint16)
    found = kept.Postings(docs, lambda: freqs, lambda which: flat if which is None else flat.take(which))
    place = {document: number for number, document in enumerate(docs.tolist())}
    for _ in range(3):  # once, and again
        some = np.sort(chance.choice(1000, 5, replace=False))
        at = np.array([place.get(document, -1) for document in some.tolist()])
        times = found.held_by(some, 1000)
        assert times.tolist() == [len(spots[n]) if n >= 0 else 0 for n in at.tolist()]
        assert found.among(some, 1000).tolist() == times.nonzero()[0].tolist()
        places, ends, _ = found.spots(some, times, 1000)
        for n, end in zip(at.tolist(), ends.tolist(), strict=True):
            assert n < 0 or places[end - len(spots[n]) : end].tolist() == spots[n]
        here = np.flatnonzero(times)
        for docs in (some.take(here), found.docs[::2], found.docs):
            held = found.spots(docs, found.held_by(docs, 1000), 1000)
            assert kernels.keys(held).tolist() == [
                number * 2**32 + spot
                for number, document in enumerate(docs.tolist())
                for spot in spots[place[document]]
            ]


def test_months_of_days() -> None:
    days = [dt.date(2018, 2, 1), None, dt.date(1, 1, 1), dt.date(2018, 2, 28), dt.date(9999, 12, 31)]
    months = by_month(np.array([day.toordinal() if day else 0 for day in days], dtype=np.int32))
    assert named(np.array(months.values, dtype=object), months.counts(np.arange(5))) == {
        "0001-01": 1,
        "2018-02": 2,
        "9999-12": 1,
    }
    assert months.counted(np.arange(5)).without == 1


@pytest.mark.parametrize("most", [0, 1, 255, 256, 65_535, 65_536, 1 << 40])
def test_counts_in_descending_order_keep_ties_as_they_stand(most: int) -> None:
    counts = np.random.default_rng(most).integers(0, most, 300, endpoint=True)
    assert descending(counts).tolist() == sorted(range(300), key=lambda number: -counts[number])
    assert descending(counts[:0]).tolist() == []


def test_each_stored_document_is_read_from_its_block(tmp_path: Path) -> None:
    lines = [b"%d " % number * (number % 700) for number in range(400)]
    with_blocks = SegmentArrays(len(lines), columns={}, stored=list(packed(lines)))
    with_blocks.write(tmp_path / "s")
    read = SegmentFile(tmp_path / "s").stored_blocks
    assert len(list(read)) > 3
    for number in (0, 399, *range(400), *range(399, -1, -7)):
        assert read[number] == lines[number]
