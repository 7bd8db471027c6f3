"""Titles, authors, tags: by JSON-LD, meta and markup, with their conflicts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.blocks import Block, Head
from indexer.metadata import describe

ARTICLE = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "The Quay"},
        {"@type": ["NewsArticle"], "headline": "The lamp is lit", "author": [{"name": "Jane Doe"}, {"name": "John Roe"}],
         "articleSection": "Harbour", "keywords": "lamps, oil"},
    ],
}  # fmt: skip


def h1(text: str) -> Block:
    return Block(text, ("body", "h1"))


def test_json_ld_is_read() -> None:
    said = describe(Head(json_ld=(json.dumps(ARTICLE),)), (), "https://www.quay.example/a")
    assert (said.title, said.title_by, said.authors) == ("The lamp is lit", "json-ld", ("Jane Doe", "John Roe"))
    assert (said.section, said.tags, said.site) == ("Harbour", ("lamps", "oil"), "quay.example")
    assert "newsarticle" in said.types


@pytest.mark.parametrize("script", ["{", "[" * 100_000, '{"a": 1,}', "<!-- {} -->", '{"@type": 3, "author": [[]]}', "null", ""])
def test_broken_json_ld_does_no_harm(script: str) -> None:
    assert describe(Head(title="T", json_ld=(script, json.dumps(ARTICLE))), (), None).authors == ("Jane Doe", "John Roe")


@pytest.mark.parametrize(
    ("head", "blocks", "title"),
    [
        (Head(title="The lamp is lit - The Quay"), (h1("The lamp is lit"),), "The lamp is lit"),
        (Head(title="The lamp is lit - The Quay"), (h1("The Quay"), h1("The lamp is lit")), "The Quay"),
        (Head(title="The lamp is lit | The Quay", meta=(("og:site_name", "The Quay"),)), (h1("The Quay"),), "The lamp is lit"),
        (Head(title="The lamp of the harbour is lit » Quay"), (), "The lamp of the harbour is lit"),
        (Head(title="Lamp - lit"), (), "Lamp - lit"),
        (Head(title="Quay", meta=(("og:title", "The lamp is lit"), ("og:site_name", "Quay"))), (), "The lamp is lit"),
        (Head(), (h1("Only heading"),), "Only heading"),
        (Head(), (), ""),
    ],
)
def test_titles(head: Head, blocks: tuple[Block, ...], title: str) -> None:
    assert describe(head, blocks, None).title == title


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("By Jane Doe and John Roe", ("Jane Doe", "John Roe")),
        ("Von Änne Öhl", ("Änne Öhl",)),
        ("Jane Doe, https://quay.example/jane", ("Jane Doe",)),
        ("@jane", ()),
    ],
)
def test_bylines(text: str, authors: tuple[str, ...]) -> None:
    assert describe(Head(), (Block(text, ("body", "p"), ("byline",)),), None).authors == authors


@pytest.mark.parametrize(
    ("url", "site"),
    [("https://WWW.Quay.example:8080/a", "quay.example"), ("file:///a/b", ""), ("https://[broken", ""), (None, "")],
)
def test_the_site_is_the_host(url: str | None, site: str) -> None:
    assert describe(Head(), (), url).site == site


@given(st.text(), st.text(), st.text())
def test_anything_said_is_survived(title: str, script: str, name: str) -> None:
    head = Head(title=title, json_ld=(script,), meta=(("author", name), ("keywords", name)), links=(("canonical", name),))
    said = describe(head, (), name)
    assert len(said.title) <= 300
    assert all(author.strip() == author for author in said.authors)
