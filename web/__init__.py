"""The search page and its API: knows HTTP, asks an engine, reads the ledger. It knows nothing of the indexer."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]


def create_app(data: Path, engine: str | None = None, origins: tuple[str, ...] = ()) -> "Flask":
    """The WSGI application over a data folder; `engine` is an engine address, by default the index in the folder.

    Scripts of `origins` may read the API. BadAddress where `engine` names none. A folder or an index that is not there
    yet is no error: each request looks anew.
    """
    from web import api, feeds, freshness, metrics, problems, security, sharing, views  # heavy: they import Flask, and
    from web.application import Application  # `pagesift --help`, whose module lies in this package, does without
    from web.collection import Collection

    app = Application(__name__)
    app.url_map.merge_slashes = False  # no address redirects, so none can be made to lead elsewhere
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["collection"] = Collection.opened(data, engine)
    app.register_blueprint(views.pages)
    app.register_blueprint(api.api)
    app.register_blueprint(feeds.feeds)
    metrics.register(app)
    security.register(app)
    problems.register(app)
    freshness.register(app)
    sharing.register(app, origins)
    return app
