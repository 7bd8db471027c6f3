"""The API does what its document says: random requests by Schemathesis, and the document beside the code.

PAGESIFT_REQUESTS sets how many requests are made in all (`make soak`: 10,000).
"""

import os
import re
from pathlib import Path

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from small_collection import DOCUMENTS, filled
from test_web_security import DOCUMENTS as HOSTILE

import web
from search.document import FACETS, KINDS
from search.results import SORTS
from web.arguments import read

REQUESTS = int(os.environ.get("PAGESIFT_REQUESTS", "400"))
#: /api/openapi.json is what all this is made of.
PATHS = ("/api/search", "/api/suggest", "/search.json", "/search.csv", "/search.atom", "/opensearch.xml", "/healthz",
         "/metrics")  # fmt: skip
#: Of these, those that take something: requests can be as the document says, or not.
ASKED = PATHS[:5]
CASES = [(path, GenerationMode.POSITIVE) for path in PATHS] + [(path, GenerationMode.NEGATIVE) for path in ASKED]
#: Two checks want bad values refused and good ones taken. Here what cannot be meant is mended, and a cursor that nobody
#: was given is refused.
EXCLUDED = [negative_data_rejection, positive_data_acceptance]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return filled(tmp_path_factory.mktemp("api"), DOCUMENTS + HOSTILE)


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> dict:
    return client.get("/api/openapi.json").json


@pytest.mark.parametrize(("path", "mode"), CASES)
def test_every_request_is_answered_as_the_document_says(client: FlaskClient, path: str, mode: GenerationMode) -> None:
    operation = schemathesis.openapi.from_wsgi("/api/openapi.json", client.application)[path]["GET"]
    @settings(max_examples=-(-REQUESTS // len(ASKED) // 2) if path in ASKED else 3, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        case.call_and_validate(excluded_checks=EXCLUDED)

    before = answers(client)
    ask()
    assert answers(client) - before >= (REQUESTS // len(ASKED) // 2 if path in ASKED else 1)


def answers(client: FlaskClient) -> int:
    """How many requests were answered so far, by the server's own count."""
    counted = re.findall(r"^pagesift_http_requests_total\S+ (\d+)$", client.get("/metrics").text, re.MULTILINE)
    return sum(map(int, counted))


def test_the_document_tells_the_version_that_answers(document: dict) -> None:
    from importlib.metadata import version

    assert document["info"]["version"] == version("pagesift")


def test_every_address_for_programs_is_told(client: FlaskClient, document: dict) -> None:
    routes = {rule.rule for rule in client.application.url_map.iter_rules()}
    assert document["paths"].keys() == {
        rule for rule in routes if rule.startswith(("/api/", "/search.", "/healthz", "/metrics", "/opensearch"))
    }


def test_every_key_of_an_address_is_told_and_read(document: dict) -> None:
    told = {each["name"] for each in document["components"]["parameters"].values() if each["in"] == "query"}
    assert told == {"q", "from", "to", "sort", "match", "hidden", "page", "size", "cursor"} | {
        sign + facet for facet in FACETS for sign in ("", "-")
    }
    _, notes = read("&".join(f"{key}=" for key in told))
    assert notes == ()


def test_choices_are_those_of_the_code(document: dict) -> None:
    parameters, schemas = document["components"]["parameters"], document["components"]["schemas"]
    assert parameters["sort"]["schema"]["enum"] == list(SORTS)
    assert schemas["Hit"]["properties"]["kind"]["enum"] == list(KINDS)
    assert list(schemas["Answer"]["properties"]["facets"]["properties"]) == list(FACETS)


def assert_told(value: object, schema: dict, schemas: dict) -> None:
    """Every key of the value, at any depth, stands in the schema."""
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    match value:
        case dict():
            assert value.keys() == schema["properties"].keys()
            for key, inside in value.items():
                assert_told(inside, schema["properties"][key], schemas)
        case list():
            for inside in value:
                assert_told(inside, schema["items"], schemas)


def test_nothing_is_answered_that_is_not_told(client: FlaskClient, document: dict) -> None:
    schemas = document["components"]["schemas"]
    assert_told(client.get("/api/search?q=lamp&size=2").json, schemas["Answer"], schemas)
    assert_told(client.get("/search.json?q=lamp").json[0], schemas["Page"], schemas)
    assert_told(client.get("/api/nothing").json, schemas["Problem"], schemas)


def test_every_problem_leads_to_its_description(client: FlaskClient, document: dict) -> None:
    for path, status in (("/api/nothing", 404), ("/api/search?cursor=x", 400), ("/api/search?" + "x" * 30_000, 414)):
        address, _, place = client.get(path).json["type"].partition("#/components/responses/")
        assert (address, place) == ("/api/openapi.json", str(status))
        assert document["components"]["responses"][place]["description"]


def test_the_document_lies_in_the_package() -> None:
    assert (Path(web.__file__).parent / "openapi.json").is_file()
