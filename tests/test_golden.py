"""The sample pages, indexed, beside what is known to be true of them. A floor that can rise is raised, never lowered."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indexer.reindex import Options, run
from search import Request, open_engine
from search.engine import Engine
from search.ledger import Ledger, engine_address
from search.parser import parse
from search.records import Entry
from search.results import Results

PAGES = Path(__file__).parent / "pages"
SITES = PAGES / "sites"
TRUTHS: list[dict[str, Any]] = [
    json.loads(line) for line in (PAGES / "sites-truth.jsonl").read_text("utf-8").splitlines()
]

#: Of the pages that tell it, at least this share is right: `first` and `last` are the text's ends, `absent` means that
#: nothing of the page's furniture that a truth quotes is left.
FLOORS = {"title": 0.97, "first": 0.75, "last": 0.97, "absent": 0.98, "published": 0.98, "language": 0.99,
          "authors": 0.77, "section": 0.59, "tags": 0.66, "kind": 0.82}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    with Ledger(folder, create=True) as ledger:
        report = run(ledger, [str(SITES)], Options(engine=engine_address(folder, None)), lambda *_: None)
    assert (report.problems, report.refused) == ([], 0)
    return folder


@pytest.fixture(scope="module")
def engine(data: Path) -> Engine:
    return open_engine(engine_address(data, None))


@pytest.fixture(scope="module")
def entries(data: Path) -> list[tuple[dict[str, Any], Entry]]:
    """Each truth with what the ledger holds of its page."""
    found = []
    with Ledger(data) as ledger:
        for truth in TRUTHS:
            file = SITES / truth["file"]
            captures = [c for c in ledger.captures(truth["url"] or file.as_uri()) if c.file == str(file)]
            assert captures, f"{truth['file']}: no page has the address {truth['url']}"
            entry = ledger.entry(captures[0].id)
            assert entry is not None
            found.append((truth, entry))
    return found


def plain(text: str | None) -> str:
    return " ".join((text or "").split())


def judged(truth: dict[str, Any], entry: Entry) -> dict[str, bool]:
    """For each fact that the page tells, whether it was found."""
    document, body = entry.document, plain(entry.document.body)
    published = document.published.isoformat() if document.published else None
    right = {
        "title": plain(document.title) == plain(truth["title"]),
        "first": body.startswith(plain(truth["first"])),
        "last": body.endswith(plain(truth["last"])),
        "absent": not any(plain(phrase) in body for phrase in truth["absent"]),
        "authors": list(document.authors) == truth["authors"],
        "section": document.section == truth["section"],
        "tags": list(document.tags) == truth["tags"],
        "kind": document.kind == truth["kind"],
        "language": document.language == truth["language"],
    }
    return {name: yes for name, yes in right.items() if truth[name]} | {"published": published == truth["published"]}


def test_the_sample_pages_are_cleaned_as_well_as_ever(entries: list[tuple[dict[str, Any], Entry]]) -> None:
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for truth, entry in entries:
        for name, yes in judged(truth, entry).items():
            asked[name] += 1
            right[name] += yes
    shares = {name: right[name] / asked[name] for name in FLOORS}
    assert {name: round(share, 3) for name, share in shares.items() if share < FLOORS[name]} == {}
    assert sorted(asked) == sorted(FLOORS)


def ask(engine: Engine, text: str) -> Results:
    return engine.search(Request(query=parse(text).query, size=100))


def test_what_script_errors_say_is_not_found(engine: Engine) -> None:
    assert ask(engine, "jReject").total == 0
    assert ask(engine, "lighthouse").total > 5


def test_a_banner_stands_among_what_was_removed(entries: list[tuple[dict[str, Any], Entry]]) -> None:
    banners = [(reason, text) for _, entry in entries for reason, text in entry.removed if "jReject" in text]
    assert len(banners) >= 10
    assert {reason for reason, _ in banners} == {"banner: cms status message"}


def test_a_title_made_of_a_sentence_is_marked_so(entries: list[tuple[dict[str, Any], Entry]]) -> None:
    flat = [(truth, entry) for truth, entry in entries if truth["file"].startswith("flattened/")]
    assert flat
    assert {entry.title_by for truth, entry in flat} == {"derived"}


def test_pages_without_content_are_hidden_with_a_reason(engine: Engine) -> None:
    shown = engine.search(Request(size=100))
    every = engine.search(Request(size=100, hidden=True))
    assert every.total == shown.total + shown.hidden
    kinds = {value.value: value.count for value in every.facets["kind"].values}
    assert {"captcha": 1, "consent": 1, "shell": 1}.items() <= kinds.items()
    assert kinds["error"] >= 3
