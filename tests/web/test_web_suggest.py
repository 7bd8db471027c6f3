"""Completions and corrections by HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search import Document, open_engine
from web import create_app


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    engine = open_engine(f"whoosh:{tmp_path}/index")
    with engine.rebuild() as writer:
        writer.put(Document("https://x.example/1", "The harbour lantern", "A lamp over a harbour.", language="en"))
    engine.close()
    yield create_app(tmp_path).test_client()


def test_completions_are_what_browsers_take(client: FlaskClient) -> None:
    answered = client.get("/api/suggest?q=harb")
    assert answered.content_type == "application/x-suggestions+json"
    assert answered.get_json(force=True) == ["harb", ["harbour", "The harbour lantern"]]
    assert client.get("/api/suggest").get_json(force=True) == ["", []]
    assert client.get("/api/suggest?q=" + "x" * 200_000).status_code == 414


def test_the_answer_offers_what_was_meant_and_explains_its_scores(client: FlaskClient) -> None:
    assert client.get("/api/search?q=harbuor").get_json()["did_you_mean"] == "harbour"
    found = client.get("/api/search?q=harbour+moth").get_json()
    assert (found["total"], found["widened"], found["did_you_mean"]) == (0, 1, None)
    (hit,) = found["hits"]
    assert hit["widened"] is True
    assert [(part["text"], part["title"], part["body"]) for part in hit["explain"]] == [("harbour", 1, 1)]
    assert sum(part["score"] for part in hit["explain"]) == pytest.approx(hit["score"])
