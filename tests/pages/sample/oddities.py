"""What every heap holds besides its good pages: copies, errors, walls, shells, broken and hostile files. All stand on
the newspaper's site."""

import dataclasses
from html import escape

from sample import news
from sample.heap import Heap, gzipped
from sample.story import Story, html, skin, stories

__all__ = ["make"]

TREE = "mirror/www.harbourpost.example/"

#: What the hostile page would run in a browser: it leaves a mark in the window's title and does no harm.
LIVE = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"


def make(heap: Heap) -> None:
    """One page for each fault."""
    compressed, paywalled, hostile, long = stories("oddities")
    for story in (compressed, hostile, long):
        end, pack = (".gz", gzipped) if story is compressed else ("", bytes)
        page = news.article(story)
        if story is hostile:
            page = page.replace('<div class="story-body">', f'<div class="story-body">{LIVE}')
        heap.add(news.file_of(story) + end, pack(page.encode()))
        heap.know(
            story.texts,
            file=news.file_of(story) + end,
            url=news.address(story),
            title=story.facts["title"],
            published=story.facts["date"],
            language="en",
            kind="article",
            absent=(news.CONSENT, news.IMPRINT),
            authors=story.list("author"),
            section=story.facts["section"],
            tags=story.list("tags"),
        )
    printed(heap, news.TEXTS["ferry-quillon-returns"])
    wall(heap, paywalled)
    soft_404(heap)
    for name, kind, title in (
        ("checking", "captcha", "Just a moment..."),
        ("shell", "shell", "Harbour Post Live"),
        ("consent", "consent", "Before you continue"),
        ("database", "error", "Database Error"),
    ):
        path = f"{name}.html" if name != "shell" else "live/app.html"
        heap.add(TREE + path, skin(f"odd-{name}", address=news.ADDRESS + path).encode())
        heap.know([], file=TREE + path, url=news.ADDRESS + path, title=title, published=None, language="en", kind=kind,
                  absent=())  # fmt: skip
    heap.add(TREE + "static/empty.html", b"")


def printed(heap: Heap, story: Story) -> None:
    """The print view of an article: another address, the same text."""
    path = f"print/{story.slug}.html"
    page = skin(
        "odd-print",
        title=escape(story.facts["title"]),
        authors=", ".join(story.list("author")),
        date=news.spoken(story.facts["date"]),
        body="\n".join(html(story.pieces)),
        address=news.ADDRESS + path,
    )
    heap.add(TREE + path, page.encode())
    heap.know(story.texts, file=TREE + path, url=news.ADDRESS + path, title=story.facts["title"],
              published=story.facts["date"], language="en", kind="article", absent=("Printed from",))  # fmt: skip


def wall(heap: Heap, story: Story) -> None:
    """The first lines of an article, then a demand for money."""
    demand = "<h2>Subscribe to continue reading</h2><p>This article is for subscribers only.</p>"
    page = news.article(story).replace("</article>", f'<div class="paywall">{demand}</div></article>', 1)
    page = page.replace('"@type": "NewsArticle"', '"@type": "NewsArticle", "isAccessibleForFree": false')
    heap.add(news.file_of(story), page.encode())
    heap.know(story.texts, file=news.file_of(story), url=news.address(story), title=story.facts["title"],
              published=story.facts["date"], language="en", kind="paywall",
              absent=("This article is for subscribers only", news.CONSENT), authors=story.list("author"),
              section=story.facts["section"], tags=story.list("tags"))  # fmt: skip


def soft_404(heap: Heap) -> None:
    """The server said 200 and meant 404."""
    path = "coast/2016/08/02/dolphins-in-the-dock.html"
    body = (
        "<h1>Page not found</h1>\n<p>Sorry, the page you are looking for could not be found. It may have been moved or "
        "deleted. Please check the address or try our search.</p>"
    )
    side = news.most_read(dataclasses.replace(news.TEXTS["whale-in-the-lock"], slug=path))
    heap.add(TREE + path, news.furnished("Page not found | Harbour Post", "", body, side).encode())
    heap.know([], file=TREE + path, url=news.ADDRESS + path, title="Page not found", published=None, language="en",
              kind="error", absent=(news.CONSENT,))  # fmt: skip
