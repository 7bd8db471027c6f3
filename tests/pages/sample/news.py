"""www.harbourpost.example: the newspaper of a small port, mirrored by wget.

It has two skins: its site was rebuilt in 2013.
"""

import datetime as dt
import json
import re
from html import escape

from sample.heap import Heap, number, picks
from sample.story import Piece, Story, html, skin, stories

__all__ = ["ADDRESS", "address", "article", "file_of", "furnished", "make"]

ADDRESS = "https://www.harbourpost.example/"
SECTIONS = ("Council", "Coast", "Business", "Community", "Culture", "Sport")
MENU = (*SECTIONS, "Letters", "Tide times", "Obituaries", "Property", "Jobs", "Notices", "Photos", "E-paper")
CONSENT = "We and our 214 partners store and read information on your device to show you personalised advertising."
NEWSLETTER = "The Morning Tide: the news of the bay in your inbox before breakfast. Unsubscribe whenever you like."
HOUSE_RULES = "Comments are checked before they appear. Please keep to the subject and to the house rules."
IMPRINT = "© Harbour Post Newspapers Ltd, 2 Custom House Lane, Port Ellery. All rights reserved."

TEXTS = {story.slug: story for story in stories("harbourpost")}
COMMENTS = list(zip(*[iter(stories("harbourpost-comments")[0].pieces)] * 2, strict=True))


def make(heap: Heap) -> None:
    """The articles, a listing for each section, the home page, and two files that are no pages."""
    for story in TEXTS.values():
        heap.add(file_of(story), article(story).encode())
        heap.know(
            story.texts,
            file=file_of(story),
            url=address(story),
            title=story.facts["title"],
            published=story.facts["date"],
            language="en",
            kind="article",
            absent=(CONSENT if modern(story) else "Text only version", comments(story)[0][1].text, IMPRINT),
            authors=story.list("author"),
            section=story.facts["section"],
            tags=story.list("tags"),
        )
    for section in SECTIONS:
        listing(heap, section, f"{section.lower()}/", [s for s in TEXTS.values() if s.facts["section"] == section])
    listing(heap, "", "", list(TEXTS.values())[::3])
    heap.add("mirror/www.harbourpost.example/static/paper.css", b"body { font: 1.1em/1.5 serif; margin: 0 auto }\n")
    heap.add("mirror/www.harbourpost.example/static/pixel.png", PIXEL)


def modern(story: Story) -> bool:
    return story.facts["date"] >= "2013"


def path(story: Story) -> str:
    return f"{story.facts['section'].lower()}/{story.facts['date'].replace('-', '/')}/{story.slug}.html"


def address(story: Story) -> str:
    """Where the story stood."""
    return ADDRESS + path(story)


def file_of(story: Story) -> str:
    """Where it lies below `sites/`."""
    return "mirror/www.harbourpost.example/" + path(story)


def article(story: Story) -> str:
    """The page of a story in the skin of its time."""
    return new_skin(story) if modern(story) else old_skin(story)


def comments(story: Story) -> list[tuple[Piece, Piece]]:
    return picks(story.slug, COMMENTS, 2 + number(story.slug, 4))


def spoken(day: str) -> str:
    date = dt.date.fromisoformat(day)
    return f"{date.day} {date:%B %Y}"


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def links(chosen: list[Story]) -> str:
    items = (f'<li><a href="/{path(s)}">{escape(s.facts["title"])}</a></li>' for s in chosen)
    return "<ul>\n" + "\n".join(items) + "\n</ul>"


def others(story: Story, what: str, count: int) -> list[Story]:
    return [s for s in picks(story.slug + what, list(TEXTS.values()), count + 1) if s is not story][:count]


def new_skin(story: Story) -> str:
    title, section, date = (story.facts[name] for name in ("title", "section", "date"))
    hour = f"{date}T{6 + number(title, 14):02}:{number(date, 60):02}:00+00:00"
    says = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": hour,
        "dateModified": hour,
        "articleSection": section,
        "inLanguage": "en",
        "author": [{"@type": "Person", "name": name} for name in story.list("author")],
        "keywords": list(story.list("tags")),
        "mainEntityOfPage": address(story),
        "publisher": {"@type": "Organization", "name": "Harbour Post"},
    }
    paragraphs = list(html(story.pieces))
    lead = paragraphs.pop(0).replace("<p>", '<p class="standfirst">')
    middle = len(paragraphs) // 2
    newsletter = (
        f'<aside class="newsletter-box"><h3>Sign up</h3><p>{NEWSLETTER}</p>'
        '<form action="/newsletter"><input name="mail" placeholder="Your e-mail"><button>Sign up</button></form>'
        "</aside>"
    )
    related = f'<div class="related-inline"><strong>Read more</strong>{links(others(story, "inline", 2))}</div>'
    if len(paragraphs) > 3:
        paragraphs.insert(middle, newsletter)
        paragraphs.insert(middle - 1, related)
    tags = "".join(f'<a rel="tag" href="/tag/{slug(tag)}">{escape(tag)}</a> ' for tag in story.list("tags"))
    written = " and ".join(
        f'<a rel="author" href="/by/{slug(name)}">{escape(name)}</a>' for name in story.list("author")
    )
    said = "\n".join(
        f'<li class="comment" id="c{number(story.slug + who.text, 90000)}"><cite>{who.text}</cite>'
        f'<time>{number(story.slug + who.text, 22) + 1} hours later</time><p>{what.text}</p>'
        "<a>Reply</a> <a>Report</a></li>"
        for who, what in comments(story)
    )
    body = skin(
        "news-story",
        title=escape(title),
        section=section,
        place=section.lower(),
        slug=story.slug,
        written=written,
        hour=hour,
        date=spoken(date),
        share=share(),
        body="\n".join([lead, *paragraphs]),
        tags=tags,
        related=links(others(story, "related", 4)),
        count=len(comments(story)),
        rules=HOUSE_RULES,
        comments=said,
    )
    head = skin(
        "news-head",
        title=escape(title),
        hour=hour,
        section=section,
        address=address(story),
        says=json.dumps(says).replace("</", "<\\/"),
    )
    return furnished(f"{title} | Harbour Post", head, body, most_read(story))


def share() -> str:
    names = ("Facebook", "WhatsApp", "Email", "Copy link")
    return '<ul class="share">' + "".join(f"<li><a>Share on {n}</a></li>" for n in names) + "</ul>"


def most_read(story: Story) -> str:
    return f'<h2>Most read</h2>{links(others(story, "read", 5))}'


def furnished(title: str, head: str, body: str, side: str) -> str:
    """A page of the site since 2013."""
    menu = "\n".join(f'<li><a href="/{m.lower().replace(" ", "-")}/">{m}</a></li>' for m in MENU)
    facts = {"title": escape(title), "menu": menu, "consent": CONSENT, "imprint": IMPRINT}
    return skin("news", head=head, body=body, side=side, **facts)


def old_skin(story: Story) -> str:
    title, section, date = (story.facts[name] for name in ("title", "section", "date"))
    menu = " | ".join(f'<a href="/{m.lower().replace(" ", "-")}/">{m}</a>' for m in MENU)
    said = "\n".join(f'<div class="cmt"><b>{who.text}</b> wrote:<br>{what.text}</div>' for who, what in comments(story))
    return skin(
        "news-old",
        title=escape(title),
        section=section,
        place=section.lower(),
        address=address(story),
        authors=", ".join(story.list("author")),
        written=" and ".join(story.list("author")),
        keywords=", ".join(story.list("tags")),
        date=spoken(date),
        menu=menu,
        body="\n".join(html(story.pieces)),
        comments=said,
        rules=HOUSE_RULES,
        read=links(others(story, "read", 5)),
        also=links(others(story, "related", 4)),
        imprint=IMPRINT,
    )


def listing(heap: Heap, section: str, place: str, chosen: list[Story]) -> None:
    newest = sorted(chosen, key=lambda story: story.facts["date"], reverse=True)
    teasers = "\n".join(
        f'<div class="teaser"><h3><a href="/{path(s)}">{escape(s.facts["title"])}</a></h3>'
        f'<p>{escape(" ".join(s.texts[0].split()[:18]))}… <a href="/{path(s)}">Read more</a></p>'
        f"<time>{spoken(s.facts['date'])}</time></div>"
        for s in newest
    )
    pages = "".join(f'<a href="?page={page}">{page}</a> ' for page in (1, 2, 3))
    pager = f'<div class="pager">{pages}<a href="?page=2">Older</a></div>'
    title = f"{section} news" if section else "Harbour Post: the news of Port Ellery and the bay"
    head = f'<link rel="canonical" href="{ADDRESS}{place}">\n<meta property="og:type" content="website">'
    body = f"<h1>{title}</h1>\n{teasers}\n{pager}"
    page = furnished(f"{title} | Harbour Post" if section else title, head, body, most_read(newest[0]))
    file = f"mirror/www.harbourpost.example/{place}index.html"
    heap.add(file, page.encode())
    heap.know([], file=file, url=ADDRESS + place, title=title, published=None, language="en", kind="listing",
              absent=(CONSENT, IMPRINT))  # fmt: skip


#: A transparent picture of one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63f8ffff3f0300"
    "08fc02fe9f2f0a3e0000000049454e44ae426082"
)
