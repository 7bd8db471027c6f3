"""What the web asks: the engine, and the ledger beside it. Both may come, go and change while the server runs."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from flask import current_app

from search.engine import Engine, open_engine
from search.ledger import Ledger, engine_address
from search.results import Request

__all__ = ["Collection", "collection"]


class _Held:
    """A ledger that stays open as long as the file is the same: opening one costs as much as ten of its answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: tuple[int, int] | None = None
        self._ledger: Ledger | None = None

    def ledger(self, data: Path) -> Ledger | None:
        """That of the folder, or None where there is none now. LedgerError where it cannot be read."""
        try:
            found = (data / "ledger.sqlite").stat()
        except FileNotFoundError:
            self._of = self._ledger = None
            return None
        with self._lock:
            if self._ledger is None or self._of != (found.st_dev, found.st_ino):
                self._ledger = None  # threads that still read it keep it; it is closed with the last of them
                self._ledger = Ledger(data)
                self._of = found.st_dev, found.st_ino
            return self._ledger


@dataclass(frozen=True, slots=True)
class Collection:
    """A data folder and the engine that answers for it, by its address as the ledger knows it."""

    data: Path
    engine: Engine
    address: str
    _held: _Held = field(default_factory=_Held, repr=False, compare=False)

    @classmethod
    def opened(cls, data: Path, engine: str | None) -> Self:
        """BadAddress where the address names no engine; an index that is not there yet is no error."""
        address = engine_address(data.absolute(), engine)
        return cls(data, open_engine(address), address)

    @property
    def ledger(self) -> Ledger | None:
        """The ledger, or None where the folder holds none. It may be another the next time, as it can be replaced.
        LedgerError where it cannot be read."""
        return self._held.ledger(self.data)

    def size(self) -> int:
        """Pages that can be found, hidden kinds left out. NoIndex or DamagedIndex where it cannot be told."""
        return self.engine.search(Request(size=0, facets=())).total


def collection() -> Collection:
    """The collection of the application that answers now."""
    found: Collection = current_app.extensions["collection"]
    return found
