"""The inner loops of a build, on arrays: which number has each piece of a text, and where the words of documents go.

Each is written twice: in NumPy, and in `building_loops` for Numba to compile. Where Numba is installed, `load` puts the
compiled ones in place of the others, unless PAGESIFT_NUMBA=0; callers name a loop by its module, `building.inverted`.

Invariant: both versions give the same.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.embedded import building_loops
from search.engines.embedded.compiled import Compiled, array, jitted
from search.engines.embedded.tables import MISSING, Table, keys_of

__all__ = [
    "COMPILED", "PLAIN", "bit_lengths", "distinct", "inverted", "load", "looked_up", "met", "packed", "put_in", "runs",
    "signed_runs", "use",
]  # fmt: skip

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

#: What a byte may be inside a run: a letter, or a sign that may stand in a compound; what parts runs is neither.
_LETTER, _SIGN = 1, 2
_KINDS = bytes(_LETTER if b > 127 or chr(b).isalnum() else _SIGN * (b in b"-'.,") for b in range(256))
_KIND = np.frombuffer(_KINDS, dtype=np.uint8)


def looked_up(text: bytes, tables: Sequence[Table]) -> tuple[Array, Ints, Ints]:
    """The numbers of what stands between the spaces of a text, MISSING where no table has it; starts and lengths.

    The text begins with a space and ends with so many that a key can be read at each of its bytes. The tables have
    keys of one, two and four numbers; each finds the pieces that are too long for those before.
    """
    inside = np.frombuffer(text, dtype=np.uint8) != 32
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    starts = edges[::2].copy()
    lengths = edges[1::2] - starts
    found = np.full(len(starts), MISSING, dtype=np.int32)
    width = 0
    for table in tables:
        these = np.flatnonzero((lengths > 8 * width) & (lengths <= 8 * table.width))
        if len(these):
            found[these] = table.find(keys_of(text, table.width, starts[these], lengths[these]))
        width = table.width
    return found, starts, lengths


def signed_runs(text: bytes, starts: Ints, lengths: Ints, wide: Ints) -> tuple[Ints, Ints, Ints]:
    """The runs of letters and signs of a text with a sign that may lie in a compound: a sign's place, beginning, end.

    `starts` and `lengths` are of its runs of letters, `wide` are where signs stand that are not ASCII. Of the signs
    behind which nothing follows or `s`, or behind a comma no figure, none lies in a compound.
    """
    bytes_ = np.frombuffer(text, dtype=np.uint8)
    before = np.flatnonzero(starts[1:] == starts[:-1] + lengths[:-1] + 1)
    at = starts[before + 1] - 1
    sign, behind = bytes_[at], bytes_[at + 1]
    possession = (sign == ord("'")) & (behind | 32 == ord("s")) & (lengths[before + 1] == 1)
    at = at[(_KIND.take(sign) == _SIGN) & ~possession & ((sign != ord(",")) | (behind <= ord("9")))]
    kinds, end, found = text.translate(_KINDS), 0, []
    for place in np.sort(np.concatenate([at, wide])).tolist():
        if place >= end:
            start, end = kinds.rfind(0, 0, place) + 1, kinds.find(0, place)
            end = end if end > 0 else len(text)
            found.append((place, start, end))
    places, firsts, ends = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return places, firsts, ends


def met(numbers: Array, size: int) -> Ints:
    """Which of the numbers below `size` occur."""
    occurs = np.zeros(size, dtype=np.bool_)
    occurs[numbers] = True
    return np.flatnonzero(occurs)


def inverted(ranks: Array, words: int, counts: Ints, joined: Ints, apart: int) -> tuple[Ints, Array, Array, Array]:
    """The postings of words in order of rank, document and place; document i has the next counts[i] of the `ranks`.

    Given: how many documents hold each of the `words`; of each posting its document and how often that holds the word;
    of each word in a document its place. The last joined[i] of a document stand `apart` from what is before.
    """
    order, docs, postings, held = _grouped(ranks, words, counts)
    ends = np.cumsum(counts)
    places = np.arange(len(order), dtype=np.int32) - np.repeat((ends - counts).astype(np.int32), counts)
    if joined.any():
        places[runs(ends - joined, joined)] += (runs(np.ones_like(joined), joined) * (apart - 1)).astype(np.int32)
    return held, docs.take(postings), np.diff(postings, append=len(order)), places.take(order)


def distinct(ranks: Array, words: int, counts: Ints) -> tuple[Ints, Array]:
    """The same without how often and where."""
    _, docs, postings, held = _grouped(ranks, words, counts)
    return held, docs.take(postings)


def _grouped(ranks: Array, words: int, counts: Ints) -> tuple[Array, Array, Ints, Ints]:
    """Words of documents in order of rank, document and place: where each stood, and its document; then which of them
    are the first of their word in their document, and how many such each word has.

    Sorting by 16 bits at a time takes 11 ns a word; sorting rank, document and place as one number took 60.
    """
    order = np.argsort(ranks.astype(np.uint16, copy=False), kind="stable")  # by the low half
    if words > 1 << 16:
        order = order[np.argsort((ranks >> 16).astype(np.uint16)[order], kind="stable")]
    docs = np.repeat(np.arange(len(counts), dtype=np.int32), counts).take(order)
    first = np.ones(len(docs), dtype=np.bool_)
    np.not_equal(docs[1:], docs[:-1], out=first[1:])
    held = np.bincount(ranks, minlength=words)
    starts = np.cumsum(held) - held
    first[starts[held > 0]] = True
    postings = np.flatnonzero(first)
    return order, docs, postings, np.diff(np.searchsorted(postings, starts), append=len(postings))


def runs(starts: Array, lengths: Array) -> Array:
    """The numbers starts[0] .. starts[0] + lengths[0] - 1, then those from starts[1], and so on."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def put_in(values: Array, counts: Ints, starts: Ints, out: Array) -> None:
    """The next counts[i] of the values go to out[starts[i]] and behind it."""
    out[runs(starts, counts)] = values


def bit_lengths(numbers: Array) -> Ints:
    """How many of the numbers (32 bits, unsigned) have 0, 1, ... 32 bits."""
    few = np.bincount(np.minimum(numbers, 1 << 16), minlength=(1 << 16) + 1)
    lengths = np.zeros(33, dtype=np.int64)
    lengths[:17] = np.add.reduceat(few[: 1 << 16], [0, *(1 << bit for bit in range(16))])
    if few[1 << 16]:
        lengths += np.bincount(np.frexp(numbers[numbers >> 16 > 0].astype(np.float64))[1], minlength=33)
    return lengths


def packed(numbers: Array, low: int, width: int) -> Array:
    """Of each number (32 bits, unsigned) the `width` bits (1, 2, 4 or 8) above the `low` lowest; the first number's are
    the lowest of the first byte."""
    kept = (numbers >> low & ((1 << width) - 1)).astype(np.uint8)
    if width == 1:
        return np.packbits(kept, bitorder="little")
    each = 8 // width
    rows = np.concatenate([kept, np.zeros(-len(kept) % each, dtype=np.uint8)]).reshape(-1, each)
    bytes_ = rows[:, 0].copy()
    for place in range(1, each):
        bytes_ |= rows[:, place] << (place * width)
    return bytes_


#: The loops of which there is a compiled version.
PLAIN: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (looked_up, signed_runs, met, inverted, distinct, put_in, bit_lengths, packed)
}


def _compile(nb: Any) -> dict[str, Callable[..., Any]]:
    """Those of `building_loops`, behind the signatures of the plain ones."""
    wide, ranked = array(nb.int64), [array(nb.uint16), array(nb.uint32)]
    tabled = (array(nb.uint64, 2), array(nb.int32), array(nb.int32), nb.uint64, array(nb.uint64))
    cutting = jitted(building_loops.looked_up, (array(nb.uint8), *map(nb.types.UniTuple, tabled, (3,) * len(tabled))))
    finding = jitted(building_loops.signed_runs, (array(nb.uint8), array(nb.uint8), wide, wide, wide))
    meeting = jitted(building_loops.met, *((array(kind), nb.int64) for kind in (nb.int32, nb.int64)))
    inverting = jitted(building_loops.inverted, *((kind, nb.int64, wide, wide, nb.int64) for kind in ranked))
    telling = jitted(building_loops.distinct, *((kind, nb.int64, wide) for kind in ranked))
    values = map(array, (nb.uint8, nb.uint16, nb.uint32, nb.int64))
    placing = jitted(building_loops.put_in, *((kind, wide, wide, nb.uint32[::1]) for kind in values))
    measuring = jitted(building_loops.bit_lengths, (array(nb.uint32),))
    packing = jitted(building_loops.packed, (array(nb.uint32), nb.int64, nb.int64))

    def looked_up(text: bytes, tables: Sequence[Table]) -> Any:
        held = zip(*((each.keys, each.values, each.slots, each.shift, each.factors) for each in tables), strict=True)
        return cutting(np.frombuffer(text, dtype=np.uint8), *held)

    def signed_runs(text: bytes, starts: Ints, lengths: Ints, wide: Ints) -> Any:
        return finding(np.frombuffer(text, dtype=np.uint8), _KIND, starts, lengths, wide)

    return {
        "looked_up": looked_up, "signed_runs": signed_runs, "met": meeting, "inverted": inverting, "distinct": telling,
        "put_in": placing, "bit_lengths": measuring, "packed": packing,
    }  # fmt: skip


COMPILED = Compiled(globals(), _compile)
#: For builds of many documents.
load, use = COMPILED.load, COMPILED.use
