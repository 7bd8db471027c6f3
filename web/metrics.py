"""How is the server doing? Counted here, told at /metrics in Prometheus' text format 0.0.4.

Where several processes answer, each counts in memory that all can read, and any of them tells for all.
Streams are timed until their first byte. What cannot be told now (no index, say) is left out.
"""

import bisect
import contextlib
import mmap
import os
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from flask import Blueprint, Flask, Response, current_app, g, request

from search.errors import SearchError
from web.collection import collection

__all__ = ["Requests", "register"]

metrics = Blueprint("metrics", __name__)

#: Seconds. The aims lie inside: half of all searches under 15 ms, 99 of 100 under 50 ms.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: Routes are few; what matches none is one route, so that nobody can fill the memory with addresses.
UNKNOWN = "unknown"
#: Above every status code (RFC 9110: three digits, the first from 1 to 5).
STATUSES = 600


class Requests:
    """Requests by route and status, and how long they took by route; a row for each process. Threads share it."""

    def __init__(self, routes: Iterable[str]) -> None:
        self._lock = threading.Lock()
        self._routes = {route: number for number, route in enumerate(sorted(routes))}
        self.share(1)

    def share(self, processes: int) -> None:
        """Count anew, in memory that processes forked from this one share. Each calls `process` with its number."""
        routes, slots = len(self._routes), len(BUCKETS) + 1
        shape = processes, routes * (STATUSES + slots + 1) + 2
        rows = np.frombuffer(mmap.mmap(-1, shape[0] * shape[1] * 8), dtype=np.float64).reshape(shape)
        self._counts = rows[:, : routes * STATUSES].reshape(processes, routes, STATUSES)
        self._within = rows[:, routes * STATUSES : routes * (STATUSES + slots)].reshape(processes, routes, slots)
        self._seconds, self._cpu, self._pids = rows[:, -routes - 2 : -2], rows[:, -2], rows[:, -1]
        self.process(0)

    def process(self, number: int) -> None:
        self._row = number
        self._pids[number] = os.getpid()
        self._before = float(self._cpu[number])  # of a process that this one replaces

    def add(self, route: str, status: int, seconds: float) -> None:
        row, place = self._row, self._routes[route]
        with self._lock:  # of this process; no other writes this row
            self._counts[row, place, status] += 1
            self._seconds[row, place] += seconds
            self._within[row, place, bisect.bisect_left(BUCKETS, seconds)] += 1
            self._cpu[row] = self._before + time.process_time()

    def pids(self) -> list[int]:
        """The processes that answer."""
        return [int(pid) for pid in self._pids if pid]

    def cpu(self) -> float:
        """Seconds of CPU, of the others as of their last answer."""
        self._cpu[self._row] = self._before + time.process_time()
        return float(self._cpu.sum())

    def lines(self) -> Iterator[str]:
        counts, within, seconds = (rows.sum(axis=0) for rows in (self._counts, self._within, self._seconds))
        name = "pagesift_http_requests_total"
        yield from _head(name, "counter", "Answers by route and status.")
        for route, place in self._routes.items():
            for status in np.flatnonzero(counts[place]).tolist():
                yield f'{name}{{route="{route}",status="{status}"}} {counts[place, status]:.0f}'
        name = "pagesift_http_request_duration_seconds"
        yield from _head(name, "histogram", "Seconds until an answer was begun, by route.")
        for route, place in self._routes.items():
            totals = np.cumsum(within[place])
            if not totals[-1]:
                continue
            for bound, total in zip((*map(str, BUCKETS), "+Inf"), totals.tolist(), strict=True):
                yield f'{name}_bucket{{route="{route}",le="{bound}"}} {total:.0f}'
            yield f'{name}_sum{{route="{route}"}} {seconds[place]:.6f}'
            yield f'{name}_count{{route="{route}"}} {totals[-1]:.0f}'


def register(app: Flask) -> None:
    """Call it first: what is registered first is done last after a request, and so sees the status that is sent."""
    app.before_request(_begun)
    app.after_request(_done)
    app.register_blueprint(metrics)
    app.extensions["requests"] = Requests({UNKNOWN, *(rule.rule for rule in app.url_map.iter_rules())})


def _begun() -> None:
    g.begun = time.perf_counter()


def _done(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule is not None else UNKNOWN
    _requests().add(route, response.status_code, time.perf_counter() - g.begun)
    return response


def _requests() -> Requests:
    found: Requests = current_app.extensions["requests"]
    return found


@metrics.get("/metrics")
def show() -> Response:
    lines = [*_requests().lines(), *_index(), *_ledger(), *_process()]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _index() -> Iterator[str]:
    try:
        generation, pages = collection().engine.generation(), collection().size()
    except SearchError:
        yield from _gauge("pagesift_index_up", "Whether searches can be answered.", 0)
        return
    yield from _gauge("pagesift_index_up", "Whether searches can be answered.", 1)
    yield from _head("pagesift_index_info", "gauge", "The state of the index that answers, by its name.")
    yield f'pagesift_index_info{{generation="{generation}"}} 1'
    yield from _gauge("pagesift_index_pages", "Pages that can be found, hidden kinds left out.", pages)


def _ledger() -> Iterator[str]:
    try:
        ledger = collection().ledger
        if ledger is None:
            return
        counts, pending = ledger.counts(), ledger.pending(collection().address)
    except SearchError:
        return
    yield from _gauge("pagesift_ledger_captures", "Captures, refused ones too.", counts["captures"])
    yield from _gauge("pagesift_ledger_refused", "Captures that gave no page.", counts["refused"])
    yield from _gauge("pagesift_ledger_pages", "Pages that an index should hold.", counts["pages"])
    yield from _gauge("pagesift_ledger_hidden", "Of these, errors, captchas and the like.", counts["hidden"])
    yield from _gauge("pagesift_ledger_pending", "Changes that the index has yet to follow.", pending)


def _process() -> Iterator[str]:
    name = "process_cpu_seconds_total"
    yield from _head(name, "counter", "Seconds of CPU.")
    yield f"{name} {_requests().cpu():.2f}"
    pages = 0
    for pid in _requests().pids():
        with contextlib.suppress(OSError):  # Linux alone tells it in a file; a process may just have ended
            pages += int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    if pages:
        told = "Memory in use; what processes share is counted in each."
        yield from _gauge("process_resident_memory_bytes", told, pages * os.sysconf("SC_PAGE_SIZE"))


def _gauge(name: str, told: str, value: int) -> Iterator[str]:
    yield from _head(name, "gauge", told)
    yield f"{name} {value}"


def _head(name: str, kind: str, told: str) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} {kind}"
