"""Is a segment whole? Every byte is as it was written, and the arrays say what arrays of a segment must say."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from search.engines.embedded.segment import ByteColumn, Field, SegmentFile

__all__ = ["faults"]


def faults(file: SegmentFile) -> Iterator[str]:
    """What is wrong with the segment, in sentences that name the file."""
    damaged = file.arrays.damaged()
    if damaged:
        yield f"{file.arrays.path} is damaged (arrays {', '.join(damaged)})"
        return
    if not file.lists.fits():
        yield f"{file.arrays.path}: the lists of documents do not fit together"
        return
    for name in file.field_names():
        field = file.field(name)
        if field is not None:
            yield from (f"{file.arrays.path}: field {name}: {wrong}" for wrong in _of_field(file, field))
    for name in file.column_names():
        column = file.column(name)
        if isinstance(column, ByteColumn):
            yield from (f"{file.arrays.path}: column {name}: {wrong}" for wrong in _of_column(column, file.size))
    if not file.stored_blocks.fits():
        yield f"{file.arrays.path}: blocks and stored documents do not fit together"


def _of_field(file: SegmentFile, field: Field) -> Iterator[str]:
    words = len(field.words)
    listed = field.words.range(0, words)
    if any(before >= after for before, after in pairwise(listed)):
        yield "words are out of order"
    starts = np.asarray(field.starts).astype(np.int64)
    if len(starts) != words + 1 or not _rises(starts, strictly=True) or not field.fits():
        yield "words and postings do not fit together"
        return
    docs = field.docs(0, words)
    if docs.size and docs.max() >= file.size:
        yield "a posting names a document that is not there"
        return
    if not _rises_within(docs, starts[:-1]):
        yield "postings are out of order"
    kept = field.freqs(0, words)
    freqs = kept.astype(np.int64) if kept is not None else np.ones(len(docs), dtype=np.int64)
    if freqs.size and freqs.min() < 1:
        yield "a posting says that a word does not occur"
    lengths = file.lengths(field.name)
    if lengths is not None and not np.array_equal(np.bincount(docs, freqs, file.size), lengths):
        yield "lengths and postings do not agree"
    if field.has_places:
        places = field.places(0, words)
        if len(places) != freqs.sum() or not _rises_within(places, np.cumsum(freqs) - freqs):
            yield "places are out of order"


def _of_column(column: ByteColumn, size: int) -> Iterator[str]:
    numbers, bounds = column.numbers, column.bounds
    least = -1 if bounds is None else 0
    if numbers.size and not (numbers.min() >= least and numbers.max() < len(column.values)):
        yield "a number stands for no value"
    if bounds is None:
        if len(numbers) != size:
            yield "not every document has an entry"
    elif len(bounds) != size + 1 or bounds[-1] != len(numbers) or not _rises(bounds):
        yield "documents and values do not fit together"


def _rises(numbers: npt.NDArray[np.int64], *, strictly: bool = False) -> bool:
    steps = np.diff(numbers)
    return bool((steps > 0).all() if strictly else (steps >= 0).all())


def _rises_within(numbers: npt.NDArray[np.uint32], starts: npt.NDArray[np.int64]) -> bool:
    """Whether the numbers rise from each start to before the next."""
    rising = np.ones(len(numbers), dtype=np.bool_)
    rising[1:] = numbers[1:] > numbers[:-1]
    rising[starts] = True
    return bool(rising.all())
