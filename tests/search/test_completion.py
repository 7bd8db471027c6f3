"""How a text goes on."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search import Document, Request, open_engine
from search.completion import suggest
from search.engine import Engine
from search.engines.embedded import wordbook
from search.engines.embedded.columns import ArrayFile, ArrayWriter
from search.spelling import did_you_mean

TITLES = [
    "The harbour lantern",
    "A harbour in fog",
    "The keeper of the lantern",
    "Stars over the harbour",
    "Steep stairs",
]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"whoosh:{tmp_path}/index")
    with opened.rebuild() as writer:
        for number, title in enumerate(TITLES):
            body = f"{title}. The lamps were lit" + (", the stars were out" if "Stars" in title else "")
            writer.put(Document(f"https://x.example/{number}", title, body, language="en"))
    yield opened
    opened.close()


def put(engine: Engine, *bodies: str, title: str = "", name: str = "new") -> None:
    with engine.writer() as writer:
        for number, body in enumerate(bodies):
            writer.put(Document(f"https://{name}.example/{number}", title, body, language="en"))


def test_the_last_word_is_completed_and_titles_are_named(engine: Engine) -> None:
    word, *titles = suggest(engine, "har")
    assert (word, set(titles)) == ("harbour", {"A harbour in fog", "Stars over the harbour", "The harbour lantern"})
    assert suggest(engine, "harbour la") == ["harbour lamps", "harbour lantern", "The harbour lantern"]
    assert suggest(engine, "st", limit=1) == ["stairs"]
    assert suggest(engine, "stars la") == ["stars lamps"]  # no page holds stars and a lantern
    assert suggest(engine, "har ") == []
    assert suggest(engine, "!") == []
    assert suggest(engine, "") == []


def test_phrases_go_on_from_several_words(engine: Engine) -> None:
    put(
        engine,
        *["He sailed to New York City in a gale."] * 4,
        "They left New York City.",
        "The New York tide, new yeast.",
    )
    assert suggest(engine, "new yo") == ["new york", "new york city"]
    assert suggest(engine, "weather in NEW YO") == ["weather in new york", "weather in new york city"]
    assert suggest(engine, "new york") == ["new york city"]
    assert suggest(engine, "new") == ["new york", "new york city"]
    assert "york city" in suggest(engine, "yor")
    assert suggest(engine, "a gale in new") == ["a gale in new york", "a gale in new york city"]


def test_a_phrase_needs_several_documents(engine: Engine) -> None:
    put(engine, "Old Harwich lies low.", "Old Harwich lies low. Old Harwich.")
    assert "old harwich" not in suggest(engine, "old")


def test_accents_and_case_do_not_matter(engine: Engine) -> None:
    put(engine, *["De São Paulo a Brasília"] * 3)
    assert suggest(engine, "sao pa") == suggest(engine, "SÃO PA") == ["são paulo"]


def test_a_title_that_is_a_phrase_is_offered_once(engine: Engine) -> None:
    put(engine, *["He sailed to New York in a gale."] * 5, title="New York")
    assert suggest(engine, "new yo") == ["new york"]


def test_titles_of_hidden_kinds_are_not_offered(engine: Engine) -> None:
    with engine.writer() as writer:
        writer.put(Document("https://x.example/404", "Harpoon not found", "", kind="error"))
    assert "Harpoon not found" not in suggest(engine, "harp")


def test_what_deleted_pages_alone_hold_is_not_offered(engine: Engine) -> None:
    put(engine, *["The Lighthouse of New York"] * 4, title="Lighthouse song")
    assert suggest(engine, "new yo") == ["new york"]
    assert did_you_mean(engine, "lighthuose") == "lighthouse"
    with engine.writer() as writer:
        for number in range(4):
            writer.delete(f"https://new.example/{number}")
    assert suggest(engine, "new yo") == suggest(engine, "lighth") == []
    assert did_you_mean(engine, "lighthuose") is None


def test_an_index_whose_last_page_was_deleted_offers_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"whoosh:{tmp_path / 'emptied'}")
    with engine.writer() as writer:
        writer.put(Document("https://quay.example/1", "The lamp", "The lamp burns."))
    with engine.writer() as writer:
        writer.delete("https://quay.example/1")
    assert suggest(engine, "lam") == []


def test_several_commits_answer_as_one(engine: Engine, tmp_path: Path) -> None:
    body = "The harbourmaster lamps of New York"
    for number in range(6):
        put(engine, body, name=f"page{number}")
    whole = open_engine(f"whoosh:{tmp_path}/whole")
    with whole.rebuild() as writer:
        for document in engine.every(Request()):
            writer.put(document)
    for text in ("new yo", "l", "har", "lamps of n"):
        assert set(suggest(whole, text)) == set(suggest(engine, text)) != set()
    assert did_you_mean(engine, "harbourmastr") == did_you_mean(whole, "harbourmastr") == "harbourmaster"
    whole.close()


def files(tmp_path: Path, *extensions: str) -> list[Path]:
    return [path for path in (tmp_path / "index").rglob("MAIN_*") if path.suffix in extensions]


def test_neighbourhoods_are_made_at_commit_and_go_with_their_segment(engine: Engine, tmp_path: Path) -> None:
    put(engine, "One more")
    assert len(files(tmp_path, wordbook.NEAR)) == len(files(tmp_path, ".arrays")) == len(files(tmp_path, ".phrases"))
    for path in files(tmp_path, wordbook.NEAR, wordbook.PHRASES):  # as an earlier version leaves it
        path.unlink()
    engine.close()
    assert did_you_mean(engine, "harbuor") == "harbour"
    assert suggest(engine, "har")[0] == "harbour"
    put(engine, "And another")
    assert len(files(tmp_path, wordbook.NEAR)) == len(files(tmp_path, ".arrays"))


def flipped(data: bytes) -> bytes:
    """One bit in the middle is another."""
    half = len(data) // 2
    return data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]


@pytest.mark.parametrize("harm", [flipped, lambda data: data[: len(data) // 2], lambda _: b""])
@pytest.mark.parametrize("listed", [True, False])
def test_searches_go_on_beside_damage_which_is_told(
    engine: Engine, tmp_path: Path, harm: Callable[[bytes], bytes], *, listed: bool
) -> None:
    put(engine, *["He left New York City."] * 4)
    assert "york city" in suggest(engine, "yor")
    engine.close()
    near, phrases = (max(files(tmp_path, end), key=os.path.getsize) for end in (wordbook.NEAR, wordbook.PHRASES))
    for path in (near, phrases):
        path.write_bytes(harm(path.read_bytes()))
    if not listed:  # the power failed before the commit that was to name them
        for manifest in (tmp_path / "index").rglob("manifest-*"):
            sums = json.loads(manifest.read_text())
            manifest.write_text(json.dumps({name: sums[name] for name in sums.keys() - {near.name, phrases.name}}))
    assert did_you_mean(engine, "harbuor") == "harbour"
    assert suggest(engine, "har")[0] == "harbour"
    assert "york city" not in suggest(engine, "yor")
    wrong = engine.check()
    assert [path.name for path in (near, phrases) if any(path.name in each for each in wrong)] == [near.name, phrases.name]
    put(engine, "Another", name="other")
    assert engine.check() == []
    assert "york city" in suggest(engine, "yor")


def test_what_is_lost_is_made_again_as_it_was(engine: Engine, tmp_path: Path) -> None:
    put(engine, *["He left New York City."] * 4)
    assert engine.check() == []
    made = {path: path.read_bytes() for path in files(tmp_path, *wordbook.SUFFIXES)}
    for path in made:
        path.unlink()
    engine.close()
    assert len(engine.check()) == len(made)
    assert all("missing" in each and "`reindex` makes it anew" in each for each in engine.check())
    engine.mend()
    assert {path: path.read_bytes() for path in made} == made
    assert engine.check() == []
    before = engine.generation()
    engine.mend()
    assert engine.generation() == before, "where nothing lacks nothing is committed"


def test_a_file_made_anew_of_the_same_size_is_not_called_damaged(engine: Engine, tmp_path: Path) -> None:
    (path,) = files(tmp_path, wordbook.NEAR)
    size, old = path.stat().st_size, ArrayFile(path)
    with ArrayWriter(path.with_suffix(".other"), {}) as out:  # as another version would make it
        for name in old.names():
            out.whole(name, old.whole(name)[::-1])
    path.with_suffix(".other").replace(path)
    assert path.stat().st_size == size
    assert engine.check() == []
    put(engine, "Another", name="other")
    assert engine.check() == []


def test_neighbourhoods_are_on_the_disk_before_they_have_their_name(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = files(tmp_path, wordbook.NEAR)
    path.unlink()
    synced: list[tuple[int, bool]] = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append((os.fstat(number).st_ino, path.exists())))
    wordbook.write_near(path.with_suffix(".arrays"))
    assert synced == [(path.stat().st_ino, False)]
    wordbook.write_near(path.with_suffix(".arrays"))  # whole, and left alone
    assert len(synced) == 1
    assert did_you_mean(engine, "harbuor") == "harbour"
