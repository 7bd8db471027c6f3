"""Where in a long body do the words of a query stand closest together? Told by their places: no text is read."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from search.engines.embedded.ranking import Word
from search.engines.embedded.segment import SegmentFile
from search.engines.embedded.snapshot import Snapshot

__all__ = ["densest"]

Ints = npt.NDArray[np.int64]

#: Words of the body that a passage spans, about what a snippet shows.
WIDTH = 40


def densest(snapshot: Snapshot, words: Iterable[Word], number: int) -> float:
    """The first run of `WIDTH` words of the document's body with the most of these words in it: where it begins, as a
    part of the whole body. 0 where the body holds none."""
    file, start = next((file, start) for file, start in reversed(snapshot.files) if start <= number)
    found = [_places(file, word.terms, number - start) for word in words if word.body == "body"]
    if not any(map(len, found)):
        return 0.0
    places = np.concatenate(found)
    which = np.repeat(np.arange(len(found)), [len(each) for each in found])
    order = np.argsort(places, kind="stable")
    places, which = places[order], which[order]
    held = np.zeros(len(places), dtype=np.int64)
    for each in range(len(found)):  # the word stands in the run that begins at a place, if next after it within WIDTH
        own = places[which == each]
        if len(own):
            after = np.searchsorted(own, places)
            held += (after < len(own)) & (own[np.minimum(after, len(own) - 1)] < places + WIDTH)
    lengths = file.lengths("body")
    length = int(lengths[number - start]) if lengths is not None else 1
    return min(1.0, float(places[np.argmax(held)]) / max(1, length))  # compounds stand beyond the end


def _places(file: SegmentFile, terms: Iterable[str], document: int) -> Ints:
    """Where one of the terms stands in the body of a document of the segment, ascending."""
    field, found = file.field("body"), [np.zeros(0, dtype=np.int64)]
    if field is None:
        return found[0]
    for term in terms:
        number = field.words.find(term.encode())
        if number is None:
            continue
        docs, freqs = field.docs(number, number + 1), field.freqs(number, number + 1)
        at = int(np.searchsorted(docs, document))
        if at < len(docs) and docs[at] == document:
            before, times = (int(freqs[:at].sum()), int(freqs[at])) if freqs is not None else (at, 1)
            found.append(field.places_of(number, np.arange(before, before + times)).astype(np.int64))
    return np.sort(np.concatenate(found))
