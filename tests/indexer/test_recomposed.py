"""A page composed anew when its site's template is learnt: what is remembered of it gives what finding it again gives."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import indexer.pipeline
from indexer.blocks import Block, Head, Label, Outline
from indexer.furniture import Template, learn
from indexer.pipeline import Outcome, process, recomposed, restored
from indexer.plain import head_of, outline_of, plain
from indexer.sources import open_source
from search.records import Entry

SITES = Path(__file__).parents[1] / "pages" / "sites"


@pytest.fixture(scope="module")
def sites() -> list[list[Outcome]]:
    return [list(cleaned(folder)) for folder in sorted(SITES.iterdir()) if folder.is_dir()]


def cleaned(folder: Path) -> Iterator[Outcome]:
    for page in open_source(str(folder)).pages():
        outcome = process(page)
        if outcome.entry is not None:
            yield outcome


def again(outcomes: list[Outcome], template: Template) -> list[Entry]:
    return [recomposed(each.capture, entry, template) for each in outcomes if (entry := each.entry) is not None]


def templates(outcomes: list[Outcome]) -> tuple[Template, Template]:
    entries = [each.entry for each in outcomes if each.entry is not None]
    return learn(map(restored, entries)), learn(map(restored, entries[::2]))


def test_only_what_the_template_changes_is_composed_again(
    sites: list[list[Outcome]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = set()
    for outcomes in sites:
        one, other = templates(outcomes)
        fast = [again(outcomes, template) for template in (one, other)]
        with monkeypatch.context() as patched:
            patched.setattr(indexer.pipeline, "_reads_as", lambda *_: False)
            assert [again(outcomes, template) for template in (one, other)] == fast
        pairs = list(zip(outcomes, fast[0], strict=True))
        kinds |= {was.entry is not None and was.entry.document == now.document for was, now in pairs}
        # and from one template to another as from none
        moved = [Outcome(was.capture, now, b"") for was, now in pairs]
        assert again(moved, other) == fast[1]
        assert again(moved, Template()) == again(outcomes, Template())
    assert kinds == {True, False}, "some articles change, some do not"


def test_what_a_page_says_is_remembered(sites: list[list[Outcome]]) -> None:
    for outcomes in sites:
        template, _ = templates(outcomes)
        forgetful = [dataclasses.replace(each, entry=without(each.entry)) for each in outcomes]
        assert [without(entry) for entry in again(outcomes, template)] == again(forgetful, template)


def without(entry: Entry | None) -> Entry:
    """As an earlier version wrote it."""
    assert entry is not None
    assert entry.outline is not None
    return dataclasses.replace(entry, outline={name: each for name, each in entry.outline.items() if name != "said"})


def test_an_outline_is_read_back_equal() -> None:
    pairs = (("a", "b"), ("a", "c"))
    head = Head("t", "en", None, pairs, (("canonical", "/x"),), ("{}",), (("name", "n"),), ("2019",), ("A. B.",), ("2020",))
    labels = (Label("content", "why", keep=True), Label("ending", "", keep=False))
    block = Block("text", ("body", "p"), ("main", "lead"), 3, 0, hidden=True, labels=labels, places=(1, 2))
    written = Outline(head, (block, Block("bare", index=1)), flat=True)
    assert all(getattr(block, field.name) != field.default for field in dataclasses.fields(Block) if field.name != "index")
    assert all(getattr(head, field.name) for field in dataclasses.fields(Head) if field.name != "base")
    record = json.loads(json.dumps(plain(written)))
    assert record == plain(written)
    assert outline_of(record) == written
    assert head_of(record) == head
    assert outline_of({}) == Outline()
