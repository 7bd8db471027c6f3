"""Pagesift as the benchmarks ask it; each section serves one of them. Imports no development extra."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from search import Document, Request, open_engine
from search.parser import parse
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
    return Speller(vocabulary.items()).correct
