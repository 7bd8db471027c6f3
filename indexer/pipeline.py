"""The journey of one page: bytes -> text -> blocks -> labels -> article -> document, and again once its site is known.

Invariant: any page gives an Outcome: an article, or a refusal that says why. The only module that chains the stages.
"""

import contextlib
import dataclasses
import functools
import gc
import hashlib
import importlib.metadata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer import article, blocks, dates, decode, duplicates, filters, language, metadata
from indexer.article import Article
from indexer.blocks import Outline
from indexer.dates import Dated
from indexer.errors import RefusedPage
from indexer.furniture import Template
from indexer.metadata import Metadata
from indexer.page import MAX_PAGE, Page
from indexer.plain import head_of, outline_of, plain
from search.document import MAX_BODY, Document
from search.errors import BadDocument
from search.ledger import digest
from search.records import Capture, Entry, Packed, Print, packed, state_of

__all__ = [
    "Outcome", "clean", "clean_page", "cleaner", "printed", "process", "prove_rules", "recomposed", "refuse",
    "restored", "unused_rules",
]  # fmt: skip

NO_TEMPLATE = Template()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a page: its capture, and what cleaning made of it (None where it was refused)."""

    capture: Capture
    entry: Entry | None
    body: bytes

    def packed(self, *, original: bool) -> Packed:
        """For the ledger; `original`: with the page's bytes."""
        return packed(self.capture, self.entry, self.body if original and 0 < len(self.body) <= MAX_PAGE else None)


def clean(page: bytes, url: str | None = None, *, content_type: str | None = None) -> Article:
    """What would be indexed of a page, and what is removed.

    `url` "" or None is none; without a content type the bytes tell it. RefusedPage says why there is no article.
    """
    return clean_page(Page(url=url or "", body=page, source="", content_type=content_type))


def clean_page(page: Page, *, rules: str = "", template: Template = NO_TEMPLATE) -> Article:
    """The article of a page; `rules` are the user's families of banners, as TOML, `template` is its site's."""
    if page.refusal is not None:
        raise RefusedPage(page.refusal)
    if len(page.body) > MAX_PAGE:
        raise RefusedPage(f"larger than {MAX_PAGE // 1_000_000} MB")
    with _uncollected():
        flat = (page.content_type or decode.guess_content_type(page.body)).startswith("text/plain")
        # nothing here holds the text and the outlines in between, so that each is let go when the next is made
        outline = filters.label(blocks.outline(decode.decode(page.body, page.content_type).text, flat=flat), rules)
        outline = dates.parted(outline)
        said, dated = _told(page, outline)
        labelled, dated = _templated(outline, dated, template)
        return article.compose(labelled, said, dated, language.detect, url=page.url, status=page.status)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """A page makes thousands of values and no cycles of them: looking for some costs a seventh of its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _told(page: Page, outline: Outline) -> tuple[Metadata, Dated | None]:
    """What the page says of itself, or its source of it."""
    said = metadata.describe(outline.head, outline.blocks, page.url or None)
    fetched = page.fetched.date() if page.fetched is not None else None
    dated = dates.find(outline.head, outline.blocks, page.url or None, fetched=fetched, detect=language.detect)
    if page.title:
        said = dataclasses.replace(said, title=page.title, title_by="source")
    return said, dated if page.published is None else Dated(page.published, "source")


def _templated(outline: Outline, dated: Dated | None, template: Template) -> tuple[Outline, Dated | None]:
    """The labelled outline with what its site repeats labelled too, and where the date stands then."""
    labelled = filters.template.label(outline, template)
    if dated is None or dated.block is None:
        return labelled, dated
    return labelled, dataclasses.replace(dated, block=filters.template.place(labelled, dated.block))


def process(page: Page, *, rules: str = "") -> Outcome:
    """The page cleaned, as the ledger holds it. Never raises for anything a page can hold."""
    try:
        cleaned = clean_page(page, rules=rules)
        document = _document(page, cleaned).validated()
    except (RefusedPage, BadDocument) as refusal:
        return refuse(page, str(refusal), rules=rules)
    except RecursionError:
        return refuse(page, "nested too deeply", rules=rules)
    except MemoryError:
        return refuse(page, "takes more memory than there is", rules=rules)
    capture = _capture(page, state_of(document.kind), cleaned.kind_reason, rules)
    said = {
        "title": cleaned.title if cleaned.title_by != "derived" else "",
        "canonical": cleaned.canonical,
        "language": cleaned.declared,
        "types": sorted(cleaned.types),
        "dateline": cleaned.dateline,
    }
    return Outcome(capture, _entry(document, cleaned, said), page.body)


def recomposed(capture: Capture, entry: Entry, template: Template) -> Entry:
    """The entry as it is with its site's template, whatever template it was composed with before."""
    if template.is_empty and not _is_templated(entry):
        return entry
    page = Page(
        url=capture.url,
        body=b"",
        source=capture.file,
        fetched=entry.document.fetched,
        title=capture.title,
        published=capture.published,
    )
    before, outline = entry.outline or {}, restored(entry)
    said, dated = _remembered(entry) or _told(page, outline)
    labelled, dated = _templated(outline, dated, template)
    verdicts = article.verdicts(labelled, dated)
    if _reads_as(before, labelled, verdicts):
        return dataclasses.replace(entry, removed=_removed(labelled, verdicts), outline={**before, **plain(labelled)})
    cleaned = article.compose(labelled, said, dated, language.detect, url=capture.url, status=capture.status)
    return _entry(_document(page, cleaned), cleaned, before.get("said"))


def _reads_as(before: Mapping[str, Any], outline: Outline, verdicts: list[str | None]) -> bool:
    """Whether blocks and verdicts make the article that was made before: then all else of it stays as well."""
    kept = [block.index for block, reason in zip(outline.blocks, verdicts, strict=True) if reason is None]
    texts = [block["text"] for block in before.get("blocks", ())]
    return kept == before.get("kept") and texts == [block.text for block in outline.blocks]


def _removed(outline: Outline, verdicts: list[str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((why, block.text) for block, why in zip(outline.blocks, verdicts, strict=True) if why is not None)


def _remembered(entry: Entry) -> tuple[Metadata, Dated | None] | None:
    """What `_told` said when the page was cleaned; None where an earlier version did not write it down."""
    said = (entry.outline or {}).get("said")
    if said is None:
        return None
    document, day = entry.document, entry.document.published
    told = Metadata(
        title=said["title"],
        title_by=entry.title_by if said["title"] else "",
        authors=document.authors,
        site=document.site,
        section=document.section,
        tags=document.tags,
        canonical=said["canonical"],
        language=said["language"],
        types=frozenset(said["types"]),
    )
    return told, Dated(day, str(entry.published_by), said["dateline"]) if day is not None else None


def restored(entry: Entry) -> Outline:
    """The labelled outline from which an entry was composed, without what a template added."""
    return filters.template.undone(outline_of(entry.outline or {}))


def _is_templated(entry: Entry) -> bool:
    """Whether a template labelled a block of it."""
    names = (filters.template.NAME, filters.template.CUT)
    blocks = (entry.outline or {}).get("blocks", ())
    return any(label["name"] in names for block in blocks for label in block["labels"])


def printed(entry: Entry) -> Print:
    """What the entry's page is compared by to find duplicates."""
    said, _ = _remembered(entry) or (metadata.describe(head_of(entry.outline or {}), (), entry.document.url), None)
    return duplicates.print_of(entry.document, said.canonical)


def prove_rules(rules: str) -> None:
    """BadRules where the user's banner rules cannot be used, or do not do what their examples say."""
    filters.banners.families(rules)


def unused_rules(removed: Iterable[tuple[str, str]], rules: str) -> list[str]:
    """The banner rules that found none of what was removed, in sentences: those of `rules` where given, else ours."""
    return filters.banners.unused(removed, rules)


def refuse(page: Page, reason: str, *, rules: str = "") -> Outcome:
    """The page with the reason why it is not indexed."""
    return Outcome(_capture(page, "refused", reason, rules), None, page.body)


@functools.cache
def cleaner(rules: str = "") -> str:
    """Names the rules of this program and the user's: a capture cleaned by others is cleaned again when it is met."""
    state = hashlib.blake2b(rules.encode(), digest_size=8)
    room = Path(__file__).parent
    for file in sorted(file for kind in ("py", "toml", "json") for file in room.rglob(f"*.{kind}")):
        state.update(file.relative_to(room).as_posix().encode() + b"\0" + file.read_bytes())
    for library in ("beautifulsoup4", "lxml", "charset-normalizer", "py3langid"):
        state.update(importlib.metadata.version(library).encode())
    return state.hexdigest()


def _entry(document: Document, cleaned: Article, said: Mapping[str, Any] | None) -> Entry:
    outline = plain(Outline(cleaned.head, cleaned.blocks, cleaned.flat)) | {"kept": sorted(cleaned.kept)}
    return Entry(
        document,
        title_by=cleaned.title_by,
        published_by=cleaned.published_by,
        kind_reason=cleaned.kind_reason,
        removed=tuple((part.reason, part.text) for part in cleaned.removed),
        outline=outline if said is None else outline | {"said": said},
    )


def _capture(page: Page, state: str, reason: str, rules: str) -> Capture:
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
        cleaner=cleaner(rules),
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
