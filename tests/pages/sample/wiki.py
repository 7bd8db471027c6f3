"""wiki.tidemill.example: documentation with code, tables and translations, in a WARC.

Besides the pages the crawl holds what crawls hold: a page taken twice that changed between, one that did not change
(revisit), a redirect, an image, a page that is not found, a resource, and a later look at two pages of the newspaper.
"""

import dataclasses
import datetime as dt
import re
from html import escape

from sample import news
from sample.heap import Heap
from sample.story import Piece, Story, html, skin, stories
from sample.warc import Crawl

__all__ = ["make"]

FILE = "warc/tidemill-wiki.warc.gz"
ADDRESS = "https://wiki.tidemill.example/wiki/"
FIRST = dt.datetime(2024, 2, 20, 3, 0, tzinfo=dt.UTC)
#: Paragraphs that two articles of the newspaper got later, and before which of theirs.
CORRECTED = {
    "marrow-head-lamp-goes-dark": (3, "Correction, 5 October: an earlier version of this article made Mr Renn 84."),
    "gauge-broken-record": (2, "Update, 12 February: the tank is filled each morning with water from the fish dock."),
}
NOTES = (
    "Notes of the crawler, February 2024.",
    "The wiki answered politely at one page a minute. Two pages had changed when we came round again, one had not, and "
    "the page about the fax is gone for good, which the release notes had led us to expect.",
    "Nobody was kept awake by this crawl except the crawler.",
)

PAGES = stories("tidemill")


def make(heap: Heap) -> None:
    """The crawl."""
    crawl = Crawl()
    crawl.info(stamp(0), software="harbour-crawler/1.0", format="WARC File Format 1.0", description="Tidemill wiki")
    crawl.response("http://wiki.tidemill.example/", stamp(1), b"", status="301 Moved Permanently",
                   Location=ADDRESS + "Tidemill")  # fmt: skip
    for at, story in enumerate(PAGES):
        crawl.response(ADDRESS + story.slug, stamp(10 + at), page(story).encode())
        heap.know(
            story.texts,
            file=FILE,
            url=ADDRESS + story.slug,
            title=story.facts["title"],
            published=story.facts["created"],
            language=story.facts.get("lang", "en"),
            kind="documentation",
            absent=("What links here", "The yearly meeting is held at low water on 14 September"),
        )
    changes(heap, crawl)
    crawl.response("https://wiki.tidemill.example/logo.png", stamp(80), news.PIXEL, "image/png")
    crawl.response(ADDRESS + "Fax", stamp(81), missing("Fax").encode(), status="404 Not Found")
    heap.know([], file=FILE, url=ADDRESS + "Fax", title="Fax", published=None, language=None, kind="error", absent=())
    notes = "https://wiki.tidemill.example/crawl-notes.txt"
    crawl.resource(notes, stamp(82), "\n\n".join(NOTES).encode(), "text/plain")
    heap.know(NOTES, file=FILE, url=notes, title=None, published=None, language="en", kind="article", absent=())
    heap.add(FILE, crawl.compressed())


def changes(heap: Heap, crawl: Crawl) -> None:
    """What a second round found."""
    crawl.revisit(ADDRESS + "Siel_41", stamp(60), stamp(10 + [page.slug for page in PAGES].index("Siel_41")))
    old = next(page for page in PAGES if page.slug == "Contributing")
    added = "From this year on the meeting has a cake, baked by whichever harbour had the highest surge."
    new = dataclasses.replace(old, pieces=(*old.pieces, Piece("p", (added,))))
    crawl.response(ADDRESS + old.slug, stamp(61), page(new).encode())
    at = next(at for at, truth in enumerate(heap.truths) if truth.url == ADDRESS + old.slug)
    heap.truths[at] = dataclasses.replace(heap.truths[at], last=" ".join(added.split()[-7:]))
    for slug, (place, words) in CORRECTED.items():
        story = news.TEXTS[slug]
        pieces = (*story.pieces[:place], Piece("p", (words,)), *story.pieces[place:])
        later = dataclasses.replace(story, pieces=pieces)
        crawl.response(news.address(story), stamp(62 + place), news.article(later).encode())


def stamp(minutes: int) -> str:
    return f"{FIRST + dt.timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def page(story: Story) -> str:
    facts = [fact.split(": ", 1) for fact in story.list("infobox")]
    rows = "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in facts)
    heads = [piece.text for piece in story.pieces if piece.tag == "h2"]
    contents = "".join(
        f'<li class="toclevel-1"><a href="#{at}"><span class="tocnumber">{at}</span> {escape(head)}</a></li>'
        for at, head in enumerate(heads, 1)
    )
    edit = '<span class="mw-editsection">[<a href="?action=edit">edit</a>]</span></h2>'
    edited = dt.date.fromisoformat(story.facts["edited"])
    return skin(
        "wiki",
        language=story.facts.get("lang", "en"),
        title=escape(story.facts["title"]),
        created=story.facts["created"],
        edited=story.facts["edited"],
        address=ADDRESS + story.slug,
        infobox=f'<table class="infobox">{rows}</table>\n' if rows else "",
        contents=f'<div id="toc" class="toc"><h2>Contents</h2><ul>{contents}</ul></div>\n' if heads else "",
        body=re.sub("</h2>", edit, "\n".join(html(story.pieces))),
        categories="".join(f"<li><a>{tag}</a></li>" for tag in story.list("tags")),
        changed=f"{edited.day} {edited:%B %Y}, at 21:{edited.day + 12}",
    )


def missing(name: str) -> str:
    body = f"<p>There is currently no text in this page. You can search for “{name}” in other pages.</p>"
    blank = dict.fromkeys(("created", "edited", "infobox", "contents", "categories"), "")
    return skin("wiki", language="en", title=name, address=ADDRESS + name, body=body, changed="no day", **blank)
