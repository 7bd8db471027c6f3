"""What no page tells alone: sites' templates are learnt and applied, pages that are one article are found.

Invariant: what a ledger is settled to depends on the captures it holds, not on the runs that brought them. Each step is
a transaction; after a kill between two the next run goes on there.
"""

from collections.abc import Callable, Iterator

from indexer.clusters import Clusters
from indexer.furniture import FEWEST, PAGES, Template, learn
from indexer.pipeline import printed, recomposed, restored
from search.groups import UNSETTLED, Groups
from search.ledger import Ledger
from search.records import Entry, Print

__all__ = ["Progress", "settle"]

BATCH = 100  # pages a transaction takes
#: Pages whose clusters are found at a time: what thousands of pages share is read once for so many of them.
LOOKED_AT = 1_000

#: Called now and then with what is being done, bytes read so far, bytes in all, pages seen.
Progress = Callable[[str, int, int, int], None]


def settle(ledger: Ledger, progress: Progress) -> None:
    """Do all that is to be done since pages last came or went."""
    done = 0
    for site in ledger.groups.sites(UNSETTLED):
        template = _learnt(ledger.groups, site)
        while urls := ledger.groups.urls(UNSETTLED, site, BATCH):
            ledger.composed({url: list(_changed(ledger, url, template)) for url in urls})
            done += len(urls)
            progress("applying templates", 0, 0, done)
    while unprinted := ledger.groups.unprinted(BATCH):
        ledger.groups.printed([_print(url, entry) for url, entry in unprinted])
    for _ in _clustered(ledger.groups):
        progress("finding duplicates", 0, 0, done)


def _learnt(groups: Groups, site: str) -> Template:
    pages = groups.size(site) if site else 0
    enough = pages >= FEWEST  # else nothing can be said, and a heap of many small sites is settled without a look
    template = learn(restored(entry) for entry in groups.sample(site, PAGES)) if enough else Template(pages)
    groups.learnt(site, template.as_record())
    return template


def _changed(ledger: Ledger, url: str, template: Template) -> Iterator[tuple[int, Entry]]:
    for capture, entry in ledger.entries(url):
        now = recomposed(capture, entry, template)
        if now != entry:
            yield capture.id, now


def _print(url: str, entry: Entry | None) -> Print:
    return printed(entry) if entry is not None else Print(url)


def _clustered(groups: Groups) -> Iterator[int]:
    """Give pages that have a print their heads, transaction by transaction: how many pages each one settled."""
    while urls := groups.unclustered(LOOKED_AT):
        clusters = Clusters(groups)
        for url in urls:
            clusters.find(url)
        groups.clustered(clusters.heads)
        yield len(clusters.heads)
