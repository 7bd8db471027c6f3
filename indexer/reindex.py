"""A run: sources -> ledger -> index. Safe to stop at any instant and to run again.

Invariant: the ledger is written first, in whole batches; the index follows it and never leads.
"""

import contextlib
import dataclasses
import functools
import itertools
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import NoPages, NoSource, SourceError
from indexer.page import Page
from indexer.pipeline import cleaner, process, refuse
from indexer.report import Report
from indexer.settle import Progress, settle
from indexer.sources import Source, open_source
from indexer.workers import Processes, Workers
from search.engine import open_engine
from search.ledger import Ledger, of_site
from search.records import Capture, Packed

__all__ = ["Options", "follow", "purge", "run"]

BATCH = 100  # captures a ledger transaction takes: one fsync each
COMMIT = 5_000  # documents an index commit takes
MANY = 10  # pages that may vanish from a source without being asked about


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: `fields` are the `--map` overrides; `engine` an address; `rules` the user's banner rules, as TOML."""

    engine: str
    workers: int = 1
    fields: Mapping[str, str] = field(default_factory=dict)
    rebuild: bool = False
    prune: bool = False
    dry: bool = False
    originals: bool = True
    rules: str = ""


class Run:
    """One run over a ledger: its number, its report, and what waits to be written."""

    def __init__(self, ledger: Ledger, options: Options, processes: Processes, progress: Progress) -> None:
        self.ledger, self.options, self.progress = ledger, options, progress
        self.report = Report()
        self.number = ledger.start_run()
        self._urls, self._sites = ledger.forgotten()
        self._done: list[Packed] = []
        self._met: list[Capture] = []
        self._given: set[tuple[str, str, str]] = set()  # on their way: with a worker, or waiting to be written
        self._cleaner = cleaner(options.rules)
        self._original = options.originals and not options.dry
        self._workers: Workers[Page, Packed] = Workers(
            functools.partial(_cleaned, rules=options.rules, original=self._original),
            functools.partial(_refused, rules=options.rules, original=self._original),
            processes,
        )

    def read(self, source: Source) -> bool:
        """Take in all pages of the source; whether it was read whole. What was read stays in any case."""
        whole, name = True, f"reading {Path(source.name).name}"
        try:
            for page in source.pages():
                self._take(page)
                self.progress(name, source.done_bytes, source.total_bytes, self.report.seen)
        except NoPages as error:
            emptied = Path(source.name).is_dir() and self.ledger.knows(source.name)
            whole = emptied and self.options.prune
            if not whole:
                self.report.problems.append(f"{error}{'; --prune takes out those it held' if emptied else ''}")
        except SourceError as error:
            self.report.problems.append(_text(str(error)))
            whole = False
        finally:
            self._flush()
        for reason, times in source.skipped.items():
            self.report.count("skipped", reason, times)
        self.report.notes.extend(map(_text, source.notes))
        return whole

    def lost(self, path: str, error: NoSource, *, named: bool) -> None:
        """A source is gone: where it was named, with `prune`, its pages go too, and it is no source any more."""
        known = self.ledger.knows(path)
        if known and named and self.options.prune:
            self.report.removed += self.ledger.vanish(self.number, path)
            self.ledger.drop_source(path)
        else:
            self.report.problems.append(f"{error}{'; named with --prune, its pages are taken out' if known else ''}")

    def clean_again(self) -> None:
        """Clean what was cleaned by other rules, from the bytes the ledger keeps."""
        for capture in self.ledger.stale(self._cleaner):
            body = self.ledger.original(capture.id)
            if body is not None:
                names = {f.name for f in dataclasses.fields(Page)} & {f.name for f in dataclasses.fields(Capture)}
                known = {name: getattr(capture, name) for name in names}
                self._give(Page(body=body, source=capture.file, **known))
            self.progress("cleaning again", 0, 0, self.report.seen)
        self._flush()

    def _take(self, page: Page) -> None:
        page = dataclasses.replace(page, source=_text(page.source), url=_text(page.url))
        if page.url in self._urls or any(of_site(page.url, site) for site in self._sites):
            self.report.count("skipped", "forgotten on request")
            return
        refused = refuse(page, page.refusal or "", rules=self.options.rules)
        key = _key(refused.capture)
        if key in self._given:
            self._flush()
        known = self.ledger.known(*key)
        if known is not None and known.cleaner == self._cleaner and _said(known) == _said(refused.capture):
            self._count(known, again=True)
            self._met.append(dataclasses.replace(known, place=page.place, fetched=page.fetched))
            if len(self._met) >= BATCH:
                self._write()
        elif page.refusal is not None:
            self._put([refused.packed(original=self._original)])
        else:
            self._given.add(key)
            self._give(page)

    def _give(self, page: Page) -> None:
        self._put(self._workers.give(page))

    def _put(self, captures: Iterable[Packed]) -> None:
        for each in captures:
            self._count(each.capture, again=False)
            self._done.append(each)
            if len(self._done) >= BATCH:
                self._write()

    def _count(self, capture: Capture, *, again: bool) -> None:
        if capture.state == "kept":
            self.report.count("unchanged" if again else "indexed")
        else:
            self.report.count(capture.state, capture.reason)

    def _flush(self) -> None:
        self._put(self._workers.drain())
        self._write()

    def _write(self) -> None:
        self.ledger.take(self.number, self._done)
        self.ledger.seen(self.number, self._met)
        self._given -= {_key(each.capture) for each in self._done}
        self._done.clear()
        self._met.clear()


def run(ledger: Ledger, sources: list[str], options: Options, progress: Progress) -> Report:
    """Read the sources (none given: all known ones; none at all with `rebuild`), then let the index follow.

    What ends early (Ctrl-C, a kill) leaves a ledger that the next run goes on from.
    """
    started = time.monotonic()
    with ledger.rehearsal() if options.dry else contextlib.nullcontext():
        with Processes(options.workers) as processes:
            this = Run(ledger, options, processes, progress)
            for path, fields in _targets(ledger, sources, options):
                _read(this, path, fields, named=bool(sources))
            if options.rebuild:
                this.clean_again()
            if not options.dry:
                settle(ledger, processes, progress)
        report = this.report
        if not options.dry:
            follow(ledger, options.engine, progress, rebuild=options.rebuild)
        report.pages = ledger.counts()["pages"]
        report.seconds = time.monotonic() - started
        ledger.finish_run(this.number, report.as_json())
    return report


def follow(ledger: Ledger, address: str, progress: Progress, *, rebuild: bool = False) -> None:
    """Bring the engine of this address to where the settled ledger is: by the changes since, or (`rebuild`) all anew
    beside the old.
    """
    engine = open_engine(address)
    try:
        # an index that this ledger never led is another's, and may hold pages that this one does not know
        if rebuild or not engine.generation() or not ledger.followed(address):
            last, pages = ledger.last_change(), ledger.counts()["pages"]
            if not (last or rebuild):
                return
            with engine.rebuild() as writer:
                for number, change in enumerate(ledger.changes(address, whole=True)):
                    if change.document is not None:
                        writer.put(change.document)
                    progress("indexing", min(number, pages), pages, number)
            ledger.follow(address, last)
        total = ledger.pending(address)
        done = 0
        while changes := list(itertools.islice(ledger.changes(address), COMMIT)):
            with engine.writer() as writer:
                for change in changes:
                    if change.document is None:
                        writer.delete(change.url)
                    else:
                        writer.put(change.document)
                    done += 1
                    progress("indexing", done, total, done)
            ledger.follow(address, changes[-1].number)
        engine.mend()
    finally:
        engine.close()


def purge(ledger: Ledger, address: str, progress: Progress) -> None:
    """Leave nothing on the disk of what was forgotten.

    A document that was deleted stands in its segment until that is half deleted, and in the generation before; a row in
    the ledger's log.
    """
    settle(ledger, Processes(1), progress)
    follow(ledger, address, progress, rebuild=True)
    engine = open_engine(address)
    try:
        engine.drop_earlier()
    finally:
        engine.close()
    ledger.empty_log()


def _targets(ledger: Ledger, sources: list[str], options: Options) -> Iterator[tuple[str, Mapping[str, str]]]:
    if sources or options.rebuild:
        yield from ((path, options.fields) for path in sources)
        return
    known = ledger.sources()
    if not known:
        raise SourceError("no source is known yet: name a folder or file, as in `reindex ~/pages`")
    folders = tuple(source.path + os.sep for source in known)
    for source in known:  # one that lies in another is read with it, see `_within`
        if not source.path.startswith(folders):
            yield source.path, options.fields or source.fields


def _read(this: Run, path: str, fields: Mapping[str, str], *, named: bool) -> None:
    ledger, report = this.ledger, this.report
    try:
        source = open_source(path, fields=fields, within={} if this.options.fields else _within(ledger, path))
    except NoSource as error:
        this.lost(os.path.abspath(path), error, named=named)  # noqa: PTH100  as the source would name itself
        return
    name = _text(source.name)
    whole = this.read(source)
    if whole:
        gone, there = ledger.vanishing(this.number, name)
        if gone > MANY and gone > there / 10 and not this.options.prune:
            report.held_back += gone
            report.problems.append(
                f"{gone:,} of the {there:,} pages of {name} are no longer there; that many are only removed"
                " with --prune"
            )
        else:
            report.removed += ledger.vanish(this.number, name)
    ledger.record_source(name, fields, whole=whole)


def _within(ledger: Ledger, path: str) -> dict[str, Mapping[str, str]]:
    """The fields of the known sources that lie in this one: each was given its own."""
    return {each.path: each.fields for each in ledger.sources() if each.path.startswith(path + os.sep)}


def _cleaned(page: Page, *, rules: str, original: bool) -> Packed:
    return process(page, rules=rules).packed(original=original)


def _refused(page: Page, why: str, *, rules: str, original: bool) -> Packed:
    return refuse(page, why, rules=rules).packed(original=original)


def _key(capture: Capture) -> tuple[str, str, str]:
    return capture.file, capture.url, capture.digest


def _said(capture: Capture) -> tuple[object, ...]:
    """What the source says of a page beside its bytes: a feed may correct a title or a date."""
    return capture.title, capture.published, capture.status, capture.content_type


def _text(name: str) -> str:
    """A file name or url without the lone surrogates that stand for bytes which are no UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
