"""The documents tell the truth: their examples are run here, the files and make targets they name exist.

A ```console block holds commands after `$` and what they print; `...` stands for anything, within a line or for lines.
A ```python block is run as it stands. Both in a folder from which the sample pages are reached as in the checkout.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")


def blocks(document: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / document).read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("documents")
    (place / "tests").symlink_to(ROOT / "tests")
    return place


def run(command: list[str] | str, folder: Path) -> str:
    bin_folder = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": bin_folder + os.pathsep + os.environ["PATH"], "COLUMNS": "100"}
    environment.pop("PAGESIFT_DATA", None)
    shell = isinstance(command, str)
    done = subprocess.run(command, shell=shell, cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr


def matches(expected: str, printed: str) -> bool:
    pattern = re.escape(expected.strip()).replace(r"\.\.\.", ".*?")
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def test_the_check_of_examples_can_fail() -> None:
    assert matches("a\n...\nz", "a\nb\nc\nz")
    assert matches("it took ... s", "it took 3 s\n")
    assert not matches("a\nz", "a\nb\nz")
    assert not matches("a.c", "abc")


@pytest.mark.slow
def test_the_examples_do_what_the_documents_say(folder: Path) -> None:
    examples = [block for document in DOCUMENTS for block in blocks(document, "console")]
    assert len(examples) >= 4
    for block in examples:
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = example.partition("\n")
            printed = run(command, folder)
            assert matches(expected, printed), f"$ {command}\n{printed}"
    programs = [block for document in DOCUMENTS for block in blocks(document, "python")]
    assert programs
    for program in programs:  # on the index that the commands made
        printed = run([sys.executable, "-c", program], folder)
        assert "Traceback" not in printed, f"{program}\n{printed}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_to_files_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / document).read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets_exist(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"`(?:[A-Z]+=\S+ )*make ([a-z-]+)`", (ROOT / document).read_text("utf-8")))
    assert named <= targets


def test_every_module_has_its_question_answered() -> None:
    told = re.findall(r"^\| `([\w/]+\.py)` \|", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.MULTILINE)
    files = [file for package in ("search", "indexer", "web") for file in (ROOT / package).rglob("*.py")]
    names = {file.relative_to(ROOT).as_posix() for file in files if file.name != "__init__.py"}
    assert sorted(name for name in told if not name.endswith("__init__.py")) == sorted(names)
