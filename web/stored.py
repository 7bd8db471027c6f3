"""A page as it was saved, made harmless: its elements and words, without scripts, styles, pictures and links.

It is shown in a sandboxed frame under `POLICY`, by which nothing is fetched and nothing runs, whatever were left in it.
"""

import codecs
import re

import nh3

__all__ = ["POLICY", "sanitised"]

POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"

#: Elements beside nh3's own list that carry layout or words; nothing of them is fetched or submitted.
TAGS = nh3.ALLOWED_TAGS - {"area", "map"} | {"main", "section", "address", "big", "font", "tfoot", "legend", "label"}
#: Elements that go with all they hold.
SILENT = {"script", "style", "title", "template", "svg", "math", "iframe", "object", "noembed", "noframes"}
ATTRIBUTES = {
    "*": {"lang", "dir"},
    "img": {"alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
HEAD = 16_384  # bytes searched for a declaration


def sanitised(body: bytes, content_type: str | None) -> str:
    """A fragment of HTML that holds only TAGS and ATTRIBUTES."""
    return nh3.clean(_text(body, content_type or ""), tags=TAGS, clean_content_tags=SILENT, attributes=ATTRIBUTES)


def _text(body: bytes, content_type: str) -> str:
    """The text by BOM, header, declaration, UTF-8; what is undeclared and not UTF-8 is read as Windows-1252.

    For showing only: what is indexed is decoded by the indexer, which looks closer.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    head = body[:HEAD].decode("latin-1")
    declared = (found[1] for found in (_CHARSET.search(content_type), _CHARSET.search(head)) if found)
    for encoding in (*declared, "utf-8"):
        try:
            return body.decode(ENCODINGS.get(encoding.lower(), "utf-8"))
        except UnicodeDecodeError:
            continue
    return body.decode("cp1252", "replace")


#: What pages declare -> Python's codec, for the encodings that pages come in; others are tried as UTF-8. Latin-1 and
#: ASCII mean Windows-1252 on the web (WHATWG, Encoding Standard).
ENCODINGS = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii", "windows-1252"), "cp1252"),
    **{f"windows-125{n}": f"cp125{n}" for n in (0, 1, 3, 4, 5, 6, 7, 8)},
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{name: name for name in ("koi8-r", "koi8-u", "shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "big5", "euc-kr")},
    "gbk": "gb18030", "gb2312": "gb18030", "shift-jis": "shift_jis", "sjis": "shift_jis", "utf-16": "utf-16-le",
}  # fmt: skip
