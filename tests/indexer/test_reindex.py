"""From sources to ledger to index: only what changed is cleaned, the index follows, nothing vanishes by mistake."""

import json
import os
import sqlite3
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import indexer.pipeline
import indexer.reindex
from indexer.cli import check, clean, forget, reindex
from search import Request, open_engine
from search.ledger import Ledger, engine_address
from search.parser import parse

PROSE = "The keeper of {} carried two cans of oil up the stairs every evening, filled the lamp and wrote the hour into a book."


def write(folder: Path, name: str, text: str | None = None, *, url: str | None = None) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    address = url or f"https://quay.example/{name}"
    path.write_text(
        f"<html lang=en><head><title>{name}</title><link rel=canonical href='{address}'></head>"
        f"<body><p>{text or PROSE.format(name)}</p></body></html>"
    )
    return path


@pytest.fixture
def heap(tmp_path: Path) -> Path:
    for number in range(30):
        write(tmp_path / "heap", f"page{number}.html")
    return tmp_path / "heap"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(reindex, ["--workers", "1", *map(str, arguments)])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def report(data: Path, *arguments: object, code: int = 0) -> dict[str, object]:
    """The numbers of a run that are not zero."""
    file = data.parent / "report.json"
    run(*arguments, "--data", data, "--report", file, code=code)
    written = json.loads(file.read_text())
    names = ("seen", "indexed", "unchanged", "refused", "hidden", "removed", "skipped")
    assert written["seen"] == sum(written[name] for name in ("indexed", "unchanged", "refused", "hidden"))
    assert isinstance(written["reasons"], dict)
    assert written["seconds"] > 0
    return {name: written[name] for name in names if written[name]}


def found(data: Path, text: str = "") -> set[str]:
    engine = open_engine(engine_address(data, None))
    hits = engine.search(Request(query=parse(text).query, size=100)).hits
    engine.close()
    return {hit.document.url.rsplit("/", 1)[1] for hit in hits}


def test_only_new_and_changed_pages_are_cleaned(heap: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned = []
    clean_page = indexer.pipeline.clean_page
    monkeypatch.setattr(indexer.pipeline, "clean_page", lambda page, rules: cleaned.append(page.url) or clean_page(page))
    assert report(data, heap) == {"seen": 30, "indexed": 30}
    assert len(cleaned) == 30
    assert report(data, heap) == {"seen": 30, "unchanged": 30}
    assert report(data) == {"seen": 30, "unchanged": 30}
    assert len(cleaned) == 30
    write(heap, "page3.html", "Now the moth is in the lamp room, and nobody knows how it came there at all.")
    assert report(data) == {"seen": 30, "indexed": 1, "unchanged": 29}
    assert cleaned[30:] == ["https://quay.example/page3.html"]
    assert found(data, "moth") == {"page3.html"}
    assert "page3.html" not in found(data, "carried")


def test_vanished_pages_leave_the_index(heap: Path, data: Path) -> None:
    report(data, heap)
    (heap / "page1.html").unlink()
    assert report(data, heap) == {"seen": 29, "unchanged": 29, "removed": 1}
    assert "page1.html" not in found(data)
    assert len(found(data)) == 29


def test_many_vanished_pages_are_asked_about(heap: Path, data: Path) -> None:
    report(data, heap)
    for number in range(11):
        (heap / f"page{number}.html").unlink()
    result = run(heap, "--data", data, code=3)
    assert "11 of the 30 pages" in result.output
    assert "--prune" in result.output
    assert len(found(data)) == 30
    assert report(data, heap, "--prune") == {"seen": 19, "unchanged": 19, "removed": 11}
    assert len(found(data)) == 19


def test_a_source_that_is_missing_or_breaks_removes_nothing(heap: Path, data: Path) -> None:
    feed = heap.parent / "feed.jsonl"
    lines = [json.dumps({"url": f"https://feed.example/{n}", "html": f"<p>{PROSE.format(n)}"}) for n in range(3)]
    feed.write_text("\n".join(lines))
    report(data, heap, feed)
    heap.rename(heap.parent / "moved")
    result = run("--data", data, code=1)
    assert result.output.count("Error:") == 1
    assert str(heap) in result.output
    assert len(found(data)) == 33


def test_a_folder_that_was_emptied_keeps_its_pages_until_it_is_pruned(heap: Path, data: Path) -> None:
    report(data, heap)
    for path in heap.iterdir():
        path.unlink()
    result = run(heap, "--data", data, code=1)
    assert result.output.count("Error:") == 1
    assert f"{heap} holds no pages; --prune takes out those it held" in result.output
    assert len(found(data)) == 30
    assert report(data, heap, "--prune", "--dry-run") == {"removed": 30}
    assert len(found(data)) == 30
    assert report(data, heap, "--prune") == {"removed": 30}
    assert found(data) == set()
    assert report(data, "--prune") == {}


def test_a_source_that_is_gone_keeps_its_pages_until_it_is_named_and_pruned(heap: Path, data: Path) -> None:
    kept, inner = write(heap.parent / "kept", "kept.html"), write(heap / "inner", "inner.html").parent
    report(data, heap, kept.parent, inner)
    heap.rename(heap.parent / "moved")
    for arguments in ((heap,), ("--prune",)):
        result = run(*arguments, "--data", data, code=1)
        assert result.output.count("Error:") == 1
        assert f"no file or folder {heap}; named with --prune, its pages are taken out" in result.output
        assert len(found(data)) == 32
    assert report(data, heap, "--prune") == {"removed": 31}
    assert found(data) == {"kept.html"}
    with Ledger(data) as ledger:
        assert [source.path for source in ledger.sources()] == [str(kept.parent)]
    assert report(data) == {"seen": 1, "unchanged": 1}
    assert str(heap) in run(heap, "--prune", "--data", data, code=1).output, "it is not known any more"


def test_an_empty_folder_that_never_held_a_page_is_no_source(data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no pages" in run(tmp_path / "empty", "--prune", "--data", data, code=1).output


def test_what_is_read_before_a_break_is_kept(data: Path, tmp_path: Path) -> None:
    import gzip

    lines = [json.dumps({"url": f"https://feed.example/{n}", "html": f"<p>{PROSE.format(os.urandom(9).hex())}"}) for n in range(60)]
    whole = gzip.compress("\n".join(lines).encode())
    broken = tmp_path / "feed.jsonl.gz"
    broken.write_bytes(whole[: len(whole) * 2 // 3])
    result = run(broken, "--data", data, code=1)
    assert result.output.count("Error:") == 1
    assert 10 < len(found(data)) < 60


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_source_that_gives_nothing_is_one_line(name: str, data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(tmp_path / name, "--data", data, code=1)
    assert result.output.count("Error:") == 1
    assert str(tmp_path / name) in result.output


def test_without_any_source_it_says_what_to_do(data: Path) -> None:
    assert "name a folder or file" in run("--data", data, code=1).output


def test_the_newest_capture_wins_and_both_stay(data: Path, tmp_path: Path) -> None:
    url = "https://quay.example/lamp"
    old = write(tmp_path / "a", "old.html", "An old text about the gas lamp, long and quite forgotten by all.", url=url)
    new = write(tmp_path / "b", "new.html", "A new text about the electric lamp, bright and known to everybody.", url=url)
    os.utime(old, (1e9, 1e9))
    report(data, tmp_path / "b", tmp_path / "a")
    assert found(data, "electric") == {"lamp"}
    assert found(data, "gas") == set()
    with Ledger(data) as ledger:
        assert [capture.file for capture in ledger.captures(url)] == [str(new), str(old)]


def test_rebuild_makes_the_same_index_from_the_ledger_alone(heap: Path, data: Path) -> None:
    report(data, heap)
    before = open_engine(engine_address(data, None)).search(Request(size=100))
    heap.rename(heap.parent / "gone")
    assert report(data, "--rebuild") == {}
    after = open_engine(engine_address(data, None)).search(Request(size=100))
    assert after.generation != before.generation
    assert (after.total, after.hits, after.facets) == (before.total, before.hits, before.facets)


def test_changed_rules_clean_again(heap: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report(data, heap)
    for module in (indexer.pipeline, indexer.reindex):
        monkeypatch.setattr(module, "cleaner", lambda _rules="": "other rules")
    assert report(data, "--rebuild") == {"seen": 30, "indexed": 30}
    assert report(data) == {"seen": 30, "unchanged": 30}


def test_a_lost_index_comes_back(heap: Path, data: Path) -> None:
    import shutil

    report(data, heap)
    shutil.rmtree(data / "index")
    assert report(data, heap) == {"seen": 30, "unchanged": 30}
    assert len(found(data)) == 30


def test_an_index_of_another_ledger_is_made_anew(heap: Path, data: Path, tmp_path: Path) -> None:
    report(data, heap)
    for file in data.glob("ledger.sqlite*"):
        file.unlink()
    write(tmp_path / "other", "alone.html")
    report(data, tmp_path / "other")
    assert found(data) == {"alone.html"}


def test_a_damaged_article_is_cleaned_again_by_rebuild(heap: Path, data: Path) -> None:
    report(data, heap)
    database = sqlite3.connect(data / "ledger.sqlite")
    with database:
        database.execute("UPDATE articles SET entry = x'00010203' WHERE capture = 2")
    database.close()
    assert CliRunner().invoke(check, ["--data", str(data)]).exit_code == 1
    write(heap, "page3.html", "Changed, so that the site is looked at again.")
    assert "damaged: `reindex --rebuild`" in run(heap, "--data", data, code=1).stderr
    run("--rebuild", "--data", data)
    assert CliRunner().invoke(check, ["--data", str(data)]).exit_code == 0
    assert len(found(data)) == 30


def feed(path: Path, **more: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    records = ({"url": f"https://quay.example/{n}", "html": f"<p>{PROSE.format(n)}</p>", **more} for n in range(3))
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_what_a_feed_corrects_beside_the_page_is_followed(data: Path, tmp_path: Path) -> None:
    report(data, feed(tmp_path / "feed.jsonl", title="Old name", date="2018-02-22"))
    assert report(data, feed(tmp_path / "feed.jsonl", title="Corrected", date="2019-02-22")) == {"seen": 3, "indexed": 3}
    assert len(found(data, "title:corrected date:2019")) == 3
    run("--rebuild", "--data", data)
    assert len(found(data, "title:corrected")) == 3


def test_a_feed_within_a_folder_keeps_the_fields_it_was_given(data: Path, tmp_path: Path) -> None:
    whole = "The whole story of the keeper and his two cans of oil, which no teaser tells to its end."
    feed(tmp_path / "heap" / "feed.jsonl", full=f"<p>{whole}</p>")
    report(data, tmp_path / "heap")
    report(data, tmp_path / "heap" / "feed.jsonl", "--map", "html=full")
    assert len(found(data, "teaser")) == 3
    report(data)
    assert len(found(data, "teaser")) == 3, "read with the folder it lies in"
    report(data, tmp_path / "heap")
    assert len(found(data, "teaser")) == 3


def test_names_that_are_no_utf_8_are_read_and_told(data: Path, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    write(folder, "page.html")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xe8.html.gz")).write_bytes(b"\x1f\x8b\x08broken")
    file = tmp_path / "report.json"
    done = run(os.fsdecode(os.fsencode(folder)), "--data", data, "--report", file, code=1)
    assert "\\xe8.html.gz" in done.stderr
    assert json.loads(file.read_text("utf-8"))["indexed"] == 1
    assert found(data) == {"page.html"}


def test_a_second_engine_follows_the_same_ledger(heap: Path, data: Path) -> None:
    report(data, heap)
    run(heap, "--data", data, "--engine", f"whoosh:{data}/other")
    assert open_engine(f"whoosh:{data}/other").search(Request()).total == 30


def test_forgotten_pages_do_not_come_back(heap: Path, data: Path) -> None:
    write(heap, "else.html", url="https://else.example/else.html")
    report(data, heap)
    arguments = ["https://quay.example/page7.html", "--data", str(data)]
    assert CliRunner().invoke(forget, arguments).exit_code == 0
    assert "page7.html" not in found(data)
    assert CliRunner().invoke(forget, ["--site", "else.example", "--data", str(data)]).exit_code == 0
    assert report(data, heap) == {"seen": 29, "unchanged": 29, "skipped": 2}
    report(data, "--rebuild")
    assert found(data) == {f"page{n}.html" for n in range(30)} - {"page7.html"}
    assert CliRunner().invoke(forget, ["--data", str(data)]).exit_code == 2


def test_what_is_forgotten_is_on_the_disk_no_more(heap: Path, data: Path) -> None:
    write(heap, "secret.html", "The bell of Quizzlethorpe rings at four, which is what nobody should ever have written.")
    report(data, heap)
    report(data, "--rebuild")  # there is a generation before
    assert len(holding(data, b"quizzlethorpe")) >= 2
    url = "https://quay.example/secret.html"
    engine = open_engine(engine_address(data, None))
    begun = engine.every(Request())
    with Ledger(data) as reader:
        (capture,) = reader.captures(url)
        assert CliRunner().invoke(forget, [url, "--data", str(data)]).exit_code == 0
        assert holding(data, b"quizzlethorpe") == []
        assert (reader.captures(url), reader.entry(capture.id), reader.original(capture.id)) == ([], None, None)
        assert reader.path.with_name("ledger.sqlite-wal").stat().st_size == 0
    assert len(list(begun)) == 31, "who was reading reads on"
    engine.close()
    assert [path.name for path in (data / "index").iterdir() if path.is_dir()] == ["gen-000003"]
    assert len(found(data)) == 30


def holding(data: Path, word: bytes) -> list[Path]:
    """The files below the data folder in which these bytes stand, in whatever case."""
    return [path for path in data.rglob("*") if path.is_file() and word in path.read_bytes().lower()]


def test_a_dry_run_changes_nothing(heap: Path, data: Path) -> None:
    assert report(data, heap, "--dry-run") == {"seen": 30, "indexed": 30}
    assert not data.exists()
    report(data, heap)
    write(heap, "page3.html", "Changed.")
    (heap / "page1.html").unlink()
    before = {path: path.stat().st_mtime_ns for path in (data / "index").rglob("*")}
    assert report(data, heap, "--dry-run") == {"seen": 29, "indexed": 1, "unchanged": 28, "removed": 1}
    assert {path: path.stat().st_mtime_ns for path in (data / "index").rglob("*")} == before
    assert report(data, heap) == {"seen": 29, "indexed": 1, "unchanged": 28, "removed": 1}


def test_refusals_and_hidden_kinds_are_counted_with_their_reasons(heap: Path, data: Path) -> None:
    (heap / "empty.html").write_text("<html></html>")
    (heap / "gone.html").write_text("<title>404 Not Found</title><p>Sorry.")
    (heap / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    for _ in range(2):
        file = data.parent / "report.json"
        run(heap, "--data", data, "--report", file)
        written = json.loads(file.read_text())
        assert (written["refused"], written["hidden"], written["skipped"]) == (1, 1, 1)
        assert written["reasons"]["refused: no text"] == 1
        assert any(reason.startswith("hidden: its title says") for reason in written["reasons"])
        assert any(reason.startswith("skipped: ") for reason in written["reasons"])


def test_originals_are_kept_unless_asked_not_to(heap: Path, data: Path, tmp_path: Path) -> None:
    report(data, heap)
    with Ledger(data) as ledger:
        (capture,) = ledger.captures("https://quay.example/page1.html")
        assert ledger.original(capture.id) == (heap / "page1.html").read_bytes()
    run(heap, "--data", tmp_path / "bare", "--no-originals")
    with Ledger(tmp_path / "bare") as ledger:
        (capture,) = ledger.captures("https://quay.example/page1.html")
        assert ledger.original(capture.id) is None
        assert ledger.entry(capture.id) is not None


def test_the_ledger_keeps_the_head_and_all_blocks(data: Path, tmp_path: Path) -> None:
    banner = "Please enable JavaScript to see the comments."
    write(tmp_path / "heap", "lamp.html", f"{PROSE.format('x')}</p><p>{banner}</p>")
    assert run(tmp_path / "heap", "--data", data).stderr == "", "no progress bar where nobody looks"
    with Ledger(data) as ledger:
        (capture,) = ledger.captures("https://quay.example/lamp.html")
        entry = ledger.entry(capture.id)
    assert entry is not None
    assert entry.outline is not None
    assert entry.outline["head"]["title"] == "lamp.html"
    assert [block["text"] for block in entry.outline["blocks"]] == [PROSE.format("x"), banner]
    assert entry.outline["kept"] == [0]
    assert entry.removed == (("banner: javascript notice", banner),)


def test_processes_give_the_same_as_one(heap: Path, data: Path, tmp_path: Path) -> None:
    report(data, heap)
    result = CliRunner().invoke(reindex, [str(heap), "--data", str(tmp_path / "two"), "--workers", "2"])
    assert result.exit_code == 0, result.output
    one, two = (open_engine(engine_address(each, None)).search(Request(size=100)) for each in (data, tmp_path / "two"))
    assert one.hits == two.hits


@pytest.mark.parametrize("arguments", [["--map", "url"], ["--workers", "0"], ["--nonsense"], ["--map", "=x"]])
def test_wrong_arguments(arguments: list[str], data: Path) -> None:
    run(*arguments, "--data", data, code=2)


def test_a_wrong_engine_address_is_said(heap: Path, data: Path) -> None:
    assert "engines are addressed as" in run(heap, "--data", data, "--engine", "lucene:x", code=1).output


def test_check_finds_what_is_wrong(heap: Path, data: Path) -> None:
    def checked() -> Result:
        return CliRunner().invoke(check, ["--data", str(data)])

    assert checked().exit_code == 1
    report(data, heap)
    assert (checked().exit_code, checked().output) == (0, "30 pages in ledger and index; all is well\n")
    largest = max((data / "index").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0)
    damaged = bytearray(largest.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    largest.write_bytes(damaged)
    assert checked().exit_code == 1
    assert "not as it was written" in checked().output
    report(data, "--rebuild")
    assert checked().exit_code == 0


def test_clean_shows_what_is_kept_and_removed(tmp_path: Path) -> None:
    path = write(tmp_path, "lamp.html", f"{PROSE.format('x')}</p><p>Please enable JavaScript to see the comments.</p>")
    shown = CliRunner().invoke(clean, [str(path)])
    assert shown.exit_code == 0
    assert "The keeper of x" in shown.output
    assert "banner: javascript notice" in shown.output
    written = json.loads(CliRunner().invoke(clean, [str(path), "--json", "--url", "https://other.example/"]).output)
    assert list(written) == ["path", "url", "title", "text", "published", "authors", "site", "section", "language", "tags",
                             "kind", "removed", "published_by", "confidence", "updated", "canonical", "description",
                             "image", "blocks"]  # fmt: skip
    assert (written["url"], written["site"], written["published"]) == ("https://other.example/", "other.example", None)
    assert written["removed"] == [{"reason": "banner: javascript notice", "text": "Please enable JavaScript to see the comments."}]


CLOCK = """
[[family]]
name = "tide clock"
hints = ["tide clock"]
patterns = ['^The tide clock is \\w+ today\\.$']
positive = ["The tide clock is broken today."]
negative = ["The tide clock of 1911 hangs in the hall."]
"""


def test_a_user_s_rules_clean_pages_again_and_say_when_they_are_idle(heap: Path, data: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(CLOCK)
    write(heap, "clock.html", f"{PROSE.format('x')}</p><p>The tide clock is stopped today.")
    assert report(data, heap) == {"seen": 31, "indexed": 31}
    assert "matches nothing" in run("--data", data, "--rules", rules, "--check-rules", code=1).output
    assert report(data, heap, "--rules", rules) == {"seen": 31, "indexed": 31}
    assert "every rule found something" in run("--data", data, "--rules", rules, "--check-rules").output
    assert report(data, heap, "--rules", rules) == {"seen": 31, "unchanged": 31}
    assert found(data, "stopped") == set()
    assert "the family “cookie notice” matches nothing" in run("--data", data, "--check-rules").output


def test_clean_takes_a_user_s_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(CLOCK)
    (tmp_path / "wrong.toml").write_text(CLOCK.replace("broken today", "broken"))
    path = write(tmp_path, "clock.html", f"{PROSE.format('x')}</p><p>The tide clock is stopped today.")
    shown = CliRunner().invoke(clean, [str(path), "--rules", str(tmp_path / "rules.toml")])
    assert "banner: tide clock" in shown.output
    refused = CliRunner().invoke(clean, [str(path), "--rules", str(tmp_path / "wrong.toml")])
    assert refused.exit_code == 1
    assert "does not find its example" in refused.output


def test_clean_refuses_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_text("<p></p>")
    result = CliRunner().invoke(clean, [str(tmp_path / "empty.html")])
    assert result.exit_code == 1
    assert "refused: no text" in result.output


def test_a_page_that_no_terminal_should_see(tmp_path: Path) -> None:
    path = write(tmp_path, "x.html", "Ring \x07 and \x1b[31mred\x1b[0m \u202e reversed, the bell said in a long enough sentence.")
    output = CliRunner().invoke(clean, [str(path)]).output
    assert "\x07" not in output
    assert "\u202e" not in output


def test_help_opens_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (reindex, clean, check, forget):
        before = time.process_time()
        assert CliRunner().invoke(command, ["--help"]).exit_code == 0
        assert time.process_time() - before < 2
    assert list(tmp_path.iterdir()) == []


def test_a_lost_file_beside_the_index_is_made_again(heap: Path, data: Path) -> None:
    report(data, heap)
    (phrases,) = (data / "index").rglob("*.phrases")
    before = phrases.read_bytes()
    phrases.unlink()
    assert report(data) == {"seen": 30, "unchanged": 30}
    assert phrases.read_bytes() == before
