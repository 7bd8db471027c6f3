"""Which of the development pages are taken for one article: each pair is printed, to be judged by a person.

A pair whose addresses differ and whose texts share less than half of their four-word runs is a false merge, and fails.

    python tests/quality/duplicates.py ../shared/bench/extraction/data
"""

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from indexer.duplicates import same
from indexer.page import Page
from indexer.pipeline import printed, process
from search.records import Entry, Print

WORD = re.compile(r"\w+")


def pages(folder: Path) -> Iterator[Page]:
    for truth in sorted(folder.glob("*/truth.jsonl")):
        for line in filter(None, truth.read_text("utf-8").split("\n")):
            page = json.loads(line)
            body = gzip.decompress((truth.parent / "pages" / f"{page['id']}.html.gz").read_bytes())
            yield Page(page.get("url") or f"https://{truth.parent.name}.example/{page['id']}", body, "")


def shared(one: Entry, other: Entry) -> float:
    """Share of the four-word runs of the shorter text that stand in the longer one."""
    runs = []
    for entry in (one, other):
        words = WORD.findall(entry.document.body.casefold())
        runs.append({tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))})
    return len(runs[0] & runs[1]) / max(1, min(map(len, runs)))


def main(folder: Path) -> int:
    entries = [entry for page in pages(folder) if (entry := process(page).entry) is not None]
    prints: list[Print] = [printed(entry) for entry in entries]
    wrong = pairs = 0
    nearest = 64
    for at, one in enumerate(prints):
        for before, other in enumerate(prints[:at]):
            if one.url == other.url:
                continue
            if same(one, other):
                pairs += 1
                share = shared(entries[at], entries[before])
                wrong += share < 0.5
                print(f"{share:.0%} of their text shared: {one.url}  {other.url}")
            elif min(one.words, other.words) >= 50:
                nearest = min(nearest, (int(one.simhash, 16) ^ int(other.simhash, 16)).bit_count())
    print(f"{len(prints):,} pages; {pairs} pairs of one article, {wrong} of them wrong; the nearest others differ in {nearest} bits")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
