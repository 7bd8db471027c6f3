"""The ledger: what is written is read back, the newest capture wins, an engine can always catch up."""

import dataclasses
import datetime as dt
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from search.document import Document
from search.errors import Busy, LedgerError
from search.groups import site_of
from search.ledger import Ledger, digest, of_site
from search.records import Capture, Entry, from_blob, to_blob

ENGINE = "whoosh:somewhere"
T0 = dt.datetime(2019, 5, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "data", create=True)


def capture(url: str, text: str, file: str = "/heap/a.html", days: int = 0, state: str = "kept"):
    entry = Entry(Document(url=url, title=text, body=text)) if state != "refused" else None
    fetched = T0 + dt.timedelta(days=days)
    body = text.encode()
    return Capture(url=url, file=file, digest=digest(body), fetched=fetched, state=state, cleaner="1"), entry, body


def held(ledger: Ledger) -> dict[str, str]:
    """What an engine that starts from nothing would hold."""
    return {c.url: c.document.body for c in ledger.changes("other", whole=True) if c.document is not None}


def test_an_entry_is_read_back_equal() -> None:
    entry = Entry(
        Document(
            url="https://a.example/ü",
            title="\u2028 \x00 😀",
            body="שלום",
            authors=("A", "B"),
            tags=("t",),
            published=dt.date(2018, 2, 22),
            fetched=T0,
        ),
        title_by="derived",
        published_by="dateline",
        kind_reason="prose",
        removed=(("banner: jreject", "Error message"),),
        outline={"blocks": [{"text": "x", "path": ["p"]}]},
    )
    assert from_blob(to_blob(entry)) == entry


def test_captures_are_read_back_with_their_bytes(ledger: Ledger) -> None:
    written, entry, body = capture("https://a.example/", "one")
    ledger.write(ledger.start_run(), [(written, entry, body)])
    (found,) = ledger.captures("https://a.example/")
    assert found == dataclasses.replace(written, id=found.id)
    assert ledger.entry(found.id) == entry
    assert ledger.original(found.id) == body
    assert ledger.winner("https://a.example/") == found
    assert ledger.url_of(entry.document.id) == "https://a.example/"
    assert ledger.known(written.file, written.url, written.digest) == found


def test_the_newest_capture_wins_and_both_stay(ledger: Ledger) -> None:
    new, old = capture("u:1", "new", "/heap/b", days=9), capture("u:1", "old", "/heap/a")
    ledger.write(ledger.start_run(), [new, old])
    assert held(ledger) == {"u:1": "new"}
    assert [c.digest for c in ledger.captures("u:1")] == [digest(b"new"), digest(b"old")]


def test_a_newer_error_page_does_not_hide_an_article(ledger: Ledger) -> None:
    good, gone = capture("u:1", "good"), capture("u:1", "not found", "/heap/b", days=9, state="hidden")
    ledger.write(ledger.start_run(), [good, gone])
    assert held(ledger) == {"u:1": "good"}


def test_the_same_bytes_met_later_make_the_capture_newer(ledger: Ledger) -> None:
    first, second = capture("u:1", "a", "/heap/w"), capture("u:1", "b", "/heap/w", days=1)
    run = ledger.start_run()
    ledger.write(run, [first, second])
    known = ledger.known("/heap/w", "u:1", digest(b"a"))
    assert known is not None
    ledger.seen(run, [dataclasses.replace(known, fetched=T0 + dt.timedelta(days=5))])
    assert held(ledger) == {"u:1": "a"}


def test_changes_are_given_until_they_are_followed(ledger: Ledger) -> None:
    run = ledger.start_run()
    ledger.write(run, [capture("u:1", "one"), capture("u:2", "two")])
    assert ledger.pending(ENGINE) == 2
    changes = list(ledger.changes(ENGINE))
    ledger.follow(ENGINE, changes[-1].number)
    assert list(ledger.changes(ENGINE)) == []
    assert len(list(ledger.changes("whoosh:another"))) == 2
    ledger.write(run, [capture("u:2", "two, changed", days=1)])
    assert [(c.url, c.document and c.document.body) for c in ledger.changes(ENGINE)] == [("u:2", "two, changed")]


def test_what_its_source_no_longer_holds_vanishes(ledger: Ledger) -> None:
    first = ledger.start_run()
    ledger.write(first, [capture("u:1", "one"), capture("u:2", "two", "/heap/b"), capture("u:3", "x", "/heap2/c")])
    ledger.write(first, [capture("u:2", "two, elsewhere", "/else/b")])
    ledger.follow(ENGINE, ledger.last_change())
    second = ledger.start_run()
    ledger.write(second, [capture("u:4", "four", "/heap/d")])
    assert ledger.vanishing(second, "/heap") == (1, 3)
    assert ledger.vanish(second, "/heap") == 1
    assert held(ledger) == {"u:2": "two, elsewhere", "u:3": "x", "u:4": "four"}
    assert {c.url: c.document and c.document.body for c in ledger.changes(ENGINE)} == {"u:1": None, "u:4": "four"}


def test_a_changed_page_replaces_the_old_one(ledger: Ledger) -> None:
    ledger.write(ledger.start_run(), [capture("u:1", "old")])
    second = ledger.start_run()
    ledger.write(second, [capture("u:1", "new")])
    assert ledger.vanishing(second, "/heap/a.html") == (0, 1)
    assert ledger.vanish(second, "/heap/a.html") == 0
    assert held(ledger) == {"u:1": "new"}


def test_the_log_cannot_be_emptied_while_it_is_read(ledger: Ledger) -> None:
    ledger.write(ledger.start_run(), [capture("u:1", "secret")])
    ledger._db.execute("PRAGMA busy_timeout = 1")
    log = ledger.path.with_name("ledger.sqlite-wal")
    with sqlite3.connect(ledger.path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM captures").fetchone()
        ledger.forget(url="u:1")
        with pytest.raises(Busy, match="is being read; try again"):
            ledger.empty_log()
        assert log.stat().st_size
    ledger.empty_log()
    assert not log.stat().st_size


def test_forgetting_takes_all_captures_for_good(ledger: Ledger) -> None:
    urls = ["https://a.example/1", "https://b.a.example/2", "https://ba.example/3", "https://www.a.example/4"]
    ledger.write(ledger.start_run(), [capture(url, url) for url in urls])
    assert ledger.forget(site="A.example") == 3
    assert list(held(ledger)) == ["https://ba.example/3"]
    assert ledger.forget(url="https://ba.example/3") == 1
    assert held(ledger) == {}
    assert ledger.forgotten() == ({"https://ba.example/3"}, ("a.example",))
    assert b"https://ba.example/3" not in b"".join(
        row[0] for row in sqlite3.connect(ledger.path).execute("SELECT body FROM originals")
    )


@pytest.mark.parametrize(
    ("url", "site", "answer"),
    [
        ("https://www.a.example/x", "a.example", True),
        ("https://A.EXAMPLE:8080/x", "a.example", True),
        ("https://x.a.example/", "a.example", True),
        ("https://xa.example/", "a.example", False),
        ("https://[broken/", "a.example", False),
        ("file:///a.example", "a.example", False),
    ],
)
def test_hosts_below_a_site_are_of_it(url: str, site: str, answer: bool) -> None:
    assert of_site(url, site) is answer


def test_two_writers_exclude_each_other(ledger: Ledger) -> None:
    with ledger.exclusive(), pytest.raises(Busy, match="another reindex"), Ledger(ledger.data).exclusive():
        raise AssertionError("both hold the folder")
    with ledger.exclusive():
        pass


def test_a_rehearsal_leaves_nothing(ledger: Ledger) -> None:
    with ledger.rehearsal():
        ledger.write(ledger.start_run(), [capture("u:1", "one")])
        assert held(ledger) == {"u:1": "one"}
    assert held(ledger) == {}
    assert ledger.counts()["captures"] == 0


def test_a_batch_is_written_whole_or_not_at_all(ledger: Ledger) -> None:
    good = capture("u:1", "one")
    broken = (good[0], Entry(Document(url="u:2", title=object(), body="")), None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ledger.write(ledger.start_run(), [good, broken])
    assert ledger.counts()["captures"] == 0


def test_what_is_no_ledger_is_said(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="reindex SOURCE"):
        Ledger(tmp_path)
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(LedgerError, match="not a ledger"):
        Ledger(tmp_path)


def test_check_finds_a_broken_article(ledger: Ledger) -> None:
    ledger.write(ledger.start_run(), [capture("u:1", "one")])
    assert ledger.check() == []
    other = sqlite3.connect(ledger.path)
    with other:
        other.execute("UPDATE articles SET entry = x'00'")
    assert any("1 article" in line for line in ledger.check())


def test_a_page_that_stands_for_others_names_them(ledger: Ledger) -> None:
    ledger.write(ledger.start_run(), [capture("u:1", "one"), capture("u:2", "one", "/heap/b"), capture("u:3", "x", "/heap/c")])
    ledger.groups.clustered({"u:1": "u:1", "u:2": "u:1"})
    given = {change.url: change.document for change in ledger.changes(ENGINE)}
    assert given["u:1"] is not None
    assert given["u:1"].also_at == ("u:2",)
    assert given["u:2"] is None
    assert ledger.counts()["pages"] == 2
    ledger.follow(ENGINE, ledger.last_change())
    ledger.groups.clustered({"u:1": "u:1", "u:2": "u:2", "u:3": "u:3"})
    assert {c.url: c.document and c.document.also_at for c in ledger.changes(ENGINE)} == {"u:1": (), "u:2": ()}


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.a.example:8080/x", "a.example"),
        ("file:///heap/texts/a.txt", "file:/heap/texts"),
        ("https://[broken/", ""),
        ("u:1", ""),
    ],
)
def test_pages_of_a_host_or_a_folder_are_a_site(url: str, site: str) -> None:
    assert site_of(url) == site


HOSTS = ("https://www.quay.example", "http://quay.example", "https://quay.example:81", "HTTPS://deich.example", "file:///heap")


def test_a_host_is_surveyed_alone_as_all_are(ledger: Ledger) -> None:
    for number in range(60):
        state = "hidden" if number % 3 == 0 else "kept"
        url = f"{HOSTS[number % 5]}/{number}"
        ledger.write(1, [capture(url, url, days=number // 20, state=state)])
    survey = ledger.survey
    empty = Counter[str]()
    names = ["quay.example", "quay.example:81", "deich.example", "", "else.example"]
    for host, _, _, _, count in survey.outcomes(names):
        empty[host] += count
    assert set(empty) == {*names} - {"else.example"}
    assert set(survey.stretches()) == {*empty} - {""}
    for host in empty:
        assert survey.count_empty(host) == empty[host] == len(survey.empty(host, 100)) > 0
        assert sum(found for _, _, found in survey.minutes_of(host)) == empty[host]
    assert survey.count_empty("else.example") == 0
    assert survey.minutes_of("else.example") == []


def test_the_captures_of_a_host_are_found_by_an_index(tmp_path: Path) -> None:
    with Ledger(tmp_path, create=True) as ledger:
        ledger._db.execute("DROP INDEX captures_by_host")  # as in a ledger that an earlier version made
    with Ledger(tmp_path, create=True) as ledger:
        asked: list[str] = []
        ledger._db.set_trace_callback(asked.append)
        ledger.survey.count_empty("quay.example")
        ledger.survey.minutes_of("quay.example")
        ledger.survey.empty("quay.example", 5)
        ledger._db.set_trace_callback(None)
        plans = [str(ledger._rows(f"EXPLAIN QUERY PLAN {statement}")) for statement in asked]
    assert len(plans) == 3
    assert all("SEARCH captures USING INDEX captures_by_host" in plan for plan in plans), plans
