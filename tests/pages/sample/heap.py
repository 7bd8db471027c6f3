"""What the generator gathers: files, and a truth for every page in them."""

import dataclasses
import hashlib
import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

__all__ = ["Heap", "Truth", "gzipped", "number", "picks"]

T = TypeVar("T")

#: Words at each end of a text that a truth quotes.
QUOTED = 7


@dataclass(frozen=True, slots=True)
class Truth:
    """What a perfect cleaner gives of a page.

    `file` is the path below `sites/`; pages of one file are told apart by their `url`, which is https where nothing tells
    the scheme. No url: the file's own.
    `first` and `last` are the words at the ends of the text, "" where there is no text to speak of; `absent` holds
    phrases that stand on the page and are not content. None for a fact means that the page does not tell it.
    """

    file: str
    url: str | None
    title: str | None
    first: str
    last: str
    published: str | None
    language: str | None
    kind: str | None
    absent: tuple[str, ...]
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()


@dataclass
class Heap:
    """Paths below `sites/` with their bytes, and the truths, in the order they were made."""

    files: dict[str, bytes] = field(default_factory=dict)
    truths: list[Truth] = field(default_factory=list)

    def add(self, path: str, content: bytes) -> None:
        """A file, which may hold pages or not."""
        assert path not in self.files, path
        self.files[path] = content

    def know(self, paragraphs: Sequence[str], **facts: object) -> None:
        """A truth; `paragraphs` are the text, of which the ends are noted."""
        words = [paragraph.split() for paragraph in paragraphs if paragraph.split()]
        first = " ".join(words[0][:QUOTED]) if words else ""
        last = " ".join(words[-1][-QUOTED:]) if words else ""
        self.truths.append(Truth(first=first, last=last, **facts))  # type: ignore[arg-type]

    def truth_lines(self) -> bytes:
        """JSON Lines."""
        rows = (json.dumps(dataclasses.asdict(truth), ensure_ascii=False) for truth in self.truths)
        return "".join(row + "\n" for row in rows).encode()


def gzipped(content: bytes) -> bytes:
    """A gzip member of stored blocks: what a compressor gives differs from one zlib to the next."""
    blocks = [content[at : at + 0xFFFF] for at in range(0, len(content), 0xFFFF)] or [b""]
    body = b"".join(
        struct.pack("<BHH", block is blocks[-1], len(block), len(block) ^ 0xFFFF) + block for block in blocks
    )
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + struct.pack("<II", zlib.crc32(content), len(content))


def number(key: str, below: int) -> int:
    """A number from 0 that looks drawn, and is always the same for a key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % below


def picks(key: str, items: Sequence[T], count: int) -> list[T]:
    """So many of the items, in an order that looks drawn."""
    order = sorted(range(len(items)), key=lambda at: hashlib.sha256(f"{key} {at}".encode()).digest())
    return [items[at] for at in order[:count]]
