"""The indexer's commands: arguments in, report out."""

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, TextIO

import click
from tqdm import tqdm

from indexer.display import page_as_json, page_as_text, template_as_text
from indexer.errors import IndexerError, RefusedPage, SourceError
from indexer.furniture import Template, from_record
from indexer.page import Page
from indexer.pipeline import clean_page, prove_rules, unused_rules
from indexer.reindex import Options, purge, run
from indexer.report import Report
from indexer.sources import open_source
from search.engine import open_engine
from search.errors import Busy, SearchError
from search.groups import site_of
from search.ledger import Ledger, engine_address
from search.options import data_option, engine_option
from search.results import Request

__all__ = ["check", "clean", "forget", "reindex", "template"]

FAILED, HELD_BACK, BUSY, INTERRUPTED = 1, 3, 4, 130

rules_option = click.option(
    "--rules",
    type=click.File(encoding="utf-8"),
    envvar="PAGESIFT_RULES",
    help="Banner rules of your own, as in indexer/banners.toml, with their examples; $PAGESIFT_RULES names a default.",
)


@contextlib.contextmanager
def spoken() -> Iterator[None]:
    """Errors of ours become one line and an exit code."""
    try:
        yield
    except Busy as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(BUSY)
    except (IndexerError, SearchError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        click.echo("\nInterrupted. What was read is kept; run the same command again to go on.", err=True)
        sys.exit(INTERRUPTED)


def _pairs(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(item.partition("=")[::2] for item in given)
    if wrong := [key for key, value in pairs.items() if not (key and value)]:
        raise click.BadParameter(f"{wrong[0]!r} should read like url=link: our name, then the feed's")
    return pairs


EXIT_CODES = """Exit codes: 0 all was read and indexed; 1 a source could not be read (whole), or the data folder not be
used; 2 wrong arguments; 3 many pages would vanish, see --prune; 4 another reindex is at work; 130 Ctrl-C."""


@click.command(epilog=EXIT_CODES)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@data_option
@engine_option
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: min(os.cpu_count() or 1, 64),
    show_default="one per CPU",
    help="Processes that parse and clean.",
)
@click.option("--rebuild", is_flag=True, help="Make the index anew from the ledger alone, then swap it in.")
@click.option("--prune", is_flag=True,
              help="Remove vanished pages even where more than a tenth of a source is gone, all of a folder that was"
              " emptied, and those of a SOURCE that is named and no longer exists.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Read and clean, say what would happen, change nothing.")
@click.option("--report", "report_file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the report as JSON.")  # fmt: skip
@click.option("--map", "fields", multiple=True, callback=_pairs, metavar="OURS=THEIRS",
              help="Name a feed's field: url, html, text, title or date, as in --map url=link.")  # fmt: skip
@click.option("--no-originals", is_flag=True, help="Do not keep the pages' own bytes in the ledger.")
@rules_option
@click.option("--check-rules", is_flag=True, help="Read nothing; say which banner rules found nothing in the ledger.")
def reindex(
    sources: tuple[str, ...],
    data: Path,
    engine: str | None,
    workers: int,
    rebuild: bool,
    prune: bool,
    dry_run: bool,
    report_file: Path | None,
    fields: dict[str, str],
    no_originals: bool,
    rules: TextIO | None,
    check_rules: bool,
) -> None:
    """Clean scraped pages and index them.

    A SOURCE is a folder or file: saved HTML, a wget or HTTrack mirror, flattened .txt pages, a Scrapy feed (JSON
    Lines), WARC or WACZ, each also gzipped, in any mix. Only new and changed pages are cleaned; pages that vanished
    from a source leave the index. Without SOURCE every source read before is read again.
    """
    data = data.absolute()
    if check_rules:
        _check_rules(data, _text(rules))
    options = Options(
        engine=engine_address(data, engine),
        workers=workers,
        fields=fields,
        rebuild=rebuild,
        prune=prune,
        dry=dry_run,
        originals=not no_originals,
        rules=_text(rules),
    )
    with spoken(), contextlib.ExitStack() as stack:
        if dry_run and not (data / "ledger.sqlite").exists():
            data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ledger = stack.enter_context(Ledger(data, create=True))
        stack.enter_context(ledger.exclusive())
        with Bar() as bar:
            report = run(ledger, [str(Path(source).absolute()) for source in sources], options, bar.show)
    _tell(report, dry_run)
    if report_file is not None:
        try:
            report_file.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise click.FileError(str(report_file), error.strerror) from None
    sys.exit(HELD_BACK if report.held_back else FAILED if report.problems else 0)


def _text(rules: TextIO | None) -> str:
    """The text of a file of rules, each of them proved by its examples."""
    text = rules.read() if rules is not None else ""
    with spoken():
        prove_rules(text)
    return text


def _check_rules(data: Path, rules: str) -> NoReturn:
    """Say which rules found nothing in the ledger; exit 1 where there is one of the user's."""
    with spoken(), Ledger(data) as ledger:
        idle = unused_rules(ledger.removed(), rules)
    for sentence in idle or ["every rule found something"]:
        click.echo(sentence)
    sys.exit(FAILED if rules and idle else 0)


def _tell(report: Report, dry: bool) -> None:
    for note in report.notes:
        click.echo(note)
    for problem in report.problems:
        click.echo(f"Error: {problem}", err=True)
    if dry:
        click.echo("Dry run: nothing was changed. It would have been so:")
    for line in report.lines():
        click.echo(line)


class Bar:
    """A progress bar over bytes, with pages a second and the time left; silent where nobody looks."""

    def __enter__(self) -> "Bar":
        self._bar: tqdm[None] | None = None
        self._what, self._since = "", 0.0
        return self

    def show(self, what: str, done: int, total: int, pages: int) -> None:
        """`done` of `total` (bytes or documents; 0 where unknown) and the pages seen since the start."""
        if self._bar is None or what != self._what:
            self.__exit__()
            self._what, self._since, self._from = what, time.monotonic(), pages
            self._bar = tqdm(total=total or None, desc=what, disable=None, leave=False,
                             bar_format="{desc} |{bar}| {percentage:3.0f}%, {remaining} left")  # fmt: skip
        rate = (pages - self._from) / max(time.monotonic() - self._since, 0.001)
        self._bar.set_description_str(f"{what}: {pages:,} pages, {rate:,.0f}/s", refresh=False)
        self._bar.update(done - self._bar.n)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True))
@click.option("--url", help="The page's address, where the file does not tell it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@rules_option
@data_option
def clean(files: tuple[str, ...], url: str | None, as_json: bool, rules: TextIO | None, data: Path) -> None:
    """Show what would be indexed of a page and what is removed, block by block in page order, and why.

    Where the ledger in the data folder knows the page's site, what the site repeats is removed too.
    """
    failed, own = False, _text(rules)
    with spoken():
        for path in files:
            for page in _pages(path):
                if url is not None:
                    page = Page(url, page.body, page.source, page.place, page.content_type, refusal=page.refusal)
                try:
                    cleaned = clean_page(page, rules=own, template=_template(data.absolute(), page.url))
                except RefusedPage as refusal:
                    failed = True
                    click.echo(f"{path}: refused: {refusal}", err=True)
                    continue
                shown = page_as_json if as_json else page_as_text
                click.echo(shown(path, page.url, cleaned))
    sys.exit(FAILED if failed else 0)


def _template(data: Path, url: str) -> Template:
    """What the ledger knows of the page's site, and says so; empty where there is no ledger, or it knows nothing."""
    if not (data / "ledger.sqlite").exists():
        return Template()
    site = site_of(url)
    try:
        with Ledger(data) as ledger:
            record = ledger.groups.template(site)
    except SearchError as error:
        click.echo(f"without a site's template: {error}", err=True)
        return Template()
    found = from_record(record) if record is not None else Template()
    if not found.is_empty:
        click.echo(f"with the template of {site}, learnt from {found.pages:,} of its pages in {data}", err=True)
    return found


def _pages(path: str) -> Iterator[Page]:
    """The pages of a source; of a file that no source recognises, its bytes."""
    found = False
    source = open_source(path)
    try:
        for page in source.pages():
            found = True
            yield page
    except SourceError:
        if found or not Path(path).is_file():
            raise
        yield Page(url=Path(path).absolute().as_uri(), body=Path(path).read_bytes(), source=str(Path(path).absolute()))


@click.command()
@click.argument("site")
@data_option
def template(site: str, data: Path) -> None:
    """Show what is repeated on the pages of a SITE, and on how many of them."""
    with spoken(), Ledger(data.absolute()) as ledger:
        record = ledger.groups.template(site.lower().removeprefix("www."))
        if record is None:
            known = ", ".join(ledger.groups.templates()[:20]) or "none"
            raise SearchError(f"no page of {site} is known; sites are: {known}")
        click.echo(template_as_text(site, from_record(record)))


@click.command()
@data_option
@engine_option
def check(data: Path, engine: str | None) -> None:
    """Verify ledger and index; exit 1 with what is wrong."""
    with spoken(), Ledger(data.absolute()) as ledger:
        address = engine_address(data.absolute(), engine)
        wrong = ledger.check()
        opened = open_engine(address)
        try:
            wrong += opened.check()
            pending, pages = ledger.pending(address), ledger.counts()["pages"]
            if pending:
                wrong.append(f"the index has yet to follow {pending:,} changes: run `reindex --data {data}`")
            elif not wrong:
                found = opened.search(Request(hidden=True, size=0, facets=())).total
                if found != pages:
                    wrong.append(f"the index holds {found:,} pages, the ledger {pages:,}: run `reindex --rebuild`")
        finally:
            opened.close()
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        sys.exit(FAILED)
    click.echo(f"{pages:,} pages in ledger and index; all is well")


@click.command()
@click.argument("url", required=False)
@click.option("--site", help="Forget a host and all hosts below it.")
@data_option
@engine_option
def forget(url: str | None, site: str | None, data: Path, engine: str | None) -> None:
    """Take a page (URL) or a site out for good: later runs will not take it in again.

    The index is made anew without it, so that its words are on the disk no more; that takes as long as `--rebuild`.
    """
    if (url is None) == (site is None):
        raise click.UsageError("name either a URL or a --site")
    with spoken(), Ledger(data.absolute()) as ledger, ledger.exclusive():
        gone = ledger.forget(url=url, site=site)
        with Bar() as bar:
            purge(ledger, engine_address(data.absolute(), engine), bar.show)
    click.echo(f"{gone:,} captures of {url or site} are forgotten, and will not be taken in again")
