"""How a cleaned page and a site's template are shown: on a terminal, or as JSON.

Invariant: no character of a page reaches the terminal that could write on it otherwise than as text.
"""

import itertools
import json
import textwrap
from collections.abc import Iterator

import click

from indexer.article import Article
from indexer.blocks import Block
from indexer.furniture import FEWEST, Repeated, Template

__all__ = ["page_as_json", "page_as_text", "template_as_text"]


def page_as_json(path: str, url: str, cleaned: Article) -> str:
    """One line. `blocks` are all of the page in its order, `removed` those that are no content."""
    return json.dumps(
        {
            "path": path,
            "url": url,
            "title": cleaned.title,
            "text": cleaned.text,
            "published": cleaned.published.isoformat() if cleaned.published else None,
            "authors": cleaned.authors,
            "site": cleaned.site,
            "section": cleaned.section,
            "language": cleaned.language,
            "tags": cleaned.tags,
            "kind": cleaned.kind,
            "removed": [{"reason": part.reason, "text": part.text} for part in cleaned.removed],
            "published_by": cleaned.published_by,
            "confidence": cleaned.confidence,
            "updated": cleaned.updated.isoformat() if cleaned.updated else None,
            "canonical": cleaned.canonical,
            "description": cleaned.description,
            "image": cleaned.image,
            "blocks": [{"kept": kept, "reason": why, "text": block.text} for block, kept, why in _judged(cleaned)],
        },
        ensure_ascii=False,
    )


def page_as_text(path: str, url: str, cleaned: Article) -> str:
    """The facts, then block by block: `+` what is kept, `-` what is removed, each with its reason."""
    facts = {
        "title": f"{cleaned.title}  ({cleaned.title_by})",
        "url": url,
        "published": f"{cleaned.published}  ({cleaned.published_by})" if cleaned.published else "",
        "confidence": f"{cleaned.confidence}, of the date" if cleaned.published else "",
        "updated": str(cleaned.updated or ""),
        "authors": ", ".join(cleaned.authors),
        "site": cleaned.site,
        "section": cleaned.section,
        "language": cleaned.language,
        "tags": ", ".join(cleaned.tags),
        "canonical": cleaned.canonical if cleaned.canonical != url else "",
        "description": cleaned.description,
        "image": cleaned.image,
        "kind": f"{cleaned.kind}  ({cleaned.kind_reason})" if cleaned.kind_reason else cleaned.kind,
    }
    lines = [click.style(path, bold=True)]
    lines += [f"  {name:<12}{_printable(value)}" for name, value in facts.items() if value]
    for (kept, why), run in itertools.groupby(_judged(cleaned), key=lambda one: one[1:]):
        sign, colour = ("+", "green") if kept else ("-", "red")
        lines += ["", click.style(f"{sign} {_printable(why)}".rstrip(), fg=colour)]
        shown = (textwrap.indent(_printable(block.text), "  ") for block, _, _ in run)
        lines += shown if kept else (click.style(text, dim=True) for text in shown)
    return "\n".join(lines)


def _judged(cleaned: Article) -> Iterator[tuple[Block, bool, str]]:
    """Each block in page order, whether it is kept, and why."""
    removed = iter(cleaned.removed)
    for block in cleaned.blocks:
        if block.index in cleaned.kept:
            yield block, True, "; ".join(each.reason for each in block.labels if each.keep)
        else:
            yield block, False, next(removed).reason


def template_as_text(site: str, template: Template) -> str:
    """Each repeated line with the share of pages it is on and where it stands there, the most frequent first."""
    lines = [f"{_printable(site)}: {template.pages:,} pages with texts of their own were looked at"]
    found = [(each, each.text) for each in template.lines.values()]
    found += [(each, f"{each.text} (and others that begin so)") for each in template.openings.values()]
    lines += [_row(each, text, template.pages) for each, text in sorted(found, key=_order)]
    if template.pages < FEWEST:
        lines.append(f"  too few to tell; {FEWEST} are needed")
    elif not found:
        lines.append("  nothing is repeated on enough of them")
    ends = [name for name, pieces in (("begin", template.ends.head), ("end", template.ends.foot)) if pieces]
    if ends:
        lines.append(f"  their one-line texts {' and '.join(ends)} alike, and are cut there")
    return "\n".join(lines)


def _order(one: tuple[Repeated, str]) -> tuple[int, str, str]:
    return -one[0].pages, one[0].where, one[1]


def _row(each: Repeated, text: str, pages: int) -> str:
    return f"  {each.pages / pages:>4.0%} of pages  {each.where:<6}  {_printable(text)[:100]}"


def _printable(text: str) -> str:
    """Without the control characters by which a page could write on the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)
