"""A block is told where a stretch of a crawl has no content, and not where such captures are spread over it."""

import random

import pytest

from search.blocked import Stretch, _highest_climb, suspected

Crawl = list[tuple[str, int, int]]


def crawl(captures: str) -> Crawl:
    """A capture a minute; `x` has no content."""
    return [(f"2024-05-03T{n // 60:02}:{n % 60:02}", 1, int(sign == "x")) for n, sign in enumerate(captures)]


@pytest.mark.parametrize(
    ("captures", "stretch"),
    [
        ("." * 20 + "x" * 8, ("00:20", "00:27", 8, 8, 20, 0)),
        ("." * 20 + "xxx.xxxxxx" + "." * 30, ("00:20", "00:29", 10, 9, 50, 0)),
        ("x" * 12 + "." * 40 + "x", ("00:00", "00:11", 12, 12, 41, 1)),
        ("..x......." * 30 + "x" * 12, ("05:00", "05:11", 12, 12, 300, 30)),
    ],
)
def test_a_rise_is_told_with_its_time_and_what_lies_outside(captures: str, stretch: tuple[str, str, int, int, int, int]) -> None:
    first, last, *counts = stretch
    assert suspected(crawl(captures)) == Stretch(f"2024-05-03T{first}", f"2024-05-03T{last}", *counts)


@pytest.mark.parametrize(
    "captures",
    ["", ".", "x", "." * 50, "x" * 50, "....xx....", "." * 20 + "xxx", "x........." * 40, "xx.." * 40, "x." * 100, "xxxx" + "." * 4],
)
def test_nothing_is_told_of_what_chance_or_the_site_itself_may_do(captures: str) -> None:
    assert suspected(crawl(captures)) is None


def test_captures_without_content_in_random_order_are_no_block() -> None:
    dice = random.Random(7)
    crawls = ("".join("x" if dice.random() < 1 / 3 else "." for _ in range(300)) for _ in range(2_000))
    assert not [each for each in crawls if suspected(crawl(each))]


def test_several_captures_of_a_minute_count_as_many() -> None:
    rows = [("2024-05-03T10:00", 60, 1), ("2024-05-03T10:01", 60, 58), ("2024-05-03T10:02", 60, 0)]
    assert suspected(rows) == Stretch("2024-05-03T10:01", "2024-05-03T10:01", 60, 58, 120, 1)


def test_the_highest_climb_is_that_of_all_slices() -> None:
    dice = random.Random(3)
    for _ in range(300):
        steps = [dice.randint(-3, 3) for _ in range(dice.randint(0, 12))]
        slices = [sum(steps[a:b]) for a in range(len(steps) + 1) for b in range(a, len(steps) + 1)]
        best, first, last = _highest_climb(steps)
        assert best == max(slices) == sum(steps[first:last])
