"""A reindex killed at any instant: the index of before still answers, and the next run ends as an undisturbed one."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from search import Request, open_engine
from search.ledger import Ledger, engine_address
from search.results import Results

SITES = Path(__file__).parent / "pages" / "sites"
KILLS = int(os.environ.get("PAGESIFT_KILLS", "20"))
REINDEX = [sys.executable, "-m", "indexer", "--workers", "2"]


def reindex(source: Path, *, data: Path, options: tuple[str, ...] = ()) -> None:
    subprocess.run([*REINDEX, str(source), "--data", str(data), *options], check=True, capture_output=True)


def start(source: Path, *, data: Path) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([*REINDEX, str(source), "--data", str(data)], stdout=pipe, stderr=pipe, text=True)


def everything(data: Path) -> Results:
    engine = open_engine(engine_address(data, None))
    try:
        return engine.search(Request(hidden=True, size=100))
    finally:
        engine.close()


def state(data: Path) -> dict[str, object]:
    """All that a reader can see: each page of the ledger as its engine holds it, and the counts."""
    engine = open_engine(engine_address(data, None))
    try:
        with Ledger(data) as ledger:
            pages = {}
            for change in ledger.changes("none", whole=True):
                if change.document is not None:
                    assert engine.get(change.document.id) == change.document
                    pages[change.url] = change.document
            assert ledger.pending(engine_address(data, None)) == 0
        found = engine.search(Request(hidden=True))
        facets = {name: facet.values for name, facet in found.facets.items()}
        return {"pages": pages, "total": found.total, "facets": facets}
    finally:
        engine.close()


@pytest.mark.slow
def test_killed_at_random_instants(tmp_path: Path) -> None:
    undisturbed = tmp_path / "undisturbed"
    before = time.monotonic()
    reindex(SITES, data=undisturbed)
    whole = time.monotonic() - before
    expected = state(undisturbed)
    assert expected["total"] == len(expected["pages"]) > 100

    begun = tmp_path / "begun"
    reindex(next(folder for folder in sorted(SITES.iterdir()) if folder.is_dir()), data=begun)
    old = everything(begun)
    chance = random.Random(2)
    interrupted = 0
    for kill in range(KILLS):
        data = shutil.copytree(begun, tmp_path / f"killed-{kill}")
        process = start(SITES, data=data)
        time.sleep(chance.uniform(0.2, 1.0) * whole)
        interrupted += process.poll() is None
        process.kill()
        process.communicate()
        now = everything(data)
        assert now.total in (old.total, expected["total"]), "the index of before answers, or the new one"
        if now.total == old.total:
            assert now.hits == old.hits
        reindex(SITES, data=data)
        assert state(data) == expected
    assert interrupted > KILLS / 3, "most kills came while it ran"


def test_a_second_reindex_waits_for_nobody(tmp_path: Path) -> None:
    with Ledger(tmp_path, create=True).exclusive():
        done = subprocess.run([*REINDEX, str(SITES), "--data", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 4
    assert done.stderr.startswith("Error: another reindex is at work")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_ctrl_c_leaves_a_state_to_go_on_from(tmp_path: Path) -> None:
    process = start(SITES, data=tmp_path)
    ledger = None
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if (tmp_path / "ledger.sqlite").exists():
            ledger = ledger or Ledger(tmp_path, create=True)
            if ledger.counts()["captures"]:
                break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again" in errors
    assert "Traceback" not in errors
    report = tmp_path / "report.json"
    reindex(SITES, data=tmp_path, options=("--report", str(report)))
    assert json.loads(report.read_text())["unchanged"] > 0
    assert state(tmp_path)["total"] > 100
