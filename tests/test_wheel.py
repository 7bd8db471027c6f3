"""What a user installs: the wheel alone, in an empty environment, outside the checkout, gives every command."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = """<!doctype html><html lang="en"><head><title>The lamp room</title></head><body>
<nav><a href="/">Home</a> <a href="/about">About</a></nav>
<div class="messages error"><h2>Error message</h2>Missing or incomplete installation of the jReject library!
Please follow the instructions from README.txt to get it.</div>
<article><h1>The lamp room</h1><p>Every evening the keeper carried two cans of oil up the stairs, filled the great lamp,
and wrote the hour of lighting into a book that nobody but the inspector ever read.</p><p>In the autumn gales the moths
came in hundreds, and the panes had to be wiped before midnight and again before dawn, whatever the wind did.</p>
</article></body></html>"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    leave = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "tests", "pagesift-data", "__pycache__", "docs")
    shutil.copytree(ROOT, source, ignore=leave)
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(source)], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands in an environment that holds the wheel and what it asks for."""
    environment = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    subprocess.run([environment / "bin" / "pip", "install", "--quiet", str(wheel)], check=True)
    return environment / "bin"


def clean() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PAGESIFT_DATA")}


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, env=clean(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_rules_templates_and_styles(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "indexer/banners.toml" in names
    assert "web/openapi.json" in names
    assert any(name.startswith("web/templates/") and name.endswith(".html") for name in names)
    assert any(name.startswith("web/static/") and name.endswith(".css") for name in names)
    assert not [name for name in names if name.startswith("tests")]


@pytest.mark.slow
def test_every_command_works_outside_the_checkout(commands: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "lamp.html").write_text(PAGE)

    cleaned = json.loads(run([str(commands / "pagesift"), "clean", "--json", "pages/lamp.html"], tmp_path))
    assert cleaned["title"] == "The lamp room"
    assert "jReject" not in cleaned["text"]
    assert any("jReject" in part["text"] for part in cleaned["removed"])

    assert "1 pages seen" in run([str(commands / "reindex"), "pages"], tmp_path)
    found = json.loads(run([str(commands / "pagesift"), "search", "keeper", "--json"], tmp_path))
    assert [hit["title"] for hit in found["hits"]] == ["The lamp room"]
    assert run([str(commands / "pagesift"), "check"], tmp_path).startswith("1 pages in ledger and index")
    with serving(commands, tmp_path) as address, urllib.request.urlopen(address + "search?q=keeper") as answer:
        assert "The lamp room" in answer.read().decode()
        assert "default-src" in answer.headers["Content-Security-Policy"]
        for path in ("api/openapi.json", "search.atom", "search.csv", "opensearch.xml", "metrics"):
            with urllib.request.urlopen(address + path) as other:
                assert other.read()


@contextlib.contextmanager
def serving(commands: Path, folder: Path) -> Iterator[str]:
    command = [str(commands / "pagesift"), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=clean(), stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
            assert found
            yield found[0]
        finally:
            server.terminate()
