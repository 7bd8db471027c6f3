"""Answers that need not be made anew: the same address over the same state of the index is answered alike.

Invariant: an answer is tagged by the state of the index as it was before the answer was made. So a commit in between
makes a tag too old, which costs one request, and never one too new, which would keep a stale answer alive.
"""

import hashlib
from importlib.metadata import version

from flask import Flask, Response, g, request

from web.collection import collection

__all__ = ["register"]

#: The answers that follow from address and index alone.
TAGGED = frozenset({
    "api.search", "api.completions", "feeds.atom", "feeds.comma_separated", "feeds.whole_json",
})  # fmt: skip


def register(app: Flask) -> None:
    app.before_request(_unchanged)
    app.after_request(_tagged)


def _unchanged() -> Response | None:
    """304 without a search where the client holds this very answer."""
    if request.endpoint not in TAGGED:
        return None
    generation = collection().engine.generation()
    if not generation:
        return None
    made_of = "\n".join((version("pagesift"), generation, request.url))
    g.tag = hashlib.blake2b(made_of.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    held = request.if_none_match
    # `*` names no answer: whether there is one at all is known only when it has been made
    return Response(status=304) if held.contains_weak(g.tag) and not held.star_tag else None


def _tagged(response: Response) -> Response:
    """Answers of the index are kept and asked after each time; others are made anew."""
    tag = g.get("tag")
    if tag is not None and response.status_code in (200, 304):
        response.set_etag(tag)
        response.headers["Cache-Control"] = "no-cache"
    else:
        response.headers.setdefault("Cache-Control", "no-cache" if response.mimetype == "text/html" else "no-store")
    return response
