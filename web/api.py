"""The JSON answers: the same search as the page's, for programs."""

from dataclasses import replace

from flask import Blueprint, Response, abort, jsonify, request

from search.answer import Answer, answer, as_json
from web.address import MAX_QUERY, Address, read
from web.collection import collection

__all__ = ["answered", "api"]

api = Blueprint("api", __name__)


@api.get("/api/search")
def search() -> Response:
    _, found = answered()
    return jsonify(as_json(found))


@api.get("/healthz")
def health() -> Response:
    """200 where searches can be answered; 503 with what to do where they cannot."""
    return jsonify(status="ok", pages=collection().size(), generation=collection().engine.generation())


def answered() -> tuple[Address, Answer]:
    """What the request's address asks, and its answer; what was mended in the address stands first in its notes."""
    if len(request.query_string) > MAX_QUERY:
        abort(414)
    address, notes = read(request.query_string.decode("utf-8", "replace"))
    found = answer(collection().engine, address.text, address.request)
    return address, replace(found, notes=tuple(dict.fromkeys(notes + found.notes)))
