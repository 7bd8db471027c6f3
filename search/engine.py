"""What an engine is, and which one an address names.

Every engine passes `tests/search/test_engine_contract.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from search.document import Document
from search.errors import BadAddress
from search.results import Listed, Listing, Request, Results

if TYPE_CHECKING:
    from search.spelling import Speller

__all__ = ["Engine", "Suggestions", "Writer", "open_engine"]


class Writer(Protocol):
    """A batch of changes: committed on a clean exit, dropped whole on an exception."""

    def put(self, document: Document) -> None:
        """Add the document, replacing the one of its url. BadDocument leaves the batch as it was."""

    def delete(self, url: str) -> None:
        """Take the document of this url out; nothing happens where there is none."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Suggestions(Protocol):
    """Out of the words, phrases and titles of one state of an index."""

    @property
    def speller(self) -> "Speller": ...

    def phrases(self, start: str, limit: int) -> list[str]:
        """Frequent phrases that begin so (folded words, a space between two) and go on, most frequent first."""

    def beside(self, word: str, others: Sequence[str]) -> list[int]:
        """How many documents hold each of the others together with this word (all folded)."""

    def titles(self, words: Sequence[str], start: str, limit: int) -> list[str]:
        """Different titles of pages of visible kinds that hold these words and one that begins so (all folded)."""


class Engine(Protocol):
    """An index that can be searched and written. Safe to share between threads."""

    def search(self, request: Request) -> Results:
        """Ranked hits with exact total and facet counts. NoIndex or DamagedIndex where it cannot.

        StaleCursor where `after` speaks of another generation than the present one.
        """

    def every(self, request: Request) -> Iterator[Document]:
        """The documents of all hits in their order, from one state of the index whatever is committed meanwhile.

        Those with most of the words only are left out; `page`, `size`, `after` and `facets` do not count. One document
        is in memory at a time. NoIndex or DamagedIndex at once, not with the first document.
        """

    def values(self, request: Request, facet: str, listing: Listing) -> Listed:
        """Values of one facet (but `published`) among the hits, its own wanted values left aside, with exact counts.

        `page`, `size`, `after` and `facets` of the request do not count.
        """

    def get(self, document_id: str) -> Document | None:
        """The document of this id, or None."""

    def generation(self) -> str:
        """Names the present state of the index; changes with every commit."""

    def vocabulary(self, start: str) -> Iterator[tuple[str, int]]:
        """Words of title and body that begin so, as written but folded, and how many documents hold each; in order."""

    def suggestions(self) -> Suggestions:
        """What the present state offers for words that are wrong or not yet whole."""

    def writer(self) -> Writer:
        """A batch that changes the present index in place."""

    def rebuild(self) -> Writer:
        """A batch that starts from nothing beside the present index and replaces it by one rename."""

    def drop_earlier(self) -> None:
        """Take from the disk what a rebuild left of the index before, for those who read it; they may go on."""

    def mend(self) -> None:
        """Make anew what is lost or damaged and searches can do without."""

    def check(self) -> list[str]:
        """What is wrong with the index, in sentences; empty where all is well."""

    def prepare(self) -> None:
        """Said by a process that will answer many queries: what makes them faster is loaded meanwhile."""

    def close(self) -> None: ...


def _embedded(rest: str) -> Engine:
    from search.engines.embedded import EmbeddedEngine  # heavy: only the engine asked for is imported

    return EmbeddedEngine(Path(rest))


_ENGINES: dict[str, Callable[[str], Engine]] = {"whoosh": _embedded}


def open_engine(url: str) -> Engine:
    """`whoosh:DIR` -> the engine over this directory; a directory that does not exist yet is an empty index.

    BadAddress names the addresses that are understood.
    """
    scheme, colon, rest = url.partition(":")
    if not colon or scheme not in _ENGINES or not rest:
        known = ", ".join(f"{name}:..." for name in _ENGINES)
        raise BadAddress(f"no engine for {url!r}; engines are addressed as {known}")
    return _ENGINES[scheme](rest)
