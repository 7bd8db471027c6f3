"""The pictures in the README: `python tests/browser/screenshot.py FOLDER` searches the sample pages and looks."""

import sys
import tempfile
from pathlib import Path

from chromium import chromium, served

from search.document import document_id

ENTRY = document_id("https://www.harbourpost.example/coast/2019/10/04/marrow-head-lamp-goes-dark.html")
#: Name, place, and how much of its height is shown: below it an entry tells where the files lie on this machine.
PLACES = (
    ("screenshot", "search?q=night&site=harbourpost.example&-section=Sport&from=2012", 900),
    ("entry", f"page/{ENTRY}?q=lamp+keeper", 640),
    ("about", "about", 1300),
)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, served(Path(data)) as site, chromium() as browser:
        for name, place, height in PLACES:
            page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme="light")
            page.goto(site + place)
            page.screenshot(path=folder / f"{name}.png")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except LookupError as missing:
        sys.exit(str(missing))
