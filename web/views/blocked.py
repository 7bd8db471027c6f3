"""Which captures of a site have no content, and was its scraper blocked?"""

import datetime as dt

from flask import Response, render_template, url_for

from search.blocked import Stretch, suspected
from search.document import document_id
from web.address import Address
from web.collection import collection
from web.context.collection import BlockedPage, EmptyCapture
from web.context.parts import Day, Link, Problem, SearchBox
from web.problems import problem
from web.views.links import entry_href, pages, search_href

__all__ = ["blocked_href", "told"]

LISTED = 500


@pages.get("/about/<host>")
def blocked(host: str) -> str | Response:
    """The captures of a host that have no content though its pages were not gone, by time."""
    ledger = collection().ledger
    total = ledger.survey.count_empty(host) if ledger is not None else 0
    if ledger is None or not total:
        text = "No capture of this site is without content, apart from pages that are gone."
        return problem(Problem(404, "Nothing to show", text))
    rows = ledger.survey.empty(host, LISTED)
    stretch = suspected(ledger.survey.minutes_of(host))
    page = BlockedPage(
        box=SearchBox(),
        host=host,
        search_href=search_href(Address.whole().wanting("site", host)),
        suspicion=told(stretch) if stretch else "",
        captures=tuple(
            EmptyCapture(
                Link(url, entry_href(document_id(url), number=number)),
                Day.of(dt.datetime.fromisoformat(fetched)) if fetched else None,
                reason,
                stretch is not None and fetched is not None and stretch.first <= fetched[:16] <= stretch.last,
            )
            for number, url, fetched, reason in rows
        ),
        total=total,
    )
    return render_template("blocked.html", page=page)


def blocked_href(host: str) -> str:
    return url_for("pages.blocked", host=host)


def told(stretch: Stretch) -> str:
    """`12 of 13 captures of 3 May 2024, 14:02 to 14:20 UTC have no content, 3 of the 200 others`."""
    return (
        f"{stretch.empty:,} of {stretch.captures:,} captures of {_times(stretch)} have no content, "
        f"{stretch.others_empty:,} of the {stretch.others:,} others"
    )


def _times(stretch: Stretch) -> str:
    minutes = [dt.datetime.fromisoformat(f"{minute}+00:00") for minute in (stretch.first, stretch.last)]
    began, ended = (day.text for minute in minutes if (day := Day.of(minute)))
    if began == ended:
        return began
    if minutes[0].date() == minutes[1].date():
        return f"{began.removesuffix(' UTC')} to {minutes[1]:%H:%M} UTC"
    return f"{began} to {ended}"
