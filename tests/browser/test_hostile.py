"""What a page says of itself, and what is typed, stays words: no script runs, no host is asked, no policy has to step in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import serving
from hostile import LOOK, RUN, VECTORS, Group, addresses, fill, type_in, visit, watched
from playwright.sync_api import Browser, Page

from search import Document
from search.document import document_id

pytestmark = pytest.mark.browser

Groups = list[tuple[Group, list[Document]]]


@pytest.fixture(scope="module")
def heap(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Groups]:
    data = tmp_path_factory.mktemp("hostile")
    return data, fill(data, VECTORS, 8)


@pytest.fixture(scope="module")
def hostile_site(heap: tuple[Path, Groups]) -> Iterator[str]:
    with serving(heap[0]) as address:
        yield address


@pytest.fixture
def visitor(browser: Browser, hostile_site: str, seen: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=hostile_site)
    page = context.new_page()
    watched(page, hostile_site, seen)
    yield page
    context.close()


def test_the_watch_sees_what_it_should(visitor: Page, hostile_site: str, seen: list[str]) -> None:
    visitor.goto("/help")
    for string in (f"<img src=x onerror={RUN}>", "<img src=//evil.example/x>", "<link rel=stylesheet href=//evil.example/x>"):
        visitor.evaluate("string => document.querySelector('main').insertAdjacentHTML('beforeend', string)", string)
    visitor.evaluate(f"setTimeout(() => {RUN})")
    visitor.wait_for_timeout(300)
    assert len([line for line in seen if "Content Security Policy" in line]) == 3
    assert [line for line in seen if line.startswith("dialog")] == ["dialog: 1"]
    assert len(visitor.evaluate(LOOK)) == 1  # the picture with its handler
    visit(visitor, hostile_site, "/page/nothing", seen)
    assert "404" in seen[-1]


def test_no_kind_of_page_does_anything_but_show_words(
    visitor: Page, hostile_site: str, heap: tuple[Path, Groups], seen: list[str]
) -> None:
    data, groups = heap
    asked = list(addresses(groups, data))
    assert len(asked) > 8 * len(groups)
    for address in asked:
        visit(visitor, hostile_site, address, seen)
    assert seen == []


def test_nor_does_what_is_typed(visitor: Page, hostile_site: str, seen: list[str]) -> None:
    type_in(visitor, hostile_site, VECTORS[::2], seen)
    visitor.wait_for_timeout(500)
    assert seen == []


def test_every_string_can_be_read_on_its_entry(visitor: Page, heap: tuple[Path, Groups]) -> None:
    for group, pages in heap[1]:
        visitor.goto(f"/page/{document_id(pages[0].url)}")
        shown = visitor.locator("article").text_content()
        for string in group:
            assert plain(string) in plain(shown or ""), string


def plain(text: str) -> str:
    """As a parser of HTML leaves it: no null, one kind of line end, space of any width."""
    return " ".join(text.replace("\0", "").replace("\ufffd", "").split())


@pytest.mark.parametrize("form", ["search.atom", "search.csv", "search.json", "api/search", "opensearch.xml"])
def test_no_other_form_of_a_search_is_taken_for_a_page(visitor: Page, hostile_site: str, form: str) -> None:
    answer = visitor.request.get(f"{hostile_site}{form}?q=lamp")
    assert answer.ok
    assert "html" not in answer.headers["content-type"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
