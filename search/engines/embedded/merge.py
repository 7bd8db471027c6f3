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

from search.engines.embedded import building
from search.engines.embedded.columns import ArrayWriter, Words
from search.engines.embedded.lists import ListPool
from search.engines.embedded.packing import steps
from search.engines.embedded.postings import FieldSpool
from search.engines.embedded.segment import ByteColumn, Field, SegmentFile, signed, write_values
from search.engines.embedded.stored import Block, Pending, write_stored

__all__ = ["Source", "merge"]

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
        words: dict[str, _Words] = {}
        pool = ListPool(size)
        for name in sorted({name for source in sources for name in source.file.field_names()}):
            found = _merge_field(out, name, pool, sources, moved)
            if name in columns:
                words[name] = found
        pool.write(out)
        for name in columns:
            _merge_column(out, name, sources, words.get(name, _Words([], {})))
        write_stored(out, _stored(sources))
    return size


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a field that stay, in order; by the words of a source, the number of each of them among these, -2 if
    it does not stay."""

    listed: list[bytes]
    numbers: dict[int, Array]


def _merge_field(out: ArrayWriter, name: str, pool: ListPool, sources: Sequence[Source], moved: list[Array]) -> _Words:
    parts = [
        _Part(field, source.alive, to)
        for source, to in zip(sources, moved, strict=True)
        if (field := source.file.field(name)) is not None
    ]
    words = _number(parts)
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
    renumbered = np.where(left, np.cumsum(left) - 1, -2)
    return _Words(words, {id(part.field.words): renumbered.take(part.numbers) for part in parts})


def _number(parts: "list[_Part]") -> list[bytes]:
    """All words in order; each part is told which numbers its own have among them."""
    arrays = [array for part in parts if (array := part.field.words.array()) is not None]
    if len(arrays) == len(parts) and len({array.dtype for array in arrays}) == 1:
        listed, inverse = np.unique(np.concatenate(arrays), return_inverse=True)
        for part, its in zip(parts, np.split(inverse, np.cumsum(list(map(len, arrays)))), strict=False):
            part.numbers = its
        return list(listed.tolist())
    numbers: defaultdict[bytes, int] = defaultdict(count().__next__)  # as they are met
    for part in parts:  # the words of one part at a time: together they are many times those that differ
        part.numbers = _numbered(part.field.words, numbers)
    words = sorted(numbers)
    ranks = np.empty(len(words), dtype=np.int64)
    ranks[_numbered(words, numbers)] = np.arange(len(words))
    for part in parts:
        part.numbers = ranks.take(part.numbers)
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
    is_whole: bool = False

    def __post_init__(self) -> None:
        self.is_whole = bool(self.alive.all())


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
    docs, freqs = (np.empty(int(counts.sum()), dtype=np.uint32) for _ in range(2))
    spots = np.empty(int(held.sum()) if places else 0, dtype=np.uint32)
    at, at_spots = np.cumsum(counts) - counts, np.cumsum(held) - held
    for words, piece in pieces:
        building.put_in(piece.docs, piece.counts, at[words], docs)
        building.put_in(piece.freqs, piece.counts, at[words], freqs)
        at[words] += piece.counts
        if places:
            building.put_in(piece.places, piece.held, at_spots[words], spots)
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
    if not part.is_whole and not (alive := part.alive[docs]).all():
        spots = spots[np.repeat(alive, freqs)] if places else spots
        owners = np.repeat(np.arange(len(words)), counts)[alive]
        docs, freqs = docs[alive], freqs[alive]
        counts, held = np.bincount(owners, minlength=len(words)), np.bincount(owners, freqs, minlength=len(words))
        return words, _Chunk(counts, held.astype(np.int64), part.moved[docs], freqs, spots)
    held = field.place_counts(low, high) if places else counts
    return words, _Chunk(counts, held, part.moved[docs], freqs, spots)


def _or_none(source: Source, array: Array | None, default: int) -> Array:
    return array if array is not None else np.full(source.file.size, default)


def _merge_column(out: ArrayWriter, name: str, sources: Sequence[Source], words: _Words) -> None:
    columns = [source.file.column(name) for source in sources]
    bytes_ = [_values(source, column) for source, column in zip(sources, columns, strict=True)]
    if any(isinstance(column, np.ndarray) for column in columns):
        kind = next(column.dtype for column in columns if isinstance(column, np.ndarray))
        plain = (c if isinstance(c, np.ndarray) else None for c in columns)
        out.pieces(f"{name}|plain", kind, (_or_none(s, c, 0)[s.alive] for s, c in zip(sources, plain, strict=True)))
        return
    renumbered = _as_words(columns, [numbers for numbers, _ in bytes_], words)
    if renumbered is None:
        renumbered, values = _as_values(columns, [numbers for numbers, _ in bytes_])
        write_values(out, name, values, words.listed)
    else:
        values = words.listed
    if all(counts is None for _, counts in bytes_):
        out.pieces(f"{name}|numbers", signed(len(values)), renumbered)
        return
    out.pieces(f"{name}|numbers", signed(len(values)), (each[each >= 0] for each in renumbered))
    lengths = [counts if counts is not None else (n >= 0) for n, counts in bytes_]
    out.whole(f"{name}|bounds", np.concatenate([[0], np.cumsum(np.concatenate(lengths), dtype=np.int64)]))


def _as_words(columns: Sequence[object], numbers: list[Array], words: _Words) -> list[Array] | None:
    """The numbers of values that are just the words of the field of the column's name; None: they are not."""
    used, renumbered = np.zeros(len(words.listed), dtype=np.bool_), []
    for column, old in zip(columns, numbers, strict=True):
        table = words.numbers.get(id(column.values)) if isinstance(column, ByteColumn) else None
        if table is None:
            return None
        renumbered.append(np.append(table, -1)[old])
        if (renumbered[-1] < -1).any():
            return None
        used[renumbered[-1][old >= 0]] = True
    return renumbered if used.all() else None


def _as_values(columns: Sequence[object], numbers: list[Array]) -> tuple[list[Array], list[bytes]]:
    """The numbers among the distinct values of all, and those in order."""
    found = [
        {column.values[n] for n in np.unique(old[old >= 0]).tolist()} if isinstance(column, ByteColumn) else set()
        for column, old in zip(columns, numbers, strict=True)
    ]
    values = sorted(set().union(*found))
    place = {value: number for number, value in enumerate(values)}
    renumbered = []
    for column, old in zip(columns, numbers, strict=True):
        listed = column.values if isinstance(column, ByteColumn) else ()
        table = np.array([*(place.get(value, -1) for value in listed), -1], dtype=np.int32)
        renumbered.append(table[old])
    return renumbered, values


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
