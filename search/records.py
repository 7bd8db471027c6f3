"""What the ledger holds, as plain values, and how they are written down.

Invariant: what is written is read back equal. An article is one compressed JSON object that begins with its document.
"""

import contextlib
import datetime as dt
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from search import survey
from search.document import HIDDEN_KINDS, Document
from search.errors import LedgerError

__all__ = [
    "Capture", "Change", "Composed", "Entry", "Packed", "Print", "Source", "as_day", "as_time", "document_in",
    "from_blob", "packed", "stamp", "state_of", "to_blob",
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
class Packed:
    """A capture as the ledger writes it: `article` is what `to_blob` made of its entry, `marks` name the blocks that
    were removed, `original` are the page's bytes, compressed. None where there is none."""

    capture: Capture
    article: bytes | None
    marks: tuple[int, ...]
    original: bytes | None


@dataclass(frozen=True, slots=True)
class Composed:
    """What its site's template made of a url: the captures whose entry changed, and by its number what each capture
    that results may show is compared by."""

    url: str
    changed: tuple[Packed, ...]
    prints: Mapping[int, "Print"]


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


def packed(capture: Capture, entry: Entry | None, body: bytes | None) -> Packed:
    """A capture with what cleaning made of it and its bytes: all that is costly to make of them for the ledger."""
    return Packed(
        capture,
        to_blob(entry) if entry is not None else None,
        tuple(survey.marks(text for _, text in entry.removed)) if entry is not None else (),
        zlib.compress(body) if body is not None else None,
    )


def to_blob(entry: Entry) -> bytes:
    document = {name: getattr(entry.document, name) for name in _DOCUMENT}
    record = {"document": document} | {name: getattr(entry, name) for name in _ENTRY if name != "document"}
    return zlib.compress(json.dumps(record, default=_plain, ensure_ascii=False).encode())


_DOCUMENT = tuple(field.name for field in fields(Document))
_ENTRY = tuple(field.name for field in fields(Entry))


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a plain value")


def from_blob(blob: bytes) -> Entry:
    """LedgerError where it is not what `to_blob` wrote."""
    with _damage():
        record = json.loads(zlib.decompress(blob))
        removed = tuple((reason, text) for reason, text in record["removed"])
        return Entry(**record | {"document": _document(record["document"]), "removed": removed})


def document_in(blob: bytes) -> Document:
    """The document of an entry alone: in a third of the time. LedgerError where it is not what `to_blob` wrote."""
    with _damage():
        text = zlib.decompress(blob).decode()
        if not text.startswith(_BEGIN):
            raise ValueError("no document")
        return _document(_DECODER.raw_decode(text, len(_BEGIN))[0])


_BEGIN = '{"document": '
_DECODER = json.JSONDecoder()


@contextlib.contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, zlib.error) as error:
        raise LedgerError("an article in the ledger is damaged: `reindex --rebuild` cleans its page again") from error


def _document(record: dict[str, Any]) -> Document:
    lists = {name: tuple(record[name]) for name in ("authors", "tags", "also_at")}
    return Document(
        **record | lists | {"published": as_day(record["published"]), "fetched": as_time(record["fetched"])}
    )


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
