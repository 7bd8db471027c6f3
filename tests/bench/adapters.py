"""Pagesift as the benchmarks ask it; each section serves one of them. Imports no development extra."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from whoosh import query as wq

from search import Document, Request, open_engine
from search.analysis import term
from search.engines.embedded import EmbeddedEngine, building, kernels
from search.engines.embedded.best import ordered, top_of
from search.engines.embedded.ranking import Wanted, Word
from search.engines.embedded.scoring import Scores
from search.engines.embedded.translate import translate
from search.engines.embedded.vector import Lookup
from search.parser import parse
from search.query import Prefix
from search.spelling import Speller

# -- relevance: `make_search` for sentences and keyword lists

#: Addresses of the documents of a collection stand below it.
PLACE = "https://collection.example/"


def make_search(documents: Iterable[Mapping[str, str]]) -> Callable[[str, int], list[str]]:
    """The embedded engine over the collection, asked for any word; at most one page of 100 hits.

    Ties keep the order of the collection, as in the systems it is compared with: some collections hold copies, of which
    only one was judged.
    """
    folder = tempfile.TemporaryDirectory()
    engine = open_engine(f"whoosh:{folder.name}/index")
    places: dict[str, int] = {}
    with engine.rebuild() as writer:
        for each in documents:
            places[each["id"]] = len(places)
            writer.put(Document(PLACE + each["id"], each["title"], each["text"], language=each["lang"]))

    def search(query: str, k: int) -> list[str]:
        assert Path(folder.name).exists()  # as long as it is asked, the folder lives
        request = Request(query=parse(query).query, match="any", size=min(k, 100), facets=())
        found = [(-hit.score, hit.document.url.removeprefix(PLACE)) for hit in engine.search(request).hits]
        return [name for _, name in sorted(found, key=lambda each: (round(each[0], 9), places[each[1]]))]

    return search


# -- spelling


def make_corrector(vocabulary: Mapping[str, int]) -> Callable[[str], str | None]:
    return Speller.of(vocabulary.items()).correct


# -- speed: an engine beside native ones


#: Fewer hits are counted one by one, in Python: of 16, five facets take 6 us, where arrays take 25.
FEW = 100


def named(values: Any, counts: Any) -> dict[str, int]:
    """Every value that occurs and how often, as the peers hand them over."""
    if len(values) < 256:
        return {value: count for value, count in zip(values.tolist(), counts.tolist(), strict=True) if count}
    occurring = (counts != 0).nonzero()[0]
    return dict(zip(values.take(occurring).tolist(), counts.take(occurring).tolist(), strict=True))


def tally(values: list[str]) -> dict[str, int]:
    """The same of a few values; a Counter takes longer to make than to count with."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


class Pagesift:
    """The embedded engine below its parser, as its peers are asked: queries come as trees, hits go as numbers.

    The text is the body, without a title; beside it stand url and title, as in the peers. In one segment of one commit a
    document's number is the place in which it came, which is its id in the benchmark.
    """

    #: Other than those called "snowball": what is written in two (to-day) is also held as one.
    tokens: ClassVar[str] = "snowball, compounds"
    #: Its texts are stemmed as English whatever language they claim; so the language is counted as a tag.
    FACETS: ClassVar = {"site": "site", "section": "section", "author": "author", "lang": "tag", "month": "published"}

    def __init__(self) -> None:
        building.load()  # as modules are imported: before time is taken

    def build(self, documents: Iterable[Any], folder: Path) -> None:
        with open_engine(f"whoosh:{folder}/index").rebuild() as writer:
            for each in documents:
                writer.put(
                    Document(
                        each.url, "", each.full_text, each.site, each.section, (each.author,), "en", (each.lang,),
                        published=dt.date.fromisoformat(each.published),
                    )
                )  # fmt: skip

    def open(self, folder: Path) -> None:
        kernels.load()
        self.snapshot = snapshot = EmbeddedEngine(folder / "index").snapshot()
        found = {**snapshot.facets, "published": snapshot.months}
        self.facets = [
            (name, found[ours], np.array(found[ours].values, dtype=object)) for name, ours in self.FACETS.items()
        ]
        self.once = {name: dict.fromkeys(values.tolist(), 1) for name, _, values in self.facets}
        bounds = np.cumsum([0, *(len(values) for _, _, values in self.facets)])
        self.values = np.concatenate([values for _, _, values in self.facets])
        self.numbers = np.stack(
            [facet.numbers + start for (_, facet, _), start in zip(self.facets, bounds[:-1], strict=True)]
        )

    def query(self, q: Any, facets: bool) -> Any:
        from peers import Answer

        query, wanted = self._tree(q)
        snapshot = self.snapshot
        look = Lookup(snapshot)
        scores = Scores(wanted, snapshot, look)
        if q.kind == "or3" and not facets:
            return Answer([number for number, _ in top_of(scores, None, 10)])
        hits = snapshot.hits(query, look)
        top = ordered(scores, hits, "newest" if q.kind == "date" else "relevance", 10)
        if not facets:
            return Answer([number for number, _ in top])
        return Answer([number for number, _ in top], len(hits), self._counted(hits))

    def _counted(self, hits: Any) -> dict[str, dict[str, int]]:
        if len(hits) < FEW:
            held = self.values.take(self.numbers.take(hits, axis=1)).tolist()
            return {name: tally(values) for name, values in zip(self.FACETS, held, strict=True)}
        counted = self.snapshot.together.counted(hits, self.FACETS.values())
        return {name: self.named(name, values, counted[self.FACETS[name]].values) for name, _, values in self.facets}

    def named(self, name: str, values: Any, counts: Any) -> dict[str, int]:
        lacking = (counts == 0).nonzero()[0]
        if len(values) < 256 or 4 * len(lacking) > len(values):
            return named(values, counts)
        found = self.once[name].copy()  # has its size already: 2,000 values in 64 us instead of 92
        found.update(zip(self.once[name], counts.tolist(), strict=True))
        for value in values.take(lacking).tolist():
            del found[value]
        return found

    def _tree(self, q: Any) -> tuple[wq.Query, Wanted]:
        if q.kind == "prefix":
            translated = translate(Prefix(q.terms[0]), self.snapshot)
            return translated.query, translated.wanted
        words = [term(word, "en") for word in q.terms]
        wanted = Wanted(tuple(Word(word, (word,)) for word in words))
        terms = [wq.Term("body", word) for word in words]
        match q.kind:
            case "phrase":
                return wq.Phrase("body", words), wanted
            case "or3":
                return wq.Or(terms), wanted
            case "filter":
                return wq.And([*terms, wq.Term("at_site", q.site)]), wanted
            case _:
                return (wq.And(terms) if len(terms) > 1 else terms[0]), wanted


class PagesiftTop20(Pagesift):
    """Only the twenty most frequent authors, as a page shows them, and as `tantivy20` gives."""

    index: ClassVar[str] = "tests.bench.adapters:Pagesift"
    truncated: ClassVar[frozenset[str]] = frozenset({"author"})

    def named(self, name: str, values: Any, counts: Any) -> dict[str, int]:
        if name != "author":
            return named(values, counts)
        numbers = np.flatnonzero(counts)
        held = counts.take(numbers)
        first = np.argpartition(held, len(held) - 20)[-20:] if len(held) > 20 else slice(None)
        return dict(zip(values.take(numbers[first]).tolist(), held[first].tolist(), strict=True))
