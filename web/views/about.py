"""What is in the collection, and how good it is: its sites, languages and kinds, what was left out, the last run."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from flask import render_template

from search.blocked import Stretch
from search.document import HIDDEN_KINDS
from search.engine import Engine
from search.results import Facet, FacetValue, Filter, Request, Results
from search.survey import LastRun, Survey
from web.address import Address, Values
from web.collection import collection
from web.context.collection import AboutPage, Chart, Number, Share, SiteRow
from web.context.parts import MONTHS, Day, Link, SearchBox
from web.facets import TITLES, histogram, value_label
from web.views.blocked import blocked_href, told
from web.views.links import facet_href, pages, search_at, search_href

__all__: list[str] = []

#: Sites that are told one by one (a search each), and lines of a chart.
SITES, LINES = 50, 10
#: Months without a page that are called a gap.
GAP = 3
REASONS = 3  # why captures of a site were left out, the most frequent
STATES = ("kept", "hidden", "refused")


@dataclass(slots=True)
class Outcomes:
    """What became of the captures of a site: how many by state, and left out for which reason; `empty`: see Survey."""

    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    empty: int = 0


@pages.get("/about")
def about() -> str:
    engine = collection().engine
    whole = engine.search(Request(size=0, hidden=True, facet_size=SITES))
    ledger = collection().ledger
    sites = whole.facets["site"]
    outcomes = _outcomes(ledger.survey, sites) if ledger is not None else {}
    found = ledger.survey.stretches() if ledger is not None else {}
    blocks = {host: stretch for host, stretch in found.items() if stretch is not None}
    run = ledger.survey.last_run() if ledger is not None else None
    page = AboutPage(
        box=SearchBox(),
        numbers=tuple(_numbers(whole, ledger.survey.totals() if ledger is not None else {})),
        years=histogram(Address.whole(), whole.facets["published"], search_at()).years,
        charts=tuple(_chart(whole.facets[name]) for name in ("language", "kind", "section", "author")),
        suspicions=tuple((Link(host, blocked_href(host)), told(blocks[host])) for host in sorted(blocks)[:SITES]),
        suspected=len(blocks),
        sites=tuple(
            _site(
                engine,
                each,
                outcomes.get(each.value, Outcomes()),
                _template(ledger.groups.template(each.value)) if ledger is not None else "",
                blocks.get(each.value),
            )
            for each in sites.values
        ),
        unlisted=max(0, sites.distinct - len(sites.values)),
        run=_told(run) if run is not None else "",
        has_ledger=ledger is not None,
    )
    return render_template("about.html", page=page)


def _outcomes(survey: Survey, sites: Facet) -> dict[str, Outcomes]:
    found: dict[str, Outcomes] = defaultdict(Outcomes)
    for host, state, reason, count, empty in survey.outcomes(value.value for value in sites.values):
        found[host].states[state] += count
        found[host].empty += empty
        if reason and state != "kept":
            found[host].reasons[reason] += count
    return dict(found)


def _numbers(whole: Results, captures: Mapping[str, int]) -> Iterator[Number]:
    everything = Address.whole().showing_hidden(True)
    hidden = {value.value: value.count for value in whole.facets["kind"].values if value.value in HIDDEN_KINDS}
    yield Number("pages", whole.total, search_href(everything))
    yield Number("sites", whole.facets["site"].distinct, facet_href("site", Values(everything)))
    yield Number("undated", whole.facets["published"].missing, search_href(everything.only("published", "")))
    yield Number("hidden", sum(hidden.values()), search_href(Address.whole().only("kind", *hidden)) if hidden else "")
    if captures:
        yield Number("captures", sum(captures.values()))
        yield Number("refused captures", captures.get("refused", 0))


def _chart(facet: Facet) -> Chart:
    values = facet.values[:LINES]
    most = max((value.count for value in values), default=1)
    shares = (
        Share(
            value_label(facet.name, value.value),
            value.count,
            search_href(Address.whole().wanting(facet.name, value.value)),
            -(-100 * value.count // most),
        )
        for value in values
    )
    return Chart(TITLES[facet.name], tuple(shares), facet.distinct, facet_href(facet.name, Values(Address.whole())))


def _template(learnt: Mapping[str, Any] | None) -> str:
    """What was learnt of a site, in words: how many lines it repeats."""
    if not learnt or not learnt.get("lines"):
        return ""
    count = len(learnt["lines"])
    return f"{count:,} {'line' if count == 1 else 'lines'}"


def _site(engine: Engine, value: FacetValue, outcomes: Outcomes, template: str, block: Stretch | None) -> SiteRow:
    name = value.value
    asked = Request(filters=(Filter("site", (name,)),), size=0, hidden=True, facets=("published",))
    published = engine.search(asked).facets["published"]
    months = [each.value for each in published.values if each.count]
    here = Address.whole().wanting("site", name)
    links = {"hidden": blocked_href(name) if outcomes.empty else ""}
    states = () if outcomes.states.keys() <= {"kept"} else STATES
    return SiteRow(
        name=name,
        href=search_href(here),
        pages=value.count,
        undated=published.missing,
        undated_href=search_href(here.wanting("published", "").showing_hidden(True)),
        span=_span(months[0], months[-1]) if months else "",
        gap=_gap(months),
        captures=outcomes.states.total(),
        outcomes=tuple((n, state, links.get(state, "")) for state in states if (n := outcomes.states[state])),
        reasons=tuple(sorted(outcomes.reasons.items(), key=lambda item: (-item[1], item[0]))[:REASONS]),
        template=template,
        suspicion=Link(f"{block.empty:,} of {block.captures:,} captures", blocked_href(name)) if block else None,
    )


def _gap(months: list[str]) -> str:
    """The longest time without a page between two that have one, in words; "" where it is short."""
    gaps = [(_number(after) - _number(before) - 1, before) for before, after in pairwise(months)]
    length, before = max(gaps, default=(0, ""), key=lambda gap: gap[0])
    if length < GAP:
        return ""
    return f"none for {length:,} months from {_short(_month(_number(before) + 1))}"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _span(first: str, last: str) -> str:
    return " – ".join(dict.fromkeys(map(_short, (first, last))))


def _short(month: str) -> str:
    """Feb 2018."""
    return f"{MONTHS[int(month[5:]) - 1][:3]} {month[:4]}"


def _told(run: LastRun) -> str:
    began = Day.of(dt.datetime.fromisoformat(run.started))
    when = began.text if began else ""
    if run.finished is None:
        return f"The last run began on {when}; it is still at work, or was stopped."
    report = run.report
    names = ("seen", "indexed", "unchanged", "hidden", "refused")
    told = (f"{report[name]:,} {name}" for name in names if report.get(name))
    return f"The last run began on {when} and took {report.get('seconds', 0):,.0f} seconds: {', '.join(told)}."
