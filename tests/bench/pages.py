"""The benchmark's documents as scraped pages: HTML with a menu, a notice, an article and a foot, in a feed.

Needs the benchmark's `corpus` on the path.

    python tests/bench/pages.py 1000 > pages.jsonl
"""

import json
import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from corpus import SECTIONS, Document, documents

__all__ = ["page", "write_feed"]

#: Sentences of a paragraph.
PARAGRAPH = 4
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")


def page(document: Document) -> str:
    """The document as a site of its kind would publish it; 2 to 4 KB of HTML."""
    sentences = _SENTENCE.split(document.text)
    paragraphs = (" ".join(sentences[at : at + PARAGRAPH]) for at in range(0, len(sentences), PARAGRAPH))
    menu = "".join(f'<li><a href="/{name}/">{name.capitalize()}</a></li>' for name in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="{document.lang}">
<head>
<meta charset="utf-8">
<title>{escape(document.title)} - {document.site}</title>
<link rel="canonical" href="{document.url}">
<meta name="author" content="{document.author}">
<meta property="article:published_time" content="{document.published}">
<meta property="article:section" content="{document.section}">
</head>
<body>
<div class="notice">We and our partners use cookies to improve your visit. <button>Accept all</button></div>
<header><a href="/">{document.site}</a><nav><ul>{menu}</ul></nav></header>
<main><article>
<h1>{escape(document.title)}</h1>
<p class="byline">By {document.author}, <time datetime="{document.published}">{document.published}</time></p>
{"".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)}
</article></main>
<aside><h2>Most read</h2><ul><li><a href="/about">About us</a></li><li><a href="/contact">Contact</a></li></ul></aside>
<footer>All rights reserved by {document.site}. <a href="/privacy">Privacy</a> <a href="/terms">Terms</a></footer>
</body>
</html>
"""


def records(count: int) -> Iterator[dict[str, Any]]:
    for document in documents(count):
        yield {"url": document.url, "html": page(document), "fetched": "2026-01-01T00:00:00Z"}


def write_feed(count: int, file: Path) -> int:
    """Write so many pages as JSON Lines; how many bytes of HTML they are together."""
    size = 0
    with file.open("w", encoding="utf-8") as stream:
        for record in records(count):
            size += len(record["html"].encode())
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return size


if __name__ == "__main__":
    for record in records(int(sys.argv[1])):
        print(json.dumps(record, ensure_ascii=False))
