"""A batch of changes as one Whoosh commit: in place, or as a new generation beside the one in use.

Documents become segments of bounded size as they come; the commit merges them with small segments of before, and
names the result in Whoosh's table of contents. Until that is renamed nothing of the batch can be seen.
"""

import contextlib
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from whoosh.index import TOC, FileIndex, clean_files

from search.document import Document, document_id
from search.engines.embedded import building, wordbook
from search.engines.embedded.codec import ColumnarCodec, ColumnarSegment, decode_stored
from search.engines.embedded.inversion import MOST_DOCUMENTS, Batch
from search.engines.embedded.lexicon import Lexicon
from search.engines.embedded.matcher import rounded
from search.engines.embedded.merge import Source, merge
from search.engines.embedded.schema import SCHEMA, read_document
from search.engines.embedded.segment import SegmentFile
from search.engines.embedded.storage import DurableStorage, current, new_generation, swap, tidy, toc_number
from search.errors import Busy, DamagedIndex
from search.phrases import Counted, Tally

__all__ = ["BatchWriter", "to_merge"]

#: Words of text held in memory before they become a segment: some 60 bytes each while they are sorted. With 6 million
#: they no longer lie in the processor's cache, and a build takes 203 us a document instead of 165; with 1 million 179.
BATCH_TOKENS = 2_000_000
NAME = "MAIN"


class BatchWriter:
    """See search.engine.Writer. `fresh` begins from nothing; `done` is called after the commit."""

    def __init__(self, root: Path, *, fresh: bool, done: Callable[[], None]) -> None:
        self._root, self._fresh, self._done = root, fresh, done

    def __enter__(self) -> Self:
        used = None if self._fresh else current(self._root)
        self._new = used is None
        self._folder = used or new_generation(self._root)
        self._storage = DurableStorage(self._folder)
        self._lock: Any = self._storage.lock(f"{NAME}_WRITELOCK")  # the one that stock Whoosh takes
        if not self._lock.acquire():
            raise Busy(f"another process writes to the index in {self._root}; try again when it has finished")
        try:
            if self._new:
                FileIndex.create(self._storage, SCHEMA, NAME)
            else:
                tidy(self._folder)
            toc = TOC.read(self._storage, NAME)
            self._generation: int = toc.generation + 1
            self._old: list[Any] = toc.segments
            if not all(isinstance(segment, ColumnarSegment) for segment in self._old):
                raise ValueError("it was made by another version")
            clean_files(self._storage, NAME, toc.generation, self._old)  # segments of a killed writer
        except Exception as error:
            self._lock.release()
            raise DamagedIndex(f"{self._folder} cannot be opened ({error!r}): run `reindex --rebuild`") from error
        self._lexicon = Lexicon()
        self._batch = Batch(self._lexicon)
        self._made: list[ColumnarSegment] = []
        self._begun: list[ColumnarSegment] = []  # these and merged ones: whatever the batch has on the disk
        self._spilled = False
        self._phrases = Tally()
        self._put = array("Q")  # ids of the documents put, in order: the last of equal ones counts
        self._deleted: dict[int, int] = {}  # id -> how many documents had been put before
        return self

    def put(self, document: Document) -> None:
        self._batch.add(document.validated())
        self._put.append(int(self._batch.ids[-1], 16))
        if self._batch.tokens >= BATCH_TOKENS or len(self._batch) == MOST_DOCUMENTS:
            if not self._spilled:
                self._spilled = True
                building.load()
            self._flush(passing=True)

    def delete(self, url: str) -> None:
        self._deleted[int(document_id(url), 16)] = len(self._put)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._commit()
        finally:
            with contextlib.suppress(OSError):  # what cannot be removed now goes with the next commit
                self._drop_unseen()
            self._lock.release()
        if kind is None:
            if self._new:
                swap(self._root, self._folder)
            self._done()

    def _flush(self, *, passing: bool) -> None:
        """`passing`: the commit will merge the segment."""
        if not len(self._batch):
            return
        arrays = self._batch.arrays()
        segment = self._segment(arrays.size, {name: int(each.sum()) for name, each in arrays.lengths.items()})
        arrays.write(segment.path(self._storage), passing=passing)
        if passing:
            self._batch.sample_phrases(self._phrases)
        else:
            wordbook.write_phrases(segment.path(self._storage), self._batch.phrases())
        self._made.append(segment)
        self._batch = Batch(self._lexicon)

    def _segment(self, size: int, totals: dict[str, int]) -> ColumnarSegment:
        segment = ColumnarCodec().new_segment(self._storage, NAME)
        segment.set_doc_count(size)
        segment._fieldlengths = totals
        self._begun.append(segment)
        return segment

    def _commit(self) -> None:
        self._flush(passing=self._spilled)
        self._phrases.count(self._lexicon.words)
        self._delete_replaced()
        together = to_merge(self._old, self._made)
        kept = [segment for segment in self._old if segment not in together]
        if self._spilled or len(together) > 1 or any(segment.has_deletions() for segment in together):
            kept += self._merged(together)
        else:
            kept += together
        self._drop([segment for segment in self._made if segment not in kept])
        for segment in kept:
            path = segment.path(self._storage)
            wordbook.write_near(path)
            if not wordbook.has_phrases(path):
                wordbook.write_phrases(path, _phrases(_source(segment, self._storage)))
        TOC(SCHEMA, kept, self._generation).write(self._storage, NAME)
        clean_files(self._storage, NAME, self._generation, kept)

    def _merged(self, segments: Sequence[Any]) -> list[ColumnarSegment]:
        sources = [_source(segment, self._storage) for segment in segments]
        if not any(source.alive.any() for source in sources):
            return []
        totals: dict[str, int] = {}
        for source in sources:
            for name in source.file.field_names():
                lengths = source.file.lengths(name)
                if lengths is not None:  # as Whoosh counts when it merges
                    totals[name] = totals.get(name, 0) + int(rounded(lengths[source.alive]).sum())
        merged = self._segment(sum(int(source.alive.sum()) for source in sources), totals)
        merge(sources, merged.path(self._storage))
        shares = [(source.file.arrays.path, float(source.alive.sum() / max(1, source.file.size))) for source in sources]
        wordbook.merge_phrases(shares, merged.path(self._storage), self._phrases.most())
        return [merged]

    def _delete_replaced(self) -> None:
        ids = np.array(self._put, dtype=np.uint64)
        last = np.zeros(len(ids), dtype=np.bool_)
        last[len(ids) - 1 - np.unique(ids[::-1], return_index=True)[1]] = True
        for name, before in self._deleted.items():
            last[:before] &= ids[:before] != np.uint64(name)
        start = 0
        for segment in self._made:
            end = start + segment.doc_count_all()
            for number in np.flatnonzero(~last[start:end]).tolist():
                segment.delete_document(number)
            start = end
        changed = np.union1d(ids, np.array(list(self._deleted), dtype=np.uint64))
        for segment in self._old:
            for number in _numbers(SegmentFile(segment.path(self._storage)), changed):
                segment.delete_document(number)

    def _drop_unseen(self) -> None:
        """Take away what the batch left where its table of contents is not in place: a full disk is not filled further
        by each new attempt."""
        if toc_number(self._folder) < self._generation:
            self._drop(self._begun)
            tidy(self._folder)

    def _drop(self, segments: Sequence[ColumnarSegment]) -> None:
        for segment in segments:
            wordbook.drop(segment.path(self._storage))


def to_merge(old: Sequence[Any], new: Sequence[Any]) -> list[Any]:
    """The new segments, and old ones that are half deleted or at most twice as large as all smaller ones together.

    So a document is written again at most once each time its segment doubles, and an index of n documents has about
    log n segments.
    """
    together = list(new)
    size = sum(segment.doc_count() for segment in new)
    for segment in sorted(old, key=lambda each: each.doc_count()):
        if segment.doc_count() * 2 < segment.doc_count_all() or (new and segment.doc_count() <= 2 * size):
            together.append(segment)
            size += segment.doc_count()
    return sorted(together, key=[*old, *new].index)


def _source(segment: Any, storage: Any) -> Source:
    file = SegmentFile(segment.path(storage))
    alive = np.ones(file.size, dtype=np.bool_)
    alive[list(segment.deleted_docs())] = False
    return Source(file, alive)


def _phrases(source: Source) -> Counted:
    """Those of the documents in a segment whose own are lost."""
    lexicon, tally = Lexicon(), Tally()
    batch = Batch(lexicon)
    for number in np.flatnonzero(source.alive).tolist():
        batch.add(read_document(decode_stored(source.file.stored(number))["document"]))
        if batch.tokens >= BATCH_TOKENS or len(batch) == MOST_DOCUMENTS:
            batch.arrays()
            batch.sample_phrases(tally)
            batch = Batch(lexicon)
    if not len(batch):
        return tally.most()
    batch.arrays()
    if len(batch) == source.alive.sum():
        return batch.phrases()
    batch.sample_phrases(tally)
    tally.count(lexicon.words)
    return tally.most()


def _numbers(file: SegmentFile, ids: npt.NDArray[np.uint64]) -> list[int]:
    """The documents of a segment that have one of these ids."""
    field = file.field("id")
    if field is None or not len(ids):
        return []
    names = [f"{number:016x}".encode() for number in ids.tolist()]
    found = [number for name in names if (number := field.words.find(name)) is not None]
    docs = field.docs(0, len(field.words))
    numbers: list[int] = docs[found].tolist()
    return numbers
