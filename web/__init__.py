"""The search page and its API: knows HTTP, asks an engine, reads the ledger. It knows nothing of the indexer.

Invariant: every answer carries the security headers below, whatever happened.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask, Response

__all__ = ["create_app"]

#: Our own script and style, nothing from elsewhere, nobody's frame; an answer may carry a policy of its own.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(data: Path, engine: str | None = None) -> "Flask":
    """The WSGI application over a data folder; `engine` is an engine address, by default the index in the folder.

    BadAddress where that names no engine. A folder or an index that is not there yet is no error: each request looks
    anew.
    """
    from flask import Flask  # heavy; `pagesift --help`, whose module lies in this package, does without

    from web import api, problems, views
    from web.collection import Collection

    app = Flask(__name__)
    app.url_map.merge_slashes = False  # no address redirects, so none can be made to lead elsewhere
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["collection"] = Collection.opened(data, engine)
    app.register_blueprint(views.pages)
    app.register_blueprint(api.api)
    problems.register(app)
    app.after_request(_secured)
    return app


def _secured(response: "Response") -> "Response":
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    return response
