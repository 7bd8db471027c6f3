"""forum.kestrelriders.example: a closed forum, mirrored by wget with names that every file system takes."""

import datetime as dt
from html import escape
from itertools import groupby

from sample.heap import Heap, number, picks
from sample.story import Piece, Story, skin, stories

__all__ = ["make"]

ADDRESS = "https://forum.kestrelriders.example/viewtopic.php?t="
RIDERS = {
    "Marlow": ("500 single, 650", "If it ticks it runs."),
    "BigEndBert": ("one of each", "There is no such thing as a quick look."),
    "Sprocket Annie": ("1962 twin", "Third floor, no lift."),
    "Odalys": ("the brown one", "Nine lighthouses and counting."),
    "Torque Wrench Tim": ("650", "Righty tighty, snappy sorry."),
    "Pilgrim": ("650 with chair", "Clockwise."),
    "half-choke Harry": ("1998 650", "Please start."),
    "Newbie Noor": ("2006 650", "No longer a newbie, cannot change the name."),
    "Registrar": ("1949", "Have you sent me your frame number?"),
    "Mrs Pemberton": ("passenger", "Sundays after three."),
    "Gasket Case": ("350 twin", "Open the gate, close the gate."),
    "Sparks": ("injected 650", "It is always the connector."),
    "tallboy": ("350 twin", "A happy bear."),
}
RANKS = ("Running in", "Regular", "Old hand", "Part of the furniture")
BOARDS = ("Announcements", "Workshop", "Model history", "Ride reports", "Meetings", "Touring", "Travel", "Projects",
          "General", "For sale")  # fmt: skip

THREADS = stories("kestrel")


def make(heap: Heap) -> None:
    """All threads."""
    for thread in THREADS:
        file = f"mirror/forum.kestrelriders.example/viewtopic.php@t={thread.slug}.html"
        heap.add(file, page(thread).encode())
        heap.know(
            thread.texts,
            file=file,
            url=ADDRESS + thread.slug,
            title=thread.facts["title"],
            published=thread.facts["date"],
            language="en",
            kind="forum",
            absent=("Users browsing this forum", "Return to “"),
            section=thread.facts["board"],
        )


def page(thread: Story) -> str:
    posts = posts_of(thread)
    board = thread.facts["board"]
    similar = [other for other in picks(thread.slug, THREADS, 5) if other is not thread][:4]
    return skin(
        "forum",
        title=escape(thread.facts["title"]),
        address=ADDRESS + thread.slug,
        number=thread.slug,
        board=board,
        board_number=BOARDS.index(board) + 1,
        boards="".join(f'<li><a href="./viewforum.php?f={at}">↳ {name}</a></li>' for at, name in enumerate(BOARDS, 1)),
        count=len(posts),
        guests=number(thread.slug, 9) + 1,
        posts="".join(post(thread, at, *one) for at, one in enumerate(posts)),
        similar="\n".join(
            f'<li><a href="./viewtopic.php?t={other.slug}">{escape(other.facts["title"])}</a> '
            f"in {other.facts['board']}</li>"
            for other in similar
        ),
    )


def posts_of(thread: Story) -> list[tuple[str, list[Piece]]]:
    """Who wrote, and what."""
    posts: list[tuple[str, list[Piece]]] = []
    for speaks, pieces in groupby(thread.pieces, lambda piece: piece.tag == "by"):
        if speaks:
            posts.append((next(pieces).text, []))
        else:
            posts[-1][1].extend(pieces)
    return posts


def post(thread: Story, at: int, name: str, pieces: list[Piece]) -> str:
    when = dt.datetime.fromisoformat(thread.facts["date"]) + dt.timedelta(
        hours=number(thread.slug, 9) + 8 + 19 * at, minutes=number(f"{thread.slug}{at}", 60)
    )
    rides, signature = RIDERS[name]
    quoted = ""
    if at and number(f"quote {thread.slug} {at}", 3) == 0:
        author, before = posts_of(thread)[at - 1]
        words = escape(" ".join(before[-1].text.split()[:14]))
        quoted = f"<blockquote><div><cite>{escape(author)} wrote: ↑</cite>{words} …</div></blockquote>"
    return skin(
        "forum-post",
        number=int(thread.slug) * 40 + at,
        user=number(name, 900) + 50,
        name=escape(name),
        stripe=f"bg{at % 2 + 1}",
        rank=RANKS[number(name, 4)],
        total=f"{number(name, 4000) + 12:,}",
        joined=f"{when:%b} {2004 + number(name, 5)}",
        rides=rides,
        subject=("Re: " if at else "") + escape(thread.facts["title"]),
        stamp=f"{when:%Y-%m-%dT%H:%M:%S}+00:00",
        when=f"{when:%a %b %d, %Y %H:%M}",
        quote=quoted,
        text="<br><br>".join(escape(piece.text) for piece in pieces),
        signature=signature,
    )
