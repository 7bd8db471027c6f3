"""Every query string is read, mended where it must be, and written so that it is read alike."""

import datetime as dt
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.document import FACETS
from search.results import SORTS, Filter, Request
from web.address import Address, BadCursor
from web.arguments import MAX_KEYS, MAX_VALUE, MAX_VALUES, read


def asked(query: str) -> Request:
    address, notes = read(query)
    assert notes == ()
    return address.request


def test_a_bare_address_asks_for_everything_newest_first() -> None:
    assert read("") == (Address("", Request(sort="newest")), ())
    assert read("q=lamp") == (Address("lamp", Request(sort="relevance")), ())


def test_a_repeated_key_is_an_alternative_and_a_minus_excludes() -> None:
    filters = asked("tag=x&site=a.org&site=b.org&-site=c.org&site=a.org").filters
    assert filters == (Filter("site", ("a.org", "b.org"), ("c.org",)), Filter("tag", ("x",)))


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("from=2018", dt.date(2018, 1, 1), None),
        ("to=2018", None, dt.date(2018, 12, 31)),
        ("from=2018-02&to=2018-02", dt.date(2018, 2, 1), dt.date(2018, 2, 28)),
        ("from=2018-02-22&to=2018-02-22", dt.date(2018, 2, 22), dt.date(2018, 2, 22)),
        ("from=&to=", None, None),
    ],
)
def test_dates_bound_by_year_month_or_day(query: str, since: dt.date | None, until: dt.date | None) -> None:
    assert (asked(query).since, asked(query).until) == (since, until)


def test_dates_the_wrong_way_round_are_exchanged_and_said() -> None:
    address, notes = read("from=2019&to=2018-05")
    assert (address.request.since, address.request.until) == (dt.date(2018, 5, 1), dt.date(2019, 12, 31))
    assert notes == ("from lay after to; they were exchanged",)


@pytest.mark.parametrize(
    ("query", "mended", "said"),
    [
        ("page=abc", "", "page: “abc” is no number from 1"),
        ("page=-1", "", "is no number from 1"),
        ("page=99999999", "page=1000000", "is too high"),
        ("page=" + "9" * 5000, "", "is no number from 1"),
        ("size=" + "0" * 5000, "", "is no number from 1"),
        ("page=" + "0" * 5000 + "7", "page=7", None),
        ("size=0", "", "size: “0” is no number"),
        ("size=1000", "size=100", "is too high"),
        ("size=1٣", "", "is no number"),
        ("sort=random", "", "sort: “random” is none of relevance, fresh, newest, oldest; newest is used"),
        ("match=some", "", "is none of all, any"),
        ("hidden=yes", "", "is none of 0, 1"),
        ("from=yesterday", "", "from: “yesterday” is no date"),
        ("to=2018-13", "", "is no date"),
        ("from=0000", "", "is no date"),
        ("published=2018-02-30", "", "is no date"),
        ("published=9999999", "", "is no date"),
        ("published=2018-2", "published=2018-02", None),
        ("published=2018-2-3", "published=2018-02-03", None),
        ("autor=x", "", "“autor” is no filter; filters are site, "),
        ("site=" + "x" * (MAX_VALUE + 1), "", "characters was left out"),
        ("q=" + "x" * 3000, "q=" + "x" * 2000, "only the first 2,000 characters were read"),
        ("&".join(f"site={n}" for n in range(80)), "&".join(f"site={n}" for n in range(MAX_VALUES)), "first 50 values"),
        ("%ff=%fe&&;=&=", "", "is no filter"),
        ("&".join(["q=lamp"] * MAX_KEYS + ["q=moth"]), "q=lamp", "only the first 200 keys were read"),
        ("cursor=" + "x" * 3000, "cursor=" + "x" * 200, None),
    ],
)
def test_what_cannot_be_meant_is_mended_and_said(query: str, mended: str, said: str | None) -> None:
    address, notes = read(query)
    assert address == read(mended)[0]
    assert any(said in note for note in notes) if said else notes == ()


def test_the_sentences_on_an_address_are_bounded() -> None:
    _, notes = read("&".join(f"x{number}=" for number in range(8000)))
    assert len(notes) == MAX_KEYS + 1


def test_undated_is_a_value() -> None:
    assert asked("published=").filters == (Filter("published", ("",)),)


# -- links


START = read("q=lamp&site=a.org&page=3&size=20")[0]


def test_links_lead_to_the_first_page_and_keep_the_rest() -> None:
    assert START.wanting("site", "b.org").query == "q=lamp&site=a.org&site=b.org&size=20"
    assert START.excluding("site", "a.org").query == "q=lamp&-site=a.org&size=20"
    assert START.without("site", "a.org").query == "q=lamp&size=20"
    assert START.only("published", "2018").query == "q=lamp&site=a.org&published=2018&size=20"
    assert START.sorted_by("oldest").query == "q=lamp&site=a.org&sort=oldest&size=20"
    assert START.sized(10).query == "q=lamp&site=a.org"
    assert START.matching("any").query == "q=lamp&site=a.org&size=20&match=any"
    assert START.showing_hidden(True).query == "q=lamp&site=a.org&size=20&hidden=1"
    assert START.on_page(4).query == "q=lamp&site=a.org&size=20&page=4"
    assert START.between(dt.date(2018, 1, 1), None).unfiltered().query == "q=lamp&size=20"


def test_wanting_twice_is_wanting_once() -> None:
    assert START.wanting("site", "a.org").values("site").wanted == ("a.org",)


def test_a_value_with_every_sign_of_a_url_survives() -> None:
    value = "a&b=c#d%20+ é\n\x00\"'<>"
    assert read(Address().wanting("tag", value).query)[0].values("tag").wanted == (value,)


# -- cursors


def test_a_cursor_holds_the_mark_and_survives_the_address_bar() -> None:
    following = START.following("gen-000001/3@20")
    assert read(following.query)[0].after() == "gen-000001/3@20"
    assert START.after() == ""
    assert following.request.page == 1


def test_a_cursor_is_for_its_question_alone() -> None:
    following = START.following("mark")
    assert read(f"page=7&{following.query}")[0].after() == "mark"
    for other in (following.query.replace("lamp", "moth"), following.query.replace("size=20", "size=50"), following.query + "&sort=newest", following.query + "&-tag="):
        with pytest.raises(BadCursor, match="another query"):
            read(other)[0].after()


@pytest.mark.parametrize("cursor", ["x", "é", "%00", "AAAA", "a b", "____", "-" * 200])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        read(f"q=lamp&cursor={cursor}")[0].after()


def test_other_links_begin_at_the_beginning() -> None:
    following = START.following("mark")
    assert following.on_page(2).cursor == following.wanting("tag", "x").cursor == following.sized(10).cursor == ""


# -- invariants

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
months = st.dates().map(lambda day: f"{day:%Y-%m}".zfill(7))
years = st.dates().map(lambda day: f"{day.year:04}")


def values(facet: str) -> st.SearchStrategy[Filter]:
    each = st.one_of(st.just(""), months, years) if facet == "published" else texts
    some = st.lists(each, max_size=3, unique=True).map(tuple)
    return st.builds(Filter, st.just(facet), some, some)


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    filters = [draw(values(facet)) for facet in FACETS]
    since, until = draw(st.none() | st.dates()), draw(st.none() | st.dates())
    if since and until and since > until:
        since, until = until, since
    return Address(
        draw(texts),
        Request(
            filters=tuple(each for each in filters if each.wanted or each.excluded),
            since=since,
            until=until,
            sort=draw(st.sampled_from(SORTS)),
            page=draw(st.integers(1, 1_000_000)),
            size=draw(st.integers(1, 100)),
            match=draw(st.sampled_from(("all", "any"))),
            hidden=draw(st.booleans()),
        ),
        draw(texts),
    )


@given(addresses())
def test_what_is_written_is_read_alike(address: Address) -> None:
    assert read(address.query) == (address, ())


@given(st.text(max_size=200) | st.lists(st.tuples(st.sampled_from(
    ["q", "site", "-tag", "published", "-published", "from", "to", "sort", "page", "size", "match", "hidden", "cursor", "x"]),
    st.text(max_size=30)), max_size=8).map(lambda pairs: urlencode(pairs, errors="replace")))  # fmt: skip
def test_every_string_is_read_and_reads_the_same_once_mended(query: str) -> None:
    address, _ = read(query)
    assert read(address.query) == (address, ())


@given(addresses(), st.sampled_from(FACETS), texts)
def test_wanting_and_then_not_is_as_before(address: Address, facet: str, value: str) -> None:
    before = address.without(facet, value)
    assert before.wanting(facet, value).without(facet, value) == before
    assert before.excluding(facet, value).without(facet, value) == before
    assert before.wanting(facet, value) == replace(before, request=before.wanting(facet, value).request)


@given(addresses(), st.sampled_from(FACETS), texts)
def test_links_written_quickly_are_those_written_plainly(address: Address, facet: str, value: str) -> None:
    turning = address.turning(facet)
    assert turning.wanting(value) == address.wanting(facet, value).query
    assert turning.excluding(value) == address.excluding(facet, value).query
    assert turning.without(value) == address.without(facet, value).query
    assert turning.only(value) == address.only(facet, value).query


@given(addresses(), st.integers(1, 1_000_000), st.integers(1, 100), st.sampled_from(SORTS))
def test_settings_written_quickly_are_those_written_plainly(address: Address, page: int, size: int, sort: str) -> None:
    assert address.setting("page")(page) == address.on_page(page).query
    assert address.setting("size")(size) == address.sized(size).query
    assert address.setting("sort")(sort) == address.sorted_by(sort).query
