"""One file of a source: opened with gzip undone, never read whole; and the tally of what was met on the way."""

import contextlib
import datetime as dt
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from indexer.errors import SourceError
from indexer.page import MAX_PAGE, Page

__all__ = ["TOO_LARGE", "File", "Stream", "Tally", "is_html", "utf8", "web_address", "when"]

TOO_LARGE = f"larger than {MAX_PAGE // 1_000_000} MB"
#: Both have `read1`, which gives what is there before it complains of what is not.
Stream = io.BufferedReader | gzip.GzipFile

HEAD = 4_096  # bytes a file is recognised by
REASONS = 100  # distinct reasons for skipping: the words in them come from the files


@dataclass(slots=True)
class Tally:
    """What the person is told of a source: files and records skipped, by reason, and how it was read."""

    fields: Mapping[str, str] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def skip(self, reason: str) -> None:
        known = reason in self.skipped or len(self.skipped) < REASONS
        self.skipped[reason if known else "of many other kinds"] += 1


@dataclass(slots=True)
class File:
    """A regular file by its absolute path; `suffix` is the one before `.gz`, lower-cased, "" where there is none."""

    path: str
    size: int
    mtime: float
    raw: io.BufferedReader | None = None

    @property
    def name(self) -> str:
        return Path(self.path).name

    @property
    def stem(self) -> str:
        """The path without `.gz`."""
        return self.path[:-3] if self.path.lower().endswith(".gz") else self.path

    @property
    def suffix(self) -> str:
        return Path(self.stem).suffix.lower()

    @property
    def url(self) -> str:
        """The `file:` address; bytes that are no UTF-8 are percent-encoded like any other."""
        return Path(self.path).as_uri()

    @property
    def fetched(self) -> dt.datetime | None:
        return when(self.mtime)

    @property
    def done_bytes(self) -> int:
        """How much of the file was read: all of it once it is closed."""
        if self.raw is None:
            return 0
        return self.size if self.raw.closed else min(self.raw.tell(), self.size)

    @contextlib.contextmanager
    def open(self, *, inflate: bool = True) -> Iterator[Stream]:
        """The file as a stream; gzip is undone where the first bytes say so. What the file system or gzip complain of
        inside the `with` becomes a SourceError with the path."""
        try:
            with Path(self.path).open("rb") as self.raw:
                zipped = inflate and self.raw.read(3) == b"\x1f\x8b\x08"
                self.raw.seek(0)
                if zipped:
                    with gzip.GzipFile(fileobj=self.raw) as stream:
                        yield stream
                else:
                    yield self.raw
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            how = "ends in the middle of" if isinstance(error, EOFError) else "holds damaged"
            raise SourceError(f"{self.path} {how} gzip data") from error
        except OSError as error:
            raise SourceError(f"{self.path} cannot be read: {error.strerror or error}") from error

    def head(self) -> bytes:
        """The first bytes, gzip undone."""
        with self.open() as stream:
            return stream.read(HEAD)

    def refused(self, reason: str, place: str = "") -> Page:
        """A page that cannot be given; its address is the file's, with the place."""
        url = f"{self.url}#{place.replace(' ', '-')}" if place else self.url
        return Page(url, b"", self.path, place, fetched=self.fetched, refusal=reason)


def is_html(head: bytes) -> bool:
    """Whether first bytes are those of an HTML page, by the tags a browser goes by (WHATWG MIME Sniffing 7.1)."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")
    head = _BEFORE_HTML.sub(b"", head, count=1)
    while head.startswith(b"<!--"):
        _, end, after = head.partition(b"-->")
        if not end:
            return False
        head = after.lstrip()
    return _HTML.match(head) is not None


def when(stamp: float | str) -> dt.datetime | None:
    """The instant of seconds since 1970 or of an ISO date and time, in UTC; None where it is none."""
    try:
        if isinstance(stamp, str):
            at = dt.datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", stamp.strip()[:64]))
            return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
        return dt.datetime.fromtimestamp(stamp, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def web_address(text: str) -> str | None:
    """The text as an http(s) address that may be shown and linked; None where it is none.

    What stands raw in it is percent-encoded, host and scheme are lower-cased; a password goes, and a fragment that
    does not name a page of its own (`#!page`, `#/page`).
    """
    found = _ADDRESS.match(text.strip())
    if found is None or len(text) > 8_192:
        return None
    scheme, host, rest = found.groups()
    encoded = _RAW.sub(lambda char: "".join(f"%{byte:02X}" for byte in _bytes(char[0])), rest)
    slash = "" if encoded.startswith("/") else "/"
    address = f"{scheme.lower()}://{utf8(host.lower()).decode()}{slash}{encoded}"
    try:
        return address if urlsplit(address).port != 0 else None
    except ValueError:  # a port that is no number, brackets without an IPv6 address
        return None


def _bytes(char: str) -> bytes:
    """As the file system had it, where it stands for a byte that is no UTF-8."""
    return char.encode("utf-8", "surrogateescape") if "\udc80" <= char <= "\udcff" else utf8(char)


def utf8(text: str) -> bytes:
    """The text in UTF-8, with U+FFFD for halves of surrogate pairs, which JSON may hold."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode()


_SURROGATE = re.compile("[\ud800-\udfff]")
_BEFORE_HTML = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s{0,1000}(?:<\?xml[^<>]{0,200}\?>\s{0,100})?")
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script|iframe|h1|div|font|table|a|style|b|br|p)[\s>/]",
    re.IGNORECASE,
)
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+")  # nanoseconds, as some WARC writers have them
_ADDRESS = re.compile(
    r"(https?)://(?:[^\s/?#@]{0,255}@)?([\w.:\[\]~-]{1,255})(?=[/?#]|$)([^#]*(?:#[!/].*)?)", re.IGNORECASE
)
_RAW = re.compile(r"[^A-Za-z0-9_!$&'()*+,./:;=?@~%#\[\]-]|%(?![0-9A-Fa-f]{2})")
