"""What is typed goes on with words of titles, the most frequent first."""

from pathlib import Path

import pytest

from search import Document, open_engine
from search.completion import MAX_TYPED, completions
from search.engine import Engine
from search.errors import NoIndex

TITLES = ("The lamp of Marrow Head", "Lamps and lampshades", "A lamp on the quay", "Läuten am Siel", "The last rope")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    opened = open_engine(f"whoosh:{tmp_path_factory.mktemp('titles') / 'index'}")
    with opened.rebuild() as writer:
        for number, title in enumerate(TITLES):
            writer.put(Document(f"https://quay.example/{number}", title, "Ladders are in the body alone."))
        writer.put(Document("https://quay.example/gone", "Lagoon not found", "", kind="error"))
    return opened


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("la", ("lamp", "lamps", "lampshades", "last", "läuten")),
        ("LAMPS", ("lampshades",)),
        ("marrow la", ("marrow lamp",)),
        ("(quay OR marrow) l", ("(quay OR marrow) lamp",)),
        ('"rope la', ('"rope last',)),
        ("lau", ("läuten",)),
        ("lamp ", ()),
        ("site:quay.exa", ()),
        ("-la", ()),
        ("la*", ()),
        ("", ()),
        ("zzz", ()),
        ("x" * MAX_TYPED, ()),
        ("lamp " * MAX_TYPED + "la", ()),
    ],
)
def test_the_last_word_is_completed(engine: Engine, typed: str, expected: tuple[str, ...]) -> None:
    assert completions(engine, typed) == expected


def test_there_are_no_more_than_asked_for(engine: Engine) -> None:
    assert completions(engine, "la", limit=2) == ("lamp", "lamps")


def test_without_an_index_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoIndex):
        completions(open_engine(f"whoosh:{tmp_path / 'none'}"), "la")
