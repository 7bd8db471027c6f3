"""The picture in the README: `python tests/browser/screenshot.py OUT.png` searches the sample pages and looks."""

import sys
import tempfile
from pathlib import Path

from chromium import chromium, served

SEARCH = "search?q=night&site=harbourpost.example&-section=Sport&from=2012"


def main(out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, served(Path(data)) as site, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        page.goto(site + SEARCH)
        page.screenshot(path=out)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except LookupError as missing:
        sys.exit(str(missing))
