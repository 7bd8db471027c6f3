"""The commands `search` and `why`: a query in, hits, JSON or sentences out."""

import contextlib
import json
import sys
import textwrap
from pathlib import Path

import click

from search.answer import Answer, answer, as_json
from search.document import FACETS
from search.engine import open_engine
from search.errors import SearchError
from search.ledger import Ledger, engine_address
from search.options import data_option, engine_option
from search.results import MAX_SIZE, SORTS, Filter, Request
from search.snippet import Part
from search.why import why as told

__all__ = ["search", "why"]


def _filters(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[Filter, ...]:
    wanted: dict[str, list[str]] = {}
    excluded: dict[str, list[str]] = {}
    for item in given:
        key, equals, value = item.partition("=")
        facet = key.removeprefix("-")
        if not equals or facet not in FACETS:
            raise click.BadParameter(f"{item!r} should read like site=example.org; facets are {', '.join(FACETS)}")
        (excluded if key.startswith("-") else wanted).setdefault(facet, []).append(value)
    return tuple(Filter(f, tuple(wanted.get(f, ())), tuple(excluded.get(f, ()))) for f in {**wanted, **excluded})


filter_option = click.option("--filter", "filters", multiple=True, callback=_filters, metavar="FACET=VALUE",
                             help="Only such pages; repeat for more values, -FACET=VALUE leaves out.")  # fmt: skip


@click.command()
@click.argument("query", default="")
@data_option
@engine_option
@filter_option
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True)
@click.option("--page", type=click.IntRange(1, 1_000_000), default=1, show_default=True)
@click.option("--size", type=click.IntRange(1, MAX_SIZE), default=10, show_default=True, help="Hits a page.")
@click.option("--hidden", is_flag=True, help="Show error pages, captchas and the like too.")
@click.option("--json", "as_object", is_flag=True, help="One JSON object, as /api/search gives it.")
def search(
    query: str,
    data: Path,
    engine: str | None,
    filters: tuple[Filter, ...],
    sort: str,
    page: int,
    size: int,
    hidden: bool,
    as_object: bool,
) -> None:
    """Search the index, as the search box does.

    \b
    lamp keeper            pages with both words
    "lamp keeper" OR moth  a phrase, or a word
    -football (a OR b)     not this word; groups
    author:doe before:2018 fields: title site author section tag lang
    light*                 words that begin so

    Exit codes: 0 the search was answered; 1 there is no index, or it is damaged; 2 wrong arguments.
    """
    request = Request(filters=filters, sort=sort, page=page, size=size, hidden=hidden)
    try:
        opened = open_engine(engine_address(data.absolute(), engine))
        try:
            found = answer(opened, query, request)
        finally:
            opened.close()
    except SearchError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    click.echo(json.dumps(as_json(found), ensure_ascii=False) if as_object else _as_text(found))


@click.command()
@click.argument("url")
@click.argument("query", default="")
@data_option
@engine_option
@filter_option
@click.option("--hidden", is_flag=True, help="As if error pages, captchas and the like were shown.")
def why(url: str, query: str, data: Path, engine: str | None, filters: tuple[Filter, ...], hidden: bool) -> None:
    """Tell why a search finds the page of this URL where it does, or why it does not.

    Exit codes: 0 it was told; 1 there is no index, or it is damaged; 2 wrong arguments.
    """
    try:
        opened = open_engine(engine_address(data.absolute(), engine))
        try:
            with contextlib.ExitStack() as stack:
                held = (data / "ledger.sqlite").exists()
                ledger = stack.enter_context(Ledger(data.absolute())) if held else None
                sentences = told(opened, ledger, url, query, Request(filters=filters, hidden=hidden))
        finally:
            opened.close()
    except SearchError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    click.echo("\n".join(_safe(sentence) for sentence in sentences))


def _as_text(found: Answer) -> str:
    results = found.results
    read = f" for {found.parsed.read_as}" if found.parsed.read_as else ""
    lines = [click.style(f"{results.total:,} pages{read}", bold=True)]
    lines += [f"  ({note})" for note in found.notes]
    if found.did_you_mean is not None:
        lines.append(f"  Did you mean {_safe(found.did_you_mean)}?")
    for number, each in enumerate(found.found, 1 + found.request.offset):
        document = each.hit.document
        facts = [str(document.published or "undated"), document.site, document.url]
        lines += ["", f"{number:>3}. {_marked(each.title)}", f"     {_safe(' · '.join(filter(None, facts)))}"]
        lines += [f"     {line}" for line in textwrap.wrap(_marked(each.snippet.parts), 100, break_long_words=False)]
    for name, facet in results.facets.items():
        if facet.values:
            shown = facet.values[-8:] if name == "published" else facet.values[:8]
            values = ", ".join(f"{_safe(v.value)} {v.count:,}" for v in shown)
            lines += ["", f"{click.style(name, bold=True)}: {values}"]
    return "\n".join(lines)


def _marked(parts: tuple[Part, ...]) -> str:
    return "".join(click.style(_safe(text), fg="yellow") if match else _safe(text) for text, match in parts)


def _safe(text: str) -> str:
    """Without the control characters by which a page could write on the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
