"""The page of one facet: all its values with their counts, to look through, from A to Z or by count."""

from collections.abc import Iterable
from dataclasses import replace

from flask import Response, render_template, request, url_for

from search.analysis import fold
from search.answer import answer
from search.document import FACETS
from search.results import FacetValue
from web.address import Values, read_values
from web.collection import collection
from web.context import FacetPage, Link, Problem, SearchBox
from web.facets import TITLES, chips, choice, value_label
from web.problems import problem
from web.views.links import facet_href, pages, search_at

__all__: list[str] = []

#: Values on a page, and values that are looked through, the most frequent first: 100,000 take a quarter of a second.
SHOWN, MOST = 100, 100_000


@pages.get("/facet/<name>")
def facet(name: str) -> str | Response:
    """All values of the facet among the hits of the address, its own choice left aside."""
    if name not in FACETS or name == "published":
        text = f"Filters with a page of values: {', '.join(each for each in FACETS if each != 'published')}."
        return problem(Problem(404, "There is no such filter", text))
    return render_template("facet.html", page=_page(name, read_values(request.query_string.decode("utf-8", "replace"))))


def _page(name: str, values: Values) -> FacetPage:
    address = values.address.on_page(1)
    asked = values.address.request
    counting = replace(address.request, size=0, facets=(name,), facet_size=MOST)
    found = answer(collection().engine, address.text, counting).results.facets[name]
    listed = _listed(name, found.values, values)
    last = max(1, -(-len(listed) // SHOWN))
    number = min(asked.page, last)
    start = (number - 1) * SHOWN
    turning, href = address.turning(name), search_at()
    missing = FacetValue("", found.missing, "" in turning.now.wanted, "" in turning.now.excluded)
    return FacetPage(
        box=SearchBox(address.text, tuple((k, v) for k, v in address.pairs() if k != "q")),
        name=name,
        title=TITLES[name],
        action=url_for("pages.facet", name=name),
        kept=tuple((key, value) for key, value in values.on_page(1).pairs() if key != "within"),
        within=values.within,
        orders=tuple(
            Link(label, facet_href(name, values.ordered(by_name)), by_name == values.by_name)
            for label, by_name in (("By count", False), ("A to Z", True))
        ),
        choices=tuple(choice(turning, value, href) for value in listed[start : start + SHOWN]),
        missing=choice(turning, missing, href) if found.missing and not values.within else None,
        total=len(listed),
        distinct=found.distinct,
        first=start + 1,
        previous=facet_href(name, values.on_page(number - 1)) if number > 1 else "",
        next=facet_href(name, values.on_page(number + 1)) if number < last else "",
        search_href=href(address.query),
        chips=tuple(chips(address, href)),
    )


def _listed(name: str, found: Iterable[FacetValue], values: Values) -> list[FacetValue]:
    """The values that hold what is looked for, chosen ones first, in the order asked for."""
    wanted = _plain(values.within)
    labels = {value: _plain(value_label(name, value.value)) for value in found}
    held = [value for value, label in labels.items() if wanted in label]
    if values.by_name:
        held.sort(key=lambda value: (labels[value], value.value))
    return sorted(held, key=lambda value: not (value.selected or value.excluded))


def _plain(text: str) -> str:
    """Without case and accents, as it is compared."""
    return " ".join(fold(word) for word in text.casefold().split())
