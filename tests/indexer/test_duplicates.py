"""Which pages are one article, and which of them stands for it."""

import datetime as dt
import random

import pytest

from indexer.duplicates import best, print_of, same, simhash
from search.document import Document

WORDS = [f"{a}{b}" for a in ("lam", "oi", "sta", "kee", "be", "fo", "ro", "ti") for b in ("ps", "ls", "irs", "pers", "gs", "pes", "des")]


def text(seed: int, length: int = 300) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def made(url: str, body: str, title: str = "The lamp", day: str | None = None, canonical: str = ""):
    return print_of(Document(url, title, body, published=dt.date.fromisoformat(day) if day else None), canonical)


ONE = made("https://quay.example/lamp", text(1))


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        (made("https://else.example/copy", text(1), "Another title"), True),
        (made("https://quay.example/print/lamp", f"{text(1)} Printed on Monday", "The lamp"), True),
        (made("https://else.example/2", text(2)), False),
        (made("https://else.example/3", f"{text(1)} {text(3)}"), False),
        (made("https://quay.example/amp/lamp", text(1, 285), canonical="https://www.quay.example/lamp/"), True),
        (made("https://quay.example/front", text(4), canonical="https://quay.example/lamp"), False),
    ],
)
def test_the_same_article(other, answer: bool) -> None:
    assert same(ONE, other) is answer
    assert same(other, ONE) is answer


def test_short_texts_need_the_same_title_and_day() -> None:
    day = "2019-05-06"
    assert same(made("u:1", "No picture yet.", day=day), made("u:2", "No picture yet.", day=day))
    assert not same(made("u:1", "No picture yet."), made("u:2", "No picture yet."))
    assert not same(made("u:1", "No picture yet.", day=day), made("u:2", "No picture yet.", "The bell", day))
    assert not same(made("u:1", ""), made("u:2", ""))


def test_reports_of_two_days_are_two_articles() -> None:
    monday, tuesday = (made(f"u:{day}", f"{text(5)} {day}", "Tides", day) for day in ("2019-05-06", "2019-05-07"))
    assert not same(monday, tuesday)


def test_different_texts_are_far_apart() -> None:
    marks = [simhash(text(seed).split()) for seed in range(60)]
    apart = [(one ^ other).bit_count() for at, one in enumerate(marks) for other in marks[:at]]
    assert min(apart) > 12
    assert 30 < sum(apart) / len(apart) < 34


def test_a_few_words_more_are_near() -> None:
    words = text(7, 600).split()
    for at in (0, 200, 599):
        assert (simhash(words) ^ simhash([*words[:at], "corrected", *words[at:]])).bit_count() <= 3


@pytest.mark.parametrize(
    "prints",
    [
        [made("https://q.example/a", "x", canonical="https://q.example/best"), made("https://q.example/best", "x")],
        [made("https://q.example/print/a", "x"), made("https://q.example/longer/best", "x")],
        [made("https://m.q.example/a", "x"), made("https://q.example/longer/best", "x")],
        [made("https://q.example/a?print=1", "x"), made("https://q.example/longer/best", "x")],
        [made("https://q.example/a", "x", day="2019-05-02"), made("https://q.example/longer/best", "x", day="2019-05-01")],
        [made("https://q.example/longer/a", "x"), made("https://q.example/best", "x")],
    ],
)
def test_the_canonical_or_earliest_stands_on_top(prints) -> None:
    assert best(prints).endswith("best")
    assert best(reversed(prints)).endswith("best")
