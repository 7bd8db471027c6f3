"""Templates and duplicates over a ledger: whatever the order and number of runs, they end alike."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

import indexer.settle
from indexer.cli import clean, forget, reindex, template
from indexer.furniture import Template, from_record
from search import Request, open_engine
from search.answer import answer, as_json
from search.document import Document
from search.engine import Engine
from search.ledger import Ledger, engine_address

SUFFIXES = ("r", "st", "mble", "d", "nk", "sh", "rt")
WORDS = ["lamp", *(a + b + c for a in ("sa", "po", "gli", "tre", "va", "mu", "fro") for b in ("ma", "lu", "ne", "ki", "do", "bi") for c in SUFFIXES)]
#: Reads like an article: only its recurrence tells.
NOTICE = "The harbour office asks all masters to read the rules of the quay before they tie up at its steps."


def story(number: int) -> str:
    chance = random.Random(number)
    return " ".join(f"The lamp {' '.join(chance.choices(WORDS, k=14))}." for _ in range(9))


def write(folder: Path, name: str, text: str, *, site: str = "quay.example", notice: str = NOTICE) -> None:
    file = folder / site / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"<html lang=en><title>{name}</title><body><p>{text}</p><p>{notice}</p></body></html>")


@pytest.fixture
def heap(tmp_path: Path) -> Path:
    for number in range(14):
        write(tmp_path / "heap", f"page{number}.html", story(number))
    return tmp_path / "heap"


def run(data: Path, *arguments: object) -> None:
    result = CliRunner().invoke(reindex, ["--data", str(data), "--workers", "1", *map(str, arguments)])
    assert result.exit_code in (0, 3), (result.output, result.exception)


def held(data: Path) -> dict[str, Document]:
    """What the index holds, and that it is what the ledger says."""
    engine = open_engine(engine_address(data, None))
    hits = {hit.document.url.rpartition("/")[2]: hit.document for hit in engine.search(Request(size=100, hidden=True)).hits}
    engine.close()
    with Ledger(data) as ledger:
        told = {c.url.rpartition("/")[2]: c.document for c in ledger.changes("none", whole=True) if c.document}
        assert ledger.counts()["pages"] == len(told)
    assert hits == told
    return hits


def entries(data: Path) -> dict[str, object]:
    with Ledger(data) as ledger:
        urls = [change.url for change in ledger.changes("none", whole=True)]
        return {url: [entry for _, entry in ledger.entries(url)] for url in urls}


def test_what_a_site_repeats_is_taken_from_its_pages(heap: Path, tmp_path: Path) -> None:
    run(tmp_path / "d", heap)
    assert [name for name, document in held(tmp_path / "d").items() if NOTICE in document.body] == []
    with Ledger(tmp_path / "d") as ledger:
        entry = ledger.entries("https://quay.example/page3.html")[0][1]
    assert entry.removed == (("template: on 100% of 14 pages", NOTICE),)


def test_a_settled_page_is_not_written_again(heap: Path, tmp_path: Path) -> None:
    data = tmp_path / "d"
    run(data, heap)
    with Ledger(data) as ledger:
        record = ledger.groups.template("quay.example")
        assert record is not None
        learnt = from_record(record)
        assert [indexer.settle._page(ledger, url, learnt).changed for url in entries(data)] == [()] * 14
        plain = Template()
        assert all(indexer.settle._page(ledger, url, plain).changed for url in entries(data)), "without it they would be"


def test_it_is_learnt_when_pages_come_and_unlearnt_when_they_go(heap: Path, tmp_path: Path) -> None:
    data = tmp_path / "d"
    few = tmp_path / "few"
    write(few, "page0.html", story(0))
    run(data, few)
    assert NOTICE in held(data)["page0.html"].body
    run(data, heap)
    assert NOTICE not in held(data)["page0.html"].body
    for number in range(1, 14):
        (heap / "quay.example" / f"page{number}.html").unlink()
    run(data, heap, "--prune")
    assert NOTICE in held(data)["page0.html"].body


def test_the_order_and_number_of_runs_makes_no_difference(heap: Path, tmp_path: Path) -> None:
    write(heap, "copy.html", story(5), site="else.example")
    run(tmp_path / "one", heap)
    files = sorted(heap.rglob("*.html"))
    random.Random(3).shuffle(files)
    for at in range(0, len(files), 4):
        run(tmp_path / "many", *files[at : at + 4])
    run(tmp_path / "many", heap)
    ones, many = held(tmp_path / "one"), held(tmp_path / "many")
    assert {name: document.body for name, document in ones.items()} == {name: d.body for name, d in many.items()}
    assert {name: d.also_at for name, d in ones.items()} == {name: d.also_at for name, d in many.items()}
    assert entries(tmp_path / "one") == entries(tmp_path / "many")


def test_many_processes_settle_as_one_does(heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(80):
        write(heap, f"else{number}.html", story(number % 70), site="else.example", notice=NOTICE[::-1])
    monkeypatch.setattr(indexer.settle, "BATCH", 3)
    run(tmp_path / "one", heap)
    run(tmp_path / "two", heap, "--workers", "2")
    assert rows(tmp_path / "one") == rows(tmp_path / "two")
    assert held(tmp_path / "one") == held(tmp_path / "two")


def rows(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a ledger's tables hold but the times of its runs."""
    tables = ("captures", "articles", "pages", "prints", "templates", "removed")
    with Ledger(data) as ledger:
        return {table: ledger._rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}


@pytest.mark.parametrize("step", ["learnt", "composed", "printed", "clustered"])
@pytest.mark.parametrize("times", [0, 1])
def test_stopped_before_any_step_it_goes_on(
    step: str, times: int, heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(heap, "copy.html", story(5), site="else.example")
    run(tmp_path / "whole", heap)
    owner = Ledger if step == "composed" else indexer.settle.Groups
    whole, calls = getattr(owner, step), []

    def stopping(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) > times:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(indexer.settle, "BATCH", 5)
    monkeypatch.setattr(indexer.settle, "LOOKED_AT", 5)
    monkeypatch.setattr(owner, step, stopping)
    stopped = CliRunner().invoke(reindex, [str(heap), "--workers", "1", "--data", str(tmp_path / "stopped")])
    assert stopped.exit_code == 130
    monkeypatch.setattr(owner, step, whole)
    run(tmp_path / "stopped", heap)
    assert held(tmp_path / "stopped") == held(tmp_path / "whole")
    assert entries(tmp_path / "stopped") == entries(tmp_path / "whole")


def search(data: Path, text: str) -> dict[str, object]:
    engine: Engine = open_engine(engine_address(data, None))
    found = as_json(answer(engine, text, Request()))
    engine.close()
    return found


def test_copies_and_variants_are_one_result(heap: Path, tmp_path: Path) -> None:
    write(heap, "copy.html", story(5), site="else.example", notice="")
    link = "<link rel=canonical href=https://quay.example/page6.html>"
    variant = f"<title>AMP</title>{link}<p>{story(6)} With a word from our readers, and another from the harbour office.</p>"
    (heap / "feed.jsonl").write_text(json.dumps({"url": "https://quay.example/amp/6", "html": variant}))
    run(tmp_path / "d", heap)
    found = search(tmp_path / "d", "lamp")
    assert found["total"] == 14
    also = {hit["url"]: hit["also_at"] for hit in found["hits"] if hit["also_at"]}
    assert also == {
        "https://else.example/copy.html": ["https://quay.example/page5.html"],
        "https://quay.example/page6.html": ["https://quay.example/amp/6"],
    }
    assert sum(value["count"] for value in found["facets"]["kind"]) == 14


def test_when_the_head_goes_another_stands_for_it(heap: Path, tmp_path: Path) -> None:
    data = tmp_path / "d"
    write(heap, "copy.html", story(5), site="else.example", notice="")
    run(data, heap)
    assert "page5.html" not in held(data)
    gone = CliRunner().invoke(forget, ["https://else.example/copy.html", "--data", str(data)])
    assert gone.exit_code == 0, gone.output
    assert held(data)["page5.html"].also_at == ()
    assert len(held(data)) == 14


def test_what_becomes_another_article_leaves_its_cluster(heap: Path, tmp_path: Path) -> None:
    data = tmp_path / "d"
    write(heap, "copy.html", story(5), site="else.example", notice="")
    run(data, heap)
    write(heap, "copy.html", story(77), site="else.example", notice="")
    run(data)
    assert len(held(data)) == 15
    assert {document.also_at for document in held(data).values()} == {()}


def test_the_command_shows_what_was_learnt(heap: Path, tmp_path: Path) -> None:
    run(tmp_path / "d", heap)
    shown = CliRunner().invoke(template, ["www.quay.example", "--data", str(tmp_path / "d")])
    assert shown.exit_code == 0
    assert "14 pages" in shown.output
    assert f"100% of pages  foot    {NOTICE}" in shown.output
    unknown = CliRunner().invoke(template, ["nowhere.example", "--data", str(tmp_path / "d")])
    assert unknown.exit_code == 1
    assert "quay.example" in unknown.output


def test_clean_applies_what_the_ledger_knows_of_the_site_and_says_so(heap: Path, tmp_path: Path) -> None:
    write(tmp_path / "new", "fresh.html", story(99))
    page = tmp_path / "new" / "quay.example" / "fresh.html"

    def cleaned(data: Path) -> tuple[str, str]:
        arguments = [str(page), "--url", "https://quay.example/fresh", "--json", "--data", str(data)]
        shown = CliRunner().invoke(clean, arguments)
        assert shown.exit_code == 0
        return json.loads(shown.stdout)["text"], shown.stderr

    assert cleaned(tmp_path / "none") == (f"{story(99)}\n\n{NOTICE}", "")
    assert not (tmp_path / "none").exists()
    run(tmp_path / "d", heap)
    text, said = cleaned(tmp_path / "d")
    assert text == story(99)
    assert "with the template of quay.example, learnt from 14 of its pages" in said
    (tmp_path / "d" / "ledger.sqlite").write_bytes(b"no ledger")
    text, said = cleaned(tmp_path / "d")
    assert NOTICE in text
    assert said.startswith("without a site's template: ")


def test_flattened_pages_of_a_folder_are_a_site(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(10):
        (folder / f"{number}.txt").write_text(f"{NOTICE} Port Ellery Quay Office {story(number)}")
    run(tmp_path / "d", folder)
    assert len(held(tmp_path / "d")) == 10
    assert [d.url for d in held(tmp_path / "d").values() if NOTICE in d.body] == []
    with Ledger(tmp_path / "d") as ledger:
        assert json.dumps(ledger.groups.template(f"file:{folder}"))
