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
from search.document import Document, document_id
from search.ledger import Ledger
from search.records import Capture, Entry
from web import create_app
from web.stored import POLICY

LAMP = "https://quay.example/coast/lamp"
BANNER = "Missing or incomplete installation of the jReject library! Please follow the instructions from README.txt to get it."
FIRST = "Every evening the keeper carried two cans of oil up the stairs, filled the great lamp and wrote the hour into a book."
SECOND = (
    "In the autumn gales the moths came in hundreds, and the panes had to be wiped before midnight and before dawn."
)


BELL = "https://quay.example/coast/bell"
FOG = "The fog bell of the harbour is rung by hand until the ferry answers."


def saved(text: str, title: str = "The lamp room", url: str = LAMP) -> str:
    return f"""<!doctype html><html lang="en"><head><title>{title}</title><link rel="canonical" href="{url}">
<meta property="article:published_time" content="2018-02-22"><meta name="author" content="Ada Pike"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/coast/">Coast</a></li></ul></nav>
<div class="messages error">{BANNER}</div><article>{text}</article></body></html>"""


#: File, its time, what stands in it. The page was captured three times: a draft, whole, and then as nothing at all.
HEAP = (
    ("2018/lamp.html", dt.datetime(2018, 3, 1, 12, tzinfo=dt.UTC), saved(f"<p>{FIRST}</p>")),
    ("2019/lamp.html", dt.datetime(2019, 3, 1, 12, tzinfo=dt.UTC), saved(f"<p>{FIRST}</p><p>{SECOND}</p>")),
    ("2020/lamp.html", dt.datetime(2020, 3, 1, 12, tzinfo=dt.UTC),
     f"<html><head><link rel=canonical href='{LAMP}'></head><body></body></html>"),
    ("bell.html", dt.datetime(2020, 3, 1, 12, tzinfo=dt.UTC), saved(f"<p>{FOG}</p>", "The fog bell", BELL)),
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
    for block in lamp.select(".removed li:not(.kept)"):  # the reason stands above the first of those that share it
        reason = words(block.select_one(".reason")) if block.select_one(".reason") else reason
        removed[words(block.select_one(".text"))] = reason
    assert removed[BANNER].startswith("banner:")
    assert {removed["Home"], removed["Coast"]} == {"in navigation"}
    assert len(lamp.select(".removed .reason")) == len(set(removed.values()))
    assert not lamp.select("article .removed")
    assert words(lamp.select_one(".removed summary")) == f"What was removed, and why {len(removed)}"


def test_what_was_removed_stands_in_page_order_about_the_text(lamp: BeautifulSoup) -> None:
    told = [words(li.select_one(".text")) if li.select_one(".text") else words(li) for li in lamp.select(".removed li")]
    assert told == ["Home", "Coast", BANNER, "2 blocks of the text"]


def test_a_removed_block_leads_to_the_other_pages_that_held_it(lamp: BeautifulSoup, archive: FlaskClient) -> None:
    links = {words(li.select_one(".text")): li.a for li in lamp.select(".removed li:not(.kept)")}
    assert links["Home"] is None
    page = read(archive, links[BANNER]["href"])
    assert words(page.h1) == "Removed from 2 pages"
    assert words(page.blockquote) == BANNER
    assert words(page.select_one(".reason")).startswith("banner:")
    assert {words(a): a["href"] for a in page.select("main li a")} == {
        "The fog bell": f"/page/{document_id(BELL)}", "The lamp room": f"/page/{document_id(LAMP)}",
    }  # fmt: skip


@pytest.mark.parametrize("mark", ["0" * 16, "f" * 16, "nonsense", "-1", "0" * 15, "٣" * 16])
def test_a_block_that_nothing_held_is_not_there(archive: FlaskClient, mark: str) -> None:
    read(archive, f"/removed/{mark}", status=404)


def test_matches_of_the_query_are_marked_and_each_leads_to_the_next(archive: FlaskClient) -> None:
    page = read(archive, f"/page/{document_id(LAMP)}?q=keepers+dawn+oil")
    assert [words(mark) for mark in page.select("article .text mark")] == ["keeper", "oil", "dawn"]
    matches = page.select("article .match")
    assert [a["id"] for a in matches] == ["match-1", "match-2", "match-3"]
    assert [a["href"] for a in matches] == ["#match-2", "#match-3", "#match-1"]
    assert words(page.select_one(".matches")) == "Next match 3 for keepers dawn oil"
    assert page.select_one(".matches a")["href"] == "#match-1"
    assert paragraphs(page) == [FIRST, SECOND]
    assert page.select_one("input[name=q]")["value"] == "keepers dawn oil"
    assert all("q=keepers" in a["href"] for a in page.select(".captures li > a:first-child"))


@pytest.mark.parametrize(("query", "told"), [("q=ferry", "No match for ferry"), ("q=zzz", "No match for zzz")])
def test_a_page_without_a_match_says_so(archive: FlaskClient, query: str, told: str) -> None:
    page = read(archive, f"/page/{document_id(LAMP)}?{query}")
    assert words(page.select_one(".matches")) == told
    assert not page.select("article mark")


def test_without_a_query_nothing_is_marked(lamp: BeautifulSoup) -> None:
    assert not lamp.select(".matches, mark")


def test_two_captures_are_compared_word_by_word(lamp: BeautifulSoup, archive: FlaskClient) -> None:
    (link,) = lamp.select(".captures .compare")  # the refused capture has no text
    page = read(archive, link["href"])
    assert words(page.h1) == "What changed"
    assert [words(piece) for piece in page.select("ins")] == [SECOND]
    assert not page.select("del, table")
    assert words(page.select_one(".differences")).startswith(FIRST)
    before, after = page.select("aside nav")
    assert words(before.select_one("[aria-current]")) == "1 March 2018, 12:00 UTC"
    assert words(after.select_one("[aria-current]")) == "1 March 2019, 12:00 UTC"
    back = read(archive, before.select_one("a:not([aria-current])")["href"])
    assert words(back.select_one(".note")) == "The cleaned text is the same in both captures."


@pytest.mark.parametrize("tail", ["1/999", "999/1", "x/y", "0/0"])
def test_captures_that_are_not_there_cannot_be_compared(archive: FlaskClient, tail: str) -> None:
    read(archive, f"/page/{document_id(LAMP)}/changes/{tail}", status=404)


def test_facts_that_changed_are_told(tmp_path: Path) -> None:
    url, day = "https://quay.example/a", dt.date(2018, 2, 22)
    old = Document(url, "Draft", "One.", authors=("Ada",), tags=("x", "y"))
    new = Document(url, "Final", "One.", authors=("Ada", "Ben"), published=day, tags=("x", "y"))
    with Ledger(tmp_path, create=True) as ledger:
        batch = [(Capture(url, f"f{n}", f"{n:032}"), Entry(each), None) for n, each in enumerate((old, new))]
        ledger.write(ledger.start_run(), batch)
        numbers = [capture.id for capture in ledger.captures(url)]
    page = read(create_app(tmp_path).test_client(), f"/page/{document_id(url)}/changes/{min(numbers)}/{max(numbers)}")
    assert [[words(cell) for cell in row.select("th, td")] for row in page.select("tbody tr")] == [
        ["Title", "Draft", "Final"], ["Published", "none", "22 February 2018"], ["Author", "Ada", "Ada, Ben"],
    ]  # fmt: skip


def test_similar_pages_share_most_of_the_telling_words(lamp: BeautifulSoup, archive: FlaskClient) -> None:
    (link,) = lamp.select(".similar a")
    assert paragraphs(read(archive, link["href"])) == [FIRST, SECOND]
    assert link["href"] != f"/page/{document_id(LAMP)}"


# -- the page as it was saved


def test_the_saved_page_stands_in_a_sandboxed_frame(lamp: BeautifulSoup, archive: FlaskClient) -> None:
    frame = lamp.iframe
    assert frame["sandbox"] == []  # no right is given back
    answer = archive.get(frame["src"])
    assert answer.headers["Content-Security-Policy"] == POLICY
    shown = BeautifulSoup(answer.text, "lxml")
    assert [words(item) for item in shown.select("main li")] == ["Home", "Coast"]
    assert BANNER in words(shown.body) and FIRST in words(shown.body)
    assert not shown.select("[href], [src], [class], script, style, meta, link")


def test_a_page_without_its_bytes_has_no_frame(look: Look, archive: FlaskClient) -> None:
    assert not look(f"/page/{document_id('https://quay.example/coast/book')}").select("iframe")
    read(archive, f"/page/{document_id(LAMP)}/capture/999/stored", status=404)


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
    older = read(archive, lamp.select(".captures li > a:first-child")[2]["href"])
    assert paragraphs(older) == [FIRST]
    assert [row.get("aria-current") for row in older.select(".captures li > a:first-child")] == [None, None, "true"]


def test_a_refused_capture_says_why_there_is_nothing(lamp: BeautifulSoup, archive: FlaskClient) -> None:
    refused = read(archive, lamp.select(".captures a")[0]["href"])
    assert words(refused.select_one(".note")) == "This capture is not in the index: no text."
    assert paragraphs(refused) == []
    assert not refused.select(".removed")
    assert words(refused.h1) == LAMP


def test_a_page_from_a_file_has_a_derived_title_and_no_link_to_the_file(archive: FlaskClient, heap: Path) -> None:
    found = read(archive, "/search?q=moths&site=")
    page = read(archive, found.select_one(".results h2 a")["href"])
    assert words(page.select_one(".source bdi")) == f"{heap.as_uri()}/notes.txt"
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
    other = read(archive, "/search?q=moths&site=").select_one(".results h2 a")["href"].partition("?")[0]
    read(archive, f"{other}/capture/{number}", status=404)
