"""The loops of `building` as Numba compiles them: Python that is never run as such, and imports no Numba.

Numbers in a document are below 2^31: a batch has 2 million words and one document more.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["bit_lengths", "distinct", "inverted", "looked_up", "met", "packed", "put_in", "signed_runs"]

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]


def looked_up(
    text: Array,
    keys: tuple[Array, ...],
    values: tuple[Array, ...],
    slots: tuple[Array, ...],
    shifts: tuple[Any, ...],
    factors: tuple[Array, ...],
) -> tuple[Array, Ints, Ints]:
    found, starts = np.empty(len(text) // 2 + 1, np.int32), np.empty(len(text) // 2 + 1, np.int64)
    lengths = np.empty(len(text) // 2 + 1, np.int64)
    short_keys, short_values, short_slots = keys[0], values[0], slots[0]
    short_shift, short_factor = shifts[0], factors[0][0]
    short_last = len(short_slots) - 1
    key = np.zeros(4, np.uint64)
    word, shift = np.uint64(0), np.uint64(0)
    pieces = start = 0
    for at in range(len(text)):
        byte = text[at]
        if byte != 32:
            word |= np.uint64(byte) << (shift & np.uint64(63))
            shift += np.uint64(8)
            continue
        length = at - start
        if length:
            starts[pieces] = start
            lengths[pieces] = length
            if length <= 8:
                slot = np.int64((word * short_factor) >> short_shift)
                place = short_slots[slot]
                while place != 0 and short_keys[0, place] != word:
                    slot = (slot + 1) & short_last
                    place = short_slots[slot]
                found[pieces] = short_values[place]
            elif length <= 32:
                which = 1 if length <= 16 else 2
                width = len(factors[which])
                key[:] = 0
                for place in range(length):
                    key[place >> 3] |= np.uint64(text[start + place]) << np.uint64(8 * (place & 7))
                mixed = np.uint64(0)
                for row in range(width):
                    mixed ^= key[row] * factors[which][row]
                slot = np.int64(mixed >> shifts[which])
                place = slots[which][slot]
                while place != 0:
                    row = 0
                    while row < width and keys[which][row, place] == key[row]:
                        row += 1
                    if row == width:
                        break
                    slot = (slot + 1) & (len(slots[which]) - 1)
                    place = slots[which][slot]
                found[pieces] = values[which][place]
            else:
                found[pieces] = short_values[0]
            pieces += 1
            word, shift = np.uint64(0), np.uint64(0)
        start = at + 1
    return found[:pieces], starts[:pieces], lengths[:pieces]


def signed_runs(
    text: Array, kinds: Array, starts: Ints, lengths: Ints, wide: Ints
) -> tuple[Ints, Ints, Ints]:
    most = len(starts) + len(wide)
    places, firsts, ends = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    found = met = end = 0
    for piece in range(1, len(starts) + 1):
        at = len(text)  # where a sign stands behind the piece before
        if piece < len(starts) and starts[piece] == starts[piece - 1] + lengths[piece - 1] + 1:
            sign, behind = text[starts[piece] - 1], text[starts[piece]]
            possession = sign == 39 and (behind | 32) == 115 and lengths[piece] == 1
            if kinds[sign] == 2 and not possession and (sign != 44 or behind <= 57):
                at = starts[piece] - 1
        past = starts[piece] if piece < len(starts) else len(text)
        while at < len(text) or (met < len(wide) and wide[met] < past):
            if met < len(wide) and wide[met] < at:
                place = wide[met]
                met += 1
            else:
                place, at = at, len(text)
            if place >= end:
                first = end = place
                while first > 0 and kinds[text[first - 1]] != 0:
                    first -= 1
                while end < len(text) and kinds[text[end]] != 0:
                    end += 1
                places[found], firsts[found], ends[found] = place, first, end
                found += 1
    return places[:found], firsts[:found], ends[:found]


def met(numbers: Array, size: int) -> Ints:
    occurs = np.zeros(size, np.bool_)
    found = 0
    for number in numbers:
        found += not occurs[number]
        occurs[number] = True
    which = np.empty(found, np.int64)
    found = 0
    for number in range(size):
        if occurs[number]:
            which[found] = number
            found += 1
    return which


def inverted(
    ranks: Array, words: int, counts: Ints, joined: Ints, apart: int
) -> tuple[Ints, Array, Array, Array]:
    ends = np.zeros(words + 1, np.int32)  # first counts, then where the places of each word begin
    for at in range(len(ranks)):
        ends[ranks[at] + 1] += 1
    for word in range(words):
        ends[word + 1] += ends[word]
    to = ends.copy()
    both = np.empty(len(ranks), np.uint64)  # document and place: one array is written in all places, not three
    at = 0
    for document in range(len(counts)):
        running, high = counts[document] - joined[document], np.uint64(document) << np.uint64(32)
        for place in range(counts[document]):
            word = ranks[at]
            apart_of = place if place < running else place + (place - running + 1) * (apart - 1)
            both[to[word]] = high | np.uint64(apart_of)
            to[word] += 1
            at += 1
    held = np.zeros(words, np.int64)
    docs, freqs = np.empty(len(ranks), np.int32), np.zeros(len(ranks), np.int32)
    places = np.empty(len(ranks), np.int32)
    posting, at = -1, 0
    for word in range(words):
        before, last = posting, np.uint64(1 << 32)  # no document
        while at < ends[word + 1]:
            document = both[at] >> np.uint64(32)
            posting += document != last
            last = document
            docs[posting] = document
            freqs[posting] += 1
            places[at] = both[at] & np.uint64(0xFFFFFFFF)
            at += 1
        held[word] = posting - before
    return held, docs[: posting + 1].copy(), freqs[: posting + 1].copy(), places


def distinct(ranks: Array, words: int, counts: Ints) -> tuple[Ints, Array]:
    held, last = np.zeros(words, np.int64), np.full(words, -1, np.int32)
    at = 0
    for document in range(len(counts)):
        for _ in range(counts[document]):
            word = ranks[at]
            held[word] += last[word] != document
            last[word] = document
            at += 1
    at_posting = np.zeros(words, np.int32)
    postings = 0
    for word in range(words):
        at_posting[word] = postings
        postings += held[word]
        last[word] = -1
    docs = np.empty(postings, np.int32)
    at = 0
    for document in range(len(counts)):
        for _ in range(counts[document]):
            word = ranks[at]
            if last[word] != document:
                last[word] = document
                docs[at_posting[word]] = document
                at_posting[word] += 1
            at += 1
    return held, docs


def put_in(values: Array, counts: Ints, starts: Ints, out: Array) -> None:
    at = 0
    for number in range(len(counts)):
        to = starts[number]
        for _ in range(counts[number]):
            out[to] = values[at]
            to += 1
            at += 1


def bit_lengths(numbers: Array) -> Ints:
    lengths = np.zeros(33, np.int64)
    up_to = np.zeros(256, np.int64)  # most are small: those of each value are counted, which takes no comparison
    for number in numbers:
        if number < 256:
            up_to[number] += 1
        else:
            bits = 8
            while number >> bits:
                bits += 1
            lengths[bits] += 1
    for number in range(256):
        bits = 0
        while number >> bits:
            bits += 1
        lengths[bits] += up_to[number]
    return lengths


def packed(numbers: Array, low: int, width: int) -> Array:
    each = 8 // width
    bytes_ = np.zeros((len(numbers) + each - 1) // each, np.uint8)
    mask = np.uint32((1 << width) - 1)
    for at in range(len(numbers)):
        bits = (numbers[at] >> np.uint32(low)) & mask
        bytes_[at // each] |= np.uint8(bits << np.uint32(at % each * width))
    return bytes_
