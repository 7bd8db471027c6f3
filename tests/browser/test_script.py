"""What the pages do better with a script: the key, completions, results in place; with focus and history as they should be."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from search.document import document_id

pytestmark = pytest.mark.browser

LAMP = document_id("https://www.harbourpost.example/coast/2019/10/04/marrow-head-lamp-goes-dark.html")


@pytest.fixture
def search(page: Page, seen: list[str]) -> Page:
    """The search page, of which it is noted where it was loaded anew."""
    page.goto("/search?q=lamp")
    page.evaluate("window.stayed = true")
    return page


def stayed(page: Page) -> bool:
    return page.evaluate("window.stayed === true")


def facet(page: Page, title: str) -> Locator:
    return page.locator(".facet").filter(has=page.get_by_role("heading", name=title, exact=True))


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.innerText ?? ''")


def test_a_slash_goes_to_the_box_but_can_be_typed_in_it(search: Page) -> None:
    box = search.get_by_role("combobox")
    expect(box).not_to_be_focused()
    search.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("lamp")
    search.keyboard.press("End")
    search.keyboard.type("/")
    expect(box).to_have_value("lamp/")


def test_words_are_completed_by_keyboard(search: Page, seen: list[str]) -> None:
    box, options = search.get_by_role("combobox"), search.get_by_role("option")
    box.fill("")
    box.press_sequentially("ligh")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    box.press("ArrowUp")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile("."))
    box.press("ArrowDown")
    text = options.first.inner_text()
    box.press("Enter")
    expect(box).to_have_value(text)
    expect(search.get_by_role("heading", level=1)).to_contain_text(f"for {text}")
    expect(search.get_by_role("listbox")).to_be_hidden()
    assert stayed(search)
    assert seen == []


def test_escape_closes_the_completions_and_keeps_the_words(search: Page) -> None:
    box = search.get_by_role("combobox")
    box.fill("ligh")
    expect(search.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    expect(search.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("ligh")
    expect(box).to_be_focused()


def test_a_completion_is_taken_with_the_mouse(search: Page) -> None:
    search.get_by_role("combobox").fill("ligh")
    option = search.get_by_role("option").first
    text = option.inner_text()
    option.click()
    expect(search.get_by_role("heading", level=1)).to_contain_text(f"for {text}")
    expect(search.get_by_role("combobox")).to_be_focused()


def test_results_follow_the_typing_and_one_step_back_is_before_it(search: Page) -> None:
    box = search.get_by_role("combobox")
    box.press("End")
    box.press_sequentially(" keeper", delay=60)
    expect(search.get_by_role("heading", level=1)).to_contain_text("for lamp keeper")
    expect(search).to_have_url(re.compile(r"q=lamp\+keeper$"))
    expect(search).to_have_title("lamp keeper – Pagesift")
    expect(box).to_be_focused()
    expect(search.get_by_role("status")).to_contain_text("lamp keeper")
    assert stayed(search)
    search.go_back()
    expect(search).to_have_url(re.compile(r"q=lamp$"))
    expect(search.get_by_role("heading", level=1)).to_contain_text("for lamp")
    expect(box).to_have_value("lamp")
    search.go_forward()
    expect(search.get_by_role("heading", level=1)).to_contain_text("for lamp keeper")
    expect(box).to_have_value("lamp keeper")
    assert stayed(search)


def test_half_a_word_does_not_take_the_results_away(search: Page) -> None:
    box = search.get_by_role("combobox")
    search.evaluate("""() => new MutationObserver(() => (window.headings ??= []).push(document.querySelector("h1").innerText))
        .observe(document.body, { childList: true, subtree: true })""")
    with search.expect_response("**/search?q=lighthou"):
        box.fill("lighthou")
    box.press_sequentially("se")
    heading = search.get_by_role("heading", level=1)
    expect(heading).to_contain_text("for lighthouse")
    assert not [each for each in search.evaluate("window.headings") if "Nothing" in each]
    box.press_sequentially("zzz")
    expect(heading).to_contain_text("Nothing found")
    assert stayed(search)


def test_a_stale_answer_is_dropped(search: Page) -> None:
    def late(route) -> None:
        search.wait_for_timeout(600)
        route.continue_()

    search.route("**/search?q=lamp+k", late)
    box = search.get_by_role("combobox")
    box.press("End")
    box.press_sequentially(" k")
    search.wait_for_timeout(300)
    box.press_sequentially("eeper")
    expect(search.get_by_role("heading", level=1)).to_contain_text("for lamp keeper")
    search.wait_for_timeout(900)
    expect(search.get_by_role("heading", level=1)).to_contain_text("for lamp keeper")


def test_a_filter_keeps_the_focus_and_the_place_on_the_page(open_page: Callable[..., Page], seen: list[str]) -> None:
    page = open_page(viewport={"width": 1280, "height": 500})
    page.goto("/search?q=lamp&size=50")
    page.evaluate("window.stayed = true")
    author = facet(page, "Author").locator("a.pick").first
    name = author.locator("bdi").inner_text()
    author.focus()
    author.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 0
    page.keyboard.press("Enter")
    expect(page.locator(".chips a")).to_contain_text(name)
    expect(facet(page, "Author").locator(".chosen a.pick")).to_be_focused()
    assert abs(page.evaluate("scrollY") - before) < 500
    assert stayed(page)
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_have_count(0)
    assert name in focused(page)
    page.go_back()
    expect(page.locator(".chips a")).to_contain_text(name)
    assert seen == []


def test_leaving_out_keeps_the_focus_in_the_list(search: Page) -> None:
    choice = facet(search, "Site").locator("li").first
    name = choice.locator("bdi").inner_text()
    choice.locator(".exclude").focus()
    search.keyboard.press("Enter")
    expect(search.locator(".chips a")).to_contain_text(f"not Site {name}")
    assert search.evaluate("document.activeElement !== document.body")


def test_the_histogram_is_drilled_to_a_day_and_back(search: Page) -> None:
    search.get_by_role("link", name=re.compile("^2019:")).focus()
    search.keyboard.press("Enter")
    months = search.locator(".bars[aria-label='Months of 2019'] a")
    expect(months.first).to_be_visible()
    month = months.first.locator("title").text_content().split(":")[0]
    months.first.focus()
    search.keyboard.press("Enter")
    days = search.locator(f".bars[aria-label='Days of {month}'] a")
    expect(days.first).to_be_visible()
    day = days.first.locator("title").text_content().split(":")[0]
    days.first.focus()
    search.keyboard.press("Enter")
    expect(search.locator(".chips li")).to_have_text([f"Published {day} ×"])
    expect(search.locator(".bars .chosen[aria-current]")).to_have_count(3)  # the year, the month and the day
    for _ in range(3):
        search.go_back()
    expect(search.locator(".chips")).to_have_count(0)
    assert stayed(search)


def test_a_modified_click_is_the_browsers_own(search: Page) -> None:
    with search.context.expect_page() as opened:
        facet(search, "Site").locator("a.pick").first.click(modifiers=["Control"])
    opened.value.wait_for_load_state()
    expect(opened.value.locator(".chips li")).to_have_count(1)
    expect(search.locator(".chips")).to_have_count(0)


def test_where_the_server_fails_the_browser_goes_there(search: Page) -> None:
    search.route("**/search?*site=*", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_())
    facet(search, "Site").locator("a.pick").first.click()
    expect(search.locator(".chips li")).to_have_count(1)
    assert not stayed(search)


def test_the_next_match_goes_from_one_to_the_next(page: Page, seen: list[str]) -> None:
    page.goto(f"/page/{LAMP}?q=keeper+lamp")
    link = page.get_by_role("link", name="Next match")
    for number in (1, 2):
        link.click()
        expect(page).to_have_url(re.compile(f"#match-{number}$"))
        expect(page.locator(f"#match-{number}")).to_be_in_viewport()
    assert seen == []


def test_the_saved_page_is_shown_in_its_frame_and_nothing_of_it_runs(page: Page, seen: list[str]) -> None:
    page.goto(f"/page/{document_id('https://www.harbourpost.example/culture/2019/12/05/hostile.html')}")
    page.get_by_text("The page as it was saved", exact=True).click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("body")).to_contain_text("How to write a tag")
    assert frame.locator("a[href], script, [src]").count() == 0
    assert seen == []


def test_the_journey_from_words_to_the_saved_page_takes_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.type("lamp keeper")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("for lamp keeper")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == "Cleaned text":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Next match")).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == "The page as it was saved":
            break
    page.keyboard.press("Enter")
    expect(page.locator("iframe")).to_be_visible()
