"""Phrases that many documents hold."""

import random
from collections import Counter

import numpy as np
import pytest

from search import phrases
from search.analysis import tokens
from search.phrases import Counted, Phrases, Tally, counted, together
from search.stopwords import STOP_WORDS


def plain(texts: list[str], languages: list[str]) -> Counter[str]:
    """One phrase after the other, as the definition says."""
    found: Counter[str] = Counter()
    for text, language in zip(texts, languages, strict=True):
        words = [token.text for token in tokens(text)]
        stopped = STOP_WORDS.get(language, frozenset().union(*STOP_WORDS.values()))
        runs = {tuple(words[at : at + size]) for size in (2, 3) for at in range(len(words) - size + 1)}
        for run in runs:
            ends = {run[0], run[-1]}
            whole = not any(phrases.is_unspaced(word) or len(word) > phrases.LONGEST for word in run)
            if whole and not ends & stopped and min(map(len, ends)) > 1 and not run[0][0].isdigit():
                found[" ".join(run)] += 1
    return found


def fast(texts: list[str], languages: list[str]) -> Counted:
    words: dict[str, int] = {}
    listed = [[words.setdefault(token.text, len(words)) for token in tokens(text)] for text in texts]
    numbers = np.array([number for each in listed for number in each], dtype=np.int32)
    return counted(list(words), numbers, np.array([len(each) for each in listed], dtype=np.int64), languages)


@pytest.mark.parametrize("seed", range(5))
def test_they_are_those_of_the_plain_version(seed: int) -> None:
    chance = random.Random(seed)
    pool = ["new", "york", "city", "the", "of", "die", "a", "19", "são", "paulo", "東京都", "x" * 30, "state"]
    texts = [" ".join(chance.choices(pool, k=chance.randrange(12))) for _ in range(60)]
    languages = [chance.choice(["en", "de", "", "xx"]) for _ in texts]
    assert fast(texts, languages) == plain(texts, languages)


def test_no_words_have_no_phrases() -> None:
    assert fast([], []) == fast(["", "word"], ["en", "en"]) == {}
    assert counted(["", "word"], np.array([0, 1]), np.array([2]), ["en"]) == {}  # of marks alone nothing may be left


def test_of_many_the_most_frequent_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "OF_BATCH", 5)
    monkeypatch.setattr(phrases, "KEPT", 5)
    texts = ["new york"] * 9 + ["old town"] * 8 + [f"word{chr(97 + n % 26)} other{n}" for n in range(300)]
    found = fast(texts, ["en"] * len(texts))
    assert (found["new york"], found["old town"], len(found)) == (9, 8, 2)  # single ones are not sorted at all
    assert together([{"a b": 1, "c d": 2}, {f"e f{n}": 1 for n in range(40)}, {"c d": 1}])["c d"] == 3


def test_of_a_large_batch_a_part_is_counted_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "SAMPLE", 100)
    assert fast(["lamp keeper"] * 500, ["en"] * 500) == {"lamp keeper": 500}


def test_they_are_found_by_their_beginning_without_accents() -> None:
    made = Phrases.of({"são paulo": 3, "sao paulo": 2, "são tomé": 5, "lamp keeper": 1}.items())
    assert made.beginning(b"sao", 5) == [("são tomé", 5), ("são paulo", 3)]
    assert made.beginning(b"sao p", 5) == [("são paulo", 3)]
    assert made.beginning(b"z", 5) == []


def test_batches_are_counted_together() -> None:
    """Every third document of each batch, whether they are counted at once or when there are many; then every sixth."""
    words = ["lamp", "oil", "sea", "air"]
    chance = np.random.default_rng(1)
    batches = [(chance.integers(0, 4, 8 * size), np.full(size, 8), ["en"] * size) for size in (90, 30, 60)]

    def expected(steps: list[int]) -> Counted:
        found: Counter[str] = Counter()
        for (numbers, lengths, languages), step in zip(batches, steps, strict=True):
            taken = np.arange(len(lengths)) % step == 0
            sample = counted(words, numbers[np.repeat(taken, 8)], lengths[taken], languages[::step])
            found.update({text: step * count for text, count in sample.items()})
        return found

    for after, steps in (([], [3, 3, 3]), ([1], [3, 3, 6]), ([0, 1, 2], [3, 6, 9])):
        tally = Tally()
        for number, batch in enumerate(batches):
            tally.sample(words, *batch)
            if number in after:
                tally.count(words)
        tally.count(words)
        assert tally.most() == expected(steps)


def test_a_sample_that_is_large_enough_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "SAMPLE", 100)
    tally = Tally()
    for _ in range(3):
        tally.sample(["lamp", "oil"], np.tile([0, 1], 90), np.full(90, 2), ["en"] * 90)
    assert tally.most() == {"lamp oil": 180}  # the third waits
    tally.count(["lamp", "oil"])
    assert tally.most() == {"lamp oil": 270}
