"""The collection page: what is there, what was left out, and what is missing."""

import datetime as dt
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from small_collection import QUAY, Look, read, words

from search.document import Document
from search.engine import open_engine
from search.ledger import Ledger
from search.records import Capture, Entry
from web import create_app
from web.views.about import SITES


def numbers(page: BeautifulSoup) -> dict[str, str]:
    return {words(div.dt): words(div.dd) for div in page.select(".numbers div")}


def rows(page: BeautifulSoup) -> dict[str, list[str]]:
    return {words(row.th): [words(cell) for cell in row.select("td")] for row in page.select("tbody tr")}


def test_without_a_ledger_the_index_tells(look: Look) -> None:
    page = look("/about")
    assert numbers(page) == {"pages": "9", "sites": "3", "undated": "3"}
    assert rows(page)[QUAY] == [
        "6", "2", "February 2018 to November 2019", "April 2018 to June 2019 (15 months)"
    ]  # fmt: skip
    kinds = next(section for section in page.select("section") if words(section.h2) == "Kind")
    assert [words(a) for a in kinds.select("a")] == ["article 6", "captcha 1", "error 1", "forum 1"]
    assert [rect["width"] for rect in kinds.select("rect")] == ["100", "17", "17", "17"]
    assert words(look(kinds.a["href"]).h1) == "6 pages"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    data = tmp_path_factory.mktemp("archive")
    days = (dt.date(2016, 1, 5), dt.date(2016, 2, 1), dt.date(2017, 3, 9), None)
    documents = [Document(f"https://quay.example/{n}", f"T{n}", "x", "quay.example", published=day) for n, day in enumerate(days)]
    batch = [(Capture(each.url, "f", f"{n:032}"), Entry(each), None) for n, each in enumerate(documents)]
    batch += [
        (Capture(f"https://www.quay.example/r{n}", "f", f"{n + 9:032}", state="refused", reason="no text"), None, None) for n in (1, 2)
    ]
    batch.append((Capture("https://quay.example/h", "f", "a" * 32, state="hidden", reason="HTTP status 404"), None, None))
    with Ledger(data, create=True) as ledger:
        run = ledger.start_run()
        ledger.write(run, batch)
        ledger.groups.learnt("quay.example", {"pages": 30, "lines": [["a", 30, "top", "Home"]] * 3})
        ledger.finish_run(run, {"seen": 7, "indexed": 4, "refused": 2, "hidden": 1, "unchanged": 0, "seconds": 1.6})
    with open_engine(f"whoosh:{data / 'index'}").rebuild() as writer:
        for each in documents:
            writer.put(each)
    return create_app(data).test_client()


def test_a_site_is_told_with_its_gaps_and_what_was_left_out_of_it(archive: FlaskClient) -> None:
    page = read(archive, "/about")
    assert rows(page) == {
        "quay.example": ["4", "1", "January 2016 to March 2017", "March 2016 to February 2017 (12 months)", "4", "1", "2",
                         "3 lines, learnt from 30 pages", "no text 2; HTTP status 404 1"],
    }  # fmt: skip
    assert numbers(page)["captures"] == "7"
    assert numbers(page)["refused captures"] == "2"


def test_the_last_run_is_told(archive: FlaskClient) -> None:
    told = words(read(archive, "/about").select_one("main > .quiet"))
    assert told.startswith("The last run began on ")
    assert told.endswith(" UTC and took 2 seconds: 7 seen, 4 indexed, 1 hidden, 2 refused.")


def test_a_run_that_did_not_end_is_told(tmp_path: Path) -> None:
    with Ledger(tmp_path, create=True) as ledger:
        ledger.start_run()
    with open_engine(f"whoosh:{tmp_path / 'index'}").rebuild():
        pass
    page = read(create_app(tmp_path).test_client(), "/about")
    assert words(page.select_one("main > .quiet")).endswith("it is still at work, or was stopped.")
    assert not page.select("table")


def test_many_sites_are_told_in_part(tmp_path: Path) -> None:
    with open_engine(f"whoosh:{tmp_path / 'index'}").rebuild() as writer:
        for n in range(SITES + 3):
            writer.put(Document(f"https://s{n}.example/", "T", "x", f"s{n}.example"))
    page = read(create_app(tmp_path).test_client(), "/about")
    assert len(rows(page)) == SITES
    assert page.select_one("section > .quiet a")["href"] == "/facet/site"


def test_every_page_leads_there(look: Look) -> None:
    assert [a["href"] for a in look("/").select("body > footer a")] == ["/help", "/about"]
