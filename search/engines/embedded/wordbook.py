"""What lies beside a segment for corrections and completions, each in a file of arrays of its own.

    MAIN_x.near      the neighbourhoods of its words (of the field `words`, whose numbers they are)
    MAIN_x.phrases   its frequent phrases

Written before the commit that names the segment, and gone with it; Whoosh tells by the name whose they are. Where one
is damaged, or there is none (stock Whoosh writes none), a search goes on: neighbourhoods are made when they are first
asked for, and there are fewer phrases. `faults` says so, and the next commit makes the file. So a file may be another
than the one that the segment was committed with: it proves itself by its own checksums, no manifest names it.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search.dictionary import Dictionary, Listed, Neighbourhoods
from search.engines.embedded.columns import ArrayFile, ArrayWriter, Words, joined
from search.engines.embedded.segment import SegmentFile
from search.errors import DamagedIndex
from search.phrases import Counted, Phrases, together

__all__ = [
    "SUFFIXES", "dictionary", "drop", "faults", "has_phrases", "merge_phrases", "phrases", "write_near",
    "write_phrases",
]  # fmt: skip

SUFFIXES = NEAR, PHRASES = ".near", ".phrases"
#: What becomes of searches without a file.
_WITHOUT = {NEAR: "searches go on", PHRASES: "searches go on, completions know fewer phrases"}


def faults(segment: Path) -> Iterator[str]:
    """Which of the files beside this segment are missing or damaged, and what to do; every byte of them is read."""
    for extension, without in _WITHOUT.items():
        path = segment.with_suffix(extension)
        if not _sound(path):
            yield f"{path} is {'damaged' if path.exists() else 'missing'}: {without}; `reindex` makes it anew"


def has_phrases(segment: Path) -> bool:
    """Whether they can be read, every byte of them."""
    return _sound(segment.with_suffix(PHRASES))


def _sound(path: Path) -> bool:
    """Whether it is there, all of it as it was written: 5 ms for the 7 MB of 100,000 pages."""
    try:
        return not ArrayFile(path).damaged()
    except DamagedIndex:
        return False


def write_near(segment: Path) -> None:
    """The neighbourhoods of the words of this segment, where they are not there yet or damaged."""
    path = segment.with_suffix(NEAR)
    if not _sound(path):
        near = _near(SegmentFile(segment))
        with _drafted(path) as out:
            for name in ("letters", "buckets", "holders"):
                out.whole(name, getattr(near, name))


@contextlib.contextmanager
def _drafted(path: Path) -> Iterator[ArrayWriter]:
    """A file that gets its name when it is whole: a segment of an earlier commit may get its own now."""
    draft = path.with_suffix(f"{path.suffix}.tmp")
    try:
        with ArrayWriter(draft, {}) as out:
            yield out
        with draft.open("r+b") as file:
            os.fsync(file.fileno())  # else the name may reach the disk without what it names
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def dictionary(segment: SegmentFile) -> Dictionary:
    words, starts = _words(segment)
    with contextlib.suppress(DamagedIndex):
        file = ArrayFile(segment.arrays.path.with_suffix(NEAR))
        return Dictionary(words, starts, Neighbourhoods(*map(file.whole, ("letters", "buckets", "holders"))))
    return Dictionary(words, starts, _near(segment))


def _words(segment: SegmentFile) -> tuple[Words | Listed, npt.NDArray[Any]]:
    field = segment.field("words")
    return (field.words, np.asarray(field.starts)) if field is not None else (Listed(), np.zeros(1, dtype=np.int64))


def _near(segment: SegmentFile) -> Neighbourhoods:
    words, starts = _words(segment)
    return Neighbourhoods.of(words.range(0, len(words)), np.diff(starts).astype(np.int64))


def write_phrases(segment: Path, found: Counted) -> None:
    made = Phrases.of(found.items())
    with _drafted(segment.with_suffix(PHRASES)) as out:
        for name, words in (("keys", made.keys), ("texts", made.texts)):
            blob, ends = joined(words.range(0, len(words)))
            out.whole(f"{name}.words", blob)
            out.whole(f"{name}.ends", ends)
        out.whole("counts", made.counts)


def phrases(segment: Path) -> Phrases:
    with contextlib.suppress(DamagedIndex):
        file = ArrayFile(segment.with_suffix(PHRASES))
        keys, texts = (Words(file.whole(f"{name}.words"), file.whole(f"{name}.ends")) for name in ("keys", "texts"))
        return Phrases(keys, texts, file.whole("counts"))
    return Phrases.of(())


def merge_phrases(sources: Iterable[tuple[Path, float]], merged: Path, others: Counted) -> None:
    """Those of the sources, of each of which so large a part of the documents stays: so large a part of each count.

    `others` are of documents whose segments have none.
    """
    lists = (
        {text: round(count * share) for text, count in phrases(path).all().items() if round(count * share)}
        for path, share in sources
    )
    write_phrases(merged, together([others, *lists]))


def drop(segment: Path) -> None:
    """Take away the segment and what lies beside it."""
    for path in (segment, segment.with_suffix(NEAR), segment.with_suffix(PHRASES)):
        path.unlink(missing_ok=True)
