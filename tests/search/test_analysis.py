"""Words in many scripts, their offsets, and their terms."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis
from search.analysis import MAX_WORD, fold, term, terms, tokens, tokens_where


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Lamp-keeper's 3.5 km", ["the", "lamp", "keeper", "s", "3", "5", "km"]),
        ("snake_case", ["snake", "case"]),
        ("Straße ÅNGSTRÖM", ["strasse", "ångström"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),  # vowel signs do not part words
        ("東京都 に", ["東京", "京都", "に"]),
        ("ｆｕｌｌ ﬁsh", ["full", "fish"]),
        ("e\u0301te\u0301", ["été"]),
        ("مَرْحَبًا", ["مَرْحَبًا"]),
        ("😀 !? ", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text("ab1A_ -\u0301\u0915\u093e\u05b0é東京のŁ\u0308", max_size=40) | st.text(max_size=40))
def test_a_word_is_a_run_of_letters_digits_and_marks(text: str) -> None:
    plain = re.compile(rf"(?:[^\W_]|[{analysis._MARKS}])+")
    assert analysis._WORD.findall(text) == plain.findall(text)


@given(st.lists(st.sampled_from(["lamp", "Lamp", "a", "lamps", "_", "東京都", "x東京", "é", "le", " ", "-", "\u0301"])))
def test_wanted_tokens_are_those_among_all(pieces: list[str]) -> None:
    text = "".join(pieces)
    for wanted in ({"lamp"}, {"lamps", "lamp", "lamplamp"}, {"a", "le", "é"}, {"東京", "京都", "x"}):
        assert list(tokens_where(wanted.__contains__, text)) == [t for t in tokens(text) if t.text in wanted]


def test_words_of_any_length_are_cut() -> None:
    (token,) = tokens("x" * 10_000)
    assert len(token.text) == MAX_WORD
    assert (token.start, token.end) == (0, 10_000)


@pytest.mark.parametrize(
    ("word", "folded"),
    [("été", "ete"), ("ångström", "angstrom"), ("й", "й"), ("ё", "е"), ("łódź", "lodz"), ("हिन्दी", "हिन्दी"), ("ά", "α"),
     ("مَرْحَبًا", "مرحبا"), ("i̇zmir", "izmir"), ("ısı", "isi")],
)  # fmt: skip
def test_folding(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_terms_by_language() -> None:
    assert term("running", "en") == "run"
    assert term("harbours", "") == term("harbour", "xx") == "harbou"  # a beginning where there is no stemmer
    assert term("lamp", "") == "lamp"
    assert term("1234567", "") == "1234567"
    assert term("häuser", "de") == "haus"
    assert terms("häuser", ("de", "")) == ("haus", "hauser")
    assert terms("lamp", ("en", "de")) == ("lamp",)


@given(st.text())
def test_tokens_stand_where_they_say(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.start >= end - 1  # pairs overlap by one character
        end = token.end
        assert " " not in token.text
        assert term(token.text, "en") == term(token.text, "en")


def test_time_is_linear() -> None:
    def seconds(size: int) -> float:
        before = time.perf_counter()
        for _ in tokens("añb " * size + "東" * size + "x" * size):
            pass
        return time.perf_counter() - before

    seconds(1_000)
    assert seconds(80_000) < 40 * max(seconds(10_000), 0.01)
