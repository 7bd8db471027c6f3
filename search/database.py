"""The ledger's file: made, opened, held against other writers, read and written in whole transactions.

Invariant: what a transaction writes is on the disk, all of it or nothing, whenever the process dies.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from search import groups, survey, tallies
from search.errors import Busy, LedgerError

__all__ = ["Connection", "Database"]

Connection = sqlite3.Connection

VERSION = 2

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (path TEXT PRIMARY KEY, fields TEXT NOT NULL, read TEXT, whole INTEGER NOT NULL DEFAULT 0)
    WITHOUT ROWID;
CREATE TABLE captures (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL, place TEXT NOT NULL, url TEXT NOT NULL, digest TEXT NOT NULL,
    fetched TEXT, content_type TEXT, status INTEGER, title TEXT, published TEXT,
    state TEXT NOT NULL, reason TEXT NOT NULL, cleaner TEXT NOT NULL, run INTEGER NOT NULL,
    UNIQUE (file, url, digest));
CREATE INDEX captures_by_url ON captures (url);
CREATE TABLE articles (capture INTEGER PRIMARY KEY REFERENCES captures ON DELETE CASCADE, entry BLOB NOT NULL);
CREATE TABLE originals (capture INTEGER PRIMARY KEY REFERENCES captures ON DELETE CASCADE, body BLOB NOT NULL);
CREATE TABLE pages (url TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, winner INTEGER, hidden INTEGER NOT NULL,
    change INTEGER NOT NULL, site TEXT NOT NULL, head TEXT NOT NULL, stage INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX pages_by_change ON pages (change);
CREATE TABLE engines (address TEXT PRIMARY KEY, followed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE forgotten (what TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (what, value)) WITHOUT ROWID;
CREATE TABLE runs (id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, report TEXT);
"""


class Database:
    """That of a data folder. Each thread has its own connection; one process writes, any number read."""

    def __init__(self, data: Path, *, create: bool = False) -> None:
        """LedgerError where there is none (unless `create`) or it is not one of ours."""
        self.data = data
        self.path = data / "ledger.sqlite"
        self._lock = FileLock(data / "reindex.lock")
        self._local = threading.local()
        if not self.path.exists():
            if not create:
                raise LedgerError(f"there is no ledger in {data}: run `reindex SOURCE --data {data}` first")
            try:
                data.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise LedgerError(f"cannot make the data folder {data}: {error.strerror}") from None
        try:
            if create:
                self._create()
        except sqlite3.DatabaseError as error:
            raise LedgerError(f"{self.path} is not a ledger that can be read ({error})") from error
        version = self._one("SELECT value FROM meta WHERE key = 'version'")
        if version != str(VERSION):
            raise LedgerError(f"{self.path} is of version {version}; this program reads {VERSION}")

    def _create(self) -> None:
        with self._transaction() as db:
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
                for statement in (_SCHEMA + groups.SCHEMA + survey.SCHEMA).split(";"):
                    db.execute(statement)
                db.execute("INSERT INTO meta VALUES ('version', ?)", (str(VERSION),))
            db.execute(survey.INDEX)  # in a ledger of before as well, and so
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'stretches'").fetchone() is None:
                for statement in tallies.SCHEMA:
                    db.execute(statement)

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the data folder for writing; Busy where another process does. The kernel frees it on any death."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise Busy(
                f"another reindex is at work on {self.data}; wait until it has finished, or stop it, and try again"
            ) from None
        try:
            yield
        finally:
            self._lock.release()

    @contextlib.contextmanager
    def rehearsal(self) -> Iterator[None]:
        """What is written inside is undone at the end."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def empty_log(self) -> None:
        """Take what was deleted out of SQLite's write-ahead log too; Busy where somebody reads the ledger all along."""
        if self._one("PRAGMA wal_checkpoint(TRUNCATE)"):
            raise Busy(f"what was deleted still stands in {self.path}-wal, which is being read; try again")

    def faults(self) -> list[str]:
        """What is wrong with the file itself, in sentences."""
        return [f"{self.path}: {row[0]}" for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]

    def close(self) -> None:
        """Close this thread's connection."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _db(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            self._local.connection = connection
        return connection

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Connection]:
        db = self._db
        if db.in_transaction:  # a rehearsal
            yield db
            return
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with self._readable():
            return self._db.execute(statement, values).fetchall()

    def _one(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        with self._readable():
            row = self._db.execute(statement, values).fetchone()
        return row[0] if row is not None else None

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise LedgerError(f"{self.path} is not a ledger that can be read ({error})") from error
