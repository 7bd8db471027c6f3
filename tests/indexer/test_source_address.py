"""The web address of a saved page, by what each tool leaves behind."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.address import host_folder, saved_address
from indexer.sources.file import web_address

CANONICAL = b"<html><head><link href='%s' rel=canonical></head><body>"


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/home/me/mirror.d/example.org/news/index.html", "https://example.org/news/"),
        ("/home/me/example.org/index.html", "https://example.org/"),
        ("/home/me/example.org/a/b.html", "https://example.org/a/b.html"),
        ("/data/www.site.com/other.net/a.html", "https://other.net/a.html"),
        ("/m/example.org/index.html?page=2", "https://example.org/?page=2"),
        ("/m/example.org/index.html?page=2.html", "https://example.org/?page=2"),
        ("/m/example.org/show.php?id=3&x=a%2Fb.html", "https://example.org/show.php?id=3&x=a%2Fb"),
        ("/m/example.org/show.php@id=3", "https://example.org/show.php?id=3"),
        ("/m/example.org/team@home.html", "https://example.org/team@home.html"),
        ("/m/example.org/story.php.html", "https://example.org/story.php"),
        ("/m/example.org/story.html", "https://example.org/story.html"),
        ("/m/example.org/what? no/a b.html", "https://example.org/what%3F%20no/a%20b.html"),
        ("/m/example.org/100%.html", "https://example.org/100%25.html"),
        ("/m/example.org/caf%C3%A9/über.html", "https://example.org/caf%C3%A9/%C3%BCber.html"),
        ("/m/example.org:8080/a.html", "https://example.org:8080/a.html"),
        ("/m/example.org+8080/a.html", "https://example.org:8080/a.html"),
        ("/m/192.0.2.7/a.html", "https://192.0.2.7/a.html"),
        ("/m/http/example.org/a.html", "http://example.org/a.html"),
        ("/m/xn--bcher-kva.example/a.html", "https://xn--bcher-kva.example/a.html"),
        ("/home/me/notes.txt/a.html", None),
        ("/home/me/site.old/page_files/a.html", None),
        ("/home/me/v1.2/a.html", None),
        ("/home/me/example.org", None),
    ],
)
def test_wgets_layout_tells_the_address(path: str, url: str | None) -> None:
    assert saved_address(path, b"<html>") == (url, None)


@pytest.mark.parametrize(
    ("path", "canonical", "url"),
    [
        ("/m/example.org/story.html", b"http://example.org/story/", "http://example.org/story/"),
        ("/m/example.org/story.html", b"https://www.example.org/story", "https://www.example.org/story"),
        ("/m/example.org/index.html", b"https://example.org/index.html", "https://example.org/index.html"),
        ("/m/example.org/story.html?page=2.html", b"https://example.org/story", "https://example.org/story.html?page=2"),
        ("/m/example.org/story.html", b"http://example.org/", "http://example.org/story.html"),
        ("/m/example.org/story.html", b"https://other.net/story", "https://example.org/story.html"),
        ("/m/example.org/users/other.net/a.html", b"https://example.org/users/other.net/a",
         "https://example.org/users/other.net/a"),
        ("/home/me/saved.html", b"https://example.org/a?b=1&amp;c=2#part", "https://example.org/a?b=1&c=2"),
        ("/home/me/saved.html", b"/relative", None),
        ("/home/me/saved.html", b"javascript:alert(1)", None),
    ],
)  # fmt: skip
def test_the_canonical_link_decides_where_the_layout_leaves_it_open(path: str, canonical: bytes, url: str) -> None:
    assert saved_address(path, CANONICAL % canonical) == (url, None)


@pytest.mark.parametrize(
    ("comment", "url", "saved"),
    [
        (b"<!-- Mirrored from example.org/a/b.html by HTTrack Website Copier/3.x [XR&CO'2014], Thu, 22 Feb 2018"
         b" 10:00:00 GMT -->", "https://example.org/a/b.html", dt.datetime(2018, 2, 22, 10, tzinfo=dt.UTC)),
        (b"<!-- Mirrored from example.org/ by HTTrack Website Copier/3.x, no date -->", "https://example.org/", None),
        (b"<!-- saved from url=(0021)http://example.org/ab -->", "http://example.org/ab", None),
        (b"<!-- saved from url=(0022)http://example.org/ab?glued -->", "http://example.org/ab?", None),
        (b"<!--\n Page saved with SingleFile \n url: https://example.org/a \n saved date: Thu Feb 22 2018 23:30:00"
         b" GMT+0100 (CET)\n-->", "https://example.org/a", dt.datetime(2018, 2, 22, 22, 30, tzinfo=dt.UTC)),
        (b"<!--\n Page saved with SingleFile \n url: https://example.org/a \n-->", "https://example.org/a", None),
    ],
)  # fmt: skip
def test_the_comments_of_tools_come_first(comment: bytes, url: str, saved: dt.datetime | None) -> None:
    page = b"<!DOCTYPE html>\n" + comment + b"\n" + CANONICAL % b"https://canonical.example/"
    assert saved_address("/m/layout.example/x.html", page) == (url, saved)


@pytest.mark.parametrize(
    "comment",
    [b"<!-- saved from url=(0014)about:internet -->", b"<!-- Mirrored from by HTTrack -->",
     b"<!-- saved from url=(0011)javascript: -->"],
)  # fmt: skip
def test_a_comment_without_an_address_is_passed_over(comment: bytes) -> None:
    assert saved_address("/m/example.org/x.html", comment)[0] == "https://example.org/x.html"


def test_a_link_outside_the_head_or_in_a_later_part_is_not_the_pages_own() -> None:
    late = b"<html><head></head><body><link rel=canonical href=https://example.org/quoted>"
    assert saved_address("/home/me/a.html", late) == (None, None)


@pytest.mark.parametrize(
    ("path", "prefer", "number"),
    [("/a/b.com/c.net/x", "", 3), ("/a/b.com/c.net/x", "www.b.com", 2), ("/a/c/x", "b.com", None), ("/b.com", "", None)],
)
def test_the_hosts_folder_is_the_innermost_or_the_one_that_is_known(path: str, prefer: str, number: int | None) -> None:
    assert host_folder(path, prefer) == number


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (" HTTPS://Example.ORG ", "https://example.org/"),
        ("http://example.org?x=1", "http://example.org/?x=1"),
        ("http://me:secret@example.org/a", "http://example.org/a"),
        ("http://example.org/a b\"<>é%zz%41", "http://example.org/a%20b%22%3C%3E%C3%A9%25zz%41"),
        ("http://example.org/a#part", "http://example.org/a"),
        ("http://example.org/#!page", "http://example.org/#!page"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("http://[broken/a", None),
        ("http://example.org:99999/", None),
        ("ftp://example.org/", None),
        ("javascript:alert(1)//http://example.org", None),
        ("http://", None),
        ("", None),
    ],
)
def test_only_an_http_address_is_a_web_address(text: str, url: str | None) -> None:
    assert web_address(text) == url


@given(st.text() | st.from_regex(r"https?://.{0,40}"))
def test_an_address_holds_nothing_that_could_leave_an_attribute(text: str) -> None:
    url = web_address(text)
    if url is not None:
        url.encode()
        assert url.startswith(("http://", "https://"))
        assert set(" \t\r\n\"<>`\\").isdisjoint(url)


@given(st.text(st.sampled_from("/.?@%+:#aB1é\udce9") | st.characters()), st.binary(max_size=300))
def test_any_path_and_page_give_an_address_or_none(path: str, head: bytes) -> None:
    url, _ = saved_address("/m/example.org/" + path.replace("\0", "") + "x.html", head)
    if url is not None:
        url.encode()


@pytest.mark.parametrize(
    "head", [b"<link ", b"<link rel=canonical href=", b"<!-- saved from url=(0001)", b"<!-- Mirrored from a", b"href='"]
)
def test_no_head_takes_long(head: bytes) -> None:
    started = time.process_time()
    saved_address("/m/example.org/a.html", head * (65_536 // len(head)))
    assert time.process_time() - started < 1
