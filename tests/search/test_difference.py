"""What changed between two texts: word by word, whatever the texts."""

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from search.difference import MOST, differences

TEXTS = st.lists(st.sampled_from(["oil", "lamp", "moth", "a", "\n\n"]), max_size=30).map(" ".join)


def told(old: str, new: str) -> list[tuple[str, str]]:
    return [(piece.change, piece.text.strip()) for piece in differences(old, new)]


def test_words_put_in_and_taken_out_stand_in_their_place() -> None:
    assert told("The keeper lit the old lamp.", "The keeper lit the lamp at dusk.") == [
        ("same", "The keeper lit the"), ("gone", "old lamp."), ("new", "lamp at dusk."),
    ]  # fmt: skip


def test_a_text_that_did_not_change_is_one_piece() -> None:
    assert told("One lamp.\n\nTwo moths.", "One lamp.\n\nTwo moths.") == [("same", "One lamp.\n\nTwo moths.")]


def test_space_alone_is_no_change_and_paragraphs_stay() -> None:
    assert told("One  lamp. Two moths.", "One lamp.\n\nTwo moths.") == [("same", "One lamp.\n\nTwo moths.")]


def test_a_new_paragraph_is_one_piece() -> None:
    assert told("Dusk.\n\nDawn.", "Dusk.\n\nThe whole night.\n\nDawn.") == [
        ("same", "Dusk."), ("new", "The whole night."), ("same", "Dawn."),
    ]  # fmt: skip


def test_from_nothing_and_to_nothing() -> None:
    assert told("", "") == []
    assert told("", "a lamp") == [("new", "a lamp")]
    assert told("a lamp", "") == [("gone", "a lamp")]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(p.text for p in pieces if p.change != "gone").split() == new.split()
    assert "".join(p.text for p in pieces if p.change != "new").split() == old.split()
    assert all(a.change != b.change for a, b in pairwise(pieces))


@given(TEXTS, TEXTS)
def test_no_more_is_changed_than_must_be(old: str, new: str) -> None:
    a, b = old.split(), new.split()
    common = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]  # the longest common subsequence, by the book
    for x, one in enumerate(a):
        for y, other in enumerate(b):
            common[x + 1][y + 1] = common[x][y] + 1 if one == other else max(common[x][y + 1], common[x + 1][y])
    kept = sum(len(p.text.split()) for p in differences(old, new) if p.change == "same")
    assert kept == common[-1][-1]


def test_texts_with_little_in_common_are_replaced_whole_and_soon() -> None:
    old, new = (" ".join(f"{name}{n}" for n in range(20_000)) for name in ("lamp", "moth"))
    start = time.process_time()
    assert [piece.change for piece in differences(f"First {old} last", f"First {new} last")] == [
        "same", "gone", "new", "same",
    ]  # fmt: skip
    assert time.process_time() - start < 10
    assert len(old.split()) > MOST
