"""What lies beside a segment for corrections and completions, each in a file of arrays of its own.

    MAIN_x.near      the neighbourhoods of its words (of the field `words`, whose numbers they are)
    MAIN_x.phrases   its frequent phrases

Written before the commit that names the segment, never changed, and gone with it; Whoosh tells by the name whose they
are. A segment that stock Whoosh or an earlier version wrote has none: its neighbourhoods are made when they are first
asked for, and it has no phrases.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search.dictionary import Dictionary, Listed, Neighbourhoods
from search.engines.embedded.columns import ArrayFile, ArrayWriter, Words, joined
from search.engines.embedded.segment import SegmentFile
from search.phrases import Counted, Phrases, together

__all__ = ["dictionary", "drop", "merge_phrases", "phrases", "write_near", "write_phrases"]

NEAR, PHRASES = ".near", ".phrases"


def write_near(segment: Path) -> None:
    """The neighbourhoods of the words of this segment, where they are not there yet."""
    path = segment.with_suffix(NEAR)
    if not path.exists():
        near, draft = _near(SegmentFile(segment)), path.with_suffix(f"{NEAR}.tmp")
        try:
            with ArrayWriter(draft, {}) as out:
                for name in ("letters", "buckets", "holders"):
                    out.whole(name, getattr(near, name))
            draft.replace(path)  # a segment of an earlier commit may get its own now: never half of it
        finally:
            draft.unlink(missing_ok=True)


def dictionary(segment: SegmentFile) -> Dictionary:
    path = segment.arrays.path.with_suffix(NEAR)
    words, starts = _words(segment)
    if not path.exists():
        return Dictionary(words, starts, _near(segment))
    file = ArrayFile(path)
    return Dictionary(words, starts, Neighbourhoods(*map(file.whole, ("letters", "buckets", "holders"))))


def _words(segment: SegmentFile) -> tuple[Words | Listed, npt.NDArray[Any]]:
    field = segment.field("words")
    return (field.words, np.asarray(field.starts)) if field is not None else (Listed(), np.zeros(1, dtype=np.int64))


def _near(segment: SegmentFile) -> Neighbourhoods:
    words, starts = _words(segment)
    return Neighbourhoods.of(words.range(0, len(words)), np.diff(starts).astype(np.int64))


def write_phrases(segment: Path, found: Counted) -> None:
    made = Phrases.of(found.items())
    with ArrayWriter(segment.with_suffix(PHRASES), {}) as out:
        for name, words in (("keys", made.keys), ("texts", made.texts)):
            blob, ends = joined(words.range(0, len(words)))
            out.whole(f"{name}.words", blob)
            out.whole(f"{name}.ends", ends)
        out.whole("counts", made.counts)


def phrases(segment: Path) -> Phrases:
    path = segment.with_suffix(PHRASES)
    if not path.exists():
        return Phrases.of(())
    file = ArrayFile(path)
    keys, texts = (Words(file.whole(f"{name}.words"), file.whole(f"{name}.ends")) for name in ("keys", "texts"))
    return Phrases(keys, texts, file.whole("counts"))


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
