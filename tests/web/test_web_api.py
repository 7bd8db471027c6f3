"""The search for programs: the same answers as the page's, as JSON."""

from http import HTTPStatus
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_collection import DIKE, FORUM, QUAY

from search.document import FACETS, document_id
from web import create_app
from web.address import MAX_QUERY


def asked(client: FlaskClient, query: str) -> dict:
    answer = client.get(f"/api/search?{query}")
    assert answer.status_code == HTTPStatus.OK
    assert answer.content_type == "application/json"
    return answer.json


def test_an_answer_tells_hits_facets_and_how_it_was_read(client: FlaskClient) -> None:
    found = asked(client, "q=lamp+thursday")
    assert {key: found[key] for key in ("total", "hidden", "page", "size")} == {
        "total": 1, "hidden": 0, "page": 1, "size": 10,
    }  # fmt: skip
    hit, *wider = found["hits"]
    assert [each["widened"] for each in wider] == [True] * found["widened"]
    assert {part["text"] for part in hit.pop("explain")} == {"lamp", "thursday"}
    url = f"https://{QUAY}/coast/dark"
    assert hit.pop("score") > 0
    snippet, highlights = hit.pop("snippet"), hit.pop("highlights")
    assert snippet == "The keeper lit the lamp for the last time on Thursday. He gave the key to nobody."
    assert [snippet[start:end] for start, end in highlights] == ["lamp", "Thursday"]
    assert hit == {
        "id": document_id(url),
        "url": url,
        "also_at": [],
        "title": "The lamp of Marrow Head goes dark",
        "site": QUAY,
        "section": "Coast",
        "authors": ["Ada Pike"],
        "language": "en",
        "tags": ["lamps", "farewells"],
        "kind": "article",
        "published": "2018-02-22",
        "fetched": None,
        "widened": False,
    }
    assert found["query"] == {
        "text": "lamp thursday",
        "read_as": "all of: lamp, thursday",
        "notes": ["only one page holds all of these words; those that follow hold most of them"],
    }
    assert list(found["facets"]) == list(FACETS)
    assert found["generation"]


def test_facets_tell_what_is_selected_and_what_is_left_out(client: FlaskClient) -> None:
    sites = asked(client, f"q=lamp&site={DIKE}&-site={FORUM}")["facets"]["site"]
    assert {each["value"]: (each["count"], each["selected"], each["excluded"]) for each in sites} == {
        QUAY: (3, False, False),
        DIKE: (1, True, False),
        FORUM: (0, False, True),
    }


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("", 7),
        ("q=lamp", 6),
        ("q=lamp&hidden=1", 8),
        (f"q=lamp&site={QUAY}&site={DIKE}", 4),
        (f"q=lamp&-site={QUAY}", 3),
        ("q=lamp&published=2018", 2),
        ("q=lamp&published=2018-03&published=2020", 2),
        ("q=lamp&published=", 1),
        ("q=lamp&from=2018-03&to=2019", 3),
        ("q=lamp+hemp", 0),
        ("q=lamp+hemp&match=any", 7),
        ("q=the", 6),
    ],
)
def test_filters_mean_what_they_mean_on_the_page(client: FlaskClient, query: str, total: int) -> None:
    assert asked(client, query)["total"] == total


def test_pages_follow_one_another_without_gap_or_repetition(many: FlaskClient) -> None:
    pages = [asked(many, f"q=tide&size=20&page={page}")["hits"] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [20, 20, 5, 0]
    assert len({hit["id"] for page in pages for hit in page}) == 45


@pytest.mark.parametrize(("sort", "first"), [("newest", "2003-09-01"), ("oldest", "2000-01-01")])
def test_the_order_can_be_asked_for(many: FlaskClient, sort: str, first: str) -> None:
    assert asked(many, f"q=tide&sort={sort}")["hits"][0]["published"] == first


def test_what_was_mended_in_address_and_query_is_noted(client: FlaskClient) -> None:
    notes = asked(client, "q=%22lamp&size=0")["query"]["notes"]
    assert notes == ["size: “0” is no number from 1; 10 is used", "an open quote was closed at the end"]


def test_letters_of_all_scripts_stand_as_they_are(client: FlaskClient) -> None:
    assert "weiß" in client.get("/api/search?q=niemand").text


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        (f"/api/search?q={'x' * MAX_QUERY}", 414, "This address is too long"),
        ("/api/nothing", 404, "There is no such page"),
    ],
)
def test_problems_are_told_as_problem_details(client: FlaskClient, path: str, status: int, title: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json == {"type": "about:blank", "title": title, "status": status, "detail": answer.json["detail"]}
    assert answer.json["detail"]


def test_nothing_can_be_sent_to_it(client: FlaskClient) -> None:
    answer = client.post("/api/search", data="q=lamp")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_health_is_told(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == HTTPStatus.OK
    assert answer.json["status"] == "ok"
    assert answer.json["pages"] == 7
    assert answer.json["generation"]


@pytest.mark.parametrize("path", ["/healthz", "/api/search?q=lamp"])
def test_without_an_index_there_is_no_health_and_the_remedy_is_told(tmp_path: Path, path: str) -> None:
    answer = create_app(tmp_path / "my data").test_client().get(path)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.json["title"] == "There is nothing to search yet"
    assert f"Run: reindex FOLDER --data '{tmp_path}/my data'" in answer.json["detail"]
