"""Which words a query requires, whom it widens to, and what it never loses."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import tokens
from search.matching import Reading, understood
from search.parser import parse, read
from search.query import Everything, Query, leaves
from search.stopwords import STOP_WORDS, stop_words


def reading(text: str, *languages: str, match: str = "all", widen: bool = True) -> Reading:
    return understood(parse(text).query, languages or ("en",), match=match, widen=widen)


@pytest.mark.parametrize(
    ("text", "required", "wider"),
    [
        ("lamp", "lamp", ""),
        ("lamp keeper", "all of: lamp, keeper", "any of: lamp, keeper"),
        ("the keeper of the lamp", "all of: keeper, lamp", "any of: keeper, lamp"),
        ("the lamp", "lamp", ""),
        ("to be or not to be", "all of: to, be, or, not, to, be", ""),
        ('"to be" lamp', "all of: “to be”, lamp", "any of: “to be”, lamp"),
        ("a b c", "all of: b, c", "any of: b, c"),
        ("red green blue", "all of: red, green, blue",
         "any of: (all of: red, green), (all of: red, blue), (all of: green, blue)"),
        ("red green site:a.example -blue", "all of: red, green, site a.example; not: blue",
         "all of: site a.example, (any of: red, green); not: blue"),
        ("the site:a.example", "all of: the, site a.example", ""),
        ("the -lamp", "the; not: lamp", ""),
        ("the lamp OR a moth", "any of: lamp, moth", ""),
        ("the keeper's lamp", "all of: keeper, lamp", "any of: keeper, lamp"),
        ("o'brien", "o'brien", "any of: o, brien"),
        ("lamp-keeper", "lamp-keeper", "any of: lamp, keeper"),
        ("灯台守", "灯台守", "any of: 灯台, 台守"),
    ],
)  # fmt: skip
def test_few_words_are_required(text: str, required: str, wider: str) -> None:
    found = reading(text)
    if text.startswith("to be"):  # all of it says nothing: as written, by any word as it is long
        assert read(found.query).startswith("any of: to, be")
        return
    assert read(found.query) == required
    assert (read(found.wider) if found.wider is not None else "") == wider
    assert found.note == ""


def test_many_words_are_alternatives() -> None:
    found = reading("one two three four five site:a.example")
    assert read(found.query).startswith("all of: site a.example, (any of: ")
    assert found.wider is None
    assert found.note != ""
    assert read(reading("あの古い灯台を守る人は誰").query).startswith("any of: あの, ")


def test_a_long_quotation_among_alternatives_is_its_words() -> None:
    quoted = '"red green blue white black of them" moth'
    assert read(reading(quoted, match="any").query) == "any of: red, green, blue, white, black, moth"
    assert read(reading(quoted).query) == "all of: “red green blue white black of them”, moth"
    assert read(reading('"red green" moth', match="any").query) == "any of: “red green”, moth"
    assert read(reading('"red green blue white black"').query) == "“red green blue white black”"


def test_any_and_exact_readings() -> None:
    assert read(reading("the lamp keeper", match="any").query) == "any of: lamp, keeper"
    exact = reading("one two three four five six", widen=False)
    assert (read(exact.query), exact.wider) == ("all of: one, two, three, four, five, six", None)


def test_stop_words_are_those_of_one_language_the_index_holds() -> None:
    assert stop_words(["die", "hard"], ["en"]) == frozenset()
    assert stop_words(["wer", "ist", "die", "on"], ["en", "de"]) == {"wer", "ist", "die"}
    assert stop_words(["the"], []) == frozenset()
    assert read(reading("où est l’eau", "fr").query) == "eau"
    assert read(reading("die hard", "en").query) == "all of: die, hard"


def test_stop_words_stand_as_tokens_do() -> None:
    for words in STOP_WORDS.values():
        assert len(words) > 80
        for word in words:
            assert [token.text for token in tokens(word)] == [word]


@given(st.text(alphabet='the lamp of-"()*~ORa:', max_size=60))
def test_no_query_becomes_empty(text: str) -> None:
    asked = parse(text).query
    for match in ("all", "any"):
        found = understood(asked, ("en",), match=match, widen=True)
        assert (found.query == Everything()) == (asked == Everything())
        assert set(words(found.query)) <= set(words(asked))


def words(query: Query) -> Iterator[str]:
    for leaf in leaves(query):
        yield from (token.text for token in tokens(read(leaf)))
