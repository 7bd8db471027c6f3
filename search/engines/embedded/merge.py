"""Several segments -> one, deleted documents left out, in arrays: a chunk of words at a time, so memory stays bounded.

Documents keep the order of the segments and within them. A word without a document left is dropped.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded.columns import ArrayWriter, Words
from search.engines.embedded.lists import ListPool
from search.engines.embedded.packing import runs, steps
from search.engines.embedded.postings import FieldSpool
from search.engines.embedded.segment import ByteColumn, Field, SegmentFile, signed, write_values
from search.engines.embedded.stored import Block, Pending, write_stored

__all__ = ["Source", "merge", "runs"]

Array = npt.NDArray[Any]

#: Postings merged at once: some 100 bytes of memory each.
CHUNK = 2_000_000
#: After so many chunks the mapped sources are released: those of 1 million documents are 2 GB.
RELEASE = 16


@dataclass(frozen=True, slots=True)
class Source:
    """A segment and which of its documents stay."""

    file: SegmentFile
    alive: npt.NDArray[np.bool_]


def merge(sources: Sequence[Source], path: Path) -> int:
    """Write the merged segment; the number of its documents."""
    kept = [int(source.alive.sum()) for source in sources]
    size = sum(kept)
    bases = np.cumsum([0, *kept[:-1]])
    moved = [np.cumsum(source.alive) - 1 + base for source, base in zip(sources, bases, strict=True)]
    with ArrayWriter(path, {"size": size}) as out:
        columns = sorted({name for source in sources for name in source.file.column_names()})
        words: dict[str, list[bytes]] = {}
        pool = ListPool(size)
        for name in sorted({name for source in sources for name in source.file.field_names()}):
            found = _merge_field(out, name, pool, sources, moved)
            if name in columns:
                words[name] = found
        pool.write(out)
        for name in columns:
            _merge_column(out, name, sources, words.get(name, []))
        write_stored(out, _stored(sources))
    return size


def _merge_field(
    out: ArrayWriter, name: str, pool: ListPool, sources: Sequence[Source], moved: list[Array]
) -> list[bytes]:
    """The words that stay."""
    parts = [
        _Part(field, source.alive, to)
        for source, to in zip(sources, moved, strict=True)
        if (field := source.file.field(name)) is not None
    ]
    numbers: defaultdict[bytes, int] = defaultdict(count().__next__)  # as they are met
    for part in parts:  # the words of one part at a time: together they are many times those that differ
        part.numbers = _numbered(part.field.words, numbers)
    words = sorted(numbers)
    ranks = np.empty(len(words), dtype=np.int64)
    ranks[_numbered(words, numbers)] = np.arange(len(words))
    for part in parts:
        part.numbers = ranks.take(part.numbers)
    del numbers
    places, left = parts[0].field.has_places, np.zeros(len(words), dtype=np.bool_)
    spool = FieldSpool(pool, places=places)
    for number, (first, last) in enumerate(_chunks(parts, len(words))):
        chunk = _merged(parts, first, last, places)
        left[first:last] = chunk.counts > 0
        spool.add(chunk.counts, chunk.docs, chunk.freqs, chunk.places if places else None)
        if number % RELEASE == 0:
            for source in sources:
                source.file.arrays.release()
    if not left.all():
        words = [word for word, some in zip(words, left, strict=True) if some]
    spool.write(out, name, words)
    if any(source.file.lengths(name) is not None for source in sources):
        pieces = [_or_none(source, source.file.lengths(name), 0)[source.alive] for source in sources]
        largest = max((int(piece.max()) for piece in pieces if piece.size), default=0)
        out.pieces(f"{name}.lengths", np.min_scalar_type(largest), pieces)
    return words


def _numbered(words: Words | list[bytes], numbers: Mapping[bytes, int]) -> Array:
    return np.fromiter(map(numbers.__getitem__, words), dtype=np.int64, count=len(words))


@dataclass(slots=True)
class _Part:
    """A field of one source; `numbers` are those of its words among all words, `moved` those of its documents."""

    field: Field
    alive: npt.NDArray[np.bool_]
    moved: Array
    numbers: Array = None  # type: ignore[assignment]  # known when the words of all parts are


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Postings in order of word and document: of each word, how many postings and places."""

    counts: Array
    held: Array
    docs: Array
    freqs: Array
    places: Array


def _chunks(parts: list[_Part], words: int) -> Iterator[tuple[int, int]]:
    """[first, last) runs of words with about CHUNK postings each."""
    held = np.zeros(words, dtype=np.int64)
    for part in parts:
        held[part.numbers] += steps(part.field.starts)
    chunk = (np.cumsum(held) - held) // CHUNK
    edges = [0, *(np.flatnonzero(np.diff(chunk)) + 1).tolist(), words]
    yield from ((first, last) for first, last in pairwise(edges) if first < last)


def _merged(parts: list[_Part], first: int, last: int, places: bool) -> _Chunk:
    """Of each word, the postings of the first part, of the second, and so on: where they go is counted, not sorted."""
    pieces = [_piece(part, first, last, places) for part in parts]
    counts, held = np.zeros(last - first, dtype=np.int64), np.zeros(last - first, dtype=np.int64)
    for words, piece in pieces:
        counts[words] += piece.counts
        held[words] += piece.held
    docs, freqs = np.empty(int(counts.sum()), dtype=np.uint32), np.empty(int(counts.sum()), dtype=np.uint32)
    spots = np.empty(int(held.sum()) if places else 0, dtype=np.uint32)
    at, at_spots = np.cumsum(counts) - counts, np.cumsum(held) - held
    for words, piece in pieces:
        to = runs(at[words], piece.counts)
        docs[to], freqs[to] = piece.docs, piece.freqs
        at[words] += piece.counts
        if places:
            spots[runs(at_spots[words], piece.held)] = piece.places
            at_spots[words] += piece.held
    return _Chunk(counts, held, docs, freqs, spots)


def _piece(part: _Part, first: int, last: int, places: bool) -> tuple[Array, _Chunk]:
    """Which of the words first to last - 1 the part has, and its postings of them."""
    low, high = np.searchsorted(part.numbers, [first, last]).tolist()
    field, words = part.field, part.numbers[low:high] - first
    docs, counts = field.docs(low, high), steps(field.starts[low : high + 1])
    kept = field.freqs(low, high)
    freqs = kept if kept is not None else np.ones(len(docs), dtype=np.uint8)
    spots = field.places(low, high) if places else np.zeros(0, dtype=np.uint16)
    alive = part.alive[docs]
    if not alive.all():
        spots = spots[np.repeat(alive, freqs)] if places else spots
        owners = np.repeat(np.arange(len(words)), counts)[alive]
        docs, freqs = docs[alive], freqs[alive]
        counts, held = np.bincount(owners, minlength=len(words)), np.bincount(owners, freqs, minlength=len(words))
        return words, _Chunk(counts, held.astype(np.int64), part.moved[docs], freqs, spots)
    return words, _Chunk(counts, field.place_counts(low, high) if places else counts, part.moved[docs], freqs, spots)


def _or_none(source: Source, array: Array | None, default: int) -> Array:
    return array if array is not None else np.full(source.file.size, default)


def _merge_column(out: ArrayWriter, name: str, sources: Sequence[Source], words: list[bytes]) -> None:
    columns = [source.file.column(name) for source in sources]
    bytes_ = [_values(source, column) for source, column in zip(sources, columns, strict=True)]
    if any(isinstance(column, np.ndarray) for column in columns):
        kind = next(column.dtype for column in columns if isinstance(column, np.ndarray))
        plain = (c if isinstance(c, np.ndarray) else None for c in columns)
        out.pieces(f"{name}|plain", kind, (_or_none(s, c, 0)[s.alive] for s, c in zip(sources, plain, strict=True)))
        return
    found = [
        {column.values[int(n)] for n in np.unique(numbers[numbers >= 0])} if isinstance(column, ByteColumn) else set()
        for column, (numbers, _) in zip(columns, bytes_, strict=True)
    ]
    values = sorted(set().union(*found))
    place = {value: number for number, value in enumerate(values)}
    write_values(out, name, values, words)
    renumbered = []
    for column, (numbers, _) in zip(columns, bytes_, strict=True):
        listed = column.values if isinstance(column, ByteColumn) else ()
        table = np.array([*(place.get(value, -1) for value in listed), -1], dtype=np.int32)
        renumbered.append(table[numbers])
    if all(counts is None for _, counts in bytes_):
        out.pieces(f"{name}|numbers", signed(len(values)), renumbered)
        return
    out.pieces(f"{name}|numbers", signed(len(values)), (each[each >= 0] for each in renumbered))
    lengths = [counts if counts is not None else (n >= 0) for n, counts in bytes_]
    out.whole(f"{name}|bounds", np.concatenate([[0], np.cumsum(np.concatenate(lengths), dtype=np.int64)]))


def _values(source: Source, column: object) -> tuple[Array, Array | None]:
    """The numbers of the values of documents that stay, and how many each has (None: one, or -1)."""
    if not isinstance(column, ByteColumn):
        return np.full(int(source.alive.sum()), -1), None
    if column.bounds is None:
        return column.numbers[source.alive], None
    counts = np.diff(column.bounds)
    return column.numbers[np.repeat(source.alive, counts)], counts[source.alive]


def _stored(sources: Sequence[Source]) -> Iterator[Block]:
    """What is stored of the documents that stay: full blocks as they are, the rest packed anew."""
    pending = Pending()
    for source in sources:
        last = 0
        for block in source.file.stored_blocks:
            first, last = last, last + block.documents
            stay = source.alive[first:last]
            if stay.all() and block.is_full:
                yield from pending.rest()
                yield block
                continue
            for line, stays in zip(block.lines() if stay.any() else [], stay.tolist(), strict=False):
                if stays:
                    yield from pending.add(line)
        source.file.arrays.release()
    yield from pending.rest()
