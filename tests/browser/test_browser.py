"""The search page as a reader meets it: in a browser, with and without scripts, on a desk and on a phone."""

import re
from collections.abc import Callable

import pytest
from chromium import MISSING, executable
from playwright.sync_api import Locator, Page, expect

from search.document import document_id

pytestmark = pytest.mark.browser

HOSTILE = "https://www.harbourpost.example/culture/2019/12/05/hostile.html"
TITLE = "<script>document.title='pwned'</script>How to write a tag: <img src=x onerror=\"document.title='pwned'\"> & friends"


def number(place: Locator) -> int:
    """The first number in the text of this element."""
    found = re.search(r"[\d,]+", place.inner_text())
    assert found
    return int(found[0].replace(",", ""))


def facet(page: Page, title: str) -> Locator:
    return page.locator(".facet").filter(has=page.get_by_role("heading", name=title, exact=True))


def counts(page: Page, title: str) -> dict[str, int]:
    return {
        pick.locator("bdi").inner_text(): number(pick.locator(".count"))
        for pick in facet(page, title).locator("a.pick").all()
    }


def search_narrow_and_go_back(page: Page) -> None:
    """The journey, by nothing but the keyboard, links and the browser's own buttons."""
    page.goto("/")
    expect(page.locator(".box input[name=q]")).to_be_focused()
    page.keyboard.type("lamp")
    page.keyboard.press("Enter")
    heading, chips = page.get_by_role("heading", level=1), page.locator(".chips a")
    expect(heading).to_contain_text("pages for lamp")
    expect(page).to_have_title("lamp – Pagesift")
    found, sections = number(heading), counts(page, "Section")
    site, hits = next(iter(counts(page, "Site").items()))
    assert 0 < hits < found

    facet(page, "Site").get_by_role("link", name=re.compile(f"^{re.escape(site)}")).click()
    expect(chips).to_have_count(1)
    expect(chips).to_contain_text(site)
    assert number(heading) == hits
    assert sum(counts(page, "Language").values()) <= hits
    assert counts(page, "Section").keys() <= sections.keys()
    assert set(page.locator(".results .place > bdi").all_inner_texts()) == {site}

    chips.click()
    expect(chips).to_have_count(0)
    assert number(heading) == found
    page.go_back()
    expect(chips).to_have_count(1)
    assert number(heading) == hits
    page.go_back()
    expect(chips).to_have_count(0)
    expect(page.locator(".box input[name=q]")).to_have_value("lamp")
    assert number(heading) == found


def test_a_reader_searches_narrows_and_goes_back(page: Page, seen: list[str]) -> None:
    search_narrow_and_go_back(page)
    assert seen == []


def test_it_works_alike_with_scripts_switched_off(open_page: Callable[..., Page], seen: list[str]) -> None:
    search_narrow_and_go_back(open_page(java_script_enabled=False))
    assert seen == []


def test_a_range_of_days_is_picked_in_the_form(page: Page) -> None:
    page.goto("/search?q=lamp")
    before = number(page.get_by_role("heading", level=1))
    page.get_by_label("From", exact=True).fill("2016-01-01")
    page.get_by_label("To", exact=True).fill("2019-12-31")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chips li")).to_contain_text(["From 1 January 2016", "To 31 December 2019", "Remove all"])
    assert 0 < number(page.get_by_role("heading", level=1)) < before
    years = {int(text[-4:]) for text in page.locator(".results time").all_inner_texts()}
    assert years <= {2016, 2017, 2018, 2019}


def test_a_bar_of_the_histogram_is_a_link(page: Page) -> None:
    page.goto("/search?q=lamp")
    bar = page.get_by_role("link", name=re.compile(r"^2019: \d+ pages?$"))
    hits = int(bar.locator("title").text_content().split()[1])
    bar.locator("rect").first.click()
    expect(page.locator(".chips a")).to_contain_text("2019")
    assert number(page.get_by_role("heading", level=1)) == hits


def test_a_value_is_left_out_with_the_sign_that_appears_beside_it(page: Page) -> None:
    page.goto("/search?q=lamp")
    choice = facet(page, "Site").locator("li").first
    site = choice.locator("bdi").inner_text()
    choice.hover()
    choice.get_by_role("link", name=f"Leave out {site}").click()
    expect(page.locator(".chips a")).to_contain_text(f"not Site {site}")
    assert site not in page.locator(".results .place > bdi").all_inner_texts()


# -- no script of a page runs


def test_the_watch_sees_what_it_should(page: Page, seen: list[str]) -> None:
    page.goto("/")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(1)'}))")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:1/pixel.png'}))")
    page.wait_for_timeout(200)
    assert len([line for line in seen if "Content Security Policy" in line]) == 2


def test_a_hostile_page_is_shown_as_words(page: Page, seen: list[str]) -> None:
    page.goto("/search?q=%22how+to+write+a+tag%22")
    result = page.locator(".results li").filter(has_text="friends")
    expect(result.get_by_role("heading")).to_have_text(TITLE)
    expect(page).to_have_title('"how to write a tag" – Pagesift')
    result.get_by_role("link", name="Cleaned text").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page).to_have_title(f"{TITLE} – Pagesift")
    assert f"/page/{document_id(HOSTILE)}?q=" in page.url
    page.get_by_text("What was removed, and why").click()
    expect(page.locator(".removed li").first).to_be_visible()
    page.locator("article").hover()
    assert seen == []


def test_no_sample_page_does_anything(page: Page, seen: list[str]) -> None:
    entries = set()
    for shown in (1, 2, 3):
        page.goto(f"/search?size=100&hidden=1&page={shown}")
        entries |= {link.get_attribute("href") for link in page.locator(".results a[href^='/page/']").all()}
    assert len(entries) > 150
    for entry in sorted(entries)[::12]:
        page.goto(entry)
    assert seen == []


# -- every size of screen

PLACES = (
    "/",
    "/search?q=lamp&site=harbourpost.example&-tag=heritage&published=2019",
    "/search?q=" + "x" * 300,
    "/search?q=zzzz+yyyy&section=" + "w" * 200,
    f"/page/{document_id(HOSTILE)}",
    "/page/nothing",
    "/about",
    "/about/harbourpost.example",
    "/facet/tag?q=lamp&tag=heritage",
    "/help",
    f"/why?url={HOSTILE}&q=lamp",
)


@pytest.mark.parametrize("width", [320, 768, 1024, 1440])
def test_no_page_is_wider_than_the_screen(open_page: Callable[..., Page], width: int) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    for place in PLACES:
        page.goto(place)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place


def test_on_a_phone_results_come_first_and_filters_open(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True, device_scale_factor=2)
    page.goto("/search?q=lamp")
    expect(page.locator(".results li").first).to_be_in_viewport()
    sites = facet(page, "Site")
    expect(sites).to_be_hidden()
    page.locator(".filters > summary").tap()
    expect(sites).to_be_visible()
    expect(sites.locator(".exclude").first).to_be_visible()
    name = sites.locator("a.pick bdi").first.inner_text()
    sites.locator("a.pick").first.tap()
    expect(page.locator(".chips a")).to_contain_text(name)
    expect(page.locator(".filters > summary .count")).to_have_text("1")
    expect(facet(page, "Site")).to_be_hidden()


def test_on_a_desk_the_filters_stand_open(page: Page) -> None:
    page.goto("/search?q=lamp")
    expect(facet(page, "Site")).to_be_visible()
    expect(page.locator(".filters > summary")).to_be_hidden()
    edges = page.locator(".facet .bars, .facet .dates, .facet ul").evaluate_all(
        "all => all.map(e => Math.round(e.getBoundingClientRect().right))"
    )
    assert len(set(edges)) == 1


def test_the_first_tab_leads_past_the_box(page: Page) -> None:
    page.goto("/search?q=lamp")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_without_chromium_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LookupError, match=re.escape(MISSING)):
        executable()
