"""Our writer against Whoosh's: the same terms, postings, places, columns and scores for the same documents."""

import dataclasses
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields
from whoosh import query as q
from whoosh.analysis import Analyzer, Token
from whoosh.index import create_in, open_dir

from search import Document, Request
from search.analysis import fold, term, tokens
from search.compounds import indexed, placed
from search.engines.embedded import EmbeddedEngine, inversion, storage, writer
from search.engines.embedded import lexicon as lexicon_
from search.engines.embedded.inversion import Batch
from search.engines.embedded.lexicon import AFTER, BEFORE, Lexicon, cut
from search.engines.embedded.schema import SCHEMA, columns_of, day_number, record_of, words_in
from search.engines.embedded.stored import encode_document, encode_stored
from search.engines.embedded.writer import BatchWriter
from search.errors import DamagedIndex

pytestmark = pytest.mark.usefixtures("building_loops")

PIECES = ["lamp", "lamps", "Häuser", "keeper", "don’t", "灯台の光", "e\u0301t\u00e9", "x" * 80, "The", "—", "İstanbul", "a_b", "e-mail", "U.S.A.", "soft\u00adly"]


class Places(Analyzer):  # type: ignore[misc]
    """Lines of `place term`, as tokens: a list of terms has no places of its own in Whoosh."""

    def __call__(self, value: str, **kwargs: Any) -> Iterator[Token]:
        token = Token(**kwargs)
        for line in value.split("\n"):
            place, token.text = line.split(" ")
            token.pos, token.boost = int(place), 1.0
            yield token


PLACED = fields.Schema(
    **dict(SCHEMA.items()) | {name: fields.TEXT(analyzer=Places(), phrase=True) for name in ("title", "body")}
)


def fields_of(document: Document) -> dict[str, Any]:
    """What Whoosh's own writer takes."""
    texts = {"title": document.title, "body": document.body}
    words = {name: [token.text for token in indexed(text)] for name, text in texts.items()}
    given: dict[str, Any] = {
        "id": document.id,
        "words": sorted({fold(word) for text in words.values() for word in text}),
        "title_words": sorted({fold(word) for word in words["title"]}),
        "day": day_number(document.published),
        "document": record_of(document),
        **{
            name: "\n".join(f"{place} {term(token.text, document.language)}" for place, token in placed(text))
            for name, text in texts.items()
        },
        **words_in(document),
        **columns_of(document),
    }
    return {name: value for name, value in given.items() if value not in ([], b"", "")}


def some_document(chance: random.Random, number: int) -> Document:
    return Document(
        url=f"https://x.example/{number}",
        title=" ".join(chance.choices(PIECES, k=chance.randrange(4))),
        body=chance.choice([" ", ", ", "\n"]).join(chance.choices(PIECES, k=chance.randrange(30))),
        site=chance.choice(["", "a.example", "b.a.example"]),
        authors=tuple(chance.sample(["Jane Doe", "John Roe", "Ç"], chance.randrange(3))),
        language=chance.choice(["en", "de", "", "xx"]),
        tags=tuple(chance.sample(["sea", "Sea air"], chance.randrange(3))),
        kind=chance.choice(["article", "forum"]),
        published=chance.choice([None, dt.date(2018, 1, chance.randrange(1, 29))]),
    )


def content(opened: Any) -> dict[Any, Any]:
    """All an index tells of its terms, by document id."""
    reader = opened.reader()
    names = [fields["document"]["url"] for fields in reader.all_stored_fields()]
    live = list(reader.all_doc_ids())
    name = dict(zip(live, names, strict=True))
    found: dict[Any, Any] = {}
    for field, text in reader.all_terms():
        matcher = reader.postings(field, text)
        while matcher.is_active():
            where = tuple(matcher.value_as("positions")) if matcher.supports("positions") else ()
            found[field, text, name[matcher.id()]] = matcher.weight(), where
            matcher.next()
    for field in ("id", "day", *(n for n in SCHEMA.names() if n.startswith("f_"))):
        column = reader.column_reader(field) if reader.has_column(field) else None
        for number in live:
            found[field, name[number]] = column[number] if column is not None else None
    for field in ("title", "body", "at_author"):
        for number in live:
            found["length", field, name[number]] = reader.doc_field_length(number, field) or 0
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_arrays_are_those_whoosh_would_write(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(writer, "BATCH_TOKENS", chance.choice([40, 10**6]))  # many runs, or one
    monkeypatch.setattr(inversion, "TOGETHER", 100)
    documents = [some_document(chance, number) for number in range(40)]
    changed = [dataclasses.replace(d, body=f"new {d.body}") for d in documents[5:12]]
    (tmp_path / "own").mkdir()
    own = create_in(str(tmp_path / "own"), PLACED)
    with own.writer() as stock:
        for each in [d for d in documents if d not in documents[5:12]] + changed:
            if each != documents[20]:
                stock.add_document(**fields_of(each))
    root = tmp_path / "index"
    with BatchWriter(root, fresh=True, done=lambda: None) as ours:
        for each in documents[:30]:
            ours.put(each)
    with BatchWriter(root, fresh=False, done=lambda: None) as ours:
        for each in documents[30:] + changed:
            ours.put(each)
        ours.delete(documents[20].url)
    folder = storage.current(root)
    assert folder is not None
    opened = open_dir(str(folder))
    assert content(opened) == content(own)
    with opened.searcher() as searcher:
        assert searcher.search(q.Term("body", "keeper"), limit=None).estimated_length() > 0


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("aB9 .'_-—’\n\u00a0漢字かな한\u0e01éÄßİ\u0301\u0903"), st.characters(codec="utf-8"))))
def test_the_lexicon_cuts_text_as_the_analysis_does(text: str) -> None:
    lexicon = Lexicon()
    batch = Batch(lexicon)
    batch.add(Document(url="u", title="", body=text))
    batch._take()
    stream = batch._texts["body"]
    (numbers, counts), (joined, held) = stream.tokens(), stream.compounds()
    assert [lexicon.words[number] for number in [*numbers, *joined]] == [token.text for token in indexed(text)]
    assert (counts.tolist(), held.tolist()) == ([len(numbers)], [len(joined)])


@pytest.mark.parametrize("collide", [False, True])
def test_pieces_are_told_apart_whatever_slot_they_fall_into(collide: bool) -> None:
    chance = random.Random(collide)
    lexicon, known = Lexicon(), []
    if collide:
        for table in lexicon._tables:
            table.factors[:] = 1  # the first bits of short words, 0, are their slot
    for _ in range(3):
        known += ["".join(chance.choices("ab1éж", k=chance.randrange(1, 50))) for _ in range(300 if collide else 3_000)]
        text = chance.choices(known, k=2_000)
        numbers, starts, _ = lexicon.pieces(BEFORE + cut(". ".join(text).encode()) + AFTER)
        assert [lexicon.words[number] for number in numbers.tolist()] == [token.text for w in text for token in tokens(w)]
        assert starts.tolist() == np.cumsum([1, *(len(word.encode()) + 2 for word in text[:-1])]).tolist()


def test_a_lexicon_that_grew_too_large_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon_, "FORGET", 1)
    lexicon = Lexicon()
    Batch(lexicon).add(Document(url="u", title="", body="one two three"))
    again = Batch(lexicon)
    assert not lexicon.words
    again.add(Document(url="u", title="", body="two"))
    assert again.arrays().fields["body"].words == [b"two"]


@settings(max_examples=100, deadline=None)
@given(st.text(), st.tuples(st.text(min_size=1)), st.datetimes(timezones=st.timezones()) | st.none())
def test_a_document_is_stored_as_its_record(text: str, listed: tuple[str, ...], fetched: dt.datetime | None) -> None:
    day = fetched.date() if fetched is not None else None
    document = Document(text, text, text, text, text, listed, text, listed, text, day, fetched, listed * 2)
    assert encode_document(document, text.encode()) == encode_stored({"document": record_of(document)})


def test_segments_stay_few(tmp_path: Path) -> None:
    for number in range(40):
        with BatchWriter(tmp_path, fresh=False, done=lambda: None) as ours:
            ours.put(Document(url=f"https://x.example/{number}", title="", body="lamp"))
    folder = storage.current(tmp_path)
    assert folder is not None
    segments = open_dir(str(folder))._segments()
    assert len(segments) <= np.log2(40)
    assert sum(segment.doc_count() for segment in segments) == 40


@pytest.mark.parametrize("step", ["wordbook.write_near", "wordbook.merge_phrases", "merge", "DurableStorage._manifest"])
def test_a_commit_that_fails_leaves_nothing(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = EmbeddedEngine(tmp_path)
    chance = random.Random(1)

    def names() -> set[str]:
        return {str(path) for path in tmp_path.rglob("*") if "LOCK" not in path.name}

    def put(first: int) -> None:
        with engine.writer() as batch:
            for number in range(first, first + 20):
                batch.put(some_document(chance, number))

    put(0)
    before, taken = names(), []

    def full(*given: Any) -> None:
        taken.append(names() - before)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"{writer.__name__}.{step}", full)
        patch.setattr(writer, "BATCH_TOKENS", 60)
        for attempt in range(3):
            with pytest.raises(OSError, match="No space left"):
                put(20)
            assert taken[attempt]
            assert names() <= before
            assert engine.search(Request()).total == 20
    put(20)
    assert engine.search(Request()).total == 40
    assert engine.check() == []


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    with engine.writer() as batch:
        batch.put(some_document(random.Random(1), 0))
    (kept,) = tmp_path.rglob("*.arrays")
    left = [kept.with_name(f"MAIN_0123456789abcdef{end}") for end in (".arrays", ".phrases", ".near.tmp")]
    for path in left:
        path.write_bytes(b"x")
    with pytest.raises(KeyError), engine.writer():
        assert not any(path.exists() for path in left)
        raise KeyError
    assert kept.exists()
    assert engine.check() == []


def test_an_index_of_whooshs_own_files_asks_for_a_rebuild(tmp_path: Path) -> None:
    with BatchWriter(tmp_path, fresh=True, done=lambda: None) as ours:
        ours.put(Document(url="https://x.example/", title="", body="lamp"))
    folder = storage.current(tmp_path)
    assert folder is not None
    with open_dir(str(folder)).writer() as stock:
        stock.add_document(**fields_of(Document(url="https://y.example/", title="", body="fog")))
        stock.merge = False
    with pytest.raises(DamagedIndex, match=r"another version.*reindex --rebuild"):
        BatchWriter(tmp_path, fresh=False, done=lambda: None).__enter__()
    engine = EmbeddedEngine(tmp_path)
    with pytest.raises(DamagedIndex, match="reindex --rebuild"):
        engine.search(Request())
    with engine.rebuild() as writer:
        writer.put(Document(url="https://z.example/", title="", body="lamp"))
    assert engine.search(Request()).total == 1
