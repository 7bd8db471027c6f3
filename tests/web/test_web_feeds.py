"""The search in the address bar, in a feed reader and as a file: well-formed, complete, and the same tomorrow."""

import csv
import datetime as dt
import io
import json
import tracemalloc
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient
from small_collection import DOCUMENTS, QUAY, filled, read
from test_web_security import DOCUMENTS as HOSTILE_DOCUMENTS
from test_web_security import HOSTILE

from search import Document
from search.ledger import Ledger
from search.records import Capture, Entry
from web.feeds import EXPORTS, UNKNOWN

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
ELEMENTS = {"feed", "id", "title", "updated", "author", "name", "generator", "link", "totalResults", "startIndex",
            "itemsPerPage", "entry", "published", "category", "summary"}  # fmt: skip


def feed(client: FlaskClient, query: str) -> ET.Element:
    answer = client.get(f"/search.atom?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.text)


def texts(parent: ET.Element, path: str) -> list[str]:
    return [each.text or "" for each in parent.findall(path)]


def links(parent: ET.Element) -> dict[str, str]:
    return {each.attrib["rel"]: each.attrib["href"] for each in parent.findall(f"{ATOM}link")}


# -- the address bar


def test_a_browser_is_told_how_to_ask_and_what_it_is_told_works(client: FlaskClient) -> None:
    answer = client.get("/opensearch.xml", base_url="https://pages.example")
    assert answer.content_type == "application/opensearchdescription+xml; charset=utf-8"
    told = ET.fromstring(answer.text)
    assert 0 < len(told.findtext(f"{OPENSEARCH}ShortName") or "") <= 16
    templates = {each.attrib["type"]: each.attrib["template"] for each in told.findall(f"{OPENSEARCH}Url")}
    assert templates["text/html"] == "https://pages.example/search?q={searchTerms}"
    for kind, template in templates.items():
        assert template.startswith("https://pages.example/")
        filled_in = template.replace("{searchTerms}", quote("lamp & köy")).replace("{startPage?}", "").replace("{count?}", "")
        asked = client.get(filled_in.removeprefix("https://pages.example"))
        assert (asked.status_code, asked.mimetype) == (200, kind)
    image = told.findtext(f"{OPENSEARCH}Image") or ""
    assert client.get(image.removeprefix("https://pages.example")).status_code == 200


def test_pages_lead_to_the_description_and_to_the_other_forms(client: FlaskClient) -> None:
    page = read(client, f"/search?sort=relevance&q=lamp&page=2&size=1&site={QUAY}")
    found = {link.get("type") or link["rel"][0]: link["href"] for link in page.select("head link")}
    assert found["application/opensearchdescription+xml"] == "/opensearch.xml"
    assert found["canonical"] == f"/search?q=lamp&site={QUAY}&size=1&page=2"
    whole = f"?q=lamp&site={QUAY}"
    assert found["application/atom+xml"] == f"/search.atom{whole}"
    exports = {a.text: a["href"] for a in page.select(".forms a")}
    assert exports == {"Atom feed": f"/search.atom{whole}", "CSV": f"/search.csv{whole}", "JSON": f"/search.json{whole}"}


def test_two_addresses_of_one_page_name_one(client: FlaskClient) -> None:
    def canonical(path: str) -> str:
        return read(client, path).select_one("link[rel=canonical]")["href"]

    assert canonical("/") == canonical("/search") == canonical("/search?q=&x=y") == "/"
    assert canonical("/search?page=1&q=lamp&size=10") == "/search?q=lamp"
    entry = read(client, "/search?q=thursday").select_one(".facts a")["href"]
    assert canonical(entry) == entry.partition("?")[0]


def test_crawlers_are_kept_from_searches_and_told_to_index_nothing(client: FlaskClient) -> None:
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    for path, allowed in (("/search?q=lamp", False), ("/search.csv", False), ("/api/search", False), ("/facet/site", False), ("/", True), ("/page/x", True)):
        assert rules.can_fetch("Crawler", f"http://localhost{path}") is allowed
        assert client.get(path).headers["X-Robots-Tag"] == "noindex, nofollow"


# -- feeds


def test_a_feed_holds_the_newest_hits_dated_by_their_publication(client: FlaskClient) -> None:
    found = feed(client, f"q=lamp&size=2&site={QUAY}")
    entries = found.findall(f"{ATOM}entry")
    assert texts(found, f"{ATOM}entry/{ATOM}title") == [
        "Council pays for one lamp on the quay", "A keeper writes everything down",
    ]  # fmt: skip
    assert texts(found, f"{ATOM}entry/{ATOM}updated") == ["2019-07-01T00:00:00Z", "2018-03-05T00:00:00Z"]
    assert texts(found, f"{ATOM}entry/{ATOM}published") == texts(found, f"{ATOM}entry/{ATOM}updated")
    assert found.findtext(f"{ATOM}updated") == "2019-07-01T00:00:00Z"
    assert found.findtext(f"{ATOM}title") == "lamp – Pagesift"
    assert found.findtext(f"{OPENSEARCH}totalResults") == "3"
    book = entries[1]
    assert links(book)["alternate"] == f"https://{QUAY}/coast/book"
    assert client.get(links(book)["related"].removeprefix("http://localhost")).status_code == 200
    assert texts(book, f"{ATOM}author/{ATOM}name") == ["Ada Pike", "Ben Holt"]
    assert [each.attrib["term"] for each in book.findall(f"{ATOM}category")] == ["Coast", "lamps", "books"]
    assert "book of the lamp" in (book.findtext(f"{ATOM}summary") or "")
    assert book.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "en"


def test_every_feed_and_entry_has_what_atom_requires(client: FlaskClient) -> None:
    found = feed(client, "hidden=1&size=100")
    for each in (found, *found.findall(f"{ATOM}entry")):
        (identity,) = texts(each, f"{ATOM}id")
        assert identity.startswith("urn:uuid:")
        dt.datetime.fromisoformat(each.findtext(f"{ATOM}updated") or "")
        assert each.findtext(f"{ATOM}title")
        assert links(each)["alternate"]
    assert found.findtext(f"{ATOM}author/{ATOM}name")
    identities = texts(found, f"{ATOM}entry/{ATOM}id")
    assert len(set(identities)) == len(DOCUMENTS)


def test_a_feed_leads_through_all_its_pages(many: FlaskClient) -> None:
    found, titles = feed(many, "q=tide&size=20"), []
    own = links(found)["self"]
    while True:
        titles += texts(found, f"{ATOM}entry/{ATOM}title")
        following = links(found).get("next")
        if following is None:
            break
        found = feed(many, following.partition("?")[2])
    assert titles == [f"Tide table {n}" for n in reversed(range(45))]
    assert links(found)["previous"].replace("&page=2", "") == own


def test_a_feed_is_the_same_after_everything_is_indexed_anew(tmp_path: Path) -> None:
    before = filled(tmp_path, DOCUMENTS).get("/search.atom?q=lamp").text
    assert filled(tmp_path, DOCUMENTS[::-1]).get("/search.atom?q=lamp").text == before


def test_undated_pages_are_dated_by_their_first_capture(tmp_path: Path) -> None:
    page = Document("https://quay.example/a", "Lamp", "", fetched=dt.datetime(2020, 5, 1, 12, 30, tzinfo=dt.UTC))
    times = (page.fetched, dt.datetime(2011, 1, 2, 3, 4, 5, 678, tzinfo=dt.timezone(dt.timedelta(hours=2))))
    captures = [Capture(page.url, f"heap/{n}", str(n) * 32, fetched=time) for n, time in enumerate(times)]
    with Ledger(tmp_path, create=True) as ledger:
        ledger.write(ledger.start_run(), [(each, Entry(page), None) for each in captures])
    found = feed(filled(tmp_path, (page, Document("https://quay.example/b", "Never", ""))), "")
    assert texts(found, f"{ATOM}entry/{ATOM}updated") == ["2011-01-02T01:04:05Z", UNKNOWN]
    assert texts(found, f"{ATOM}entry/{ATOM}published") == []


NAUGHTY = "\x00\x0b\ufffe]]></title><script>&lt;"


def test_what_xml_cannot_hold_does_not_break_a_feed(tmp_path: Path) -> None:
    page = Document("https://quay.example/a", NAUGHTY, NAUGHTY, "", NAUGHTY, (NAUGHTY,), NAUGHTY, (NAUGHTY,))
    found = feed(filled(tmp_path, (page,)), "-tag=x")
    shown = "\ufffd\ufffd\ufffd]]></title><script>&lt;"
    assert texts(found, f"{ATOM}entry/{ATOM}title") == [shown]
    assert texts(found, f"{ATOM}entry/{ATOM}author/{ATOM}name") == [shown]
    assert feed(filled(tmp_path, (page,)), f"q={quote(NAUGHTY)}").findtext(f"{ATOM}title") == f"{shown} – Pagesift"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return filled(tmp_path_factory.mktemp("attacked"), HOSTILE_DOCUMENTS)


@pytest.mark.parametrize("text", [*HOSTILE, "\x00", "\ud800", "]]>", "&#0;", "<?xml?>"])
def test_no_query_breaks_a_feed(attacked: FlaskClient, text: str) -> None:
    for key in ("q", "site", "-tag"):
        found = feed(attacked, urlencode({key: text}, errors="surrogatepass"))
        assert {tag.tag.rpartition("}")[2] for tag in found.iter()} <= ELEMENTS


def test_a_feed_links_to_web_pages_and_to_ourselves_alone(attacked: FlaskClient) -> None:
    found = feed(attacked, "size=100")
    hrefs = [link.attrib["href"] for entry in found.findall(f"{ATOM}entry") for link in entry.findall(f"{ATOM}link")]
    assert len(hrefs) > len(HOSTILE_DOCUMENTS)
    assert [href for href in hrefs if not href.startswith(("http://localhost/page/", "https://quay.example/"))] == []


def test_hostile_texts_come_out_of_an_export_as_they_were(attacked: FlaskClient) -> None:
    wanted = {each.url: each.title for each in HOSTILE_DOCUMENTS}
    assert {row["url"]: row["title"] for row in table(attacked, "")} == wanted
    assert {row["url"]: row["title"] for row in attacked.get("/search.json").json} == wanted


# -- exports


def table(client: FlaskClient, query: str) -> list[dict[str, str]]:
    answer = client.get(f"/search.csv?{query}")
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pagesift.csv"'
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_a_table_holds_every_hit_whatever_page_was_shown(many: FlaskClient) -> None:
    rows = table(many, "q=tide&sort=oldest&page=3&size=2")
    assert [row["title"] for row in rows] == [f"Tide table {n}" for n in range(45)]
    assert rows[0] == {
        "id": rows[0]["id"], "url": f"https://{QUAY}/0", "also_at": "", "title": "Tide table 0", "published": "2000-01-01",
        "site": QUAY, "section": "", "authors": "", "language": "", "tags": "tag00", "kind": "article", "fetched": "",
    }  # fmt: skip


def test_filters_narrow_an_export_and_hidden_kinds_stay_hidden(client: FlaskClient) -> None:
    assert [row["tags"] for row in table(client, f"q=lamp&site={QUAY}&tag=books")] == ["lamps; books"]
    assert {row["kind"] for row in table(client, "")} == {"article", "forum"}
    assert len(table(client, "hidden=1")) == len(DOCUMENTS)


def test_a_spreadsheet_takes_nothing_for_a_formula(tmp_path: Path) -> None:
    texts = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "plain=1", 'a "quoted", one\nin two lines')
    pages = tuple(Document(f"https://quay.example/{n}", text, "", section=text) for n, text in enumerate(texts))
    rows = sorted(table(filled(tmp_path, pages), ""), key=lambda row: row["url"])
    assert [row["title"] for row in rows] == [*(f"'{text}" for text in texts[:5]), *texts[5:]]
    assert [row["section"] for row in rows] == [row["title"] for row in rows]


def test_json_holds_every_hit_with_its_text(client: FlaskClient) -> None:
    answer = client.get("/search.json?q=weiß")
    assert answer.content_type == "application/json"
    (row,) = answer.json
    assert row["text"] == "Die Lampe brennt noch, und niemand weiß, wer sie füllt. Jemand muss nachts kommen."
    assert (row["published"], row["authors"], row["tags"]) == ("2019-10-04", ["Jan Ohm"], ["lamps"])
    assert "weiß" in answer.text
    assert client.get("/search.json?q=nowhere").json == []


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_agrees_with_the_pages_of_the_api(client: FlaskClient, form: str) -> None:
    wanted = [hit["url"] for hit in client.get("/api/search?q=lamp&size=100").json["hits"]]
    answer = client.get(f"/search.{form}?q=lamp").text
    rows = json.loads(answer) if form == "json" else csv.DictReader(io.StringIO(answer, newline=""))
    assert [row["url"] for row in rows] == wanted


@pytest.mark.parametrize("path", ["/search.csv", "/search.json", "/search.atom"])
def test_without_an_index_that_is_said_and_no_empty_file_given(tmp_path: Path, path: str) -> None:
    from web import create_app

    answer = create_app(tmp_path).test_client().get(path)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")


def test_a_long_export_is_never_whole_in_memory(tmp_path: Path) -> None:
    size, count = 100_000, 300
    pages = tuple(Document(f"https://quay.example/{n}", f"{n}", f"{n} " + "x" * size) for n in range(count))
    client = filled(tmp_path, pages)
    client.get("/search.json?q=0").get_data()  # the index is opened
    tracemalloc.start()
    try:
        read = sum(len(piece) for piece in client.get("/search.json").response)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read > size * count
    assert most < read * 0.7  # a page of 100 documents of 300, read and being written


def test_no_more_exports_are_made_at_once_than_leave_threads_for_searches(client: FlaskClient) -> None:
    held = [client.get("/search.csv") for _ in range(EXPORTS)]
    refused = client.get("/search.json")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert client.get("/api/search").status_code == 200
    held.pop().get_data()
    client.head("/search.csv").close()
    assert client.get("/search.csv").get_data()
    for each in held:
        each.close()
    assert all(client.get("/search.csv").get_data() for _ in range(EXPORTS + 1))
