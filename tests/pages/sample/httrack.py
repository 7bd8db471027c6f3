"""notizen-vom-deich.example: a German blog as HTTrack copies it, with its index and its cache folder."""

import datetime as dt
from html import escape

from sample.heap import Heap, number, picks
from sample.story import Story, html, skin, stories

__all__ = ["make"]

HOST = "notizen-vom-deich.example"
COPIED = dt.datetime(2024, 6, 8, 9, 30, 11, tzinfo=dt.UTC)
MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
          "Dezember")  # fmt: skip
AUTHORS = {"Reise": "Jule Brandt", "Küche": "Jule Brandt", "Vögel": "Jule Brandt", "Garten": "Jule Brandt"}
COMMENTS = (
    ("Wattwurm", "Genau so war es bei uns auch, nur ohne Klavier."),
    ("Elke aus dem Binnenland", "Ich lese hier seit Jahren mit und wollte endlich einmal danke sagen."),
    ("Hauke", "Der Wind kam aber aus Nordwest, das weiß ich noch."),
    ("moorhuhn", "Hinnerk lässt grüßen und sagt, es waren mehr."),
    ("Tante Gesche", "Schön geschrieben. Und wann kommt ihr zum Kaffee?"),
    ("Pegelleser", "Bei uns standen an dem Tag vier Zentimeter mehr auf der Latte."),
    ("Rolf P.", "Das Rezept für die Brote im Stehen hätte ich gern."),
)
#: A picture of one pixel.
DOT = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\xff\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"

POSTS = sorted(stories("deich"), key=lambda post: post.facts["date"])


def make(heap: Heap) -> None:
    """The posts, the blog's first page, and what HTTrack adds."""
    for at, post in enumerate(POSTS):
        file = f"httrack/{HOST}/{path(post)}index.html"
        heap.add(file, page(post, at).encode())
        heap.know(
            post.texts,
            file=file,
            url=f"https://{HOST}/{path(post)}",
            title=post.facts["title"],
            published=post.facts["date"],
            language="de",
            kind="article",
            absent=("Diese Website verwendet Cookies", "Gezeitenkalender", comments(post)[0][1]),
            authors=(author(post),),
            section=post.facts["section"],
            tags=post.list("tags"),
        )
    front(heap)
    heap.add("httrack/index.html", skin("httrack-index", host=HOST).encode())
    heap.know([], file="httrack/index.html", url=None, title="Local index - HTTrack Website Copier", published=None,
              language="en", kind=None, absent=())  # fmt: skip
    heap.add("httrack/backblue.gif", DOT)
    heap.add("httrack/hts-cache/doit.log", f"-qwC2%Ps2u1%s%uN0%I0p3DaK0H0%kf2A25000%f#f http://{HOST}/\n".encode())
    heap.add("httrack/hts-cache/new.lst", "".join(f"[{HOST}/{path(post)}index.html]\n" for post in POSTS).encode())


def path(post: Story) -> str:
    return f"{post.facts['date'][:7].replace('-', '/')}/{post.slug}/"


def spoken(day: str) -> str:
    date = dt.date.fromisoformat(day)
    return f"{date.day}. {MONTHS[date.month - 1]} {date.year}"


def author(post: Story) -> str:
    return AUTHORS.get(post.facts["section"], "Onno Brandt")


def comments(post: Story) -> list[tuple[str, str]]:
    return picks(post.slug, COMMENTS, 1 + number(post.slug, 3))


def copied(at: int) -> str:
    return f"{COPIED + dt.timedelta(seconds=7 * at):%a, %d %b %Y %H:%M:%S} GMT"


def links(posts: list[Story], up: str) -> str:
    items = (f'<li><a href="{up}{path(p)}index.html">{escape(p.facts["title"])}</a></li>' for p in posts)
    return "<ul>" + "".join(items) + "</ul>"


def place(section: str) -> str:
    return section.lower().replace("ü", "ue").replace("ö", "oe")


def page(post: Story, at: int) -> str:
    up = "../../../"
    title, section = escape(post.facts["title"]), post.facts["section"]
    around = [POSTS[near] for near in (at - 1, at + 1) if 0 <= near < len(POSTS)]
    said = (
        f'<li class="comment"><div class="comment-author vcard"><b class="fn">{name}</b> '
        f'<span class="says">sagt:</span></div><div class="comment-content"><p>{words}</p></div>'
        '<a class="comment-reply-link">Antworten</a></li>'
        for name, words in comments(post)
    )
    main = skin(
        "deich-post",
        number=700 + 9 * at,
        title=title,
        date=spoken(post.facts["date"]),
        author=author(post),
        nick=author(post).split()[0].lower(),
        body="\n".join(html(post.pieces)),
        related=links([other for other in picks(post.slug, POSTS, 4) if other is not post][:3], up),
        place=place(section),
        section=section,
        tags=", ".join(f'<a href="{up}tag/{place(tag)}/index.html" rel="tag">{tag}</a>' for tag in post.list("tags")),
        around=links(around, up),
        count=len(comments(post)),
        comments="\n".join(said),
        up=up,
    )
    recent = links([other for other in reversed(POSTS) if other is not post][number(post.slug, 3) :][:5], up)
    return skin("deich", path=path(post), copied=copied(at), title=title, up=up, classes="single single-post",
                main=main, recent=recent)  # fmt: skip


def front(heap: Heap) -> None:
    teasers = "\n".join(
        f'<article class="post"><h2 class="entry-title">'
        f'<a href="{path(p)}index.html">{escape(p.facts["title"])}</a></h2>'
        f'<span class="posted-on">{spoken(p.facts["date"])}</span>'
        f'<p>{escape(" ".join(p.texts[0].split()[:20]))} … '
        f'<a class="more-link" href="{path(p)}">Weiterlesen</a></p></article>'
        for p in reversed(POSTS)
    )
    pager = '<nav class="navigation pagination"><span class="current">1</span> <a>2</a> <a>Ältere Beiträge</a></nav>'
    page = skin("deich", path="", copied=copied(-1), title="Wetter, Wasser, Nachbarn", up="", classes="home blog",
                main=teasers + pager, recent=links(POSTS[:5], ""))  # fmt: skip
    file = f"httrack/{HOST}/index.html"
    heap.add(file, page.encode())
    heap.know([], file=file, url=f"https://{HOST}/", title="Wetter, Wasser, Nachbarn", published=None, language="de",
              kind="listing", absent=("Diese Website verwendet Cookies", "Gezeitenkalender"))  # fmt: skip
