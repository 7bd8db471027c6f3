"""The ranking of the embedded engine, one document at a time and straight from the formulas: what it must agree with."""

import math
from itertools import pairwise

from search.analysis import term, tokens
from search.document import Document

K1, B, TITLE, K3, PAIR, WINDOW = 1.5, 0.6, 3.0, 8.0, 0.2, 100
FRESH, HALF = 0.2, 365.0


def factors(documents: list[Document]) -> dict[str, float]:
    """What recent pages' scores are multiplied by: 1.2 today, 1.1 a year ago, 1 without a date."""
    days = sorted(d.published for d in documents if d.published)
    today = days[int(0.99 * (len(days) - 1))] if days else None
    ages = {d.id: max(0, (today - d.published).days) for d in documents if today and d.published}
    return {d.id: 1 + FRESH * 0.5 ** (ages[d.id] / HALF) if d.id in ages else 1.0 for d in documents}


def plain_ranking(documents: list[Document], words: list[str], *, fresh: bool = False) -> list[tuple[str, float]]:
    """(document id, score) of the documents with one of the words, best first."""
    factor = factors(documents) if fresh else {d.id: 1.0 for d in documents}
    texts = {d.id: [[term(t.text, d.language) for t in tokens(text)] for text in (d.title, d.body)] for d in documents}
    languages = {d.id: d.language for d in documents}
    means = [sum(len(fields[at]) for fields in texts.values()) / len(texts) for at in (0, 1)]

    def saturated(name: str, frequencies: list[int]) -> float:
        lengths = [len(field) for field in texts[name]]
        weighted = [
            times / (1 - B + B * length / (mean or 1))
            for times, length, mean in zip(frequencies, lengths, means, strict=True)
        ]
        frequency = TITLE * weighted[0] + weighted[1]
        return (K1 + 1) * frequency / (K1 + frequency)

    def stem(word: str, name: str) -> str:
        return term(word, languages[name])

    def holds(word: str, name: str) -> list[int]:
        return [field.count(stem(word, name)) for field in texts[name]]

    def rarity(word: str) -> float:
        holders = sum(any(holds(word, name)) for name in texts)
        return math.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5))

    scores = {}
    for name in texts:
        if any(any(holds(word, name)) for word in words):
            scores[name] = factor[name] * sum(
                (K3 + 1)
                * words.count(word)
                / (K3 + words.count(word))
                * rarity(word)
                * saturated(name, holds(word, name))
                for word in dict.fromkeys(words)
            )
    for name in sorted(scores, key=lambda name: (-scores[name], name))[:WINDOW]:
        for pair in dict.fromkeys((a, b) for a, b in pairwise(words) if a != b):
            stems = tuple(stem(word, name) for word in pair)
            together = [list(pairwise(field)).count(stems) for field in texts[name]]
            weight = factor[name] * PAIR * (rarity(pair[0]) + rarity(pair[1])) / 2
            scores[name] += weight * saturated(name, together)
    return sorted(scores.items(), key=lambda each: (-round(each[1], 9), each[0]))
