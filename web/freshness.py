"""Answers that need not be made anew: the same address over the same state of the index is answered alike.

Invariant: an answer is tagged by the state of the index as it was before the answer was made. So a commit in between
makes a tag too old, which costs one request, and never one too new, which would keep a stale answer alive.
"""

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for

from web.collection import collection

__all__ = ["register"]

#: The answers that follow from address and index alone.
TAGGED = frozenset({
    "api.search", "api.completions", "feeds.atom", "feeds.comma_separated", "feeds.whole_json",
})  # fmt: skip


#: What a browser keeps for good (RFC 9111, RFC 8246): a file whose address holds a mark of its contents.
KEPT = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    app.before_request(_unchanged)
    app.after_request(_tagged)
    app.add_template_global(static_href)


def static_href(name: str) -> str:
    """The address of one of our stylesheets, scripts or pictures: another one where the file is another."""
    return url_for("static", filename=name, v=_mark(current_app.static_folder or "", name))


@lru_cache(maxsize=32)
def _mark(folder: str, name: str) -> str:
    """Of a file as it was when it was first asked for; templates, too, are read once."""
    return hashlib.blake2b(Path(folder, name).read_bytes(), digest_size=6).hexdigest()


def _unchanged() -> Response | None:
    """304 without a search where the client holds this very answer."""
    if request.endpoint not in TAGGED:
        return None
    generation = collection().engine.generation()
    if not generation:
        return None
    made_of = "\n".join((_version(), generation, request.url))
    g.tag = hashlib.blake2b(made_of.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    held = request.if_none_match
    # `*` names no answer: whether there is one at all is known only when it has been made
    return Response(status=304) if held.contains_weak(g.tag) and not held.star_tag else None


@lru_cache
def _version() -> str:
    """It is parsed out of a file of 10 KB, which takes .8 ms."""
    return version("pagesift")


def _tagged(response: Response) -> Response:
    """Answers of the index are kept and asked after each time; others are made anew."""
    tag = g.get("tag")
    if tag is not None and response.status_code in (200, 304):
        response.set_etag(tag)
        response.headers["Cache-Control"] = "no-cache"
    elif request.endpoint == "static" and _is_marked(response):
        response.headers["Cache-Control"] = KEPT
    else:
        response.headers.setdefault("Cache-Control", "no-cache" if response.mimetype == "text/html" else "no-store")
    return response


def _is_marked(response: Response) -> bool:
    given = request.args.get("v")
    found = given is not None and response.status_code in (200, 304)
    return found and given == _mark(current_app.static_folder or "", (request.view_args or {})["filename"])
