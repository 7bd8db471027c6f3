"""Clusters are the connected components of `same`, whatever came when; their cost does not grow with their square."""

import dataclasses
import datetime as dt
import random
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

import indexer.settle
from indexer.duplicates import best, print_of, same
from search.document import Document
from search.ledger import Ledger
from search.records import Capture, Entry, Print

WORDS = [f"{a}{b}" for a in ("lam", "oi", "sta", "kee", "be", "fo") for b in ("ps", "ls", "irs", "pers", "gs", "pes")]
MANY = 3_000


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "data", create=True) as made:
        yield made


def text(seed: int, length: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def add(ledger: Ledger, prints: Iterable[Print]) -> None:
    """Pages of these prints, all else of them settled."""
    prints = list(prints)
    batch = [(Capture(p.url, p.url, p.url), Entry(Document(p.url, "", "")), None) for p in prints]
    ledger.write(ledger.start_run(), batch)
    ledger.groups.printed(prints)


def settle_clusters(ledger: Ledger) -> int:
    """As `settle` does from the prints on: how many pages were settled."""
    return sum(indexer.settle._clustered(ledger.groups))


def heads(ledger: Ledger, prints: Iterable[Print]) -> dict[str, str]:
    return {each.url: ledger.groups.head(each.url) for each in prints}


def expected(prints: list[Print]) -> dict[str, str]:
    """The heads of the connected components, by comparing all with all."""
    left, found = list(prints), {}
    while left:
        cluster = [left.pop()]
        for member in cluster:
            cluster += [other for other in left if same(member, other)]
            left = [other for other in left if other not in cluster]
        found |= dict.fromkeys((each.url for each in cluster), best(cluster))
    return found


def some(seed: int) -> list[Print]:
    """Pages of a few texts, short and long, some with words more, with few titles, days and canonical addresses."""
    chance = random.Random(seed)
    made = []
    for number in range(90):
        words = text(chance.randrange(5), chance.choice((0, 12, 70, 300))).split()
        if words and chance.random() < 0.6:
            words.insert(chance.randrange(len(words)), chance.choice(WORDS))
        day = chance.choice((None, None, dt.date(2019, 5, 6), dt.date(2019, 5, 7)))
        document = Document(
            f"https://q.example/{number}", chance.choice(("Tides", "Bells")), " ".join(words), published=day
        )
        made.append(print_of(document, chance.choice(("", "", "https://q.example/1", "https://q.example/2"))))
    return made


@pytest.mark.parametrize("seed", range(6))
def test_clusters_are_the_connected_components(seed: int, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    prints = some(seed)
    monkeypatch.setattr(indexer.settle, "LOOKED_AT", 7)
    for at in range(0, len(prints), 30):
        add(ledger, prints[at : at + 30])
        settle_clusters(ledger)
        assert heads(ledger, prints[: at + 30]) == expected(prints[: at + 30])
    hidden = [Print(each.url) for each in prints[::3]]  # some leave their clusters
    ledger.groups.printed(hidden)
    settle_clusters(ledger)
    left = [each for at, each in enumerate(prints) if at % 3]
    assert heads(ledger, left) == expected(left)


def body(seed: int, length: int) -> Print:
    return print_of(Document("", "The lamp", text(seed, length)))


PAGE, WALL = body(1, 300), body(2, 12)
#: What thousands of pages have in common -> the print of page n.
HEAPS: dict[str, tuple[Callable[[int], Print], int]] = {
    "the text": (lambda n: dataclasses.replace(PAGE, url=f"u:{n}", canonical=f"u:{n}"), 1),
    "the text, not the day": (
        lambda n: dataclasses.replace(
            PAGE, url=f"u:{n}", canonical=f"u:{n}", published=dt.date.fromordinal(730_000 + n)
        ),
        1,
    ),
    "nearly the text": (lambda n: dataclasses.replace(PAGE, url=f"u:{n}", canonical=f"u:{n}", exact=f"{n}"), 1),
    "a few words": (lambda n: dataclasses.replace(WALL, url=f"u:{n}", canonical=f"u:{n}"), MANY + 1),
    "no words": (lambda n: dataclasses.replace(body(3, 0), url=f"u:{n}", canonical=f"u:{n}"), MANY + 1),
    "the canonical address": (
        lambda n: dataclasses.replace(
            PAGE,
            url=f"u:{n}",
            canonical="u:0",
            exact=f"{n}",
            published=dt.date.fromordinal(730_000 + n),
            simhash=f"{random.Random(n).getrandbits(64):016x}",
        ),
        MANY + 1,
    ),
    "nearly the text, one a day": (
        lambda n: dataclasses.replace(
            PAGE, url=f"u:{n}", canonical=f"u:{n}", exact=f"{n}", published=dt.date.fromordinal(730_000 + n)
        ),
        MANY + 1,
    ),
}


@pytest.mark.parametrize("common", HEAPS)
def test_what_thousands_share_is_settled_in_seconds(common: str, ledger: Ledger) -> None:
    """A comparison of all with all takes a minute or more of 3,000 pages."""
    made, clusters = HEAPS[common]
    prints = [made(number) for number in range(MANY + 1)]
    add(ledger, prints[:-1])
    began = time.process_time()
    settle_clusters(ledger)
    whole = time.process_time() - began
    add(ledger, prints[-1:])
    began = time.process_time()
    settle_clusters(ledger)
    one = time.process_time() - began
    assert len(set(heads(ledger, prints).values())) == clusters
    assert whole < 8
    assert one < 2
