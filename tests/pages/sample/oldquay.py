"""www.oldquay-history.example: a history society's site of tables and fonts, in bytes that are no UTF-8.

Some pages declare their encoding, some declare the wrong cousin of it (iso-8859-1 for windows-1252), some nothing.
Some carry what the society's server said on top: a content system's status message, PHP's warnings.
"""

import datetime as dt
from html import escape

from sample.heap import Heap, number, picks
from sample.story import Story, skin, stories

__all__ = ["make"]

HOST = "www.oldquay-history.example"
CHARSETS = ("windows-1252", "iso-8859-1", "")
REJECT = (
    "Missing or incomplete installation of the jReject library! "
    "Please follow the instructions from README.txt to get it."
)
STATUS = (
    '<TR><TD COLSPAN="3"><div class="messages error"><h2 class="element-invisible">Error message</h2>\n'
    f"{REJECT}</div></TD></TR>\n"
)
WARNING = "Cannot modify header information - headers already sent by (output started at {0}:12)"
WARNINGS = (
    f"<br />\n<b>Warning</b>:  {WARNING} in <b>{{0}}</b> on line <b>48</b><br />\n"
    "<br />\n<b>Notice</b>:  Undefined index: visitor in <b>/home/oldquay/public_html/inc/counter.php</b>"
    " on line <b>7</b><br />\n"
).format("/home/oldquay/public_html/inc/top.php")

ARTICLES = stories("oldquay")


def make(heap: Heap) -> None:
    """All articles."""
    for at, story in enumerate(ARTICLES):
        file = f"mirror/{HOST}/{story.slug}.htm"
        heap.add(file, page(story, at).encode("windows-1252"))
        banners = (REJECT,) * rejected(at) + ("on line",) * warned(at)
        heap.know(
            story.texts,
            file=file,
            url=address(story) if commented(at) else address(story).replace("http:", "https:"),
            title=story.facts["title"],
            published=story.facts["date"],
            language="en",
            kind="article",
            absent=(*banners, "Best viewed at 800 x 600", "Webmaster: Clive"),
        )


def address(story: Story) -> str:
    return f"http://{HOST}/{story.slug}.htm"


def commented(at: int) -> bool:
    """Whether the page tells its address in a comment."""
    return at % 4 == 3


def rejected(at: int) -> bool:
    return at % 3 == 1


def warned(at: int) -> bool:
    return at % 5 == 2


def spoken(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def page(story: Story, at: int) -> str:
    charset = CHARSETS[at % len(CHARSETS)]
    declared = f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={charset}">\n' if charset else ""
    date = dt.date.fromisoformat(story.facts["date"])
    others = [other for other in picks(story.slug, ARTICLES, 5) if other is not story][:4]
    return skin(
        "oldquay",
        above=WARNINGS if warned(at) else "",
        saved=f"<!-- saved from url=({len(address(story)):04}){address(story)} -->\n" if commented(at) else "",
        charset=declared,
        title=escape(story.facts["title"]),
        status=STATUS if rejected(at) else "",
        articles="\n".join(
            f'<A HREF="{s.slug}.htm">{escape(s.facts["title"].split(":")[0])}</A><BR>' for s in ARTICLES
        ),
        visitor=f"{at * 731 + 20418:06}",
        section=story.facts["section"],
        date=spoken(date),
        body="\n".join(f'<P ALIGN="justify">{escape(text, quote=False)}' for text in story.texts),
        also="<BR>\n".join(f'· <A HREF="{s.slug}.htm">{escape(s.facts["title"])}</A>' for s in others),
        changed=f"{date + dt.timedelta(days=40 + number(story.slug, 400)):%d/%m/%y}",
    )
