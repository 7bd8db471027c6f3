"""Results and the address they came from -> the filters beside them: chosen values, lists with counts, a histogram.

Every change of a filter is a link.
"""

import calendar
import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from search.parser import days
from search.results import Facet, FacetValue, Request
from web.address import Address, Turning
from web.context.parts import MONTHS, Chip, Choice, Day
from web.context.results import Bar, FacetList, Histogram, Timeline
from web.languages import language_name

__all__ = ["TITLES", "chips", "choice", "facet_lists", "histogram", "in_words", "value_label"]

TITLES = {"site": "Site", "section": "Section", "author": "Author", "language": "Language", "tag": "Tag",
          "kind": "Kind", "published": "Published"}  # fmt: skip
NOTHING = {"published": "undated", "kind": "no kind", "language": "unknown"}

SHOWN = 8  # values of a facet: seven lists fit beside ten results; a page of its own has all
MOST_YEARS = 60  # bars that can still be told apart, and hit, in a column of 17 rem
FEWEST_YEARS = 8  # fewer are blocks, not bars

#: The picture's units: a bar with its gap, and the height of the highest.
STEP, HIGHEST = 10, 40

#: The address of a search with this query string.
Href = Callable[[str], str]


def value_label(facet: str, value: str) -> str:
    if not value:
        return NOTHING.get(facet, f"no {facet}")
    if facet == "language":
        return language_name(value)
    if facet == "published" and len(value) == 7:
        return f"{MONTHS[int(value[5:]) - 1]} {value[:4]}"
    if facet == "published" and (day := Day.of(dt.date.fromisoformat(value) if len(value) == 10 else None)):
        return day.text
    return value


def chips(address: Address, href: Href) -> Iterator[Chip]:
    """What is chosen, each with the way back."""
    asked = address.request
    for each in asked.filters:
        for value in (*each.wanted, *each.excluded):
            label, without = value_label(each.facet, value), href(address.without(each.facet, value).query)
            yield Chip(TITLES[each.facet], label, without, excluded=value in each.excluded)
    if since := Day.of(asked.since):
        yield Chip("From", since.text, href(address.between(None, asked.until).query))
    if until := Day.of(asked.until):
        yield Chip("To", until.text, href(address.between(asked.since, None).query))
    if asked.match == "any":
        yield Chip("Match", "any of the words", href(address.matching("all").query))
    if asked.hidden:
        yield Chip("Shown too", "error pages and the like", href(address.showing_hidden(False).query))


#: How a filter is read back: what stands before its values.
WORDS = {"site": "from", "section": "in section", "author": "by", "language": "in", "tag": "tagged", "kind": "of kind",
         "published": "published in"}  # fmt: skip


def in_words(address: Address) -> Iterator[str]:
    """The filters as one would say them: `from quay.example or deich.example`, `not tagged oil`, `until 2 May 2019`."""
    asked = address.request
    for each in asked.filters:
        for values, sign in ((each.wanted, ""), (each.excluded, "not ")):
            known = [value_label(each.facet, value) for value in values if value]
            said = [f"{WORDS[each.facet]} {' or '.join(known)}"] if known else []
            said += [NOTHING.get(each.facet, f"without {each.facet}")] if "" in values else []
            if said:
                yield sign + " or ".join(said)
    since, until = Day.of(asked.since), Day.of(asked.until)
    if since and until:
        yield f"from {since.text} to {until.text}"
    elif since or until:
        yield f"from {since.text}" if since else f"until {until.text}" if until else ""


def facet_lists(
    address: Address, facets: Iterable[Facet], href: Href, all_href: Callable[[str], str]
) -> Iterator[FacetList]:
    """The facets that have something to choose, chosen values first; `all_href` leads to all values of a facet."""
    for facet in facets:
        if facet.name == "published" or not facet.values:
            continue
        values = sorted(facet.values, key=lambda v: not (v.selected or v.excluded))
        chosen = sum(v.selected or v.excluded for v in values)
        listed = values[: max(SHOWN, chosen)]
        turning = address.turning(facet.name)
        yield FacetList(
            facet.name,
            TITLES[facet.name],
            tuple([choice(turning, value, href) for value in listed]),
            max(0, facet.distinct - sum(value.count > 0 for value in listed)),
            all_href(facet.name),
        )


def choice(turning: Turning, value: FacetValue, href: Href) -> Choice:
    """The links of one value, of the facet that `turning` changes."""
    chosen = value.selected or value.excluded
    return Choice(
        value_label(turning.now.facet, value.value),
        value.count,
        href(turning.without(value.value) if chosen else turning.wanting(value.value)),
        href(turning.excluding(value.value)),
        value.selected,
        value.excluded,
    )


# -- time


def histogram(address: Address, facet: Facet, href: Href) -> Histogram:
    """Bars by year; by month too where only one year is asked for or found; and by day where one month is asked for."""
    counts = {value.value: value.count for value in facet.values}
    by_year: dict[str, int] = {}
    for month, count in counts.items():
        by_year[month[:4]] = by_year.get(month[:4], 0) + count
    found = sorted(year for year, count in by_year.items() if count)
    turning = address.between(None, None).turning("published")  # a bar takes the place of a range
    wanted = turning.now.wanted
    years = _years(found)
    asked = address.request
    ends = [f"{day:%Y}".zfill(4) for day in (asked.since, asked.until) if day]
    zoomed = {value[:4] for value in wanted if value} or (set(ends) if len(ends) == 2 else set(found))
    year = zoomed.pop() if len(zoomed) == 1 else ""
    months = [f"{year}-{month:02}" for month in range(1, 13)] if year else []
    days_of = [f"{asked.month}-{day:02}" for day in range(1, _days_in(asked.month) + 1)] if facet.days else []
    dates = ("from", "to", "published", "page")  # a range takes the place of what was chosen before
    return Histogram(
        years=_timeline(turning, asked, years if len(found) > 1 else [], by_year, href),
        months=_timeline(turning, asked, months, counts, href),
        days=_timeline(turning, asked, days_of, {value.value: value.count for value in facet.days}, href),
        year=year,
        month=value_label("published", asked.month) if facet.days else "",
        earlier=_earlier(address, years, by_year, href),
        undated=choice(turning, FacetValue("", facet.missing, "" in wanted), href)
        if facet.missing or "" in wanted
        else None,
        since=asked.since.isoformat() if asked.since else "",
        until=asked.until.isoformat() if asked.until else "",
        kept=tuple((key, value) for key, value in address.pairs() if key not in dates),
    )


def _days_in(month: str) -> int:
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]


def _years(found: list[str]) -> list[str]:
    """The years to draw: all between the first and the last where they have room, else the last that were found."""
    if found and int(found[-1]) - int(found[0]) < MOST_YEARS:
        last = int(found[-1])
        first = max(1, min(int(found[0]), last + 1 - FEWEST_YEARS))
        return [f"{year:04}" for year in range(first, last + 1)]
    return found[-MOST_YEARS:]


def _timeline(turning: Turning, asked: Request, spans: list[str], counts: dict[str, int], href: Href) -> Timeline:
    since, until = asked.since, asked.until
    if not spans or (since is None and until is None):
        return Timeline(_bars(turning, spans, counts, href))
    start = _place(spans, since) if since else 0
    end = _place(spans, until, after=1) if until else len(spans) * STEP
    width = end - start if start < len(spans) * STEP and end > 0 else 0
    bars = _bars(turning, spans, counts, href, range(start, end))
    return Timeline(bars, start if width else 0, width)


def _place(spans: list[str], day: dt.date, after: int = 0) -> int:
    """Where this day begins (with `after`, ends) on a line of these spans; at an end of it where it lies beyond."""
    number = bisect_right(spans, day.isoformat(), key=lambda span: span.ljust(10, "-")) - 1
    bounds = days(spans[number]) if number >= 0 else None
    if bounds is None:
        return 0
    first, last = (bound.toordinal() for bound in bounds)
    part = min(1, (day.toordinal() - first + after) / (last - first + 1))
    return number * STEP + (math.ceil if after else math.floor)(part * STEP)


def _bars(
    turning: Turning, spans: list[str], counts: dict[str, int], href: Href, chosen: range | None = None
) -> tuple[Bar, ...]:
    """`chosen` are the units of the picture that the chosen range of days covers, None where no range is chosen."""
    highest = max((counts.get(span, 0) for span in spans), default=0)
    covered = chosen or range(0)
    return tuple(
        Bar(
            value_label("published", span),
            counts.get(span, 0),
            href(_zoomed(turning, span, chosen is not None)),
            number * STEP,
            -(-counts.get(span, 0) * HIGHEST // highest) if highest else 0,
            any(value.startswith(span) for value in turning.now.wanted)
            or (span in counts and max(covered.start, number * STEP) < min(covered.stop, number * STEP + STEP)),
        )
        for number, span in enumerate(spans)
    )


def _zoomed(turning: Turning, span: str, ranged: bool) -> str:
    """This span alone; where it is chosen already, and no range of days, the one around it."""
    if turning.now.wanted != (span,) or ranged:
        return turning.only(span)
    around = {4: (), 7: (span[:4],), 10: (span[:7],)}[len(span)]
    return turning.only(*around)


def _earlier(address: Address, years: list[str], by_year: dict[str, int], href: Href) -> Choice | None:
    count = sum(by_year[year] for year in by_year if years and year < years[0])
    if not count:
        return None
    until = dt.date(int(years[0]) - 1, 12, 31)
    return Choice(f"before {years[0]}", count, href(address.only("published").between(None, until).query), "")
