"""What the ledger holds, as plain values, and how they are written down.

Invariant: what is written is read back equal.
"""

import datetime as dt
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from search.document import HIDDEN_KINDS, Document
from search.errors import LedgerError

__all__ = [
    "Capture", "Change", "Entry", "Print", "Source", "as_day", "as_time", "from_blob", "stamp", "state_of", "to_blob",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Capture:
    """One url as it was scraped once: `file` and `place` say where it lies, `state` what became of it.

    `state` is `kept`, `hidden` (of a kind that results leave out) or `refused`; `reason` says why. `digest` is 32
    hexadecimal digits over the bytes. `cleaner` names the rules it was cleaned by. `fetched` is UTC.
    """

    url: str
    file: str
    digest: str
    place: str = ""
    fetched: dt.datetime | None = None
    content_type: str | None = None
    status: int | None = None
    title: str | None = None
    published: dt.date | None = None
    state: str = "kept"
    reason: str = ""
    cleaner: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """What cleaning made of a capture: the document, its evidence, and all that was taken away.

    `removed` holds (reason, text) in page order. `outline` is the page's head and all its blocks with their labels, as
    the indexer wrote them (plain JSON values): enough to apply a rule or a template again without parsing.
    """

    document: Document
    title_by: str = ""
    published_by: str | None = None
    kind_reason: str = ""
    removed: tuple[tuple[str, str], ...] = ()
    outline: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An engine should hold this document under this url, or (None) nothing."""

    number: int
    url: str
    document: Document | None


@dataclass(frozen=True, slots=True)
class Print:
    """What a page is compared by. `exact` names its words (32 hexadecimal digits; "" for what is never compared),
    `simhash` nearly does (16 digits), `words` counts them, `title` is bare, `canonical` the address it gives itself.
    """

    url: str
    exact: str = ""
    simhash: str = "0" * 16
    words: int = 0
    title: str = ""
    published: dt.date | None = None
    canonical: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A place that was read: `fields` are its `--map` overrides, `whole` whether its last reading reached the end."""

    path: str
    fields: Mapping[str, str]
    read: dt.datetime | None
    whole: bool


def to_blob(entry: Entry) -> bytes:
    document = {field.name: getattr(entry.document, field.name) for field in fields(Document)}
    record = {field.name: getattr(entry, field.name) for field in fields(Entry)} | {"document": document}
    return zlib.compress(json.dumps(record, default=_plain, ensure_ascii=False).encode())


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a plain value")


def from_blob(blob: bytes) -> Entry:
    """LedgerError where it is not what `to_blob` wrote."""
    try:
        return _entry(json.loads(zlib.decompress(blob)))
    except (ValueError, TypeError, KeyError, zlib.error) as error:
        raise LedgerError("an article in the ledger is damaged: `reindex --rebuild` cleans its page again") from error


def _entry(record: dict[str, Any]) -> Entry:
    plain = record["document"]
    document = Document(**plain)
    document = replace(
        document,
        authors=tuple(document.authors),
        tags=tuple(document.tags),
        also_at=tuple(document.also_at),
        published=as_day(plain["published"]),
        fetched=as_time(plain["fetched"]),
    )
    removed = tuple((reason, text) for reason, text in record["removed"])
    return Entry(**record | {"document": document, "removed": removed})


def stamp(value: dt.date | None) -> str | None:
    """UTC times to the microsecond in one width, so that text order is time order; days as they are."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return value.isoformat() if value is not None else None


def as_time(value: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if value else None


def as_day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def state_of(kind: str) -> str:
    """`kept` or `hidden`, by the kind of page."""
    return "hidden" if kind in HIDDEN_KINDS else "kept"
