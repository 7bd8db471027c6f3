"""Bytes to text: what is believed, what is refused, and what nobody sees goes."""

import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.characters import tidy
from indexer.decode import Decoded, decode, guess_content_type
from indexer.errors import RefusedPage

RUSSIAN = "Сегодня в городе открылась новая библиотека, и первые читатели уже пришли за книгами. " * 3
GREEK = "Η νέα βιβλιοθήκη της πόλης άνοιξε σήμερα και οι πρώτοι αναγνώστες ήρθαν για βιβλία. " * 3
JAPANESE = "今日は町に新しい図書館が開館し、最初の読者が本を借りに来ました。" * 3
CHINESE = "今天城里新开了一家图书馆，第一批读者已经来借书了。这里有很多报纸和杂志。" * 3
FRENCH = "La nouvelle bibliothèque a été inaugurée à midi, où l’on a célébré les élèves reçus. " * 3


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "by"),
    [
        (b"plain", None, "utf-8", "valid UTF-8"),
        (b"", None, "utf-8", "valid UTF-8"),
        ("\ufeffé".encode(), "text/html; charset=windows-1252", "utf-8", "BOM"),
        ("\ufeffé".encode("utf-16-le"), None, "utf-16-le", "BOM"),
        ("\ufeffé".encode("utf-16-be"), None, "utf-16-be", "BOM"),
        ("\ufeffé".encode("utf-32-le"), None, "utf-32-le", "BOM"),
        (RUSSIAN.encode("cp1251"), 'text/html; Charset="Windows-1251"', "windows-1251", "HTTP header"),
        (b'<meta charset="windows-1251">' + RUSSIAN.encode("cp1251"), "text/html", "windows-1251", "meta"),
        (
            b"<meta content='text/html; charset=koi8-r' http-equiv=content-type>" + RUSSIAN.encode("koi8-r"),
            None,
            "koi8-r",
            "meta",
        ),
        (b'<?xml version="1.0" encoding="iso-8859-7"?><p>' + GREEK.encode("iso8859-7"), None, "iso-8859-7",
         "XML declaration"),
        (b"<script>" + b" " * 9_000 + b"</script><meta charset=big5>" + "圖書館開門".encode("big5"), None, "big5",
         "meta"),
        (b"\x1b$B?^=q4[\x1b(B", None, "iso-2022-jp", "escape sequences"),
        (FRENCH.encode(), "text/html; charset=unheard-of", "utf-8", "valid UTF-8"),
    ],
)  # fmt: skip
def test_what_is_declared_is_believed(body: bytes, content_type: str | None, encoding: str, by: str) -> None:
    found = decode(body, content_type)
    assert (found.encoding, found.by) == (encoding, by)
    assert "\ufffd" not in found.text


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (FRENCH.encode(), "text/html; charset=iso-8859-1", FRENCH),
        (b"<meta charset=ascii>" + FRENCH.encode(), None, FRENCH),
        (b"<meta charset=shift_jis>" + RUSSIAN.encode(), None, RUSSIAN),
        (FRENCH.encode("cp1252"), "text/html; charset=utf-8", FRENCH),
        (RUSSIAN.encode("cp1251") + b"<meta charset=windows-1251>", "text/html; charset=utf-8", RUSSIAN),
        (JAPANESE.encode("cp932"), "text/html; charset=utf-8", JAPANESE),
        (b"<!-- <meta charset=koi8-r> --><meta charset=cp1251>" + RUSSIAN.encode("cp1251"), None, RUSSIAN),
        ((CHINESE + "鎔喆").encode("gb18030"), "text/html; charset=gb2312", CHINESE + "鎔喆"),
        (b"<meta charset=utf-7>+ADw-b+AD4- " + FRENCH.encode(), None, "+ADw-b+AD4- " + FRENCH),
        (b"<meta charset=utf-16>" + FRENCH.encode(), None, FRENCH),
    ],
    ids=["latin-1", "ascii", "shift_jis", "utf-8", "header against meta", "japanese", "comment", "gb2312", "utf-7",
         "utf-16"],
)  # fmt: skip
def test_a_wrong_declaration_loses_to_the_bytes(body: bytes, content_type: str | None, expected: str) -> None:
    text = decode(body, content_type).text
    assert expected.strip() in text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (GREEK, "cp1253"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"),
     (CHINESE, "gb18030"), (FRENCH, "cp1252")],
)  # fmt: skip
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_undeclared_encoding_is_detected(text: str, encoding: str, wrapped: bool) -> None:
    body = text.encode(encoding)
    if wrapped:
        body = b"<html><script>var a = 1;</script><p class=x>" + body + b"</p>" + b"<div>menu</div>" * 2_000
    assert text.strip() in decode(body).text


def test_one_bad_byte_leaves_a_page_in_utf_8() -> None:
    found = decode(RUSSIAN.encode() + b"\xff" + RUSSIAN.encode())
    assert found.encoding == "utf-8"
    assert found.text == RUSSIAN + "\ufffd" + RUSSIAN


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["<html><p>" + RUSSIAN, FRENCH, RUSSIAN])
def test_utf_16_is_told_without_a_bom(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == Decoded(text, encoding, "detected")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"%PDF-1.7\n%abc", "not text (PDF)"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not text (PNG)"),
        (b"PK\x03\x04\x14\0\0\0", "not text (ZIP)"),
        (b"GIF89a\x01\0\x01\0\x80\0\0", "not text (GIF)"),
        (b"\0\0\0\x20ftypisom", "not text (MP4)"),
        (b"\0" * 1_000, "not text (binary)"),
        (random.Random(7).randbytes(50_000), "not text (binary)"),
    ],
)
def test_what_is_no_text_is_refused_by_name(body: bytes, reason: str) -> None:
    with pytest.raises(RefusedPage) as refused:
        decode(body)
    assert str(refused.value) == reason


@pytest.mark.parametrize("text", ["GIF89a is an image format", "BZh, said the bee", "MZ begins a program", "a\0b\0c"])
def test_a_text_that_begins_like_a_program_or_holds_some_nul_is_text(text: str) -> None:
    assert decode(text.encode()).text == text.replace("\0", "")


@given(st.binary(max_size=400), st.none() | st.text(max_size=40))
def test_any_bytes_give_clean_text_or_a_refusal(body: bytes, content_type: str | None) -> None:
    try:
        text = decode(body, content_type).text
    except RefusedPage as refusal:
        assert str(refusal).startswith("not text (")
    else:
        text.encode()
        assert not any((ord(c) < 32 and c not in "\t\n") or 0x7F <= ord(c) < 0xA0 for c in text)


@given(st.text())
@example("00\x02\x80\x80")  # its bytes spell four characters in UTF-16, too
def test_text_in_utf_8_comes_out_as_it_went_in_but_for_the_invisible(text: str) -> None:
    if not text.startswith(("%PDF-", "%!PS", "{\\rtf")) and sum(ord(c) < 32 or ord(c) == 127 for c in text) < 4:
        assert decode(("x" + text).encode()).text == tidy("x" + text)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"  <?xml version='1.0'?><html/>", "text/html"),
        (b"some words and <p>a paragraph", "text/html"),
        ("\ufeff<p>é</p>".encode("utf-16-le"), "text/html"),
        (b"a text where 1 <2 and b> a", "text/plain"),
        (b"mail me <a@example.org>", "text/plain"),
        (b"", "text/plain"),
    ],
)
def test_html_is_told_from_text_by_its_tags(body: bytes, expected: str) -> None:
    assert guess_content_type(body) == expected


@pytest.mark.parametrize(
    "unit",
    [b"<meta ", b"<!--", b"<", b"\r", "ab\u00ad".encode(), "\u200c".encode(), "م\u200c".encode(), b"\xff", b"\x81a",
     "日本".encode("cp932")],
)  # fmt: skip
def test_time_grows_no_faster_than_the_page(unit: bytes) -> None:
    """20 MB takes 1.8 s at most where this was measured; a quadratic step would take hours."""
    started = time.process_time()
    decode(unit * (4_000_000 // len(unit)))
    assert time.process_time() - started < 5
