"""The file that is the truth: every capture, its state, its article and its blocks, as plain records.

Invariant: an index can be made anew from here alone. Every change of what an index should hold gives its url a new
change number, in the transaction that makes the change; an engine remembers up to which number it has followed. So a
process killed at any instant leaves an engine behind, never beside, the ledger.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from search import groups, survey
from search.database import Connection, Database
from search.document import document_id
from search.errors import LedgerError
from search.records import (
    Capture,
    Change,
    Composed,
    Entry,
    Packed,
    Print,
    Source,
    as_day,
    as_time,
    document_in,
    from_blob,
    packed,
    stamp,
)

__all__ = ["Ledger", "data_folder", "digest", "engine_address", "of_site"]


def data_folder(given: str | None) -> Path:
    """The folder that `--data` names (its default is set by the command line), absolute."""
    return Path(given or "pagesift-data").absolute()


def engine_address(data: Path, given: str | None) -> str:
    """The engine that `--engine` names, else the embedded one beside the ledger."""
    return given or f"whoosh:{data / 'index'}"


def digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


class Ledger(Database):
    """The ledger of a data folder. Each thread has its own connection; one process writes, any number read."""

    # -- reading

    def captures(self, url: str) -> list[Capture]:
        """All captures of the url, newest first."""
        rows = self._rows(f"SELECT {_CAPTURE} FROM captures WHERE url = ? ORDER BY {_NEWEST}", (url,))
        return [_capture(row) for row in rows]

    def capture(self, capture_id: int) -> Capture | None:
        rows = self._rows(f"SELECT {_CAPTURE} FROM captures WHERE id = ?", (capture_id,))
        return _capture(rows[0]) if rows else None

    def known(self, file: str, url: str, digest: str) -> Capture | None:
        """The capture of these very bytes at this place, if it was read before."""
        rows = self._rows(
            f"SELECT {_CAPTURE} FROM captures WHERE file = ? AND url = ? AND digest = ?", (file, url, digest)
        )
        return _capture(rows[0]) if rows else None

    def winner(self, url: str) -> Capture | None:
        """The capture that stands in the index for this url."""
        number = self._one("SELECT winner FROM pages WHERE url = ?", (url,))
        return self.capture(number) if number is not None else None

    def url_of(self, page_id: str) -> str | None:
        """The url behind an id as in `/page/<id>`."""
        url: str | None = self._one("SELECT url FROM pages WHERE id = ?", (page_id,))
        return url

    def entry(self, capture_id: int) -> Entry | None:
        """What cleaning made of the capture; None where it was refused."""
        blob = self._one("SELECT entry FROM articles WHERE capture = ?", (capture_id,))
        return from_blob(blob) if blob is not None else None

    def removed(self) -> Iterator[tuple[str, str]]:
        """All that cleaning took away of any capture: (reason, text)."""
        for (blob,) in self._db.execute("SELECT entry FROM articles"):
            yield from from_blob(blob).removed

    def original(self, capture_id: int) -> bytes | None:
        """The page's bytes; None where the run kept none (`--no-originals`)."""
        blob = self._one("SELECT body FROM originals WHERE capture = ?", (capture_id,))
        return zlib.decompress(blob) if blob is not None else None

    def sources(self) -> list[Source]:
        """The sources read so far, in the order of their paths."""
        return [
            Source(path, json.loads(given), as_time(read), bool(whole))
            for path, given, read, whole in self._rows("SELECT path, fields, read, whole FROM sources ORDER BY path")
        ]

    def knows(self, path: str) -> bool:
        """Whether it is a source, or captures came from it or from below it."""
        sources = self._one("SELECT count(*) FROM sources WHERE path = ?", (path,))
        return bool(sources or self._one(f"SELECT EXISTS (SELECT 1 FROM captures WHERE {_UNDER})", _under(path)))

    def changes(self, engine: str, *, whole: bool = False) -> Iterator[Change]:
        """What the engine of this address has yet to follow (with `whole` all it should hold), oldest first."""
        since = 0 if whole else self.followed(engine)
        with self._readable():
            rows = self._db.execute(
                "SELECT change, url, entry FROM pages LEFT JOIN articles ON capture = winner AND head = url"
                " WHERE change > ? ORDER BY change",
                (since,),
            )
            for number, url, blob in rows:
                if blob is None:
                    yield Change(number, url, None)
                    continue
                document = dataclasses.replace(document_in(blob), also_at=self.groups.also_at(url))
                yield Change(number, url, document)

    def pending(self, engine: str) -> int:
        """How many urls `changes` would give."""
        return int(self._one("SELECT count(*) FROM pages WHERE change > ?", (self.followed(engine),)))

    def followed(self, engine: str) -> int:
        return int(self._one("SELECT followed FROM engines WHERE address = ?", (engine,)) or 0)

    def counts(self) -> dict[str, int]:
        """`captures`; `pages` that an index should hold; of these, `hidden` ones; `refused` captures."""
        captures = self.survey.totals()
        return {
            "captures": sum(captures.values()),
            "pages": self._one("SELECT count(*) FROM pages WHERE winner IS NOT NULL AND head = url"),
            "hidden": self._one("SELECT count(*) FROM pages WHERE winner IS NOT NULL AND head = url AND hidden"),
            "refused": captures.get("refused", 0),
        }

    @property
    def survey(self) -> survey.Survey:
        """What all captures together tell."""
        return survey.Survey(self._rows)

    @property
    def groups(self) -> groups.Groups:
        """What belongs together: sites and their templates, pages that are one article."""
        return groups.Groups(self._rows, self._transaction)

    def entries(self, url: str) -> list[tuple[Capture, Entry]]:
        """All captures of the url that have an article, newest first."""
        rows = self._rows(
            f"SELECT entry, {_CAPTURE} FROM captures JOIN articles ON capture = id WHERE url = ? ORDER BY {_NEWEST}",
            (url,),
        )
        return [(_capture(row), from_blob(blob)) for blob, *row in rows]

    def stale(self, cleaner: str) -> Iterator[Capture]:
        """Captures whose bytes are kept, and that other rules than these cleaned or whose article is damaged."""
        numbers = self._rows("SELECT id FROM captures JOIN originals ON capture = id ORDER BY id")
        for (number,) in numbers:
            capture = self.capture(number)
            if capture is not None and (capture.cleaner != cleaner or self._is_damaged(capture)):
                yield capture

    def _is_damaged(self, capture: Capture) -> bool:
        try:
            return self.entry(capture.id) is None and capture.state != "refused"
        except LedgerError:
            return True

    def check(self) -> list[str]:
        """What is wrong with the file, in sentences."""
        wrong = self.faults()
        broken = 0
        with self._readable():
            for (blob,) in self._db.execute("SELECT entry FROM articles"):
                try:
                    from_blob(blob)
                except LedgerError:
                    broken += 1
        if broken:
            wrong.append(f"{self.path}: {broken} article(s) cannot be read; `reindex --rebuild` cleans them again")
        return wrong

    # -- writing

    def start_run(self) -> int:
        """The number of a new run; captures seen in it carry this number."""
        with self._transaction() as db:
            number = db.execute("INSERT INTO runs (started) VALUES (?)", (stamp(_now()),)).lastrowid
        assert number is not None  # noqa: S101  an INSERT always has one
        return number

    def finish_run(self, run: int, report: Mapping[str, Any]) -> None:
        with self._transaction() as db:
            values = (stamp(_now()), json.dumps(report), run)
            db.execute("UPDATE runs SET finished = ?, report = ? WHERE id = ?", values)
            self._keep_stretches(db)

    def record_source(self, path: str, fields: Mapping[str, str], *, whole: bool) -> None:
        with self._transaction() as db:
            db.execute(
                "INSERT INTO sources VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET fields = excluded.fields,"
                " read = excluded.read, whole = excluded.whole",
                (path, json.dumps(dict(fields)), stamp(_now()), whole),
            )

    def drop_source(self, path: str) -> None:
        """It, and what lies below it, is not to be read again."""
        with self._transaction() as db:
            db.execute("DELETE FROM sources WHERE path = ? OR substr(path, 1, ?) = ?", _under(path))

    def write(self, run: int, batch: Iterable[tuple[Capture, Entry | None, bytes | None]]) -> None:
        """Record captures with what cleaning made of them and their bytes, all or nothing."""
        self.take(run, [packed(*each) for each in batch])

    def take(self, run: int, batch: Sequence[Packed]) -> None:
        """As `write`, of what was packed elsewhere."""
        with self._transaction() as db:
            for each in batch:
                capture = each.capture
                values = (
                    capture.file, capture.place, capture.url, capture.digest, stamp(capture.fetched),
                    capture.content_type, capture.status, capture.title, stamp(capture.published),
                    capture.state, capture.reason, capture.cleaner, run,
                )  # fmt: skip
                ((number,),) = db.execute(
                    "INSERT INTO captures (file, place, url, digest, fetched, content_type, status, title, published,"
                    " state, reason, cleaner, run) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
                    " ON CONFLICT DO UPDATE SET place = excluded.place, state = excluded.state,"
                    " reason = excluded.reason, cleaner = excluded.cleaner, run = excluded.run,"
                    " content_type = excluded.content_type, status = excluded.status, title = excluded.title,"
                    " published = excluded.published,"
                    " fetched = max(coalesce(fetched, ''), coalesce(excluded.fetched, '')) RETURNING id",
                    values,
                ).fetchall()
                _put_article(db, number, each)
                if each.original is not None:
                    db.execute("INSERT OR REPLACE INTO originals VALUES (?, ?)", (number, each.original))
            for url in {each.capture.url for each in batch}:
                self._elect(db, url, changed=True)

    def composed(self, batch: Iterable[Composed]) -> None:
        """Record what their sites' templates made of urls, and what these are compared by."""
        with self._transaction() as db:
            prints = []
            for each in batch:
                for packed in each.changed:
                    capture = packed.capture
                    _put_article(db, capture.id, packed)
                    values = (capture.state, capture.reason, capture.id)
                    db.execute("UPDATE captures SET state = ?, reason = ? WHERE id = ?", values)
                if each.changed:
                    self._elect(db, each.url, changed=True)
                shown = db.execute("SELECT winner FROM pages WHERE url = ? AND NOT hidden", (each.url,)).fetchall()
                prints += [next((each.prints[w] for (w,) in shown if w in each.prints), Print(each.url))]
            self.groups.printed(prints)

    def seen(self, run: int, captures: list[Capture]) -> None:
        """Captures met again unchanged: where they lie now, and fetched last, is noted."""
        with self._transaction() as db:
            for capture in captures:
                db.execute(
                    "UPDATE captures SET run = ?, place = ?, fetched = max(coalesce(fetched, ''), ?) WHERE id = ?",
                    (run, capture.place, stamp(capture.fetched) or "", capture.id),
                )
                self._elect(db, capture.url, changed=False)

    def vanishing(self, run: int, source: str) -> tuple[int, int]:
        """Of the source's pages in the index: how many `vanish` would take out, and how many there are."""
        gone = self._one(
            "SELECT count(*) FROM pages WHERE winner IS NOT NULL"
            f" AND url IN (SELECT url FROM captures WHERE {_UNDER} AND run <> ?)"
            " AND NOT EXISTS (SELECT 1 FROM captures WHERE captures.url = pages.url AND state <> 'refused'"
            f" AND NOT ({_UNDER} AND run <> ?))",
            (*_under(source), run, *_under(source), run),
        )
        there = self._one(
            "SELECT count(*) FROM pages WHERE winner IS NOT NULL AND url IN"
            f" (SELECT url FROM captures WHERE {_UNDER} AND state <> 'refused')",
            _under(source),
        )
        return int(gone), int(there)

    def vanish(self, run: int, source: str) -> int:
        """Drop the captures of a source read whole that this run did not meet; how many pages left the index."""
        gone, _ = self.vanishing(run, source)
        with self._transaction() as db:
            unmet, values = f"captures WHERE {_UNDER} AND run <> ?", (*_under(source), run)
            urls = db.execute(f"SELECT DISTINCT url FROM {unmet}", values).fetchall()
            db.execute(f"DELETE FROM {unmet}", values)
            for (url,) in urls:
                self._elect(db, url, changed=False)
                db.execute("UPDATE pages SET stage = ? WHERE url = ?", (groups.UNSETTLED, url))
        return gone

    def forget(self, *, url: str | None = None, site: str | None = None) -> int:
        """Take one url, or a host with all below it, out for good; how many captures went."""
        site = site.lower().removeprefix("www.").rstrip(".") if site else None
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", ("site", site) if site else ("url", url))
            known = db.execute("SELECT DISTINCT url FROM captures").fetchall()
            gone = 0
            for (each,) in known:
                if each == url or (site and of_site(each, site)):
                    gone += db.execute("DELETE FROM captures WHERE url = ?", (each,)).rowcount
                    self._elect(db, each, changed=False)
            self._keep_stretches(db)
        return gone

    def forgotten(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The urls and the sites that are never to be taken in again."""
        rows = self._rows("SELECT what, value FROM forgotten ORDER BY value")
        return frozenset(v for w, v in rows if w == "url"), tuple(v for w, v in rows if w == "site")

    def follow(self, engine: str, number: int) -> None:
        """The engine of this address has committed all changes up to this number."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO engines VALUES (?, ?)", (engine, number))

    def last_change(self) -> int:
        return int(self._one("SELECT coalesce(max(change), 0) FROM pages"))

    # -- inside

    def _keep_stretches(self, db: Connection) -> None:
        """So that those who read need not look for them; only hosts whose captures changed are looked at."""
        if self.survey.is_tallied():
            told = self.survey.stretches().items()
            rows = [(host, json.dumps(dataclasses.astuple(stretch)) if stretch else None) for host, stretch in told]
            db.executemany("INSERT OR IGNORE INTO stretches VALUES (?, ?)", rows)

    def _elect(self, db: Connection, url: str, *, changed: bool) -> None:
        """Choose the capture that stands for the url: the newest of a visible kind, else the newest at all."""
        row = db.execute(
            "SELECT id, state = 'hidden' FROM captures WHERE url = ? AND state <> 'refused'"
            f" ORDER BY state = 'hidden', {_NEWEST} LIMIT 1",
            (url,),
        ).fetchone()
        before = db.execute("SELECT winner FROM pages WHERE url = ?", (url,)).fetchone()
        if before is None and row is None:
            return
        winner, hidden = row or (None, 0)
        if before is not None and before[0] == winner and not (changed and winner is not None):
            return
        db.execute(
            "INSERT INTO pages VALUES (?, ?, ?, ?, (SELECT coalesce(max(change), 0) + 1 FROM pages), ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET winner = excluded.winner, hidden = excluded.hidden, change = excluded.change,"
            " stage = excluded.stage",
            (url, document_id(url), winner, hidden, groups.site_of(url), url, groups.UNSETTLED),
        )

def of_site(url: str, site: str) -> bool:
    """Whether the url's host is the site or lies below it."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return host == site or host.endswith("." + site)


_CAPTURE = "url, file, digest, place, fetched, content_type, status, title, published, state, reason, cleaner, id"
_NEWEST = "fetched DESC, file, digest"
#: The captures of a source: its own file, or all files below its folder.
_UNDER = "(file = ? OR substr(file, 1, ?) = ?)"


def _put_article(db: Connection, number: int, made: Packed) -> None:
    """What cleaning made of the capture of this number, and the marks of what it removed."""
    if made.article is None:
        db.execute("DELETE FROM articles WHERE capture = ?", (number,))
    else:
        db.execute("INSERT OR REPLACE INTO articles VALUES (?, ?)", (number, made.article))
    before = {mark for (mark,) in db.execute("SELECT mark FROM removed WHERE capture = ?", (number,))}
    gone, new = before.difference(made.marks), set(made.marks) - before
    db.executemany("DELETE FROM removed WHERE mark = ? AND capture = ?", [(mark, number) for mark in gone])
    db.executemany("INSERT INTO removed VALUES (?, ?)", [(mark, number) for mark in new])


def _under(source: str) -> tuple[str, int, str]:
    folder = source.rstrip("/") + "/"
    return source, len(folder), folder


def _capture(row: Sequence[Any]) -> Capture:
    url, file, digest, place, fetched, content_type, status, title, published, *others = row
    return Capture(
        url, file, digest, place, as_time(fetched), content_type, status, title, as_day(published), *others
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
