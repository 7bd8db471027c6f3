"""The inner loops of a search, on arrays: what two lists share, where words stand, impacts, facet counts.

Each is written twice: in NumPy, and in `loops` for Numba to compile. Where Numba is installed, `load` puts the
compiled ones in place of the others, unless PAGESIFT_NUMBA=0; callers name a loop by its module, `kernels.shared`.

Invariant: ascending lists in, ascending lists out; both versions give the same, single precision apart.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded import loops
from search.engines.embedded.compiled import Compiled, array, jitted

__all__ = [
    "COMPILED", "PLAIN", "Singles", "Spots", "add", "beside", "bm25f", "count", "count_beside", "count_of",
    "count_rows", "following", "impacts", "keys", "load", "located", "member", "placed", "positive", "saturate",
    "scored", "shared", "spread", "use",
]  # fmt: skip

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
#: Places of a word in some documents: among all its `places`, where those of each document end, and how many there are.
Spots = tuple[Array, Array, Ints]

STEP = loops.STEP
SHIFT = STEP.bit_length() - 1
#: A list so many times longer than the other is searched by halving (13 ns for each of the shorter); below, a slot per
#: document is cheaper (1.2 ns for each of the longer).
MUCH_LONGER = 12


def shared(docs: Array, others: Array, size: int) -> tuple[Ints, Ints]:
    """Where in each of two lists stand the documents that both hold; `size` is above every document."""
    if len(docs) > len(others):
        there, here = shared(others, docs, size)
        return here, there
    if len(docs) * MUCH_LONGER < len(others):
        at = located(others, docs)
        here = (at >= 0).nonzero()[0]
        return here, at.take(here)
    slots = np.zeros(size, np.int32)
    slots[docs.astype(np.int64, copy=False)] = np.arange(1, len(docs) + 1, dtype=np.int32)
    met = slots.take(others.astype(np.int64, copy=False))
    there = np.flatnonzero(met > 0)  # of numbers it takes four times as long
    return met.take(there).astype(np.int64) - 1, there


def member(docs: Array, others: Array, size: int) -> npt.NDArray[np.bool_]:
    """Which of the documents are among the others."""
    if not len(others):
        return np.zeros(len(docs), np.bool_)
    if len(docs) * MUCH_LONGER < len(others):
        found: npt.NDArray[np.bool_] = located(others, docs) >= 0
        return found
    marked = np.zeros(size, np.bool_)
    marked[others.astype(np.int64, copy=False)] = True
    return marked.take(docs.astype(np.int64, copy=False))


def located(docs: Array, wanted: Array) -> Ints:
    """Where each of the wanted documents stands in a list; -1 where it does not."""
    if not len(docs):
        return np.full(len(wanted), -1)
    needles = wanted.astype(docs.dtype, copy=False)
    at: Ints = docs.searchsorted(needles)
    np.minimum(at, len(docs) - 1, out=at)
    at[docs.take(at) != needles] = -1
    return at


def positive(numbers: Array, docs: Ints) -> Ints:
    """Which of the documents (ascending: their places among them) have a number above 0."""
    found: Ints = (numbers.take(docs) > 0).nonzero()[0]
    return found


def spread(ends: Array, freqs: Array, numbers: Ints) -> tuple[Ints, Ints]:
    """Which of a word's places are those in some of the documents that hold it, each `freqs` times, its places ending
    at `ends`; beside each the document's entry in `numbers`, times STEP.
    """
    times = freqs.astype(np.int64)
    starts = ends.astype(np.int64)
    starts -= times.cumsum()
    which = starts.repeat(times)
    which += np.arange(len(which))
    return which, (numbers * STEP).repeat(times)


def keys(spots: Spots) -> Ints:
    """The places, each STEP times the number of its document (from 0) more."""
    places, ends, times = spots
    which, found = spread(ends, times, np.arange(len(times)))
    found += places.take(which)
    return found


def placed(keys: Ints, docs: int) -> Spots:
    """The places of such keys, ascending, in so many documents."""
    times = np.bincount(keys >> SHIFT, minlength=docs)
    return (keys & STEP - 1).astype(np.uint32), times.cumsum(dtype=np.uint32), times


def following(before: Spots, after: Spots, slop: int) -> Spots:
    """Of a word's places those 1 to `slop` behind one of another word's."""
    return placed(beside(keys(before), keys(after), slop), len(after[2]))


def count_beside(spots: list[Spots], pairs: list[tuple[int, int]]) -> Floats:
    """How often the words of each pair (a row) stand one right behind the other in each document (a column)."""
    docs = len(spots[0][2])
    held = np.concatenate([times for _, _, times in spots])
    filled = held.cumsum()
    which = (np.concatenate([ends for _, ends, _ in spots]) - filled).repeat(held)
    which += np.arange(len(which))
    numbered = (np.arange(len(held)) * STEP).repeat(held)  # documents are numbered on from one word to the next
    found, last = [], 0
    for (places, _, _), end in zip(spots, filled[docs - 1 :: docs].tolist(), strict=True):
        numbered[last:end] += places.take(which[last:end])
        found.append(numbered[last:end])
        last = end
    step = docs * STEP  # and so from one pair to the next
    before = [found[one] + ((row - one) * step + 1) for row, (one, _) in enumerate(pairs)]
    after = [found[other] + (row - other) * step for row, (_, other) in enumerate(pairs)]
    met = _twice(np.concatenate([*before, *after]))
    return np.bincount(met >> SHIFT, minlength=len(pairs) * docs).reshape(len(pairs), docs).astype(np.float64)


def _twice(keys: Ints) -> Ints:
    """Those that stand there twice. A stable sort merges runs in order, in a third of the time of searching one in the
    other.
    """
    keys.sort(kind="stable")
    found: Ints = keys.take((keys[1:] == keys[:-1]).nonzero()[0])
    return found


def beside(before: Ints, after: Ints, slop: int) -> Ints:
    """Those of the keys `after` that stand 1 to `slop` places behind one of `before`."""
    if not len(before) or not len(after):
        return after[:0]
    if slop == 1:
        return _twice(np.concatenate([before + 1, after]))
    low = np.searchsorted(before, after - slop)
    low[low == len(before)] = 0  # the first stands behind or too far in front: those that found none are told by it
    there = before.take(low)
    return after[(there < after) & (there >= after - slop)]


def impacts(docs: Ints, freqs: Array, inverse: Singles) -> Singles:
    """How often each document holds a word, over what its length makes of that; `inverse` has one entry a document."""
    shares = inverse.take(docs)
    np.multiply(freqs, shares, out=shares, casting="unsafe")
    return shares


def scored(docs: Ints, freqs: Array, inverse: Singles, k1: float) -> Singles:
    """The impacts, saturated: below 1."""
    return saturate(impacts(docs, freqs, inverse), k1)


def saturate(shares: Singles, k1: float) -> Singles:
    """A word's part of the score: 0 for none of it, below 1."""
    return shares / (shares + np.float32(k1))


def add(scores: Singles, docs: Ints, parts: Singles, weight: float) -> None:
    """Adds to the score of each of the documents its part, times a weight."""
    np.add.at(scores, docs, parts * np.float32(weight))


def count(numbers: Array, values: int) -> Ints:
    """How often each of the numbers below `values` occurs."""
    return np.bincount(numbers, minlength=values).astype(np.int64, copy=False)


def bm25f(
    weights: Floats, title: Floats, body: Floats, norms: list[Floats], boost: float, k1: float
) -> tuple[Floats, Floats]:
    """The saturated frequencies, below 1, and the sum of their rows, each by its weight times k1 + 1.

    `title` without rows is no title. `norms` is what frequencies in title and body are divided by; `boost` multiplies
    those in the title. The order of the rows is that of the additions.
    """
    parts = body / norms[1]
    if len(title):
        parts += boost * title / norms[0]
    parts /= parts + k1
    weighted = parts * ((k1 + 1) * weights)[:, None]
    return parts, weighted[0] if len(weighted) == 1 else np.add.reduce(weighted)


def count_of(numbers: Array, docs: Ints, values: int) -> Ints:
    """The same of the numbers of these documents."""
    return count(numbers.take(docs), values)


def count_rows(rows: Array, docs: Ints, values: int) -> Ints:
    """The same of all numbers in the rows of these documents."""
    return count(rows.take(docs, axis=0).ravel(), values)


#: The loops of which there is a compiled version.
PLAIN: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (shared, located, positive, spread, following, count_beside, scored, add, bm25f, count_of, count_rows)
}


def _compile(nb: Any) -> dict[str, Callable[..., Any]]:
    """Those of `loops`, behind the signatures of the plain ones, to which arguments of other types are left."""
    wide, single = array(nb.int64), nb.float32[::1]
    lists = [array(nb.uint32), wide]
    freqs = [array(nb.uint8), array(nb.uint16), array(nb.uint32)]
    near = jitted(loops.shared_near, *((a, b, nb.int64) for a in lists for b in lists))
    far = jitted(loops.located, *((a, b) for a in lists for b in lists))
    above = jitted(loops.positive, *((f, wide) for f in freqs))
    spreading = jitted(loops.spread, *((freqs[2], f, wide) for f in [*freqs, wide]))
    row = array(nb.float64)
    followed = jitted(
        loops.following,
        *((a, freqs[2], wide, b, freqs[2], wide, nb.int64) for a in freqs[1:] for b in freqs[1:]),
    )
    impacts = jitted(loops.scored, *((wide, f, array(nb.float32), nb.float32) for f in freqs))
    added = jitted(loops.add, (single, wide, array(nb.float32), nb.float32))
    numbered = [array(kind) for kind in (nb.uint8, nb.uint16, nb.uint32, nb.int32)]
    rows = array(nb.float64, 2)
    summed = jitted(loops.bm25f, (row, rows, rows, row, row, nb.float64, nb.float64))
    in_rows = jitted(loops.count_rows, *((array(n, 2), wide, nb.int64) for n in (nb.uint8, nb.uint16, nb.uint32)))
    cells = jitted(loops.count_of, *((n, wide, nb.int64) for n in numbered))

    def fitting(freqs: Array) -> bool:
        return (freqs.dtype.kind == "u" and freqs.dtype.itemsize <= 4) or freqs.dtype == np.int64

    def shared(docs: Array, others: Array, size: int) -> Any:
        if len(docs) > len(others):
            there, here = shared(others, docs, size)
            return here, there
        if len(docs) * MUCH_LONGER < len(others) or docs.dtype not in _LISTS or others.dtype not in _LISTS:
            return PLAIN["shared"](docs, others, size)
        return near(docs, others, size)

    def located(docs: Array, wanted: Array) -> Any:
        if docs.dtype not in _LISTS or wanted.dtype not in _LISTS:
            return PLAIN["located"](docs, wanted)
        return far(docs, wanted)

    def spread(ends: Array, freqs: Array, numbers: Ints) -> Any:
        return spreading(ends, freqs, numbers) if fitting(freqs) else PLAIN["spread"](ends, freqs, numbers)

    def following(before: Spots, after: Spots, slop: int) -> Any:
        return followed(*before, *after, slop)

    def count_beside(spots: list[Spots], pairs: list[tuple[int, int]]) -> Any:
        return np.array([followed(*spots[one], *spots[other], 1)[2] for one, other in pairs], np.float64)

    def scored(docs: Ints, freqs: Array, inverse: Singles, k1: float) -> Any:
        return impacts(docs, freqs, inverse, k1) if fitting(freqs) else PLAIN["scored"](docs, freqs, inverse, k1)

    def bm25f(weights: Floats, title: Floats, body: Floats, norms: list[Floats], boost: float, k1: float) -> Any:
        return summed(weights, title, body, norms[0], norms[1], boost, k1)

    return {
        "shared": shared, "located": located, "positive": above, "spread": spread, "following": following,
        "count_beside": count_beside, "scored": scored, "add": added, "bm25f": bm25f, "count_of": cells,
        "count_rows": in_rows,
    }  # fmt: skip


_LISTS = (np.dtype(np.uint32), np.dtype(np.int64))

COMPILED = Compiled(globals(), _compile)
#: For processes that answer many queries.
load, use = COMPILED.load, COMPILED.use
