"""Folders: what is a page in them, in which order, under which address, and what a broken file costs."""

import datetime as dt
import gzip
import os
import socket
from pathlib import Path

import pytest

from indexer.errors import SourceError
from indexer.page import MAX_PAGE, Page
from indexer.sources import Source, open_source

HTML = b"<!DOCTYPE html><title>t</title><p>Some words.</p>"


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, body in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return root


def read(path: Path, **fields: str) -> list[Page]:
    return list(open_source(path, fields=fields).pages())


def urls(path: Path) -> dict[str, str]:
    return {Path(page.source).name: page.url for page in read(path)}


def read_broken(source: Source) -> tuple[list[Page], str]:
    """The pages given before the SourceError, and what it says."""
    given = []
    with pytest.raises(SourceError) as error:
        for page in source.pages():
            given.append(page)
    return given, str(error.value)


def test_a_folder_gives_its_pages_in_the_order_of_their_names(tmp_path: Path) -> None:
    write(tmp_path, {"b.html": HTML, "a/z.htm": HTML, "a.txt": b"Flat words.", "c.html.gz": gzip.compress(HTML)})
    assert [Path(page.source).name for page in read(tmp_path)] == ["a.txt", "b.html", "c.html.gz", "z.htm"]


def test_a_page_keeps_its_bytes_and_says_where_it_lies(tmp_path: Path) -> None:
    path = write(tmp_path, {"x.html.gz": gzip.compress(HTML)}) / "x.html.gz"
    os.utime(path, (1_500_000_000, 1_500_000_000))
    assert read(tmp_path) == [
        Page(path.as_uri(), HTML, str(path), fetched=dt.datetime(2017, 7, 14, 2, 40, tzinfo=dt.UTC))
    ]


def test_flattened_text_is_plain_and_html_under_any_name_is_a_page(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": b"Words.", "b.txt": HTML, "news.php?id=7": HTML, "about": b"<!-- x -->\n<HTML><p>x",
                     "logo": b"x"})  # fmt: skip
    assert {Path(page.source).name: page.content_type for page in read(tmp_path)} == {
        "a.txt": "text/plain", "about": None, "b.txt": None, "news.php?id=7": None,
    }  # fmt: skip


def test_what_is_no_page_is_counted_by_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.html": HTML, "l.png": b"\x89PNG", "m.PNG": b"\x89PNG", "s.css": b"p {}", "empty.html": b"",
                     "robots.txt": b"User-agent: *", "hts-cache/new.html": HTML, "package.json": b'{"name": "x"}',
                     "c.html.orig": HTML, "c.html": HTML, "d.html.orig": HTML})  # fmt: skip
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.html")
    monkeypatch.chdir(tmp_path)  # a socket's name has to be short
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door.html")
    source = open_source(tmp_path)
    assert [Path(page.source).name for page in source.pages()] == ["a.html", "c.html", "d.html.orig"]
    assert source.skipped == {
        "not a page (.png)": 2, "not a page (.css)": 1, "not a page (.json)": 1, "empty file": 1, "robots.txt": 1,
        "HTTrack's own folder": 1, "copy from before wget changed the links": 1, "broken link": 1, "no regular file": 2,
    }  # fmt: skip


def test_every_file_is_met_once_whatever_links_there_are(tmp_path: Path) -> None:
    write(tmp_path, {"in/example.org/a.html": HTML, "out/b.html": HTML})
    (tmp_path / "in/example.org/loop").symlink_to(tmp_path / "in")
    (tmp_path / "in/aaa").symlink_to(tmp_path / "in/example.org")
    (tmp_path / "in/elsewhere").symlink_to(tmp_path / "out")
    (tmp_path / "in/again").symlink_to(tmp_path / "out")
    (tmp_path / "out/self").symlink_to(".")
    assert urls(tmp_path / "in") == {
        "a.html": "https://example.org/a.html",
        "b.html": (tmp_path / "in/again/b.html").as_uri(),
    }


def test_names_that_are_no_utf_8_are_read(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/example.org/caf\xe9 #1.html"
    Path(os.fsdecode(path)).parent.mkdir()
    Path(os.fsdecode(path)).write_bytes(HTML)
    assert [page.url for page in read(tmp_path)] == ["https://example.org/caf%E9%20%231.html"]


def test_a_broken_file_costs_only_itself_and_is_named_at_the_end(tmp_path: Path) -> None:
    write(tmp_path, {"a.html": HTML, "b.html.gz": gzip.compress(HTML)[:-9], "c.html": HTML})
    given, why = read_broken(open_source(tmp_path))
    assert [Path(page.source).name for page in given] == ["a.html", "c.html"]
    assert why == f"{tmp_path}/b.html.gz ends in the middle of gzip data"


def test_of_many_broken_files_three_are_named(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}.html.gz": gzip.compress(HTML)[:-9] for n in range(5)})
    given, why = read_broken(open_source(tmp_path))
    assert given == []
    assert why.count("ends in the middle of gzip data") == 3
    assert why.endswith("; and 2 more files")


def test_a_page_larger_than_the_limit_is_refused_without_being_kept(tmp_path: Path) -> None:
    write(tmp_path, {"a.html.gz": gzip.compress(HTML + b" " * MAX_PAGE)})
    assert [(page.body, page.refusal) for page in read(tmp_path)] == [(b"", "larger than 20 MB")]


def test_what_is_missing_or_holds_nothing_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=f"^there is no file or folder {tmp_path}/nowhere$"):
        open_source(tmp_path / "nowhere")
    assert read_broken(open_source(tmp_path)) == ([], f"{tmp_path} holds no pages")
    write(tmp_path, {"a.png": b"x", "b.png": b"x", "c.css": b"x"})
    why = f"{tmp_path} holds no pages: 2 not a page (.png), 1 not a page (.css)"
    assert read_broken(open_source(tmp_path)) == ([], why)


def test_progress_ends_at_the_size_of_all_files(tmp_path: Path) -> None:
    write(tmp_path, {"a.html": HTML, "b.png": b"x" * 99, "c.html": HTML})
    source = open_source(tmp_path)
    seen = [source.done_bytes for _ in source.pages()]
    assert seen == sorted(seen)
    assert source.done_bytes == source.total_bytes == 2 * len(HTML) + 99


def test_reading_again_counts_afresh(tmp_path: Path) -> None:
    source = open_source(write(tmp_path, {"a.html": HTML, "b.png": b"x"}))
    assert len(list(source.pages())) == len(list(source.pages())) == 1
    assert source.skipped == {"not a page (.png)": 1}


def test_reasons_taken_from_names_do_not_pile_up(tmp_path: Path) -> None:
    write(tmp_path, {f"x.{n}": b"x" for n in range(300)} | {"a.html": HTML})
    source = open_source(tmp_path)
    assert len(list(source.pages())) == 1
    assert len(source.skipped) <= 101
    assert sum(source.skipped.values()) == 300


def test_a_page_has_the_same_address_from_whichever_level_it_is_given(tmp_path: Path) -> None:
    write(tmp_path, {"mirror.d/example.org/news/index.html": HTML})
    for level in ("", "mirror.d", "mirror.d/example.org", "mirror.d/example.org/news/index.html"):
        assert urls(tmp_path / level) == {"index.html": "https://example.org/news/"}
