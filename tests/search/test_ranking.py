"""The ranking agrees with its plain version, to the last tie, and keeps the order it promises."""

import random
from pathlib import Path

import pytest

from search import Document, Request, open_engine
from search.engines.embedded import ranking
from search.query import Or, Term
from tests.search import plain_ranking as plain

pytestmark = pytest.mark.usefixtures("loops")

WORDS = ["lamps", "keeper", "stairs", "moth", "harbour", "fog", "island", "the"]


def some_document(chance: random.Random, number: int) -> Document:
    return Document(
        url=f"https://x.example/{number}",
        title=" ".join(chance.choices(WORDS, k=chance.randrange(4))),
        body=" ".join(chance.choices(WORDS, k=chance.randrange(300))),
        language=chance.choice(["en", "de", "", "xx"]),
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
        expected = plain.plain_ranking(documents[10:], words)
        query = Or(tuple(Term(word) for word in words))
        pages = [engine.search(Request(query=query, size=100, page=page, facets=())) for page in (1, 2)]
        found = [hit for page in pages for hit in page.hits]
        assert [hit.document.id for hit in found] == [name for name, _ in expected], words
        assert [hit.score for hit in found] == pytest.approx([score for _, score in expected], abs=1e-9)
        for hit in found[::9]:
            assert sum(part.score for part in hit.explain) == pytest.approx(hit.score)
    engine.close()


def test_both_versions_have_the_same_weights() -> None:
    for name in ("K1", "B", "TITLE", "K3", "PAIR", "WINDOW"):
        assert getattr(ranking, name) == getattr(plain, name)
