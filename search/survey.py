"""What the ledger tells of many captures at once: how often a page was captured, what else holds a removed block.

Invariant: `removed` holds a row for each block of at least `LEAST` characters that was taken out of a capture.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from search.blocked import Stretch, suspected
from search.tallies import COUNTED, EMPTY, HOST

__all__ = ["INDEX", "LEAST", "SCHEMA", "LastRun", "Survey", "block_mark", "marks"]

SCHEMA = """
CREATE TABLE removed (mark INTEGER NOT NULL, capture INTEGER NOT NULL REFERENCES captures ON DELETE CASCADE,
    PRIMARY KEY (mark, capture)) WITHOUT ROWID;
CREATE INDEX removed_by_capture ON removed (capture);
"""

#: By it the captures of one host are found. Made where an earlier version made the ledger, too.
INDEX = f"CREATE INDEX IF NOT EXISTS captures_by_host ON captures ({HOST}, fetched, state, status)"

#: Characters below which a block is a word of a menu, not a banner to look for elsewhere.
LEAST = 20


def block_mark(text: str) -> int:
    """A number (63 bits) for a removed block; the same where only case, space and figures differ."""
    plain = re.sub(r"\d+", "0", " ".join(text.casefold().split()))
    return int.from_bytes(hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


def marks(texts: Iterable[str]) -> list[int]:
    """The marks to be kept of a capture's removed blocks."""
    return sorted({block_mark(text) for text in texts if len(text) >= LEAST})


@dataclass(frozen=True, slots=True)
class LastRun:
    """When the last run of `reindex` began and ended (ISO 8601, UTC; None: it did not), and its report."""

    started: str
    finished: str | None
    report: dict[str, Any]


class Survey:
    """The part of a ledger that looks over all of it; see `Ledger.survey`."""

    def __init__(self, rows: Callable[[str, tuple[Any, ...]], list[Any]]) -> None:
        self._rows = rows

    def captures_of(self, urls: Iterable[str]) -> dict[str, int]:
        """How many captures each url has."""
        wanted = tuple(urls)
        places = ", ".join("?" * len(wanted))
        statement = f"SELECT url, count(*) FROM captures WHERE url IN ({places}) GROUP BY url"  # noqa: S608  question marks
        return dict(self._rows(statement, wanted))

    def elsewhere(self, wanted: Iterable[int], url: str) -> set[int]:
        """Those of the marks that captures of other urls hold too."""
        found = set()
        for mark in set(wanted):
            rows = self._rows(
                "SELECT 1 FROM removed JOIN captures ON id = capture WHERE mark = ? AND url <> ? LIMIT 1", (mark, url)
            )
            found.update([mark] if rows else [])
        return found

    def holding(self, mark: int, limit: int) -> list[tuple[str, int]]:
        """(url, capture) of pages whose capture in the index lost this block, by url."""
        return self._rows(
            "SELECT url, winner FROM pages WHERE winner IN (SELECT capture FROM removed WHERE mark = ?)"
            " ORDER BY url LIMIT ?",
            (mark, limit),
        )

    def count_holding(self, mark: int) -> int:
        rows = self._rows(
            "SELECT count(*) FROM pages WHERE winner IN (SELECT capture FROM removed WHERE mark = ?)", (mark,)
        )
        return int(rows[0][0])

    def last_run(self) -> LastRun | None:
        """None where there was none."""
        rows = self._rows("SELECT started, finished, report FROM runs ORDER BY id DESC LIMIT 1", ())
        return LastRun(rows[0][0], rows[0][1], json.loads(rows[0][2] or "{}")) if rows else None

    def outcomes(self, hosts: Iterable[str]) -> list[tuple[str, str, str, int, int]]:
        """(host, state, reason, how many, of these without content) of the captures of these hosts."""
        wanted = tuple(hosts)
        places = ", ".join("?" * len(wanted))
        return self._tallied("host, state, reason, captures, empty", f"host IN ({places})", wanted)

    def totals(self) -> dict[str, int]:
        """How many captures are in each state."""
        return dict(self._tallied("state, sum(captures)", "1 GROUP BY state"))

    def _tallied(self, what: str, condition: str, values: tuple[str, ...] = ()) -> list[Any]:
        source = "outcomes" if self.is_tallied() else f"({COUNTED})"
        return self._rows(f"SELECT {what} FROM {source} WHERE {condition}", values)  # noqa: S608  our own words

    def is_tallied(self) -> bool:
        """Not so where an earlier version made the ledger and none of this one has written it."""
        return bool(self._rows("SELECT 1 FROM sqlite_master WHERE name = 'stretches'", ()))

    def stretches(self) -> dict[str, Stretch | None]:
        """The suspected block of each host with captures without content; looked for where it is not known."""
        known = self._rows("SELECT host, stretch FROM stretches", ()) if self.is_tallied() else []
        found = {host: Stretch(*json.loads(stretch)) if stretch else None for host, stretch in known}
        hosts = self._tallied("DISTINCT host", "host <> '' AND empty ORDER BY host")
        return {host: found[host] if host in found else suspected(self.minutes_of(host)) for (host,) in hosts}

    def minutes_of(self, host: str) -> list[tuple[str, int, int]]:
        """(minute in UTC, captures, of these without content) of a host, by time."""
        return self._rows(
            f"SELECT substr(fetched, 1, 16) AS minute, count(*), sum({EMPTY}) FROM captures"  # noqa: S608  ours
            f" WHERE {HOST} = ? AND fetched > '' GROUP BY minute ORDER BY minute",
            (host,),
        )

    def empty(self, host: str, limit: int) -> list[tuple[int, str, str | None, str]]:
        """(capture, url, when it was fetched, why it has no content) of a host, by time."""
        return self._rows(
            f"SELECT id, url, fetched, reason FROM captures WHERE {HOST} = ? AND {EMPTY}"  # noqa: S608  ours
            " ORDER BY fetched, id LIMIT ?",
            (host, limit),
        )

    def count_empty(self, host: str) -> int:
        """How many captures without content the host has."""
        rows = self._rows(f"SELECT count(*) FROM captures WHERE {HOST} = ? AND {EMPTY}", (host,))  # noqa: S608  ours
        return int(rows[0][0])
