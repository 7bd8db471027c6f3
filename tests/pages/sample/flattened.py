"""Pages flattened to plain text by somebody else: no title, no markup, and what stood on top still on top; and two
more in a WET file."""

import textwrap

from sample.heap import Heap
from sample.oldquay import REJECT
from sample.story import stories
from sample.warc import Crawl

__all__ = ["make"]

#: What stands above a text, its paragraphs in order.
ABOVE = {
    "reject": ("Error message", REJECT),
    "warning": (
        "Warning: include(/srv/council/inc/counter.php): failed to open stream: No such file or directory "
        "in /srv/council/news/show.php on line 31",
    ),
    "menu": ("Home | Members | Committees | News | Documents | Press room | Vacancies | Contact | Site map",),
    "script": (
        "JavaScript seems to be disabled in your browser. You must have JavaScript enabled in your browser to use this "
        "website.",
    ),
    "fehler": (
        "Fehlermeldung",
        "Notice: Undefined index: seite in include() (Zeile 44 von "
        "/var/www/deich/sites/all/themes/marsch/page.tpl.php).",
    ),
    "none": (),
}

WET = {
    "https://www.larkhaven-port.example/notices/112": (
        "Dredging of the outer channel begins on Monday and will last until the herring do not mind any more.",
        "Vessels drawing more than four metres are asked to keep to the north side, where the water is deeper and the "
        "view is better. The dredger Hopper Nine has been lent by Port Ellery and is to be returned with its sail.",
    ),
    "https://www.larkhaven-port.example/notices/117": (
        "The grey parrot that was given to our friends in Port Ellery in 2004 has been returned to Larkhaven.",
        "It repeats the phrase “not minuted” at intervals. Offers of a home without committees are welcome.",
    ),
}


def make(heap: Heap) -> None:
    """The texts, and a WET file."""
    for story in stories("flattened"):
        above = ABOVE[story.facts["above"]]
        dateline = (story.facts["dateline"],) if "dateline" in story.facts else ()
        match story.facts["layout"]:
            case "line":
                content = " ".join((*above, *dateline, *story.texts))
            case "wrapped":
                lines = [line for text in (*above, *dateline, *story.texts) for line in textwrap.wrap(text, 78)]
                content = "\n".join(lines)
            case _:
                # as scrapers leave it: the dateline sticks to what stands above it
                content = "\n\n".join((*above, *story.texts))
                if dateline:
                    content = content.replace(story.texts[0], f"{dateline[0]}\n\n{story.texts[0]}")
                    content = content.replace(f"\n\n{dateline[0]}", f"\n{dateline[0]}")
        encoding = "windows-1252" if story.facts.get("lang") == "fr" else "utf-8"
        file = f"flattened/{story.slug}.txt"
        heap.add(file, (content + "\n").encode(encoding))
        heap.know(
            story.texts,
            file=file,
            url=None,
            title=None,
            published=story.facts.get("date"),
            language=story.facts.get("lang", "en"),
            kind="article",
            absent=(*above, *dateline),
        )
    crawl = Crawl()
    crawl.info("2023-05-04T06:00:00Z", software="harbour-crawler/1.0", format="WARC File Format 1.0")
    for url, texts in WET.items():
        crawl.conversion(url, "2023-05-04T06:01:00Z", "\n\n".join(texts))
        heap.know(texts, file="warc/larkhaven.warc.wet.gz", url=url, title=None, published=None, language="en",
                  kind="article", absent=())  # fmt: skip
    heap.add("warc/larkhaven.warc.wet.gz", crawl.compressed())
