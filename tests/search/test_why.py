"""Why a page is found, or not: each reason over documents one can see whole."""

import datetime as dt
from pathlib import Path

import pytest

from search.document import Document
from search.engine import Engine, open_engine
from search.ledger import Ledger
from search.records import Capture, Entry
from search.results import Filter, Hit, Request, ScorePart
from search.why import reasons, why

LAMP, GONE, REFUSED, LATE = (f"https://quay.example/{name}" for name in ("lamp", "gone", "refused", "late"))
DOCUMENTS = (
    Document(LAMP, "The lamp keeper", "The keeper fills the lamp at dusk and writes it down.", "quay.example",
             authors=("Ada Pike",), language="en", published=dt.date(2018, 2, 22)),
    Document("https://quay.example/moth", "Moths", "Moths come to the lamp. Lamp oil is dear.", "quay.example", language="en"),
    Document(GONE, "Not found", "No lamp here.", "quay.example", language="en", kind="error"),
)  # fmt: skip
BANNER = "Missing or incomplete installation of the jReject library"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("why")
    batch = [(Capture(each.url, "f", f"{n:032}"), Entry(each, removed=(("banner: jreject", BANNER),)), None)
             for n, each in enumerate(DOCUMENTS)]  # fmt: skip
    batch.append((Capture(REFUSED, "f", "e" * 32, state="refused", reason="no text"), None, None))
    batch.append((Capture(LATE, "f", "f" * 32), Entry(Document(LATE, "Late", "lamp")), None))
    with Ledger(folder, create=True) as ledger:
        ledger.write(ledger.start_run(), batch)
        ledger.forget(url="https://quay.example/secret")
        ledger.forget(site="shy.example")
    with open_engine(f"whoosh:{folder / 'index'}").rebuild() as writer:
        for each in DOCUMENTS:
            writer.put(each)
    return folder


@pytest.fixture(scope="module")
def engine(data: Path) -> Engine:
    return open_engine(f"whoosh:{data / 'index'}")


def told(data: Path, engine: Engine, url: str, text: str, request: Request | None = None) -> list[str]:
    with Ledger(data) as ledger:
        return why(engine, ledger, url, text, request or Request())


def test_a_hit_is_told_its_place_and_the_parts_of_its_score(data: Path, engine: Engine) -> None:
    first, *rest = told(data, engine, LAMP, "lamp keeper")
    assert first == "it is hit 1 of 2"
    assert any(line.startswith("“keeper” once in the title and once in the text; ") for line in rest)
    assert any("1 of 3 pages hold it" in line for line in rest)
    assert told(data, engine, LAMP, "lamp", Request(sort="oldest"))[0] == "it is hit 1 of 2, oldest first"


@pytest.mark.parametrize(
    ("url", "sentences"),
    [
        (REFUSED, ["it was read but refused: no text"]),
        (LATE, ["it is in the ledger, but the index has yet to follow: run `reindex`"]),
        ("https://quay.example/secret", ["it was forgotten by `pagesift forget`, and is never taken in again"]),
        ("https://www.shy.example/x", ["it was forgotten by `pagesift forget`, and is never taken in again"]),
        ("https://nowhere.example/", ["it was never seen: no source that was read holds it"]),
        ("http://www.quay.example/lamp/", ["it was never seen: no source that was read holds it", f"seen was {LAMP}"]),
        ("quay.example/lamp", ["it was never seen: no source that was read holds it", f"seen was {LAMP}"]),
    ],
)
def test_a_page_that_is_not_in_the_index(data: Path, engine: Engine, url: str, sentences: list[str]) -> None:
    assert told(data, engine, url, "lamp") == sentences


def test_a_page_that_another_stands_for(tmp_path: Path) -> None:
    one, other = "https://a.example/", "https://b.example/"
    with Ledger(tmp_path, create=True) as ledger:
        batch = [(Capture(url, "f", f"{n:032}"), Entry(Document(url, "T", "x")), None) for n, url in enumerate((one, other))]
        ledger.write(ledger.start_run(), batch)
        ledger.groups.clustered({one: one, other: one})
        engine = open_engine(f"whoosh:{tmp_path / 'index'}")
        with engine.rebuild() as writer:
            writer.put(Document(one, "T", "x"))
        assert why(engine, ledger, other, "x", Request()) == [
            f"it is the same article as {one}, which stands for it in the index"
        ]


def test_without_a_ledger_less_can_be_told(engine: Engine) -> None:
    assert why(engine, None, REFUSED, "x", Request()) == [
        "the index does not hold it, and there is no ledger to tell why"
    ]
    assert why(engine, None, LAMP, "keeper", Request())[0] == "it is hit 1 of 1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zebra", "it does not hold zebra"),
        ("title:dusk", "it does not hold title dusk"),
        ('"lamp at noon"', "it does not hold “lamp at noon”"),
        ('"keeper lamp"', "it does not hold “keeper lamp”"),
        ("zeb*", "it does not hold words that begin with zeb"),
        ("z*a", "it does not hold words like z*a"),
        ("-keeper", "it holds what is not wanted: keeper"),
        ("before:2018", "it does not hold published until 2017-12-31"),
        ("author:holt", "it does not hold author holt"),
        ("zebra OR yak", "it does not hold (any of: zebra, yak)"),
    ],
)
def test_what_the_page_lacks(data: Path, engine: Engine, text: str, sentence: str) -> None:
    assert sentence.replace("(", "").replace(")", "") in [
        line.replace("(", "").replace(")", "") for line in told(data, engine, LAMP, text)
    ]


@pytest.mark.parametrize("text", ["Lamps", '"keeper fills"', "kee*", "k*r", '"keeper lamp"~5', "author:pike date:2018",
                                  "(zebra OR dusk) -yak", "title:lamp", "keepr~1", ""])  # fmt: skip
def test_what_it_holds_is_found_by_engine_and_plain_version_alike(data: Path, engine: Engine, text: str) -> None:
    assert told(data, engine, LAMP, text)[0].startswith("it is hit ")


@pytest.mark.parametrize(
    ("text", "held"),
    [("email", True), ('"new e-mail"', True), ('"office email"', False), ('"office email"~999', False)],
)
def test_no_phrase_reaches_what_is_written_in_two(tmp_path: Path, text: str, held: bool) -> None:
    office = Document("https://x.example/office", "New e-mail rules for the office", "The x-ray room", language="en")
    made = open_engine(f"whoosh:{tmp_path / 'two'}")
    with made.rebuild() as writer:
        writer.put(office)
    said = why(made, None, office.url, text, Request())
    made.close()
    assert said[0].startswith("it is hit ") is held
    assert any(line.startswith("it does not hold ") for line in said) is not held


def test_a_word_that_stands_only_in_what_was_removed(data: Path, engine: Engine) -> None:
    assert told(data, engine, LAMP, "jreject") == [
        "it does not hold jreject", "jreject stands only in what was removed of it (banner: jreject)",
    ]  # fmt: skip


def test_a_hidden_kind(data: Path, engine: Engine) -> None:
    assert told(data, engine, GONE, "lamp") == [
        "it is hidden: its kind is “error”; `hidden=1` shows such pages too"
    ]
    assert told(data, engine, GONE, "lamp", Request(hidden=True))[0].startswith("it is hit ")


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (Request(filters=(Filter("site", ("a.example", "b.example")),)),
         "the filter site a.example or b.example leaves it out: its site is quay.example"),
        (Request(filters=(Filter("author", (), ("Ada Pike",)),)),
         "the filter not author Ada Pike leaves it out: its author is Ada Pike"),
        (Request(filters=(Filter("tag", ("oil",)),)), "the filter tag oil leaves it out: its tag is none"),
        (Request(filters=(Filter("published", ("2019",)),)),
         "the filter published 2019 leaves it out: its published is 2018-02-22"),
        (Request(since=dt.date(2019, 1, 1)), "the filter “from 2019-01-01” leaves it out: it is of 2018-02-22"),
        (Request(until=dt.date(2017, 1, 1)), "the filter “to 2017-01-01” leaves it out: it is of 2018-02-22"),
    ],
)  # fmt: skip
def test_a_filter_that_leaves_it_out(data: Path, engine: Engine, request_: Request, sentence: str) -> None:
    assert told(data, engine, LAMP, "lamp", request_) == [sentence]


@pytest.mark.parametrize("filters", [(Filter("published", ("2018-02-22",)),), (Filter("tag", ("",)),),
                                     (Filter("site", ("quay.example",), ("x.example",)),)])  # fmt: skip
def test_a_filter_that_lets_it_through(data: Path, engine: Engine, filters: tuple[Filter, ...]) -> None:
    assert told(data, engine, LAMP, "lamp", Request(filters=filters))[0].startswith("it is hit ")


def test_reasons_tell_rare_and_common_words_and_neighbours() -> None:
    parts = (ScorePart("zurich", 3, 5.0, 2, 14, 3.0), ScorePart("the", 900, 0.1, 0, 1, 0.5), ScorePart("zurich lake", None, 2.5, 0, 3, 0.5))
    assert list(reasons(Hit(DOCUMENTS[0], 4.0, explain=parts, widened=True), 1_000)) == [
        "“zurich” twice in the title and 14 times in the text; rare here: 3 of 1,000 pages hold it (75% of the score)",
        "“the” once in the text; common here: 900 of 1,000 pages hold it (12% of the score)",
        "“zurich lake” side by side 3 times in the text (12% of the score)",
        "it holds most of the words, not all",
    ]
    assert list(reasons(Hit(DOCUMENTS[0], 0.5, explain=parts[1:2]), 1_000)) == [
        "“the” once in the text; common here: 900 of 1,000 pages hold it"
    ]
    assert list(reasons(Hit(DOCUMENTS[0], 0.0), 10)) == []
