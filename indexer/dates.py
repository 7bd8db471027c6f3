"""Publication date of a page, with its evidence.

Witnesses name days: JSON-LD, meta, microdata, the address, the line below the headline, <time>, a line that says
“published” or is a date, at last scripts and the first lines. Each has a weight; the day with most weight is believed.
Never a copyright year, a comment's date, a day before the web or after the page was fetched; no witness, no date.
"""

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from indexer import datelines
from indexer.blocks import Block, Head, Outline
from indexer.datelines import Line
from indexer.days import Language, is_utc, leading_day, read_day
from indexer.structured import first_text, read

__all__ = ["Dated", "find", "parted"]

#: Scraped pages tell of older days, but datelines before this are history, not publication.
EARLIEST = dt.date(1990, 1, 1)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dated:
    """The day, who says so, and how sure it is.

    `confidence` is `high` (a machine-readable statement, or two witnesses that agree), `medium` (one line or
    address that says so) or `low` (a guess). `updated` is the day of the last change, if said and later. `block`
    is the index of the block that is nothing but this date (it is no content).
    """

    day: dt.date
    by: str
    block: int | None = None
    confidence: str = "high"
    updated: dt.date | None = None


@dataclass(frozen=True, slots=True)
class _Witness:
    day: dt.date
    by: str
    weight: float
    utc: bool = False


#: Measured on conflicts of the development pages: JSON-LD and meta are right in 9 of 10 of them, each other's equals
#: where a third witness decides; <time> may be a teaser's; days in mere text are a last resort.
_WEIGHTS = {
    "json-ld": 1.1,
    "meta": 1.0,
    "microdata": 0.8,
    "url": 0.9,
    "dateline": 1.05,
    "line": 0.6,
    "time": 0.4,
    "script": 0.5,
    "text": 0.1,
}
#: A site that moves or is made anew may tell machines a later day than that of publication, never readers or in an
#: address an earlier one.
_EARLIER = {"url": 4.0, "dateline": 1.5}
_MACHINES = ("json-ld", "meta", "microdata")
_SURE = 1.0  # weight from which a day is sure
_LIKELY = 0.5
_TIMES = 20  # <time> elements that may show that a page is a list
_LOCAL = 0.6  # weight of a line or address from which its day corrects a machine's


def _declared(declared: str | None, _text: str) -> str:
    return (declared or "")[:2].lower()


def find(
    head: Head,
    blocks: tuple[Block, ...],
    url: str | None,
    *,
    fetched: dt.date | None = None,
    detect: Callable[[str | None, str], str] = _declared,
) -> Dated | None:
    """The publication date; `fetched` bounds it. None where nothing says it.

    `detect(declared, text)` tells the page's language: asked only where a month's name has two meanings.
    """
    latest = (fetched or dt.datetime.now(dt.UTC).date()) + DAY
    language = functools.cache(lambda: detect(head.lang, "\n".join(block.text for block in blocks if not block.hidden)))
    headline = datelines.headline_of(head, blocks)
    american = (head.lang or "").lower().replace("_", "-") == "en-us"
    lines = datelines.lines(blocks, headline, language, "/" if american else "")
    heard = [each for each in _witnesses(head, lines, headline, url, language) if EARLIEST <= each.day <= latest]
    if not heard:
        others = _last_resorts(head, blocks, lines, language)
        heard = [each for each in others if EARLIEST <= each.day <= latest][:1]
    if not heard:
        return None
    changed = list(_updates(head, blocks, language))
    heard = [_weighed(each, changed, heard) for each in heard]
    local = {each.day for each in heard if each.by in ("url", "dateline") and each.weight >= _LOCAL}
    heard = [_as_local(each, local) for each in heard]
    weight = {day: sum(each.weight for each in heard if each.day == day) for day in {each.day for each in heard}}
    day = max((each.day for each in heard), key=lambda day: weight[day])  # the first of equals
    first = next(each for each in heard if each.day == day)
    confidence = "high" if weight[day] >= _SURE else "medium" if weight[day] >= _LIKELY else "low"
    updated = next((each for each in changed if day < each <= latest), None)
    block = next((line.block.index for line in lines if line.alone and line.days[0].day == day), None)
    return Dated(day, first.by, block, confidence, updated)


def parted(outline: Outline) -> Outline:
    """A flattened page whose text begins with its dateline, as `22 February 2018 Five ships ...`: the date becomes a
    block of its own. Where it is part of a sentence, that goes on in small letters."""
    kept = (block for block in outline.blocks if not datelines.is_removed(block))
    first = next(kept, None)
    end = leading_day(first.text) if outline.flat and first is not None else 0
    if first is None or not end:
        return outline
    rest = first.text[end:].lstrip(" ,.:;|/–—-")
    if not rest or rest[0].islower():
        return outline
    parts = [replace(first, text=first.text[:end]), replace(first, text=rest)]
    blocks = [*outline.blocks[: first.index], *parts, *outline.blocks[first.index + 1 :]]
    return replace(outline, blocks=tuple(replace(block, index=index) for index, block in enumerate(blocks)))


def _weighed(witness: _Witness, changed: list[dt.date], heard: list[_Witness]) -> _Witness:
    """A line, <time> or address beside a machine's word: an earlier day counts more, one after the last change is of an
    event.

    A line or <time> that names the day of a change counts half where the machine names it too, else nothing; half if it
    is a day on the way there.
    """
    told = [each.day for each in heard if each.by in _MACHINES]
    if witness.by in _EARLIER and told and witness.day < min(told) - DAY:
        return replace(witness, weight=witness.weight * _EARLIER[witness.by])
    if witness.by in _MACHINES or not told or not changed or witness.day <= min(told):
        return witness
    if witness.day > max(*told, *changed) + DAY:
        return replace(witness, weight=0.0)
    if witness.by not in ("dateline", "time"):
        return witness
    if witness.day in changed:
        return replace(witness, weight=witness.weight / 2 if witness.day in told else 0.0)
    return replace(witness, weight=witness.weight / 2) if max(told) < witness.day < max(changed) else witness


def _as_local(witness: _Witness, local: set[dt.date]) -> _Witness:
    """A machine's instant in UTC, as the day on which people where it was written say it was."""
    if witness.utc and witness.day not in local:
        for day in (witness.day - DAY, witness.day + DAY):
            if day in local:
                return replace(witness, day=day)
    return witness


# -- what machines are told

_META = (
    "article:published_time", "published", "og:article:published_time", "article:published", "datepublished", "date.published", "pubdate",
    "publishdate", "publish-date", "publish_date", "publication_date", "date.created", "dc.date.issued", "dcterms.created",
    "dc.date.created", "dc.date", "dcterms.date", "dcterms.issued", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime",
    "article.published", "article_date_original", "citation_publication_date", "citation_date", "og:published_time", "date",
    "timestamp", "created", "rnews:datepublished", "originalpublicationdate", "release_date", "citation_online_date",
)  # fmt: skip
_META_LIKE = re.compile(
    r"(?:.{0,30}[-_.:])?(?:(?:pub|publish|published|publication|publishing|create|created|issue|upload|uploaded)[-_.:]?"
    r"(?:date|time|at|on)|uploaded|(?:article|story|news|post|doc|display|release)[-_.:]?date)|\w{1,12}[.:]date"
)
_ITEM = re.compile(r"\bdate(?:published|created)\b")
_CHANGED = ("article:modified_time", "og:updated_time", "article:modified", "datemodified", "last-modified", "dcterms.modified",
            "dc.date.modified", "lastmod", "updated_time")  # fmt: skip


def _witnesses(
    head: Head, lines: list[Line], headline: Block | None, url: str | None, language: Language
) -> Iterator[_Witness]:
    yield from _first("json-ld", _json_ld(head, ("datePublished", "dateCreated", "uploadDate")), language)
    yield from _first("meta", _meta(head), language)
    yield from _first("microdata", (value for name, value in head.microdata if _ITEM.search(name)), language)
    for address in (url or "", *(href for rel, href in head.links if "canonical" in rel.split())):
        if day := _in_url(address):
            yield _Witness(day, "url", _WEIGHTS["url"])
            break
    if shown := datelines.standing(lines, headline):
        yield _Witness(shown[0], "dateline", _WEIGHTS["dateline" if shown[1] else "line"])
    days = [day for value in head.times[:_TIMES] if (day := read_day(value, language))]
    if not datelines.is_list(days):
        yield from _first("time", head.times[:1], language)


def _last_resorts(
    head: Head, blocks: tuple[Block, ...], lines: list[Line], language: Language
) -> Iterator[_Witness]:
    """The one day that scripts call that of publication (of several, most are of other pages), then days in the text."""
    days = {day for value in head.published if (day := read_day(value, language))}
    if len(days) == 1:
        yield _Witness(days.pop(), "script", _WEIGHTS["script"])
    yield from (_Witness(day, "text", _WEIGHTS["text"]) for day in datelines.in_text(blocks, lines, language))


def _first(by: str, values: Iterator[str] | tuple[str, ...], language: Language) -> Iterator[_Witness]:
    """The first possible day among the values of a witness."""
    for value in values:
        day = read_day(value, language)
        if day is not None and day >= EARLIEST:
            yield _Witness(day, by, _WEIGHTS[by], is_utc(value))
            return


def _meta(head: Head) -> Iterator[str]:
    meta = dict(reversed(head.meta))
    yield from (meta[name] for name in _META if name in meta)
    yield from (value for name, value in head.meta if _META_LIKE.fullmatch(name))


def _json_ld(head: Head, names: tuple[str, ...]) -> Iterator[str]:
    """The values of these names in the objects that describe the page; of a script that is no JSON, as they stand."""
    structured = read(head)
    for name in names:
        yield from (value for node in structured.pages if (value := first_text(node.get(name))))
    if not structured.nodes:
        text = "\n".join(head.json_ld)
        for name in names:
            yield from (found[1] for found in re.finditer(rf'"{name}"\s{{0,9}}:\s{{0,9}}"([^"]{{4,60}})"', text))


def _updates(head: Head, blocks: tuple[Block, ...], language: Language) -> Iterator[dt.date]:
    """The days of a last change, the surest first."""
    meta = dict(reversed(head.meta))
    values = [*_json_ld(head, ("dateModified",)), *(meta[name] for name in _CHANGED if name in meta)]
    values += [value for name, value in head.microdata if "datemodified" in name.split()]
    values += datelines.changes(blocks)
    yield from (day for value in values if (day := read_day(value, language)))


_IN_URL = re.compile(
    r"[/_.-]((?:19|20)\d\d)(?:(?P<sign>[/_.-]?)(0[1-9]|1[0-2])(?P=sign)(0[1-9]|[12]\d|3[01])|/([1-9])/(0?[1-9]|[12]\d|3[01])"
    r"|/(1[0-2])/([1-9]))(?=[/_.-]|$|\D)"
)


def _in_url(url: str) -> dt.date | None:
    found = _IN_URL.search(url.partition("?")[0])
    if found is None:
        return None
    month, day = [part for part in found.group(3, 4, 5, 6, 7, 8) if part is not None]
    return read_day(f"{found[1]}-{int(month):02}-{int(day):02}")
