"""Publication dates and their evidence."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.blocks import Block, Head, Outline
from indexer.dates import find, parted, read_day

DAY = dt.date(2018, 2, 22)


@pytest.mark.parametrize(
    "text",
    [
        "2018-02-22", "20180222", "2018-02-22T10:00:00+01:00", "2018/02/22", "22 February 2018", "22nd of February 2018",
        "February 22, 2018", "Feb. 22, 2018", "Thu, 22 Feb 2018 10:00:00 GMT", "22.02.2018", "22. Februar 2018", "22/02/2018",
        "02/22/2018", "22 février 2018", "22 de febrero de 2018", "22 febbraio 2018", "22 de fevereiro de 2018",
        "22 февраля 2018", "22 Şubat 2018", "22 lutego 2018", "2018年2月22日", "22 fevral 2018", "2018. február 22", "1519300000",
    ],
)  # fmt: skip
def test_days_as_machines_and_people_write_them(text: str) -> None:
    assert read_day(text) == DAY


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


def test_impossible_days_are_refused() -> None:
    assert found(Head(meta=(("date", "2031-01-01"), ("dc.date", "2018-02-22")))) == (DAY, "meta", None)
    assert found(Head(meta=(("date", "1970-01-01"),))) is None


def test_a_dateline_is_a_block_that_is_only_a_date() -> None:
    assert found(None, block("Lamp"), block("Thursday, 22 February 2018, 10:30", 1)) == (DAY, "dateline", 1)
    assert found(None, block("Published on 22 February 2018 by")) == (DAY, "dateline", 0)


def test_a_dateline_that_repeats_the_head_is_one_too() -> None:
    assert found(Head(meta=(("date", "2018-02-22"),)), block("22 February 2018", 3)) == (DAY, "meta", 3)
    assert found(Head(meta=(("date", "2018-02-21"),)), block("22 February 2018", 3)) == (dt.date(2018, 2, 21), "meta", None)


def test_a_date_in_a_short_line_is_the_last_resort() -> None:
    assert found(None, block("By Jane Doe | 22 February 2018 | Oil and wicks")) == (DAY, "text", None)


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
