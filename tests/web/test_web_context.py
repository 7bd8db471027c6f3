"""What templates receive: links that are safe to follow, days and languages for people."""

import datetime as dt

import pytest

from web.context.parts import Day, language_tag, web_address
from web.languages import language_name


@pytest.mark.parametrize(
    "url",
    [
        "http://quay.example/",
        "https://quay.example",
        "HTTPS://Quay.Example/a?b=c#d",
        "https://quay.example:8443/ü/日本",
        "https://[::1]/",
        "https://quay.example/'\"<>",
    ],
)
def test_a_web_page_is_linked(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "javascript://quay.example/%0aalert(1)",
        "data:text/html,x",
        "file:///heap/page.html",
        "//quay.example/",
        "/page",
        "https:quay.example",
        "https:///page",
        "http://",
        "https://[::1",
        "https://quay.example\\@evil.example/",
        "https://quay.example/ page",
        "https://quay.example/\n",
        "\x01https://quay.example/",
        " https://quay.example/",
        "https://:80/",
    ],
)
def test_what_is_no_web_page_is_not(url: str) -> None:
    assert web_address(url) == ""


@pytest.mark.parametrize(
    ("code", "tag"),
    [("en", "en"), ("pt-BR", "pt-BR"), ("zh-Hant-TW", "zh-Hant-TW"), ("", ""), ("e", ""), ("en us", ""), ('"x', "")],
)
def test_only_a_language_code_stands_in_a_lang_attribute(code: str, tag: str) -> None:
    assert language_tag(code) == tag


@pytest.mark.parametrize(
    ("code", "name"),
    [("de", "German"), ("pt-BR", "Portuguese (BR)"), ("EN", "English"), ("xx", "xx"), ("", ""), ("<b>", "<b>")],
)
def test_languages_have_names(code: str, name: str) -> None:
    assert language_name(code) == name


def test_days_and_times_are_told_for_people_and_for_machines() -> None:
    assert Day.of(dt.date(2018, 2, 3)) == Day("3 February 2018", "2018-02-03")
    assert Day.of(dt.datetime(2018, 2, 3, 4, 5, tzinfo=dt.UTC)) == Day(
        "3 February 2018, 04:05 UTC", "2018-02-03T04:05:00+00:00"
    )
    assert Day.of(dt.date(1, 1, 1)) == Day("1 January 1", "0001-01-01")
    assert Day.of(None) is None
