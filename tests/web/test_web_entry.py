"""The page of one entry: its cleaned text, where each fact comes from, what was removed and why, all its captures."""

import datetime as dt
import os
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask.testing import FlaskClient
from small_collection import Look, read, words

from indexer.cli import reindex
from search.document import document_id
from web import create_app

LAMP = "https://quay.example/coast/lamp"
BANNER = "Missing or incomplete installation of the jReject library! Please follow the instructions from README.txt to get it."
FIRST = "Every evening the keeper carried two cans of oil up the stairs, filled the great lamp and wrote the hour into a book."
SECOND = (
    "In the autumn gales the moths came in hundreds, and the panes had to be wiped before midnight and before dawn."
)


def saved(text: str) -> str:
    return f"""<!doctype html><html lang="en"><head><title>The lamp room</title><link rel="canonical" href="{LAMP}">
<meta property="article:published_time" content="2018-02-22"><meta name="author" content="Ada Pike"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/coast/">Coast</a></li></ul></nav>
<div class="messages error">{BANNER}</div><article>{text}</article></body></html>"""


#: File, its time, what stands in it. The page was captured three times: a draft, whole, and then as nothing at all.
HEAP = (
    ("2018/lamp.html", dt.datetime(2018, 3, 1, 12, tzinfo=dt.UTC), saved(f"<p>{FIRST}</p>")),
    ("2019/lamp.html", dt.datetime(2019, 3, 1, 12, tzinfo=dt.UTC), saved(f"<p>{FIRST}</p><p>{SECOND}</p>")),
    ("2020/lamp.html", dt.datetime(2020, 3, 1, 12, tzinfo=dt.UTC),
     f"<html><head><link rel=canonical href='{LAMP}'></head><body></body></html>"),
    ("notes.txt", dt.datetime(2020, 3, 1, 12, tzinfo=dt.UTC), f"{FIRST}\n\n{SECOND}\n"),
)  # fmt: skip


@pytest.fixture(scope="module")
def heap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("heap")
    for name, time, text in HEAP:
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        os.utime(file, (time.timestamp(), time.timestamp()))
    return folder


@pytest.fixture(scope="module")
def archive(heap: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    data = tmp_path_factory.mktemp("data")
    done = CliRunner().invoke(reindex, [str(heap), "--data", str(data), "--workers", "1"])
    assert done.exit_code == 0, done.output
    return create_app(data).test_client()


@pytest.fixture(scope="module")
def lamp(archive: FlaskClient) -> BeautifulSoup:
    return read(archive, f"/page/{document_id(LAMP)}")


def facts(page: BeautifulSoup) -> dict[str, str]:
    return {words(div.dt): words(div.dd) for div in page.select("dl > div")}


def paragraphs(page: BeautifulSoup) -> list[str]:
    return [words(p) for p in page.select("article p.text")]


def test_the_cleaned_text_stands_under_its_title_and_address(lamp: BeautifulSoup) -> None:
    assert words(lamp.h1) == "The lamp room"
    assert words(lamp.title) == "The lamp room – Pagesift"
    assert [(a["href"], words(a)) for a in lamp.select(".source a")] == [(LAMP, LAMP)]
    assert paragraphs(lamp) == [FIRST, SECOND]
    assert lamp.article["lang"] == "en"


def test_what_was_removed_is_shown_with_its_reason(lamp: BeautifulSoup) -> None:
    removed, reason = {}, ""
    for block in lamp.select(".removed li"):  # the reason stands above the first of those that share it
        reason = words(block.select_one(".reason")) if block.select_one(".reason") else reason
        removed[words(block.select_one(".text"))] = reason
    assert removed[BANNER].startswith("banner:")
    assert {removed["Home"], removed["Coast"]} == {"in navigation"}
    assert len(lamp.select(".removed .reason")) == len(set(removed.values()))
    assert not lamp.select("article .removed")
    assert words(lamp.select_one(".removed summary")) == f"What was removed, and why {len(removed)}"


def test_each_fact_is_a_link_and_says_where_it_comes_from(lamp: BeautifulSoup, archive: FlaskClient) -> None:
    assert facts(lamp)["Published"] == "22 February 2018 from meta"
    assert facts(lamp)["Author"] == "Ada Pike"
    assert facts(lamp)["Site"] == "quay.example"
    assert facts(lamp)["Language"] == "English"
    assert facts(lamp)["Captured"] == "1 March 2019, 12:00 UTC"
    for link in lamp.select("dl a"):
        assert "The lamp room" in read(archive, link["href"]).get_text()


def test_all_captures_are_listed_newest_first_and_the_one_in_the_index_is_shown(
    lamp: BeautifulSoup, heap: Path
) -> None:
    rows = lamp.select(".captures li")
    assert [words(row.a) for row in rows] == [f"1 March {year}, 12:00 UTC" for year in (2020, 2019, 2018)]
    assert [words(row.select_one(".state")) for row in rows] == ["refused: no text", "kept", "kept"]
    assert [words(row.select_one(".file")) for row in rows] == [f"{heap}/{y}/lamp.html" for y in (2020, 2019, 2018)]
    assert [row.a.get("aria-current") for row in rows] == [None, "true", None]


def test_an_older_capture_can_be_read(lamp: BeautifulSoup, archive: FlaskClient) -> None:
    older = read(archive, lamp.select(".captures a")[2]["href"])
    assert paragraphs(older) == [FIRST]
    assert [row.get("aria-current") for row in older.select(".captures a")] == [None, None, "true"]


def test_a_refused_capture_says_why_there_is_nothing(lamp: BeautifulSoup, archive: FlaskClient) -> None:
    refused = read(archive, lamp.select(".captures a")[0]["href"])
    assert words(refused.select_one(".note")) == "This capture is not in the index: no text."
    assert paragraphs(refused) == []
    assert not refused.select(".removed")
    assert words(refused.h1) == LAMP


def test_a_page_from_a_file_has_a_derived_title_and_no_link_to_the_file(archive: FlaskClient, heap: Path) -> None:
    found = read(archive, "/search?q=moths&site=")
    page = read(archive, found.select_one(".results h2 a")["href"])
    assert words(page.select_one(".source")) == f"{heap.as_uri()}/notes.txt"
    assert not page.select(".source a")
    assert facts(page)["Title"] == "made of its first sentence"
    assert "Published" not in facts(page)
    assert words(page.select_one("main > .quiet")) == "Nothing was removed from this page."


def test_without_a_ledger_the_entry_comes_from_the_index(look: Look) -> None:
    page = look(f"/page/{document_id('https://quay.example/coast/book')}")
    assert paragraphs(page) == ["Forty years of oil, weather and visitors stand in the book of the lamp."]
    assert facts(page)["Author"] == "Ada Pike, Ben Holt"
    assert not page.select(".captures, .removed, main > .quiet")


@pytest.mark.parametrize("tail", ["0" * 16, "nonsense", document_id(LAMP) + "/capture/999", "%00", "x" * 2000])
def test_an_unknown_page_is_said_and_leads_on(archive: FlaskClient, tail: str) -> None:
    page = read(archive, f"/page/{tail}", status=404)
    assert words(page.h1) == "This page is not in the collection"
    assert page.select_one("main a")["href"] == "/"


def test_a_capture_of_another_page_is_not_shown(archive: FlaskClient, lamp: BeautifulSoup) -> None:
    number = lamp.select_one(".captures a")["href"].rsplit("/", 1)[1]
    other = read(archive, "/search?q=moths&site=").select_one(".results h2 a")["href"]
    read(archive, f"{other}/capture/{number}", status=404)
