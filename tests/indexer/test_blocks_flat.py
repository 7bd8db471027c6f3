"""Pages saved as text: where a paragraph ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.blocks.flat import paragraphs

WRAPPED = """\
The keeper of the lower lamp wrote down every ship that passed, and
when there was none he wrote down the birds.
In the winter of the long frost he wrote about the ice, which took the
jetty first and then the jetty's name, so that for eleven years letters
to it came back."""
BANNER = "Missing or incomplete installation of the jReject library! Please follow the instructions from README.txt to get it."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all in one line", ["all in one line"]),
        ("One.\n\nTwo\n \nThree", ["One.", "Two", "Three"]),
        ("Home\nNews\nSport\nA word about the sea.", ["Home", "News", "Sport", "A word about the sea."]),
        ("long line " * 30 + "\n" + "short line", [("long line " * 30).strip(), "short line"]),
        (" \n\n\t", []),
    ],
)
def test_lines_that_were_not_wrapped_are_paragraphs(text: str, expected: list[str]) -> None:
    assert list(paragraphs(text)) == expected


@pytest.mark.parametrize("before", ["", "3 May 1921\n", "Error message\n\n" + BANNER + "\n", BANNER + "\n\n3 May 1921\n\n"])
def test_wrapped_lines_are_joined_whatever_stands_before(before: str) -> None:
    *first, winter, frost = paragraphs(before + WRAPPED)
    assert winter.endswith("that passed, and when there was none he wrote down the birds.")
    assert frost == "In the winter of the long frost he wrote about the ice, which took the jetty first and then the jetty's name, so that for eleven years letters to it came back."
    assert first == [line for line in before.split("\n") if line]


@given(st.text(st.sampled_from("ab .\n\t") | st.characters()))
def test_nothing_is_lost(text: str) -> None:
    assert "".join("".join(paragraphs(text)).split()) == "".join(text.split())
