"""The sample pages are what their generator makes, and what is said of them can be seen in them."""

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

PAGES = Path(__file__).parent / "pages"
SITES = PAGES / "sites"
TRUTHS: list[dict[str, Any]] = [
    json.loads(line) for line in (PAGES / "sites-truth.jsonl").read_text("utf-8").splitlines()
]
KINDS = {"article", "forum", "documentation", "listing", "error", "captcha", "consent", "paywall", "shell"}


def files(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def readable(truth: dict[str, Any]) -> str:
    """What the page's captures hold, entities undone, white space as one space."""
    content = (SITES / truth["file"]).read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    if truth["file"].startswith("warc/"):
        target = f"WARC-Target-URI: {truth['url']}\r\n".encode()
        content = b"".join(record for record in content.split(b"WARC/1.0\r\n") if target in record)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1251" if truth["language"] == "ru" else "cp1252")
    if truth["file"].startswith("feeds/"):
        text = " ".join(" ".join(row.values()) for row in rows(text) if row["url"] == truth["url"])
    bare = re.sub(r"</?(?:p|h2|li|ul|tr|t[hd]|br|blockquote|pre|code|table)[^<>]*>", " ", text)
    return " ".join(unescape(bare).split())


def rows(text: str) -> Iterator[dict[str, str]]:
    """The objects of JSON Lines, or of arrays one after the other."""
    at = 0
    while at < len(text.rstrip()):
        value, at = json.JSONDecoder().raw_decode(text, at)
        at += text[at : at + 1] == "\n"
        yield from value if isinstance(value, list) else [value]


def test_the_generator_makes_the_same_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(PAGES / "make_sites.py"), str(tmp_path)], check=True, capture_output=True)
    made = files(tmp_path)
    committed = {f"sites/{name}": content for name, content in files(SITES).items()}
    committed["sites-truth.jsonl"] = (PAGES / "sites-truth.jsonl").read_bytes()
    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []


def test_there_are_enough_pages_and_not_too_many_bytes() -> None:
    assert len(TRUTHS) >= 170
    assert sum(map(len, files(SITES).values())) < 4_000_000


def test_every_page_has_one_truth() -> None:
    names = Counter((truth["file"], truth["url"]) for truth in TRUTHS)
    assert [name for name, count in names.items() if count > 1] == []
    told = {truth["file"] for truth in TRUTHS}
    silent = {name for name in files(SITES) if name not in told}
    assert {Path(name).name for name in silent} == {
        "paper.css", "pixel.png", "empty.html", "backblue.gif", "doit.log", "new.lst"
    }  # fmt: skip


def test_all_hosts_are_invented() -> None:
    hosts = {truth["url"].split("/")[2] for truth in TRUTHS if truth["url"]}
    assert len(hosts) >= 8
    assert [host for host in hosts if not host.endswith(".example")] == []
    everything = b" ".join(files(SITES).values()).decode("utf-8", "replace")
    linked = set(re.findall(r"https?://([\w.-]+)", everything))
    standards = {"schema.org", "www.w3.org", "netpreserve.org"}
    assert {host for host in linked if not host.endswith(".example")} <= standards


def test_the_truths_are_of_many_kinds_languages_and_years() -> None:
    assert {truth["kind"] for truth in TRUTHS} - {None} == KINDS
    assert {"en", "de", "fr", "es", "ru", "tr", "el"} <= {truth["language"] for truth in TRUTHS}
    years = {truth["published"][:4] for truth in TRUTHS if truth["published"]}
    assert {str(year) for year in range(2009, 2025)} <= years


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth["url"] or truth["file"])
def test_what_is_said_of_a_page_stands_in_it(truth: dict[str, Any]) -> None:
    page = readable(truth)
    for words in (truth["title"] or "", truth["first"], truth["last"], *truth["absent"]):
        assert " ".join(words.split()) in page
    if truth["first"]:
        assert page.rindex(truth["last"]) >= page.index(truth["first"])
