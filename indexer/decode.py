"""Bytes to text: BOM, HTTP header, meta, valid UTF-8, detection, in that order; each believed only if the bytes agree.

Invariant: any text gives text, in linear time; what is no text is refused by name. No lone surrogate, no control
character but tab and line end comes out. Labels are those of the WHATWG Encoding Standard, so UTF-7 is none.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import webencodings
from charset_normalizer import from_bytes

from indexer.characters import tidy
from indexer.errors import RefusedPage

__all__ = ["Decoded", "decode", "guess_content_type"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding's name, and how it was told: `BOM`, `HTTP header`, `meta`, `valid UTF-8`, `detected`, ..."""

    text: str
    encoding: str
    by: str


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of a page, tidied; `content_type` is the HTTP header's value. RefusedPage: the bytes are no text."""
    text, encoding, by = _decode(body, content_type or "")
    return Decoded(tidy(text), encoding, by)


def guess_content_type(body: bytes) -> str:
    """`text/html` where the first bytes hold a tag that HTML knows, else `text/plain`."""
    start = body[:HEAD]
    if b"\0" in start:  # UTF-16 and UTF-32: markup is ASCII, so this leaves it readable
        start = start.replace(b"\0", b"")
    return "text/html" if _TAG.search(start) else "text/plain"


HEAD = 65_536  # bytes in which a page shows what it is
PRESCAN = 16_384  # bytes searched for a declaration: real pages put scripts before their <meta charset>
SAMPLE = 16_384  # bytes the detector sees: its time grows with them, its answers no longer do

_TAG = re.compile(
    rb"<(?:!doctype\s+html|\?xml|!--|/?(?:html|head|body|title|meta|link|script|style|article|section|main|header|nav"
    rb"|div|span|p|br|hr|a|b|i|em|strong|h[1-6]|ul|ol|li|dl|table|tr|td|th|pre|img|font|center|form|blockquote"
    rb"|frameset|iframe|noscript))[\s/>]",
    re.IGNORECASE,
)

_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([^\s\"'/>;]{2,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[\s/][^<>]{0,2000}", re.IGNORECASE)
_XML = re.compile(rb"\s{0,100}<\?xml\s[^<>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{2,40})")

_BOMS = (
    (b"\xff\xfe\0\0", "utf-32-le"),  # before the BOM of UTF-16, which it begins with
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

#: First bytes of what is often saved under a page's name. The first group is never text; the second only where
#: control characters follow, since a text may begin with these letters.
_NEVER_TEXT = (
    (b"%PDF-", "PDF"),
    (b"%!PS", "PostScript"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG\r\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office file"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\0", "SQLite"),
)
_SELDOM_TEXT = (
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"wOF", "font"),
    (b"\0\0\1\0", "icon"),
    (b"\0asm", "WebAssembly"),
    (b"BZh", "bzip2"),
    (b"MZ", "program"),
)
_ASCII = bytes(range(128))
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\x0b\x0c\r\x1b"))  # ESC switches alphabets in ISO-2022
_UTF8_LEADS = bytes(range(0xC2, 0xF5))

#: Encodings of the Encoding Standard by the detector's names, the more common before those easily taken for them.
_DETECTABLE = [
    "cp932", "euc_jp", "gb18030", "big5", "cp949",
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
    "koi8_r", "koi8_u", "iso8859_2", "iso8859_5", "iso8859_7", "cp866", "mac_cyrillic", "tis_620",
]  # fmt: skip
_MULTIBYTE = {"gbk", "gb18030", "big5", "euc-jp", "shift_jis", "euc-kr"}


def _decode(body: bytes, content_type: str) -> tuple[str, str, str]:
    for mark, encoding in _BOMS:
        if body.startswith(mark) and (found := _if_it_fits(body, encoding)) is not None:
            return found, encoding, "BOM"
    _refuse_binary(body)
    if wide := _utf16(body):
        return body.decode(wide, "replace"), wide, "detected"
    utf8 = _if_it_fits(body, "utf-8")
    for label, by in _declared(body, content_type):
        known = webencodings.lookup(label)
        if known is None or known.name in ("replacement", "x-user-defined"):
            continue
        if known.name.startswith("utf-"):  # UTF-16 would have been seen above: a meta that says so is read as UTF-8
            if utf8 is not None:
                return utf8, "utf-8", by
            continue
        if utf8 is not None and _leads(body) >= (8 if known.name in _MULTIBYTE else 1):
            break  # text of another encoding does not form that many well-made sequences by chance
        if (found := _if_it_fits(body, known.codec_info.name)) is not None:
            return found, known.name, by
    if utf8 is not None:
        if b"\x1b$" in body and not _leads(body) and re.search(rb"\x1b\$[@B]", body):
            return body.decode("iso2022_jp", "replace"), "iso-2022-jp", "escape sequences"
        return utf8, "utf-8", "valid UTF-8"
    return _detect(body)


def _declared(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    """(label, where it stands), the strongest first."""
    if header := _CHARSET.search(content_type.encode("utf-8", "replace")):
        yield header[1].decode("latin-1"), "HTTP header"
    head = _uncommented(body[:PRESCAN])
    for tag in _META.finditer(head):
        if label := _CHARSET.search(tag[0]):
            yield label[1].decode("latin-1"), "meta"
            break
    if label := _XML.match(head.removeprefix(b"\xef\xbb\xbf")):
        yield label[1].decode("latin-1"), "XML declaration"


def _uncommented(head: bytes) -> bytes:
    kept = []
    while True:
        before, start, after = head.partition(b"<!--")
        kept.append(before)
        _, end, head = after.partition(b"-->")
        if not (start and end):
            return b" ".join(kept)


def _if_it_fits(body: bytes, encoding: str) -> str | None:
    """The text, with U+FFFD for single bad bytes; None where there are too many for this to be the encoding."""
    text = body.decode(encoding, "replace")
    bad = text.count("\ufffd")
    if not bad:
        return text
    if encoding == "utf-8":
        bad -= body.count(b"\xef\xbf\xbd")
        good = _leads(body) - bad
    else:
        good = len(body.translate(None, _ASCII))
    # A page in UTF-8 with a cut or pasted-in byte stays UTF-8; in another encoding almost every sequence is bad.
    return text if bad * 10 <= good else None


def _leads(body: bytes) -> int:
    """How many bytes begin a character of several in UTF-8."""
    return len(body) - len(body.translate(None, _UTF8_LEADS))


def _detect(body: bytes) -> tuple[str, str, str]:
    sample = b""
    for run in re.finditer(rb"[\x80-\xff][^<>]{0,%d}" % SAMPLE, body):
        sample += run[0][: SAMPLE - len(sample)] + b"\n"
        if len(sample) > SAMPLE:
            break
    for end in (None, -2):  # the cut may have halved a character
        matches = from_bytes(sample[:end], cp_isolation=_DETECTABLE, enable_fallback=False)
        if best := matches.best():
            near = (m.encoding for m in matches if m.chaos <= best.chaos and m.coherence >= best.coherence - 0.1)
            encoding = min(near, key=_DETECTABLE.index)
            if (text := _if_it_fits(body, encoding)) is not None:
                known = webencodings.lookup(encoding.replace("_", "-"))
                return text, known.name if known else encoding, "detected"
    return body.decode("windows-1252", "replace"), "windows-1252", "nothing better"


def _refuse_binary(body: bytes) -> None:
    for first, name in _NEVER_TEXT:
        if body.startswith(first):
            raise RefusedPage(f"not text ({name})")
    middle = len(body) // 2
    sample = body if len(body) <= 24_576 else body[:8_192] + body[middle : middle + 8_192] + body[-8_192:]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if not controls:
        return
    for first, name in _SELDOM_TEXT:
        if body.startswith(first):
            raise RefusedPage(f"not text ({name})")
    if sample[4:8] == b"ftyp":
        raise RefusedPage("not text (MP4)")
    # Text holds hardly a control character, random bytes 10 % of them.
    if controls >= 4 and controls > len(sample) / 20 and not _utf16(body):
        raise RefusedPage("not text (binary)")


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a BOM, told by what it spells: letters, spaces and punctuation throughout, some of it ASCII."""
    sample = body[: min(4_096, len(body) & ~1)]
    if len(sample) < 8 or not sample.translate(_IS_CONTROL).count(b"\1") or _is_wide_utf8(sample):
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample.decode(encoding, "replace")
        fine = sum(unicodedata.category(char)[0] in "LNPZSM" or char in "\t\n\r" for char in text)
        plain = sum(char in " \t\n\r\u3000\u3001\u3002<>.," for char in text)
        blocks = len({ord(char) >> 8 for char in text})
        if fine >= 0.97 * len(text) and plain >= 0.01 * len(text) and blocks <= 8 + len(text) // 16:
            return encoding
    return None


def _is_wide_utf8(sample: bytes) -> bool:
    """Whether all is UTF-8, its end aside, and some of it is not ASCII: UTF-16 is so by chance alone."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return not sample.isascii()


_IS_CONTROL = bytes(int(byte in _CONTROLS) for byte in range(256))
