"""Which pages belong together: those of one site, by its template, and those that are one article, by its head.

Invariant: each page has a stage; what changes a page sets it back to UNSETTLED, and only a transaction that has done
the whole work of a stage moves it on. So a process killed at any instant leaves work to do, never work done wrongly.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from search.records import Entry, Print, as_day, from_blob, stamp

__all__ = ["BANDS", "PRINTED", "SCHEMA", "SETTLED", "UNSETTLED", "Groups", "site_of"]

#: Stages of a page: its site's template is to be learnt or applied; its cluster is to be found; nothing is to be done.
UNSETTLED, PRINTED, SETTLED = 0, 2, 3
#: Parts of a 64-bit SimHash. Two that differ in three bits have one of four parts in common.
BANDS = 4

SCHEMA = """
CREATE TABLE templates (site TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE prints (
    url TEXT PRIMARY KEY, exact TEXT NOT NULL, simhash TEXT NOT NULL, words INTEGER NOT NULL, title TEXT NOT NULL,
    published TEXT, canonical TEXT NOT NULL, b0 INTEGER NOT NULL, b1 INTEGER NOT NULL, b2 INTEGER NOT NULL,
    b3 INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX prints_by_exact ON prints (exact);
CREATE INDEX prints_by_canonical ON prints (canonical);
CREATE INDEX prints_by_b0 ON prints (b0);
CREATE INDEX prints_by_b1 ON prints (b1);
CREATE INDEX prints_by_b2 ON prints (b2);
CREATE INDEX prints_by_b3 ON prints (b3);
CREATE INDEX pages_by_site ON pages (site, id);
CREATE INDEX pages_by_stage ON pages (stage, site);
CREATE INDEX pages_by_head ON pages (head);
"""


def site_of(url: str) -> str:
    """The host without `www.`; of a file, its folder; "" where there is neither."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return host or (f"file:{parts.path.rpartition('/')[0]}" if parts.scheme == "file" else "")


class Groups:
    """The part of a ledger that tells what belongs together; see `Ledger.groups`."""

    def __init__(
        self,
        rows: Callable[[str, tuple[Any, ...]], list[Any]],
        transaction: Callable[[], AbstractContextManager[Any]],
    ) -> None:
        self._rows, self._transaction = rows, transaction

    # -- sites

    def sites(self, stage: int) -> list[str]:
        """The sites that have pages at this stage."""
        rows = self._rows("SELECT DISTINCT site FROM pages WHERE stage = ? ORDER BY site", (stage,))
        return [site for (site,) in rows]

    def unsettled(self, size: int) -> Iterator[list[tuple[str, str]]]:
        """(site, url) of all UNSETTLED pages, by site, in lists of this size. Each may be settled when it was given."""
        last = ("", "")
        statement = "SELECT site, url FROM pages WHERE stage = ? AND (site, url) > (?, ?) ORDER BY site, url LIMIT ?"
        while rows := self._rows(statement, (UNSETTLED, *last, size)):
            yield rows
            last = rows[-1]

    def count(self, stage: int) -> int:
        """How many pages are at this stage."""
        ((count,),) = self._rows("SELECT count(*) FROM pages WHERE stage = ?", (stage,))
        return int(count)

    def size(self, site: str) -> int:
        """How many pages of the site an index should hold."""
        ((count,),) = self._rows("SELECT count(*) FROM pages WHERE site = ? AND winner IS NOT NULL", (site,))
        return int(count)

    def sample(self, site: str, size: int) -> Iterator[Entry]:
        """An entry of each of `size` pages of the site, chosen by the hash of their addresses.

        Of a page that was captured more than once it is the one of the least digest: a choice that no later run changes
        by meeting the same captures again.
        """
        urls = self._rows(
            "SELECT url FROM pages WHERE site = ? AND winner IS NOT NULL ORDER BY id LIMIT ?", (site, size)
        )
        one = "SELECT entry FROM captures JOIN articles ON capture = id WHERE url = ? ORDER BY digest, file LIMIT 1"
        for url in urls:
            for (blob,) in self._rows(one, url):
                yield from_blob(blob)

    def template(self, site: str) -> Mapping[str, Any] | None:
        """What was learnt of the site: the record that `learnt` was given."""
        rows = self._rows("SELECT record FROM templates WHERE site = ?", (site,))
        return json.loads(rows[0][0]) if rows else None

    def templates(self) -> list[str]:
        """The sites that have one."""
        return [site for (site,) in self._rows("SELECT site FROM templates ORDER BY site", ())]

    def learnt(self, site: str, record: Mapping[str, Any]) -> None:
        """Keep the site's template; where it is another than before, all the site's pages are to be composed anew."""
        if record == self.template(site):
            return
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO templates VALUES (?, ?)", (site, json.dumps(record, ensure_ascii=False)))
            db.execute("UPDATE pages SET stage = ? WHERE site = ?", (UNSETTLED, site))

    # -- clusters

    def also_at(self, url: str) -> tuple[str, ...]:
        """The other pages that are the same article as this one."""
        rows = self._rows(
            "SELECT url FROM pages WHERE head = (SELECT head FROM pages WHERE url = ?) AND url <> ?"
            " AND winner IS NOT NULL ORDER BY url",
            (url, url),
        )
        return tuple(other for (other,) in rows)

    def printed(self, prints: Iterable[Print]) -> None:
        """Keep the prints of pages, which are PRINTED then."""
        with self._transaction() as db:
            for each in prints:
                bands = [int(each.simhash[4 * n : 4 * n + 4], 16) for n in range(BANDS)]
                known = (each.url, each.exact, each.simhash, each.words, each.title)
                values = (*known, stamp(each.published), each.canonical, *bands)
                db.execute("INSERT OR REPLACE INTO prints VALUES (?,?,?,?,?,?,?,?,?,?,?)", values)
                db.execute("UPDATE pages SET stage = ? WHERE url = ?", (PRINTED, each.url))

    def print_of(self, url: str) -> Print | None:
        """The page's print; None where it has none to compare, as what is hidden, gone or without words."""
        found = self._prints("url = ?", (url,))
        return found[0] if found else None

    def sharing(self, part: str, value: str | int) -> list[Print]:
        """The prints that have this in common: the text (`exact`), `canonical`, or a part of the SimHash (`b0` ...)."""
        return self._prints(f"{part} = ?", (value,))

    def _prints(self, condition: str, values: tuple[Any, ...]) -> list[Print]:
        rows = self._rows(
            "SELECT url, exact, simhash, words, title, published, canonical FROM prints"
            f" WHERE words > 0 AND {condition}",
            values,
        )
        return [
            Print(url, exact, simhash, words, title, as_day(published), canonical)
            for url, exact, simhash, words, title, published, canonical in rows
        ]

    def cluster(self, url: str) -> list[str]:
        """The pages that were last found to be one article with this one, itself too."""
        rows = self._rows("SELECT url FROM pages WHERE head = (SELECT head FROM pages WHERE url = ?)", (url,))
        return [each for (each,) in rows]

    def unclustered(self, limit: int) -> list[str]:
        """PRINTED pages."""
        return [url for (url,) in self._rows("SELECT url FROM pages WHERE stage = ? LIMIT ?", (PRINTED, limit))]

    def clustered(self, heads: Mapping[str, str]) -> None:
        """These pages stand for themselves or for others: url -> url of the head. They are settled.

        What an index should hold changes for each page that gets another head, and each head that gets or loses pages.
        """
        with self._transaction() as db:
            for url in _moved(heads, {url: self.head(url) for url in heads}):
                db.execute("UPDATE pages SET change = (SELECT max(change) + 1 FROM pages) WHERE url = ?", (url,))
            db.executemany(
                "UPDATE pages SET head = ?1, stage = ?2 WHERE url = ?3 AND (head <> ?1 OR stage <> ?2)",
                ((head, SETTLED, url) for url, head in heads.items()),
            )

    def head(self, url: str) -> str:
        """The page that stands in the index for this one; the page itself where no other does."""
        rows = self._rows("SELECT head FROM pages WHERE url = ?", (url,))
        return rows[0][0] if rows else url


def _moved(now: Mapping[str, str], before: Mapping[str, str]) -> list[str]:
    """The pages whose own head changed, and the heads old and new of those."""
    moved = [url for url in now if now[url] != before[url]]
    return sorted({*moved, *(now[url] for url in moved), *(before[url] for url in moved if before[url] in now)})
