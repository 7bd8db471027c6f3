"""Which blocks of a page are its content, told from a text that people took out of it.

A block of four words or more is told by its 4-grams; a shorter one by standing in the truth between the places of the
blocks around it. Of equal blocks the ones count that have most content around them.
"""

import re
from collections import Counter, defaultdict

from indexer.blocks import Block

__all__ = ["grams", "shares", "words"]

_WORD = re.compile(r"\w+")
SLACK = 6  # words by which a short block may stand beside the place where it is expected
NEAR = 3  # blocks around that tell which of two equal ones is meant


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def grams(tokens: list[str]) -> Counter[tuple[str, ...]]:
    """4-grams with their counts; of fewer words, all of them as one."""
    return Counter(tuple(tokens[i : i + 4]) for i in range(max(1, len(tokens) - 3)) if tokens)


def shares(blocks: tuple[Block, ...], truth: str) -> list[float]:
    """The share of each block that is content, 0 to 1."""
    wanted = words(truth)
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for size in (1, 2, 3, 4):
        for start in range(len(wanted) - size + 1):
            places[tuple(wanted[start : start + size])].append(start)
    tokens = [words(block.text) for block in blocks]
    found = [_by_grams(each, places) if len(each) >= 4 else 0.0 for each in tokens]
    _short(tokens, found, places)
    _once(tokens, found, places)
    return found


def _by_grams(tokens: list[str], places: dict[tuple[str, ...], list[int]]) -> float:
    own = [tuple(tokens[i : i + 4]) for i in range(len(tokens) - 3)]
    return sum(gram in places for gram in own) / len(own)


def _short(tokens: list[list[str]], found: list[float], places: dict[tuple[str, ...], list[int]]) -> None:
    """Blocks of up to three words, from the places of the nearest long ones on either side."""
    ends: list[int | None] = [None] * len(tokens)
    starts: list[int | None] = [None] * len(tokens)
    at = 0
    for number, each in enumerate(tokens):
        if found[number] > 0.5 and len(each) >= 4:
            first = next((places[g] for i in range(len(each) - 3) if (g := tuple(each[i : i + 4])) in places), [0])
            starts[number] = min(first, key=lambda place: (place < at, abs(place - at)))
            at = starts[number] + len(each)
            ends[number] = at
    for number, each in enumerate(tokens):
        if 1 <= len(each) <= 3:
            before = next((ends[i] for i in range(number - 1, max(-1, number - 40), -1) if ends[i] is not None), None)
            after = next((starts[i] for i in range(number + 1, min(len(tokens), number + 40)) if starts[i] is not None), None)
            for place in places.get(tuple(each), ()):
                behind = before is not None and 0 <= place - before + 1 <= SLACK + 6
                ahead = after is not None and 0 <= after - place - len(each) + 1 <= SLACK + 6
                if behind or ahead:
                    found[number] = 1.0


def _once(tokens: list[list[str]], found: list[float], places: dict[tuple[str, ...], list[int]]) -> None:
    equal: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, each in enumerate(tokens):
        if found[number] > 0.5:
            equal[tuple(each)].append(number)
    for each, numbers in equal.items():
        most = len(places.get(each[:4], ())) or 1
        if len(numbers) > most:
            around = {n: sum(found[max(0, n - NEAR) : n]) + sum(found[n + 1 : n + 1 + NEAR]) for n in numbers}
            for number in sorted(numbers, key=lambda n: (-around[n], n))[most:]:
                found[number] = 0.0
