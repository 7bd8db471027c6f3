"""The same journeys with scripts, without them, and by the keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])


def facet(page: Page, title: str) -> Locator:
    return page.locator(".facet").filter(has=page.get_by_role("heading", name=title, exact=True))


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def tab_to(page: Page, there: Callable[[], bool], keys: str = "Tab") -> None:
    """Press the key until the focus is there."""
    for _ in range(120):
        page.keyboard.press(keys)
        if there():
            return
    raise AssertionError("the focus never came there")


def focused(page: Page, selector: str, words: str = "") -> bool:
    return page.evaluate(
        "([selector, words]) => document.activeElement.matches(selector) && document.activeElement.textContent.includes(words)",
        [selector, words],
    )


@SCRIPTS
def test_words_filter_exclude_and_the_way_back(open_page: Callable[..., Page], seen: list[str], scripts: bool) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, java_script_enabled=scripts)
    page.goto("/")
    page.locator(".box input[name=q]").fill("lamp")
    page.locator(".box input[name=q]").press("Enter")
    expect(page).to_have_title("lamp – Pagesift")
    whole = heading(page)

    site = facet(page, "Site").locator("a.pick").first
    name = site.locator("bdi").inner_text()
    site.click()
    expect(page.locator(".chips li")).to_have_text([f"Site {name} ×"])
    filtered = heading(page)
    choice = facet(page, "Tag").locator("li").first
    tag = choice.locator("bdi").inner_text()
    choice.hover()
    choice.locator(".exclude").click()
    expect(page.locator(".chips li").nth(1)).to_have_text(f"not Tag {tag} ×")
    excluded = heading(page)
    expect(facet(page, "Tag").locator(".excluded bdi")).to_have_text(tag)

    page.go_back()
    expect(page.locator(".chips li")).to_have_count(1)
    assert heading(page) == filtered
    page.go_back()
    expect(page.locator(".chips li")).to_have_count(0)
    assert heading(page) == whole
    page.go_forward()
    page.go_forward()
    expect(page.locator(".chips li")).to_have_count(3)  # and one that removes all
    assert heading(page) == excluded
    page.get_by_role("link", name="Remove all").click()
    expect(page.locator(".chips li")).to_have_count(0)
    assert heading(page) == whole
    assert seen == []


@SCRIPTS
def test_the_histogram_from_year_to_day_a_range_and_the_way_back(open_page: Callable[..., Page], scripts: bool) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, java_script_enabled=scripts)
    page.goto("/search?q=lamp")
    whole = heading(page)
    for bars, chip in (("Years", r"^Published \d{4} "), ("Months of", r"^Published \w+ \d{4} "), ("Days of", r"^Published \d+ \w+ \d{4} ")):
        page.locator(f".bars[aria-label^='{bars}'] a").last.locator("rect").first.click()
        expect(page.locator(".chips li").first).to_have_text(re.compile(chip))
    assert heading(page).startswith("1 page")
    page.locator(".dates input[name=from]").fill("2014-03-01")
    page.locator(".dates input[name=to]").fill("2019-12-31")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chips li")).to_have_text(["From 1 March 2014 ×", "To 31 December 2019 ×", "Remove all"])
    years, band = page.locator(".bars[aria-label='Years']"), page.locator(".bars[aria-label='Years'] .band")
    expect(band).to_be_visible()
    assert 0.2 < band.bounding_box()["width"] / years.bounding_box()["width"] < 0.8
    assert years.locator("a:not(.chosen)").count() > 0
    for _ in range(4):
        page.go_back()
    expect(page.locator(".chips li")).to_have_count(0)
    assert heading(page) == whole


def test_without_scripts_a_changed_filter_keeps_the_place_and_the_next_tab(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 1280, "height": 500}, java_script_enabled=False)
    page.goto("/search?q=lamp&size=50")
    facet(page, "Author").locator("a.pick").nth(1).click()
    expect(page).to_have_url(re.compile("#author$"))
    expect(facet(page, "Author").get_by_role("heading")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Skip to content")).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(facet(page, "Author").locator(".chosen a.pick")).to_be_focused()
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("#published$"))
    page.locator(".chips a").first.click()
    expect(page).to_have_url(re.compile("#main$"))


def test_without_scripts_the_filters_of_a_phone_stay_open_where_they_were(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True, java_script_enabled=False)
    page.goto("/search?q=lamp")
    page.locator(".filters > summary").tap()
    facet(page, "Author").locator("a.pick").first.tap()
    expect(page.locator(".chips li")).to_have_count(1)
    expect(facet(page, "Author").get_by_role("heading")).to_be_in_viewport()


@SCRIPTS
def test_the_keyboard_alone_searches_filters_excludes_drills_and_undoes(open_page: Callable[..., Page], scripts: bool) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, java_script_enabled=scripts)
    page.goto("/")
    expect(page.locator(".box input[name=q]")).to_be_focused()
    page.keyboard.type("lamp")
    page.keyboard.press("Enter")
    expect(page).to_have_title("lamp – Pagesift")
    whole = heading(page)
    tab_to(page, lambda: focused(page, ".bars a"))
    page.keyboard.press("Enter")
    expect(page.locator(".chips li")).to_have_text([re.compile(r"^Published \d{4} ×")])
    tab_to(page, lambda: focused(page, "#site a.pick"))
    page.keyboard.press("Enter")
    expect(page.locator(".chips li")).to_have_count(3)
    tab_to(page, lambda: focused(page, "#language a.exclude"))
    page.keyboard.press("Enter")
    expect(page.locator(".chips li")).to_have_count(4)
    expect(page.locator(".chips .excluded")).to_have_count(1)
    tab_to(page, lambda: focused(page, ".chips .all a"))
    page.keyboard.press("Enter")
    expect(page.locator(".chips li")).to_have_count(0)
    assert heading(page) == whole
    tab_to(page, lambda: focused(page, ".order a", "Newest"))
    page.keyboard.press("Enter")
    expect(page.locator(".order [aria-current]")).to_have_text("Newest")
    tab_to(page, lambda: focused(page, ".pager a", "2"))
    page.keyboard.press("Enter")
    expect(page.locator(".pager [aria-current]")).to_have_text("2")
    tab_to(page, lambda: focused(page, ".bottom a", "How to search"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("How to search")


def test_a_page_of_results_takes_at_most_three_requests_on_a_warm_cache(page: Page) -> None:
    def served() -> int:
        told = page.request.get("/metrics").text()
        counts = re.findall(r'^pagesift_http_requests_total\{route="(?!/metrics)\S+ (\d+)$', told, re.MULTILINE)
        return sum(map(int, counts))

    for query in ("lamp", "storm"):
        before = served()
        page.goto(f"/search?q={query}", wait_until="networkidle")
        made = served() - before
    assert 1 <= made <= 3


def test_nothing_moves_by_itself(page: Page) -> None:
    """So that nothing has to be stilled for those who ask for less motion."""
    page.goto("/search?q=lamp")
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].filter(each => {
      const style = getComputedStyle(each);
      return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0 || style.scrollBehavior === 'smooth';
    }).map(each => each.outerHTML.slice(0, 80))""")
    assert moving == []
