"""The journey of one page: bytes -> text -> blocks -> labels -> article -> document, and again once its site is known.

Invariant: any page gives an Outcome: an article, or a refusal that says why. The only module that chains the stages.
"""

import contextlib
import dataclasses
import functools
import gc
import hashlib
import importlib.metadata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer import article, blocks, dates, decode, duplicates, filters, language, metadata
from indexer.article import Article
from indexer.blocks import Block, Head, Label, Outline
from indexer.errors import RefusedPage
from indexer.furniture import Template
from indexer.page import MAX_PAGE, Page
from search.document import MAX_BODY, Document
from search.errors import BadDocument
from search.ledger import digest
from search.records import Capture, Entry, Print, state_of

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
        outline = blocks.outline(decode.decode(page.body, page.content_type).text, flat=flat)  # the text is let go here
        return _composed(page, dates.parted(filters.label(outline, rules)), template)


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


def _composed(page: Page, outline: Outline, template: Template) -> Article:
    """The article of a labelled page, what its site repeats taken away."""
    said = metadata.describe(outline.head, outline.blocks, page.url or None)
    fetched = page.fetched.date() if page.fetched is not None else None
    dated = dates.find(outline.head, outline.blocks, page.url or None, fetched=fetched)
    if page.title:
        said = dataclasses.replace(said, title=page.title, title_by="source")
    if page.published is not None:
        dated = dates.Dated(page.published, "source")
    labelled = filters.template.label(outline, template)
    if dated is not None and dated.block is not None:
        dated = dataclasses.replace(dated, block=filters.template.place(labelled, dated.block))
    return article.compose(labelled, said, dated, language.detect, url=page.url, status=page.status)


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
    return Outcome(capture, _entry(document, cleaned), page.body)


def recomposed(capture: Capture, entry: Entry, template: Template) -> Entry:
    """The entry as it is with its site's template, whatever template it was composed with before."""
    if template.is_empty and not _is_templated(entry):
        return entry
    page = Page(
        url=capture.url,
        body=b"",
        source=capture.file,
        fetched=entry.document.fetched,
        status=capture.status,
        title=capture.title,
        published=capture.published,
    )
    cleaned = _composed(page, restored(entry), template)
    return _entry(_document(page, cleaned), cleaned)


def restored(entry: Entry) -> Outline:
    """The labelled outline from which an entry was composed, without what a template added."""
    plain = entry.outline or {"blocks": [], "flat": False}
    return filters.template.undone(Outline(_head(entry), tuple(map(_block, plain["blocks"])), plain["flat"]))


def _is_templated(entry: Entry) -> bool:
    """Whether a template labelled a block of it."""
    names = (filters.template.NAME, filters.template.CUT)
    blocks = (entry.outline or {}).get("blocks", ())
    return any(label["name"] in names for block in blocks for label in block["labels"])


def printed(entry: Entry) -> Print:
    """What the entry's page is compared by to find duplicates."""
    said = metadata.describe(_head(entry), (), entry.document.url)
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


def _entry(document: Document, cleaned: Article) -> Entry:
    return Entry(
        document,
        title_by=cleaned.title_by,
        published_by=cleaned.published_by,
        kind_reason=cleaned.kind_reason,
        removed=tuple((part.reason, part.text) for part in cleaned.removed),
        outline=_plain(cleaned),
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


def _plain(cleaned: Article) -> dict[str, Any]:
    """Head and labelled blocks, as JSON gives them back; `kept` names the blocks that made the text."""
    return {
        "head": {field.name: _thawed(getattr(cleaned.head, field.name)) for field in dataclasses.fields(Head)},
        "blocks": [
            {**_values(block, _BLOCK), "labels": [_values(label, _LABEL) for label in block.labels]}
            for block in cleaned.blocks
        ],
        "kept": sorted(cleaned.kept),
        "flat": cleaned.flat,
    }


_LABEL = tuple(field.name for field in dataclasses.fields(Label))
_BLOCK = tuple(field.name for field in dataclasses.fields(Block) if field.name != "labels")


def _values(value: Block | Label, names: tuple[str, ...]) -> dict[str, Any]:
    """As `dataclasses.asdict`, ten times faster: a quarter of a run went there. A tuple in them holds no other."""
    found = ((name, getattr(value, name)) for name in names)
    return {name: list(each) if isinstance(each, tuple) else each for name, each in found}


def _thawed(value: Any) -> Any:
    """Tuples as the lists that JSON makes of them."""
    return list(map(_thawed, value)) if isinstance(value, tuple) else value


def _head(entry: Entry) -> Head:
    plain = (entry.outline or {}).get("head", {})
    return Head(**{name: _frozen(value) for name, value in plain.items()})


def _block(plain: dict[str, Any]) -> Block:
    values: dict[str, Any] = {n: tuple(each) if isinstance(each, list) else each for n, each in plain.items()}
    values["labels"] = tuple([Label(**label) for label in plain["labels"]])
    return Block(**values)


def _frozen(value: Any) -> Any:
    """Lists of JSON as the tuples they were."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
