"""WARC and ARC files, also gzipped or zipped into a WACZ: the pages that a crawler kept.

warcio reads the headers of a record; where records begin and end, and how transfer and content encodings are undone, is
told here, so that memory is bounded and a broken record costs only itself.
"""

import logging
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecordLoader

from indexer.errors import SourceError
from indexer.page import MAX_PAGE, Page
from indexer.sources.file import TOO_LARGE, File, Stream, Tally, is_html, web_address, when
from indexer.sources.members import BrokenRecord, Ended, Members

logging.getLogger("warcio").addHandler(logging.NullHandler())  # what it warns of is told in our words

__all__ = ["is_warc", "read_wacz", "read_warc"]

BROKEN = "broken WARC record"
PAGES = {"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/plain"}
UNSAID = {"", "application/octet-stream", "application/unknown", "unknown/unknown", "application/x-unknown", "no-type"}


def is_warc(head: bytes) -> bool:
    return head.startswith((b"WARC/1.", b"WARC/0.1", b"filedesc://"))


def read_warc(file: File, tally: Tally) -> Iterator[Page]:
    """The pages of the file. SourceError, with the offset, where it ends in the middle of a record."""
    with file.open(inflate=False) as stream:
        yield from _read(stream, file, "", tally)


def read_wacz(file: File, tally: Tally) -> Iterator[Page]:
    """The pages of all WARC files in a WACZ (WACZ 1.1.1: `archive/*.warc[.gz]`)."""
    broken = []
    try:
        with file.open(inflate=False) as stream, zipfile.ZipFile(stream) as archive:
            names = sorted(name for name in archive.namelist() if re.match(r"archive/.+\.w?arc(\.gz)?$", name, re.I))
            if not names:
                tally.skip("WACZ without WARC files")
            for name in names:
                with archive.open(name) as member:
                    try:
                        yield from _read(member, file, f"{name} ", tally)
                    except SourceError as error:
                        broken.append(str(error))
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError) as error:
        raise SourceError(f"{file.path} is a broken WACZ: {error}") from error
    if broken:
        raise SourceError("; ".join(broken[:3]))


def _read(stream: Stream | IO[bytes], file: File, within: str, tally: Tally) -> Iterator[Page]:
    members, seen = Members(stream), set[int]()
    while True:
        try:
            if not members.next_record():
                return
            record = _parse(members)
            page = _page(record, file, f"{within}offset {members.offset}", tally, seen)
            members.end_record(record.left)
        except (BrokenRecord, Ended) as broken:
            place = f"{within}offset {members.offset}"
            try:
                more = members.resync()
            except Ended as end:
                why = broken if isinstance(broken, Ended) else end
                raise SourceError(f"{file.path} {why} ({place})") from end
            if isinstance(broken, Ended) and not more:
                raise SourceError(f"{file.path} {broken} ({place})") from broken
            yield file.refused(BROKEN, place)
            if not more:
                return
        else:
            if page is not None:
                yield page


@dataclass(frozen=True, slots=True)
class _Record:
    """What warcio read of a record; its payload is yet to be read from `stream`, which ends with the record."""

    kind: str
    url: str
    date: str
    digest: str
    content_type: str
    status: int | None
    coding: str
    chunked: bool
    stream: Any

    @property
    def left(self) -> int:
        return int(self.stream.limit)


_LENGTH = re.compile(r"[0-9]{1,18}")


class _Loader(ArcWarcRecordLoader):  # type: ignore[misc]  # warcio has no types
    def _ensure_target_uri_format(self, rec_headers: Any) -> str:
        """warcio fails on a response without an address; with an empty one it does not."""
        return super()._ensure_target_uri_format(rec_headers) or ""


def _parse(members: Members) -> _Record:
    try:
        loaded = _Loader(verify_http=False, arc2warc=True).parse_record_stream(members)
        headers, http = loaded.rec_headers, loaded.http_headers
        if not _LENGTH.fullmatch(headers.get_header("Content-Length") or ""):
            raise BrokenRecord
        said = http or headers
        return _Record(
            kind=headers.get_header("WARC-Type") or "",
            url=headers.get_header("WARC-Target-URI") or "",
            date=headers.get_header("WARC-Date") or "",
            digest=headers.get_header("WARC-Payload-Digest") or "",
            content_type=said.get_header("Content-Type") or "",
            status=_status(http.get_statuscode()) if http else None,
            coding=(http.get_header("Content-Encoding") or "").lower() if http else "",
            chunked=http is not None and "chunked" in (http.get_header("Transfer-Encoding") or "").lower(),
            stream=loaded.raw_stream,
        )
    except (BrokenRecord, Ended):
        raise
    except Exception as error:  # on damaged headers warcio raises errors of its own, AttributeError and others
        raise BrokenRecord from error


def _status(code: str) -> int | None:
    return int(code) if re.fullmatch("[1-5][0-9][0-9]", code) else None


_PAGE_KINDS = {"response", "resource", "conversion", "revisit"}
_OTHER_KINDS = {"warcinfo", "request", "metadata", "continuation"}


def _page(record: _Record, file: File, place: str, tally: Tally, seen: set[int]) -> Page | None:
    """The page of a record, or None for what is none: counted by its reason."""
    if record.kind in _PAGE_KINDS and not record.url:
        return file.refused("record without a web address", place)
    if reason := _no_page(record):
        tally.skip(reason)
        return None
    if record.kind == "revisit":
        if record.status == 304 or hash(record.digest) in seen:
            tally.skip("revisit of a page that was read")
            return None
        body, refusal = b"", "revisit without its original"
    else:
        body, refusal = _payload(record)
        if not refusal and _mime(record.content_type) in UNSAID and not is_html(body[:4_096]):
            tally.skip("not a page (no type said)")
            return None
        if record.digest:
            seen.add(hash(record.digest))
    return Page(
        url=web_address(record.url) or "",
        body=b"" if refusal else body,
        source=file.path,
        place=place,
        content_type=record.content_type if _mime(record.content_type) in PAGES else None,
        fetched=when(record.date) or file.fetched,
        status=record.status,
        refusal=refusal or None,
    )


def _no_page(record: _Record) -> str:
    """Why a record is no page, "" where it may be one."""
    mime = _mime(record.content_type)
    if record.kind not in _PAGE_KINDS:
        return f"WARC {record.kind} record" if record.kind in _OTHER_KINDS else "WARC record of unknown type"
    if (address := web_address(record.url)) is None:
        scheme = _SCHEME.match(record.url)
        return f"not a web address ({scheme[0] if scheme else 'no scheme'})"
    if record.status is not None and 300 <= record.status < 400 and record.status != 304:
        return "HTTP redirect"
    if mime not in PAGES | UNSAID:
        return f"not a page ({mime})"
    if urlsplit(address).path == "/robots.txt":
        return "robots.txt"
    return ""


_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,19}:", re.IGNORECASE)
_MIME = re.compile(r"\s*([a-z0-9][a-z0-9!#$&^_.+-]{0,40}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60})\s*(?:;|$)", re.IGNORECASE)


def _mime(content_type: str) -> str:
    """`type/subtype` in lower case; "" for what is none, such as `text` or `*/*`."""
    found = _MIME.match(content_type)
    return found[1].lower() if found else ""


def _payload(record: _Record) -> tuple[bytes, str]:
    """(payload with its encodings undone, why it cannot be given or "")."""
    parts, size = [], 0
    while record.left and size <= MAX_PAGE:
        part = record.stream.read(65_536)
        parts.append(part)
        size += len(part)
    body = b"".join(parts)
    if size > MAX_PAGE:
        return b"", TOO_LARGE
    if record.chunked:
        body = _unchunked(body)
    for coding in reversed([coding.strip() for coding in record.coding.split(",")][:3]):
        if coding in ("gzip", "x-gzip", "deflate"):
            inflated = _inflated(body)
            if inflated is None:
                return b"", "broken content encoding"
            body = inflated
        elif coding in ("br", "zstd", "compress", "x-compress") and not is_html(body[:4_096]):
            return b"", f"content encoding {coding} is not known here"
    return (b"", TOO_LARGE) if len(body) > MAX_PAGE else (body, "")


_CHUNK = re.compile(rb"[ \t]{0,9}([0-9a-fA-F]{1,8})[ \t]{0,9}(?:;[^\r\n]{0,999})?\r?\n")


def _unchunked(body: bytes) -> bytes:
    """Without the chunk lengths (RFC 9112, 7.1); as it is where it has none, as some tools write it."""
    parts: list[bytes] = []
    at = 0
    while found := _CHUNK.match(body, at):
        length = int(found[1], 16)
        if length == 0:
            return b"".join(parts)
        parts.append(body[found.end() : found.end() + length])
        at = found.end() + length
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
    return b"".join([*parts, body[at:]])


def _inflated(body: bytes) -> bytes | None:
    """gzip or either kind of deflate undone, up to one byte more than a page may have; HTML is left as it is."""
    if body.startswith(b"\x1f\x8b"):
        ways = [31]
    elif is_html(body[:4_096]) or not body:
        return body
    else:
        ways = [15, -15]
    for way in ways:
        try:
            return zlib.decompressobj(way).decompress(body, MAX_PAGE + 1)
        except zlib.error:
            continue
    return None
