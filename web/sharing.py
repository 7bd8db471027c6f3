"""Which other sites' scripts may read the answers for programs in a visitor's browser? None, unless they are named."""

from collections.abc import Callable

from flask import Flask, Response, request

__all__ = ["register"]

#: The addresses that are meant for programs; nobody else's script ever reads the pages.
SHARED = ("/api/", "/search.", "/opensearch.xml")


def register(app: Flask, origins: tuple[str, ...]) -> None:
    """`origins` as a browser names them (https://site.example), or * for every site."""
    if origins:
        app.after_request(_sharing(frozenset(origins)))


def _sharing(origins: frozenset[str]) -> Callable[[Response], Response]:
    def shared(response: Response) -> Response:
        if not request.path.startswith(SHARED):
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin", "")
        if origin in origins or "*" in origins:
            response.headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else origin
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
            response.headers["Access-Control-Expose-Headers"] = "ETag"
            response.headers["Access-Control-Max-Age"] = "600"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return shared
