"""The JSON answers: the same search as the page's, for programs. `openapi.json` beside this file tells them all."""

from dataclasses import replace

from flask import Blueprint, Response, current_app, g, jsonify, request, url_for

from search.answer import Answer, answer, as_json
from search.completion import suggest
from web.address import Address
from web.arguments import read
from web.collection import collection

__all__ = ["answered", "api", "asked"]

api = Blueprint("api", __name__)


@api.get("/api/search")
def search() -> Response:
    address, notes = asked()
    found = _answered(replace(address, request=replace(address.request, after=address.after())), notes)
    body = as_json(found)
    if address.cursor:
        body["page"] = None
    follows = found.results.next
    body["next"] = f"{url_for('api.search')}?{address.following(follows).query}" if follows else None
    return jsonify(body)


@api.get("/api/suggest")
def completions() -> Response:
    """How the text `q` may go on, as browsers take it: [text, [whole texts]] (OpenSearch Suggestions 1.1)."""
    address, _ = asked()
    answered = jsonify([address.text, suggest(collection().engine, address.text)])
    answered.content_type = "application/x-suggestions+json"
    return answered


@api.get("/api/openapi.json")
def openapi() -> Response:
    with current_app.open_resource("openapi.json") as file:
        return Response(file.read(), content_type="application/json")


@api.get("/healthz")
def health() -> Response:
    """200 where searches can be answered; 503 with what to do where they cannot."""
    return jsonify(status="ok", pages=collection().size(), generation=collection().engine.generation())


def asked() -> tuple[Address, tuple[str, ...]]:
    """What the request's address asks, and what was mended in it; read once a request."""
    if "asked" not in g:
        g.asked = read(request.query_string.decode("utf-8", "replace"))
    found: tuple[Address, tuple[str, ...]] = g.asked
    return found


def answered() -> tuple[Address, Answer]:
    """What the address of a page asks, and its answer; what was mended in the address stands first in its notes."""
    address, notes = asked()
    if address.cursor:
        notes = (*notes, "a cursor continues an answer of /api/search and does nothing here")
        address = address.on_page(address.request.page)
    return address, _answered(address, notes)


def _answered(address: Address, notes: tuple[str, ...]) -> Answer:
    found = answer(collection().engine, address.text, address.request)
    return replace(found, notes=tuple(dict.fromkeys(notes + found.notes)))
