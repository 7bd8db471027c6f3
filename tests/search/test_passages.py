"""Where in a long body the words stand closest together."""

import random
from pathlib import Path

import pytest

from search import Document, Request, open_engine
from search.answer import answer
from search.engines.embedded import EmbeddedEngine
from search.engines.embedded.passages import WIDTH, densest
from search.engines.embedded.ranking import Word


def plain(words: list[str], wanted: list[str]) -> float:
    held = [
        len({word for word in words[at : at + WIDTH] if word in wanted}) * (words[at] in wanted)
        for at in range(len(words))
    ]
    return held.index(max(held)) / len(words) if any(held) else 0.0


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_first_run_with_most_of_the_words(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    texts = [
        chance.choices(["fog", "lamp", "keeper", "moth"], [40, 1, 1, 1], k=chance.randrange(1, 600)) for _ in range(20)
    ]
    engine = EmbeddedEngine(tmp_path / "index")
    for half in (texts[:12], texts[12:]):
        with engine.writer() as writer:
            for words in half:
                writer.put(Document(f"https://x.example/{texts.index(words)}", "", " ".join(words), language="en"))
    snapshot = engine.snapshot()
    wanted = [Word(word, (word,)) for word in ("lamp", "keeper", "moth")]
    for number in range(snapshot.size):
        words = snapshot.document(number).body.split()
        assert densest(snapshot, wanted, number) == pytest.approx(plain(words, ["lamp", "keeper", "moth"]))
    engine.close()


def test_a_match_deep_in_a_long_body_is_shown(tmp_path: Path) -> None:
    engine = open_engine(f"whoosh:{tmp_path}/index")
    fog = "Fog came in from the sea. " * 20_000
    body = f"{fog}The keepers lit a lamp over the stairs. {fog}{fog}"
    with engine.rebuild() as writer:
        writer.put(Document("https://x.example/", "Fog", body, language="en"))
    (found,) = answer(engine, "keeper lamp", Request()).found
    assert [text for text, match in found.snippet.parts if match] == ["keepers", "lamp"]
    assert (
        any(match for _, match in answer(engine, "keep*", Request()).found[0].snippet.parts) is False
    )  # by patterns none
    engine.close()
