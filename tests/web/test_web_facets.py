"""Results and an address -> filters: what the picture of years shows, and where its bars lead."""

import pytest

from search.results import Facet, FacetValue
from web.address import Address
from web.arguments import read
from web.context.results import Bar, Histogram
from web.facets import MOST_YEARS, SHOWN, facet_lists, histogram, value_label


def drawn(query: str, counts: dict[str, int], missing: int = 0) -> Histogram:
    values = tuple(FacetValue(month, count) for month, count in counts.items())
    return histogram(read(query)[0], Facet("published", values, missing=missing), str)


def spans(bars: tuple[Bar, ...]) -> list[tuple[str, int]]:
    return [(bar.label, bar.count) for bar in bars]


def test_years_without_pages_keep_their_place() -> None:
    years = drawn("", {"2012-02": 1, "2012-11": 2, "2020-01": 4, "2021-01": 1}).years.bars
    assert spans(years) == [("2012", 3), *((str(year), 0) for year in range(2013, 2020)), ("2020", 4), ("2021", 1)]
    assert [bar.x for bar in years] == list(range(0, 100, 10))
    assert [bar.height for bar in years] == [30, *[0] * 7, 40, 10]


@pytest.mark.parametrize(("last", "first"), [("2021-01", "2014"), ("0003-01", "0001")])
def test_two_years_are_bars_among_empty_years(last: str, first: str) -> None:
    years = drawn("", {last: 1, f"{int(last[:4]) - 1:04}-05": 1}).years.bars
    assert (years[0].label, years[-1].label) == (first, last[:4])


def test_what_was_found_is_never_too_small_to_see() -> None:
    assert [bar.height for bar in drawn("", {"2018-02": 1, "2019-02": 100_000}).years.bars][-2:] == [1, 40]


def test_one_year_alone_is_drawn_by_its_months() -> None:
    found = drawn("q=lamp", {"2018-02": 1, "2018-11": 2})
    assert (found.years.bars, found.year) == ((), "2018")
    assert [bar.label for bar in found.months.bars if bar.count] == ["February 2018", "November 2018"]
    assert len(found.months.bars) == 12
    assert found.months.bars[1].href == "q=lamp&published=2018-02"


@pytest.mark.parametrize(
    ("query", "span", "leads"),
    [
        ("q=lamp", "2018", "q=lamp&published=2018"),
        ("q=lamp&published=2018", "2018", "q=lamp"),
        ("q=lamp&published=2018", "2019", "q=lamp&published=2019"),
        ("q=lamp&published=2018", "February 2018", "q=lamp&published=2018-02"),
        ("q=lamp&published=2018-02", "February 2018", "q=lamp&published=2018"),
        ("q=lamp&published=2018-02", "2018", "q=lamp&published=2018"),
        ("q=lamp&published=2018&published=2019", "2018", "q=lamp&published=2018"),
        ("q=lamp&page=4", "2018", "q=lamp&published=2018"),
        ("q=lamp&from=2019-02&to=2019-05", "2018", "q=lamp&published=2018"),
        ("q=lamp&published=2018&to=2019", "2018", "q=lamp&published=2018"),
    ],
)
def test_a_bar_leads_into_its_span_and_out_of_it_again(query: str, span: str, leads: str) -> None:
    found = drawn(query, {"2018-02": 1, "2019-03": 1})
    assert [bar.href for bar in (*found.years.bars, *found.months.bars) if bar.label == span] == [leads]


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("", []),
        ("published=2018", ["2018"]),
        ("published=2018-02", ["2018", "February 2018"]),
        ("published=2018&published=2019", ["2018", "2019"]),
        ("published=", []),
    ],
)
def test_chosen_spans_are_marked(query: str, chosen: list[str]) -> None:
    found = drawn(query, {"2018-02": 1, "2018-03": 1, "2019-03": 1})
    assert [bar.label for bar in (*found.years.bars, *found.months.bars) if bar.selected] == chosen


@pytest.mark.parametrize(
    ("query", "reach", "chosen"),
    [
        ("", (0, 0), []),
        ("from=2019&to=2020", (50, 20), ["2019"]),
        ("from=2018-07-02&to=2019-12-31", (44, 16), ["2018", "2019"]),
        ("from=2019-07-03", (55, 25), ["2019", "2021"]),
        ("to=2018-01-01", (0, 41), ["2018"]),
        ("from=1999&to=2001", (0, 0), []),
        ("from=2022", (0, 0), []),
        ("published=2018", (0, 0), ["2018"]),
    ],
)
def test_the_chosen_range_is_a_band_behind_the_bars(query: str, reach: tuple[int, int], chosen: list[str]) -> None:
    years = drawn(query, {"2018-02": 1, "2019-03": 1, "2021-03": 1}).years  # of 2014 to 2021
    assert (years.x, years.width) == reach
    assert [bar.label for bar in years.bars if bar.selected] == chosen


def test_a_range_within_one_year_is_drawn_on_its_months() -> None:
    found = drawn("from=2018-02-15&to=2018-03-31", {"2018-02": 1, "2018-07": 1, "2019-03": 1})
    assert (found.year, found.months.x, found.months.width) == ("2018", 15, 15)
    assert [bar.label for bar in found.months.bars if bar.selected] == ["February 2018"]


def test_a_range_takes_the_place_of_the_spans_chosen_before() -> None:
    found = drawn("q=lamp&published=2018&-tag=oil&to=2019", {"2018-02": 1}, missing=2)
    assert found.kept == (("q", "lamp"), ("-tag", "oil"))
    assert found.undated is not None
    assert found.undated.href == "q=lamp&-tag=oil&published=2018&published="


def test_too_many_years_are_drawn_from_the_last_and_the_others_are_a_link() -> None:
    found = drawn("q=lamp&from=1700", {f"{year}-01": 1 for year in range(1800, 2000)})
    assert len(found.years.bars) == MOST_YEARS
    assert found.earlier is not None
    assert (found.earlier.label, found.earlier.count) == ("before 1940", 140)
    assert found.earlier.href == "q=lamp&to=1939-12-31"


def test_nothing_found_draws_nothing() -> None:
    found = drawn("q=lamp", {})
    assert (found.years.bars, found.months.bars, found.days.bars, found.earlier, found.undated) == ((), (), (), None, None)


@pytest.mark.parametrize(
    ("query", "span", "leads"),
    [
        ("published=2018-02", "22 February 2018", "published=2018-02-22"),
        ("published=2018-02-22", "22 February 2018", "published=2018-02"),
        ("published=2018-02-22", "February 2018", "published=2018-02"),
        ("published=2018-02-22&published=2018-02-23", "22 February 2018", "published=2018-02-22"),
    ],
)
def test_days_are_drawn_where_one_month_is_asked_for(query: str, span: str, leads: str) -> None:
    asked = read(f"q=lamp&{query}")[0]
    days = (FacetValue("2018-02-22", 3), FacetValue("2018-02-23", 1))
    found = histogram(asked, Facet("published", (FacetValue("2018-02", 4),), days=days), str)
    assert (found.month, len(found.days.bars)) == ("February 2018", 28)
    assert [(bar.label, bar.count) for bar in found.days.bars if bar.count] == [
        ("22 February 2018", 3), ("23 February 2018", 1),
    ]  # fmt: skip
    assert [bar.href for bar in (*found.months.bars, *found.days.bars) if bar.label == span] == [f"q=lamp&{leads}"]


@pytest.mark.parametrize(
    ("query", "month"),
    [("from=2018-02-03&to=2018-02-20", "February 2018"), ("from=2018-02-03", ""), ("published=2018", ""), ("", ""),
     ("published=2018-02&published=2018-03", ""), ("published=2018-02&published=", ""), ("published=", ""),
     ("from=2018-02-03&to=2018-03-20", "")],
)  # fmt: skip
def test_one_month_is_asked_for_by_filter_or_range(query: str, month: str) -> None:
    request = read(query)[0].request
    assert (value_label("published", request.month) if request.month else "") == month
    assert drawn(query, {"2018-02": 1}).days.bars == ()  # no day of it was found


def test_chosen_values_come_first_and_are_all_shown() -> None:
    values = tuple(FacetValue(f"tag{n}", 20 - n, selected=n > 8) for n in range(20))
    (tags,) = facet_lists(Address(), (Facet("tag", values, distinct=33),), str, str.upper)
    assert [choice.label for choice in tags.choices] == [f"tag{n}" for n in range(9, 20)]
    assert tags.unlisted == 33 - 11
    assert tags.all_href == "TAG"
    (tags,) = facet_lists(Address(), (Facet("tag", values[:9], distinct=9),), str, str.upper)
    assert ([choice.label for choice in tags.choices], tags.unlisted) == ([f"tag{n}" for n in range(SHOWN)], 9 - SHOWN)


def test_a_facet_without_values_is_not_shown() -> None:
    assert list(facet_lists(Address(), (Facet("tag", ()), Facet("published", (FacetValue("2018-02", 1),))), str, str.upper)) == []
