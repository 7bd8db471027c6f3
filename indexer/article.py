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
from indexer.triage import kind

__all__ = ["Article", "Removed", "compose", "verdicts"]

WEIGHING = frozenset({"content", "density", "ending"})  # filters whose doubt gives way where nothing else is left
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
    made of the first sentence is `derived`); `confidence` of the date is `high`, `medium` or `low`. `declared` is the
    language as the page says it, `types` what its structured data call it, `dateline` the block that is the date.
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
    declared: str = ""
    types: frozenset[str] = frozenset()
    dateline: int | None = None


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
    judged = list(zip(outline.blocks, verdicts(outline, dated), strict=True))
    kept = [block for block, reason in judged if reason is None]
    text = "\n\n".join(block.text for block in kept)
    title, by = said.title, said.title_by
    if not title:
        title, by = _first_sentence(text or outline.blocks[0].text), "derived"
    sort, why = kind(outline, kept, said.types, title, status)
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
        kind=sort,
        kind_reason=why,
        head=outline.head,
        blocks=outline.blocks,
        kept=frozenset(block.index for block in kept),
        flat=outline.flat,
        removed=tuple(Removed(reason, block.text) for block, reason in judged if reason is not None),
        declared=said.language,
        types=said.types,
        dateline=dated.block if dated is not None else None,
    )


def verdicts(outline: Outline, dated: Dated | None) -> list[str | None]:
    """For each block why it is removed; None for what is kept."""
    strict = [_doubt(block) for block in outline.blocks]
    if dated is not None and dated.block is not None:
        said = f"{dated.by}: the date of publication"
        strict = [said if block.index == dated.block else why for block, why in zip(outline.blocks, strict, strict=True)]
    if any(reason is None for reason in strict):
        return strict
    # nothing looks like content: what no banner or tag claims is
    return [_lenient(block, reason) for block, reason in zip(outline.blocks, strict, strict=True)]


def _doubt(block: Block) -> str | None:
    """Why a block is no content; None where it is. Any doubt of a filter counts against it."""
    for label in block.labels:
        if not label.keep:
            return label.reason
    return None


def _lenient(block: Block, reason: str | None) -> str | None:
    weak = all(label.keep or label.name in WEIGHING for label in block.labels)
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
