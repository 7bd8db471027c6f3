"""The search for programs: the same answers as the page's, as JSON."""

from http import HTTPStatus
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_collection import DIKE, DOCUMENTS, FORUM, QUAY, filled, read

from search import Document
from search.document import FACETS, document_id
from web import create_app
from web.arguments import MAX_QUERY


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


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_next_leads_through_all_hits_once_and_ends(many: FlaskClient, sort: str) -> None:
    whole = [hit["id"] for hit in asked(many, f"q=tide&sort={sort}&size=100")["hits"]]
    found, path = [], f"/api/search?q=tide&sort={sort}&size=7"
    while path:
        page = many.get(path).json
        found += [hit["id"] for hit in page["hits"]]
        assert page["total"] == 45
        path = page["next"]
    assert found == whole
    assert page["page"] is None


def test_next_keeps_the_filters(many: FlaskClient) -> None:
    first = many.get("/api/search?q=tide&from=2001&to=2002&size=15").json
    rest = many.get(first["next"]).json
    assert (first["total"], len(rest["hits"]), rest["next"]) == (24, 9, None)
    assert {hit["published"][:4] for hit in rest["hits"]} <= {"2001", "2002"}


def test_next_leads_on_to_pages_with_most_of_the_words(tmp_path: Path) -> None:
    words = ("mast", "oil", "rope", "sail")
    pages = [Document("https://quay.example/all", "All", " ".join(words))]
    pages += [Document(f"https://quay.example/{n}", f"Most {n}", " ".join(words[:3])) for n in range(23)]
    client, path = filled(tmp_path, tuple(pages)), f"/api/search?q={'+'.join(words)}"
    found = []
    while path:
        page = client.get(path).json
        found += page["hits"]
        path = page["next"]
    assert [hit["widened"] for hit in found] == [False] + [True] * 23
    assert len({hit["id"] for hit in found}) == 24
    assert [row["url"] for row in client.get(f"/search.json?q={'+'.join(words)}").json] == [pages[0].url]


def test_a_cursor_of_an_index_that_has_changed_is_gone(tmp_path: Path) -> None:
    client = filled(tmp_path, DOCUMENTS)
    path = client.get("/api/search?q=lamp&size=2").json["next"]
    assert len(client.get(path).json["hits"]) == 2
    filled(tmp_path, DOCUMENTS)
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (410, "application/problem+json")
    assert "Leave cursor= out" in answer.json["detail"]


def test_a_cursor_of_another_query_is_refused(client: FlaskClient) -> None:
    path = client.get("/api/search?q=lamp&size=2").json["next"]
    answer = client.get(path.replace("lamp", "oil"))
    assert answer.status_code == 400
    assert "another query" in answer.json["detail"]


def test_on_a_page_a_cursor_does_nothing_and_that_is_said(client: FlaskClient) -> None:
    path = client.get("/api/search?q=lamp&size=2").json["next"].replace("/api", "")
    page = read(client, path)
    assert page.ol["start"] == "1"
    assert "cursor" not in str(page.body).replace(page.select_one(".note").text, "")
    assert "a cursor continues an answer of /api/search" in page.select_one(".note").text


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
        ("/search.nothing", 404, "There is no such page"),
        ("/api/search?cursor=nonsense", 400, "This cursor does not fit"),
    ],
)
def test_problems_are_told_as_problem_details(client: FlaskClient, path: str, status: int, title: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json == {
        "type": f"/api/openapi.json#/components/responses/{status}",
        "title": title,
        "status": status,
        "detail": answer.json["detail"],
        "commands": [],
    }
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
    assert answer.json["commands"] == [f"reindex FOLDER --data '{tmp_path}/my data'"]
