"""What went wrong, and what is the reader to do? A page for people, problem details (RFC 9457) for programs.

Invariant: the `type` of problem details is the address of their description in the API's own document.
"""

import shlex
from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request, url_for

from search.errors import DamagedIndex, LedgerError, NoIndex, SearchError, StaleCursor
from web.address import BadCursor
from web.collection import collection
from web.context.parts import Problem, SearchBox

__all__ = ["problem", "register"]

#: What is said of a status where the program did not say it better.
WORDS = {
    404: ("There is no such page", "The address may have been mistyped, or the page may have been taken out."),
    405: ("This address cannot be used like that", "Pages here are read with GET; nothing can be sent to them."),
    414: ("This address is too long", "A shorter query, or fewer filters, will do."),
    500: ("Something went wrong on our side", "The error stands in the server's log. Another query may work."),
    503: ("There are too many at once", "Others are being served with whole lists of hits: try again in a minute."),
}

#: The beginnings of addresses that programs ask.
FOR_PROGRAMS = ("/api/", "/healthz", "/metrics", "/opensearch.xml", "/search.")


def register(app: Flask) -> None:
    for status in WORDS:
        app.register_error_handler(status, _failed)
    app.register_error_handler(SearchError, _unavailable)
    app.register_error_handler(StaleCursor, _stale)
    app.register_error_handler(BadCursor, _unfit)


def problem(found: Problem) -> Response:
    """The answer that tells it: HTML, or JSON where programs ask."""
    if request.path.startswith(FOR_PROGRAMS):
        response = jsonify(
            type=f"{url_for('api.openapi')}#/components/responses/{int(found.status)}",
            title=found.heading,
            status=found.status,
            detail=found.text,
            commands=found.commands,
        )
        response.content_type = "application/problem+json"
    else:
        response = make_response(render_template("problem.html", page=found))
    response.status_code = found.status
    return response


def _failed(error: Exception) -> Response:
    status = int(getattr(error, "code", None) or 500)
    heading, text = WORDS[status]
    response = problem(Problem(status, heading, text, SearchBox()))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "60"
    return response


def _unfit(error: Exception) -> Response:
    text = f"{error}: follow `next` of an answer as it stands, or leave cursor= out to begin at the first hit."
    return problem(Problem(HTTPStatus.BAD_REQUEST, "This cursor does not fit", text))


def _stale(_: Exception) -> Response:
    text = "Leave cursor= out to begin at the first hit: pages may have come, gone or moved since the cursor was made."
    return problem(Problem(HTTPStatus.GONE, "The index has changed since this cursor was made", text))


def _unavailable(error: Exception) -> Response:
    """The index or the ledger is missing or broken: for the time being."""
    data = shlex.quote(str(collection().data))
    rebuild, check = f"reindex --rebuild --data {data}", f"pagesift check --data {data}"
    commands: tuple[str, ...]
    match error:
        case NoIndex():
            heading, commands = "There is nothing to search yet", (f"reindex FOLDER --data {data}",)
            text = "FOLDER is where your pages lie. This page finds them as soon as that has run."
        case DamagedIndex():
            heading, commands = "The index is damaged", (rebuild, check)
            text = "The pages are safe in the ledger: the first command makes a new index, the second tells the damage."
        case LedgerError():
            heading, text, commands = "The ledger cannot be read", f"{error}.", (check,)
        case _:
            heading, text, commands = "The search engine does not answer", str(error), ()
    if not isinstance(error, NoIndex):
        current_app.logger.error("%s", error)
    return problem(Problem(HTTPStatus.SERVICE_UNAVAILABLE, heading, text, SearchBox(), commands))
