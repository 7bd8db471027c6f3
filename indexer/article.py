"""A cleaned page: metadata, main content, and every removed block with its reason. Here the verdict falls.

Invariant: each block is either kept (its text stands in the article's, in page order) or removed with a reason.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from indexer.blocks import Block, Head, Outline
from indexer.dates import Dated
from indexer.errors import RefusedPage
from indexer.metadata import Metadata

__all__ = ["Article", "Removed", "compose"]

LONGEST_TITLE = 120  # characters of a title made of the first sentence


@dataclass(frozen=True, slots=True)
class Removed:
    """A block (or a part of one) that is not content."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """What is kept of a page.

    `head` is what the page says of itself, `blocks` are all blocks in page order with the labels that decided; `kept`
    names those of the text by their index. `flat` is True for a page that was saved as text.
    `title_by` and `published_by` say where these come from (`json-ld`, `meta`, `url`, `dateline`, ...; a title
    made of the first sentence is `derived`); `confidence` of the date is `high`, `medium` or `low`.
    """

    url: str
    title: str
    title_by: str
    text: str
    published: dt.date | None = None
    published_by: str | None = None
    confidence: str | None = None
    updated: dt.date | None = None
    authors: tuple[str, ...] = ()
    site: str = ""
    section: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    canonical: str = ""
    description: str = ""
    image: str = ""
    kind: str = "article"
    kind_reason: str = ""
    head: Head = field(default_factory=Head)
    blocks: tuple[Block, ...] = ()
    kept: frozenset[int] = frozenset()
    flat: bool = False
    removed: tuple[Removed, ...] = ()


def compose(
    outline: Outline,
    said: Metadata,
    dated: Dated | None,
    detect: Callable[[str | None, str], str],
    *,
    url: str = "",
    status: int | None = None,
) -> Article:
    """The article of a labelled page. `detect(declared, text)` tells its language. RefusedPage where there is no text."""
    if not outline.blocks and not said.title:
        raise RefusedPage("no text")
    verdicts = [_verdict(block, dated) for block in outline.blocks]
    if not any(reason is None for reason in verdicts):  # nothing looks like content: what no banner or tag claims is
        verdicts = [_lenient(block, reason) for block, reason in zip(outline.blocks, verdicts, strict=True)]
    kept = [block for block, reason in zip(outline.blocks, verdicts, strict=True) if reason is None]
    text = "\n\n".join(block.text for block in kept)
    title, by = said.title, said.title_by
    if not title:
        title, by = _first_sentence(text or outline.blocks[0].text), "derived"
    kind, why = _kind(outline, said, title, text, status)
    return Article(
        url=url,
        title=title,
        title_by=by,
        text=text,
        published=dated.day if dated is not None else None,
        published_by=dated.by if dated is not None else None,
        confidence=dated.confidence if dated is not None else None,
        updated=dated.updated if dated is not None else None,
        authors=said.authors,
        site=said.site,
        section=said.section,
        language=detect(said.language, text or title),
        tags=said.tags,
        canonical=said.canonical,
        description=said.description,
        image=said.image,
        kind=kind,
        kind_reason=why,
        head=outline.head,
        blocks=outline.blocks,
        kept=frozenset(block.index for block in kept),
        flat=outline.flat,
        removed=tuple(Removed(r, b.text) for b, r in zip(outline.blocks, verdicts, strict=True) if r is not None),
    )


def _verdict(block: Block, dated: Dated | None) -> str | None:
    """None where the block is content, else why not. Any doubt of a filter counts against it."""
    if dated is not None and block.index == dated.block:
        return f"{dated.by}: the date of publication"
    return next((label.reason for label in block.labels if not label.keep), None)


def _lenient(block: Block, reason: str | None) -> str | None:
    weak = all(label.keep or label.name == "density" for label in block.labels)
    return None if weak and block.link_density < 0.5 else reason


_SENTENCE = re.compile(r"(.+?[.!?…。！？])(?:[\"'”’»)]*)(?=\s|$)", re.DOTALL)


def _first_sentence(text: str) -> str:
    """The first sentence of the first paragraph, or as many of its words as a title has room for."""
    line = " ".join(text[:2_000].split("\n\n")[0].split())
    found = _SENTENCE.match(line)
    sentence = found[1] if found else line
    while found and len(sentence) < 25 and found.end() < len(line):  # "Dr." is no sentence
        found = _SENTENCE.match(line, found.end())
        sentence = line[: found.end()] if found else line
    if len(sentence) <= LONGEST_TITLE:
        return sentence.rstrip(".。") if sentence.endswith((".", "。")) else sentence
    cut = sentence.rfind(" ", 0, LONGEST_TITLE)
    return sentence[: cut if cut > 40 else LONGEST_TITLE].rstrip(" ,;:-–—") + "…"


# -- triage

_NOT_FOUND = re.compile(
    r"\b(?:404|page (?:not found|does ?n.t exist|no longer exists|cannot be found)|(?:page|content|article) you (?:are|were|requested)"
    r"[^.]{0,40}(?:not|no longer|could ?n.t)|nothing (?:was )?found|seite (?:wurde )?nicht gefunden|page introuvable"
    r"|página no (?:encontrada|existe)|pagina non trovata|страница не найдена|sayfa bulunamadı|pagina niet gevonden"
    r"|server error|database error|site (?:is )?(?:under|undergoing) maintenance|account suspended|access denied"
    r"|403 forbidden|500 internal|502 bad gateway|503 service)\b",
    re.IGNORECASE,
)
_BANNER_KINDS = {"captcha": "captcha", "cookie notice": "consent", "server error": "error", "javascript notice": "shell"}
LITTLE = 400  # characters of text below which a page may be no page at all
NEXT_TO_NOTHING = 150


def _kind(outline: Outline, said: Metadata, title: str, text: str, status: int | None) -> tuple[str, str]:
    """What sort of page it is, and why."""
    if status is not None and status >= 400:
        return "error", f"HTTP status {status}"
    if len(text) < LITTLE:
        banners = {label.reason for block in outline.blocks for label in block.labels}
        for where, found in (("title", _NOT_FOUND.search(title)), ("text", _NOT_FOUND.search(text))):
            if found is not None:
                return "error", f"its {where} says “{found[0]}”"
        for name, kind in _BANNER_KINDS.items():
            if f"banner: {name}" in banners and len(text) < NEXT_TO_NOTHING:
                return kind, f"little text but a {name}"
    if said.types & {"discussionforumposting", "qapage"} or _posts(outline) > 1:
        return "forum", "several posts" if _posts(outline) > 1 else "its JSON-LD says so"
    if said.types & {"techarticle", "apireference"} or _code(outline) > 0.15:
        return "documentation", "its JSON-LD says so" if said.types & {"techarticle", "apireference"} else "much code"
    linked = sum(block.linked for block in outline.blocks)
    whole = sum(len(block.text) for block in outline.blocks)
    prose = sum(len(b.text) for b in outline.blocks if b.index >= 0 and len(b.text) > 200 and b.link_density < 0.2)
    if whole > 500 and linked > 0.6 * whole and prose < 600:
        return "listing", f"{linked / whole:.0%} of its text are links"
    return "article", ""


_POST = re.compile(r"(?:post|msg|message|p)[-_]?(?:content|body)?[-_]?\d{1,9}")


def _posts(outline: Outline) -> int:
    """How many numbered posts the page holds, as forums number them."""
    return len({token for block in outline.blocks for token in block.classes if _POST.fullmatch(token)})


def _code(outline: Outline) -> float:
    """Share of the text that stands in `pre`."""
    whole = sum(len(block.text) for block in outline.blocks)
    return sum(len(block.text) for block in outline.blocks if "pre" in block.path) / whole if whole else 0.0
