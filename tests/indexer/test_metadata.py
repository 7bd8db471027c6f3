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
        (Head(title="Quay tales: The lamp is lit", meta=(("og:title", "The lamp is lit"),)), (h1("Quay tales"),), "The lamp is lit"),
        (Head(meta=(("og:title", "Lamp is lit again"),)), (h1("Harbour: Lamp is lit again"),), "Lamp is lit again"),
        (Head(meta=(("og:title", "Why the lamp was lit at last"),)), (h1("How the old lamp was lit"),), "How the old lamp was lit"),
        (Head(meta=(("og:title", "Oil from the north | Deals"),)), (h1("Sign up now"),), "Oil from the north | Deals"),
        (Head(title="The lamp is lit — Almanac (3.1.x)"), (h1("The lamp is lit¶"),), "The lamp is lit"),
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


def test_the_site_is_known_by_its_host_and_its_publisher() -> None:
    head = Head(title="Oil - Quay News", json_ld=('{"@type": "NewsArticle", "publisher": {"name": "Quay News"}}',))
    assert describe(head, (), None).title == "Oil"
    assert describe(Head(title="Oil | Tidegate"), (), "https://www.tidegate.example/oil").title == "Oil"


def test_a_first_level_heading_that_ends_the_title_is_the_sites_name() -> None:
    blocks = (h1("Riders of the Quay"), Block("Which oil for the lamp?", ("body", "h2")))
    assert describe(Head(title="Which oil for the lamp? - Riders of the Quay"), blocks, None).title == "Which oil for the lamp?"


def test_a_home_page_is_named_as_its_site_says() -> None:
    head = Head(title="Tidegate - Locks and lamps")
    assert describe(head, (h1("Locks"),), "https://tidegate.example/").title == "Tidegate - Locks and lamps"


def test_only_a_home_page_is_called_by_its_site_s_name_alone() -> None:
    head = Head(title="Tidegate", meta=(("og:site_name", "Tidegate"),))
    assert describe(head, (), "https://tidegate.example/").title == "Tidegate"
    assert describe(head, (), "https://tidegate.example/a").title == ""


def test_the_article_is_told_from_what_hangs_on_it() -> None:
    script = {
        "@graph": [
            {"@type": "WebPage", "name": "Page", "author": {"name": "Web Master"}},
            {"@type": "Article", "headline": "Tom &amp; the lamp", "author": {"@id": "#p"},
             "comment": [{"@type": "SocialMediaPosting", "headline": "No!", "author": {"name": "Angry Reader"}}]},
            {"@type": "Person", "@id": "#p", "name": "Jane Doe (jad)"},
        ]
    }  # fmt: skip
    said = describe(Head(json_ld=(json.dumps(script),)), (), None)
    assert (said.title, said.authors) == ("Tom & the lamp", ("Jane Doe",))


def test_the_house_is_the_author_only_where_nobody_else_is() -> None:
    head = Head(meta=(("og:site_name", "The Quay"), ("author", "The Quay")))
    assert describe(head, (), None).authors == ("The Quay",)
    assert describe(head, (h1("Oil"), Block("By Jane Doe", ("body", "p"))), None).authors == ("Jane Doe",)


@pytest.mark.parametrize(
    ("name", "authors"),
    [
        ("Doe, Jane", ("Jane Doe",)),
        ("Jane Doe, PhD", ("Jane Doe, PhD",)),
        ("Jane Doe, John Roe", ("Jane Doe", "John Roe")),
        ("https://quay.example/jane", ()),
        ("3 minutes", ()),
        ("admin", ()),
        ("Dan Doe", ("Dan Doe",)),
        ("jdoe77", ("jdoe77",)),
    ],
)
def test_names(name: str, authors: tuple[str, ...]) -> None:
    assert describe(Head(meta=(("author", name),)), (), None).authors == authors


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("By Jane Doe | 3 May 2019", ("Jane Doe",)),
        ("Written by Jane Doe, John Roe", ("Jane Doe", "John Roe")),
        ("May 3, 2019 By Jane Doe", ("Jane Doe",)),
        ("Von: Änne Öhl", ("Änne Öhl",)),
        ("Veröffentlicht am 2. Mai 2014 von Änne Öhl", ("Änne Öhl",)),
        ("By the sea and under the sky", ()),
        ("Jane Doe was here", ()),
    ],
)
def test_a_line_that_begins_with_by_below_the_headline(text: str, authors: tuple[str, ...]) -> None:
    assert describe(Head(), (h1("Oil"), Block(text, ("body", "p"))), None).authors == authors


def test_a_label_of_its_own_line_names_the_author() -> None:
    blocks = (h1("Oil"), Block("Written by:", ("body", "p"), (), 0, 1), Block("Jane Doe", ("body", "p"), (), 0, 2))
    assert describe(Head(), blocks, None).authors == ("Jane Doe",)
    assert describe(Head(), (blocks[0], *blocks[2:]), None).authors == ()


def test_links_to_authors_pages_near_the_headline_name_authors() -> None:
    head = Head(authors=("Elsa Else", "Jane Doe", "John Roe"))
    blocks = (h1("Oil"), Block("Jane Doe John Roe | 5 min", ("body", "p")), Block("Elsa Else", ("body", "p")))
    assert describe(head, blocks, None).authors == ("Jane Doe", "John Roe")
    assert describe(head, (h1("Oil"), Block("Who wrote it?", ("body", "p"))), None).authors == ()


@pytest.mark.parametrize("name", ["Sat", "Sun"])
def test_a_weekday_is_nobody(name: str) -> None:
    assert describe(Head(meta=(("author", name),)), (), None).authors == ()


def test_the_first_poster_is_a_threads_author() -> None:
    posts = [("author", f"{name} Member since 2019"[: 8 + len(name)]) for name in ("ann", "ben", "cat")]
    named = [pair for author, name in zip(posts, ("ann", "ben", "cat"), strict=True) for pair in (author, ("name", name))]
    assert describe(Head(microdata=tuple(named)), (), None).authors == ("ann",)


def test_description_image_and_addresses() -> None:
    head = Head(
        base="/lamps/",
        meta=(("og:image", "lit.png"), ("description", "How it was lit.")),
        links=(("canonical", "oil"), ("canonical", "mailto:x@quay.example")),
    )
    said = describe(head, (), "https://quay.example/a")
    assert (said.description, said.image) == ("How it was lit.", "https://quay.example/lamps/lit.png")
    assert said.canonical == "https://quay.example/lamps/oil"
    script = '{"@type": "Article", "image": [{"url": "https://quay.example/b.png"}], "description": "Oil."}'
    said = describe(Head(json_ld=(script,)), (), None)
    assert (said.description, said.image) == ("Oil.", "https://quay.example/b.png")


def test_hostile_heads_are_read_in_linear_time() -> None:
    import time

    before = time.process_time()
    for unit in ("By A ", "a, ", " - ", "(", "by ", ",,}"):
        text = unit * (1_000_000 // len(unit))
        describe(Head(title=text, json_ld=("{" + text,), meta=(("author", text), ("keywords", text))), (h1(text),), None)
    assert time.process_time() - before < 10
