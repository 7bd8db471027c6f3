"""Document -> the fields of the Whoosh index. Pure: a document is converted whole before the writer keeps any of it.

`title` and `body` hold stems with positions, ranked; `words` (of both) and `title_words` the folded words as they are
written, for patterns; `at_*` what `field:` in a query finds; `f_*` columns of facet values; `document` the whole of it.
"""

import datetime as dt
import functools
from typing import Any

from whoosh import columns, fields

from search.analysis import fold, tokens
from search.document import Document, facet_values
from search.engines.embedded.segment import SEPARATOR

__all__ = [
    "FACET_COLUMNS", "GAP", "SCHEMA", "column_of", "columns_of", "day_number", "read_document", "record_of",
    "site_names", "words_at", "words_in", "words_of",
]  # fmt: skip

#: Stands between two values of one field, so that no phrase reaches across.
GAP = "\x1e"

#: Facets kept as columns of values; `published` is a column of day numbers.
FACET_COLUMNS = ("site", "section", "author", "language", "tag", "kind")

SCHEMA = fields.Schema(
    id=fields.ID(unique=True, sortable=columns.VarBytesColumn()),
    title=fields.TEXT(phrase=True),
    body=fields.TEXT(phrase=True),
    words=fields.KEYWORD(scorable=False),
    title_words=fields.KEYWORD(scorable=False),
    at_site=fields.ID(),
    at_language=fields.ID(),
    at_kind=fields.ID(),
    at_section=fields.TEXT(phrase=True),
    at_author=fields.TEXT(phrase=True),
    at_tag=fields.TEXT(phrase=True),
    day=fields.NUMERIC(int, sortable=True, default=0, signed=False),
    document=fields.STORED(),
    **{f"f_{name}": fields.COLUMN(columns.RefBytesColumn()) for name in FACET_COLUMNS},
)


def record_of(document: Document) -> dict[str, Any]:
    """The whole document in values that JSON holds."""
    return {
        "url": document.url,
        "title": document.title,
        "body": document.body,
        "site": document.site,
        "section": document.section,
        "authors": document.authors,
        "also_at": document.also_at,
        "language": document.language,
        "tags": document.tags,
        "kind": document.kind,
        "published": document.published.isoformat() if document.published is not None else None,
        "fetched": document.fetched.isoformat() if document.fetched is not None else None,
    }


def words_in(document: Document) -> dict[str, list[str]]:
    """By the name of each `at_` field, the words by which `field:` finds the document."""
    found = {f"at_{name}": words_at(name, facet_values(document, name)) for name in FACET_COLUMNS}
    return {name: words for name, words in found.items() if words}


def words_at(facet: str, values: tuple[str, ...]) -> list[str]:
    """The words by which `facet:` finds a document with these values."""
    match facet:
        case "site":
            return [name for value in values for name in site_names(value)]
        case "language" | "kind":
            return list(values)
        case "section":
            return [word for value in values for word in words_of(value)]
        case _:
            return [word for value in values for word in (*words_of(value), GAP)]


def columns_of(document: Document) -> dict[str, bytes]:
    """The values of each facet in one string."""
    return {f"f_{name}": column_of(facet_values(document, name)) for name in FACET_COLUMNS}


def column_of(values: tuple[str, ...]) -> bytes:
    return SEPARATOR.join(dict.fromkeys(value.encode().replace(SEPARATOR, b" ") for value in values))


def read_document(record: dict[str, Any]) -> Document:
    for name in ("authors", "tags", "also_at"):
        record[name] = tuple(record[name])
    if record["published"] is not None:
        record["published"] = dt.date.fromisoformat(record["published"])
    if record["fetched"] is not None:
        record["fetched"] = dt.datetime.fromisoformat(record["fetched"])
    return Document(**record)


@functools.lru_cache(10_000)
def words_of(text: str) -> list[str]:
    """The folded words of a facet value, by which `field:` finds it."""
    return [fold(token.text) for token in tokens(text)]


@functools.lru_cache(10_000)
def site_names(site: str) -> list[str]:
    """A host and all that it lies below: `news.example.org` is found by `example.org` too."""
    parts = site.lower().split(".")
    return [".".join(parts[at:]) for at in range(max(1, len(parts) - 1))] if site else []


def day_number(day: dt.date | None) -> int:
    """Days since the year 1, 0 for no date."""
    return day.toordinal() if day is not None else 0
