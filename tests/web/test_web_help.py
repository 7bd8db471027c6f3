"""The page that tells what can be typed: each example is read, as what it is said to be."""

import pytest
from small_collection import Look, words

from search.parser import parse
from web.views.help import SYNTAX

EXAMPLES = [text for _, rows in SYNTAX for text, _ in rows]


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_read_without_a_mend_and_as_more_than_its_words(text: str) -> None:
    parsed = parse(text)
    assert parsed.notes == ()
    assert text == EXAMPLES[0] or parsed.read_as != f"all of: {', '.join(text.split())}"


def test_each_example_leads_to_its_search(look: Look) -> None:
    page = look("/help")
    links = page.select(".help dt a")
    assert [words(a) for a in links] == EXAMPLES
    for a in links:
        assert look(a["href"]).select_one("input[name=q]")["value"] == words(a)


def test_a_search_that_finds_nothing_leads_there(look: Look) -> None:
    assert look("/search?q=zzzz").select_one(".nothing p a")["href"] == "/help"
