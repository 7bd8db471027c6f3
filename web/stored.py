"""A page as it was saved, made harmless: its elements and words, without scripts, styles, pictures and links.

It is shown in a sandboxed frame under `POLICY`, by which nothing is fetched and nothing runs, whatever were left in it.
Invariant: what a page costs is bounded before it is parsed: by its length, its tags and what each of them may multiply.
"""

import codecs
import html
import re
from collections.abc import Iterator

import nh3

__all__ = ["POLICY", "sanitised"]

POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"

#: Elements beside nh3's own list that carry layout or words; nothing of them is fetched or submitted.
TAGS = nh3.ALLOWED_TAGS - {"area", "map", "header", "footer", "nav", "aside"} | {
    "section", "address", "big", "font", "tfoot", "legend", "label",
}  # fmt: skip
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

#: A page beyond one of these is shown as its words alone. The parser's time grows with the square of what lies in one
#: another and of the attributes of a tag: 15,000 nested <div> take 0.4 s, 250,000 attributes 13 s; a megabyte of
#: entities takes 0.7 s.
MAX_LENGTH, MAX_TAGS, MAX_PARTS = 1_500_000, 15_000, 1_000
_TAG_START = re.compile("</?[a-z]", re.IGNORECASE)
_OPENED = re.compile("<[a-z][^<>]*", re.IGNORECASE)
_PARTING = re.compile(r"[\s/\"']+")

#: A tag whose end is plain, as no value in it holds a "<" or ">"; or any other, with its name. Where a page has so many
#: words that they could be the attributes of one tag, tags of the second kind go without attributes.
_PLAIN = re.compile(
    r"""<[a-z][^\s<>/"'=]*(?:[\s/]+|[^\s/<>"'=]+(?:\s*=\s*(?:"[^<>"]*"|'[^<>']*'|[^\s<>"'=]+))?)*+>"""
    r"""|<([a-z][^\s<>/]*)[^<>]*>?""",
    re.IGNORECASE,
)
MAX_ALL_PARTS = 40_000  # as attributes of one tag they take 0.4 s

#: The parser opens an unclosed element of these again in every paragraph that follows (HTML, "reconstruct the active
#: formatting elements"), so that 126 KB of <p><font color=1>, <p><font color=2> and on take gigabytes. Of those without
#: attributes it keeps three (its "Noah's Ark clause").
_FORMATTING = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_ADORNED = re.compile(rf"<({_FORMATTING})[\s/][^<>]*>", re.IGNORECASE | re.ASCII)
#: What is still adorned after that, as a "<" in an attribute hides its end; and links, which lead nowhere here.
_UNFIT = re.compile(rf"<(?:(?:{_FORMATTING})(?=[\s/])|/?a(?=[\s/>]))", re.IGNORECASE | re.ASCII)

#: What stands for the work of scripts is shown, as none runs; the parser would take all in it for a text.
#: A picture that says nothing in words shows nothing.
_SPEECHLESS = re.compile(r"</?noscript(?=[\s/>])|<img(?=[\s/>])(?![^<>]*\salt\s*=)", re.IGNORECASE)
#: The page's own landmarks are none of ours: it is one thing, as it was saved.
_LANDMARK = re.compile(r"<(/?)(?:header|footer|nav|aside|main)(?=[\s/>])", re.IGNORECASE)

_TAG = re.compile("<(/?)([a-z][^\\s<>/]*)[^<>]*>|<[!?][^<>]*>", re.IGNORECASE)


def sanitised(body: bytes, content_type: str | None) -> str:
    """A fragment of HTML that holds only TAGS and ATTRIBUTES."""
    page = _text(body, content_type or "")
    if _is_too_much(page):
        return "<br>\n".join(map(html.escape, _lines(page)))
    return nh3.clean(_bounded(page), tags=TAGS, clean_content_tags=SILENT, attributes=ATTRIBUTES)


def _is_too_much(page: str) -> bool:
    return (
        len(page) > MAX_LENGTH
        or _count(_TAG_START, page) > MAX_TAGS
        or any(_count(_PARTING, tag[0]) > MAX_PARTS for tag in _OPENED.finditer(page))
    )


def _count(what: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in what.finditer(text))


def _bounded(page: str) -> str:
    """The page with no more attributes in a tag, and formatting elements at a time, than the parser bears.

    Formatting elements lose their attributes or become an empty element that nothing keeps.
    """
    if _count(_PARTING, page) > MAX_ALL_PARTS:
        page = _PLAIN.sub(lambda tag: f"<{tag[1]}>" if tag[1] else tag[0], page)
    page = _UNFIT.sub("<param", _ADORNED.sub(r"<\1>", page))
    return _LANDMARK.sub(r"<\1div", _SPEECHLESS.sub("<param", page))


def _lines(page: str) -> Iterator[str]:
    """The words of a page, without those of SILENT elements; what stands between two tags is a line."""
    silent, at = "", 0
    for tag in _TAG.finditer(page):
        if not silent and (line := html.unescape(page[at : tag.start()]).strip()):
            yield line
        closing, name, at = tag[1], (tag[2] or "").lower(), tag.end()
        if not silent and not closing and name in SILENT:
            silent = name
        elif closing and name == silent:
            silent = ""
    if not silent and (line := html.unescape(page[at:]).strip()):
        yield line


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
