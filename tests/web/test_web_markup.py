"""Every kind of page is HTML without a parse error, also where what it shows is hostile (html5lib, strict)."""

import itertools
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from html5lib import HTMLParser
from html5lib.html5parser import ParseError
from small_collection import DIKE, DOCUMENTS, QUAY
from test_web_security import HOSTILE, hostile

from search import Document, open_engine
from search.document import document_id
from search.ledger import Ledger
from search.records import Capture, Entry
from search.survey import block_mark
from web import create_app

PAGES = (*DOCUMENTS, *(hostile(f"https://quay.example/{number}", words) for number, words in enumerate(HOSTILE)))

ROBOT = Document("https://robots.example/", "Are you a robot?", "Pick every lamp.", "robots.example", kind="captcha")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A collection with a ledger: two captures of each page, one refused."""
    data = tmp_path_factory.mktemp("markup")
    with Ledger(data, create=True) as ledger:
        ledger.write(ledger.start_run(), [
            capture for page in PAGES for capture in (
                (Capture(page.url, "heap/a", "0" * 32), Entry(page, page.title, page.title, "", ((page.title, page.body),)), None),
                (Capture(page.url, page.title, "1" * 32, title=page.title, state="refused", reason=page.title), None, None),
            )
        ])  # fmt: skip
        ledger.write(1, [(Capture(ROBOT.url, "heap/b", "2" * 32, state="hidden", reason="captcha"), Entry(ROBOT), b"<p>Who<nav>a</nav>")])
    with open_engine(f"whoosh:{data / 'index'}").rebuild() as writer:
        for page in PAGES:
            writer.put(page)
    return create_app(data).test_client()


def assert_valid(text: str) -> None:
    HTMLParser(strict=True).parse(text)


def test_the_check_can_fail() -> None:
    for wrong in ("<p>no doctype", "<!doctype html><title>x</title><p></b>", '<!doctype html><title>x</title><p a=1 a=2>'):
        with pytest.raises(ParseError):
            assert_valid(wrong)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search",
        "/search?q=lamp",
        "/search?q=nowhere",
        "/search?q=nowhere+at+all&site=x&from=2018&hidden=1",
        f"/search?q=lamp&site={QUAY}&-site={DIKE}&published=2018&sort=oldest&match=any&size=20",
        "/search?q=lamp&size=1&page=3",
        "/search?q=lamp&page=900",
        "/search?q=%22lamp+(&autor=x&from=never",
        "/search?hidden=1&size=100",
        "/about",
        "/help",
        "/about/nothing",
        "/facet/site",
        "/facet/tag?q=lamp&within=l&order=name&hidden=1",
        "/facet/nothing",
        f"/why?{urlencode({'url': PAGES[0].url, 'q': 'lamp moth'})}",
        f"/why?{urlencode({'url': 'https://quay.example/never', 'q': 'lamp'})}",
        "/why",
        "/removed/nothing",
        "/nothing",
        "/page/nothing",
        f"/search?q={'x' * 24_000}",
        *(f"/search?{urlencode({'q': words, 'site': words, '-tag': words})}" for words in HOSTILE),
    ],
    ids=lambda path: path[:60],
)
def test_every_search_page_is_valid(client: FlaskClient, path: str) -> None:
    assert_valid(client.get(path).text)


def test_every_entry_page_is_valid(client: FlaskClient) -> None:
    with Ledger(Path(client.application.extensions["collection"].data)) as ledger:
        captures = [capture for page in PAGES for capture in ledger.captures(page.url)]
    assert len(captures) == 2 * len(PAGES)
    for page in PAGES:
        assert_valid(client.get(f"/page/{document_id(page.url)}").text)
    for capture in captures:
        answer = client.get(f"/page/{document_id(capture.url)}/capture/{capture.id}")
        assert answer.status_code == 200
        assert_valid(answer.text)
    for older, newer in itertools.pairwise(captures):
        assert_valid(client.get(f"/page/{document_id(newer.url)}/changes/{older.id}/{newer.id}").text)


def test_so_are_the_pages_behind_them(client: FlaskClient) -> None:
    """Other pages with a removed block, captures without content, the page as it was saved."""
    block = f"/removed/{block_mark(PAGES[0].body):016x}"
    empties = "/about/robots.example"
    saved = f"/page/{document_id(ROBOT.url)}"
    frame = re.search(r'<iframe src="([^"]+)"', client.get(saved).text)
    assert frame
    for place in (block, empties, frame[1]):
        answer = client.get(place)
        assert answer.status_code == 200, place
        assert_valid(answer.text)


def test_so_is_the_page_that_there_is_no_index(tmp_path: Path) -> None:
    assert_valid(create_app(tmp_path).test_client().get("/").text)
