"""Whatever a page says of itself is shown as text: nothing of it becomes markup, and no link leads where it should not."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from small_collection import read

from search import Document, open_engine
from search.document import document_id
from search.ledger import Ledger
from search.records import Capture, Entry
from web import create_app
from web.arguments import MAX_QUERY
from web.security import MAX_PATH, SECURITY, STRICT_TRANSPORT

HOSTILE = (
    "<script>document.title='pwned'</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></style><svg onload=alert(1)>",
    "{{ 7*191 }}{% raw %}",
    "<!--<base href=//evil.example>-->",
    "\u202egnp.exe\u202c&lt;b&gt;",
    "javascript:alert(1)",
)

URLS = (
    "javascript:alert(1)//lamp",
    "JaVaScRiPt:alert(2)",
    "data:text/html,<script>alert(3)</script>",
    "vbscript:alert(4)",
    "file:///etc/passwd",
    "//evil.example/",
    "https://",
    "http://\x01evil.example/",
    "https://quay.example/\"><script>alert(5)</script>",
    "https://quay.example/' onclick='alert(6)",
    "http:\\\\evil.example",
    " javascript:alert(7)",
    "https://[::1",
)  # fmt: skip


def hostile(url: str, words: str) -> Document:
    return Document(url, f"lamp {words}", f"lamp {words}\n\n{words}", site=words, section=words, authors=(words, "Ada"),
                    language=words, tags=(words,))  # fmt: skip


DOCUMENTS = (
    *(hostile(f"https://quay.example/{number}", words) for number, words in enumerate(HOSTILE)),
    *(hostile(url, "plain") for url in URLS),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    data = tmp_path_factory.mktemp("hostile")
    batch = []
    for number, document in enumerate(DOCUMENTS):
        words = document.site
        entry = Entry(document, words, words, words, ((f"reason {words}", f"removed {words}"),))
        batch.append((Capture(document.url, f"heap/{words}", f"{number:032}", reason=words), entry, None))
        refused = Capture(document.url, f"old/{words}", f"{number:032}", title=words, state="refused", reason=words)
        batch.append((refused, None, None))
    with Ledger(data, create=True) as ledger:
        ledger.write(ledger.start_run(), batch)
    engine = open_engine(f"whoosh:{data / 'index'}")
    with engine.rebuild() as writer:
        for document in DOCUMENTS:
            writer.put(document)
    return create_app(data).test_client()


TAGS = {
    "html", "head", "meta", "title", "link", "body", "a", "header", "img", "span", "form", "input", "button", "div",
    "details", "summary", "nav", "section", "h1", "h2", "ul", "ol", "li", "bdi", "p", "label", "main", "q", "mark",
    "svg", "rect", "article", "aside", "dl", "dt", "dd", "time", "code", "footer", "iframe", "script",
}  # fmt: skip


def assert_harmless(page: BeautifulSoup) -> None:
    """Only our own elements, no handler, and links to ourselves or to web pages."""
    assert {tag.name for tag in page.find_all()} <= TAGS
    assert [tag for tag in page.find_all() if any(name.startswith("on") or name == "style" for name in tag.attrs)] == []
    assert [img["src"].partition("?")[0] for img in page.select("img")] == ["/static/favicon.svg"]
    for part in page.select("iframe, script"):
        assert re.match(r"/page/\w{16}/capture/\d+/stored$|/static/\w+\.js\?v=\w+$", part["src"])
        assert not part.get_text()
    for a in page.select("a"):
        assert re.match(r"/(?!/)|#|https?://quay\.example/", a["href"]), a
    for form in page.select("form"):
        assert form["action"] in ("/search", "/search#published")


def paths() -> list[str]:
    tries = [{"q": words} for words in (*HOSTILE, *URLS)]
    tries += [
        {key: words} for words in HOSTILE for key in ("site", "-tag", "author", "published", "from", "sort", words)
    ]
    return [
        "/search?q=lamp&size=100",
        "/search?q=plain&size=100&hidden=1",
        *(f"/search?{urlencode(each)}" for each in tries),
    ]


def test_no_search_page_holds_anything_but_our_own_elements(client: FlaskClient) -> None:
    for path in paths():
        assert_harmless(read(client, path))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.url + document.site)
def test_no_entry_page_holds_anything_but_our_own_elements(client: FlaskClient, document: Document) -> None:
    page = read(client, f"/page/{document_id(document.url)}")
    assert_harmless(page)
    assert document.title in page.get_text()
    assert f"removed {document.site}" in page.get_text()
    for capture in page.select(".captures a"):
        assert_harmless(read(client, capture["href"]))


def test_hostile_texts_are_shown_word_for_word(client: FlaskClient) -> None:
    page = read(client, "/search?q=lamp&size=100")
    titles = {" ".join(tag.get_text().split()) for tag in page.select(".results h2")}
    assert {" ".join(document.title.split()) for document in DOCUMENTS} <= titles
    sites = {tag.get_text() for tag in read(client, "/facet/site").select(".facet bdi")}
    assert set(HOSTILE) <= sites


def test_a_value_that_is_hostile_can_still_be_chosen(client: FlaskClient) -> None:
    for number, words in enumerate(HOSTILE):
        page = read(client, f"/search?{urlencode({'tag': words})}")
        assert [a["href"] for a in page.select(".results h2 a")] == [f"https://quay.example/{number}"]
        assert words in page.select_one(".chips").get_text()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/search?q=lamp", 200),
        ("/api/search?q=lamp", 200),
        ("/healthz", 200),
        ("/search.atom?q=lamp", 200),
        ("/search.csv?q=lamp", 200),
        ("/search.json?q=lamp", 200),
        ("/opensearch.xml", 200),
        ("/favicon.ico", 200),
        ("/metrics", 200),
        ("/api/suggest?q=la", 200),
        ("/api/search?cursor=x", 400),
        ("/static/pagesift.css", 200),
        ("/static/nothing", 404),
        ("/nothing", 404),
        ("/api/nothing", 404),
        ("/page", 404),
        (f"/?{'x' * (MAX_QUERY + 1)}", 414),
        (f"/{'x' * MAX_PATH}", 414),
        (f"/api/{'x' * MAX_PATH}", 414),
    ],
)
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    framing = "; frame-src 'self'" if path.startswith("/page/") else ""  # of the stored page
    assert answer.headers["Content-Security-Policy"] == SECURITY["Content-Security-Policy"] + framing
    assert SECURITY.keys() <= dict(answer.headers).keys()


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "HEAD", "TRACE"])
def test_so_do_answers_to_other_methods(client: FlaskClient, method: str) -> None:
    assert SECURITY.items() <= dict(client.open("/search", method=method).headers).items()


def test_so_do_answers_where_there_is_no_index(tmp_path: Path) -> None:
    assert SECURITY.items() <= dict(create_app(tmp_path).test_client().get("/").headers).items()


def test_an_entry_page_alone_may_hold_a_frame_of_our_own(client: FlaskClient) -> None:
    policy = client.get(f"/page/{document_id(DOCUMENTS[0].url)}").headers["Content-Security-Policy"]
    assert policy == SECURITY["Content-Security-Policy"] + "; frame-src 'self'"


def test_over_tls_a_browser_is_told_to_stay_there(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    told = client.get("/", base_url="https://pages.example").headers["Strict-Transport-Security"]
    assert told == STRICT_TRANSPORT


@pytest.mark.parametrize("header", ["X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example", "Forwarded: proto=https"])
def test_nobody_is_believed_to_be_a_proxy(client: FlaskClient, header: str) -> None:
    answer = client.get("/search.atom", headers=[tuple(header.split(": "))])
    assert "Strict-Transport-Security" not in answer.headers
    assert "evil" not in answer.text.partition("<entry")[0]
    assert "https://localhost" not in answer.text


def test_the_policy_lets_nothing_run_inline_and_nothing_come_from_elsewhere() -> None:
    policy = dict(rule.split(" ", 1) for rule in SECURITY["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "frame-src" not in policy
    assert {source for sources in policy.values() for source in sources.split()} == {"'none'", "'self'"}


def test_templates_hold_no_script_no_style_and_nothing_marked_safe() -> None:
    for template in Path(create_app(Path("none")).jinja_loader.searchpath[0]).glob("*.html"):
        text = template.read_text("utf-8")
        assert not re.search(r"<script(?! src=\"{{ static_href)|<style|\sstyle=|\son\w+=|\|\s*safe|autoescape", text), template.name


@pytest.mark.parametrize("path", ["/page//x", "/.//evil.example/", "/search/", "/page/x/"])
def test_no_address_redirects(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 404


def test_nothing_that_is_read_changes_anything(client: FlaskClient) -> None:
    rules = list(client.application.url_map.iter_rules())
    assert {method for rule in rules for method in rule.methods or ()} == {"GET", "HEAD", "OPTIONS"}
    data = client.application.extensions["collection"].data
    before = {file: file.read_bytes() for file in data.rglob("*") if file.is_file() and "sqlite-" not in file.name}
    for path in (*paths(), *(rule.rule for rule in rules if not rule.arguments)):
        client.get(path).get_data()
    assert {file: file.read_bytes() for file in before} == before


def test_no_cookie_is_set(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/search?q=lamp").headers
