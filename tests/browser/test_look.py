"""How pages look to those who read from right to left, choose their own colours, or print."""

from collections.abc import Callable, Iterator

import pytest
from chromium import serving
from playwright.sync_api import Page, expect

from search.document import Document
from search.engine import open_engine

pytestmark = pytest.mark.browser

WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 8
DOCUMENTS = (
    Document("https://nur.example/1", "منارة مارو هيد تنطفئ", "أضاء الحارس lamp للمرة الأخيرة.", "nur.example", "ساحل", ("نور",), "ar"),
    Document("https://or.example/1", "המגדלור כבה", "השומר הדליק את המנורה lamp בפעם האחרונה.", "or.example"),
    Document("https://quay.example/1", f"The lamp {WORD}", f"The keeper lit the lamp. {WORD}", "quay.example", WORD, (WORD,), "en"),
)  # fmt: skip


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("scripts")
    with open_engine(f"whoosh:{data / 'index'}").rebuild() as writer:
        for each in DOCUMENTS:
            writer.put(each)
    with serving(data) as address:
        yield address


def test_each_text_is_read_in_its_own_direction(open_page: Callable[..., Page], scripts: str) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, base_url=scripts)
    page.goto("/search?q=lamp")
    told = page.locator(".results > li").evaluate_all(
        "all => all.map(li => [li.querySelector('bdi').innerText, "
        "...['h2', '.snippet', '.facts'].map(each => getComputedStyle(li.querySelector(each)).direction)])"
    )
    assert sorted(told) == [
        ["nur.example", "rtl", "rtl", "ltr"], ["or.example", "rtl", "rtl", "ltr"], ["quay.example", "ltr", "ltr", "ltr"],
    ]  # fmt: skip
    page.goto(f"/page/{DOCUMENTS[0].id}?q=lamp")
    told = page.locator("article > *").evaluate_all("all => all.map(each => getComputedStyle(each).direction)")
    assert told == ["rtl", "ltr", "rtl"]  # the title, the address, the text


@pytest.mark.parametrize("width", [320, 1440])
def test_no_word_is_too_long(open_page: Callable[..., Page], scripts: str, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 740}, base_url=scripts)
    for place in ("/search?q=lamp", f"/search?author={WORD}", "/facet/author", f"/page/{DOCUMENTS[2].id}", "/about"):
        page.goto(place)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place


FILTERED = "/search?q=lamp&from=2018&site=harbourpost.example&-tag=heritage"


def test_in_colours_of_their_own_what_is_chosen_and_drawn_can_be_told(open_page: Callable[..., Page]) -> None:
    page = open_page(forced_colors="active", viewport={"width": 1280, "height": 900})
    style = "(each, name) => getComputedStyle(each)[name]"
    page.goto(FILTERED)
    canvas = page.locator("html").evaluate(style, "backgroundColor")
    assert page.locator(".bars a > rect + rect").first.evaluate(style, "fill") != canvas
    assert page.locator(".order [aria-current]").evaluate(style, "textDecorationLine") == "underline"
    for place in (".chips a", ".dates button", ".results mark"):
        each = page.locator(place).first
        assert float(each.evaluate(style, "borderBottomWidth").removesuffix("px")) >= 1, place
    page.goto("/about")
    assert page.locator(".chart rect").first.evaluate(style, "fill") not in (canvas, "none")


def test_printed_results_are_the_results_and_where_they_lie(page: Page) -> None:
    page.emulate_media(media="print")
    page.goto(FILTERED)
    expect(page.locator(".results > li").first).to_be_visible()
    expect(page.locator(".chips li").first).to_be_visible()
    for place in (".top", ".filters", ".order", ".foot", ".bottom", ".forms"):
        expect(page.locator(place)).to_be_hidden()
    first = page.locator(".results h2 a").first
    assert first.get_attribute("href") in first.evaluate("each => getComputedStyle(each, '::after').content + each.href")
    assert first.evaluate("each => getComputedStyle(each, '::after').display") == "block"


def test_the_sites_of_the_collection_are_a_table_or_cards_and_the_same_to_those_who_listen(open_page: Callable[..., Page]) -> None:
    told = []
    for width in (360, 1440):
        page = open_page(viewport={"width": width, "height": 740})
        page.goto("/about")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="harbourpost.example"))
        told.append((page.get_by_role("columnheader").all_inner_texts(), row.get_by_role("cell").all_text_contents()))
        box, table = row.bounding_box(), page.locator(".sites").bounding_box()
        assert box["height"] > 100 if width == 360 else box["width"] == pytest.approx(table["width"], abs=1)
    assert told[0] == told[1]
    assert len(told[0][0]) == 6 and len(told[0][1]) == 5
