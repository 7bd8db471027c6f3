"""What has not changed is not searched again, and what has is never held back."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from small_collection import DOCUMENTS, filled

from web.freshness import KEPT, static_href

PATHS = ("/api/search?q=lamp", "/api/suggest?q=la", "/search.atom?q=lamp", "/search.csv?q=lamp", "/search.json?q=lamp")


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[FlaskClient, list[object]]:
    """A client, and what its engine was asked."""
    client = filled(tmp_path, DOCUMENTS)
    kind, searches = client.application.extensions["collection"].engine.__class__, []
    for name in ("search", "every", "suggestions"):
        plain = getattr(kind, name)
        monkeypatch.setattr(kind, name, lambda engine, *asked, plain=plain: (
            searches.append(asked), plain(engine, *asked))[1])  # fmt: skip
    return client, searches


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_that_is_still_right_is_not_searched_again(counted: tuple[FlaskClient, list[object]], path: str) -> None:
    client, searches = counted
    first = client.get(path)
    assert first.headers["Cache-Control"] == "no-cache"
    made = len(searches)
    assert made
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Security-Policy" in again.headers
    for weak in (f'W/{first.headers["ETag"]}', f'"x", {first.headers["ETag"]}'):
        assert client.get(path, headers={"If-None-Match": weak}).status_code == 304
    assert len(searches) == made


@pytest.mark.parametrize("path", PATHS)
def test_a_commit_makes_every_answer_anew(tmp_path: Path, path: str) -> None:
    client = filled(tmp_path, DOCUMENTS)
    tag = client.get(path).headers["ETag"]
    with client.application.extensions["collection"].engine.writer() as writer:
        writer.delete(DOCUMENTS[0].url)
    again = client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.headers["ETag"] != tag


def test_every_address_has_its_own_tag(client: FlaskClient) -> None:
    tags = [client.get(path).headers["ETag"] for path in (*PATHS, "/api/search?q=moth", "/search.atom?q=lamp&size=2")]
    tags.append(client.get(PATHS[2], base_url="https://other.example").headers["ETag"])  # a feed names its host
    assert len(set(tags)) == len(tags)


def test_an_answer_is_tagged_by_the_index_before_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = filled(tmp_path, DOCUMENTS)
    engine = client.application.extensions["collection"].engine
    before = client.get(PATHS[0]).headers["ETag"]
    search = type(engine).search

    def overtaken(self: object, request: object) -> object:
        found = search(self, request)
        with engine.writer() as writer:
            writer.delete(DOCUMENTS[0].url)
        return found

    monkeypatch.setattr(type(engine), "search", overtaken)
    assert client.get(PATHS[0]).headers["ETag"] == before
    monkeypatch.undo()
    assert client.get(PATHS[0], headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/healthz", "no-store"), ("/metrics", "no-store"), ("/api/search?cursor=x", "no-store"), ("/", "no-cache"),
     ("/nothing", "no-cache"), ("/static/pagesift.css", "no-cache")],
)  # fmt: skip
def test_what_is_not_of_the_index_alone_is_asked_for_each_time(client: FlaskClient, path: str, kept: str) -> None:
    answer = client.get(path, headers={"If-None-Match": "*"} if "static" not in path else {})
    assert answer.status_code != 304
    assert answer.headers["Cache-Control"] == kept


def test_a_file_of_ours_is_kept_for_good_under_the_address_of_its_contents(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/").text, "lxml")
    addresses = [tag.get("href") or tag.get("src") for tag in page.select("link[rel=stylesheet], link[rel=icon], script, img")]
    assert len(addresses) == 4
    for address in addresses:
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == KEPT
        plain = address.partition("?")[0]
        for other in (plain, f"{plain}?v=0", f"{plain}?v="):
            assert client.get(other).headers["Cache-Control"] == "no-cache"
    assert "immutable" not in client.get("/static/nothing?v=1").headers.get("Cache-Control", "")


def test_another_file_has_another_address(tmp_path: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with client.application.test_request_context("/"):
        addresses = []
        for name in "ab":
            (tmp_path / name).mkdir()
            (tmp_path / name / "x.css").write_text(f"{name} {{}}")
            monkeypatch.setattr(client.application, "static_folder", str(tmp_path / name))
            addresses.append(static_href("x.css"))
    assert addresses[0] != addresses[1]
