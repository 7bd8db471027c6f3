"""What differs between two captures of a page, word by word; and the pages that lost one and the same block."""

import datetime as dt
import re
from collections.abc import Iterator

from flask import Response, render_template, url_for

from search.difference import Piece, differences
from search.document import Document, document_id
from search.records import Capture
from search.survey import block_mark
from web.collection import collection
from web.context.entry import BlockPage, ChangesPage, FactChange
from web.context.parts import Day, Link, SearchBox, language_tag
from web.views.entry import captured, unknown
from web.views.links import entry_href, pages

__all__: list[str] = []

#: Characters of an unchanged stretch that are shown around a change; what lies between is left out.
AROUND = 300
LISTED = 100  # pages that lost the same block


@pages.get("/page/<page_id>/changes/<int:older>/<int:newer>")
def changes(page_id: str, older: int, newer: int) -> str | Response:
    """What became of the page between two of its captures."""
    ledger = collection().ledger
    before, after = captured(ledger, page_id, older), captured(ledger, page_id, newer)
    if ledger is None or before is None or after is None:
        return unknown()
    one, other = ledger.entry(before[0].id), ledger.entry(after[0].id)
    if one is None or other is None:
        return unknown()
    old, new = one.document, other.document
    all_captures = [each for each in after[1] if each.state != "refused"]
    page = ChangesPage(
        box=SearchBox(),
        title=new.title.strip() or new.url,
        language=language_tag(new.language),
        entry_href=entry_href(page_id),
        befores=tuple(_choice(each, before[0], older=each.id, newer=newer) for each in all_captures),
        afters=tuple(_choice(each, after[0], older=older, newer=each.id) for each in all_captures),
        facts=tuple(_changed(old, new)),
        pieces=tuple(_shortened(differences(old.body, new.body))),
    )
    return render_template("changes.html", page=page)


def _choice(capture: Capture, chosen: Capture, *, older: int, newer: int) -> Link:
    day = Day.of(capture.fetched)
    href = url_for("pages.changes", page_id=document_id(capture.url), older=older, newer=newer)
    return Link(day.text if day else "at an unknown time", href, capture.id == chosen.id)


def _changed(old: Document, new: Document) -> Iterator[FactChange]:
    for name, field in (("Title", "title"), ("Published", "published"), ("Author", "authors"), ("Section", "section"),
                        ("Language", "language"), ("Tag", "tags"), ("Kind", "kind")):  # fmt: skip
        before, after = _told(getattr(old, field)), _told(getattr(new, field))
        if before != after:
            yield FactChange(name, before, after)


def _told(value: str | tuple[str, ...] | dt.date | None) -> str:
    match value:
        case dt.date():
            day = Day.of(value)
            return day.text if day else ""
        case tuple():
            return ", ".join(value)
        case _:
            return value or ""


def _shortened(pieces: list[Piece]) -> Iterator[Piece]:
    """The pieces with what is far from any change left out of unchanged ones."""
    for number, piece in enumerate(pieces):
        text = piece.text
        if piece.change != "same" or len(pieces) == 1 or len(text) <= 3 * AROUND:
            yield piece
            continue
        head = text[: text.find(" ", AROUND)] + " " if number else ""
        tail = text[text.rfind(" ", 0, len(text) - AROUND) + 1 :] if number < len(pieces) - 1 else ""
        yield Piece(f"{head}…\n\n…{tail}" if head and tail else f"{head}…{tail}", "same")


@pages.get("/removed/<mark>")
def block(mark: str) -> str | Response:
    """The pages from which the block of this mark was removed."""
    number = int(mark, 16) if re.fullmatch("[0-7][0-9a-f]{15}", mark) else -1
    ledger = collection().ledger
    found = ledger.survey.holding(number, LISTED) if ledger is not None else []
    if ledger is None or not found:
        return unknown()
    total = ledger.survey.count_holding(number)
    entries = [(url, ledger.entry(capture)) for url, capture in found]
    blocks = ((reason, text) for _, each in entries if each for reason, text in each.removed)
    removed = next(((reason, text) for reason, text in blocks if block_mark(text) == number), None)
    if removed is None:
        return unknown()
    reason, text = removed
    links = (Link(each.document.title.strip() or url, entry_href(document_id(url))) for url, each in entries if each)
    return render_template("block.html", page=BlockPage(SearchBox(), text, reason, total, tuple(links)))
