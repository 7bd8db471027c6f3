"""A batch of changes as one Whoosh commit: in place, or as a new generation beside the one in use."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from whoosh.index import FileIndex, LockError

from search.document import Document, document_id
from search.engines.embedded.schema import SCHEMA, to_fields
from search.engines.embedded.storage import DurableStorage, current, new_generation, swap, tidy
from search.errors import Busy, DamagedIndex

__all__ = ["BatchWriter"]

MEMORY = 128  # MB of postings before Whoosh spills them


class BatchWriter:
    """See search.engine.Writer. `fresh` begins from nothing; `done` is called after the commit."""

    def __init__(self, root: Path, *, fresh: bool, done: Callable[[], None]) -> None:
        self._root, self._fresh, self._done = root, fresh, done
        self._here: dict[str, int] = {}  # id -> number in the segment that is being written

    def __enter__(self) -> Self:
        used = None if self._fresh else current(self._root)
        self._new = used is None
        self._folder = used or new_generation(self._root)
        storage = DurableStorage(self._folder)
        try:
            if self._new:
                index = FileIndex.create(storage, SCHEMA, "MAIN")
            else:
                tidy(self._folder)
                index = FileIndex(storage)
            self._writer: Any = index.writer(limitmb=MEMORY)
        except LockError:
            raise Busy(f"another process writes to the index in {self._root}; try again when it has finished") from None
        except Exception as error:
            raise DamagedIndex(f"{self._folder} cannot be opened ({error!r}): run `reindex --rebuild`") from error
        return self

    def put(self, document: Document) -> None:
        given = to_fields(document.validated())
        self._remove(document.id)
        self._here[document.id] = self._writer.docnum
        self._writer.add_document(**given)

    def delete(self, url: str) -> None:
        self._remove(document_id(url))

    def _remove(self, name: str) -> None:
        number = self._here.pop(name, None)
        if number is not None:
            self._writer.newsegment.delete_document(number)
        if not self._new:
            self._writer.delete_by_term("id", name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._writer.cancel()
            return
        self._writer.commit()
        if self._new:
            swap(self._root, self._folder)
        self._done()
