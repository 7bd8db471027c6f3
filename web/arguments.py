"""What does a query string ask? The only code that reads one; `web.address` tells its keys.

Every string is read: what cannot be meant is mended, and the mending said in a sentence.
"""

import datetime as dt
import re
from itertools import islice
from urllib.parse import parse_qsl, urlencode

from search.document import FACETS
from search.parser import MAX_LENGTH, days
from search.results import MAX_SIZE, SORTS, Filter, Request
from web.address import DEFAULTS, Address, Values, in_order, short, usual_sort

__all__ = ["MAX_KEYS", "MAX_QUERY", "MAX_VALUE", "MAX_VALUES", "read", "read_values", "url_in"]

#: Bytes of a query string that are read; a longer one is refused before it gets here. Every link on a page repeats it.
MAX_QUERY = 24_000
#: Values in all filters together, and characters of one.
MAX_VALUES = 50
MAX_VALUE = 300
MAX_URL = 2_000  # characters of an address that is asked about
MAX_PAGE = 1_000_000
#: Keys with their values that are read at all: every unknown one costs a sentence in the answer.
MAX_KEYS = 200
#: Characters of a cursor; ours have some 50.
MAX_CURSOR = 200

MATCHES = ("all", "any")


def read(query: str) -> tuple[Address, tuple[str, ...]]:
    """What a query string asks, and what was mended in it, in sentences. Never raises."""
    notes: list[str] = []
    single: dict[str, str] = {}
    wanted: dict[str, dict[str, None]] = {facet: {} for facet in FACETS}
    excluded: dict[str, dict[str, None]] = {facet: {} for facet in FACETS}
    count = 0
    pairs = iter(parse_qsl(query, keep_blank_values=True))
    for key, value in islice(pairs, MAX_KEYS):
        facet = key.removeprefix("-")
        if facet in FACETS:
            count += 1
            if count <= MAX_VALUES and (whole := _value(facet, value, notes)) is not None:
                (excluded if key.startswith("-") else wanted)[facet][whole] = None
        elif key in _SINGLE:
            single[key] = value
        else:
            notes.append(f"{short(key)} is no filter; filters are {', '.join(FACETS)}, from and to")
    if next(pairs, None) is not None:
        notes.append(f"only the first {MAX_KEYS} keys were read")
    if count > MAX_VALUES:
        notes.append(f"only the first {MAX_VALUES} values of filters were read")
    text = _text(single.get("q", ""), notes)
    since, until = _days(single, notes)
    request = Request(
        filters=in_order(Filter(f, tuple(wanted[f]), tuple(excluded[f])) for f in FACETS),
        since=since,
        until=until,
        sort=_one_of("sort", single, SORTS, usual_sort(text), notes),
        page=_number("page", single, 1, MAX_PAGE, notes),
        size=_number("size", single, DEFAULTS.size, MAX_SIZE, notes),
        match=_one_of("match", single, MATCHES, DEFAULTS.match, notes),
        hidden=_one_of("hidden", single, ("0", "1"), "0", notes) == "1",
    )
    cursor = single.get("cursor", "")[:MAX_CURSOR]
    return Address(text, request, cursor), tuple(dict.fromkeys(notes))


_SINGLE = ("q", "from", "to", "sort", "page", "size", "match", "hidden", "cursor")


def _text(text: str, notes: list[str]) -> str:
    if len(text) > MAX_LENGTH:
        notes.append(f"only the first {MAX_LENGTH:,} characters were read")
    return text[:MAX_LENGTH]


def _value(facet: str, value: str, notes: list[str]) -> str | None:
    if len(value) > MAX_VALUE:
        notes.append(f"a {facet} of {len(value):,} characters was left out; at most {MAX_VALUE} are read")
        return None
    if facet != "published" or not value:
        return value
    bounds = days(value.strip())
    if bounds is None:
        notes.append(f"published: {short(value)} is no date such as 2018, 2018-02 or 2018-02-22 and was left out")
        return None
    length = (bounds[1] - bounds[0]).days
    return bounds[0].isoformat()[: 4 if length > 31 else 7 if length else 10]


def _days(given: dict[str, str], notes: list[str]) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day; the other way round they are exchanged."""
    since, until = _bound("from", given, notes), _bound("to", given, notes)
    first, last = since[0] if since else None, until[1] if until else None
    if since is not None and until is not None and since[0] > until[1]:
        notes.append("from lay after to; they were exchanged")
        first, last = until[0], since[1]
    return first, last


def _bound(key: str, given: dict[str, str], notes: list[str]) -> tuple[dt.date, dt.date] | None:
    text = given.get(key, "").strip()
    bounds = days(text) if text else None
    if text and bounds is None:
        notes.append(f"{key}: {short(text)} is no date such as 2018, 2018-02 or 2018-02-22 and was left out")
    return bounds


def _one_of(key: str, given: dict[str, str], known: tuple[str, ...], usual: str, notes: list[str]) -> str:
    value = given.get(key, "").strip() or usual
    if value in known:
        return value
    notes.append(f"{key}: {short(value)} is none of {', '.join(known)}; {usual} is used")
    return usual


def _number(key: str, given: dict[str, str], usual: int, most: int, notes: list[str]) -> int:
    text = given.get(key, "").strip()
    found = re.fullmatch(r"0*([0-9]{1,9})", text)
    number = int(found[1]) if found else 0
    if not text:
        return usual
    if number < 1:
        notes.append(f"{key}: {short(text)} is no number from 1; {usual} is used")
        return usual
    if number > most:
        notes.append(f"{key}: {short(text)} is too high; {most:,} is used")
    return min(number, most)


def read_values(query: str) -> Values:
    """What the query string of a facet's page asks. Never raises."""
    pairs = parse_qsl(query, keep_blank_values=True)
    own = {key: value for key, value in pairs if key in ("within", "order")}
    address, _ = read(urlencode([(key, value) for key, value in pairs if key not in own]))
    return Values(address, own.get("within", "").strip()[:MAX_VALUE], own.get("order") == "name")


def url_in(query: str) -> tuple[str, Address]:
    """The page that `url=` names and the address beside it, for the page that tells why it is not found."""
    pairs = parse_qsl(query, keep_blank_values=True)
    address, _ = read(urlencode([(key, value) for key, value in pairs if key != "url"]))
    return next((value.strip()[:MAX_URL] for key, value in pairs if key == "url"), ""), address
