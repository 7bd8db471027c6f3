"""Banners planted into real articles: which are left, and how much of the articles goes where none is planted.

    python tests/quality/banners.py ../shared/bench [--left] [--false]

The examples are those of `banners.md` of the benchmark data: each stands in 3 articles, as a paragraph of HTML, as a line
of a flattened page, and (the families that may stand in a line) between two sentences. Exit 1 where one is left or more
than one word in ten thousand goes.
"""

import argparse
import html
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from indexer.blocks import outline
from indexer.filters import banners

ARTICLES = 300
MOST_LOST = 1 / 10_000
#: Sections whose examples may share a line with the article: messages of programs, not lines of furniture.
IN_LINE = frozenset({"1", "2", "3", "4", "6", "7"})
#: Characters of a message that says so little that it is one only as a line of its own.
SHORT = 15
ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*$")


def examples(document: str) -> Iterator[tuple[str, str]]:
    """(section number, example) of the document's backticked banners that are marked as seen."""
    section = ""
    for line in document.splitlines():
        if heading := re.match(r"## (\d+)", line):
            section = heading[1]
        elif line.startswith("## "):
            return
        elif section and line.startswith("- ") and not line.startswith("- Shape"):
            for quoted in re.findall(r"`([^`]{4,})`", line.split("(jReject popup")[0]):
                if not re.match(r"[#.]|div|\w+\[|pages/|<", quoted):
                    yield section, quoted.strip()


def articles(data: Path) -> list[list[str]]:
    """The paragraphs of articles, many sets in turn."""
    rows = [json.loads(line) for name in ("scrapinghub", "fundus", "wcxb_dev")
            for line in (data / name / "truth.jsonl").open(encoding="utf-8")]  # fmt: skip
    texts = [
        row["text"].split("\n")
        for row in rows
        if row.get("type", "article") == "article" and len(row.get("text", "")) > 800
    ]
    return [[p.strip() for p in text if p.strip()] for text in texts][:ARTICLES]


def kept(page: str, *, flat: bool) -> str:
    blocks = banners.label(outline(page, flat=flat)).blocks
    return "\n".join(block.text for block in blocks if not block.labels)


def as_html(paragraphs: list[str]) -> str:
    return "<html><body><article>" + "".join(f"<p>{html.escape(p)}" for p in paragraphs)


def as_text(paragraphs: list[str]) -> str:
    return "\n\n".join(paragraphs)


def in_line(paragraphs: list[str], banner: str) -> list[str]:
    middle = len(paragraphs) // 2
    return [*paragraphs[:middle], f"{paragraphs[middle]} {banner} {paragraphs[middle]}", *paragraphs[middle + 1 :]]


def _stands(banner: str, text: str) -> bool:
    """Whether the beginning or the end of a banner is still there."""
    text = " ".join(text.split())
    return banner[:40] in text or (len(banner) > 80 and banner[-40:] in text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--left", action="store_true", help="list what is left")
    parser.add_argument("--false", action="store_true", help="list what goes without being a banner")
    given = parser.parse_args()
    planted = list(examples((given.bench / "banners.md").read_text("utf-8")))
    texts = articles(given.bench / "extraction" / "data")
    left: list[tuple[str, str, str]] = []
    for number, (section, banner) in enumerate(planted):
        for turn in range(3):
            paragraphs = texts[(3 * number + turn) % len(texts)]
            middle = len(paragraphs) // 2
            own = [*paragraphs[:middle], banner, *paragraphs[middle:]]
            forms = {"html": kept(as_html(own), flat=False), "text": kept(as_text(own), flat=True)}
            if section in IN_LINE and len(banner) > SHORT:
                forms["in line"] = kept(as_text(in_line(paragraphs, banner)), flat=True)
            words = ELLIPSIS.sub("", " ".join(banner.split()))
            left += [(section, form, banner) for form, text in forms.items() if _stands(words, text)]
    words, lost = 0, 0
    before = time.process_time()
    for paragraphs in texts:
        words += sum(len(p.split()) for p in paragraphs)
        for block in banners.label(outline(as_text(paragraphs), flat=True)).blocks:
            if block.labels:
                lost += len(block.text.split())
                if given.false:
                    print(f"  goes: {block.labels[0].reason}: {block.text[:160]}")
    spent = time.process_time() - before
    if given.left:
        for section, form, banner in sorted(set(left)):
            print(f"  left: {section} {form}: {banner[:170]}")
    print(f"{len(planted)} banners in {len(texts)} articles: {len(left)} of {3 * len(planted)} plantings left in some form; "
          f"{10_000 * lost / words:.2f} words in 10,000 lost; {1000 * spent / len(texts):.2f} ms an article")  # fmt: skip
    return int(bool(left) or lost > MOST_LOST * words)


if __name__ == "__main__":
    sys.exit(main())
