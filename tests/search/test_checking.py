"""A segment that is whole passes; one whose arrays contradict each other is named, though its checksums are right."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from search import Document
from search.engines.embedded.checking import faults
from search.engines.embedded.inversion import Batch, Lexicon
from search.engines.embedded.segment import SegmentArrays, SegmentFile


def arrays() -> SegmentArrays:
    chance = random.Random(1)
    batch = Batch(Lexicon())
    for number in range(30):
        words = " ".join(chance.choices(["lamp", "fog", "moth"], k=9))
        batch.add(Document(f"https://x.example/{number}", "fog", words, site="a.example", tags=("a", "b")[: number % 3]))
    return batch.arrays()


def test_a_whole_segment_has_no_fault(tmp_path: Path) -> None:
    arrays().write(tmp_path / "x")
    assert list(faults(SegmentFile(tmp_path / "x"))) == []


def swap(array: np.ndarray, one: int, other: int) -> None:
    array[[one, other]] = array[[other, one]]


@pytest.mark.parametrize(
    ("breach", "complaint"),
    [
        (lambda made: swap(made.fields["body"].docs, 0, 1), "postings are out of order"),
        (lambda made: made.fields["body"].docs.__setitem__(-1, 30), "a document that is not there"),
        (lambda made: swap(made.fields["body"].places, 0, 1), "places are out of order"),
        (lambda made: made.fields["body"].words.reverse(), "words are out of order"),
        (lambda made: made.lengths["body"].__setitem__(3, 8), "lengths and postings do not agree"),
        (lambda made: made.fields["title"].counts.__setitem__(0, 29), "do not fit together"),
    ],
)
def test_a_contradiction_is_named(breach: Callable[[SegmentArrays], object], complaint: str, tmp_path: Path) -> None:
    made = arrays()
    breach(made)
    made.write(tmp_path / "x")
    found = list(faults(SegmentFile(tmp_path / "x")))
    assert any(complaint in sentence and str(tmp_path / "x") in sentence for sentence in found)


def test_a_number_without_a_value_is_named(tmp_path: Path) -> None:
    arrays().write(tmp_path / "x")
    file = SegmentFile(tmp_path / "x")
    numbers = file.arrays.whole("f_site|numbers").copy()
    numbers[0] = 7
    file.arrays._whole["f_site|numbers"] = numbers
    assert any("a number stands for no value" in sentence for sentence in faults(file))
