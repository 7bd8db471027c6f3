"""The values of one facet, looked through: against one document after the other."""

import random
from collections import Counter
from pathlib import Path

import pytest

from search import Document, Request, open_engine
from search.analysis import plain
from search.document import facet_values
from search.query import Term
from search.results import FacetValue, Filter, Listing

NAMES = [
    f"{first} {last}" for first in ("Ada", "Öda", "ben", "Çem") for last in ("Pike", "Öhm", "d'Or", "PIKE", "Zola")
]


def label(value: str) -> str:
    return f"name {value[::-1]}"


@pytest.mark.parametrize("seed", range(4))
def test_they_are_those_of_the_plain_version(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    documents = [
        Document(
            f"https://x.example/{number}",
            "",
            chance.choice(["lamp", "moth"]),
            authors=tuple(chance.sample(NAMES, chance.randrange(3))),
            section=chance.choice(["", "a", "b"]),
        )
        for number in range(60)
    ]
    engine = open_engine(f"whoosh:{tmp_path}/index")
    for half in (documents[:40], documents[40:]):
        with engine.writer() as writer:
            for each in half:
                writer.put(each)
    own = Filter("author", tuple(chance.sample([*NAMES, "Nobody"], 2)), tuple(chance.sample(NAMES, 1)))
    request = Request(Term("lamp"), (own, Filter("section", ("a",))))
    counts: Counter[str] = Counter()
    missing = 0
    for each in documents:
        values = facet_values(each, "author")
        if each.body == "lamp" and each.section == "a" and not set(values) & set(own.excluded):
            counts.update(values)
            missing += not values
    for within, by_name, called in [
        ("", False, str),
        ("ö", False, str),
        ("PÍKE", True, str),
        ("", True, label),
        ("zzz", True, str),
    ]:
        chosen = {*own.wanted, *own.excluded}
        held = [v for v in {*counts, *chosen} if plain(within) in plain(called(v))]
        keys = {v: (plain(called(v)), v) if by_name else (-counts[v], v) for v in held}
        held.sort(key=lambda v, chosen=chosen, keys=keys: (v not in chosen, *keys[v]))
        expected = [FacetValue(v, counts[v], v in own.wanted, v in own.excluded) for v in held]
        for start, size in [(0, 100), (0, 3), (3, 3), (900, 7)]:
            found = engine.values(request, "author", Listing(within, by_name, start, size, called))
            assert found.start == (start if start < len(held) else max(0, (len(held) - 1) // size * size))
            assert list(found.values) == expected[found.start : found.start + size]
            assert (found.total, found.distinct, found.missing) == (len(held), len(counts), missing)
    engine.close()
