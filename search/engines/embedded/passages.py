"""Where in a long body do the words of a query stand closest together? Told by their places: no text is read."""

from collections.abc import Iterable

import numpy as np

from search.engines.embedded.ranking import Word
from search.engines.embedded.snapshot import Snapshot
from search.engines.embedded.vector import Lookup

__all__ = ["densest"]

#: Words of the body that a passage spans, about what a snippet shows.
WIDTH = 40


def densest(snapshot: Snapshot, look: Lookup, words: Iterable[Word], number: int) -> float:
    """The first run of `WIDTH` words of the document's body with the most of these words in it: where it begins, as a
    part of the whole body. 0 where the body holds none."""
    one = np.array([number], dtype=np.int64)
    found = [snapshot.places(look, "body", word.terms, one) for word in words if word.body == "body"]
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
    return float(places[np.argmax(held)]) / max(1, snapshot.words_in("body", number))
