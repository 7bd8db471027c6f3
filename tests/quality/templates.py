"""How much furniture is left with a site's template and without, and how much content it costs.

On the sample sites, and on pages of Debian documentation packages, as HTML and as text flattened by `get_text`. The
packages are fetched and unpacked into a folder of their own, not installed. Fails where a floor of FLOORS is missed.

    python tests/quality/templates.py [--pages 300] [--folder KEEP]
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from indexer.furniture import Template, learn
from indexer.page import Page
from indexer.pipeline import process, recomposed, restored
from search.ledger import Ledger
from search.records import Capture, Entry

PAGES = Path(__file__).parent.parent / "pages"
WORD = re.compile(r"\w+")
#: By layout: at most so much of the furniture may be left, and so much of the content be lost, in percent. They hold on
#: the 300 pages; on 40 one page of apache2-doc is the only one in its language, and one line keeps it whole (2.3 left).
FLOORS = {"html": (1.0, 0.5), "get_text": (1.0, 0.5), "one line": (1.0, 0.5), "sample sites": (1.0, 0.5)}


@dataclass(frozen=True, slots=True)
class Manual:
    """A package of pages; `content` and `furniture` tell by class or id of an element what it holds."""

    package: str
    files: str
    content: frozenset[str]
    furniture: frozenset[str]


MANUALS = (
    Manual("apache2-doc", "**/manual/en/**/*.html*", frozenset({"page-content"}), frozenset({"toplang", "langs"})),
    Manual("python3.11-doc", "**/html/**/*.html", frozenset({"body"}), frozenset()),
    Manual("postgresql-doc-15", "**/html/*.html", frozenset(), frozenset({"navheader", "navfooter"})),
)


@dataclass(slots=True)
class Score:
    """Words of furniture and of content: on the pages, kept without the template, kept with it; `lost` content."""

    furniture: int = 0
    left_without: int = 0
    left: int = 0
    kept_without: int = 0
    lost: int = 0

    def add(self, is_content: bool, before: bool, after: bool, words: int = 1) -> None:
        if is_content:
            self.kept_without += words * before
            self.lost += words * (before and not after)
        else:
            self.furniture += words
            self.left_without += words * before
            self.left += words * after

    def percent(self) -> tuple[float, float, float]:
        """Furniture left without the template and with it, content lost by it."""
        whole, content = max(1, self.furniture), max(1, self.kept_without)
        return 100 * self.left_without / whole, 100 * self.left / whole, 100 * self.lost / content


# -- documentation packages


def unpacked(package: str, folder: Path) -> Path:
    """The folder that holds the package's files."""
    place = folder / package
    if not place.exists():
        subprocess.run(["apt-get", "download", "-q", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = folder.glob(f"{package}_*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, place], check=True)
    return place


def texts(manual: Manual, folder: Path, count: int) -> list[str]:
    """Pages of the manual that hold both content and furniture, chosen by the hash of their names."""
    place = unpacked(manual.package, folder)
    files = [file for file in place.glob(manual.files) if file.is_file() and not file.is_symlink()]
    files.sort(key=lambda file: hashlib.sha256(file.relative_to(place).as_posix().encode()).digest())
    found = (file.read_text("utf-8", "replace") for file in files)
    named = manual.content or manual.furniture
    return [text for text in found if all(f'"{name}"' in text for name in named - {"toplang", "langs"})][:count]


def is_content(manual: Manual, names: set[str]) -> bool:
    return (not manual.content or bool(manual.content & names)) and not manual.furniture & names


def cleaned(pages: list[Page]) -> Iterator[tuple[Entry, Entry]]:
    """Each page without the template of them all, and with it."""
    outcomes = [outcome for page in pages if (outcome := process(page)).entry is not None]
    template = learn(restored(outcome.entry) for outcome in outcomes if outcome.entry is not None)
    for outcome in outcomes:
        assert outcome.entry is not None
        yield outcome.entry, recomposed(outcome.capture, outcome.entry, template)


def of_html(manual: Manual, pages: list[str]) -> Score:
    score = Score()
    made = [Page(f"https://manual.example/{n}", text.encode(), "", content_type="text/html") for n, text in enumerate(pages)]
    for before, after in cleaned(made):
        for block in (before.outline or {})["blocks"]:
            number, words = block["index"], len(WORD.findall(block["text"]))
            kept = [number in (entry.outline or {})["kept"] for entry in (before, after)]
            score.add(is_content(manual, set(block["classes"])), kept[0], kept[1], words)
    return score


def of_flattened(manual: Manual, pages: list[str], joined: Callable[[list[str]], str]) -> Score:
    score = Score()
    strings = [list(flattened(manual, text)) for text in pages]
    bodies = [joined([text for text, _ in each]).encode() for each in strings]
    made = [Page(f"https://manual.example/{n}", body, "", content_type="text/plain") for n, body in enumerate(bodies)]
    for before, after in cleaned(made):
        parts = strings[int(before.document.url.rpartition("/")[2])]
        letters = [(letter, content) for text, content in parts for letter in text if letter.isalnum()]
        written = "".join(letter for letter, _ in letters)
        kept = [set(kept_letters(written, entry)) for entry in (before, after)]
        for start in word_starts(joined([text for text, _ in parts])):
            if start < len(letters):
                score.add(letters[start][1], start in kept[0], start in kept[1])
    return score


def flattened(manual: Manual, text: str) -> Iterator[tuple[str, bool]]:
    """The strings of the body, as get_text gives them, and whether each is content."""
    soup = BeautifulSoup(text, "lxml")
    for string in (soup.body or soup).descendants:
        if isinstance(string, NavigableString) and not isinstance(string, PreformattedString):
            parents = [parent for parent in string.parents if isinstance(parent, Tag)]
            if not any(parent.name in ("script", "style") for parent in parents):
                names = {name for p in parents for name in (p.get("id"), *p.get_attribute_list("class")) if name}
                yield str(string), is_content(manual, names)


def word_starts(text: str) -> Iterator[int]:
    """For each word of the text how many letters and digits stand before it."""
    seen = at = 0
    for found in WORD.finditer(text):
        seen += sum(map(str.isalnum, text[at : found.start()]))
        at = found.start()
        yield seen


def kept_letters(written: str, entry: Entry) -> Iterator[int]:
    """The places in a page's letters of those that are kept."""
    outline = entry.outline or {}
    at = 0
    for block in outline["blocks"]:
        letters = "".join(filter(str.isalnum, block["text"]))
        at = max(at, written.find(letters, at))
        if block["index"] in outline["kept"]:
            yield from range(at, at + len(letters))
        at += len(letters)


# -- sample sites


def of_sample_sites(folder: Path) -> Score:
    """The sentences that the truths say must be absent, and the text between the first and the last words of the truths."""
    score = Score()
    data = folder / "sample-sites"
    subprocess.run([sys.executable, "-m", "indexer", PAGES / "sites", "--data", data], check=True, capture_output=True)
    truths = [json.loads(line) for line in (PAGES / "sites-truth.jsonl").read_text("utf-8").splitlines()]
    with Ledger(data) as ledger:
        for truth in truths:
            winner = ledger.winner(truth["url"]) if truth["url"] and truth["first"] else None
            entry = ledger.entry(winner.id) if winner is not None else None
            if winner is not None and entry is not None:
                count_truth(score, truth, winner, entry)
    return score


def count_truth(score: Score, truth: dict[str, str], winner: Capture, entry: Entry) -> None:
    before, after = (" ".join(e.document.body.split()) for e in (recomposed(winner, entry, Template()), entry))
    for sentence in truth["absent"]:
        sentence = " ".join(sentence.split())
        score.add(False, sentence in before, sentence in after, len(WORD.findall(sentence)))
    first, last = before.find(truth["first"]), before.rfind(truth["last"])
    if 0 <= first < last:
        content = Counter(WORD.findall(before[first : last + len(truth["last"])]))
        score.kept_without += content.total()
        score.lost += (content - Counter(WORD.findall(after))).total()


# -- all


def results(folder: Path, count: int) -> Iterator[tuple[str, str, Score]]:
    """Where, in which layout, and how it went."""
    with tempfile.TemporaryDirectory() as temporary:
        yield "sample sites", "sample sites", of_sample_sites(Path(temporary))
    for manual in MANUALS:
        pages = texts(manual, folder, count)
        yield manual.package, "html", of_html(manual, pages)
        yield manual.package, "get_text", of_flattened(manual, pages, "".join)
        yield manual.package, "one line", of_flattened(manual, pages, lambda parts: " ".join(" ".join(parts).split()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300, help="of each package")
    parser.add_argument("--folder", type=Path, help="where packages are kept for the next time")
    given = parser.parse_args()
    missed = 0
    print(f"{'':<32} {'without':>8} {'with':>8} {'lost':>7}   (% of furniture words left, of content words lost)")
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name, layout, score in results(folder, given.pages):
            without, left, lost = score.percent()
            what = name if name == layout else f"{name}, {layout}"
            most_left, most_lost = FLOORS[layout]
            failed = left > most_left or lost > most_lost
            missed += failed
            said = f"MISSED: at most {most_left} and {most_lost}" if failed else ""
            print(f"{what:<32} {without:>8.2f} {left:>8.2f} {lost:>7.2f}   {said}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
