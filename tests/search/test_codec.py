"""Stock Whoosh over our codec and over its own: the same hits, scores and groups, from the same documents."""

import random
from pathlib import Path
from typing import Any

import pytest
from whoosh import columns, fields, index
from whoosh import query as q

from search.engines.embedded.codec import ColumnarCodec

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"]

SCHEMA = fields.Schema(
    id=fields.ID(unique=True, stored=True),
    text=fields.TEXT(phrase=True),
    tags=fields.KEYWORD(),
    number=fields.NUMERIC(int, sortable=True, default=0, signed=False),
    many=fields.COLUMN(columns.RefBytesColumn()),
    group=fields.ID(sortable=True),
)

QUERIES = [
    q.Term("text", "alpha"),
    q.Term("text", "nowhere"),
    q.And([q.Term("text", "beta"), q.Term("text", "gamma")]),
    q.Or([q.Term("text", "beta"), q.Term("text", "eta"), q.Term("tags", "eta")]),
    q.AndNot(q.Every(), q.Term("text", "eta")),
    q.Not(q.Term("text", "alpha")),
    q.Phrase("text", ["alpha", "beta"]),
    q.Phrase("text", ["alpha", "beta", "eta"], slop=3),
    q.Prefix("text", "e"),
    q.Wildcard("text", "*ta"),
    q.FuzzyTerm("text", "alphx"),
    q.NumericRange("number", 100, 500),
    q.Every(),
]


def build(folder: Path, chance: random.Random, codec: ColumnarCodec | None, *, merge: bool) -> Any:
    """Four commits with deletions between them; `merge` makes one segment of all."""
    folder.mkdir()
    made = index.create_in(str(folder), SCHEMA)
    for batch in range(4):
        writer = made.writer(codec=codec) if codec else made.writer()
        for number in range(batch * 30, batch * 30 + 30):
            writer.add_document(
                id=f"{number:04d}",
                text=" ".join(chance.choices(WORDS, k=chance.randrange(40))),
                tags=" ".join(chance.sample(WORDS, 2)),
                number=chance.randrange(1, 900),
                many=chance.choice([b"x", b"y\x1fz", b"z"]),
                group=chance.choice("pqr"),
            )
        if batch:
            writer.delete_by_term("id", f"{chance.randrange(batch * 30):04d}")
        writer.commit(optimize=True) if merge and batch == 3 else writer.commit(merge=False)
    return index.open_dir(str(folder))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("merge", [False, True])
def test_whoosh_answers_as_over_its_own_files(seed: int, merge: bool, tmp_path: Path) -> None:
    own = build(tmp_path / "own", random.Random(seed), None, merge=merge)
    ours = build(tmp_path / "ours", random.Random(seed), ColumnarCodec(), merge=merge)
    assert len(ours._segments()) == (1 if merge else 4)
    with own.searcher() as one, ours.searcher() as other:
        for query in QUERIES:
            for limit in (5, None):
                found = [[(hit["id"], hit.score) for hit in s.search(query, limit=limit)] for s in (one, other)]
                assert found[0] == found[1], query
            for name in ("group", "many", "number"):
                groups = [s.search(query, groupedby=name, limit=None).groups(name) for s in (one, other)]
                assert groups[0] == groups[1], (query, name)


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    made = index.create_in(str(tmp_path), fields.Schema(text=fields.TEXT(chars=True)))
    writer = made.writer(codec=ColumnarCodec())
    writer.add_document(text="alpha")
    with pytest.raises(TypeError, match="not kept by this codec"):
        writer.commit()
