"""What is found by pieces between spaces is what all tokens and compounds of a text say."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import occurrences as module
from search.analysis import fold, term
from search.compounds import indexed
from search.occurrences import LONGEST, Occurrence, occurrences

PARTS = [
    "lamp", "Lamps", "a", "A", "_", "é", "e\u0301", "le", "e-mail", "U.S.A.", "1,234", "O'Brien", "ß", "lamp" * 12, "ت", "شَ",
    "東京都", "x東京", "กำ", "น้ำ", "ﾋﾟ", "か\u3099", "が", "豈更", "東\u0901", "サーバ", "한국어", "𠀀𠀁",
    "-", ".", "'", "’", "“", "\u200c", "\u00ad", "\u0301", " ", "\n", "\u3000", "\x1c", "\x85",
]  # fmt: skip
WANTED = st.frozensets(st.sampled_from([
    "lamp", "lamps", "a", "e", "é", "email", "usa", "obrien", "s", "ت", "شَ", "東京", "京都", "都が", "กำ", "ピ", "が", "がが",
    "豈更", "東\u0902", "サー", "국어", "가", "𠀀𠀁",
]))  # fmt: skip


def plain(text: str, wanted: frozenset[str], language: str) -> list[Occurrence]:
    found = [(token, wanted & {token.text, term(token.text, language), fold(token.text)}) for token in indexed(text)]
    return sorted((Occurrence(*token, terms) for token, terms in found if terms), key=lambda each: each.start)


@given(st.lists(st.sampled_from(PARTS)).map("".join), WANTED, st.sampled_from(["en", "", "xx", "tr"]))
def test_pieces_give_what_all_tokens_give(text: str, wanted: frozenset[str], language: str) -> None:
    assert occurrences(text, wanted, language) == plain(text, wanted, language)


@given(st.text(max_size=60), st.text(max_size=60))
def test_in_any_text_each_of_its_words_is_found(text: str, other: str) -> None:
    wanted = frozenset(term(token.text, "fr") for token in indexed(other + text[:20]))
    assert occurrences(text, wanted, "fr") == plain(text, wanted, "fr")


def test_what_was_forgotten_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    for text in ("one lamp, two lamps, no light", "a lamp by the sea", "lamps!"):
        assert occurrences(text, frozenset({"lamp"}), "en") == plain(text, frozenset({"lamp"}), "en")
        assert sum(each.size for each in module._known.values()) <= 3 + len(text.split())


def test_what_will_hardly_come_again_is_not_remembered() -> None:
    module._known.clear()
    assert len(occurrences("lamp-" * LONGEST + " 東京のlamp ", frozenset({"lamp", "東京"}), "en")) == LONGEST + 2
    assert not any(each.met for each in module._known.values())


@pytest.mark.parametrize(
    "text",
    [
        "lamp" * 25_000 + " lamp",  # once found within letters
        " ".join(f"lamp{'!' * (n % 30)}{'?' * (n // 30)}" for n in range(900)),
        " ".join(f"lamp{n:x}" for n in range(14_000)),
        "a-lamp-" * 15_000,
        "lamp" + "\u0301" * 100_000,
        "شَ" * 30_000,
        "東京" * 50_000,
    ],
)
def test_a_hostile_text_takes_linear_time(text: str) -> None:
    before = time.process_time()
    occurrences(text, frozenset({"lamp", "東京", "شَ"}), "")
    assert time.process_time() - before < 1.5
