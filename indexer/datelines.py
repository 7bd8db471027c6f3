"""The lines in which a page shows its date to readers: which of them are its own, and what they say of their day.

A line near the headline, behind a label such as “published”, or that is nothing but a day, may date the page. Never
one of another part (a comment, a teaser, the footer), of a list of other pages, or that says who joined when.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.blocks import Block, Head
from indexer.days import Language, is_only_day, leading_day, signs_behind_months, written_days
from indexer.headline import folded

__all__ = ["Day", "Line", "changes", "headline_of", "in_text", "is_list", "is_removed", "lines", "standing"]

_REACH = 200  # blocks of a page in which a date line is sought
_ABOVE = 5  # blocks above the headline that may
_NEAR = 20  # blocks below the headline that may hold its date
_BEGINNING = 40  # characters of a longer one that are looked at
_LONGEST = 160  # characters of a line that may hold the page's date

_ON = r"(?: am| on| at| le| el| il)?\s?[:\-–,]?\s?(?:\w{2,12},?\s)?"
_PUBLISHED = (
    r"publi(?:shed|ziert|cado|cato|é|ée)|posted|veröffentlicht|erstellt|written|created|datum|date|data|fecha|stand|erschienen"
    r"|pubblicato|опубликовано|yayınlan\w{1,6}|дата|publicera[dt]|publisert|udgivet|gepubliceerd|geplaatst|julkaistu"
    r"|opublikowano|publikováno|zveřejněno|közzétéve|publicat|objavljeno|опубліковано|投稿日|公開日|发布时间|發布"
)
_CHANGED = (
    r"updated|last (?:modified|edited)|modified|aktualisiert|geändert|letzte (?:änderung|aktualisierung)|mis à jour"
    r"|actualizado|aggiornato|güncelle\w{1,5}|обновлено|bijgewerkt|uppdatera[dt]|oppdatert|opdateret|päivitetty"
    r"|zaktualizowano|aktualizováno|frissítve|actualizat|оновлено|更新日"
)
_SINCE = (
    r"joined|registered|member since|registriert|beigetreten|mitglied seit|inscrit(?:ion)?|registrado|iscritto"
    r"|dołączył\w?|регистрация|last (?:edited by [^,;]{1,40}[,;]|visit(?:ed)?|seen|active)"
    r"|zuletzt geändert von [^,;]{1,40}[,;]|aktuelle zeit|it is currently"
)
#: What the words right before a day say of it; the first that fits counts. `other`: of a member, a post, the clock.
_LABELS = {
    "other": re.compile(rf"\b(?:{_SINCE}){_ON}$", re.IGNORECASE),
    "first": re.compile(rf"\b(?:originally|first) (?:published|posted|written){_ON}$", re.IGNORECASE),
    "updated": re.compile(rf"\b(?:{_CHANGED}){_ON}$", re.IGNORECASE),
    "published": re.compile(rf"\b(?:{_PUBLISHED}){_ON}$", re.IGNORECASE),
}
#: A verb may follow its day: “wurde am 22. Februar 2018 um 10:30 Uhr veröffentlicht”.
_BEHIND = re.compile(
    r"(?: um \d\d?[:.]\d\d(?: uhr)?)? (?:veröffentlicht|publiziert|gepostet|geschrieben|verfasst|erstellt)",
    re.IGNORECASE,
)
#: A signature: “Par Jeanne Martin le 22 février 2018”.
_SIGNED = re.compile(r"(?:by|par|von|por|di|door) [^\W\d_][^\d]{2,50}$", re.IGNORECASE)
_UPDATED = re.compile(rf"\b(?:{_CHANGED})(?: am| on| at| le| el| il)?\s?:?\s?(?=.{{0,15}}\d)", re.IGNORECASE)
_DATED_CLASS = re.compile(
    r"date|datum|fecha|stand|publish|pub-?(?:date|time)|posted|byline|meta\b|entry-meta|info|author|timestamp|submitted"
)
_ELSEWHERE = re.compile(r"comment|related|teaser|(?<!p)review|reply|respond|copyright|upsell|recommend")
_BESIDE = re.compile(r"footer|sidebar|card|event")  # where a day counts that a label says is of publication
_BESIDE_TAGS = frozenset({"footer", "nav", "aside", "figcaption"})
_COPYRIGHT = re.compile(r"©|copyright|all rights reserved|\(c\)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\d{4}")  # every day that can be read holds one


@dataclass(frozen=True, slots=True)
class Day:
    """A day in a line: where it stands, and what the words around it say (a name of `_LABELS`, or "")."""

    at: int
    day: date
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A short line with the days in it. `alone`: the line says nothing else."""

    block: Block
    days: tuple[Day, ...]
    alone: bool


def lines(blocks: tuple[Block, ...], headline: Block | None, language: Language, usual: str = "") -> list[Line]:
    """The lines that may hold the page's own date; only those with a year are looked at closely.

    `usual`: the signs of numeric dates that stand behind the month where no other date of the page tells.
    """
    found: list[Line] = []
    beside: list[Line] = []
    hidden = headline is not None and headline.hidden  # a page that its script shows when it has loaded
    texts = [block.text if len(block.text) <= _LONGEST else block.text[:_BEGINNING] for block in blocks]
    dated = [index for index, text in enumerate(texts) if ("20" in text or "19" in text) and _YEAR.search(text)]
    month_first = signs_behind_months((texts[index] for index in dated), usual)
    for index in dated:
        block, text, before = blocks[index], texts[index], blocks[index - 1] if index else None
        if (block.hidden and not hidden) or _is_foreign(block):
            continue
        days = tuple(_days(text, before, language, month_first))
        if days:
            line = Line(block, days, len(text) <= 60 and is_only_day(_without_update(text)))
            (beside if _is_beside(block, headline) else found).append(line)
    labelled = [line for line in beside if any(day.label == "published" for day in line.days)]
    series: dict[tuple[str, ...], list[date]] = {}
    for line in found:
        series.setdefault(_likeness(line.block), []).append(line.days[0].day)
    found = [line for line in found if not is_list(series[_likeness(line.block)])]
    return found + (labelled if len(labelled) == 1 else [])


def _without_update(text: str) -> str:
    """A line up to what it says was updated, if something stands before that."""
    found = _UPDATED.search(text)
    return text[: found.start()] if found and found.start() else text


def _days(text: str, before: Block | None, language: Language, month_first: str) -> Iterator[Day]:
    """The days of a line that may be the page's; a label may stand in a line of its own before it."""
    for at, end, day in written_days(text, month_first=month_first, language=language):
        words = text[max(0, at - 60) : at]
        if not words.strip() and before is not None and len(before.text) <= 30:
            words = before.text + " "
        label = next((name for name, pattern in _LABELS.items() if pattern.search(words)), "")
        if not label and (_BEHIND.match(text, end) or _SIGNED.match(text[:at])):
            label = "published"
        if label != "other":
            yield Day(at, day, label)


def _likeness(block: Block) -> tuple[str, ...]:
    """What lines of one list have in common: their tag and innermost class names, numbers aside."""
    return (block.tag, *(re.sub(r"\d+", "", token) for token in block.classes[-2:]))


def is_list(days: list[date]) -> bool:
    """Whether days stand as in a list of other pages, the newest first; in a thread the oldest comes first."""
    return len(set(days)) >= 3 and days[0] > days[-1] and days[0] >= max(days) - timedelta(1)


def is_removed(block: Block) -> bool:
    return any(each.name in ("banner", "menu") for each in block.labels)


def _is_foreign(block: Block) -> bool:
    """Whether a line is of another page, a comment or the site, by its words or the names of its elements."""
    if is_removed(block) or _COPYRIGHT.search(block.text):
        return True
    near = block.classes[-3:]
    return any(map(_ELSEWHERE.search, near)) and not any("publish" in token for token in near)


def _is_beside(block: Block, headline: Block | None) -> bool:
    """Whether a line stands in a part beside the content; right below the headline none does by its tag alone."""
    near = block.classes[-3:]
    if any(map(_BESIDE.search, near)) and not any("publish" in token for token in near):
        return True
    right_below = headline is not None and 0 < block.index - headline.index <= _ABOVE
    return not right_below and not _BESIDE_TAGS.isdisjoint(block.path)


def standing(lines: list[Line], headline: Block | None) -> tuple[date, bool] | None:
    """The day that a line gives as the page's, and whether it stands near the headline.

    Near the headline any, elsewhere the one behind a label, else the one that stands alone. What a line says was
    published goes before what it does not name, and this before what it says was updated.
    """
    said = {day.label: day.day for line in reversed(lines) for day in line.days}
    if "first" in said and "published" not in said:
        return said["first"], True
    if headline is not None:
        below = [each for each in lines if 0 <= each.block.index - headline.index < _NEAR]
        above = [each for each in reversed(lines) if 0 < headline.index - each.block.index <= _ABOVE]
        listed = Counter(_likeness(each.block) for each in lines if each.block.index < headline.index)
        above = [each for each in above if listed[_likeness(each.block)] < 3]
        right_above = [each for each in above if each.alone and headline.index - each.block.index <= 2]
        near = [day for line in [*right_above, *below, *above] for day in line.days if _is_dating(line, day)]
        if near:
            return min(near, key=_rank).day, True
    labelled = [day for line in lines for day in line.days if day.label not in ("", "updated")]
    if labelled:
        return min(labelled, key=_rank).day, False
    alone = {line.days[0].day for line in lines if line.alone}  # two different ones are a list of other things
    return (alone.pop(), False) if len(alone) == 1 else None


def _rank(day: Day) -> int:
    return {"first": 1, "updated": 2}.get(day.label, 0)


def _is_dating(line: Line, day: Day) -> bool:
    return line.alone or day.at < 20 or day.label != "" or any(map(_DATED_CLASS.search, line.block.classes[-3:]))


def in_text(blocks: tuple[Block, ...], lines: list[Line], language: Language) -> Iterator[date]:
    """A full date in a short line, or at the beginning of the content."""
    yield from (
        day.day for line in lines if line.block.index < _REACH and len(line.block.text) <= 80 for day in line.days
    )
    first = next((b for b in blocks if any(each.keep for each in b.labels)), None)
    if first is not None and not _COPYRIGHT.search(first.text[:_LONGEST]):
        yield from (day for _, _, day in written_days(first.text[:_LONGEST], language=language))


def changes(blocks: tuple[Block, ...]) -> Iterator[str]:
    """The texts behind “updated” and its like."""
    for block in blocks[:_REACH]:
        if _NUMBER.search(block.text) and (found := _UPDATED.search(block.text[:_LONGEST])):
            yield block.text[found.end() :]


def headline_of(head: Head, blocks: tuple[Block, ...]) -> Block | None:
    """The longest heading that a title repeats, else the first of the first level; a hidden one where none is seen."""
    said = [head.title or "", *(text for name, text in head.meta if name == "og:title")]
    titles = "\n".join(folded(text[:300]) for text in said)
    every = [b for b in blocks if b.tag in ("h1", "h2", "h3") and len(b.text) > 3]
    for headings in ([b for b in every if not b.hidden], every):
        repeated = [b for b in headings if _bare(b) in titles]
        first = [b for b in headings if b.tag == "h1"]
        if repeated or first:
            return max(repeated, key=lambda b: (len(b.text), b.tag == "h1")) if repeated else first[0]
    return None


def _bare(heading: Block) -> str:
    """The folded words of a heading, its date left out."""
    return folded(heading.text[leading_day(heading.text) :][:300])
