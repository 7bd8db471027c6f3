"""The small collections, each made once."""

import datetime as dt

import pytest
from flask.testing import FlaskClient
from small_collection import DOCUMENTS, QUAY, Look, filled, read

from search import Document


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return filled(tmp_path_factory.mktemp("lamps"), DOCUMENTS)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """45 pages, one a month from January 2000, with a tag of their own each."""
    documents = tuple(
        Document(f"https://{QUAY}/{n}", f"Tide table {n}", "High water at noon.", QUAY, tags=(f"tag{n:02}",),
                 published=dt.date(2000 + n // 12, n % 12 + 1, 1))
        for n in range(45)
    )  # fmt: skip
    return filled(tmp_path_factory.mktemp("many"), documents)


@pytest.fixture(scope="session")
def look(client: FlaskClient) -> Look:
    """A page of the small collection, read."""
    return lambda path: read(client, path)
