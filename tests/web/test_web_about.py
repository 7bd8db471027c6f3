"""The collection page: what is there, what was left out, and what is missing."""

import datetime as dt
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from small_collection import DOCUMENTS, QUAY, Look, filled, read, words

from search.database import Database
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
    assert numbers(page) == {"pages": "9", "sites": "3", "undated": "3", "hidden": "2"}
    assert rows(page)[QUAY] == ["6 2 undated", "Feb 2018 – Nov 2019 none for 15 months from Apr 2018"]
    undated = page.select_one("td .aside")
    assert words(look(undated["href"]).h1) == "2 pages"
    found = {words(a.find_parent("div").dt): words(look(a["href"]).h1) for a in page.select(".numbers a")}
    assert found == {"pages": "9 pages", "sites": "Sites", "undated": "3 pages", "hidden": "2 pages"}
    assert [words(a.title) for a in page.select(".years a")] == ["2018: 2 pages", "2019: 3 pages", "2020: 1 page"]
    assert not page.select(".charts p")
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
        "quay.example": ["4 1 undated", "Jan 2016 – Mar 2017 none for 12 months from Mar 2016",
                         "7 4 kept, 1 hidden, 2 refused", "no text 2 HTTP status 404 1", "3 lines"],
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


def test_a_chart_leads_to_the_values_it_does_not_show(tmp_path: Path) -> None:
    documents = tuple(Document(f"https://{QUAY}/{n}", "T", "x", QUAY, authors=(f"Author {n:02}",)) for n in range(12))
    client = filled(tmp_path, documents)
    (link,) = read(client, "/about").select(".charts p a")
    assert words(link) == "All 12 values of Author"
    assert len(read(client, link["href"]).select(".values .pick")) == 12


def test_every_page_leads_there(look: Look) -> None:
    assert [a["href"] for a in look("/").select("body > footer a")] == ["/help", "/about"]


def test_it_looks_at_no_capture_one_by_one(archive: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger(archive.application.extensions["collection"].data) as ledger:
        asked: list[str] = []
        rows = Database._rows
        monkeypatch.setattr(Database, "_rows", lambda self, what, *values: asked.append(what) or rows(self, what, *values))
        read(archive, "/about")
        plans = [str(ledger._db.execute(f"EXPLAIN QUERY PLAN {each}", ("x",) * each.count("?")).fetchall()) for each in asked]
    assert any("outcomes" in plan for plan in plans)
    assert not [plan for plan in plans if "captures" in plan or "SCAN pages" in plan]


# -- where the scraper was perhaps blocked


@pytest.fixture(scope="module")
def kept_out(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """40 captures of quay.example a minute apart, of which the 31st to the 38th were captchas; another site has dead links."""
    data = tmp_path_factory.mktemp("kept-out")
    start = dt.datetime(2024, 5, 3, 14, 0, tzinfo=dt.UTC)
    batch, documents = [], []
    for host, empty in (("quay.example", range(30, 38)), ("deich.example", range(0, 40, 10))):
        for n in range(40):
            document = Document(f"https://{host}/{n}", f"T{n}", "x", host, kind="captcha" if n in empty else "article")
            state, reason = ("hidden", "little text but a captcha") if n in empty else ("kept", "")
            capture = Capture(document.url, "f", f"{n:032}", state=state, reason=reason, fetched=start + dt.timedelta(minutes=n))
            batch.append((capture, Entry(document), None))
            documents.append(document)
    gone = Capture("https://quay.example/gone", "f", "a" * 32, state="hidden", reason="HTTP status 404", status=404)
    with Ledger(data, create=True) as ledger:
        ledger.write(ledger.start_run(), [*batch, (gone, None, None)])
    with open_engine(f"whoosh:{data / 'index'}").rebuild() as writer:
        for each in documents:
            writer.put(each)
    return create_app(data).test_client()


TOLD = "8 of 8 captures of 3 May 2024, 14:30 to 14:37 UTC have no content, 0 of the 32 others"


def test_a_rise_of_captures_without_content_is_told_for_its_site_alone(kept_out: FlaskClient) -> None:
    page = read(kept_out, "/about")
    assert [words(li) for li in page.select(".suspicions li")] == [f"quay.example {TOLD}"]
    assert {name: cells[2] for name, cells in rows(page).items()} == {
        "quay.example": "41 32 kept, 9 hidden perhaps blocked: 8 of 8 captures", "deich.example": "40 36 kept, 4 hidden",
    }  # fmt: skip
    assert {a["href"] for a in page.select(".suspicions a, td .suspected")} == {"/about/quay.example"}
    assert [a["href"] for a in page.select("td span a")] == ["/about/deich.example", "/about/quay.example"]


def test_it_leads_to_the_captures_and_why_they_have_none(kept_out: FlaskClient) -> None:
    page = read(kept_out, "/about/quay.example")
    assert words(page.h1) == "8 captures without content of quay.example"
    assert words(page.select_one(".note")).endswith(f"{TOLD}.")
    captures = page.select(".empties li.suspected")
    assert [words(li.a) for li in captures] == [f"https://quay.example/{n}" for n in range(30, 38)]
    assert words(captures[0].span) == "3 May 2024, 14:30 UTC: little text but a captcha"
    assert words(read(kept_out, captures[0].a["href"]).h1) == "T30"


def test_captures_that_are_spread_over_a_crawl_are_listed_without_suspicion(kept_out: FlaskClient) -> None:
    page = read(kept_out, "/about/deich.example")
    assert len(page.select(".empties li")) == 4
    assert not page.select(".note, .suspected")


@pytest.mark.parametrize("host", ["forum.example", "<script>", "%2e%2e", "x" * 300])
def test_a_site_without_such_captures_has_no_page(kept_out: FlaskClient, host: str) -> None:
    read(kept_out, f"/about/{host}", 404)


def test_files_of_no_site_block_nobody(tmp_path: Path) -> None:
    with Ledger(tmp_path, create=True) as ledger:
        fetched = [dt.datetime(2024, 5, 3, 14, n, tzinfo=dt.UTC) for n in range(40)]
        states = ["hidden" if 20 <= n < 32 else "kept" for n in range(40)]
        told = zip(range(40), states, fetched, strict=True)
        captures = [Capture(f"file:///heap/{n}", "f", f"{n:032}", state=state, fetched=at) for n, state, at in told]
        ledger.write(ledger.start_run(), [(each, None, None) for each in captures])
    client = filled(tmp_path, DOCUMENTS)
    assert not read(client, "/about").select(".suspicions, a[href='/about/']")


def test_without_a_ledger_nothing_is_suspected(client: FlaskClient) -> None:
    read(client, f"/about/{QUAY}", 404)
    assert not read(client, "/about").select(".suspicions")
