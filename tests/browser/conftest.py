"""One browser and one server for all tests here; a fresh profile for each, watched."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from chromium import chromium, served
from playwright.sync_api import Browser, Page, expect

#: Milliseconds: a page takes 50, but the machine may have much else to do.
TIMEOUT = 30_000
expect.set_options(timeout=TIMEOUT)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("sites")) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as opened:
            yield opened
    except LookupError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def seen() -> list[str]:
    """All that a page must not do: open a dialog, ask another host, run into the policy, complain."""
    return []


@pytest.fixture
def open_page(browser: Browser, site: str, seen: list[str]) -> Iterator[Callable[..., Page]]:
    """A page in a profile of its own with these Playwright options; its misdeeds go to `seen`."""
    contexts = []

    def opened(**options: object) -> Page:
        context = browser.new_context(**{"base_url": site} | options)
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda message: seen.append(f"console: {message.text}"))  # the policy reports here too
        page.on("pageerror", lambda error: seen.append(f"error: {error}"))
        page.on("request", lambda asked: note_stranger(asked.url, site, seen))
        return page

    yield opened
    for context in contexts:
        context.close()


def note_stranger(url: str, site: str, seen: list[str]) -> None:
    if urlsplit(url).netloc != urlsplit(site).netloc:
        seen.append(f"request: {url}")


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(viewport={"width": 1280, "height": 900})
