"""What sort of page it is, told from what is kept of it and what the page says."""

import pytest

from indexer.blocks import Block, Head, Label, Outline
from indexer.triage import kind

PROSE = "The keeper carried two cans of oil up the stairs every evening, filled the lamp and wrote the hour into a book. "
LINKS = tuple(Block(f"The story of lamp {n}", ("body", "ul", "li"), ("list",), 19) for n in range(12))
TEASERS = tuple(
    block
    for n in range(4)
    for block in (Block(f"The lamp of {n}", ("body", "h2"), (), 13), Block(PROSE, ("body", "p"), ("teaser",)))
)


def sort(*blocks: Block, head: Head | None = None, types: str = "", title: str = "The lamp", status: int | None = None) -> str:
    return kind(Outline(head or Head(), blocks), blocks, frozenset(types.split()), title, status)[0]


@pytest.mark.parametrize(
    ("blocks", "types", "expected"),
    [
        ((Block(PROSE * 4),), "", "article"),
        (LINKS, "", "listing"),
        (LINKS, "newsarticle", "article"),
        (TEASERS, "", "listing"),
        ((Block(PROSE * 4),), "qapage", "forum"),
        ((Block(PROSE * 4, labels=(Label("thread", "4 numbered posts", True),)),), "", "forum"),
        ((Block(PROSE), Block("light(lamp)\n" * 9, ("body", "pre"))), "", "documentation"),
        ((Block(PROSE * 4),), "techarticle", "documentation"),
        ((Block(PROSE), Block("This article is for subscribers.")), "newsarticle", "paywall"),
        ((Block(PROSE * 20), Block("This article is for subscribers.")), "newsarticle", "article"),
        ((Block("The page you are looking for could not be found."),), "", "error"),
    ],
)
def test_kinds(blocks: tuple[Block, ...], types: str, expected: str) -> None:
    assert sort(*blocks, types=types) == expected


def test_what_the_head_says() -> None:
    prose = Block(PROSE * 4)
    assert sort(prose, head=Head(meta=(("generator", "Sphinx 7.2"),))) == "documentation"
    assert sort(prose, head=Head(json_ld=('{"@type": "NewsArticle", "isAccessibleForFree": "False"}',))) == "paywall"
    assert sort(prose, head=Head(json_ld=('{"@type": "NewsArticle", "isAccessibleForFree": true}',))) == "article"


@pytest.mark.parametrize(
    ("address", "types", "expected"),
    [
        ("https://docs.lamp.example/oil", "", "documentation"),
        ("//lamp.example/docs/latest/oil", "", "documentation"),
        ("https://forum.lamp.example/t/oil/12", "", "forum"),
        ("https://forum.lamp.example/t/oil/12", "newsarticle", "article"),
        ("https://lamp.example/docs-and-oil", "", "article"),
        ("https://docs.example/oil", "", "article"),
        ("", "", "article"),
    ],
)
def test_the_address_tells_what_nothing_else_does(address: str, types: str, expected: str) -> None:
    linked, meta = Head(links=(("canonical", address),)), Head(meta=(("og:url", address),))
    assert [sort(Block(PROSE * 4), head=head, types=types) for head in (linked, meta)] == [expected] * 2
    assert sort(*LINKS, head=linked, types=types) == ("article" if types else "listing")


def test_status_and_title() -> None:
    assert sort(Block(PROSE * 9), status=404) == "error"
    assert sort(Block("Go back."), title="404 Not Found") == "error"
    assert sort(Block(PROSE * 9), title="404 reasons to love a lamp") == "article"


@pytest.mark.parametrize(
    ("family", "expected"),
    [("captcha", "captcha"), ("cookie notice", "consent"), ("javascript notice", "shell"), ("server error", "error")],
)
def test_little_text_but_a_banner(family: str, expected: str) -> None:
    banner = Block("…", labels=(Label("banner", f"banner: {family}", False),))
    found, reason = kind(Outline(Head(), (banner,)), (), frozenset(), "The lamp", None)
    assert (found, reason) == (expected, f"little text but a {family}")
    assert kind(Outline(Head(), (banner, Block(PROSE * 4))), (Block(PROSE * 4),), frozenset(), "The lamp", None)[0] == "article"


def test_every_kind_but_an_article_has_a_reason() -> None:
    for blocks in (LINKS, TEASERS):
        assert kind(Outline(Head(), blocks), blocks, frozenset(), "", None)[1]
