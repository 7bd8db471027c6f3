"""The page of one facet: all its values with their counts, to look through, from A to Z or by count."""

from dataclasses import replace
from functools import partial

from flask import Response, render_template, request, url_for

from search.document import FACETS
from search.parser import parse
from search.results import FacetValue, Listing
from web.address import Values
from web.arguments import read_values
from web.collection import collection
from web.context.parts import Link, Problem, SearchBox
from web.context.results import FacetPage
from web.facets import TITLES, chips, choice, value_label
from web.problems import problem
from web.views.links import facet_href, pages, search_at

__all__: list[str] = []

#: Values on a page.
SHOWN = 100
#: What the values of each filter are called.
LABELS = {name: partial(value_label, name) for name in FACETS if name != "published"}


@pages.get("/facet/<name>")
def facet(name: str) -> str | Response:
    """All values of the facet among the hits of the address, its own choice left aside."""
    if name not in LABELS:
        text = f"Filters with a page of values: {', '.join(LABELS)}."
        return problem(Problem(404, "There is no such filter", text))
    return render_template("facet.html", page=_page(name, read_values(request.query_string.decode("utf-8", "replace"))))


def _page(name: str, values: Values) -> FacetPage:
    address = values.address.on_page(1)
    asked = values.address.request
    listing = Listing(values.within, values.by_name, (asked.page - 1) * SHOWN, SHOWN, LABELS[name])
    counting = replace(asked, query=parse(address.text).query, widen=True)
    found = collection().engine.values(counting, name, listing)
    number, last = found.start // SHOWN + 1, max(1, -(-found.total // SHOWN))
    turning, href = address.turning(name), search_at()
    missing = FacetValue("", found.missing, "" in turning.now.wanted, "" in turning.now.excluded)
    return FacetPage(
        box=SearchBox(address.text, tuple((k, v) for k, v in address.pairs() if k != "q")),
        name=name,
        title=f"{TITLES[name]}s",  # sites, tags: all are made so
        action=url_for("pages.facet", name=name),
        kept=tuple((key, value) for key, value in values.on_page(1).pairs() if key != "within"),
        within=values.within,
        orders=tuple(
            Link(label, facet_href(name, values.ordered(by_name)), by_name == values.by_name)
            for label, by_name in (("By count", False), ("A to Z", True))
        ),
        choices=tuple(choice(turning, value, href) for value in found.values),
        missing=choice(turning, missing, href) if found.missing and not values.within else None,
        total=found.total,
        distinct=found.distinct,
        first=found.start + 1,
        previous=facet_href(name, values.on_page(number - 1)) if number > 1 else "",
        next=facet_href(name, values.on_page(number + 1)) if number < last else "",
        search_href=href(address.query),
        chips=tuple(chips(address, href)),
    )
