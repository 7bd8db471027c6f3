"""Words in many scripts, their offsets, and their terms."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis
from search.analysis import MAX_WORD, fold, term, terms, tokens
from search.compounds import APART, compounds, indexed, placed


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
        ("soft\u00adhy\u00adphen \ufeffx\u2060y\u00ad", ["softhyphen", "xy"]),  # what nobody sees parts no words
        ("क्\u200dष क्\u200cष", ["क्ष", "क्ष"]),
        ("می\u200cخواهم", ["می", "خواهم"]),
        ("👨\u200d👩\u200d👧", []),
        ("東京ﾀﾜｰ ﾋﾟｱﾉ", ["東京", "京タ", "タワ", "ワー", "ピア", "アノ"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text("ab1A_ -\u0301\u0915\u093e\u05b0é東京のŁ\u0308", max_size=40) | st.text(max_size=40))
def test_a_word_is_a_run_of_letters_digits_and_marks(text: str) -> None:
    plain = re.compile(rf"(?:[^\W_]|[{analysis._MARKS}])+")
    seen = re.sub(f"[{analysis.UNSEEN}\u200c]", " ", text)
    assert analysis._WORD.findall(seen) == plain.findall(seen)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("an e-mail, wi\u2011fi", ["email", "wifi"]),
        ("COVID-19 and F-16", ["covid19", "f16"]),
        ("on 2018-02-22, 10-12", []),
        ("state-of-the-art rock-'n'-roll -x- -- a- -b", []),
        ("don't they’re O'Brien keeper's l'homme Qu'il", ["obrien"]),
        ("U.S.A. (U.S.) e.g. a.m. end.Start www.example.org 3.14 J.R.R. Tolkien", ["usa", "eg", "jrr"]),
        ("1,234,567 and 1,234 or 12,34 1234,567 1,2345", ["1234567", "1234"]),
        ("می\u200cخواهم", ["میخواهم"]),
        ("北京-上海 東京-x", []),
        ("x" * 70 + "-y", []),
    ],
)
def test_what_is_written_in_two_is_found_as_one(text: str, joined: list[str]) -> None:
    assert [token.text for token in compounds(text)] == joined
    assert list(indexed(text)) == [*tokens(text), *compounds(text)]
    words = len(list(tokens(text)))
    behind = [words - 1 + APART * (number + 1) for number in range(len(joined))]
    assert list(placed(text)) == list(zip([*range(words), *behind], indexed(text), strict=True))


@given(st.text("ab1-.',’ Z_\u0301京", max_size=60))
def test_what_is_joined_is_what_stands_there(text: str) -> None:
    last = 0
    for token in compounds(text):
        assert last <= token.start < token.end <= len(text)
        last = token.end
        apart = [each.text for each in tokens(text[token.start : token.end])]
        assert "".join(apart) == token.text
        assert len(apart) > 1


def test_words_of_any_length_are_cut() -> None:
    (token,) = tokens("x" * 10_000)
    assert len(token.text) == MAX_WORD
    assert (token.start, token.end) == (0, 10_000)


@pytest.mark.parametrize(
    ("word", "folded"),
    [("été", "ete"), ("ångström", "angstrom"), ("й", "й"), ("ё", "е"), ("łódź", "lodz"), ("हिन्दी", "हिंदी"), ("माँ", "मां"), ("ά", "α"),
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
        before = time.process_time()
        for _ in tokens("añb " * size + "東" * size + "x" * size):
            pass
        return time.process_time() - before

    seconds(1_000)
    assert seconds(80_000) < 40 * max(seconds(10_000), 0.01)
