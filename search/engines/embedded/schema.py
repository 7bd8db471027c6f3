"""Document -> the fields of the Whoosh index. Pure: a document is converted whole before the writer sees any of it.

`title` and `body` hold stems with positions, ranked; `words` (of both) and `title_words` the folded words as they are
written, for patterns; `at_*` what `field:` in a query finds; `f_*` columns of facet values; `document` the whole of it.
"""

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from whoosh import columns, fields

from search.analysis import fold, term, tokens
from search.document import Document, facet_values

__all__ = [
    "FACET_COLUMNS", "GAP", "SCHEMA", "SEPARATOR", "day_number", "read_document", "site_names", "to_fields", "words_of",
]  # fmt: skip

#: Stands between two values of one field, so that no phrase reaches across.
GAP = "\x1e"
#: Joins the values of a facet in its column.
SEPARATOR = "\x1f"

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


def to_fields(document: Document) -> dict[str, Any]:
    """What `add_document` takes. `title` and `body` come analysed by the document's language."""
    record = asdict(document)
    for name in ("published", "fetched"):
        record[name] = record[name].isoformat() if record[name] is not None else None
    words = {"title": [t.text for t in tokens(document.title)], "body": [t.text for t in tokens(document.body)]}
    given: dict[str, Any] = {
        "id": document.id,
        "words": sorted({fold(word) for text in words.values() for word in text}),
        "title_words": sorted({fold(word) for word in words["title"]}),
        "at_site": site_names(document.site),
        "at_language": [document.language] if document.language else [],
        "at_kind": [document.kind],
        "at_section": words_of(document.section),
        "at_author": [word for author in document.authors for word in (*words_of(author), GAP)],
        "at_tag": [word for tag in document.tags for word in (*words_of(tag), GAP)],
        "day": day_number(document.published),
        "document": json.dumps(record, ensure_ascii=False),
    }
    for name, text in words.items():
        given[name] = [term(word, document.language) for word in text]
    for name in FACET_COLUMNS:
        values = dict.fromkeys(value.replace(SEPARATOR, " ") for value in facet_values(document, name))
        given[f"f_{name}"] = SEPARATOR.join(values).encode()
    return {name: value for name, value in given.items() if value not in ([], b"")}


def read_document(stored: str) -> Document:
    record = json.loads(stored)
    for name in ("authors", "tags", "also_at"):
        record[name] = tuple(record[name])
    if record["published"] is not None:
        record["published"] = dt.date.fromisoformat(record["published"])
    if record["fetched"] is not None:
        record["fetched"] = dt.datetime.fromisoformat(record["fetched"])
    return Document(**record)


def words_of(text: str) -> list[str]:
    """The folded words of a facet value, by which `field:` finds it."""
    return [fold(token.text) for token in tokens(text)]


def site_names(site: str) -> list[str]:
    """A host and all that it lies below: `news.example.org` is found by `example.org` too."""
    parts = site.lower().split(".")
    return [".".join(parts[at:]) for at in range(max(1, len(parts) - 1))] if site else []


def day_number(day: dt.date | None) -> int:
    """Days since the year 1, 0 for no date."""
    return day.toordinal() if day is not None else 0
