"""What is counted as captures are written is what counting all of them gives, and no page of the web counts them all."""

import datetime as dt
import random
from collections import Counter
from pathlib import Path

import pytest

from search.blocked import suspected
from search.document import Document
from search.ledger import Ledger
from search.records import Capture, Entry
from search.tallies import COUNTED

T0 = dt.datetime(2024, 5, 3, 14, tzinfo=dt.UTC)
HOSTS = ("https://quay.example", "https://www.quay.example", "http://deich.example:81", "file:///heap")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path, create=True)


def capture(
    number: int, state: str, status: int | None = 200, minute: int | None = None, host: str = "https://quay.example"
) -> tuple[Capture, Entry | None, bytes | None]:
    url = f"{host}/{number}"
    fetched = T0 + dt.timedelta(minutes=minute) if minute is not None else None
    reason = "" if state == "kept" else f"{state} it is"
    entry = None if state == "refused" else Entry(Document(url, f"T{number}", "x", kind="error" if state == "hidden" else "article"))
    return Capture(url, "f", f"{number:032}", fetched=fetched, status=status, state=state, reason=reason), entry, None


def is_exact(ledger: Ledger) -> bool:
    """Whether what was counted is what there is, and what was found of blocks what would be found now."""
    told = sorted(ledger._rows("SELECT host, state, reason, captures, empty FROM outcomes"))
    states = Counter[str]()
    for _, state, _, count, _ in told:
        states[state] += count
    empty = {host for host, *_, count in told if host and count}
    blocks = {host: suspected(ledger.survey.minutes_of(host)) for host in empty}
    assert sorted(ledger.survey.outcomes({host for host, *_ in told})) == told
    assert ledger.survey.totals() == states
    return told == sorted(ledger._rows(COUNTED)) and ledger.survey.stretches() == blocks


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_written_the_counts_are_exact(ledger: Ledger, seed: int) -> None:
    dice = random.Random(seed)
    for step in range(30):
        run = ledger.start_run()
        batch = [
            capture(dice.randrange(40), dice.choice(["kept", "hidden", "refused"]), dice.choice([200, 404, None]),
                    dice.choice([None, dice.randrange(60)]), dice.choice(HOSTS))
            for _ in range(dice.randrange(12))
        ]  # fmt: skip
        ledger.write(run, batch)
        match dice.randrange(5):
            case 0:
                ledger.forget(url=f"{dice.choice(HOSTS)}/{dice.randrange(40)}")
            case 1:
                ledger.vanish(run, "f")
            case 2:
                ledger.seen(run, [each for each, _, _ in batch])
            case 3:
                ledger.finish_run(run, {})
        assert is_exact(ledger), f"step {step}"


def blocked_site(ledger: Ledger) -> None:
    """40 captures a minute apart, of which the 31st to the 38th have no content."""
    run = ledger.start_run()
    ledger.write(run, [capture(n, "hidden" if n in range(30, 38) else "kept", minute=n) for n in range(40)])
    ledger.finish_run(run, {})


def test_a_block_is_found_once_and_again_when_a_capture_changes(ledger: Ledger) -> None:
    blocked_site(ledger)
    stored = "SELECT host, stretch IS NOT NULL FROM stretches"
    assert ledger._rows(stored) == [("quay.example", 1)]
    ledger.write(1, [capture(n, "kept", minute=n) for n in range(30, 38)])
    assert ledger._rows(stored) == []
    assert ledger.survey.stretches() == {}


def test_a_rehearsal_leaves_the_counts_as_they_were(ledger: Ledger) -> None:
    blocked_site(ledger)
    before = ledger.survey.outcomes(["quay.example"])
    with ledger.rehearsal():
        ledger.forget(site="quay.example")
        assert ledger.survey.outcomes(["quay.example"]) == []
    assert ledger.survey.outcomes(["quay.example"]) == before
    assert is_exact(ledger)


def test_a_ledger_of_before_is_counted_when_it_is_read_and_tallied_when_it_is_written(tmp_path: Path) -> None:
    with Ledger(tmp_path, create=True) as ledger:
        blocked_site(ledger)
        told, found = ledger.survey.outcomes(["quay.example"]), ledger.survey.stretches()
        for trigger in ("outcomes_more", "outcomes_less", "outcomes_other"):
            ledger._db.execute(f"DROP TRIGGER {trigger}")
        for table in ("outcomes", "stretches"):
            ledger._db.execute(f"DROP TABLE {table}")
    with Ledger(tmp_path) as ledger:
        assert (ledger.survey.outcomes(["quay.example"]), ledger.survey.stretches()) == (told, found)
        ledger.finish_run(1, {})
        assert ledger.forget(url="https://quay.example/1") == 1
    with Ledger(tmp_path, create=True) as ledger:
        assert ledger.counts()["captures"] == 39
        assert is_exact(ledger)


def test_captures_of_unknown_time_are_in_no_stretch(ledger: Ledger) -> None:
    batch = [capture(n, "hidden") for n in range(30)] + [capture(n, "kept", minute=n) for n in range(100, 140)]
    ledger.write(1, batch)
    ledger.seen(1, [each for each, _, _ in batch])  # SQLite then holds "" for what was NULL
    assert ledger.survey.stretches() == {"quay.example": None}
