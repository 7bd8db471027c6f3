"""Text quality on the development pages against pinned floors: F1 of 4-grams, by set and by type of page.

    python tests/quality/floors.py ../shared            # exit 1 where a figure falls below its floor
    python tests/quality/floors.py ../shared --pin      # writes the floors anew: this run's figures less their noise

The model of `indexer/filters/content.json` was trained on these very pages, so these figures are higher than those on
unseen sites, which `train_content.py --folds` prints; floors only tell that nothing got worse. They hold for one state
of the data, told by its digest.
"""

import argparse
import gzip
import hashlib
import json
import statistics
import sys
from collections import defaultdict
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from alignment import grams, words

import indexer
from indexer.errors import RefusedPage

FLOORS = Path(__file__).with_name("floors.json")
SETS = ("scrapinghub", "fundus", "wcxb_dev")
EVERY = 6  # one page of so many is cleaned: some 160, enough to see a change and done in less than a minute
NOISE = 0.003  # below a figure: half the bootstrap deviation on 181 pages of scrapinghub, .006


def digest(data: Path) -> str:
    """Names the state of the data."""
    state = hashlib.sha256()
    for name in SETS:
        state.update((data / name / "truth.jsonl").read_bytes())
        for page in sorted((data / name / "pages").iterdir()):
            state.update(page.name.encode() + page.stat().st_size.to_bytes(8))
    return state.hexdigest()[:16]


def scored(job: tuple[Path, str, dict[str, Any]]) -> tuple[str, str, float, float]:
    """(set, type, precision, recall) of a page."""
    data, name, truth = job
    page = gzip.decompress((data / name / "pages" / f"{truth['id']}.html.gz").read_bytes())
    try:
        text = indexer.clean(page, truth.get("url")).text
    except RefusedPage:
        text = ""
    want, got = grams(words(truth["text"])), grams(words(text))
    right = sum((want & got).values())
    return name, truth.get("type", ""), right / sum(got.values()) if got else 0.0, right / max(1, sum(want.values()))


def figures(data: Path) -> dict[str, float]:
    """F1 of mean precision and mean recall, by set and type."""
    rows = ((name, json.loads(line)) for name in SETS for line in (data / name / "truth.jsonl").open(encoding="utf-8"))
    jobs = [(data, name, truth) for name, truth in rows if truth.get("text")][::EVERY]
    pages: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    with Pool(2) as pool:
        for name, sort, precision, recall in pool.imap_unordered(scored, jobs, chunksize=8):
            pages[name].append((precision, recall))
            if sort:
                pages[f"{name} {sort}"].append((precision, recall))
    means = {name: [statistics.mean(each) for each in zip(*pairs, strict=True)] for name, pairs in pages.items()}
    return {name: round(2 * p * r / (p + r), 4) for name, (p, r) in sorted(means.items())}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="the folder with bench/extraction/data")
    parser.add_argument("--pin", action="store_true", help="write the floors anew")
    arguments = parser.parse_args()
    data = arguments.shared / "bench" / "extraction" / "data"
    state, found = digest(data), figures(data)
    if arguments.pin:
        floors = {name: round(value - NOISE, 4) for name, value in found.items()}
        FLOORS.write_text(json.dumps({"data": state, "floors": floors}, indent=1) + "\n", "utf-8")
    pinned = json.loads(FLOORS.read_text("utf-8"))
    if pinned["data"] != state:
        print(f"the data is {state}, the floors were pinned for {pinned['data']}", file=sys.stderr)
        return 1
    for name, value in found.items():
        print(f"{name:24} F1 {value:.4f}   floor {pinned['floors'][name]:.4f}{'' if value >= pinned['floors'][name] else '   BELOW'}")
    return int(any(value < pinned["floors"][name] for name, value in found.items()))


if __name__ == "__main__":
    sys.exit(main())
