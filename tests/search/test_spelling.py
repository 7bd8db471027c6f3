"""Words that were meant, and how words go on."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Document, Request, edits, open_engine
from search.answer import answer, as_json
from search.dictionary import EDITS, Dictionary
from search.edits import edit_cost
from search.engine import Engine
from search.spelling import Speller, did_you_mean

WORDS = {"harbour": 40, "harbours": 3, "lantern": 12, "lanterns": 9, "keeper": 30, "keep": 50, "stairs": 5, "stars": 80,
         "tide": 7, "fog": 9, "2018": 99}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("harbuor", "harbour"),
        ("harbor", "harbour"),
        ("hharbour", "harbour"),
        ("arbour", "harbour"),
        ("keepr", "keeper"),
        ("kepeer", "keeper"),
        ("lantren", "lantern"),
        ("lantarms", "lanterns"),  # two edits
        ("staiirs", "stairs"),
        ("fgo", "fog"),
        ("harbour", None),  # words that exist are left alone, however rare
        ("stairs", None),
        ("ti", None),  # too short to be told
        ("zebra", None),
        ("2017", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_corrections(typed: str, meant: str | None) -> None:
    assert Speller.of(WORDS.items()).correct(typed) == meant


def test_the_more_frequent_of_two_equally_near_words_is_meant() -> None:
    assert Speller.of([("cart", 5), ("card", 50)]).correct("carx") == "card"
    assert Speller.of([("cart", 50), ("card", 5)]).correct("carx") == "cart"


def test_an_empty_vocabulary_has_no_answer() -> None:
    speller = Speller.of([])
    assert speller.correct("word") is None
    assert speller.completions("w", 5) == []


def test_completions_are_the_most_frequent_longer_words() -> None:
    speller = Speller.of(WORDS.items())
    assert speller.completions("keep", 5) == ["keeper"]
    assert speller.completions("sta", 5) == ["stars", "stairs"]
    assert speller.completions("", 2) == ["2018", "stars"]


def plain_edits(a: str, b: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours, no letter touched twice."""
    rows = [list(range(len(b) + 1))]
    for i, letter in enumerate(a, 1):
        rows.append([i])
        for j, other in enumerate(b, 1):
            ways = [rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (letter != other)]
            if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
                ways.append(rows[i - 2][j - 2] + 1)
            rows[i].append(min(ways))
    return rows[-1][-1]


@given(
    st.lists(st.text(alphabet="abcd", min_size=3, max_size=9), unique=True, max_size=30),
    st.text("abcd", min_size=5, max_size=9),
)
def test_every_word_within_two_edits_is_a_candidate(words: list[str], typed: str) -> None:
    near = {word for word in words if plain_edits(typed, word) <= EDITS and plain_edits(typed[:7], word[:7]) <= EDITS}
    found = {word for word, _ in Speller.of((word, 1) for word in words).candidates(typed, limit=99)}
    cheaper = {word for word in near if edit_cost(typed, word, EDITS) < float("inf")}
    assert cheaper <= found
    assert all(plain_edits(typed, word) <= EDITS for word in found)


@given(st.text("abce", max_size=9), st.text("abce", max_size=9))
def test_stopping_early_changes_no_cost(typed: str, meant: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(edits, "_hopeless", lambda *_: False)
        cost, count = edits._aligned(typed, meant, EDITS)
    stopped = edits._aligned(typed, meant, EDITS)
    assert stopped == (cost, count) or min(count, stopped[1]) > EDITS


@pytest.mark.parametrize("a", ["", "a", "b"])
@pytest.mark.parametrize("b", ["", "e", "c"])
@pytest.mark.parametrize("start", ["", "a", "xa", "ab"])
def test_one_edit_costs_what_the_alignment_says(start: str, a: str, b: str) -> None:
    expected, _ = edits._aligned(start[-1:] + a, start[-1:] + b, EDITS)
    assert edits._one(start + a, len(start), a, b) == expected


@given(
    st.lists(st.tuples(st.text("abcd", min_size=2, max_size=7), st.integers(1, 99)), max_size=40),
    st.text("abcd", min_size=2, max_size=7),
)
def test_several_parts_answer_as_one(counted: list[tuple[str, int]], typed: str) -> None:
    sums: dict[str, int] = {}
    parts: list[dict[str, int]] = [{}, {}, {}]
    for number, (word, count) in enumerate(counted):
        sums[word] = sums.get(word, 0) + count
        parts[number % 3][word] = parts[number % 3].get(word, 0) + count
    whole, parted = Speller.of(sums.items()), Speller([Dictionary.of(part.items()) for part in parts])
    assert parted.candidates(typed) == whole.candidates(typed)
    assert parted.completions(typed[:1], 99) == whole.completions(typed[:1], 99)
    assert (typed in parted) == (typed in whole)


def test_any_word_is_looked_up_in_bounded_time() -> None:
    crowded = Speller.of((f"aaaa{n:x}", n % 100) for n in range(50_000))  # all are near each other
    before = time.process_time()
    for n in range(20):
        crowded.candidates(f"aaaa{n}z")
    assert time.process_time() - before < 20 * 0.1


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"whoosh:{tmp_path}/index")
    texts = [
        "The harbour lantern",
        "A harbour in fog",
        "The keeper of the lantern",
        "Stars over the harbour",
        "Steep stairs",
    ]
    with opened.rebuild() as writer:
        for number, title in enumerate(texts):
            body = f"{title}. The lamps were lit" + (", the stars were out" if "Stars" in title else "")
            writer.put(Document(f"https://x.example/{number}", title, body, language="en"))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("harbuor", "harbour"),
        ("Harbuor lantrn", "harbour lantern"),
        ("the HARBUOR, -fgo", "the harbour, -fgo"),
        ('"harbuor lantern"', '"harbour lantern"'),
        ("harbuor site:nowhre.example", "harbour site:nowhre.example"),
        ("harbour and the statrs", "harbour and the stars"),  # by the word before it
        ("steep statrs", "steep stairs"),
        ("lamp", None),  # its stem is there
        ("harbour", None),
        ("harb*", None),
        ("zzzzzz", None),
        ("", None),
    ],
)
def test_the_string_is_offered_with_likelier_words(engine: Engine, text: str, offered: str | None) -> None:
    assert did_you_mean(engine, text) == offered


def test_an_offer_is_made_beside_results_too(engine: Engine) -> None:
    found = as_json(answer(engine, "the harbuor with the lantern, keeper, fog and stars", Request()))
    assert found["total"] > 0
    assert found["did_you_mean"] == "the harbour with the lantern, keeper, fog and stars"
    assert as_json(answer(engine, "harbour fog", Request()))["did_you_mean"] is None


def test_the_vocabulary_follows_the_index(engine: Engine) -> None:
    assert did_you_mean(engine, "lighthuose") is None
    with engine.writer() as writer:
        writer.put(Document("https://x.example/new", "Lighthouse", "", language="en"))
    assert did_you_mean(engine, "lighthuose") == "lighthouse"
