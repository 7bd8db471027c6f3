"""What can be typed into the search box, and what the pages do with it."""

from flask import render_template

from search.document import HIDDEN_KINDS, KINDS
from web.address import Address
from web.context.help import HelpPage, Syntax
from web.context.parts import Link, SearchBox
from web.views.links import pages, search_href

__all__: list[str] = []

#: Examples and what they find, by heading; each is read without a mend (a test).
SYNTAX = (
    ("Words", (
        ("lamp keeper", "pages with both words, in any form: lamps, keeper’s"),
        ('"lamp keeper"', "one word right after the other"),
        ('"lamp keeper"~5', "the words near each other, at most five words apart"),
        ("lamp OR moth", "either word"),
        ("(lamp OR moth) keeper", "groups: keeper, and one of the others"),
        ("keeper -football", "without a word"),
    )),
    ("Parts of words", (
        ("light*", "words that begin so"),
        ("l*ght", "words of this shape; * stands for any letters"),
        ("lihgt~1", "words within one edit, for names one cannot spell; ~2 within two"),
    )),
    ("Fields", (
        ("title:lamp", "in the title"),
        ("site:example.org", "of one site"),
        ('section:"Arts and Books"', "in one section; quotes hold several words together"),
        ("author:doe", "by this author"),
        ("tag:storm", "with this tag"),
        ("lang:de", "in this language, by its code"),
        ("kind:forum", f"of one kind: {', '.join(KINDS)}"),
    )),
    ("Dates of publication", (
        ("date:2018-02", "in a year, a month or on a day: 2018, 2018-02, 2018-02-22"),
        ("before:2018", "before it"),
        ("after:2018-02-22", "after it"),
    )),
)  # fmt: skip


@pages.get("/help")
def search_help() -> str:
    groups = tuple(
        (heading, tuple(Syntax(Link(text, search_href(Address(text))), meaning) for text, meaning in rows))
        for heading, rows in SYNTAX
    )
    page = HelpPage(SearchBox(), groups, tuple(kind for kind in KINDS if kind in HIDDEN_KINDS))
    return render_template("help.html", page=page)
