"""What is stored of each document, in packed blocks of neighbours: JSON, and the body as it is; nothing for nothing.

    stored          the blocks, one after the other
    stored.ends     where each ends
    stored.first    the number of its first document

Zstandard packs 8 KiB, some five articles, in 7 us an article and unpacks them in 14 us; blocks of 32 KiB, in 35, take
2 % fewer bytes of long articles and 7 % of short ones. zlib took 36 an article to pack one by one.
"""

import json
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import zstandard

from search.document import Document
from search.engines.embedded.columns import ArrayFile, ArrayWriter
from search.engines.embedded.packing import narrow

__all__ = ["Block", "Pending", "Stored", "decode_stored", "encode_document", "encode_stored", "packed", "write_stored"]

#: Bytes from which a block is full.
FULL = 1 << 13
LEVEL = 1  # 3 packs in 9 us an article, in 4 % less bytes

#: Bytes that UTF-8 does not have: what begins the body, and the next document.
_BODY, _NEXT = b"\xfe", b"\xff"
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_quoted: Callable[[str], str] = json.encoder.encode_basestring
_own = threading.local()  # a (de)compressor must not be shared by threads


def encode_stored(values: dict[str, Any]) -> bytes:
    """JSON, and behind _BODY the body of a document, which as JSON would take 8 us."""
    if not values:
        return b""
    document = values.get("document")
    if not isinstance(document, dict) or not isinstance(document.get("body"), str):
        return _as_json(values).encode()
    head = {name: value for name, value in document.items() if name != "body"}
    return b"".join((_as_json({**values, "document": head}).encode(), _BODY, document["body"].encode()))


def encode_document(document: Document, body: bytes) -> bytes:
    """As `encode_stored` does the record of a document, given its body in UTF-8, in a third of the time."""
    day, instant = document.published, document.fetched
    head = (
        f'{{"document":{{"url":{_quoted(document.url)},"title":{_quoted(document.title)},"site":{_quoted(document.site)},'
        f'"section":{_quoted(document.section)},"authors":[{_listed(document.authors)}],'
        f'"also_at":[{_listed(document.also_at)}],"language":{_quoted(document.language)},'
        f'"tags":[{_listed(document.tags)}],"kind":{_quoted(document.kind)},'
        f'"published":{_quoted(day.isoformat()) if day is not None else "null"},'
        f'"fetched":{_quoted(instant.isoformat()) if instant is not None else "null"}}}}}'
    )
    return b"".join((head.encode(), _BODY, body))


def _listed(values: tuple[str, ...]) -> str:
    return ",".join(map(_quoted, values))


def decode_stored(stored: bytes) -> dict[str, Any]:
    head, apart, body = stored.partition(_BODY)
    values: dict[str, Any] = json.loads(head.decode()) if head else {}
    if apart:
        values["document"]["body"] = body.decode()
    return values


@dataclass(frozen=True, slots=True)
class Block:
    data: bytes
    documents: int

    @property
    def is_full(self) -> bool:
        return zstandard.frame_content_size(self.data) * 2 >= FULL

    def unpacked(self) -> bytes:
        if not hasattr(_own, "unpacking"):
            _own.unpacking = zstandard.ZstdDecompressor()
        data: bytes = _own.unpacking.decompress(self.data)
        return data

    def lines(self) -> list[bytes]:
        return self.unpacked().split(_NEXT)


class Pending:
    """Lines that wait for their block to be full."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, line: bytes) -> list[Block]:
        """The block that this line has filled, if it has."""
        self._lines.append(line)
        self._size += len(line) + 1
        return self.rest() if self._size >= FULL else []

    def rest(self) -> list[Block]:
        """What waits, as it is."""
        if not self._lines:
            return []
        if not hasattr(_own, "packing"):
            _own.packing = zstandard.ZstdCompressor(level=LEVEL)
        block = Block(_own.packing.compress(_NEXT.join(self._lines)), len(self._lines))
        self._lines, self._size = [], 0
        return [block]


def packed(lines: Iterable[bytes]) -> Iterator[Block]:
    pending = Pending()
    for line in lines:
        yield from pending.add(line)
    yield from pending.rest()


def write_stored(out: ArrayWriter, blocks: Iterable[Block]) -> None:
    sizes, documents = [0], [0]

    def pieces() -> Iterator[np.typing.NDArray[np.uint8]]:
        for block in blocks:
            sizes.append(len(block.data))
            documents.append(block.documents)
            yield np.frombuffer(block.data, dtype=np.uint8)

    out.pieces("stored", np.uint8, pieces())
    out.whole("stored.ends", narrow(np.cumsum(sizes)[1:]))
    out.whole("stored.first", narrow(np.cumsum(documents)[:-1]))


class Stored:
    """Of a segment of `size` documents. Keeps the block last read, as neighbours are often read one after another."""

    def __init__(self, file: ArrayFile, size: int) -> None:
        self._file, self._size = file, size
        self._ends, self._first = file.whole("stored.ends").data, file.whole("stored.first").data
        self._last = -1, b""

    def __getitem__(self, document: int) -> bytes:
        number = bisect_right(self._first, document) - 1
        at, data = self._last
        if at != number:
            data = self._block(number).unpacked()
            self._last = number, data
        start = 0
        for _ in range(document - self._first[number]):  # to part all of them takes six times as long
            start = data.index(_NEXT, start) + 1
        end = data.find(_NEXT, start)
        return data[start:end] if end >= 0 else data[start:]

    def __iter__(self) -> Iterator[Block]:
        return map(self._block, range(len(self._first)))

    def _block(self, number: int) -> Block:
        data = self._file.part("stored", self._ends[number - 1] if number else 0, self._ends[number])
        last = self._first[number + 1] if number + 1 < len(self._first) else self._size
        return Block(data.tobytes(), last - self._first[number])

    def fits(self) -> bool:
        """Whether each block has the documents it should have, and lies behind the one before."""
        first, ends = np.asarray(self._first).astype(np.int64), np.asarray(self._ends).astype(np.int64)
        ordered = (np.diff(first, append=self._size) > 0).all() and (np.diff(ends, prepend=0) > 0).all()
        return bool(ordered) and all(len(block.lines()) == block.documents for block in self)
