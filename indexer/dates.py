"""Publication date of a page, with its evidence. The strongest witness that names a possible day is believed.

json-ld, meta, microdata, <time>, the url, a dateline (a line that is a date), the first lines of the text: in this
order. Never a copyright year, never a date of before the web or of after the page was fetched.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from indexer.blocks import Block, Head, Outline

__all__ = ["Dated", "find", "parted", "read_day"]

#: Scraped pages tell of older days, but datelines before this are history, not publication.
EARLIEST = dt.date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Dated:
    """The day, who says so, and the index of the block that is nothing but this date (it is no content)."""

    day: dt.date
    by: str
    block: int | None = None


def find(head: Head, blocks: tuple[Block, ...], url: str | None, *, fetched: dt.date | None = None) -> Dated | None:
    """The publication date; `fetched` bounds it. None where nothing says it."""
    latest = (fetched or dt.datetime.now(dt.UTC).date()) + dt.timedelta(days=1)
    standing = _dateline(blocks, latest)
    for by, days in _witnesses(head, url):
        for day in days:
            if day is not None and EARLIEST <= day <= latest:
                same = standing is not None and standing.day == day
                return Dated(day, by, standing.block if same and standing is not None else None)
    if standing is not None:
        return standing
    return _in_text(blocks, latest)


def parted(outline: Outline) -> Outline:
    """A flattened page whose text begins with its dateline, as `22 February 2018 Five ships ...`: the date becomes a
    block of its own. Where it is part of a sentence, that goes on in small letters."""
    first = next((block for block in outline.blocks if not _removed(block)), None)
    found = _DATE.match(first.text) if outline.flat and first is not None else None
    if first is None or found is None:
        return outline
    rest = first.text[found.end() :].lstrip(" ,.:;|/–—-")
    if not rest or rest[0].islower():
        return outline
    parts = [replace(first, text=found[0]), replace(first, text=rest)]
    blocks = [*outline.blocks[: first.index], *parts, *outline.blocks[first.index + 1 :]]
    return replace(outline, blocks=tuple(replace(block, index=index) for index, block in enumerate(blocks)))


_META = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "date.published", "pubdate",
    "publishdate", "publish-date", "publish_date", "publication_date", "date.created", "dc.date.issued", "dcterms.created",
    "dc.date.created", "dc.date", "dcterms.date", "dcterms.issued", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime",
    "article.published", "article_date_original", "citation_publication_date", "citation_date", "og:published_time", "date",
    "timestamp", "created", "rnews:datepublished", "originalpublicationdate", "last-modified-by-author", "release_date",
)  # fmt: skip


def _witnesses(head: Head, url: str | None) -> Iterator[tuple[str, Iterable[dt.date | None]]]:
    yield "json-ld", (read_day(value) for value in _json_ld(head))
    meta = dict(reversed(head.meta))
    yield "meta", (read_day(meta[name]) for name in _META if name in meta)
    yield "microdata", (read_day(value) for name, value in head.microdata if name in ("datepublished", "datecreated"))
    yield "url", (_in_url(url or ""),)
    yield "time", (read_day(value) for value in head.times[:1])


def _json_ld(head: Head) -> Iterator[str]:
    """The values of `datePublished`, else of `dateCreated` and `uploadDate`."""
    text = "\n".join(head.json_ld)
    for name in ("datePublished", "dateCreated", "uploadDate"):
        for found in re.finditer(rf'"{name}"\s*:\s*"([^"]{{4,60}})"', text):
            yield json.loads(f'"{found[1]}"') if "\\u" in found[1] else found[1]


_IN_URL = re.compile(r"[/_.-]((?:19|20)\d\d)[/_.-]?(0[1-9]|1[0-2])[/_.-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$|\D)")


def _in_url(url: str) -> dt.date | None:
    found = _IN_URL.search(url.partition("?")[0])
    return _day(int(found[1]), int(found[2]), int(found[3])) if found else None


def _dateline(blocks: tuple[Block, ...], latest: dt.date) -> Dated | None:
    """A block among the first that is only a date."""
    for block in blocks[:60]:
        if len(block.text) <= 60 and not _removed(block):
            day = _whole(block.text)
            if day is not None and EARLIEST <= day <= latest:
                return Dated(day, "dateline", block.index)
    return None


def _in_text(blocks: tuple[Block, ...], latest: dt.date) -> Dated | None:
    """A full date in a short line, or at the beginning of the content."""
    shorts = [b for b in blocks if len(b.text) <= 160 and "©" not in b.text and "footer" not in b.path]
    first = next((b for b in blocks if any(each.keep for each in b.labels)), None)
    for block in [*shorts[:80], *([first] if first is not None else [])]:
        text = block.text[:160]
        if re.search(r"copyright|all rights reserved|\(c\)", text, re.IGNORECASE) or _is_comment(block):
            continue
        for found in _DATE.finditer(text):
            day = _read(found)
            if day is not None and EARLIEST <= day <= latest:
                return Dated(day, "text")
    return None


def _removed(block: Block) -> bool:
    return any(each.name in ("banner", "ending") for each in block.labels)


def _is_comment(block: Block) -> bool:
    return any("comment" in token for token in block.classes)


# -- reading

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "en3": "jan feb mar apr may jun jul aug sep oct nov dec",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "de3": "jän feb mrz apr mai jun jul aug sept okt nov dez",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta"
    " joulukuuta",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "az": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    "el": "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
}
_MONTH = {name: number for names in _MONTHS.values() for number, name in enumerate(names.split(), 1)} | {"sept": 9}
_NAME = "(?:" + "|".join(sorted(map(re.escape, _MONTH), key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?P<y1>{_YEAR})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})(?!\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s*(?:of |de |di )?\s*(?P<n2>{_NAME}),?\s*(?:de |del )?(?P<y2>{_YEAR})\b"
    rf"|(?P<n3>{_NAME})\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>{_YEAR})\b"
    rf"|(?P<d4>(?<!\d)\d{{1,2}})[./-](?P<m4>\d{{1,2}})[./-](?P<y4>{_YEAR})(?!\d)"
    rf"|(?P<y5>{_YEAR})\s?年\s?(?P<m5>\d{{1,2}})\s?月\s?(?P<d5>\d{{1,2}})\s?日"
    rf"|(?P<y6>{_YEAR})\.?\s+(?P<n6>{_NAME})\s+(?P<d6>\d{{1,2}})\b",
    re.IGNORECASE,
)
#: What may stand around a date in a line that is nothing else.
_AROUND = re.compile(
    r"(?:published|posted|updated|created|date|on|at|by|am|um|uhr|le|à|publié|el|publicado|veröffentlicht|stand|erstellt"
    r"|pubblicato|опубликовано|г|года|mon|tue|wed|thu|fri|sat|sun|a\.?m|p\.?m|[ap]m|gmt|utc|[ecmp][sd]t|bst|h"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi|mercredi|jeudi"
    r"|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|понедельник|вторник|среда|четверг|пятница"
    r"|суббота|воскресенье|\d{1,2}[:.h]\d{2}(?::\d{2})?|[\s,.:;|/()•·–—-]+)+",
    re.IGNORECASE,
)


def read_day(value: str) -> dt.date | None:
    """The day of a machine's or a person's date: ISO, RFC 2822, `22 February 2018`, `Feb. 22, 2018`, `22.02.2018`."""
    value = value.strip()[:100]
    found = re.match(rf"({_YEAR})-?(\d\d)-?(\d\d)(?=$|\D)", value)
    if found is not None:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{10})(?:\d{3})?", value):
        return dt.datetime.fromtimestamp(int(found[1]), dt.UTC).date()
    found = _DATE.search(value)
    return _read(found) if found else None


def _whole(text: str) -> dt.date | None:
    """The date of a text that is nothing else."""
    found = _DATE.search(text)
    if found is None:
        return None
    rest = text[: found.start()] + " " + text[found.end() :]
    return _read(found) if _AROUND.fullmatch(rest) else None


def _read(found: re.Match[str]) -> dt.date | None:
    parts = {name[0]: value for name, value in found.groupdict().items() if value is not None}
    month = _MONTH.get(parts["n"].lower().rstrip(".")) if "n" in parts else int(parts["m"])
    day, year = int(parts["d"]), int(parts["y"])
    if month is None:
        return None
    if month > 12 and found["m4"]:  # the American order
        day, month = month, day
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
