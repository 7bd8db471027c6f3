"""Which headers does every answer carry, and what is refused at the door?

Invariant: every answer carries the headers below, whatever happened. Nothing is done for a visitor but read: there is
no cookie, no session and no address that changes anything, so there is nothing to forge.
"""

from flask import Flask, Response, abort, request

from web.arguments import MAX_QUERY

__all__ = ["FRAMING", "MAX_PATH", "SECURITY", "STRICT_TRANSPORT", "register"]

#: Scripts, styles and pictures of our own alone, nothing from elsewhere, nobody's frame. An answer that shows what is
#: not ours brings a stricter policy of its own, which is kept.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",  # what is shown is others' work; their own sites are to be found
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

#: The one page that shows a frame: the stored page, which comes under a policy of its own.
FRAMING = "pages.entry"

#: A browser that has met us over TLS asks no other way for a year (RFC 6797). For this host alone: others below it are
#: not ours to bind.
STRICT_TRANSPORT = "max-age=31536000"

#: Characters of a path; the longest of ours has some 60.
MAX_PATH = 4_000


def register(app: Flask) -> None:
    app.before_request(_bounded)
    app.after_request(_secured)


def _bounded() -> None:
    if len(request.query_string) > MAX_QUERY or len(request.path) > MAX_PATH:
        abort(414)


def _secured(response: Response) -> Response:
    brought = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  its iterator gives pairs
    for name, value in SECURITY.items():
        if name.lower() not in brought:
            response.headers.add(name, value)
    if request.endpoint == FRAMING:
        response.headers["Content-Security-Policy"] += "; frame-src 'self'"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return response
