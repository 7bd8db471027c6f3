"""What can go wrong is told in words, with the command that mends it, and the server goes on."""

import contextlib
import logging
import shutil
import sqlite3
from pathlib import Path

import pytest
from small_collection import DOCUMENTS, filled, read, words

from search import Document
from search.document import document_id
from search.ledger import Ledger, engine_address
from search.records import Capture, Entry
from web import create_app
from web.arguments import MAX_QUERY

URL = DOCUMENTS[0].url
ENTRY = f"/page/{document_id(URL)}"


def commands(page) -> list[str]:
    return [words(code) for code in page.select(".commands code")]


def recorded(data: Path) -> None:
    """A ledger that holds one page."""
    with Ledger(data, create=True) as ledger:
        ledger.write(ledger.start_run(), [(Capture(URL, "heap/dark.html", "0" * 32), Entry(DOCUMENTS[0]), b"<p>dark")])


@pytest.mark.parametrize("path", ["/", "/search?q=lamp", ENTRY])
def test_before_the_first_reindex_the_page_says_what_to_do(tmp_path: Path, path: str) -> None:
    page = read(create_app(tmp_path).test_client(), path, status=503)
    assert words(page.h1) == "There is nothing to search yet"
    assert commands(page) == [f"reindex FOLDER --data {tmp_path}"]


def test_an_index_that_appears_is_found_without_a_restart(tmp_path: Path) -> None:
    client = create_app(tmp_path).test_client()
    read(client, "/", status=503)
    filled(tmp_path, DOCUMENTS[:1])
    assert words(read(client, "/").h1) == "1 page"
    filled(tmp_path, DOCUMENTS[:3])
    assert words(read(client, "/").h1) == "3 pages"


def test_an_index_taken_away_is_said_and_one_that_returns_is_found(tmp_path: Path) -> None:
    client = filled(tmp_path, DOCUMENTS)
    read(client, "/")
    (tmp_path / "index").rename(tmp_path / "away")
    read(client, "/", status=503)
    (tmp_path / "away").rename(tmp_path / "index")
    read(client, "/")


def test_a_damaged_index_is_told_with_the_commands_that_mend_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = filled(tmp_path, DOCUMENTS)
    for file in (tmp_path / "index").rglob("*"):
        if file.is_file() and file.stat().st_size > 100:
            file.write_bytes(file.read_bytes()[:50])
    with caplog.at_level(logging.ERROR):
        page = read(client, "/search?q=lamp", status=503)
    assert words(page.h1) == "The index is damaged"
    assert commands(page) == [f"reindex --rebuild --data {tmp_path}", f"pagesift check --data {tmp_path}"]
    assert "reindex --rebuild" in caplog.text


def broken_head(file: Path) -> None:
    file.write_bytes(b"This was a ledger once." * 400)


def broken_pages(file: Path) -> None:
    """All but the first pages of the database overwritten: it opens, and breaks when what lies there is read."""
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b"\xa5" * (len(content) - 8192))


@pytest.mark.parametrize("damage", [broken_head, broken_pages])
def test_a_damaged_ledger_is_told_and_searches_go_on(tmp_path: Path, damage) -> None:
    client = filled(tmp_path, DOCUMENTS)
    recorded(tmp_path)
    assert words(read(client, ENTRY).h1) == DOCUMENTS[0].title
    for beside in tmp_path.glob("ledger.sqlite-*"):
        beside.unlink()
    damage(tmp_path / "ledger.sqlite")
    client = create_app(tmp_path).test_client()  # one that holds no page of the ledger yet
    page = read(client, ENTRY, status=503)
    assert words(page.h1) == "The ledger cannot be read"
    assert commands(page) == [f"pagesift check --data {tmp_path}"]
    assert words(read(client, "/search?q=lamp").h1) == "6 pages for lamp"


def test_a_damaged_entry_is_told(tmp_path: Path) -> None:
    client = filled(tmp_path, DOCUMENTS)
    recorded(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as db, db:
        db.execute("UPDATE articles SET entry = x'00'")
    assert words(read(client, ENTRY, status=503).h1) == "The ledger cannot be read"


def test_a_ledger_without_its_index_still_shows_its_pages(tmp_path: Path) -> None:
    client = filled(tmp_path, DOCUMENTS)
    recorded(tmp_path)
    shutil.rmtree(tmp_path / "index")
    assert words(read(client, ENTRY).h1) == DOCUMENTS[0].title


@pytest.mark.parametrize(
    "path", ["/nothing", "/page/", "/static/nothing.css", "/page/x/capture/one", "/..%2f..%2fetc/passwd"]
)
def test_an_unknown_address_is_said(client, path: str) -> None:
    page = read(client, path, status=404)
    assert words(page.h1) == "There is no such page"
    assert page.select_one("form.box input[name=q]") is not None


def test_too_long_an_address_is_refused_and_the_longest_is_read(client) -> None:
    page = read(client, f"/search?q={'x' * MAX_QUERY}", status=414)
    assert words(page.h1) == "This address is too long"
    read(client, "/search?" + "q=" + "x" * (MAX_QUERY - 2))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_sent(client, method: str) -> None:
    answer = client.open("/search", method=method)
    assert answer.status_code == 405
    assert "Pages here are read with GET" in answer.text
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_error_of_ours_is_told_without_its_innards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = filled(tmp_path, DOCUMENTS)

    def broken(*_: object) -> None:
        raise RuntimeError("the secret of the lamp")

    monkeypatch.setattr(client.application.extensions["collection"].engine.__class__, "search", broken)
    page = read(client, "/", status=500)
    assert words(page.h1) == "Something went wrong on our side"
    assert "secret" not in page.get_text()


def test_an_error_in_reading_the_address_is_told_too(client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise RuntimeError("unreadable")

    monkeypatch.setattr("web.api.read", broken)
    page = read(client, "/search?q=lamp", status=500)
    assert words(page.h1) == "Something went wrong on our side"
    assert page.select_one("link[rel=canonical], link[type='application/atom+xml']") is None


def test_the_engine_can_lie_elsewhere(tmp_path: Path) -> None:
    filled(tmp_path / "elsewhere", (Document(URL, "Elsewhere", "Words."),))
    address = engine_address(tmp_path / "elsewhere", None)
    client = create_app(tmp_path / "here", address).test_client()
    assert words(read(client, "/").select_one(".results h2")) == "Elsewhere"
