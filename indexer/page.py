"""A page as it was scraped: bytes, and all that is known of where they came from."""

import datetime as dt
from dataclasses import dataclass

__all__ = ["MAX_PAGE", "Page"]

#: Bytes of one page that are read; a larger one is refused by name.
MAX_PAGE = 20_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """One capture of one url.

    `body` is the payload with transfer and content encodings undone. `source` is the file it lies in (absolute
    path), `place` where in the file ("" for the whole, "line 7", "offset 1234"). `status` is the HTTP status
    where one was recorded. `title` and `published` are what the source itself says (a feed's columns).
    `refusal` is set by a source that saw a page it cannot give: the reason; the body is then empty.
    """

    url: str
    body: bytes
    source: str
    place: str = ""
    content_type: str | None = None
    fetched: dt.datetime | None = None
    status: int | None = None
    title: str | None = None
    published: dt.date | None = None
    refusal: str | None = None
