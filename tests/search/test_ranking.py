"""The ranking agrees with its plain version, to the last tie, and keeps the order it promises."""

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path

import pytest

from search import Document, Request, open_engine
from search.engines.embedded import EmbeddedEngine, best, pruning, ranking, recency
from search.engines.embedded.scoring import Scores
from search.engines.embedded.translate import translate
from search.engines.embedded.vector import Lookup
from search.query import Or, Term
from search.why import reasons
from tests.search import plain_ranking as plain

pytestmark = pytest.mark.usefixtures("loops")

WORDS = ["lamps", "keeper", "stairs", "moth", "harbour", "fog", "island", "the"]


def some_document(chance: random.Random, number: int) -> Document:
    return Document(
        url=f"https://x.example/{number}",
        title=" ".join(chance.choices(WORDS, k=chance.randrange(4))),
        body=" ".join(chance.choices(WORDS, k=chance.randrange(300))),
        language=chance.choice(["en", "de", "", "xx"]),
        published=chance.choice([None, dt.date(2018, 1, 1) + dt.timedelta(chance.randrange(3_000))]),
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_ranking_agrees_with_the_plain_version(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    documents = [some_document(chance, number) for number in range(160)]
    engine = open_engine(f"whoosh:{tmp_path}/index")
    with engine.rebuild() as writer:
        for each in documents[:100]:
            writer.put(each)
    with engine.writer() as writer:  # a second segment, and deletions
        for each in documents[80:]:
            writer.put(each)
        for each in documents[:10]:
            writer.delete(each.url)
    for _ in range(5):
        words = chance.choices(WORDS[:-1], k=chance.randrange(1, 6))
        query = Or(tuple(Term(word) for word in words))
        for sort in ("relevance", "fresh"):
            expected = plain.plain_ranking(documents[10:], words, fresh=sort == "fresh")
            asked = Request(query=query, sort=sort, size=100, facets=())
            found = [hit for page in (1, 2) for hit in engine.search(replace(asked, page=page)).hits]
            assert [hit.document.id for hit in found] == [name for name, _ in expected], words
            assert [hit.score for hit in found] == pytest.approx([score for _, score in expected], abs=1e-9)
            few = engine.search(replace(asked, size=7)).hits  # of which not all are looked through for pairs
            assert [(hit.document.id, hit.score) for hit in few] == [(hit.document.id, hit.score) for hit in found[:7]]
            for hit in (*found[::9], *few):
                assert sum(part.score for part in hit.explain) == pytest.approx(hit.score)
    engine.close()


@pytest.mark.parametrize("seed", range(3))
def test_the_best_are_found_without_scoring_all(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    documents = [
        Document(
            url=f"https://x.example/{number}",
            title=chance.choice(WORDS) if seed == 2 and number % 40 == 0 else "",
            body=" ".join(chance.choices(WORDS[:5], [60, 30, 12, 3, 1], k=chance.randrange(1, 9))),
        )
        for number in range(900)
    ]
    engine = EmbeddedEngine(tmp_path / "index")
    with engine.rebuild() as writer:
        for each in documents:
            writer.put(each)
    snapshot = engine.snapshot()
    monkeypatch.setattr(pruning, "MANY", 0)
    monkeypatch.setattr(pruning, "SPARSE", 1)
    monkeypatch.setattr(Scores, "few", lambda *_: False)
    saved = 0
    for window in (100, 12):  # with the smaller, pairs lift documents from where not all are at hand
        monkeypatch.setattr(best, "WINDOW", window)
        monkeypatch.setattr(pruning, "WINDOW", window)
        for _ in range(25):
            words = chance.sample(WORDS[:5], chance.randrange(2, 5))
            found = translate(Or(tuple(Term(word) for word in words)), snapshot)
            hits, count = snapshot.hits(found.query), chance.choice([1, 3, 10, 20])
            if chance.random() < 0.5:
                hits = hits[::2].copy()
            expected, _ = best.ranked(Scores(found.wanted, snapshot, Lookup(snapshot)), hits, count)
            assert best.top_of(Scores(found.wanted, snapshot, Lookup(snapshot)), hits, count) == expected
            leading = pruning.leading(Scores(found.wanted, snapshot, Lookup(snapshot)), hits, count)
            if leading is not None:
                assert {number for number, _ in expected} <= set(leading.docs.tolist()) or window < 100
                saved += len(leading.docs) < len(hits)
    assert saved
    engine.close()


def test_both_versions_have_the_same_weights() -> None:
    for name in ("K1", "B", "TITLE", "K3", "PAIR", "WINDOW"):
        assert getattr(ranking, name) == getattr(plain, name)
    assert (recency.FRESH, recency.HALF) == (plain.FRESH, plain.HALF)


def test_recent_pages_are_preferred_gently(tmp_path: Path) -> None:
    engine = open_engine(f"whoosh:{tmp_path}/index")
    day = dt.date(2020, 1, 1)
    with engine.rebuild() as writer:
        for name, body, published in (
            ("old", "lamp fog fog fog", dt.date(2010, 1, 1)),
            ("new", "lamp fog fog fog", day),
            ("undated", "lamp fog fog fog", None),
            ("more", "lamp lamp lamp lamp", dt.date(2010, 1, 1)),
            ("typo", "moth", dt.date(2999, 1, 1)),
        ):
            writer.put(Document(f"https://{name}.example/", name, body, language="en", published=published))
    found = engine.search(Request(query=Term("lamp"), sort="fresh")).hits
    assert [hit.document.title for hit in found][:2] == ["more", "new"]  # four times as often is better than new
    (part,) = [part for part in found[1].explain if not part.body]
    assert (part.text, part.documents, part.score) == ("2020-01-01", None, pytest.approx(found[1].score / 6))
    assert "published 2020-01-01, and recent pages are preferred (17% of the score)" in list(reasons(found[1], 5))
    assert all(part.text != "" for hit in found for part in hit.explain)
    assert [len(hit.explain) for hit in found if hit.document.title == "undated"] == [1]
    everything = engine.search(Request(sort="fresh")).hits
    assert [hit.document.title for hit in everything][:2] == ["typo", "new"]
    engine.close()
