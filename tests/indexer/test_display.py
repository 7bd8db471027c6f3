"""How a cleaned page and a template are shown."""

import json

import click

from indexer import clean
from indexer.display import page_as_json, page_as_text, template_as_text
from indexer.ends import Ends
from indexer.furniture import Repeated, Template

SENTENCE = "The keeper carried two cans of oil up the stairs every evening, filled the lamp and wrote the hour into a book."
PAGE = f"""<html lang=en><title>The lamp</title><body><nav><p>Home<p>Tides</nav><h1>The lamp</h1><h2>The stairs</h2><p>{SENTENCE}
<p>Please enable JavaScript to see the comments.<p>{SENTENCE} Nobody read it.<footer><p>© Quay Office</footer>""".encode()


def test_blocks_stand_in_page_order_each_with_its_sign_and_reason() -> None:
    shown = click.unstyle(page_as_text("lamp.html", "", clean(PAGE)))
    pieces = [
        "- in navigation\n  Home\n  Tides\n",
        "+ heads what follows\n  The lamp\n  The stairs\n",
        f"\n  {SENTENCE}\n",
        "- banner: javascript notice\n  Please enable JavaScript to see the comments.\n",
        f"  {SENTENCE} Nobody read it.\n",
        "- in a footer\n  © Quay Office",
    ]
    places = [shown.index(piece) for piece in pieces]
    assert places == sorted(places)
    assert shown.startswith("lamp.html\n  title       The lamp  (")


def test_colours_tell_kept_from_removed() -> None:
    shown = page_as_text("lamp.html", "", clean(PAGE))
    assert click.style("- in navigation", fg="red") in shown
    assert click.style("+ heads what follows", fg="green") in shown


def test_json_holds_all_blocks_in_page_order() -> None:
    cleaned = clean(PAGE)
    written = json.loads(page_as_json("lamp.html", "https://quay.example/", cleaned))
    assert [block["text"] for block in written["blocks"]] == [block.text for block in cleaned.blocks]
    assert "\n\n".join(block["text"] for block in written["blocks"] if block["kept"]) == written["text"]
    gone = [{"reason": block["reason"], "text": block["text"]} for block in written["blocks"] if not block["kept"]]
    assert gone == written["removed"]
    assert [block["reason"] for block in written["blocks"]][:2] == ["in navigation", "in navigation"]


def test_no_control_character_reaches_the_terminal() -> None:
    shown = page_as_text("x", "", clean(f"<title>Ring \x1b[2J</title><p>{SENTENCE} \x07 \u202e".encode()))
    assert not set(click.unstyle(shown)) & {"\x07", "\u202e", "\x1b"}
    assert "\x1b" not in template_as_text("a\x1b[2J", Template(9, {1: Repeated(9, "head", "\x1b[31mHome")}))


def test_a_template_shows_its_lines_by_their_share() -> None:
    template = Template(
        50,
        {1: Repeated(50, "head", "Home"), 2: Repeated(48, "foot", "Terms of use")},
        {3: Repeated(49, "head", "Available languages: en")},
        Ends(frozenset({"homeabou"})),
    )
    assert template_as_text("quay.example", template).splitlines() == [
        "quay.example: 50 pages with texts of their own were looked at",
        "  100% of pages  head    Home",
        "   98% of pages  head    Available languages: en (and others that begin so)",
        "   96% of pages  foot    Terms of use",
        "  their one-line texts begin alike, and are cut there",
    ]


def test_a_site_of_few_pages_says_so() -> None:
    assert template_as_text("a.example", Template(5)).endswith("too few to tell; 6 are needed")
    assert template_as_text("a.example", Template(40)).endswith("nothing is repeated on enough of them")
