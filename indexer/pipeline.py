"""The journey of one page: bytes -> text -> blocks -> labels -> article -> document.

Invariant: any page gives an Outcome: an article, or a refusal that says why. The only module that chains the stages.
"""

import dataclasses
import functools
import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer import article, blocks, dates, decode, filters, language, metadata
from indexer.article import Article
from indexer.errors import RefusedPage
from indexer.page import MAX_PAGE, Page
from search.document import MAX_BODY, Document
from search.errors import BadDocument
from search.ledger import digest
from search.records import Capture, Entry, state_of

__all__ = ["Outcome", "clean", "clean_page", "cleaner", "process", "refuse"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a page: its capture, and what cleaning made of it (None where it was refused)."""

    capture: Capture
    entry: Entry | None
    body: bytes


def clean(page: bytes, url: str | None = None, *, content_type: str | None = None) -> Article:
    """What would be indexed of a page, and what is removed.

    `url` "" or None is none; without a content type the bytes tell it. RefusedPage says why there is no article.
    """
    return clean_page(Page(url=url or "", body=page, source="", content_type=content_type))


def clean_page(page: Page) -> Article:
    if page.refusal is not None:
        raise RefusedPage(page.refusal)
    if len(page.body) > MAX_PAGE:
        raise RefusedPage(f"larger than {MAX_PAGE // 1_000_000} MB")
    decoded = decode.decode(page.body, page.content_type)
    flat = (page.content_type or decode.guess_content_type(page.body)).startswith("text/plain")
    outline = dates.parted(filters.label(blocks.outline(decoded.text, flat=flat)))
    said = metadata.describe(outline.head, outline.blocks, page.url or None)
    fetched = page.fetched.date() if page.fetched is not None else None
    dated = dates.find(outline.head, outline.blocks, page.url or None, fetched=fetched)
    if page.title:
        said = dataclasses.replace(said, title=page.title, title_by="source")
    if page.published is not None:
        dated = dates.Dated(page.published, "source")
    return article.compose(outline, said, dated, language.detect, url=page.url, status=page.status)


def process(page: Page) -> Outcome:
    """The page cleaned, as the ledger holds it. Never raises for anything a page can hold."""
    try:
        cleaned = clean_page(page)
        document = _document(page, cleaned).validated()
    except (RefusedPage, BadDocument) as refusal:
        return refuse(page, str(refusal))
    except RecursionError:
        return refuse(page, "nested too deeply")
    except MemoryError:
        return refuse(page, "takes more memory than there is")
    entry = Entry(
        document,
        title_by=cleaned.title_by,
        published_by=cleaned.published_by,
        kind_reason=cleaned.kind_reason,
        removed=tuple((part.reason, part.text) for part in cleaned.removed),
        outline=_plain(cleaned),
    )
    return Outcome(_capture(page, state_of(document.kind), cleaned.kind_reason), entry, page.body)


def refuse(page: Page, reason: str) -> Outcome:
    """The page with the reason why it is not indexed."""
    return Outcome(_capture(page, "refused", reason), None, page.body)


@functools.cache
def cleaner() -> str:
    """Names the rules of this program: a capture cleaned by others is cleaned again when it is met."""
    state = hashlib.blake2b(digest_size=8)
    room = Path(__file__).parent
    for file in sorted(file for kind in ("py", "toml", "json") for file in room.rglob(f"*.{kind}")):
        state.update(file.relative_to(room).as_posix().encode() + b"\0" + file.read_bytes())
    for library in ("beautifulsoup4", "lxml", "charset-normalizer", "py3langid"):
        state.update(importlib.metadata.version(library).encode())
    return state.hexdigest()


def _capture(page: Page, state: str, reason: str) -> Capture:
    return Capture(
        url=page.url,
        file=page.source,
        digest=digest(page.body) if page.refusal is None else digest(f"{page.place}\0{page.refusal}".encode()),
        place=page.place,
        fetched=page.fetched,
        content_type=page.content_type,
        status=page.status,
        title=page.title,
        published=page.published,
        state=state,
        reason=reason,
        cleaner=cleaner(),
    )


def _document(page: Page, cleaned: Article) -> Document:
    return Document(
        url=page.url,
        title=cleaned.title,
        body=cleaned.text[:MAX_BODY],
        site=cleaned.site,
        section=cleaned.section,
        authors=cleaned.authors,
        language=cleaned.language,
        tags=cleaned.tags,
        kind=cleaned.kind,
        published=cleaned.published,
        fetched=page.fetched,
    )


def _plain(cleaned: Article) -> dict[str, Any]:
    """The head and the blocks with their labels, as JSON values; `kept` names the blocks that made the text."""
    return {
        "head": dataclasses.asdict(cleaned.head),
        "blocks": [dataclasses.asdict(block) for block in cleaned.blocks],
        "kept": sorted(cleaned.kept),
    }
