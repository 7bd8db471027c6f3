"""What every engine does: matching sets, facet counts, order in clear cases, paging, deletes, commit or drop."""

import dataclasses
import datetime as dt
import itertools
import random
from collections import Counter
from pathlib import Path

import pytest

from search import Document, Request, open_engine
from search import query as q
from search.analysis import fold, term, tokens
from search.document import FACETS, HIDDEN_KINDS, facet_values
from search.engine import Engine
from search.errors import BadDocument, NoIndex, StaleCursor
from search.parser import parse
from search.results import SORTS, Filter, Results

pytestmark = pytest.mark.usefixtures("loops")

#: Addresses of the engines; `{}` is a folder of the test's own.
ENGINES = ["whoosh:{}/index"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path):
    opened = open_engine(request.param.format(tmp_path))
    yield opened
    opened.close()


def document(name: str, body: str = "", **more: object) -> Document:
    return Document(url=f"https://{name}.example/", title=name, body=body, **more)  # type: ignore[arg-type]


def fill(engine: Engine, *documents: Document) -> None:
    with engine.rebuild() as writer:
        for each in documents:
            writer.put(each)


def find(engine: Engine, text: str, **more: object) -> Results:
    return engine.search(Request(query=parse(text).query, size=100, **more))  # type: ignore[arg-type]


def titles(engine: Engine, text: str, **more: object) -> set[str]:
    return {hit.document.title for hit in find(engine, text, **more).hits}


def test_no_index_is_said(engine: Engine) -> None:
    assert engine.generation() == ""
    with pytest.raises(NoIndex, match="reindex"):
        engine.search(Request())
    assert engine.check() != []


def test_an_empty_index_answers(engine: Engine) -> None:
    fill(engine)
    assert engine.search(Request()).total == 0
    assert find(engine, "word").hits == ()
    assert engine.check() == []


def test_a_document_comes_back_whole(engine: Engine) -> None:
    whole = document(
        "a", "Body \x00 ünïcödé 😀", site="news.a.example", section="World", authors=("A. B.", "Ç"), language="tr",
        tags=("x y",), kind="forum", published=dt.date(2018, 2, 22),
        fetched=dt.datetime(2020, 1, 2, 3, 4, tzinfo=dt.UTC),
        also_at=("https://copies.example/1", "file:///heap/2"),
    )  # fmt: skip
    fill(engine, whole)
    assert engine.get(whole.id) == whole
    assert engine.search(Request()).hits[0].document == whole
    assert engine.get("0" * 16) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "abcde"),
        ("the", "abc"),  # stop words are indexed
        ("lamp", "abd"),
        ("lamps", "abd"),  # stemmed by the language of the document
        ("LAMP keeper", "ab"),
        ('"the lamp keeper"', "a"),
        ('"keeper the lamp"', ""),
        ("lamp -keeper", "d"),
        ("-lamp", "ce"),
        ("moth OR stairs", "bd"),
        ("lamp (moth OR stairs)", "bd"),
        ("lam*", "abd"),
        ("kee*er", "ab"),
        ("keper~", "ab"),
        ('"the keeper"~3', "ab"),
        ("häuser", "e"),
        ("haus", "e"),
        ("site:example.org", "ab"),
        ("site:news.example.org", "a"),
        ("author:doe", "ab"),
        ('author:"jane doe"', "a"),
        ('author:"doe john"', ""),  # no phrase from one author into the next
        ("tag:sea", "a"),
        ("section:world", "b"),
        ("lang:de", "e"),
        ("title:a", "a"),
        ("kind:forum", "c"),
        ("date:2018", "ab"),
        ("date:2018-02", "a"),
        ("before:2018-03", "a"),
        ("after:2018-02-22", "b"),
        ("lamp OR after:2030", "abd"),
        ("nothing", ""),
    ],
)
def test_matching_sets(engine: Engine, text: str, found: str) -> None:
    fill(
        engine,
        document("a", "The lamp keeper wrote.", site="news.example.org", authors=("Jane Doe", "John Roe"),
                 language="en", tags=("Sea",), published=dt.date(2018, 2, 22)),
        document("b", "Lamps for the old keeper, and stairs.", site="example.org", authors=("J. Doe",), language="en",
                 section="World", published=dt.date(2018, 3, 1)),
        document("c", "The end.", kind="forum", language="en"),
        document("d", "A moth and a lamp.", language="en"),
        document("e", "Das Häuserbuch und Häuser.", language="de"),
    )  # fmt: skip
    assert titles(engine, text) == set(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("e-mail", "ab"),  # written apart or together
        ("email", "ab"),
        ("obrien", "ab"),
        ("o'brien", "ab"),
        ("keeper", "ab"),
        ("keeper's", "ab"),
        ("3.5", "a"),
        ("35", "b"),
        ("jane.doe@quay.example", "a"),
        ("quay.example", "a"),
        ("node.js", "b"),
        ("U.S.", "a"),
        ("wasn't", "a"),
    ],
)
def test_words_of_several_parts(engine: Engine, text: str, found: str) -> None:
    fill(
        engine,
        document("a", "The keeper's e-mail of 3.5 km: jane.doe@quay.example, O'Brien, U.S., wasn't", language="en"),
        document("b", "Keepers email OBrien 35 times about node.js", language="en"),
    )
    assert titles(engine, text) == set(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"Rome xray"', ""),
        ('"xray ecommerce"', ""),
        ('"rome xray ecommerce"', ""),
        ('"rome ecommerce"~3', ""),
        ('"rome xray"~30', ""),
        ('"xray ecommerce"~999', ""),
        ('"office email"', ""),
        ('title:"office email"', ""),
        ("xray", "a"),
        ("ecommerce", "a"),
        ("email", "b"),
        ("title:email", "b"),
        ('"x-ray room"', "a"),
        ('"e-commerce club"', "a"),
        ('"room donors"~7', "a"),
    ],
)
def test_no_phrase_reaches_what_is_written_in_two(engine: Engine, text: str, found: str) -> None:
    body = "We rebuilt the x-ray room. It was paid for by donors and friends of the e-commerce club in Rome"
    fill(
        engine,
        Document(url="https://a.example/", title="a", body=body, language="en"),
        Document(url="https://b.example/", title="b: new e-mail rules for the office", body="Text.", language="en"),
    )
    assert {title[0] for title in titles(engine, text)} == set(found)


def test_no_pair_reaches_what_is_written_in_two(engine: Engine) -> None:
    fill(engine, document("an e-mail office", "An e-mail to the office", language="en"))
    (hit,) = find(engine, "office email").hits
    assert {part.text for part in hit.explain} == {"office", "email"}


def test_languages_without_a_stemmer_are_found_by_beginnings(engine: Engine) -> None:
    fill(engine, document("a", "latarniami", language="pl"), document("b", "latarnikowi"), document("c", "1234567"))
    assert titles(engine, "latarnia") == {"a", "b"}
    assert titles(engine, "1234568") == set()


def test_any_makes_words_alternatives(engine: Engine) -> None:
    fill(engine, document("a", "lamp"), document("b", "moth"), document("c", "lamp moth", site="c.example"))
    assert titles(engine, "lamp moth", match="any") == {"a", "b", "c"}
    assert titles(engine, "lamp moth site:c.example", match="any") == {"c"}
    assert titles(engine, "lamp moth -moth", match="any") == {"a"}


def test_clear_cases_of_order(engine: Engine) -> None:
    filler = "word " * 50
    fill(
        engine,
        document("often", f"lamp lamp {filler}"),
        document("once", f"lamp {filler}"),
        Document(url="https://t.example/", title="The lamp", body=f"lamp {filler}"),
    )
    found = [hit.document.title for hit in find(engine, "lamp").hits]
    assert found.index("often") < found.index("once")
    assert found[0] == "The lamp"
    scores = [hit.score for hit in find(engine, "lamp").hits]
    assert scores == sorted(scores, reverse=True)


def test_words_side_by_side_count_more(engine: Engine) -> None:
    fill(engine, document("a", "harbour and fog, and then a wall"), document("b", "a wall, and then harbour fog, and"))
    assert [hit.document.title for hit in find(engine, "harbour fog").hits] == ["b", "a"]
    assert find(engine, "fog harbour").hits[0].document.title == "a"


def test_the_parts_of_a_score_add_up(engine: Engine) -> None:
    fill(engine, document("harbour", "Fog, a harbour and harbour fog.", language="en"), document("b", "fog"))
    hit, other = find(engine, "harbour OR fog").hits
    parts = {part.text: (part.documents, part.title, part.body) for part in hit.explain}
    assert parts == {"harbour": (1, 1, 2), "fog": (2, 0, 2), "harbour fog": (None, 0, 1)}
    assert [part.text for part in other.explain] == ["fog"]
    for each in (hit, other):
        assert sum(part.score for part in each.explain) == pytest.approx(each.score)
    for each in find(engine, "fog harbour", widen=True).hits + find(engine, "harbour fog moth", widen=True).hits:
        assert sum(part.score for part in each.explain) == pytest.approx(each.score)


def test_a_word_of_several_stems_counts_once(engine: Engine) -> None:
    fill(engine, document("a", "lamps", language="en"), document("b", "lamps", language="de"), document("c", "moth"))
    first, second = find(engine, "lamps").hits
    assert {first.document.title, second.document.title} == {"a", "b"}
    assert first.score == second.score
    assert [part.documents for part in first.explain] == [2]


def test_stop_words_are_not_required_beside_others(engine: Engine) -> None:
    fill(
        engine,
        document("a", "A lamp burned.", language="en"),
        document("b", "To be or not to be, that is the question.", language="en"),
    )
    assert titles(engine, "where is the lamp") == {"a"}
    assert titles(engine, "to be or not to be") == {"b"}
    assert titles(engine, '"or not to be"') == {"b"}
    assert titles(engine, '"the lamp"') == set()
    assert titles(engine, "not -lamp") == {"b"}


def test_few_words_widen_below_the_hits_that_hold_all(engine: Engine) -> None:
    fill(
        engine,
        document("all", "lamp, keeper, stairs and " + "word " * 200, site="a.example"),
        document("two", "lamp keeper lamp keeper", site="b.example"),
        document("one", "stairs stairs stairs", site="b.example"),
        document("hidden", "lamp keeper", kind="error"),
    )
    found = find(engine, "lamp keeper stairs", widen=True)
    assert [(hit.document.title, hit.widened) for hit in found.hits] == [("all", False), ("two", True)]
    assert (found.total, found.widened, found.hidden) == (1, 1, 0)
    assert [(v.value, v.count) for v in found.facets["site"].values] == [("a.example", 1)]
    assert found.notes == ("only one page holds all of these words; those that follow hold most of them",)

    exact = find(engine, "lamp keeper stairs")
    assert (exact.total, exact.widened, exact.notes) == (1, 0, ())
    assert engine.search(Request(query=parse("lamp keeper stairs").query, widen=True, size=1)).widened == 0
    assert find(engine, "lamp keeper stairs -moth site:b.example", widen=True).widened == 1
    assert find(engine, "lamp stairs -keeper", widen=True).widened == 1
    second = engine.search(Request(query=parse("lamp moth").query, widen=True, size=2, page=2))
    assert (second.total, second.widened, second.hits) == (0, 2, ())


def test_long_queries_are_searched_by_any_word(engine: Engine) -> None:
    fill(engine, document("a", "lamp keeper", language="en"), document("b", "moth", language="en"))
    sentence = "who was the old keeper of that lamp on the northern island"
    assert titles(engine, sentence) == set()
    found = find(engine, sentence, widen=True)
    assert ([hit.document.title for hit in found.hits], found.total, found.widened) == (["a"], 1, 0)
    assert found.notes == ("with so many words, pages with any of them are found",)


def test_order_by_time_puts_the_undated_last(engine: Engine) -> None:
    days = [None, dt.date(2019, 1, 1), dt.date(1999, 12, 31), dt.date(2020, 5, 5)]
    fill(engine, *(document(f"d{n}", "x", published=day) for n, day in enumerate(days)))
    for sort, order in (("newest", ["d3", "d1", "d2", "d0"]), ("oldest", ["d2", "d1", "d3", "d0"])):
        assert [hit.document.title for hit in find(engine, "x", sort=sort).hits] == order


def test_pages_follow_each_other(engine: Engine) -> None:
    fill(engine, *(document(f"d{n}", "same text") for n in range(25)))
    pages = [engine.search(Request(query=q.Term("text"), page=page, size=10)) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [10, 10, 5, 0]
    assert {page.total for page in pages} == {25}
    assert len({hit.document.url for page in pages for hit in page.hits}) == 25


@pytest.mark.parametrize("sort", SORTS)
def test_hits_are_continued_where_an_answer_ended(engine: Engine, sort: str) -> None:
    days = (None, dt.date(2018, 1, 1), dt.date(2019, 1, 1))
    fill(engine, *(document(f"d{n:02}", f"word {'x ' * (n % 5)}", published=days[n % 3]) for n in range(25)))
    asked = Request(query=q.Term("word"), sort=sort, size=100)
    whole = [hit.document.title for hit in engine.search(asked).hits]
    found, after, sizes = [], "", itertools.cycle((1, 4, 7))
    while True:
        page = engine.search(dataclasses.replace(asked, size=next(sizes), page=3, after=after) if after else
                             dataclasses.replace(asked, size=2))  # fmt: skip
        found += [hit.document.title for hit in page.hits]
        if not (after := page.next):
            break
    assert found == whole
    assert len(whole) == 25


def test_hits_of_another_state_of_the_index_are_not_continued(engine: Engine) -> None:
    fill(engine, *(document(f"d{n}") for n in range(5)))
    after = engine.search(Request(size=2)).next
    with engine.writer() as writer:
        writer.put(document("new"))
    with pytest.raises(StaleCursor, match="search anew"):
        engine.search(Request(size=2, after=after))


@pytest.mark.parametrize("number", ["", "x", "-3", "1.5", "+1", "٣", "9" * 10, "0" * 5000, "1\n", "1@"])
def test_a_mark_that_no_answer_gave_is_not_continued(engine: Engine, number: str) -> None:
    fill(engine, *(document(f"d{n}") for n in range(5)))
    generation = engine.search(Request(size=2)).generation
    with pytest.raises(StaleCursor):
        engine.search(Request(size=2, after=f"{generation}@{number}"))
    assert engine.search(Request(size=2, after=f"{generation}@{'9' * 9}")).hits == ()


def test_every_hit_is_given_once_in_order(engine: Engine) -> None:
    documents = [document(f"d{n:03}", "even" if n % 2 else "odd", kind="error" if n == 7 else "article")
                 for n in range(250)]  # fmt: skip
    fill(engine, *documents)
    asked = Request(query=q.Term("even"), page=9, size=3)
    first = [hit.document.url for hit in engine.search(dataclasses.replace(asked, page=1, size=100)).hits]
    urls = [each.url for each in engine.every(asked)]
    assert urls[:100] == first
    assert sorted(urls) == [each.url for each in documents if each.body == "even" and each.kind == "article"]


def test_every_hit_is_given_though_the_index_changes_meanwhile(engine: Engine) -> None:
    documents = [document(f"d{n:03}", "before") for n in range(250)]
    fill(engine, *documents)
    stream = engine.every(Request())
    begun = [next(stream)]
    for _ in range(3):  # a generation or two may be kept for those who read them
        fill(engine, *(document(f"e{n:03}", "after") for n in range(250)))
    with engine.writer() as writer:
        writer.delete("https://e000.example/")
    rest = [*begun, *stream]
    assert {each.url for each in rest} == {each.url for each in documents}
    assert len(rest) == 250


def test_that_there_is_nothing_to_give_is_said_at_once(engine: Engine) -> None:
    with pytest.raises(NoIndex):
        engine.every(Request())


def test_facets_count_all_hits_and_ignore_their_own_selection(engine: Engine) -> None:
    sites = ["a"] * 12 + ["b"] * 5 + ["c"] * 2
    fill(
        engine,
        *(
            document(f"d{n}", "x", site=f"{site}.example", language="en" if n % 2 else "de", tags=("t", f"t{n % 3}"),
                     published=dt.date(2018, 1 + n % 2, 1) if n else None)
            for n, site in enumerate(sites)
        ),
    )  # fmt: skip
    plain = engine.search(Request(size=1))
    assert [(v.value[0], v.count) for v in plain.facets["site"].values] == [("a", 12), ("b", 5), ("c", 2)]
    assert [(v.value, v.count) for v in plain.facets["published"].values] == [("2018-01", 9), ("2018-02", 9)]
    assert plain.facets["published"].missing == 1
    assert plain.facets["author"].missing == 19
    assert plain.facets["tag"].distinct == 4

    chosen = engine.search(Request(filters=(Filter("site", ("a.example", "c.example")), Filter("language", ("en",)))))
    assert chosen.total == 7
    counts = {v.value: (v.count, v.selected) for v in chosen.facets["site"].values}
    assert counts == {"a.example": (6, True), "b.example": (2, False), "c.example": (1, True)}
    assert {v.value: v.count for v in chosen.facets["language"].values} == {"de": 7, "en": 7}

    excluded = engine.search(Request(filters=(Filter("site", (), ("a.example",)),)))
    assert excluded.total == 7
    assert {v.value: (v.count, v.excluded) for v in excluded.facets["site"].values} == {
        "a.example": (0, True), "b.example": (5, False), "c.example": (2, False),
    }  # fmt: skip
    none = engine.search(Request(filters=(Filter("site", ("nowhere.example",)),)))
    assert none.total == 0
    assert tuple(none.facets) == FACETS
    assert [v.count for v in none.facets["site"].values if v.value == "nowhere.example"] == [0]


def test_filters_by_date(engine: Engine) -> None:
    fill(engine, *(document(f"d{n}", "x", published=dt.date(2017 + n, 6, 15)) for n in range(3)), document("u", "x"))
    assert titles(engine, "", filters=(Filter("published", ("2018",)),)) == {"d1"}
    assert titles(engine, "", filters=(Filter("published", ("2018-06-15",)),)) == {"d1"}
    assert titles(engine, "", filters=(Filter("published", ("2018-06-16", "2018-02-30", "nonsense")),)) == set()
    assert titles(engine, "", filters=(Filter("published", ("2017-06", "")),)) == {"d0", "u"}
    assert titles(engine, "", since=dt.date(2018, 6, 15)) == {"d1", "d2"}
    assert titles(engine, "", until=dt.date(2018, 6, 15)) == {"d0", "d1"}


def test_a_range_of_days_holds_for_all_counts_but_those_of_days(engine: Engine) -> None:
    fill(engine, *(document(f"d{n}", "x", published=dt.date(2017 + n, 6, 15), tags=(f"t{n}",)) for n in range(3)), document("u", "x"))
    found = engine.search(Request(since=dt.date(2018, 1, 1), until=dt.date(2018, 12, 31)))
    assert found.total == 1
    assert [(v.value, v.count) for v in found.facets["tag"].values] == [("t1", 1)]
    assert [v.value for v in found.facets["published"].values] == ["2017-06", "2018-06", "2019-06"]
    assert found.facets["published"].missing == 1


def test_days_are_counted_in_the_one_month_asked_for(engine: Engine) -> None:
    days = [dt.date(2018, 2, 3), dt.date(2018, 2, 3), dt.date(2018, 2, 22), dt.date(2018, 3, 1)]
    fill(engine, *(document(f"d{n}", "x", published=day) for n, day in enumerate(days)), document("u", "x"))
    month = engine.search(Request(filters=(Filter("published", ("2018-02",)),))).facets["published"]
    assert [(v.value, v.count, v.selected) for v in month.days] == [("2018-02-03", 2, False), ("2018-02-22", 1, False)]
    day = engine.search(Request(filters=(Filter("published", ("2018-02-22",)),)))
    assert day.total == 1
    assert [(v.value, v.count, v.selected) for v in day.facets["published"].days] == [
        ("2018-02-03", 2, False), ("2018-02-22", 1, True),
    ]  # fmt: skip
    assert engine.search(Request()).facets["published"].days == ()



def test_hidden_kinds_are_left_out_until_asked_for(engine: Engine) -> None:
    fill(engine, document("a", "x"), document("b", "x", kind="error"), document("c", "x", kind="captcha"))
    found = find(engine, "x")
    assert (found.total, found.hidden) == (1, 2)
    assert titles(engine, "x", hidden=True) == {"a", "b", "c"}
    assert titles(engine, "x", filters=(Filter("kind", ("error",)),)) == {"b"}
    assert titles(engine, "x kind:captcha") == {"c"}


def test_an_answer_says_how_many_documents_were_looked_through(engine: Engine) -> None:
    fill(engine, document("a", "x"), document("b", "y"), document("c", "z", kind="error"))
    assert find(engine, "x").indexed == find(engine, "nowhere", facets=()).indexed == 3
    with engine.writer() as writer:
        writer.delete(document("b", "y").url)
    assert find(engine, "x").indexed == 2


def test_a_batch_replaces_and_deletes(engine: Engine) -> None:
    a, b = document("a", "old"), document("b", "old")
    fill(engine, a, b)
    before = engine.generation()
    with engine.writer() as writer:
        writer.put(dataclasses.replace(a, body="new"))
        writer.delete(b.url)
        writer.delete("https://nobody.example/")
    assert engine.generation() != before
    assert titles(engine, "") == {"a"}
    assert titles(engine, "old") == set()
    assert titles(engine, "new") == {"a"}
    assert engine.get(b.id) is None
    assert engine.check() == []


def test_the_last_put_of_a_url_counts(engine: Engine) -> None:
    a = document("a", "one")
    for batch in (engine.rebuild, engine.writer):
        with batch() as writer:
            writer.put(a)
            writer.put(dataclasses.replace(a, body="two"))
            writer.put(document("b", "gone"))
            writer.delete(document("b").url)
        assert titles(engine, "") == {"a"}
        assert titles(engine, "two") == {"a"}
        assert titles(engine, "one OR gone") == set()


def test_an_exception_drops_the_batch(engine: Engine) -> None:
    fill(engine, document("a", "old"))
    before = engine.generation()
    for batch in (engine.writer, engine.rebuild):
        with pytest.raises(RuntimeError, match="stop"), batch() as writer:
            writer.put(document("b", "new"))
            writer.delete(document("a").url)
            raise RuntimeError("stop")
        assert engine.generation() == before
        assert titles(engine, "") == {"a"}
    with engine.writer() as writer:
        writer.put(document("c"))
    assert titles(engine, "") == {"a", "c"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": None}, {"title": 3}, {"tags": ("a", 3)}, {"authors": "Jane"}, {"published": "2018"},
        {"published": dt.datetime(2018, 1, 1, tzinfo=dt.UTC)}, {"fetched": dt.datetime(2018, 1, 1)},
        {"kind": "novel"}, {"body": "\ud800"}, {"url": ""},
    ],
)  # fmt: skip
def test_a_bad_document_leaves_no_trace(engine: Engine, wrong: dict[str, object]) -> None:
    with engine.rebuild() as writer:
        writer.put(document("a", "alpha"))
        with pytest.raises(BadDocument):
            writer.put(dataclasses.replace(document("bad", "poison", site="poison.example"), **wrong))  # type: ignore[arg-type]
        writer.put(document("b", "beta"))
    assert titles(engine, "") == {"a", "b"}
    assert titles(engine, "poison") == set()
    assert engine.search(Request()).facets["site"].values == ()


@pytest.mark.parametrize("address", ENGINES)
def test_a_commit_is_seen_by_engines_that_are_open(address: str, tmp_path: Path) -> None:
    engine, other = open_engine(address.format(tmp_path)), open_engine(address.format(tmp_path))
    fill(engine, document("a"))
    assert titles(other, "") == {"a"}
    with engine.writer() as writer:
        writer.put(document("b"))
    assert titles(other, "") == {"a", "b"}
    fill(engine, document("c"))
    assert titles(other, "") == {"c"}
    assert other.generation() == engine.generation() == other.search(Request()).generation
    other.close()


@pytest.mark.parametrize(
    "text",
    ["(" * 1000, "a " * 1000, "x" * 100_000, '"a b"~999', "abcdefghij~9", "*", "a*b*c*d*e*f*g*", "?" * 50, "[a-z]*",
     "\x00", "\ud800", "-", '"', "title:", "a\u202eb", "NOT NOT a", "before:0000", "date:9999", "after:9999-12-31",
     "\\", "a" * 70],
)  # fmt: skip
def test_any_query_is_answered(engine: Engine, text: str) -> None:
    fill(engine, document("a", "a b c [a-z] " + "x" * 100 + " " + "a" * 70))
    assert find(engine, text).total in (0, 1)


# -- the plain version: one document at a time, in Python


def matches(node: q.Query, doc: Document) -> bool:
    match node:
        case q.Everything():
            return True
        case q.And(children):
            return all(matches(child, doc) for child in children)
        case q.Or(children):
            return any(matches(child, doc) for child in children)
        case q.Not(child):
            return not matches(child, doc)
        case q.Range(since, until):
            day = doc.published
            return day is not None and (since is None or day >= since) and (until is None or day <= until)
        case q.Term(text, None):
            return any(text in stems(part, doc) for part in (doc.title, doc.body))
        case q.Term(text, "site"):
            return doc.site == text
        case q.Phrase((first, second), None):
            return any(
                (first, second) in itertools.pairwise(words) for words in (stems(doc.title, doc), stems(doc.body, doc))
            )
        case q.Prefix(text, None):
            return any(fold(t.text).startswith(text) for part in (doc.title, doc.body) for t in tokens(part))
    raise AssertionError(node)


def stems(text: str, doc: Document) -> list[str]:
    return [term(t.text, doc.language) for t in tokens(text)]


WORDS = ["alpha", "beta", "gamma", "delta", "the", "of"]  # the same in their stems


def some_query(chance: random.Random, depth: int = 3) -> q.Query:
    shape = chance.randrange(9 if depth else 5)
    if shape < 2:
        return q.Term(chance.choice(WORDS))
    if shape == 2:
        return q.Phrase((chance.choice(WORDS), chance.choice(WORDS)))
    if shape == 3:
        return chance.choice([q.Prefix(chance.choice("abgdt")), q.Term(f"s{chance.randrange(3)}.example", "site")])
    if shape == 4:
        return q.Range(dt.date(2018, chance.randrange(1, 13), 1), chance.choice([None, dt.date(2018, 12, 31)]))
    children = tuple(some_query(chance, depth - 1) for _ in range(chance.randrange(1, 4)))
    return chance.choice([q.And(children), q.Or(children), q.Not(children[0])])


@pytest.mark.parametrize("seed", range(4))
def test_random_queries_agree_with_the_plain_version(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    documents = [
        Document(
            url=f"https://x.example/{n}",
            title=" ".join(chance.choices(WORDS, k=chance.randrange(4))),
            body=" ".join(chance.choices(WORDS, k=chance.randrange(12))),
            site=f"s{chance.randrange(3)}.example",
            authors=tuple(sorted({f"A{chance.randrange(4)}" for _ in range(chance.randrange(3))})),
            kind=chance.choice(["article", "article", "forum", "error"]),
            language=chance.choice(["", "xx"]),
            published=chance.choice([None, dt.date(2018, chance.randrange(1, 13), chance.randrange(1, 29))]),
        )
        for n in range(60)
    ]
    fill(engine, *documents[:30])
    with engine.writer() as writer:  # a second segment, and deletions
        for each in documents[20:]:
            writer.put(each)
    for _ in range(60):
        query = some_query(chance)
        names = ("site", "author", "published")
        chosen = {"site": ["s0.example", "s1.example"], "author": ["A1", ""], "published": ["2018-03", "2018", ""]}
        some = {name: [chance.sample(chosen[name], chance.randrange(2)) for _ in "+-"] for name in names}
        filters = tuple(Filter(n, tuple(some[n][0]), tuple(some[n][1])) for n in names if chance.random() < 0.4)
        hidden = chance.random() < 0.5
        results = engine.search(Request(query=query, filters=filters, hidden=hidden, size=100, facet_size=50))
        visible = [d for d in documents if matches(query, d) and (hidden or d.kind not in HIDDEN_KINDS)]
        expected = [d for d in visible if all(passes(f, d, own=True) for f in filters)]
        assert {hit.document.url for hit in results.hits} == {d.url for d in expected}, query
        assert results.total == len(expected)
        for name in FACETS:
            counted = [d for d in visible if all(passes(f, d, own=f.facet != name) for f in filters)]
            counts = Counter(value for d in counted for value in facet_values(d, name))
            assert {v.value: v.count for v in results.facets[name].values if v.count} == counts, (query, name, filters)
            assert results.facets[name].missing == sum(not facet_values(d, name) for d in counted)


def passes(each: Filter, doc: Document, *, own: bool) -> bool:
    """`own`: whether the wanted values count, or only the excluded ones."""
    values = set(facet_values(doc, each.facet)) or {""}
    if each.facet == "published":
        values |= {value[:4] for value in values}
    return not (values & set(each.excluded)) and (not own or not each.wanted or bool(values & set(each.wanted)))
