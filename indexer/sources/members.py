"""A WARC file as a stream of records, one gzip member after the other; where it breaks, the next record is sought.

Invariant: memory is bounded whatever the file says of its lengths; time is linear in what it inflates to.
"""

import re
import zlib
from typing import IO

from indexer.sources.file import Stream

__all__ = ["BrokenRecord", "Ended", "Members"]

CHUNK = 65_536
MAX_HEADERS = 262_144  # bytes, and lines, that all headers of a record may have
MAX_HEADER_LINES = 2_000
ENOUGH = 16  # bytes of a member that tell whether a record begins there
GLANCE = 8_192  # bytes of gzip that give these, after whatever its header holds
MAX_BROKEN = 1_000  # records: a file with more is not worth the search

_GZIP = b"\x1f\x8b\x08"
_START = re.compile(rb"WARC/(?:1\.\d|0\.1[78])\s")
_RECORD = re.compile(rb"(?<=\n)WARC/(?:1\.\d|0\.1[78])\s")
_MEMBER = re.compile(_GZIP + rb"[\0-\x1f].{4}[\0\x02\x04][\0-\x0d\xff]", re.DOTALL)  # RFC 1952, 2.3.1


class BrokenRecord(Exception):
    """The record at `Members.offset` cannot be read; `resync` goes on behind it."""


class Ended(Exception):
    """The file gives no more, though it should: in words why. `Members.offset` is where the last record began."""


class Members:
    """`offset` is where in the file the record (its gzip member) begins. `read` and `readline` are for warcio."""

    def __init__(self, raw: IO[bytes] | Stream) -> None:
        self.offset = 0
        self._raw = raw
        self._zipped = raw.read(len(_GZIP)) == _GZIP
        self._arc = self._in_record = False
        self._headers = self._lines = 0
        self._broken = 0
        self._start_at(0)

    def next_record(self) -> bool:
        """Go to the next record's first byte; False at the end. BrokenRecord where something else stands there."""
        self._in_record = False
        while True:
            self._drop_blanks()
            if self._at < len(self._buffer):
                break
            if not self._fill():
                return False
        while len(self._buffer) - self._at < 12 and self._fill():
            pass
        self.offset = self._member if self._zipped else self._position - (len(self._buffer) - self._at)
        first = self._buffer[self._at : self._at + 12]
        self._arc = self._arc or first.startswith(b"filedesc://")
        if not (self._arc or _START.match(first)):
            raise BrokenRecord
        self._in_record = True
        self._headers = self._lines = 0
        return True

    def end_record(self, left: int) -> None:
        """Pass over what is left of the record."""
        while left > 0:
            left -= len(self.read(min(left, CHUNK)))

    def resync(self) -> bool:
        """Go to the next place behind `offset` that looks like a record; False where there is none.

        Ended where the search is given up: in ARC files nothing marks a record.
        """
        self._in_record, self._broken = False, self._broken + 1
        if self._arc or self._broken > MAX_BROKEN:
            raise Ended("is too broken to read on")
        if self._zipped and self._member > self.offset and not self._at and _START.match(self._buffer):
            return True
        found = self._search(_MEMBER if self._zipped else _RECORD)
        if found is not None:
            self._start_at(found)
        return found is not None

    def read(self, size: int) -> bytes:
        if self._at == len(self._buffer) and not self._fill():
            raise Ended("ends in the middle of a record")
        part = bytes(self._buffer[self._at : self._at + size])
        self._at += len(part)
        return part

    def readline(self, size: int | None = None) -> bytes:
        """A line of headers."""
        limit = min(MAX_HEADERS if size is None else size, MAX_HEADERS)
        while (end := self._buffer.find(b"\n", self._at, self._at + limit)) < 0:
            if len(self._buffer) - self._at >= limit:
                break
            if not self._fill():
                raise Ended("ends in the middle of a record")
        line = self.read(limit if end < 0 else end + 1 - self._at)
        self._headers, self._lines = self._headers + len(line), self._lines + 1
        if self._headers > MAX_HEADERS or self._lines > MAX_HEADER_LINES:
            raise BrokenRecord
        if self._lines > 1 and _START.match(line):
            raise BrokenRecord
        return line

    def tell(self) -> int:
        return self._position

    def _start_at(self, offset: int) -> None:
        self._raw.seek(offset)
        self._member, self._position = offset, offset
        self._input = b""
        self._inflater = zlib.decompressobj(31)
        self._buffer, self._at = bytearray(), 0

    def _drop_blanks(self) -> None:
        while self._at < len(self._buffer) and self._buffer[self._at] in b"\r\n \t":
            self._at += 1

    def _fill(self) -> bool:
        """More bytes behind those in the buffer; False at the end of the file."""
        del self._buffer[: self._at]
        self._at = 0
        more = self._inflate() if self._zipped else self._raw.read(CHUNK)
        self._position += len(more)
        self._buffer += more
        return bool(more)

    def _inflate(self) -> bytes:
        out, fresh = b"", False
        while not out or (fresh and len(out) < ENOUGH and not self._inflater.eof):
            if self._inflater.eof:
                self._input = (self._inflater.unused_data or self._raw.read(CHUNK)).lstrip(b"\0")
                if not self._input:
                    if not (rest := self._raw.read(CHUNK).lstrip(b"\0")):
                        return b""
                    self._input = rest
                self._member = self._raw.tell() - len(self._input)
                self._inflater, fresh = zlib.decompressobj(31), True
            self._input = self._input or self._raw.read(CHUNK)
            try:
                more = self._inflater.decompress(self._input, CHUNK)
            except zlib.error as error:
                if not self._in_record:
                    self.offset = self._member
                raise BrokenRecord from error
            if not (more or self._input or self._inflater.eof):
                raise Ended("ends in the middle of a record")
            out += more
            self._input = self._inflater.unconsumed_tail
        if fresh and self._in_record and _START.match(out):  # the member before was cut, or its record lied
            self._buffer, self._at = bytearray(out), 0
            raise BrokenRecord
        return out

    def _search(self, mark: re.Pattern[bytes]) -> int | None:
        """Where behind `offset` a record begins."""
        base = self.offset + 1
        self._raw.seek(base)
        data = b""
        while True:
            chunk = self._raw.read(CHUNK)
            data += chunk
            for found in mark.finditer(data):
                if chunk and len(data) - found.start() < GLANCE:
                    break  # better seen with the next chunk
                if mark is _RECORD or _begins_record(data[found.start() : found.start() + GLANCE]):
                    return base + found.start()
            if not chunk:
                return None
            base, data = base + max(len(data) - GLANCE, 0), data[-GLANCE:]


def _begins_record(member: bytes) -> bool:
    try:
        return _START.match(zlib.decompressobj(31).decompress(member, ENOUGH)) is not None
    except zlib.error:
        return False
