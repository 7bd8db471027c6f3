"""Nothing on any kind of page keeps a reader out, in either scheme: axe-core finds no violation, best practices included."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from search.document import document_id

pytestmark = pytest.mark.browser

HOSTILE = "https://www.harbourpost.example/culture/2019/12/05/hostile.html"
LAMP_URL = "https://www.harbourpost.example/coast/2019/10/04/marrow-head-lamp-goes-dark.html"
LAMP = document_id(LAMP_URL)
PLACES = {
    "everything": "/",
    "hits": "/search?q=lamp&size=20",
    "the second page": "/search?q=lamp&page=2",
    "filters": "/search?q=lamp&site=harbourpost.example&-tag=heritage&published=2019",
    "nothing found": "/search?q=zzzz+yyyy&from=2018",
    "hidden kinds": "/search?q=%22lamp&hidden=1",
    "an entry": f"/page/{document_id(HOSTILE)}",
    "matches in an entry": f"/page/{LAMP}?q=keeper+lamp",
    "all values": "/facet/tag?q=lamp&tag=heritage&order=name",
    "the collection": "/about",
    "captures without content": "/about/harbourpost.example",
    "help": "/help",
    "why": f"/why?url={HOSTILE}&q=lamp&site=x",
    "a problem": "/page/nothing",
}


#: Links and buttons of 24 pixels (WCAG 2.2, 2.5.8), which axe-core looks at only where it is asked to.
TARGETS = {"rules": {"target-size": {"enabled": True}}}


#: What the author of a saved page answers for; we add and take away nothing of it.
AUTHORS = ("heading-order", "page-has-heading-one", "empty-heading", "list", "listitem", "image-redundant-alt", "summary-name")


def violations(page: Page) -> str:
    """What axe-core finds, with everything that can be opened open."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    return Axe().run(page, options=TARGETS).generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_nothing_keeps_a_reader_out(open_page: Callable[..., Page], place: str, scheme: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto(place)
    found = violations(page)
    assert found.startswith("Found 0 accessibility violations"), found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("way", [".captures .compare", ".removed .others"])
def test_nor_on_the_pages_behind_an_entry(open_page: Callable[..., Page], way: str, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    page.goto(f"/page/{LAMP}")
    page.goto(page.locator(way).first.get_attribute("href"))
    found = violations(page)
    assert found.startswith("Found 0 accessibility violations"), found


@pytest.mark.parametrize("url", [HOSTILE, LAMP_URL])
def test_nor_on_the_page_as_it_was_saved(page: Page, url: str) -> None:
    """Beyond what its author did, such as headings out of order."""
    page.goto(f"/page/{document_id(url)}")
    frame = page.request.get(page.locator(".stored iframe").get_attribute("src"))
    page.goto("about:blank")
    page.set_content(frame.text())  # its own policy lets no script run, axe-core's neither
    found = Axe().run(page, options={"rules": {rule: {"enabled": False} for rule in AUTHORS}}).generate_report()
    assert found.startswith("Found 0 accessibility violations"), found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_on_a_phone(open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True, color_scheme=scheme)
    for place in ("filters", "the collection", "help", "matches in an entry"):
        page.goto(PLACES[place])
        found = violations(page)
        assert found.startswith("Found 0 accessibility violations"), found


def test_the_check_can_fail(page: Page) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('main').append(Object.assign(new Image(), {src: '/static/favicon.svg'}))")
    assert "image-alt" in violations(page)
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert "color-contrast" in violations(page)
