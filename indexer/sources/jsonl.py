"""Feeds: JSON Lines, JSON arrays, and arrays appended to each other, as Scrapy writes them.

Invariant: read as a stream; a broken record is a refused page and costs only itself.
"""

import base64
import binascii
import codecs
import contextlib
import datetime as dt
import email.utils
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from indexer.errors import SourceError
from indexer.page import MAX_PAGE, Page
from indexer.sources.file import TOO_LARGE, File, Stream, Tally, is_html, utf8, web_address, when

__all__ = ["may_be_feed", "read_feed"]

LOOK = 20  # records from which the fields are guessed
MAX_RECORD = 4 * MAX_PAGE  # bytes: JSON may write a two-byte letter with six
MAX_DEPTH = 200
MAX_VALUES = 1_000_000
CHUNK = 262_144

#: Our names and what feeds call them, the likelier first; case and `_` or `-` do not count.
NAMES = {
    "url": "url pageurl link canonicalurl responseurl sourceurl requesturl finalurl weburl permalink loc address uri"
    " href targeturi source",
    "html": "html rawhtml pagehtml bodyhtml htmlbody fullhtml htmlcontent contenthtml responsebody responsetext body"
    " rawbody content rawcontent response raw page source document",
    "text": "text articlebody articletext bodytext fulltext plaintext maintext contenttext article content body",
    "title": "title headline pagetitle articletitle name",
    "published": "published publishedat datepublished publisheddate publishdate pubdate publicationdate dateposted"
    " postdate posted date articledate datetime createdat timestamp time",
    "fetched": "fetched fetchedat scraped scrapedat crawled crawledat crawltime crawldate scrapetime scrapedate"
    " retrieved retrievedat downloaded downloadtime",
    "status": "status statuscode httpstatus responsestatus",
}
_ALIASES = {"date": "published"}

#: Our name -> the feed's fields for it, the one to try first in front.
_Fields = Mapping[str, list[str]]


def may_be_feed(file: File, head: bytes, tally: Tally) -> bool:
    """Whether what looks like JSON (`package.json` does too) begins with records that have an address and a text."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n[").startswith(b"{"):
        return False
    with file.open() as stream:
        records = _records(_chunks(stream, MAX_RECORD), file)
        try:
            found = _dicts(list(itertools.islice(records, LOOK)))
        except SourceError:  # one record up to the end of what was looked at
            return False
    fields = _guess(found)
    named = any(tally.fields.get("url", "") in record for record in found)
    return bool((named or "url" in fields) and ("html" in fields or "text" in fields))


def read_feed(file: File, tally: Tally) -> Iterator[Page]:
    """A page for each record. SourceError where no field holds addresses, or one named by the person is not there."""
    with file.open() as stream:
        records = _records(_chunks(stream), file)
        firsts: list[_Record] = []
        try:
            firsts.extend(itertools.islice(records, LOOK))
        finally:  # whatever breaks, the records before it count
            fields = _fields(_dicts(firsts), file, tally)
            yield from (_page(record, fields, file) for record in firsts)
        yield from (_page(record, fields, file) for record in records)
    if not firsts:
        tally.skip("feed without records")


@dataclass(frozen=True, slots=True)
class _Record:
    """A record's fields, or in words why there are none."""

    place: str
    value: dict[str, Any] | str


def _dicts(records: list[_Record]) -> list[dict[str, Any]]:
    return [record.value for record in records if isinstance(record.value, dict)]


def _chunks(stream: Stream, limit: int | None = None) -> Iterator[bytes]:
    """The stream in UTF-8, also where a shell's `>` made UTF-16 of it."""
    decoder, read = None, 0
    while (limit is None or read < limit) and (chunk := stream.read1(CHUNK)):
        if not read and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            decoder = codecs.getincrementaldecoder("utf-16")("replace")
        read += len(chunk)
        yield utf8(decoder.decode(chunk)) if decoder else chunk


_STRING = re.compile(rb'[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+')
_TOKEN = re.compile(rb'["{}\[\],\n]')
_BETWEEN = re.compile(rb"[\s,\[\]\x1e]*+(?:\xef\xbb\xbf)?[\s,\[\]\x1e]*+")


def _records(chunks: Iterator[bytes], file: File) -> Iterator[_Record]:
    """The objects of all arrays and lines. SourceError where the file ends within one.

    A line end within a string, or a line that begins with `{` within a record, shows that the record before is broken.
    """
    scan = _Scan()
    for chunk in chunks:
        yield from scan.feed(chunk)
    if scan.depth:
        raise SourceError(f"{file.path} ends in the middle of a record ({scan.place})")


class _Scan:
    """Finds where records begin and end, without parsing them: memory is bounded by MAX_RECORD whatever comes."""

    def __init__(self) -> None:
        self.depth = 0
        self.place = ""
        self._rest = b""
        self._in_string = self._in_junk = self._lost = False
        self._line, self._on_line = 1, 0
        self._parts: list[bytes] = []
        self._size = self._values = 0
        self._refusal = ""

    def feed(self, chunk: bytes) -> Iterator[_Record]:
        data = self._rest + chunk
        at = begin = 0  # `begin`: from here on the bytes of the open record are not yet kept
        while at < len(data):
            if self._in_junk:
                end = data.find(b"\n", at)
                at = len(data) if end < 0 else end
                self._in_junk = end < 0
            elif self.depth == 0:
                end = _BETWEEN.match(data, at).end()  # type: ignore[union-attr]  # matches the empty string too
                self._count_lines(data, at, end)
                at = begin = end
                if data[at : at + 1] == b"{":
                    self._begin()
                    at += 1
                elif at < len(data):
                    if not self._lost:
                        self._begin()
                        yield self._end("broken JSON")
                    self._in_junk = self._lost = True
            elif self._in_string:
                at = _STRING.match(data, at).end()  # type: ignore[union-attr]
                stop = data[at : at + 1]
                if stop == b'"':
                    self._in_string = False
                    at += 1
                elif stop == b"\n" or data[at + 1 : at + 2] == b"\n":
                    yield self._end("broken JSON")
                    at = data.index(b"\n", at)
                    self._lost = True
                else:
                    break  # the string, or an escape in it, goes on in the next chunk
            else:
                found = _TOKEN.search(data, at)
                if found is None:
                    at = len(data)
                    break
                token = found[0]
                at = found.end()
                if token == b"\n":
                    if at == len(data):  # what the next line begins with is yet to come
                        at -= 1
                        break
                    if data[at : at + 1] == b"{" or data[at : at + 2] in (b",{", b"[{"):
                        yield self._end("broken JSON")
                    self._line, self._on_line = self._line + 1, 0
                    continue
                self._values += 1
                if token == b'"':
                    self._in_string = True
                elif token != b",":
                    self.depth += 1 if token in b"{[" else -1
                    if self.depth > MAX_DEPTH:
                        self._refusal = "nested too deeply"
                    elif self.depth == 0:
                        self._keep(data[begin:at])
                        yield self._end()
        if self.depth:
            self._keep(data[begin:at])
        self._rest = data[at:]

    def _count_lines(self, data: bytes, start: int, end: int) -> None:
        if lines := data.count(b"\n", start, end):
            self._line, self._on_line = self._line + lines, 0

    def _begin(self) -> None:
        self._on_line += 1
        self.depth, self._in_string, self._lost = 1, False, False
        self._size = self._values = 0
        self._refusal = ""
        self.place = f"line {self._line}" + (f", record {self._on_line}" if self._on_line > 1 else "")

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > MAX_RECORD:
            self._refusal = TOO_LARGE
        elif self._values > MAX_VALUES:
            self._refusal = "record of too many values"
        if self._refusal:
            self._parts.clear()
        else:
            self._parts.append(part)

    def _end(self, refusal: str = "") -> _Record:
        """The record that ends here."""
        written = b"".join(self._parts)
        self._parts.clear()
        self.depth, self._in_string = 0, False
        if refusal := self._refusal or refusal:
            return _Record(self.place, refusal)
        try:
            return _Record(self.place, json.loads(written.decode("utf-8", "replace")))
        except (ValueError, RecursionError):
            return _Record(self.place, "broken JSON")


def _fields(records: list[dict[str, Any]], file: File, tally: Tally) -> _Fields:
    """Which fields to read, noted for the person."""
    there = list(dict.fromkeys(key for record in records for key in record))
    shown = ", ".join(key[:40] for key in there[:30])
    guessed = _guess(records)
    given = {_ALIASES.get(ours, ours): theirs for ours, theirs in tally.fields.items()}
    for ours, theirs in given.items():
        if ours not in NAMES:
            raise SourceError(f"a feed's fields are url, html, text, title and date: {ours} is none of them")
        if records and theirs not in there:
            raise SourceError(f"{file.path} has no field {theirs}; its fields are: {shown}")
    if given.keys() & {"html", "text"}:  # who names one means that, not another
        guessed = {ours: theirs for ours, theirs in guessed.items() if ours not in ("html", "text")}
    fields = guessed | {ours: [theirs] for ours, theirs in given.items()}
    if records and "url" not in fields:
        raise SourceError(f"{file.path} has no field of addresses; name it with --map url=FIELD. Its fields: {shown}")
    if records and not fields.keys() & {"html", "text"}:
        raise SourceError(f"{file.path} has no field of pages; name it with --map html=FIELD. Its fields: {shown}")
    if records:
        chosen = ", ".join(f"{ours}={fields[ours][0]}" for ours in NAMES if ours in fields)
        tally.notes.append(f"{file.name}: {chosen}")
    return fields


def _guess(records: list[dict[str, Any]]) -> dict[str, list[str]]:
    """For each of our names the fields that are called so and hold what they should in one record at least."""
    fitting: dict[str, list[str]] = {}
    named: dict[str, list[str]] = {}
    for key in dict.fromkeys(key for record in records for key in record):
        named.setdefault(re.sub(r"[\W_]", "", key.lower()), []).append(key)
    for ours, words in NAMES.items():
        keys = [key for word in words.split() for key in named.get(word, ())]
        if keys := [key for key in keys if any(_FITS[ours](record.get(key)) for record in records)]:
            fitting[ours] = keys
    if text := [key for key in fitting.pop("text", ()) if key not in fitting.get("html", ())]:
        fitting["text"] = text
    return fitting


_MARKUP = re.compile(
    r"<(?:!doctype|/?(?:html|head|body|title|meta|script|article|section|main|div|span|p|br|a|b|i|em|strong|h[1-6]|ul|ol|li"
    r"|table|tr|td|pre|img|font|blockquote))[\s/>]",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]{40,}={0,2}\s*")


def _text(value: object) -> str:
    """A field's text; a list of strings, as selectors give it, is joined into paragraphs."""
    if isinstance(value, list):
        return "\n\n".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _url(value: object) -> str | None:
    return web_address(_text(value[:1] if isinstance(value, list) else value))


def _body(text: str) -> tuple[bytes, str | None]:
    """(bytes, content type): HTML or plain text by what the value looks like; Base64 is undone where HTML is in it."""
    if "<" not in text[:1_000] and _BASE64.fullmatch(text):
        with contextlib.suppress(binascii.Error, ValueError):
            raw = base64.b64decode(text)
            if is_html(raw[:4_096]):
                return raw, None
    kind = "text/html" if _MARKUP.search(text, 0, 65_536) else "text/plain"
    return utf8(text), f"{kind}; charset=utf-8"


def _moment(value: object) -> dt.datetime | None:
    """The instant that a field tells: ISO 8601, RFC 2822, seconds or milliseconds since 1970."""
    if isinstance(value, str) and re.fullmatch(r"\d{9,10}(?:\.\d{1,9})?|\d{13}", value):
        value = float(value)
    if isinstance(value, int | float):
        return when(value / 1_000 if value > 1e11 else value) if value > 1e8 else None
    text = _text(value).strip()[:64]
    if found := re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", text):
        text = "-".join((found[1], found[2].zfill(2), found[3].zfill(2))) + text[found.end() :]
    for read in (dt.datetime.fromisoformat, email.utils.parsedate_to_datetime, _day):
        with contextlib.suppress(ValueError, TypeError, OverflowError, IndexError):
            return read(text)
    return None


def _day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text[:10])


def _status(value: object) -> int | None:
    code = str(value) if isinstance(value, int | str) else ""
    return int(code) if re.fullmatch("[1-5][0-9][0-9]", code, re.ASCII) else None


_FITS: Mapping[str, Callable[[object], object]] = {
    "url": _url,
    "html": lambda value: (_body(_text(value))[1] or "text/html").startswith("text/html"),
    "text": lambda value: _text(value).strip() and not _url(value),
    "title": lambda value: _text(value).strip(),
    "published": _moment,
    "fetched": _moment,
    "status": _status,
}


def _page(record: _Record, fields: _Fields, file: File) -> Page:
    value = record.value
    if isinstance(value, str):
        return file.refused(value, record.place)
    first = {ours: next(filter(_FITS[ours], map(value.get, theirs)), None) for ours, theirs in fields.items()
             if ours not in ("html", "text")}  # fmt: skip
    url = _url(first.get("url"))
    if url is None:
        return file.refused("record without a web address", record.place)
    texts = (_text(value.get(key)) for ours in ("html", "text") for key in fields.get(ours, ()))
    body, content_type = _body(next(filter(str.strip, texts), ""))
    published, fetched = _moment(first.get("published")), _moment(first.get("fetched"))
    title = " ".join(_text(first.get("title"))[:2_000].split())
    refusal = TOO_LARGE if len(body) > MAX_PAGE else None if body.strip() else "record without text"
    return Page(
        url=url,
        body=b"" if refusal else body,
        source=file.path,
        place=record.place,
        content_type=content_type,
        fetched=_utc(fetched) or file.fetched,
        status=_status(first.get("status")),
        title=utf8(title).decode() or None,
        published=published.date() if published else None,
        refusal=refusal,
    )


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    try:
        return moment and (moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
    except OverflowError:
        return None
