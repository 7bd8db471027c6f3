"""WARC files: what of them is a page, and that a broken or hostile record costs only itself."""

import datetime as dt
import gzip
import io
import random
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from indexer.errors import SourceError
from indexer.page import MAX_PAGE, Page
from indexer.sources import Source, open_source

HTML = b"<!doctype html><p>Some words.</p>"


def record(
    body: bytes = HTML,
    number: int = 1,
    *,
    kind: str = "response",
    url: str | None = None,
    status: str = "200 OK",
    mime: str = "text/html",
    http: str = "",
    warc: str = "",
    length: object = None,
) -> bytes:
    """A WARC record; `http` and `warc` are further header lines."""
    if kind in ("response", "revisit"):
        body = f"HTTP/1.1 {status}\r\nContent-Type: {mime}\r\n{http}\r\n".encode() + body
        mime = "application/http; msgtype=response"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url or f'https://example.org/{number}'}\r\n"
        f"WARC-Date: 2020-01-02T03:04:05Z\r\n{warc}Content-Type: {mime}\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def source(path: Path, *records: bytes) -> Source:
    """A file of these records; under a name in `.gz` each is a gzip member."""
    path.write_bytes(b"".join(gzip.compress(each) if path.suffix == ".gz" else each for each in records))
    return open_source(path)


def read(opened: Source) -> tuple[list[Page], str | None]:
    given = []
    try:
        for page in opened.pages():
            given.append(page)
    except SourceError as error:
        return given, str(error)
    return given, None


def told(pages: list[Page]) -> list[str]:
    """Of each page the end of its address, or why it is refused."""
    return [page.refusal or page.url.removeprefix("https://example.org/") for page in pages]


@pytest.fixture(params=["crawl.warc", "crawl.warc.gz"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def test_a_response_becomes_a_page_with_status_headers_and_date(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc"
    first, second = record(), record(number=2, status="404 Not Found", mime="text/html; charset=koi8-r")
    pages, error = read(source(path, first, second))
    fetched = dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    assert pages == [
        Page("https://example.org/1", HTML, str(path), "offset 0", "text/html", fetched, 200),
        Page("https://example.org/2", HTML, str(path), f"offset {len(first)}", "text/html; charset=koi8-r", fetched, 404),
    ]
    assert error is None


def test_the_offset_in_a_gzipped_file_is_that_of_the_member(tmp_path: Path) -> None:
    pages, _ = read(source(tmp_path / "crawl.warc.gz", record(), record(number=2)))
    assert [page.place for page in pages] == ["offset 0", f"offset {len(gzip.compress(record()))}"]


def test_records_that_are_no_pages_are_counted(path: Path) -> None:
    opened = source(
        path,
        record(kind="warcinfo", mime="application/warc-fields"),
        record(kind="request"),
        record(kind="metadata"),
        record(kind="\x1b[31m"),
        record(mime="image/png"),
        record(mime="application/pdf; x=y"),
        record(mime="*/*", body=b"\x89PNG"),
        record(status="301 Moved"),
        record(url="dns:example.org", kind="response"),
        record(url="https://example.org/robots.txt", mime="text/plain"),
        record(mime="", body=b"<html><p>x"),
    )
    pages, error = read(opened)
    assert (told(pages), error) == (["1"], None)
    assert opened.skipped == {
        "WARC warcinfo record": 1, "WARC request record": 1, "WARC metadata record": 1, "WARC record of unknown type": 1,
        "not a page (image/png)": 1, "not a page (application/pdf)": 1, "not a page (no type said)": 1,
        "HTTP redirect": 1, "not a web address (dns:)": 1, "robots.txt": 1,
    }  # fmt: skip


def test_resources_and_extracted_text_are_pages(path: Path) -> None:
    opened = source(path, record(kind="resource"), record(b"Words.", 2, kind="conversion", mime="text/plain"))
    pages, _ = read(opened)
    assert [(page.body, page.content_type, page.status) for page in pages] == [
        (HTML, "text/html", None), (b"Words.", "text/plain", None),
    ]  # fmt: skip


def test_a_revisit_is_counted_where_its_original_was_read_else_refused(path: Path) -> None:
    digest = "WARC-Payload-Digest: sha1:{}\r\n"
    opened = source(
        path,
        record(warc=digest.format("A")),
        record(b"", 2, kind="revisit", warc=digest.format("A")),
        record(b"", 3, kind="revisit", warc=digest.format("B")),
        record(b"", 4, kind="revisit", status="304 Not Modified"),
        record(b"", 5, kind="revisit", mime="image/png", warc=digest.format("C")),
    )
    assert told(read(opened)[0]) == ["1", "revisit without its original"]
    assert opened.skipped == {"revisit of a page that was read": 2, "not a page (image/png)": 1}


def chunked(body: bytes) -> bytes:
    return b"5;x=y\r\n" + body[:5] + b"\r\n" + f"{len(body) - 5:X}\r\n".encode() + body[5:] + b"\r\n0\r\n\r\n"


def deflated(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


@pytest.mark.parametrize(
    ("http", "body"),
    [
        ("Transfer-Encoding: chunked\r\n", chunked(HTML)),
        ("Transfer-Encoding: chunked\r\n", HTML),
        ("Content-Encoding: gzip\r\n", gzip.compress(HTML)),
        ("Content-Encoding: gzip\r\n", HTML),
        ("Content-Encoding: deflate\r\n", zlib.compress(HTML)),
        ("Content-Encoding: deflate\r\n", deflated(HTML)),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked(gzip.compress(HTML))),
        ("Content-Encoding: deflate, gzip\r\n", gzip.compress(zlib.compress(HTML))),
        ("Content-Encoding: br\r\n", HTML),
        ("Content-Encoding: UTF-8\r\n", HTML),
    ],
)
def test_transfer_and_content_encodings_are_undone(path: Path, http: str, body: bytes) -> None:
    pages, error = read(source(path, record(body, http=http)))
    assert ([page.body for page in pages], error) == ([HTML], None)


def test_cut_chunks_give_what_there_is(path: Path) -> None:
    pages, _ = read(source(path, record(chunked(HTML)[:-12], http="Transfer-Encoding: chunked\r\n")))
    assert pages[0].body == HTML[:-5]


@pytest.mark.parametrize(
    ("http", "body", "refusal"),
    [
        ("Content-Encoding: br\r\n", b"\x8b\x02\x80", "content encoding br is not known here"),
        ("Content-Encoding: gzip\r\n", b"\x1f\x8b\x08broken", "broken content encoding"),
        ("", b" " * (MAX_PAGE + 1), "larger than 20 MB"),
        ("Content-Encoding: gzip\r\n", gzip.compress(b" " * (MAX_PAGE + 1)), "larger than 20 MB"),
    ],
)
def test_a_payload_that_cannot_be_given_is_refused_by_name(path: Path, http: str, body: bytes, refusal: str) -> None:
    pages, error = read(source(path, record(body, http=http), record(number=2)))
    assert (told(pages), error) == ([refusal, "2"], None)
    assert pages[0].body == b""


@pytest.mark.parametrize(
    "broken",
    [
        b"garbage where a record should be\r\n\r\n",
        record(length=10**15),
        record(length="abc"),
        record(length=-5),
        record().replace(b"Content-Length", b"Length-Of-Content"),
        b"WARC/1.0\r\n" + record(),
        b"WARC/1.0\r\n" + b"a\r\n" * 100_000 + b"\r\n",
        b"WARC/1.0\r\nX: " + b"a" * 5_000_000 + b"\r\n\r\n",
        record(http="X: " + "a" * 5_000_000 + "\r\n"),
    ],
    ids=["garbage", "too long", "no number", "negative", "no length", "cut header", "many headers",
         "long header", "long HTTP header"],
)  # fmt: skip
def test_a_broken_record_is_refused_and_the_next_one_found(path: Path, broken: bytes) -> None:
    pages, error = read(source(path, record(), broken, record(number=3), record(number=4)))
    assert error is None
    assert told(pages)[:2] == ["1", "broken WARC record"]
    assert told(pages)[-2:] == ["3", "4"]
    assert pages[1].place.startswith("offset ")
    assert pages[1].url == f"{path.as_uri()}#{pages[1].place.replace(' ', '-')}"


def test_a_record_without_an_address_is_refused(path: Path) -> None:
    pages, error = read(source(path, record().replace(b"WARC-Target-URI", b"WARC-Target"), record(number=2)))
    assert (told(pages), error) == (["record without a web address", "2"], None)


def test_a_length_too_short_costs_the_page_its_end_but_not_the_next(path: Path) -> None:
    pages, error = read(source(path, record(length=60), record(number=2)))
    assert (told(pages), error) == (["1", "broken WARC record", "2"], None)


@pytest.mark.parametrize(
    "damage",
    [lambda member: member[:-40], lambda member: member[:40] + b"\xff\xff\xff" + member[43:], lambda member: b"x" * 200_000,
     lambda member: b"\x1f\x8b\x08" + b"\0" * 99 + b"\x1f\x8b\x08\x00"],
    ids=["cut", "flipped", "garbage", "false starts"],
)  # fmt: skip
def test_a_damaged_member_is_refused_and_the_next_one_found(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    path, good = tmp_path / "crawl.warc.gz", gzip.compress(record())
    path.write_bytes(good + damage(good) + gzip.compress(record(number=3)))
    pages, error = read(open_source(path))
    assert (told(pages), error) == (["1", "broken WARC record", "3"], None)
    assert pages[1].place == f"offset {len(good)}"
    assert pages[2].place == f"offset {path.stat().st_size - len(gzip.compress(record(number=3)))}"


def test_a_file_that_ends_in_a_record_gives_what_was_before_and_the_offset(path: Path) -> None:
    opened = source(path, record(), record(number=2))
    path.write_bytes(path.read_bytes()[:-30])
    first = len(gzip.compress(record()) if path.suffix == ".gz" else record())
    pages, error = read(opened)
    assert (told(pages), error) == (["1"], f"{path} ends in the middle of a record (offset {first})")


@pytest.mark.parametrize("size", [100, 1_000_000], ids=["blocks", "one"])
def test_members_that_are_no_records_are_read_through(tmp_path: Path, size: int) -> None:
    """As bgzip makes them, or gzip of a whole file."""
    path, whole = tmp_path / "crawl.warc.gz", record() + record(number=2)
    path.write_bytes(b"".join(gzip.compress(whole[at : at + size]) for at in range(0, len(whole), size)))
    pages, error = read(open_source(path))
    assert (told(pages), error) == (["1", "2"], None)


def test_zeros_behind_the_last_record_are_padding(path: Path) -> None:
    opened = source(path, record())
    if path.suffix == ".gz":
        path.write_bytes(path.read_bytes() + b"\0" * 100_000)
        assert read(opened)[1] is None
    path.write_bytes(path.read_bytes() + b"\r\n" * 1_000)
    assert "1" in told(read(opened)[0])


def test_a_bomb_stays_small(tmp_path: Path) -> None:
    deflater = zlib.compressobj(9, zlib.DEFLATED, 31)
    inner = b"".join(deflater.compress(b"a" * 1_000_000) for _ in range(1_000)) + deflater.flush()
    bombs = [record(inner, http="Content-Encoding: gzip\r\n"),
             record(b"%x\r\n%b\r\n0\r\n\r\n" % (len(inner), inner),
                    http="Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n")]  # fmt: skip
    opened = source(tmp_path / "crawl.warc.gz", *bombs, record(number=3))
    tracemalloc.start()
    try:
        pages, error = read(opened)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (told(pages), error) == (["larger than 20 MB", "larger than 20 MB", "3"], None)
    assert peak < 5 * MAX_PAGE


@pytest.mark.parametrize(
    "unit",
    [b"WARC/1.0\r\n", b"\nWARC/1.0\r\na", gzip.compress(b"WARC/1.0\r\nx"), b"\x1f\x8b\x08", b"a\n", b"\r\n"],
)
def test_time_grows_no_faster_than_the_file(tmp_path: Path, unit: bytes) -> None:
    path = tmp_path / "crawl.warc"
    path.write_bytes(unit * (5_000_000 // len(unit)))
    started = time.process_time()
    read(open_source(path))
    assert time.process_time() - started < 10


def test_any_damage_ends_well(path: Path) -> None:
    chance = random.Random(3)
    whole = [record(HTML + bytes([n]) * 30, n, http="Content-Encoding: gzip\r\n" * (n % 2)) for n in range(4)]
    opened = source(path, *whole)
    good = path.read_bytes()
    for _ in range(500):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(30)] = chance.randbytes(chance.randrange(9))
        path.write_bytes(data)
        for page in read(opened)[0]:
            page.url.encode()
            assert page.source == str(path)


def test_arc_files_are_read(tmp_path: Path) -> None:
    info = b"1 0 Example\nURL IP-address Archive-date Content-type Archive-length\n\n"
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML
    (tmp_path / "old.arc").write_bytes(
        b"filedesc://old.arc 192.0.2.1 20020304050607 text/plain %d\n%b" % (len(info), info)
        + b"http://example.org/a b 192.0.2.1 20020304050607 text/html %d\n%b\n" % (len(response), response)
    )
    pages, error = read(open_source(tmp_path / "old.arc"))
    assert [(page.url, page.body, page.status, page.fetched) for page in pages] == [
        ("http://example.org/a%20b", HTML, 200, dt.datetime(2002, 3, 4, 5, 6, 7, tzinfo=dt.UTC))
    ]
    assert error is None


def wacz(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def test_a_wacz_gives_the_pages_of_all_its_warc_files(tmp_path: Path) -> None:
    path = tmp_path / "site.wacz"
    path.write_bytes(wacz({"archive/b.warc": record(number=2)[:-30], "archive/a.warc.gz": gzip.compress(record()),
                           "pages/pages.jsonl": b"{}", "archive/c.warc": record(number=3)}))  # fmt: skip
    pages, error = read(open_source(path))
    assert [(page.url, page.place) for page in pages] == [
        ("https://example.org/1", "archive/a.warc.gz offset 0"), ("https://example.org/3", "archive/c.warc offset 0"),
    ]  # fmt: skip
    assert error == f"{path} ends in the middle of a record (archive/b.warc offset 0)"


@pytest.mark.parametrize("data", [b"no zip", wacz({"archive/a.warc": record()})[:200]])
def test_a_broken_wacz_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "site.wacz"
    path.write_bytes(data)
    pages, error = read(open_source(path))
    assert pages == []
    assert error is not None
    assert error.startswith(f"{path} is a broken WACZ: ")


def test_a_warc_is_known_by_its_first_bytes_too(tmp_path: Path) -> None:
    for name, data in (("a.bin", record()), ("b", gzip.compress(record()))):
        (tmp_path / name).write_bytes(data)
        assert told(read(open_source(tmp_path / name))[0]) == ["1"]
