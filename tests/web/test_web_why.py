"""The page and the command that tell why a page is found, or not."""

from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from small_collection import QUAY, Look, words

from search.cli import why
from search.document import document_id

URL = f"https://{QUAY}/coast/dark"


def test_the_form_keeps_the_search_and_its_filters(look: Look) -> None:
    page = look("/search?q=lamp&tag=lamps&page=1")
    form = look(next(a["href"] for a in page.select("footer a") if words(a) == "A page is missing?")).select_one("form.ask")
    assert {field["name"]: field["value"] for field in form.select("input")} == {"url": "", "q": "lamp", "tag": "lamps"}
    assert words(form.select_one(".quiet")) == "With the filters tagged lamps"


def test_it_tells_why_a_page_is_found(look: Look) -> None:
    page = look(f"/why?url={quote(URL)}&q=lamp+thursday")
    assert words(page.select_one(".reasons li")) == "it is hit 1 of 6"
    assert page.select_one("h2 a")["href"] == f"/page/{document_id(URL)}?q=lamp+thursday"


@pytest.mark.parametrize(
    ("query", "reason"),
    [(f"url={URL}&q=zebra", "it does not hold zebra"),
     (f"url={URL}&site=x.example", f"the filter site x.example leaves it out: its site is {QUAY}"),
     ("url=https://nowhere.example/&q=x", "the index does not hold it, and there is no ledger to tell why")],
)  # fmt: skip
def test_it_tells_why_not(look: Look, query: str, reason: str) -> None:
    assert [words(li) for li in look(f"/why?{query}").select(".reasons li")] == [reason]


def test_without_a_page_nothing_is_told(look: Look) -> None:
    assert not look("/why?q=lamp").select(".reasons")


def test_the_command_tells_the_same(tmp_path: Path) -> None:
    from search import Document, open_engine

    with open_engine(f"whoosh:{tmp_path / 'index'}").rebuild() as writer:
        writer.put(Document(URL, "A \x1b[31mlamp", "A lamp.", site="\x1b[2J"))
    arguments = [URL, "lamp", "--data", str(tmp_path)]
    done = CliRunner().invoke(why, arguments)
    assert (done.exit_code, done.output.splitlines()[0]) == (0, "it is hit 1 of 1")
    done = CliRunner().invoke(why, [*arguments, "--filter", "site=x"])
    assert done.output == "the filter site x leaves it out: its site is  [2J\n"
    assert CliRunner().invoke(why, [URL, "--data", str(tmp_path / "none")]).exit_code == 1
