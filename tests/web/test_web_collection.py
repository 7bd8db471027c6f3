"""The ledger of a data folder, kept open between requests: it comes, is replaced and goes while the server runs."""

from pathlib import Path

from small_collection import DOCUMENTS

from search.ledger import Ledger
from search.records import Capture, Entry
from web.collection import Collection


def written(data: Path, captures: int) -> None:
    with Ledger(data, create=True) as ledger:
        url = DOCUMENTS[0].url
        batch = [(Capture(url, f"heap{n}", f"{n:032}"), Entry(DOCUMENTS[0]), None) for n in range(captures)]
        ledger.write(ledger.start_run(), batch)


def counted(collection: Collection) -> int | None:
    ledger = collection.ledger
    return None if ledger is None else ledger.survey.captures_of([DOCUMENTS[0].url])[DOCUMENTS[0].url]


def test_a_ledger_is_opened_once_and_tells_what_is_written_later(tmp_path: Path) -> None:
    collection = Collection.opened(tmp_path, None)
    written(tmp_path, 1)
    first = collection.ledger
    assert first is not None
    assert collection.ledger is first
    assert counted(collection) == 1
    written(tmp_path, 3)
    assert counted(collection) == 3


def test_another_ledger_in_its_place_is_opened(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    written(data, 1)
    written(other, 2)
    collection = Collection.opened(data, None)
    assert counted(collection) == 1
    for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        (data / name).unlink(missing_ok=True)
    (other / "ledger.sqlite").replace(data / "ledger.sqlite")
    assert counted(collection) == 2


def test_a_ledger_that_goes_and_comes_back(tmp_path: Path) -> None:
    collection = Collection.opened(tmp_path, None)
    assert counted(collection) is None
    written(tmp_path, 1)
    assert counted(collection) == 1
    for file in tmp_path.glob("ledger.sqlite*"):
        file.unlink()
    assert counted(collection) is None
    written(tmp_path, 2)
    assert counted(collection) == 2
