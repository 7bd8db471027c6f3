"""The JSON answers: the same search as the page's, for programs."""

from dataclasses import replace

from flask import Blueprint, Response, abort, jsonify, request

from search.answer import Answer, answer, as_json
from search.spelling import suggest
from web.address import MAX_QUERY, Address, read
from web.collection import collection

__all__ = ["answered", "api"]

api = Blueprint("api", __name__)


@api.get("/api/search")
def search() -> Response:
    _, found = answered()
    return jsonify(as_json(found))


@api.get("/api/suggest")
def completions() -> Response:
    """How the text `q` may go on, as browsers take it: [text, [whole texts]] (OpenSearch suggestions 1.0)."""
    address = _address()[0]
    answered = jsonify([address.text, suggest(collection().engine, address.text)])
    answered.content_type = "application/x-suggestions+json"
    return answered


@api.get("/healthz")
def health() -> Response:
    """200 where searches can be answered; 503 with what to do where they cannot."""
    return jsonify(status="ok", pages=collection().size(), generation=collection().engine.generation())


def answered() -> tuple[Address, Answer]:
    """What the request's address asks, and its answer; what was mended in the address stands first in its notes."""
    address, notes = _address()
    found = answer(collection().engine, address.text, address.request)
    return address, replace(found, notes=tuple(dict.fromkeys(notes + found.notes)))


def _address() -> tuple[Address, tuple[str, ...]]:
    if len(request.query_string) > MAX_QUERY:
        abort(414)
    return read(request.query_string.decode("utf-8", "replace"))
