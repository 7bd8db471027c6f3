"""The inner loops of a search, on arrays: what two lists share, where words stand, impacts, facet counts.

Each is written twice: in NumPy, and as a plain loop that Numba compiles. Where Numba is installed, `load` puts the
compiled ones in place of the others, unless PAGESIFT_NUMBA=0; callers name a loop by its module, `kernels.shared`.

Invariant: ascending lists in, ascending lists out; both versions give the same, single precision apart.
"""

import os
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "PLAIN", "STEP", "Singles", "add_impacts", "beside", "count", "count_beside", "count_of", "impacts", "keys", "load",
    "member", "saturate", "scored", "shared", "times", "use",
]  # fmt: skip

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

#: Between the keys of two documents: above every place, so that they never meet, whatever is added for a distance.
STEP = 1 << 32
#: A list so many times longer than the other is searched by halving (13 ns for each of the shorter); below, a slot per
#: document is cheaper (1.2 ns for each of the longer).
MUCH_LONGER = 12
#: One of so many postings wanted: their frequencies are summed from one to the next, not over all of the word.
FEW = 20


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


def keys(freqs: Array | None, places: Array, at: Ints, numbers: Ints) -> Ints:
    """Where a word stands in the documents of its postings `at`: keys that rise with document and place.

    A key is the document's entry in `numbers` times STEP, and the place. `freqs` and `places` are those of all
    postings of the word (no frequencies: each has one place).
    """
    if freqs is None:
        return numbers * STEP + places.take(at)
    if not len(at):
        return numbers
    times = freqs.take(at).astype(np.int64)
    if len(at) * FEW < len(freqs):
        sums = np.add.reduceat(freqs, at, dtype=np.int64)
        starts = sums.cumsum()
        starts -= sums
        starts += freqs[: at[0]].sum(dtype=np.int64)
    else:
        starts = np.cumsum(freqs, dtype=np.int64).take(at) - times
    ends = times.cumsum()
    starts -= ends
    starts += times
    which = starts.repeat(times)
    which += np.arange(len(which))
    found = (numbers * STEP).repeat(times)
    found += places.take(which)
    return found


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


def scored(docs: Ints, freqs: Array | None, inverse: Singles, most: float, k1: float) -> Singles:
    """The impacts, saturated."""
    return saturate(impacts(docs, freqs, inverse), most, k1)


def saturate(shares: Singles, most: float, k1: float) -> Singles:
    """A word's part of the score: 0 for none of it, never `most`."""
    return shares / (shares + np.float32(k1)) * np.float32(most)


def add_impacts(scores: Singles, docs: Ints, freqs: Array | None, inverse: Singles, most: float, k1: float) -> None:
    """Adds to the score of each document that holds a word its impact, saturated: never `most`."""
    found = impacts(docs, freqs, inverse)
    found /= found + np.float32(k1)
    found *= np.float32(most)
    np.add.at(scores, docs, found)


def count(numbers: Array, values: int) -> Ints:
    """How often each of the numbers below `values` occurs."""
    return np.bincount(numbers, minlength=values).astype(np.int64, copy=False)


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


def use(loops: dict[str, Callable[..., Any]]) -> None:
    """Puts these in place of the loops of the same names."""
    globals().update(loops)


#: The loops of which there is a compiled version.
PLAIN: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (shared, times, keys, beside, count_beside, scored, add_impacts, count_of)
}
_LOADING = threading.Lock()
_compiled: dict[str, Callable[..., Any]] = {}


def _compile() -> dict[str, Callable[..., Any]]:
    """The loops below, behind the signatures of the plain ones. An argument of a type that they are not compiled for is
    left to those.
    """
    import numba as nb

    def array(kind: Any) -> Any:
        return nb.types.Array(kind, 1, "C", readonly=True)

    def jitted(loop: Callable[..., Any], *signatures: tuple[Any, ...]) -> Any:
        return nb.njit(list(signatures), cache=True, nogil=True, error_model="numpy")(loop)

    wide, double, single = array(nb.int64), nb.float64[::1], nb.float32[::1]
    lists = [array(nb.uint32), wide]
    freqs = [array(nb.uint8), array(nb.uint16), array(nb.uint32)]
    places = [array(nb.uint16), array(nb.uint32)]
    near = jitted(_shared_near, *((a, b, nb.int64) for a in lists for b in lists))
    far = jitted(_shared_far, *((a, b) for a in lists for b in lists))
    looked_up = jitted(_times, *((a, f, wide, double) for a in lists for f in freqs))
    stood = jitted(_keys, *((f, p, wide, wide) for f in freqs for p in places))
    behind = jitted(_beside, (wide, wide, nb.int64))
    counted = jitted(_count_beside, (wide, wide, double))
    impacts = jitted(_scored, *((wide, f, array(nb.float32), nb.float32, nb.float32) for f in freqs))
    added = jitted(_add_impacts, *((single, wide, f, array(nb.float32), nb.float32, nb.float32) for f in freqs))
    numbered = [array(kind) for kind in (nb.uint8, nb.uint16, nb.uint32, nb.int32)]
    cells = jitted(_count_of, *((n, wide, nb.int64) for n in numbered))
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

    def keys(freqs: Array | None, places: Array, at: Ints, numbers: Ints) -> Any:
        if freqs is None or not fitting(freqs) or places.dtype not in _PLACES:
            return PLAIN["keys"](freqs, places, at, numbers)
        return stood(freqs, places, at, numbers)

    def scored(docs: Ints, freqs: Array | None, inverse: Singles, most: float, k1: float) -> Any:
        if not fitting(freqs):
            return PLAIN["scored"](docs, freqs, inverse, most, k1)
        return impacts(docs, once if freqs is None else freqs, inverse, most, k1)

    def add_impacts(scores: Singles, docs: Ints, freqs: Array | None, inverse: Singles, most: float, k1: float) -> Any:
        if not fitting(freqs):
            return PLAIN["add_impacts"](scores, docs, freqs, inverse, most, k1)
        return added(scores, docs, once if freqs is None else freqs, inverse, most, k1)

    return {
        "shared": shared, "times": times, "keys": keys, "beside": behind, "count_beside": counted, "scored": scored,
        "add_impacts": add_impacts, "count_of": cells,
    }  # fmt: skip


_LISTS = (np.dtype(np.uint32), np.dtype(np.int64))
_PLACES = (np.dtype(np.uint16), np.dtype(np.uint32))


# What follows is compiled. No frequencies are once each. An `if` that a processor cannot foresee is made an addition.


def _shared_near(docs: Array, others: Array, size: int) -> tuple[Ints, Ints]:
    slots = np.zeros(size, np.int32)
    for number in range(len(docs)):
        slots[docs[number]] = number + 1
    here, there = np.empty(len(docs) + 1, np.int64), np.empty(len(docs) + 1, np.int64)
    found = 0
    for number in range(len(others)):
        slot = slots[others[number]]
        here[found] = slot - 1
        there[found] = number
        found += slot != 0
    return here[:found], there[:found]


def _shared_far(docs: Array, others: Array) -> tuple[Ints, Ints]:
    here, there = np.empty(len(docs), np.int64), np.empty(len(docs), np.int64)
    found = at = 0
    for number in range(len(docs)):
        wanted = docs[number]
        step = 1  # doubled until it reaches too far, then halved
        while at + step < len(others) and others[at + step] < wanted:
            at += step
            step *= 2
        while step:
            if at + step < len(others) and others[at + step] < wanted:
                at += step
            step //= 2
        if at < len(others) and others[at] < wanted:
            at += 1
        if at == len(others):
            break
        if others[at] == wanted:
            here[found] = number
            there[found] = at
            found += 1
    return here[:found], there[:found]


def _times(docs: Array, freqs: Array, wanted: Ints, result: Floats) -> Ints:
    places = np.empty(len(wanted), np.int64)
    at = 0
    for number in range(len(wanted)):
        document = wanted[number]
        step = 1
        while at + step < len(docs) and docs[at + step] < document:
            at += step
            step *= 2
        while step:
            if at + step < len(docs) and docs[at + step] < document:
                at += step
            step //= 2
        if docs[at] < document and at + 1 < len(docs):
            at += 1
        places[number] = at
        held = docs[at] == document
        result[number] = 0 if not held else 1 if not len(freqs) else freqs[at]
    return places


def _keys(freqs: Array, places: Array, at: Ints, numbers: Ints) -> Ints:
    size = 0
    for number in range(len(at)):
        size += freqs[at[number]]
    found = np.empty(size, np.int64)
    start = done = filled = 0
    for number in range(len(at)):
        for before in range(done, at[number]):
            start += freqs[before]
        done = at[number]
        for place in range(start, start + freqs[done]):
            found[filled] = numbers[number] * STEP + places[place]
            filled += 1
    return found


def _beside(before: Ints, after: Ints, slop: int) -> Ints:
    found = np.empty(len(after), np.int64)
    low = size = 0
    for number in range(len(after)):
        while low < len(before) and before[low] < after[number] - slop:
            low += 1
        if low == len(before):
            break
        if before[low] < after[number]:
            found[size] = after[number]
            size += 1
    return found[:size]


def _count_beside(before: Ints, after: Ints, counts: Floats) -> None:
    low = 0
    for number in range(len(after)):
        while low < len(before) and before[low] < after[number] - 1:
            low += 1
        if low == len(before):
            break
        if before[low] == after[number] - 1:
            counts[after[number] // STEP] += 1


def _scored(docs: Ints, freqs: Array, inverse: Singles, most: float, k1: float) -> Singles:
    found = np.empty(len(docs), np.float32)
    for number in range(len(docs)):
        share = inverse[docs[number]] * (np.float32(freqs[number]) if len(freqs) else np.float32(1))
        found[number] = share / (share + k1) * most
    return found


def _add_impacts(scores: Singles, docs: Ints, freqs: Array, inverse: Singles, most: float, k1: float) -> None:
    for number in range(len(docs)):
        share = inverse[docs[number]] * (np.float32(freqs[number]) if len(freqs) else np.float32(1))
        scores[docs[number]] += share / (share + k1) * most


def _count_of(numbers: Array, docs: Ints, values: int) -> Ints:
    counts = np.zeros(values, np.int64)
    for number in range(len(docs)):
        counts[numbers[docs[number]]] += 1
    return counts
