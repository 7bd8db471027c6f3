"""Scripts of other sites read nothing, unless their site is named."""

from pathlib import Path

import pytest
from small_collection import DOCUMENTS, filled

from web import create_app

FRIEND, STRANGER = "https://friend.example", "https://stranger.example"
READABLE = ("/api/search?q=lamp", "/api/suggest?q=la", "/search.csv", "/search.json", "/search.atom", "/api/nothing")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shared")
    filled(folder, DOCUMENTS)
    return folder


def shared_with(data: Path, origins: tuple[str, ...], path: str, origin: str) -> str | None:
    answer = create_app(data, origins=origins).test_client().get(path, headers={"Origin": origin})
    return answer.headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize("path", READABLE)
def test_nobody_reads_unless_named(data: Path, path: str) -> None:
    assert shared_with(data, (), path, FRIEND) is None
    assert shared_with(data, (FRIEND,), path, STRANGER) is None
    assert shared_with(data, (FRIEND,), path, FRIEND) == FRIEND
    assert shared_with(data, ("*",), path, STRANGER) == "*"


@pytest.mark.parametrize("path", ["/", "/search?q=lamp", "/page/x", "/healthz", "/metrics", "/static/pagesift.css"])
def test_pages_are_read_by_nobody(data: Path, path: str) -> None:
    assert shared_with(data, ("*",), path, FRIEND) is None


def test_answers_to_several_origins_are_kept_apart(data: Path) -> None:
    client = create_app(data, origins=(FRIEND, "https://other.example")).test_client()
    for origin in ({"Origin": FRIEND}, {}):
        answer = client.get("/api/search", headers=origin)
        assert "Origin" in answer.vary
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert client.get("/api/search", headers={"Origin": FRIEND}).headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_browser_may_ask_whether_its_copy_is_still_right(data: Path) -> None:
    client = create_app(data, origins=(FRIEND,)).test_client()
    asked = {"Origin": FRIEND, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    answer = client.options("/api/search", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match"
    assert "POST" not in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
