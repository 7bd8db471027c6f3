"""The web address of a saved page, from what the tool that saved it left in the page or in the path.

Invariant: the answer depends on the absolute path and the page's first bytes only, so that a page has one address,
whether its tree, a folder of it or the file alone is given.

In this order: HTTrack's comment, "saved from url", SingleFile's comment, the folder layout of `wget --mirror`, the
page's canonical link, the file's own address. Where no scheme is known it is https.
"""

import datetime as dt
import email.utils
import html
import re
from urllib.parse import urlsplit

from indexer.sources.file import web_address, when

__all__ = ["HEAD", "host_folder", "saved_address"]

HEAD = 65_536  # first bytes of a page that are looked at; the comments of tools stand in the first few thousand
COMMENTS = 8_192


def saved_address(path: str, head: bytes) -> tuple[str | None, dt.datetime | None]:
    """(address, time of saving), each None where nothing tells it. `path` is absolute and without `.gz`."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")
    canonical = _canonical(head)
    for comment, read in ((_HTTRACK, _httrack), (_SAVED_FROM, _saved_from), (_SINGLE_FILE, _single_file)):
        if found := comment.search(head, 0, COMMENTS):
            address, saved = read(found, canonical)
            if address is not None:
                return address, saved
    return _by_layout(path, canonical) or canonical, None


def host_folder(path: str, prefer: str = "") -> int | None:
    """Which component of the path (split at `/`) is a folder named like a host, as wget and HTTrack make them.

    The innermost, as people keep mirrors in a folder called after the site; but one that is the host `prefer` wins.
    """
    hosts = [(number, host) for number, part in enumerate(path.split("/")[:-1]) if (host := _host(part))]
    for number, host in hosts:
        if prefer and _bare(host) == _bare(prefer):
            return number
    return hosts[-1][0] if hosts else None


#: Top-level domains that make a folder's name a host: those of countries, and of the others the ones that sites in
#: heaps have. A rule such as "any letters" would take notes.txt, mirror.d and site.old for hosts.
_COUNTRIES = (
    "ac ad ae af ag ai al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf"
    " cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf"
    " gg gh gi gl gm gn gp gq gr gt gu gw gy hk hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn"
    " kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz"
    " na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se"
    " sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz"
    " va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_OTHERS = (
    "com org net edu gov mil int info biz name pro aero coop museum mobi jobs tel travel cat asia post eus gal bzh scot"
    " wales berlin hamburg wien paris london nyc tokyo swiss news media press live world today online site website web"
    " blog wiki shop store tech dev app cloud digital space fun life club social community network agency group team"
    " company law health science academy education school university foundation ngo ong art museum music film photo"
    " gallery game games sport football radio tv video studio design style fashion city land global international"
    " guide tips zone center email link click page top xyz one me vip icu lol ink eco green bio earth africa lat quebec"
    " moscow saarland bayern koeln ruhr tirol brussels vlaanderen amsterdam frl example test localhost invalid"
)
_TOP_LEVELS = frozenset(f"{_COUNTRIES} {_OTHERS}".split())
_HOST = re.compile(r"(?=.{4,255}$)((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+([a-z]{2,24}|xn--[a-z0-9-]{2,59}))"
                   r"(?:[:+](\d{2,5}))?$")  # fmt: skip
_NUMBERS = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})(?:[:+](\d{2,5}))?$")


def _host(folder: str) -> str | None:
    """`host` or `host:port` for a folder named so (`+port` where `:` is not allowed in names)."""
    name = folder.lower()
    if found := _HOST.match(name):
        host, top, port = found.groups()
        if top not in _TOP_LEVELS and not top.startswith("xn--"):
            return None
    elif found := _NUMBERS.match(name):
        host, port = found.groups()
    else:
        return None
    return f"{host}:{port}" if port else str(host)


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")


def _by_layout(path: str, canonical: str | None) -> str | None:
    """The address of `host/path/file` as wget lays it out; the canonical link's spelling of it where both agree."""
    said = urlsplit(canonical or "")
    number = host_folder(path, said.netloc)
    if number is None:
        return None
    parts = path.split("/")
    host, below = _host(parts[number]), parts[number + 1 :]
    name, query = _query(below[-1])
    *folders, last = [*below[:-1], name]
    local = "/".join(["", *folders, "" if last == "index.html" else last])
    if said.netloc and _bare(said.netloc) == _bare(host or "") and _same(said.path, said.query, local, query):
        return canonical
    if parts[number - 1] in ("http", "https"):  # wget --protocol-directories
        scheme = parts[number - 1]
    else:
        scheme = said.scheme if said.netloc.lower() == host else "https"
    address = local.replace("#", "%23").replace("?", "%3F") + (f"?{query.replace('#', '%23')}" if query else "")
    return web_address(f"{scheme}://{host}{address}")


def _query(name: str) -> tuple[str, str]:
    """A file name as (name, query): wget puts `?` or, for Windows, `@` between them, and with `-E` adds `.html`.

    `.html` goes where it is surely added: after a query, or after the suffix of a script. Else it stays.
    """
    if found := _QUERY.fullmatch(name) or _WINDOWS_QUERY.fullmatch(name):
        return found[1], found[2].removesuffix(".html")
    added = _ADDED.fullmatch(name)
    return (added[1] if added else name), ""


_QUERY = re.compile(r"([^?]*)\?(.+)", re.DOTALL)
_WINDOWS_QUERY = re.compile(r"([^@]*\.(?:html?|php\d?|phtml|aspx?|jspx?|cgi|cfm|pl|do))@([^@=]+=.*)", re.DOTALL)
_ADDED = re.compile(r"(.+\.(?:php\d?|phtml|aspx?|jspx?|cgi|cfm|pl|do))\.html", re.DOTALL)


def _same(path: str, query: str, local: str, local_query: str) -> bool:
    """Whether an address's path and query may have been saved under this name."""
    return query == local_query and _core(path) == _core(local)


def _core(path: str) -> str:
    path = path.removesuffix("index.html").rstrip("/")
    return re.sub(r"\.html?$", "", path)


_HTTRACK = re.compile(rb"<!--\s{0,9}Mirrored from ([^\s<>]{3,4000}) by HTTrack[^<>,]{0,100}(?:\[[^\]<>]{0,60}\])?,?"
                      rb"\s{0,3}([^<>]{0,60}?)\s{0,9}-->", re.IGNORECASE)  # fmt: skip
_SAVED_FROM = re.compile(rb"<!--\s{0,9}saved from url=\((\d{1,5})\)([^\s<>]{3,4000}?)\s{0,9}-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(rb"<!--\s{1,9}Page saved with SingleFile\s{1,9}url:\s{0,9}([^\s<>]{3,4000})"
                          rb"(?:\s{1,9}saved date:\s{0,9}([^<>\n]{0,100}))?")  # fmt: skip
_JAVASCRIPT_DATE = re.compile(r"\w{3} (\w{3} \d\d \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})")


def _httrack(found: re.Match[bytes], canonical: str | None) -> tuple[str | None, dt.datetime | None]:
    place, date = found[1].decode("utf-8", "replace"), found[2].decode("latin-1")
    if "://" not in place:
        said = urlsplit(canonical or "")
        place = f"{said.scheme if _bare(said.netloc) == _bare(place.partition('/')[0]) else 'https'}://{place}"
    try:
        saved: dt.datetime | None = email.utils.parsedate_to_datetime(date).astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError):
        saved = None
    return web_address(place), saved


def _saved_from(found: re.Match[bytes], _canonical: str | None) -> tuple[str | None, dt.datetime | None]:
    length = int(found[1])  # of the address: what was glued on behind it is not part of it
    return web_address(found[2][: length or None].decode("utf-8", "replace")), None


def _single_file(found: re.Match[bytes], _canonical: str | None) -> tuple[str | None, dt.datetime | None]:
    saved = None
    if date := _JAVASCRIPT_DATE.match((found[2] or b"").decode("latin-1")):
        try:
            local = dt.datetime.strptime(f"{date[1]} {date[2]}", "%b %d %Y %H:%M:%S %z")
            saved = local.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            saved = None
    elif found[2]:
        saved = when(found[2].decode("latin-1"))
    return web_address(found[1].decode("utf-8", "replace")), saved


_LINK = re.compile(rb"<link\s([^<>]{0,5000})>", re.IGNORECASE)
_REL = re.compile(rb"\brel\s{0,9}=\s{0,9}[\"']?\s{0,9}canonical\b", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_HEAD_END = re.compile(rb"</head\s*>|<body[\s>]", re.IGNORECASE)


def _canonical(head: bytes) -> str | None:
    """The absolute address in the head's `<link rel=canonical>`."""
    end = _HEAD_END.search(head)
    for link in _LINK.finditer(head, 0, end.start() if end else HEAD):
        if _REL.search(link[1]) and (href := _HREF.search(link[1])):
            value = next(group for group in href.groups() if group is not None)
            return web_address(html.unescape(value.decode("utf-8", "replace")))
    return None

