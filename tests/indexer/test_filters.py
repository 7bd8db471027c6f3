"""Filters label; here each on blocks made by hand, and banners by their own examples."""

import time

import pytest

from indexer.blocks import Block, Outline
from indexer.errors import BadRules
from indexer.filters import banners, density, endings, headings, label, markup, menus
from indexer.filters.banners import Family, families

PROSE = "The keeper carried two cans of oil up the stairs every evening, filled the lamp and wrote the hour into a book. " * 2


def outlined(*blocks: Block, flat: bool = False) -> Outline:
    return Outline(blocks=tuple(Block(b.text, b.path, b.classes, b.linked, n, b.hidden) for n, b in enumerate(blocks)), flat=flat)


def verdicts(outline: Outline) -> list[str]:
    """`+` where no label doubts a block, else `-`."""
    return ["+" if all(each.keep for each in block.labels) else "-" for block in outline.blocks]


def p(text: str = PROSE, *classes: str, path: tuple[str, ...] = ("body", "p"), linked: int = 0) -> Block:
    return Block(text, path, classes, linked)


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_family_finds_and_leaves_what_it_says(family: Family) -> None:
    assert family.positive
    assert family.negative
    for text in family.positive:
        assert list(family.spans(text)), text
    for text in family.negative:
        assert not list(family.spans(text)), text


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_family_is_tried_wherever_it_finds_something(family: Family) -> None:
    """The quick way by hints, first words and whole lines agrees with trying every family on every text."""
    for text in family.positive:
        blocks = banners.label(outlined(p(PROSE), p(text))).blocks[1:]
        assert any(block.labels for block in blocks), text
        assert all(hint == hint.lower() for hint in family.hints)


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_hostile_text_takes_linear_time(family: Family) -> None:
    """A million characters that begin like a banner, again and again."""
    begun = [text[: len(text) // 2] + " " for text in family.positive[:8]] + [f"{hint} " for hint in family.hints[:4]]
    for unit in (*begun, "a ", "Warning: a in /", "#1 x ", "a.", "we use a a a a ", "{{", "requires the "):
        text = (unit * (1_000_000 // len(unit) + 1))[: 1_000_000 if family.inside else family.longest]
        before = time.process_time()
        list(family.spans(text))
        assert time.process_time() - before < 2, unit


RULES = """
[[family]]
name = "tide clock"
hints = ["tide clock"]
patterns = ['^The tide clock is \\w+ today\\.$']
positive = ["The tide clock is broken today."]
negative = ["The tide clock of 1911 hangs in the hall."]
"""


def test_a_user_s_family_is_found_beside_ours() -> None:
    found = label(outlined(p("The tide clock is stopped today."), p(), p("Please enable JavaScript to go on.")), RULES)
    assert [block.labels[0].reason for block in found.blocks if block.labels and not block.labels[0].keep] == [
        "banner: tide clock", "banner: javascript notice"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("[[family", "no TOML"),
        (RULES.replace("positive", "examples"), "“tide clock” has no positive"),
        (RULES.replace("negative", "others"), "has no negative"),
        (RULES.replace("broken today", "broken"), "does not find its example"),
        (RULES.replace("of 1911 hangs in the hall", "is right today"), "finds what it should leave"),
        (RULES.replace("^The", "(The"), "no regular expression"),
        (RULES.replace("['^", "'^").replace("$']", "$'"), "has no patterns"),
    ],
)
def test_rules_that_cannot_be_used_are_named(rules: str, said: str) -> None:
    with pytest.raises(BadRules, match=said):
        families(rules)


def test_rules_that_find_nothing_any_more_are_told() -> None:
    removed = [("banner: tide clock", "The tide clock is broken today.")]
    assert banners.unused(removed, RULES) == []
    assert len(banners.unused([], RULES)) == 1
    assert banners.unused([("banner: php error", "The tide clock is broken today.")], RULES) != []
    ours = [(f"banner: {family.name}", text) for family in families() for text in family.positive]
    assert banners.unused(ours) == []
    assert len(banners.unused([])) == len(families())


def test_a_banner_inside_a_line_is_cut_out() -> None:
    line = (
        "Error message Missing or incomplete installation of the jReject library! Please follow the instructions from "
        "README.txt to get it. The lamp was lit at six."
    )
    first, second = banners.label(outlined(p(line), flat=True)).blocks
    assert first.text.startswith("Error message Missing")
    assert first.text.endswith("get it.")
    assert first.labels[0].reason == "banner: cms status message"
    assert (second.text, second.labels, second.index) == ("The lamp was lit at six.", (), 1)


def test_two_banners_in_one_line_leave_what_is_between() -> None:
    line = "Notice: Undefined index: a in /w/x.php on line 3 The lamp. Warning: b() failed in /w/y.php on line 4 The end."
    found = banners.label(outlined(p(line), flat=True)).blocks
    assert [(b.text, bool(b.labels)) for b in found][1::2] == [("The lamp.", False), ("The end.", False)]
    assert [bool(b.labels) for b in found] == [True, False, True, False]


def test_an_article_about_a_banner_stays() -> None:
    text = "Sites say “we use cookies” since the law of 2009, and readers click it away without a thought. " * 12
    assert verdicts(banners.label(outlined(p(text)))) == ["+"]


def test_named_furniture_is_doubted() -> None:
    found = markup.label(
        outlined(
            p("Home", path=("body", "nav", "li")), p(), p(), p(), p("Buy it now", "sidebar-left"), p("Share", "share-tools")
        )
    )
    assert verdicts(found) == ["-", "+", "+", "+", "-", "-"]


def test_a_name_that_covers_the_page_is_no_furniture() -> None:
    found = markup.label(outlined(*(p(PROSE, "has-sidebar", "menu-open", path=("body", "form", "p")) for _ in range(4))))
    assert verdicts(found) == ["+"] * 4


def test_what_stands_outside_the_named_body_is_doubted() -> None:
    body = [p(PROSE, "entry-content") for _ in range(3)]
    assert verdicts(markup.label(outlined(p(PROSE, "other"), *body))) == ["-", "+", "+", "+"]


def test_hidden_blocks_go_unless_they_are_all_there_is() -> None:
    hidden = Block(PROSE, ("body", "p"), (), 0, 0, True)
    assert verdicts(markup.label(outlined(p(), p(), p(), hidden))) == ["+", "+", "+", "-"]
    assert verdicts(markup.label(outlined(hidden, hidden, p("Menu")))) == ["+", "+", "+"]


def test_long_texts_and_what_stands_between_them_are_content() -> None:
    found = density.label(outlined(p("Login"), p(), p("Short."), p(), p("More", linked=4), p("Imprint")))
    assert verdicts(found) == ["-", "+", "+", "+", "-", "-"]


def test_headings_belong_to_what_follows() -> None:
    head = p("Oil", path=("body", "h2"))
    found = headings.label(density.label(outlined(head, p(), head, p("x"), p("y"), p("z"))))
    assert verdicts(found)[:3] == ["+", "+", "-"]


def test_what_comes_after_the_ending_goes() -> None:
    assert verdicts(endings.label(outlined(p(), p(), p("Related stories:"), p()))) == ["+", "+", "-", "-"]
    assert verdicts(endings.label(outlined(p("Comments"), p(), p()))) == ["+", "+", "+"], "not at the beginning"
    assert verdicts(endings.label(outlined(p(), p(), p("Read more"), p()))) == ["+", "+", "-", "+"], "a pointer"


def test_every_label_has_a_reason() -> None:
    found = label(outlined(p("Home", path=("body", "nav")), p(), p("We use cookies to serve you."), p("x")))
    assert all(block.labels and all(each.name and each.reason for each in block.labels) for block in found.blocks)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Home | News | Sport | Weather | Contact", "-"),
        ("Startseite · Aktuelles · Termine · Impressum", "-"),
        ("Home › Council › Press room › 2019", "-"),
        ("By Ines Calloway | 4 October 2019 | Coast", "+"),
        ("Oil was carried up | The wick was trimmed by hand | Ships were counted until dawn | The hour was written down", "+"),
    ],
)
def test_a_line_of_short_pieces_is_a_menu(text: str, verdict: str) -> None:
    assert verdicts(menus.label(outlined(p(text), flat=True))) == [verdict]
    assert verdicts(menus.label(outlined(p(text)))) == ["+"], "where there is markup, links tell"


def test_a_short_sentence_ends_a_flattened_page() -> None:
    blocks = (p("Print this page"), p(), p("Then mussels were served."))
    assert verdicts(density.label(outlined(*blocks, flat=True))) == ["-", "+", "+"]
