"""Patterns -> words: what a query may cost is bounded as a whole, and said where a bound was reached."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search import Document, open_engine
from search import query as q
from search.engines.embedded import snapshot, translate
from search.parser import parse


class Counted:
    """A vocabulary that counts the words it was asked for."""

    languages = ("en",)

    def __init__(self, *words: str) -> None:
        self.listed, self.given = sorted(words), 0

    def words(self, start: str) -> Iterator[tuple[str, int]]:
        for word in self.listed:
            if word.startswith(start):
                self.given += 1
                yield word, 1


WORDS = tuple(f"{a}{b}{c}" for a in "kmnprt" for b in "aeio" for c in "ls")


def test_patterns_stand_for_the_words_that_fit() -> None:
    made = translate.translate(parse("ka* *el nalx~1").query, Counted(*WORDS, "nalu"))
    assert [word.terms for word in made.words if word] == [
        ("kal", "kas"), ("kel", "mel", "nel", "pel", "rel", "tel"), ("nal", "nalu"),
    ]  # fmt: skip
    assert made.notes == []


def test_all_patterns_of_a_query_share_one_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "MAX_SCAN", 60)
    vocabulary = Counted(*WORDS)
    made = translate.translate(parse("*l *s k* *a*").query, vocabulary)
    assert vocabulary.given <= 61
    assert len(made.words[1].terms) == 24  # the whole vocabulary of 48 words
    assert [word.terms for word in made.words if word][1] == ("kas", "kes", "kis", "kos", "mas", "mes")
    assert set(made.notes) == {"patterns were compared with 60 words of the vocabulary; others may fit them too"}


def test_a_bound_reached_by_the_last_word_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "MAX_SCAN", 48)
    assert translate.translate(parse("*l").query, Counted(*WORDS)).notes == []


def test_after_eight_patterns_the_others_are_read_as_words() -> None:
    first = [f"{a}*" for a in "kmnprt"] + ["*al", "kal~"]
    vocabulary = Counted(*WORDS)
    made = translate.translate(parse(" ".join([*first, "pel*", "t*l", "ral~"])).query, vocabulary)
    looked_up = vocabulary.given
    shown = [word.text for word in made.words if word]
    assert shown[8:] == ["pel", "t", "l", "ral"]
    assert made.notes == ["only the first 8 patterns were looked up; the others were read as words"] * 3
    assert looked_up == 48 + 48 + 8


def test_a_pattern_that_stands_twice_is_looked_up_once() -> None:
    vocabulary = Counted(*WORDS)
    twice = q.Or(tuple(q.And((q.Wildcard("*l"), q.Term(word))) for word in WORDS))
    assert translate.translate(twice, vocabulary).notes == []
    assert vocabulary.given == len(WORDS)


def test_the_words_of_a_beginning_are_listed_once_and_few_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "KEPT_WORDS", 60)
    engine = open_engine(f"whoosh:{tmp_path}/index")
    with engine.rebuild() as writer:
        writer.put(Document("https://a.example/", "", " ".join(WORDS)))
        writer.put(Document("https://b.example/", "", "kal kel"))
    opened = engine.snapshot()
    listed: list[str] = []
    plain = opened._counted
    monkeypatch.setattr(opened, "_counted", lambda start: listed.append(start) or plain(start))
    assert [list(opened.words(start)) for start in ("", "k", "", "k")] == [plain(start) for start in ("", "k", "", "k")]
    assert listed == ["", "k"]
    assert dict(opened.words("k"))["kal"] == 2
    for start in "mn":
        list(opened.words(start))
    assert len(list(opened.words(""))) == 48
    assert listed == ["", "k", "m", "n", ""]
    assert sum(map(len, opened._beginnings.values())) <= 60
    engine.close()
