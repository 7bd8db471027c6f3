"""Feeds: JSON Lines and arrays as Scrapy writes them, with fields guessed or named, whole or broken."""

import base64
import datetime as dt
import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import SourceError
from indexer.page import Page
from indexer.sources import jsonl, open_source

RECORD = {"url": "https://example.org/1", "html": "<html><p>Café</p></html>"}


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def read(path: Path, text: str | bytes, /, **fields: str) -> tuple[list[Page], str | None, list[str]]:
    """(pages, the SourceError's words, notes) of a feed with this text."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    source, given, error = open_source(path, fields=fields), [], None
    try:
        for page in source.pages():
            given.append(page)
    except SourceError as broken:
        error = str(broken)
    return given, error, source.notes


def test_a_record_becomes_a_page_with_all_that_the_feed_says(tmp_path: Path) -> None:
    record = RECORD | {"title": " The \n title ", "date": "2018-02-22T23:30:00-05:00", "status": 200,
                       "scraped_at": "2019-01-02T03:04:05Z"}  # fmt: skip
    pages, error, notes = read(tmp_path / "feed.jsonl", lines(record))
    assert error is None
    assert pages == [
        Page("https://example.org/1", "<html><p>Café</p></html>".encode(), str(tmp_path / "feed.jsonl"), "line 1",
             "text/html; charset=utf-8", dt.datetime(2019, 1, 2, 3, 4, 5, tzinfo=dt.UTC), 200, "The title",
             dt.date(2018, 2, 22)),
    ]  # fmt: skip
    assert notes == ["feed.jsonl: url=url, html=html, title=title, published=date, fetched=scraped_at, status=status"]


@pytest.mark.parametrize(
    "text",
    [
        lines(RECORD, RECORD, RECORD),
        lines(RECORD, RECORD, RECORD).replace("\n", "\r\n\r\n"),
        "\ufeff" + lines(RECORD, RECORD, RECORD),
        json.dumps([RECORD, RECORD, RECORD]),
        json.dumps([RECORD, RECORD, RECORD], indent=2, ensure_ascii=False),
        f"[\n{json.dumps(RECORD)},\n{json.dumps(RECORD)}\n][\n{json.dumps(RECORD)}\n]",
        f"{json.dumps([RECORD, RECORD])}\n{json.dumps([RECORD])}",
        json.dumps(RECORD) * 3,
    ],
)
@pytest.mark.parametrize("name", ["feed.jsonl", "feed.json", "feed"])
def test_lines_and_arrays_are_read_alike(tmp_path: Path, text: str, name: str) -> None:
    expected = [(RECORD["url"], RECORD["html"].encode())] * 3
    for data in (text.encode(), gzip.compress(text.encode())):
        pages, error, _ = read(tmp_path / name, data)
        assert [(page.url, page.body) for page in pages] == expected
        assert error is None


def test_utf_16_as_a_shell_writes_it_is_read(tmp_path: Path) -> None:
    pages, _, _ = read(tmp_path / "feed.jsonl", json.dumps(RECORD, ensure_ascii=False).encode("utf-16"))
    assert pages[0].body == RECORD["html"].encode()


@pytest.mark.parametrize(
    ("record", "noted"),
    [
        ({"link": "https://example.org/", "body": "<p>x"}, "url=link, html=body"),
        ({"Page_URL": "https://example.org/", "content": "Some words."}, "url=Page_URL, text=content"),
        ({"url": "not an address", "canonical_url": "https://example.org/", "text": "x"}, "url=canonical_url, text=text"),
        ({"url": "https://example.org/", "response": {"status": 200}, "raw_html": "<p>x"}, "url=url, html=raw_html"),
        ({"url": ["https://example.org/"], "article": ["One.", "Two."], "headline": "H", "pubDate": 1519300000},
         "url=url, text=article, title=headline, published=pubDate"),
    ],
)  # fmt: skip
def test_fields_are_guessed_by_name_and_value_and_shown(tmp_path: Path, record: dict[str, Any], noted: str) -> None:
    pages, error, notes = read(tmp_path / "feed.jsonl", lines(record))
    assert (len(pages), error, notes) == (1, None, [f"feed.jsonl: {noted}"])
    assert (pages[0].url, pages[0].refusal) == ("https://example.org/", None)


def test_named_fields_override_the_guess(tmp_path: Path) -> None:
    record = RECORD | {"permalink": "https://example.org/p", "summary": "Short.", "when": "22 Feb 2018 10:00:00 +0000"}
    pages, _, notes = read(tmp_path / "feed.jsonl", lines(record), url="permalink", text="summary", date="when")
    assert [(page.url, page.body, page.content_type, page.published) for page in pages] == [
        ("https://example.org/p", b"Short.", "text/plain; charset=utf-8", dt.date(2018, 2, 22))
    ]
    assert notes == ["feed.jsonl: url=permalink, text=summary, published=when"]


@pytest.mark.parametrize(
    ("record", "fields", "error"),
    [
        ({"u": "x", "b": 1}, {}, "{} has no field of addresses; name it with --map url=FIELD. Its fields: u, b"),
        ({"url": "https://example.org/", "b": 1}, {},
         "{} has no field of pages; name it with --map html=FIELD. Its fields: url, b"),
        (RECORD, {"url": "link"}, "{} has no field link; its fields are: url, html"),
        (RECORD, {"body": "html"}, "a feed's fields are url, html, text, title and date: body is none of them"),
    ],
)  # fmt: skip
def test_fields_that_are_not_there_are_said_with_those_that_are(
    tmp_path: Path, record: dict[str, Any], fields: dict[str, str], error: str
) -> None:
    path = tmp_path / "feed.jsonl"
    assert read(path, lines(record), **fields) == ([], error.format(path), [])


def test_json_that_is_no_feed_is_skipped(tmp_path: Path) -> None:
    package = {"name": "x", "description": "A tool", "url": "https://example.org/"}
    _, error, _ = read(tmp_path / "package.json", json.dumps(package))
    assert error == f"{tmp_path}/package.json holds no pages: 1 not a page (.json)"


@pytest.mark.parametrize(
    ("value", "body", "content_type"),
    [
        ("Words, 1 < 2.", b"Words, 1 < 2.", "text/plain; charset=utf-8"),
        ("Words with <b>bold</b>", b"Words with <b>bold</b>", "text/html; charset=utf-8"),
        (["<p>a</p>", "<p>b</p>"], b"<p>a</p>\n\n<p>b</p>", "text/html; charset=utf-8"),
        (base64.b64encode(b"<!doctype html><p>caf\xe9 " * 9).decode(), b"<!doctype html><p>caf\xe9 " * 9, None),
        ("half \ud83d pair", "half \ufffd pair".encode(), "text/plain; charset=utf-8"),
    ],
)
def test_what_a_value_looks_like_decides(tmp_path: Path, value: object, body: bytes, content_type: str | None) -> None:
    pages, _, _ = read(tmp_path / "feed.jsonl", lines({"url": "https://example.org/", "body": value}))
    assert [(page.body, page.content_type) for page in pages] == [(body, content_type)]


@pytest.mark.parametrize(
    ("value", "day"),
    [("2018-02-22", 22), ("20180222", 22), ("2018/2/22", 22), ("2018-02-22 23:59:59", 22), (1519300000, 22),
     ("1519300000", 22), (1519300000000, 22), ("Thu, 22 Feb 2018 10:00:00 +0000", 22), ("2018-02-22T10:00Z, edited", 22),
     ("yesterday", None), (7, None), ("", None), (True, None), (float("inf"), None), ("9" * 30, None), ([], None)],
)  # fmt: skip
def test_dates_are_read_in_the_forms_feeds_write(tmp_path: Path, value: object, day: int | None) -> None:
    pages, _, _ = read(tmp_path / "feed.jsonl", lines(RECORD | {"date": value}))
    assert pages[0].published == (dt.date(2018, 2, day) if day else None)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"url": "https://example.org/2", "html": "<p>cut', "broken JSON"),
        ('{"url": "https://example.org/2", "html": ', "broken JSON"),
        ("garbage", "broken JSON"),
        ('{"url": 1}, ]', "record without a web address"),
        ('{"html": "<p>x"}', "record without a web address"),
        ('{"url": "https://example.org/2", "html": " "}', "record without text"),
        ('{"url": "x", "n": ' + "9" * 9_999 + "}", "broken JSON"),
        ('{"url": ' + "[" * 100_000, "nested too deeply"),
        ('{"url": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"a": [' + "1, " * 1_000_001 + "1]}", "record of too many values"),
    ],
)
def test_a_broken_record_is_refused_and_costs_only_itself(tmp_path: Path, broken: str, reason: str) -> None:
    path = tmp_path / "feed.jsonl"
    pages, error, _ = read(path, lines(RECORD) + broken + "\n" + lines(RECORD))
    assert [(page.place, page.refusal) for page in pages] == [("line 1", None), ("line 2", reason), ("line 3", None)]
    assert pages[1].url in (f"{path.as_uri()}#line-2", "https://example.org/2")
    assert (pages[1].body, error) == (b"", None)


def test_a_record_past_the_limit_is_refused_without_being_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_RECORD", 1_000)
    huge = RECORD | {"html": "x" * 600_000}
    pages, error, _ = read(tmp_path / "feed.jsonl", lines(RECORD, huge, RECORD))
    assert ([page.refusal for page in pages], error) == ([None, "larger than 20 MB", None], None)


def test_a_feed_that_ends_in_a_record_gives_what_was_before(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    pages, error, _ = read(path, lines(RECORD, RECORD)[:-10])
    assert len(pages) == 1
    assert error == f"{path} ends in the middle of a record (line 2)"


def test_a_cut_gzip_gives_all_records_before_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl.gz"
    whole = gzip.compress(lines(*(RECORD | {"n": n} for n in range(9_999))).encode())
    pages, error, _ = read(path, whole[: len(whole) // 2])
    assert 3_000 < len(pages) < 7_000
    assert error == f"{path} ends in the middle of gzip data"


def test_a_cut_among_the_first_records_gives_them_too(tmp_path: Path) -> None:
    pages, error, notes = read(tmp_path / "feed.jsonl.gz", gzip.compress(lines(RECORD, RECORD).encode())[:-8])
    assert (len(pages), len(notes)) == (2, 1)
    assert error is not None


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_any_damage_and_any_cut_into_chunks_ends_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    text = f"{json.dumps([RECORD, RECORD], indent=1)}\n{lines(RECORD)}{json.dumps([RECORD] * 2)}".encode()
    monkeypatch.setattr(jsonl, "CHUNK", data.draw(st.integers(1, 200)))
    pages, error, _ = read(tmp_path / "feed.jsonl", text)
    assert (len(pages), error) == (5, None)
    start = data.draw(st.integers(0, len(text)))
    damage = data.draw(st.binary(max_size=5) | st.text('{}[]"\\\n, x', max_size=5).map(str.encode))
    damaged = text[:start] + damage + text[start + data.draw(st.integers(0, 30)) :]
    pages, error, _ = read(tmp_path / "feed.jsonl", damaged)
    for page in pages:
        assert bool(page.body) != bool(page.refusal)


@pytest.mark.parametrize("junk", ["x\n", "{\n", "{}", '{"', '\\"', '"', "[", '{"a":', '"\\'])
def test_time_grows_no_faster_than_the_feed(tmp_path: Path, junk: str) -> None:
    started = time.process_time()
    read(tmp_path / "feed.jsonl", lines(RECORD) + junk * (300_000 // len(junk)))
    assert time.process_time() - started < 10
