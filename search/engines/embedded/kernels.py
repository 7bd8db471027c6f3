"""The inner loops of a search, on arrays: what two lists share, where words stand, impacts, facet counts.

Each is written twice: in NumPy, and in `loops` for Numba to compile. Where Numba is installed, `load` puts the
compiled ones in place of the others, unless PAGESIFT_NUMBA=0; callers name a loop by its module, `kernels.shared`.

Invariant: ascending lists in, ascending lists out; both versions give the same, single precision apart.
"""

import os
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded import loops

__all__ = [
    "PLAIN", "STEP", "Singles", "add", "beside", "bm25f", "count", "count_beside", "count_of", "impacts",
    "load", "member", "saturate", "scored", "shared", "spread", "times", "use",
]  # fmt: skip

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

STEP = loops.STEP
#: A list so many times longer than the other is searched by halving (13 ns for each of the shorter); below, a slot per
#: document is cheaper (1.2 ns for each of the longer).
MUCH_LONGER = 12


def shared(docs: Array, others: Array, size: int) -> tuple[Ints, Ints]:
    """Where in each of two lists stand the documents that both hold; `size` is above every document."""
    if len(docs) > len(others):
        there, here = shared(others, docs, size)
        return here, there
    if len(docs) * MUCH_LONGER < len(others):
        at = np.searchsorted(others, docs.astype(others.dtype, copy=False))
        at[at == len(others)] = 0
        found = np.flatnonzero(others.take(at) == docs)
        return found, at.take(found)
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
        at = np.searchsorted(others, docs.astype(others.dtype, copy=False))
        at[at == len(others)] = 0
        found: npt.NDArray[np.bool_] = others.take(at) == docs
        return found
    marked = np.zeros(size, np.bool_)
    marked[others.astype(np.int64, copy=False)] = True
    return marked.take(docs.astype(np.int64, copy=False))


def times(docs: Array, freqs: Array | None, wanted: Ints, result: Floats) -> Ints:
    """How often each of the wanted documents stands in a list (not empty), into `result`, and where; that means
    something where it stands in it.
    """
    needles = wanted.astype(docs.dtype, copy=False)
    at = docs.searchsorted(needles)
    np.minimum(at, len(docs) - 1, out=at)
    there = docs.take(at) == needles
    if freqs is None:
        result[:] = there
    else:
        np.multiply(freqs.take(at), there, out=result)
    return at


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


def count_beside(before: Ints, after: Ints, counts: Floats) -> None:
    """How many of the keys `after` stand right behind one of `before`, by the document's number, into `counts`."""
    met = beside(before, after, 1)
    if len(met):
        counts[:] = np.bincount(met // STEP, minlength=len(counts))


def beside(before: Ints, after: Ints, slop: int) -> Ints:
    """Those of the keys `after` that stand 1 to `slop` places behind one of `before`."""
    if not len(before) or not len(after):
        return after[:0]
    if slop == 1:  # two runs in order: a stable sort merges them, in a third of the time of searching one in the other
        both = np.concatenate([before + 1, after])
        both.sort(kind="stable")
        return both.take(np.flatnonzero(both[1:] == both[:-1]))
    low = np.searchsorted(before, after - slop)
    low[low == len(before)] = 0  # the first stands behind or too far in front: those that found none are told by it
    there = before.take(low)
    return after[(there < after) & (there >= after - slop)]


def impacts(docs: Ints, freqs: Array | None, inverse: Singles) -> Singles:
    """How often each document holds a word, over what its length makes of that; `inverse` has one entry a document."""
    shares = inverse.take(docs)
    if freqs is not None:
        np.multiply(freqs, shares, out=shares, casting="unsafe")
    return shares


def scored(docs: Ints, freqs: Array | None, inverse: Singles, k1: float) -> Singles:
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


def bm25f(weights: Floats, title: Floats, body: Floats, norms: list[Floats], boost: float, k1: float) -> Floats:
    """The sum over rows of the saturated frequencies, each row by its weight; `title` without rows is no title.

    `norms` is what frequencies in title and body are divided by; `boost` multiplies those in the title. The order of
    the rows is that of the additions.
    """
    parts = body / norms[1]
    if len(title):
        parts = boost * title / norms[0] + parts
    parts = (k1 + 1) * parts / (k1 + parts)
    scores = np.zeros(body.shape[1])
    for weight, part in zip(weights.tolist(), parts, strict=True):
        scores += weight * part
    return scores


def count_of(numbers: Array, docs: Ints, values: int) -> Ints:
    """The same of the numbers of these documents."""
    return count(numbers.take(docs), values)


def load() -> bool:
    """Whether the compiled loops are in use; the first call compiles them, or reads what was compiled before.

    It takes a second, the very first time on a machine a minute: it is for processes that answer many queries.
    """
    if os.environ.get("PAGESIFT_NUMBA") == "0":
        return False
    with _LOADING:
        if not _compiled:
            try:
                _compiled.update(_compile())
            except (ImportError, RuntimeError):  # not installed; nowhere to keep what was compiled
                return False
        use(_compiled)
    return True


def use(versions: dict[str, Callable[..., Any]]) -> None:
    """Puts these in place of the loops of the same names."""
    globals().update(versions)


#: The loops of which there is a compiled version.
PLAIN: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (shared, times, spread, beside, count_beside, scored, add, bm25f, count_of)
}
_LOADING = threading.Lock()
_compiled: dict[str, Callable[..., Any]] = {}


def _compile() -> dict[str, Callable[..., Any]]:
    """Those of `loops`, behind the signatures of the plain ones, to which arguments of other types are left."""
    import numba as nb

    def array(kind: Any) -> Any:
        return nb.types.Array(kind, 1, "C", readonly=True)

    def jitted(loop: Callable[..., Any], *signatures: tuple[Any, ...]) -> Any:
        return nb.njit(list(signatures), cache=True, nogil=True, error_model="numpy")(loop)

    wide, double, single = array(nb.int64), nb.float64[::1], nb.float32[::1]
    lists = [array(nb.uint32), wide]
    freqs = [array(nb.uint8), array(nb.uint16), array(nb.uint32)]
    near = jitted(loops.shared_near, *((a, b, nb.int64) for a in lists for b in lists))
    far = jitted(loops.shared_far, *((a, b) for a in lists for b in lists))
    looked_up = jitted(loops.times, *((a, f, wide, double) for a in lists for f in freqs))
    spreading = jitted(loops.spread, *((freqs[2], f, wide) for f in freqs))
    behind = jitted(loops.beside, (wide, wide, nb.int64))
    counted = jitted(loops.count_beside, (wide, wide, double))
    impacts = jitted(loops.scored, *((wide, f, array(nb.float32), nb.float32) for f in freqs))
    added = jitted(loops.add, (single, wide, array(nb.float32), nb.float32))
    numbered = [array(kind) for kind in (nb.uint8, nb.uint16, nb.uint32, nb.int32)]
    rows, row = nb.types.Array(nb.float64, 2, "C", readonly=True), array(nb.float64)
    summed = jitted(loops.bm25f, (row, rows, rows, row, row, nb.float64, nb.float64))
    cells = jitted(loops.count_of, *((n, wide, nb.int64) for n in numbered))
    once = np.zeros(0, np.uint8)

    def fitting(freqs: Array | None) -> bool:
        return freqs is None or (freqs.dtype.kind == "u" and freqs.dtype.itemsize <= 4)

    def shared(docs: Array, others: Array, size: int) -> Any:
        if len(docs) > len(others):
            there, here = shared(others, docs, size)
            return here, there
        if docs.dtype not in _LISTS or others.dtype not in _LISTS:
            return PLAIN["shared"](docs, others, size)
        return far(docs, others) if len(docs) * MUCH_LONGER < len(others) else near(docs, others, size)

    def times(docs: Array, freqs: Array | None, wanted: Ints, result: Floats) -> Any:
        if docs.dtype not in _LISTS or not fitting(freqs):
            return PLAIN["times"](docs, freqs, wanted, result)
        return looked_up(docs, once if freqs is None else freqs, wanted, result)

    def spread(ends: Array, freqs: Array, numbers: Ints) -> Any:
        return spreading(ends, freqs, numbers) if fitting(freqs) else PLAIN["spread"](ends, freqs, numbers)

    def scored(docs: Ints, freqs: Array | None, inverse: Singles, k1: float) -> Any:
        if not fitting(freqs):
            return PLAIN["scored"](docs, freqs, inverse, k1)
        return impacts(docs, once if freqs is None else freqs, inverse, k1)

    def bm25f(weights: Floats, title: Floats, body: Floats, norms: list[Floats], boost: float, k1: float) -> Any:
        return summed(weights, title, body, norms[0], norms[1], boost, k1)

    return {
        "shared": shared, "times": times, "spread": spread, "beside": behind, "count_beside": counted, "scored": scored,
        "add": added, "bm25f": bm25f, "count_of": cells,
    }  # fmt: skip


_LISTS = (np.dtype(np.uint32), np.dtype(np.int64))
