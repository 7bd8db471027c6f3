"""The sample pages, indexed and served on a free port of this machine, and a Chromium that looks at nothing else."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

SITES = Path(__file__).parent.parent / "pages" / "sites"
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium) and run again."

#: Nothing is asked of anybody but the server under test.
QUIET = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str:
    """The browser on the PATH; LookupError says what to install where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise LookupError(MISSING)
    return found


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    path = executable()
    rights = ("--no-sandbox",) if os.geteuid() == 0 else ()  # root has no sandbox to go into
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=[*QUIET, *rights])
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def served(data: Path) -> Iterator[str]:
    """The address under which the sample pages are served, indexed in this folder by the commands a user types."""
    folder = Path(sys.executable).parent
    subprocess.run([folder / "reindex", SITES, "--data", data, "--workers", "2"], check=True, capture_output=True)
    with serving(data) as address:
        yield address


@contextlib.contextmanager
def serving(data: Path) -> Iterator[str]:
    """The address under which the pages of a data folder are served."""
    command = [Path(sys.executable).parent / "pagesift", "serve", "--data", data, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+/", server.stdout.readline())
            assert found, "the server did not say where it is"
            yield found[0]
        finally:
            server.terminate()
