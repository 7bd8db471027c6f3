"""What no page tells alone: sites' templates are learnt and applied, pages that are one article are found.

Invariant: what a ledger is settled to depends on the captures it holds, not on the runs that brought them, nor on how
many processes work. Each step is a transaction; after a kill between two the next run goes on there. Workers read the
ledger, each for itself; only this process writes it.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Never

from indexer.clusters import Clusters
from indexer.errors import Unsettled
from indexer.furniture import FEWEST, PAGES, Template, from_record, learn
from indexer.pipeline import printed, recomposed, restored
from indexer.workers import Processes, Workers
from search.groups import UNSETTLED, Groups
from search.ledger import Ledger
from search.records import Composed, packed, state_of

__all__ = ["Progress", "settle"]

BATCH = 50  # pages that a worker composes at a time, and a transaction takes
AHEAD = 2  # such jobs of a process that are in memory: a page may have 20 MB
#: Pages whose clusters are found at a time: what thousands of pages share is read once for so many of them.
LOOKED_AT = 1_000

#: Called now and then with what is being done, bytes read so far, bytes in all, pages seen.
Progress = Callable[[str, int, int, int], None]


def settle(ledger: Ledger, processes: Processes, progress: Progress) -> None:
    """Do all that is to be done since pages last came or went."""
    sites = ledger.groups.sites(UNSETTLED)
    learners = Workers(functools.partial(_learnt, ledger.data), _lost, processes, timeout=None, ahead=AHEAD)
    for number, (site, record) in enumerate(learners.all(_many_paged(ledger.groups, sites))):
        ledger.groups.learnt(site, record)
        progress("learning templates", number + 1, len(sites), number + 1)
    done, total = 0, ledger.groups.count(UNSETTLED)
    composers = Workers(functools.partial(_composed, ledger.data), _lost, processes, timeout=None, ahead=AHEAD)
    for batch in composers.all(ledger.groups.unsettled(BATCH)):
        ledger.composed(batch)
        done += len(batch)
        progress("applying templates", done, total, done)
    done = 0
    for settled in _clustered(ledger.groups):
        done += settled
        progress("finding duplicates", 0, 0, done)


def _many_paged(groups: Groups, sites: Iterable[str]) -> Iterator[str]:
    """The sites that have pages enough to tell a template by; of the others it is noted that there is none."""
    for site in sites:
        pages = groups.size(site) if site else 0
        if pages >= FEWEST:
            yield site
        else:
            groups.learnt(site, Template(pages).as_record())


def _learnt(data: Path, site: str) -> tuple[str, Mapping[str, Any]]:
    """In a worker: the site, and what is learnt of it."""
    with Ledger(data) as ledger:
        return site, learn(map(restored, ledger.groups.sample(site, PAGES))).as_record()


def _composed(data: Path, pages: list[tuple[str, str]]) -> list[Composed]:
    """In a worker: what the templates make of these pages, each (site, url)."""
    with Ledger(data) as ledger:
        template = functools.cache(lambda site: _template(ledger.groups, site))
        return [_page(ledger, url, template(site)) for site, url in pages]


def _template(groups: Groups, site: str) -> Template:
    record = groups.template(site)
    return from_record(record) if record is not None else Template()


def _page(ledger: Ledger, url: str, template: Template) -> Composed:
    changed, prints = [], {}
    for capture, entry in ledger.entries(url):
        now = recomposed(capture, entry, template)
        prints[capture.id] = printed(now)
        if now != entry:
            state = state_of(now.document.kind)
            changed.append(packed(dataclasses.replace(capture, state=state, reason=now.kind_reason), now, None))
    return Composed(url, tuple(changed), prints)


def _lost(job: object, why: str) -> Never:
    raise Unsettled(f"what the pages of {job!s:.300} have in common was not found: {why}; run `reindex` again")


def _clustered(groups: Groups) -> Iterator[int]:
    """Give pages that have a print their heads, transaction by transaction: how many pages each one settled."""
    while urls := groups.unclustered(LOOKED_AT):
        clusters = Clusters(groups)
        for url in urls:
            clusters.find(url)
        groups.clustered(clusters.heads)
        yield len(clusters.heads)
