"""What the web asks: the engine, and the ledger beside it. Both may come, go and change while the server runs."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from flask import current_app

from search.engine import Engine, open_engine
from search.ledger import Ledger, engine_address
from search.results import Request

__all__ = ["Collection", "collection"]


@dataclass(frozen=True, slots=True)
class Collection:
    """A data folder and the engine that answers for it, by its address as the ledger knows it."""

    data: Path
    engine: Engine
    address: str

    @classmethod
    def opened(cls, data: Path, engine: str | None) -> Self:
        """BadAddress where the address names no engine; an index that is not there yet is no error."""
        address = engine_address(data.absolute(), engine)
        return cls(data, open_engine(address), address)

    @contextlib.contextmanager
    def ledger(self) -> Iterator[Ledger | None]:
        """The ledger, or None where the folder holds none. Opened anew each time, as it may have been replaced."""
        if not (self.data / "ledger.sqlite").exists():
            yield None
            return
        with Ledger(self.data) as ledger:
            yield ledger

    def size(self) -> int:
        """Pages that can be found, hidden kinds left out. NoIndex or DamagedIndex where it cannot be told."""
        return self.engine.search(Request(size=0, facets=())).total


def collection() -> Collection:
    """The collection of the application that answers now."""
    found: Collection = current_app.extensions["collection"]
    return found
