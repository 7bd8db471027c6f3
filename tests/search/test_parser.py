"""Every string parses; what was mended is said; the query is read back in words."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.parser import MAX_DEPTH, MAX_WORDS, days, parse
from search.query import And, Everything, Fuzzy, Near, Not, Or, Phrase, Prefix, Query, Range, Term, Wildcard

A, B, C = Term("a"), Term("b"), Term("c")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a | b", Or((A, B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("-a", Not(A)),
        ("a -b", And((A, Not(B)))),
        ("a NOT b", And((A, Not(B)))),
        ("--a", Term("--a")),  # a dash before a word, not two nots
        ("a -(b OR c)", And((A, Not(Or((B, C)))))),
        ('"a b"', Phrase(("a", "b"))),
        ("“a b”", Phrase(("a", "b"))),
        ('"a b"~5', Near(("a", "b"), 5)),
        ('"a"', A),
        ('-"a b"', Not(Phrase(("a", "b")))),
        ("don't", Term("don't")),
        ("foo-bar", Term("foo-bar")),
        ("te*", Prefix("te")),
        ("te*t", Wildcard("te*t")),
        ("t**", Prefix("t")),
        ("word~", Fuzzy("word", 1)),
        ("word~2", Fuzzy("word", 2)),
        ("title:a", Term("a", "title")),
        ("title:(a b)", And((Term("a", "title"), Term("b", "title")))),
        ('title:"a b"', Phrase(("a", "b"), "title")),
        ("site:example.org", Term("example.org", "site")),
        ('author:"Jane Doe"', Term("Jane Doe", "author")),
        ("lang:de", Term("de", "language")),
        ("-site:example.org", Not(Term("example.org", "site"))),
        ("date:2018", Range(dt.date(2018, 1, 1), dt.date(2018, 12, 31))),
        ("date:2018-02", Range(dt.date(2018, 2, 1), dt.date(2018, 2, 28))),
        ("date:2018-02-22", Range(dt.date(2018, 2, 22), dt.date(2018, 2, 22))),
        ("before:2018", Range(None, dt.date(2017, 12, 31))),
        ("after:2018-02", Range(dt.date(2018, 3, 1), None)),
    ],
)
def test_the_language(text: str, query: Query) -> None:
    assert parse(text).query == query
    assert parse(text).notes == ()


@pytest.mark.parametrize(
    ("text", "query", "note"),
    [
        ('"a b', Phrase(("a", "b")), "quote was closed"),
        ("(a", A, "parenthesis was closed"),
        ("a)", A, "closing parenthesis"),
        ("OR a", A, "nothing before"),
        ("a OR", A, "nothing after"),
        ("foo:a", And((Term("foo"), A)), "no field 'foo'"),
        ("date:soon", Term("soon"), "needs a date"),
        ("date:2018-02-30", Term("2018-02-30"), "needs a date"),
        ("!!!", Everything(), "holds no word"),
        ("word~7", Fuzzy("word", 2), "at most two"),
        ("(" * 99 + "a", A, f"{MAX_DEPTH} deep"),
    ],
)
def test_what_is_mended_is_said(text: str, query: Query, note: str) -> None:
    parsed = parse(text)
    assert parsed.query == query
    assert any(note in said for said in parsed.notes), parsed.notes


def test_long_queries_are_cut_and_say_so() -> None:
    parsed = parse(" ".join(f"w{n}" for n in range(300)))
    assert isinstance(parsed.query, And)
    assert len(parsed.query.children) == MAX_WORDS
    assert any("only the first" in note for note in parsed.notes)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ('lamp "old town" -football site:example.org date:2018-02', "all of: lamp, “old town”, site example.org, "
         "published from 2018-02-01 to 2018-02-28; not: football"),
        ("a OR b", "any of: a, b"),
        ("te*", "words that begin with te"),
    ],
)  # fmt: skip
def test_the_query_is_read_back(text: str, read: str) -> None:
    assert parse(text).read_as == read


@given(st.text(max_size=300))
def test_every_string_parses(text: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed.read_as, str)
    parsed.read_as.encode()


@given(st.text(alphabet='ab"()-:~*? ORNT|', max_size=200))
def test_every_string_of_syntax_parses(text: str) -> None:
    assert parse(text) == parse(text)


def test_there_are_no_other_dates() -> None:
    assert days("2018-2") == (dt.date(2018, 2, 1), dt.date(2018, 2, 28))
    assert days("2018-13") is None
    assert days("18") is None
    assert days("٢٠١٨") is None
