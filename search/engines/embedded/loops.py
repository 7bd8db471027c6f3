"""The loops of kernels as Numba compiles them: Python that is never run as such, and imports no Numba.

An `if` whose outcome a processor cannot foresee is made an addition.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "STEP", "add", "bm25f", "count_of", "count_rows", "following", "located", "positive", "scored", "shared_near",
    "spread",
]  # fmt: skip

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

#: Between the keys of two documents: above every place, so that they never meet, whatever is added for a distance.
STEP = 1 << 32


def shared_near(docs: Array, others: Array, size: int) -> tuple[Ints, Ints]:
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


def located(docs: Array, wanted: Array) -> Ints:
    places = np.full(len(wanted), -1, np.int64)
    at = 0
    for number in range(len(wanted)):
        document = wanted[number]
        step = 1  # doubled until it reaches too far, then halved
        while at + step < len(docs) and docs[at + step] < document:
            at += step
            step *= 2
        while step:
            if at + step < len(docs) and docs[at + step] < document:
                at += step
            step //= 2
        if at < len(docs) and docs[at] < document:
            at += 1
        if at == len(docs):
            break
        if docs[at] == document:
            places[number] = at
    return places


def positive(numbers: Array, docs: Ints) -> Ints:
    found = np.empty(len(docs), np.int64)
    size = 0
    for number in range(len(docs)):
        found[size] = number
        size += numbers[docs[number]] > 0
    return found[:size]


def spread(ends: Array, freqs: Array, numbers: Ints) -> tuple[Ints, Ints]:
    size = 0
    for number in range(len(freqs)):
        size += freqs[number]
    which, of = np.empty(size, np.int64), np.empty(size, np.int64)
    filled = 0
    for number in range(len(freqs)):
        start = np.int64(ends[number]) - np.int64(freqs[number])
        for place in range(start, np.int64(ends[number])):
            which[filled] = place
            of[filled] = numbers[number] * STEP
            filled += 1
    return which, of


def following(
    places: Array, ends: Array, times: Ints, others: Array, other_ends: Array, other_times: Ints, slop: int
) -> tuple[Array, Array, Ints]:
    size = 0
    for number in range(len(other_times)):
        size += other_times[number]
    found, found_ends = np.empty(size, np.uint32), np.empty(len(times), np.uint32)
    counts = np.zeros(len(times), np.int64)
    filled = 0
    for number in range(len(times)):
        end = np.int64(min(ends[number], len(places)))
        other_end = np.int64(min(other_ends[number], len(others)))
        low = max(end - times[number], 0)
        for at in range(max(other_end - other_times[number], 0), other_end):
            place = np.int64(others[at])
            while low < end and np.int64(places[low]) < place - slop:
                low += 1
            if low == end:
                break
            if np.int64(places[low]) < place:
                found[filled] = place
                filled += 1
                counts[number] += 1
        found_ends[number] = filled
    return found[:filled], found_ends, counts


def scored(docs: Ints, freqs: Array, inverse: Singles, k1: float) -> Singles:
    found = np.empty(len(docs), np.float32)
    for number in range(len(docs)):
        share = inverse[docs[number]] * np.float32(freqs[number])
        found[number] = share / (share + k1)
    return found


def add(scores: Singles, docs: Ints, parts: Singles, weight: float) -> None:
    for number in range(len(docs)):
        scores[docs[number]] += parts[number] * weight


def bm25f(
    weights: Floats, title: Floats, body: Floats, title_norm: Floats, body_norm: Floats, boost: float, k1: float
) -> tuple[Floats, Floats]:
    parts, scores = np.empty(body.shape), np.zeros(body.shape[1])
    for row in range(len(weights)):
        for number in range(len(scores)):
            share = body[row, number] / body_norm[number]
            if len(title):
                share = boost * title[row, number] / title_norm[number] + share
            share /= share + k1
            parts[row, number] = share
            scores[number] += share * ((k1 + 1) * weights[row])
    return parts, scores


def count_of(numbers: Array, docs: Ints, values: int) -> Ints:
    counts = np.zeros(values, np.int64)
    for number in range(len(docs)):
        counts[numbers[docs[number]]] += 1
    return counts


def count_rows(rows: Array, docs: Ints, values: int) -> Ints:
    counts = np.zeros(values, np.int64)
    for number in range(len(docs)):
        document = docs[number]
        for column in range(rows.shape[1]):
            counts[rows[document, column]] += 1
    return counts
