"""The rules of the house, read from the import statements: who may know whom, and which library has which room."""

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("search", "indexer", "web")

#: A package and those of ours it may import.
MAY_IMPORT = {"search": {"search"}, "indexer": {"indexer", "search"}, "web": {"web", "search"}}

#: A library (by the name it is imported by) and the files or folders it lives in.
ROOMS = {
    "bs4": ("indexer/blocks/soup.py",),
    "charset_normalizer": ("indexer/decode.py",),
    "click": ("indexer/cli.py", "indexer/display.py", "search/cli.py", "search/options.py", "web/cli.py"),
    "filelock": ("search/database.py",),
    "flask": ("web/",),
    "jinja2": ("web/application.py",),
    "lxml": ("indexer/blocks/elements.py",),
    "markupsafe": ("web/application.py",),
    "nh3": ("web/stored.py",),
    "numba": ("search/engines/embedded/compiled.py",),
    "py3langid": ("indexer/language.py",),
    "Stemmer": ("search/analysis.py",),
    "tqdm": ("indexer/cli.py",),
    "waitress": ("web/cli.py",),
    "warcio": ("indexer/sources/warc.py",),
    "webencodings": ("indexer/decode.py",),
    "whoosh": ("search/engines/embedded/",),
    "zstandard": ("search/engines/embedded/stored.py",),
}
SQLITE = {"sqlite3": ("search/database.py",)}

#: Distributions whose import name is another.
IMPORT_NAMES = {"beautifulsoup4": "bs4", "charset-normalizer": "charset_normalizer", "PyStemmer": "Stemmer",
                "whoosh3": "whoosh"}  # fmt: skip

#: The steps of a page's journey: their functions are chained in one place, their values (capitalised) travel.
STAGES = {"decode", "blocks", "filters", "metadata", "dates", "language", "article"}
CHAIN = "indexer/pipeline.py"


def sources() -> dict[str, str]:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in files}


def imports(source: str) -> Iterator[tuple[str, str]]:
    """(module, name) of every import statement at any depth; name "" for `import module`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((node.module or "", alias.name) for alias in node.names)


def violations(files: Mapping[str, str]) -> list[str]:
    wrong = []
    for file, source in files.items():
        package = file.split("/")[0]
        for module, name in imports(source):
            top = module.split(".")[0]
            if top in PACKAGES:
                if top not in MAY_IMPORT[package]:
                    wrong.append(f"{file}: {package} may not import {module}")
                if top == "indexer" and file != CHAIN and not allowed_outside_the_chain(module, name, file):
                    wrong.append(f"{file}: only {CHAIN} imports a stage ({module} {name})")
            elif top in ROOMS | SQLITE:
                rooms = (ROOMS | SQLITE)[top]
                if not any(file == room or (room.endswith("/") and file.startswith(room)) for room in rooms):
                    wrong.append(f"{file}: {top} lives in {', '.join(rooms)}")
            elif top not in sys.stdlib_module_names and top != "numpy":
                wrong.append(f"{file}: {top} is no library of ours")
        if package != "web" or not file.endswith(".html"):
            wrong += [f"{file}:{line}: only templates write HTML" for line in written_html(source)]
    return wrong


def allowed_outside_the_chain(module: str, name: str, file: str) -> bool:
    if module == "indexer":
        return name not in STAGES
    stage = module.split(".")[1]
    return stage not in STAGES or name[:1].isupper() or file.startswith(f"indexer/{stage}/")


def written_html(source: str) -> Iterator[int]:
    """Lines with `Markup` or a string that closes a tag; docstrings may."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = [node.body[0] for node in ast.walk(tree) if isinstance(node, documented) and node.body]
    documentation = {id(first.value) for first in bodies if isinstance(first, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="Markup"):
                yield node.lineno
            case ast.Constant(value=str(text)) if id(node) not in documentation:
                if any(f"</{tag}>" in text for tag in ("a", "b", "div", "p", "span", "li", "mark", "html")):
                    yield node.lineno


def test_the_rules_are_kept() -> None:
    assert violations(sources()) == []


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        ("web/views.py", "import indexer", "web may not import indexer"),
        ("web/views.py", "def f():\n    from indexer.article import Article", "web may not import indexer.article"),
        ("indexer/cli.py", "from web import create_app", "indexer may not import web"),
        ("search/ledger.py", "from indexer.page import Page", "search may not import indexer.page"),
        ("search/parser.py", "from web.address import read", "search may not import web.address"),
        ("indexer/metadata.py", "from bs4 import BeautifulSoup", "bs4 lives in indexer/blocks/soup.py"),
        ("search/engine.py", "import whoosh.index", "whoosh lives in search/engines/embedded/"),
        ("web/views.py", "import sqlite3", "sqlite3 lives in search/database.py"),
        ("web/api.py", "import requests", "requests is no library of ours"),
        ("indexer/cli.py", "from indexer import blocks", "only indexer/pipeline.py imports a stage"),
        ("indexer/dates.py", "from indexer.language import detect", "only indexer/pipeline.py imports a stage"),
        ("web/views.py", "from markupsafe import Markup\nMarkup('x')", "markupsafe lives in web/application.py"),
        ("web/views.py", "def f(name):\n    return f'<b>{name}</b>'", "only templates write HTML"),
    ],
)
def test_a_breach_is_seen(file: str, source: str, complaint: str) -> None:
    assert any(complaint in line for line in violations({file: source}))


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("web/views.py", "from search.results import Request\nimport flask"),
        ("indexer/dates.py", "from indexer.blocks import Block"),
        ("indexer/pipeline.py", "from indexer import blocks, dates"),
        ("search/engines/embedded/engine.py", "import numpy\nfrom whoosh.index import open_dir"),
    ],
)
def test_what_is_allowed_is_not_complained_of(file: str, source: str) -> None:
    assert violations({file: source}) == []


def test_every_folder_of_modules_is_in_the_wheel() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted({file.rpartition("/")[0].replace("/", ".") for file in sources()})


def test_every_library_is_declared_and_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["fast"]]
    names = [item.replace(";", " ").replace("=", " ").replace(">", " ").split()[0] for item in listed]
    declared = {IMPORT_NAMES.get(name, name) for name in names}
    used = {module.split(".")[0] for source in sources().values() for module, _ in imports(source)}
    assert declared - {"lxml"} <= used, "declared but not used (lxml is Beautiful Soup's parser, named by a string)"
    assert {top for top in used if top in ROOMS or top == "numpy"} <= declared
