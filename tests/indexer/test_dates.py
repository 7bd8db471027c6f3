"""Publication dates and their evidence."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import clean, days
from indexer.blocks import Block, Head, Outline
from indexer.dates import Dated, find, parted
from indexer.days import is_only_day, is_utc, read_day, signs_behind_months, written_days

DAY = dt.date(2018, 2, 22)


@pytest.mark.parametrize(
    "text",
    [
        "2018-02-22", "20180222", "2018-02-22T10:00:00+01:00", "2018/02/22", "22 February 2018", "22nd of February 2018",
        "February 22, 2018", "Feb. 22, 2018", "Thu, 22 Feb 2018 10:00:00 GMT", "22.02.2018", "22. Februar 2018", "22/02/2018",
        "02/22/2018", "22 février 2018", "22 de febrero de 2018", "22 febbraio 2018", "22 de fevereiro de 2018",
        "22 февраля 2018", "22 Şubat 2018", "22 lutego 2018", "2018年2月22日", "22 fevral 2018", "2018. február 22", "1519300000",
        "22 febrúar 2018", "22. februarja 2018", "22 фебруар 2018", "22. veebruar 2018", "2018 m. vasario 22 d.", "22 فبراير 2018",
        "22 בפברואר 2018", "2018년 2월 22일", "22-feb-2018", "Feb 222018", "Feb 22, 2018Jane Doe",
    ],
)  # fmt: skip
def test_days_as_machines_and_people_write_them(text: str) -> None:
    assert read_day(text) == DAY


@pytest.mark.parametrize(("language", "month"), [("hr", 10), ("pl", 11)])
def test_a_month_in_two_languages_is_that_of_the_pages(language: str, month: int) -> None:
    assert read_day("22 listopada 2018", lambda: language) == dt.date(2018, month, 22)
    day = find(Head(lang=language), (block("22 listopada 2018"),), None)
    assert day is not None
    assert day.day == dt.date(2018, month, 22)


def test_a_month_in_two_languages_is_none_where_the_pages_is_neither() -> None:
    assert read_day("22 listopada 2018") is None
    assert found(Head(lang="en"), block("22 listopada 2018")) is None


def test_the_language_of_a_page_that_says_none_is_told_by_its_text() -> None:
    polish = "Pięć statków zawinęło wczoraj do portu, a ich załogi zeszły na ląd, żeby zobaczyć miasto. " * 3
    cleaned = clean(f"<p>22 listopada 2018</p><p>{polish}</p>".encode())
    assert cleaned.published == dt.date(2018, 11, 22)


def test_every_month_of_two_languages_is_known_to_be_doubtful() -> None:
    months: dict[str, set[int]] = {}
    for names in days._MONTHS.values():
        for number, name in enumerate(names.split(), 1):
            months.setdefault(name, set()).add(number)
    assert {name: numbers for name, numbers in months.items() if len(numbers) > 1} == {
        name: set(numbers.values()) for name, numbers in days.DOUBTFUL.items()
    }


@pytest.mark.parametrize("text", ["", "soon", "2018", "February 2018", "2018-13-01", "30 February 2018", "99/99/2018"])
def test_what_is_no_day(text: str) -> None:
    assert read_day(text) is None


@given(st.text())
def test_any_text_is_a_day_or_none(text: str) -> None:
    assert read_day(text) is None or isinstance(read_day(text), dt.date)


def block(text: str, index: int = 0, *classes: str, path: tuple[str, ...] = ("body", "p")) -> Block:
    return Block(text, path, classes, 0, index)


def found(head: Head | None = None, *blocks: Block, url: str | None = None) -> tuple[dt.date, str, int | None] | None:
    dated = find(head or Head(), blocks, url, fetched=dt.date(2024, 1, 1))
    return (dated.day, dated.by, dated.block) if dated else None


def test_the_strongest_witness_is_believed() -> None:
    head = Head(
        json_ld=('{"datePublished": "2018-02-22T08:00Z", "dateModified": "2019-01-01"}',),
        meta=(("article:published_time", "2018-02-23"), ("article:modified_time", "2019-01-01")),
        times=("2018-02-24",),
    )
    assert found(head) == (DAY, "json-ld", None)
    assert found(Head(meta=head.meta, times=head.times)) == (dt.date(2018, 2, 23), "meta", None)
    assert found(Head(times=head.times)) == (dt.date(2018, 2, 24), "time", None)
    assert found(Head(), url="https://a.example/2018/02/22/lamp") == (DAY, "url", None)


@pytest.mark.parametrize("name", ["published", "ms.date", "upload-date", "og:release_date", "story_date", "photo:uploaded"])
def test_names_of_meta_elements_that_date(name: str) -> None:
    assert found(Head(meta=((name, "2018-02-22"),))) == (DAY, "meta", None)


@pytest.mark.parametrize("name", ["update", "expires", "event:start_date", "og:updated_time", "candidate"])
def test_names_of_meta_elements_that_do_not(name: str) -> None:
    assert found(Head(meta=((name, "2018-02-22"),))) is None


def test_an_item_of_several_names_dates_too() -> None:
    assert found(Head(microdata=(("datecreated datepublished", "2018-02-22"),))) == (DAY, "microdata", None)


def test_impossible_days_are_refused() -> None:
    assert found(Head(meta=(("date", "2031-01-01"), ("dc.date", "2018-02-22")))) == (DAY, "meta", None)
    assert found(Head(meta=(("date", "1970-01-01"),))) is None


def test_a_dateline_is_a_block_that_is_only_a_date() -> None:
    assert found(None, block("Lamp"), block("Thursday, 22 February 2018, 10:30", 1)) == (DAY, "dateline", 1)
    assert found(None, block("Published on 22 February 2018 by")) == (DAY, "dateline", 0)


def test_a_dateline_that_repeats_the_head_is_one_too() -> None:
    assert found(Head(meta=(("date", "2018-02-22"),)), block("22 February 2018", 3)) == (DAY, "meta", 3)
    assert found(Head(meta=(("date", "2018-02-21"),)), block("22 February 2018", 3)) == (
        dt.date(2018, 2, 21),
        "meta",
        None,
    )


def test_a_date_in_a_short_line_is_the_last_resort() -> None:
    assert found(None, block("Harbour light | 22 February 2018 | Oil and wicks")) == (DAY, "text", None)


def test_a_script_dates_a_page_that_nothing_else_dates() -> None:
    head = Head(published=("2018-02-22T10:00:00Z", "soon", "2018-02-22"))
    assert found(head) == (DAY, "script", None)
    assert found(Head(meta=(("date", "2018-02-21"),), published=head.published)) == (dt.date(2018, 2, 21), "meta", None)
    assert found(Head(published=("2018-02-22", "2018-02-23"))) is None, "of several most are of other pages"


def test_copyright_and_comments_are_no_witnesses() -> None:
    assert found(None, block("© 22 February 2018 The Quay"), block("Copyright 22 February 2018", 1)) is None
    assert found(None, block("Ann wrote on 22 February 2018 at noon:", 0, "comment-meta")) is None
    assert found(None, block("Ann wrote on 22 February 2018 at noon:", 0, path=("body", "footer", "p"))) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22 February 2018 Five ships came in.", ["22 February 2018", "Five ships came in."]),
        ("22.02.2018 – Fünf Schiffe liefen ein.", ["22.02.2018", "Fünf Schiffe liefen ein."]),
        ("2018年2月22日 船が五隻入った。", ["2018年2月22日", "船が五隻入った。"]),
        ("22 February 2018 was a day of fog.", ["22 February 2018 was a day of fog."]),
        ("On 22 February 2018 Five Ships sailed.", ["On 22 February 2018 Five Ships sailed."]),
        ("22 February 2018", ["22 February 2018"]),
    ],
)
def test_a_dateline_on_the_line_of_the_text_is_parted_from_it(text: str, expected: list[str]) -> None:
    blocks = (block("Error message").labelled("banner", "banner: x", keep=False), block(text, 1), block("22 May 2019 No.", 2))
    given = parted(Outline(blocks=blocks, flat=True)).blocks
    assert [each.text for each in given[1:-1]] == expected
    assert [each.index for each in given] == list(range(len(given)))
    assert parted(Outline(blocks=blocks)).blocks == blocks, "only in flattened pages"


def dated(head: Head, *blocks: Block, url: str | None = None) -> Dated:
    found = find(head, blocks, url, fetched=dt.date(2024, 1, 1))
    assert found is not None
    return found


def lines(*texts: str, classes: tuple[str, ...] = ()) -> tuple[Block, ...]:
    return tuple(
        Block(text, ("body", "h1" if n == 0 else "p"), classes if n else (), 0, n) for n, text in enumerate(texts)
    )


def test_two_witnesses_that_agree_outweigh_one() -> None:
    head = Head(
        json_ld=('{"@type": "Article", "datePublished": "2016-01-01"}',),
        meta=(("article:published_time", "2018-02-22"),),
    )
    assert dated(head).day == dt.date(2016, 1, 1)
    assert dated(head, *lines("The lamp", "22 February 2018")).day == DAY


def test_an_instant_in_utc_is_the_day_that_the_page_shows() -> None:
    head = Head(meta=(("article:published_time", "2018-02-23T02:10:00Z"),))
    assert dated(head).day == dt.date(2018, 2, 23)
    assert dated(head, url="https://a.example/2018/02/22/lamp").day == DAY
    assert dated(head, *lines("The lamp", "22 February 2018")).day == DAY
    assert dated(head, *lines("The lamp", "11 February 2018")).day != dt.date(2018, 2, 23), "another day outweighs meta"


def test_the_last_change_stands_apart() -> None:
    head = Head(meta=(("article:published_time", "2018-02-22"), ("article:modified_time", "2019-03-04")))
    found = dated(head, *lines("The lamp", "4 March 2019"))
    assert (found.day, found.updated) == (DAY, dt.date(2019, 3, 4))
    assert dated(Head(), *lines("The lamp", "22 February 2018 | Updated: 4 March 2019")).updated == dt.date(2019, 3, 4)
    assert dated(Head(meta=(("date", "2018-02-22"), ("last-modified", "2018-02-22")))).updated is None


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ("5 May 2020", "a day after the last change is of an event"),
        ("4 January 2019", "a day between publication and last change is of another change"),
    ],
)
def test_a_line_does_not_outweigh_what_the_last_change_explains(shown: str, why: str) -> None:
    meta = (("article:published_time", "2018-02-22"), ("article:modified_time", "2019-03-04"))
    assert dated(Head(meta=meta), *lines("The lamp", shown)).day == DAY, why
    assert dated(Head(meta=meta[:1]), *lines("The lamp", shown)).day != DAY, "nothing explains it"


def test_confidence_says_how_sure_a_day_is() -> None:
    assert dated(Head(meta=(("date", "2018-02-22"),))).confidence == "high"
    assert dated(Head(), url="https://a.example/2018/02/22/lamp").confidence == "medium"
    assert dated(Head(), block("Harbour light | 22 February 2018 | Oil and wicks")).confidence == "low"


def test_the_line_at_the_headline_is_the_page_s() -> None:
    assert found(None, *lines("The lamp", "Jane Doe, 22 February 2018, 3 min", classes=("byline",))) == (
        DAY,
        "dateline",
        None,
    )
    long = f"(22.02.2018) {'The keeper carried oil. ' * 12}"
    assert found(None, *lines("The lamp", long)) == (DAY, "dateline", None)


def test_a_label_makes_a_day_the_page_s_anywhere() -> None:
    texts = ["The lamp", *["The keeper carried oil up the stairs."] * 30, "Veröffentlicht am 22. Februar 2018"]
    assert found(None, *lines(*texts)) == (DAY, "dateline", 31)


def test_a_list_of_other_pages_dates_nothing() -> None:
    texts = ["News", "22 February 2018", "Lamp lit", "11 January 2018", "Oil bought", "3 December 2017", "Wick cut"]
    assert found(None, *lines(*texts, classes=("item", "date"))) is None
    assert found(Head(times=("2018-02-22", "2018-01-11", "2017-12-03"))) is None


def test_a_thread_s_first_post_dates_it() -> None:
    texts = ["Oil?", "3 December 2017", "Yes.", "11 January 2018", "No.", "22 February 2018"]
    assert found(None, *lines(*texts, classes=("postdate",))) == (dt.date(2017, 12, 3), "dateline", 1)


def test_a_review_s_date_is_not_the_page_s() -> None:
    script = '{"@type": "Product", "name": "Lamp", "review": {"@type": "Review", "datePublished": "2018-02-22"}}'
    assert found(Head(json_ld=(script,))) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2018/02/22/lamp", DAY), ("https://a.example/2018/2/22/lamp", DAY), ("https://a.example/lamp-2018-02-22", DAY),
        ("https://a.example/20180222/lamp", DAY), ("https://a.example/2018/02/lamp", None), ("https://a.example/2018/12/31-lamps", dt.date(2018, 12, 31)),
        ("https://a.example/?d=2018-02-22", None), ("https://a.example/2018/12/python-3", None),
    ],
)  # fmt: skip
def test_days_in_addresses(url: str, day: dt.date | None) -> None:
    assert found(url=url) == (None if day is None else (day, "url", None))


@pytest.mark.parametrize(
    ("texts", "day"),
    [
        (["The lamp", "Updated 4 March 2019", "Published 22 February 2018"], DAY),
        (["The lamp", "22 February 2018. Updated: 4 March 2019"], DAY),
        (["The lamp", "Published", "22 February 2018"], DAY),
        (["The lamp", "Joined: Mon Jul 4, 2011 9:28 am", "Post by Ann » Thu Feb 22, 2018 9:30 pm"], DAY),
        (["The lamp", "4 March 2019", "This article was originally published on 22 February 2018"], DAY),
        (["The lamp", "wurde am 22. Februar 2018 um 23:03 Uhr gepostet und unter Öl abgelegt"], DAY),
        (["22.02.2018 The lamp of the quay", "Oil", "11.01.2018"], DAY),
    ],
)
def test_what_the_words_before_a_day_say_of_it(texts: list[str], day: dt.date) -> None:
    title = Head(title="The lamp of the quay")
    assert dated(title, *lines(*texts)).day == day


def test_a_label_in_a_part_beside_the_content_counts_where_it_is_the_only_one() -> None:
    texts = ("The lamp", *("Oil up the stairs.",) * 30, "Published", "22 February 2018")
    beside = lines(*texts, classes=("post-sidebar",))
    assert found(None, *beside) == (DAY, "dateline", 32)
    twice = lines(*texts, "Published", "4 March 2019", classes=("post-sidebar",))
    assert found(None, *twice) is None


def test_a_page_hidden_until_its_script_has_run_is_read_as_seen() -> None:
    hidden = [Block(b.text, b.path, b.classes, 0, b.index, hidden=True) for b in lines("The lamp", "22 February 2018")]
    assert found(Head(title="The lamp"), *hidden) == (DAY, "dateline", 1)
    assert found(Head(title="The lamp"), *lines("The lamp"), hidden[1]) is None


def test_what_readers_or_an_address_say_earlier_than_machines_was_first() -> None:
    told = '{"@type": "Article", "datePublished": "2019-03-04"}'
    assert dated(Head(json_ld=(told,)), *lines("The lamp", "22 February 2018")).day == DAY
    every = Head(json_ld=(told,), meta=(("date", "2019-03-04"),), microdata=(("datepublished", "2019-03-04"),))
    assert dated(every, url="https://a.example/2018/02/22/lamp").day == DAY
    assert dated(every, *lines("The lamp", "22 February 2018")).day == dt.date(2019, 3, 4), "one against three"


def test_other_dates_of_a_page_tell_the_order_of_day_and_month() -> None:
    texts = ("The lamp", "02/03/2018", "Oil came on 12/24/2017, wicks on 11/30/2017.")
    assert dated(Head(), *lines(*texts)).day == dt.date(2018, 2, 3)
    assert dated(Head(lang="en-US"), *lines("The lamp", "02/03/2018", "by 24/12/2017")).day == dt.date(2018, 3, 2)
    assert signs_behind_months(["12/24/2017", "24.12.2017", "99/99/2017"]) == "/"


def test_american_pages_write_the_month_first() -> None:
    head = Head(lang="en-US")
    assert dated(head, *lines("The lamp", "02/03/2018")).day == dt.date(2018, 2, 3)
    assert dated(Head(lang="en-GB"), *lines("The lamp", "02/03/2018")).day == dt.date(2018, 3, 2)


def test_where_days_stand() -> None:
    assert list(written_days("On 22.02.2018, not 2018-02-23.")) == [(3, 13, DAY), (19, 29, dt.date(2018, 2, 23))]
    assert [day for _, _, day in written_days("22. Februar 201811. März 2019")] == [DAY, dt.date(2019, 3, 11)]
    assert is_only_day("Thursday, 22 February 2018, 10:30")
    assert not is_only_day("Lamp of 22 February 2018")
    assert is_utc("2018-02-22T10:00:00Z")
    assert not is_utc("2018-02-22T10:00:00+02:00")
    assert not is_utc("2018-02-22")


def test_hostile_lines_are_read_in_linear_time() -> None:
    import time

    before = time.process_time()
    for unit in ("2018 ", "22 ", "2018-", "22. februar ", "published ", "20", " , "):
        text = unit * (1_000_000 // len(unit))
        find(
            Head(title=text, meta=(("date", text),), json_ld=('"datePublished": "' * 50_000,)),
            (block(text), block(text[:159])),
            text,
        )
        list(written_days(text[:20_000]))
        is_only_day(text[:20_000])
    assert time.process_time() - before < 10
