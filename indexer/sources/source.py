"""A file or folder of pages as one stream: each file read by the kind that recognises it.

Invariant: a broken file costs only itself, and is named once all others were read.
"""

import os
from collections.abc import Callable, Iterator, Mapping

from indexer.errors import NoPages, SourceError
from indexer.page import Page
from indexer.sources import jsonl, warc
from indexer.sources.file import File, Tally, is_html
from indexer.sources.folder import read_saved_page, walk

__all__ = ["Source"]

#: Reads a file's pages; what it yields before a SourceError counts.
Reader = Callable[[File, Tally], Iterator[Page]]

_NO_FILE = File("", 0, 0.0)
BROKEN = 3  # broken files that are named; of more, only the number is told


class Source:
    """Pages of one file or folder.

    `name` is its absolute path, by which the ledger knows it. `skipped` (reason -> files or records), `notes` (lines
    for the person) and `done_bytes` grow while `pages` is read; `total_bytes` are those of all files.
    """

    def __init__(self, path: str, fields: Mapping[str, str], within: Mapping[str, Mapping[str, str]]) -> None:
        self.name = path
        self._tally = Tally(fields)
        self._fields, self._within = fields, within
        self._done, self._file = 0, _NO_FILE
        self.total_bytes = sum(file.size for file in walk(path, Tally(), []))

    @property
    def skipped(self) -> Mapping[str, int]:
        return self._tally.skipped

    @property
    def notes(self) -> list[str]:
        return self._tally.notes

    @property
    def done_bytes(self) -> int:
        return self._done + self._file.done_bytes

    def pages(self) -> Iterator[Page]:
        """Every page, in an order that only names decide. SourceError at the end names what could not be read whole;
        NoPages says that there was no page at all."""
        self._tally.skipped.clear()
        self._tally.notes.clear()
        self._done, given = 0, False
        broken: list[str] = []
        for file in walk(self.name, self._tally, broken):
            self._file = file
            try:
                for page in self._read(file):
                    given = True
                    yield page
            except SourceError as error:
                broken.append(str(error))
            self._done, self._file = self._done + file.size, _NO_FILE
        if broken:
            more = f"; and {len(broken) - BROKEN:,} more files" if len(broken) > BROKEN else ""
            raise SourceError("; ".join(broken[:BROKEN]) + more)
        if not given:
            reasons = ", ".join(f"{number:,} {reason}" for reason, number in self._tally.skipped.most_common(5))
            raise NoPages(f"{self.name} holds no pages" + (f": {reasons}" if reasons else ""))

    def _read(self, file: File) -> Iterator[Page]:
        self._tally.fields = self._fields_of(file.path)
        reader = _BY_SUFFIX.get(file.suffix) or _by_first_bytes(file, self._tally)
        if reader is None:
            self._tally.skip(f"not a page ({_kind(file)})")
        else:
            yield from reader(file, self._tally)

    def _fields_of(self, path: str) -> Mapping[str, str]:
        """Those of the innermost source that holds the file."""
        holders = [each for each in self._within if path == each or path.startswith(each + os.sep)]
        return self._within[max(holders, key=len)] if holders else self._fields


def _kind(file: File) -> str:
    """A file's suffix, where it is one that may be shown."""
    suffix = file.suffix
    return suffix if suffix.isascii() and suffix[1:].isalnum() and len(suffix) <= 8 else "no known suffix"


def _by_first_bytes(file: File, tally: Tally) -> Reader | None:
    head = file.head()
    if is_html(head):
        return read_saved_page
    if warc.is_warc(head):
        return warc.read_warc
    if jsonl.may_be_feed(file, head, tally):
        return jsonl.read_feed
    return None


_BY_SUFFIX: Mapping[str, Reader] = {
    ".htm": read_saved_page,
    ".html": read_saved_page,
    ".shtml": read_saved_page,
    ".txt": read_saved_page,
    ".xht": read_saved_page,
    ".xhtml": read_saved_page,
    ".jl": jsonl.read_feed,
    ".jsonl": jsonl.read_feed,
    ".jsonlines": jsonl.read_feed,
    ".ndjson": jsonl.read_feed,
    ".warc": warc.read_warc,
    ".arc": warc.read_warc,
    ".wet": warc.read_warc,
    ".wacz": warc.read_wacz,
}
