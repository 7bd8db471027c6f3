"""The piece of a text that shows why it was found."""

import time

from hypothesis import given
from hypothesis import strategies as st

from search.snippet import marked, snippet

BODY = "The tide came in. " * 40 + "Then the keeper lit the lamp, and the lamp burned. " + "Night fell slowly. " * 40


def test_the_matches_are_shown_and_marked() -> None:
    found = snippet(BODY, frozenset({"lamp", "keeper"}), "en")
    assert [text for text, match in found.parts if match] == ["keeper", "lamp", "lamp"]
    assert found.text.startswith("… ")
    assert found.text.endswith(" …")
    assert len(found.text) < 330
    assert "Then the keeper lit" in found.text


def test_inflected_forms_are_matches_in_their_language() -> None:
    assert marked("Lamps burn", frozenset({"lamp"}), "en") == (("Lamps", True), (" burn", False))
    assert marked("Lamps burn", frozenset({"lamp"}), "xx") == (("Lamps burn", False),)


def test_without_a_match_the_beginning_is_shown() -> None:
    found = snippet(BODY, frozenset({"moth"}), "en")
    assert found.text.startswith("The tide came in.")
    assert not any(match for _, match in found.parts)


def test_short_bodies_are_shown_whole() -> None:
    assert snippet("A lamp.", frozenset({"lamp"}), "en").parts == (("A ", False), ("lamp", True), (".", False))
    assert snippet("", frozenset({"lamp"}), "en").parts == ()


def test_pairs_of_an_unspaced_script_are_one_match() -> None:
    assert marked("東京都は", frozenset({"東京", "京都"}), "ja") == (("東京都", True), ("は", False))


@given(st.text(alphabet="ab lamp.東京\n", max_size=600))
def test_nothing_is_invented(body: str) -> None:
    wanted = frozenset({"lamp", "a", "東京"})
    assert "".join(text for text, _ in marked(body, wanted, "")) == body
    shown = snippet(body, wanted, "", size=60).text
    core = shown.removeprefix("… ").removesuffix(" …")
    assert all(piece in body.replace("\n", " ") for piece in core.split(" … "))


def test_a_huge_body_is_bounded() -> None:
    before = time.process_time()
    snippet("lamp " * 2_000_000, frozenset({"lamp"}), "en")
    assert time.process_time() - before < 3


def test_phrases_are_marked_whole_and_words_that_say_nothing_only_in_them() -> None:
    wanted = frozenset({"the", "lamp", "keeper"})
    assert marked("The tide, the lamp-keeper and the lamp.", wanted, "en") == (
        ("The tide, ", False), ("the lamp-keeper", True), (" and ", False), ("the lamp", True), (".", False),
    )  # fmt: skip
    assert marked("To be, or not", frozenset({"to", "be"}), "en") == (("To be", True), (", or not", False))


def test_the_closest_place_with_the_most_terms_is_shown() -> None:
    apart = "The lamp " + "burned and burned " * 8 + "for the keeper. "
    close = "A keeper had a lamp. "
    found = snippet("lamp lamp lamp. " + "Fog came in. " * 30 + apart + "Fog came in. " * 30 + close + "Rain. " * 90,
                    frozenset({"lamp", "keeper"}), "en")  # fmt: skip
    assert "A keeper had a lamp." in found.text


def test_a_snippet_begins_and_ends_with_sentences_where_it_can() -> None:
    found = snippet("Salt on the panes. " * 30 + "A keeper came. The lamp was lit! Nobody saw it." + " Gulls cried." * 40,
                    frozenset({"lamp"}), "en", size=100)  # fmt: skip
    assert found.text.startswith("… ") and found.text.endswith(" …")
    inside = found.text.removeprefix("… ").removesuffix(" …")
    assert inside[0].isupper() and inside[-1] in ".!"
    endless = snippet("salt " * 300 + "lamp " + "salt " * 300, frozenset({"lamp"}), "en", size=100).text
    assert endless.startswith("… salt ") and endless.endswith(" salt …")
    assert 60 <= len(endless) <= 130


def test_a_match_deep_in_a_long_body_is_shown() -> None:
    assert (
        "the lamp" in snippet("Fog. " * 15_000 + "Then the lamp. " + "Fog. " * 300_000, frozenset({"lamp"}), "en").text
    )


def test_of_a_long_body_the_place_that_is_named_is_looked_at() -> None:
    body = "A lamp. " + "Fog came in. " * 50_000 + "Then the keeper lit the lamp. " + "Fog came in. " * 50_000
    wanted = frozenset({"lamp", "keeper"})
    assert "keeper" in snippet(body, wanted, "en", place=0.5).text
    assert snippet(body, wanted, "en").text.startswith("A lamp. Fog")
    assert snippet(body, wanted, "en", place=1.0) == snippet(body, wanted, "en")  # nothing there
    assert "keeper" in snippet("A keeper.", wanted, "en", place=0.9).text


def test_terms_that_stand_apart_are_shown_in_two_pieces() -> None:
    body = "Fog. " * 40 + "A keeper came by boat. " + "Rain fell. " * 60 + "The lamp was lit at last. " + "Fog. " * 40
    found = snippet(body, frozenset({"lamp", "keeper"}), "en")
    assert [text for text, match in found.parts if match] == ["keeper", "lamp"]
    assert found.text.count("…") == 3
    assert len(found.text) < 330
    both = snippet(f"A keeper. {body} The keeper of the lamp.", frozenset({"lamp", "keeper"}), "en")
    assert both.text.count("…") == 1  # one place has all
