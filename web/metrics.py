"""How is the server doing? Counted here, told at /metrics in Prometheus' text format 0.0.4.

Streams are timed until their first byte. What cannot be told now (no index, say) is left out.
"""

import bisect
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, g, request

from search.errors import SearchError
from web.collection import collection

__all__ = ["Requests", "register"]

metrics = Blueprint("metrics", __name__)

#: Seconds. The aims lie inside: half of all searches under 15 ms, 99 of 100 under 50 ms.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: Routes are few; what matches none is one route, so that nobody can fill the memory with addresses.
UNKNOWN = "unknown"


class Requests:
    """Requests by route and status, and how long they took by route. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, int]] = Counter()
        self._seconds: dict[str, float] = {}
        self._within: dict[str, list[int]] = {}

    def add(self, route: str, status: int, seconds: float) -> None:
        with self._lock:
            self._counts[route, status] += 1
            self._seconds[route] = self._seconds.get(route, 0.0) + seconds
            slots = self._within.setdefault(route, [0] * (len(BUCKETS) + 1))
            slots[bisect.bisect_left(BUCKETS, seconds)] += 1

    def lines(self) -> Iterator[str]:
        with self._lock:
            counts, seconds = dict(self._counts), dict(self._seconds)
            within = {route: tuple(slots) for route, slots in self._within.items()}
        name = "pagesift_http_requests_total"
        yield from _head(name, "counter", "Answers by route and status.")
        for (route, status), count in sorted(counts.items()):
            yield f'{name}{{route="{route}",status="{status}"}} {count}'
        name = "pagesift_http_request_duration_seconds"
        yield from _head(name, "histogram", "Seconds until an answer was begun, by route.")
        for route, slots in sorted(within.items()):
            total = 0
            for bound, count in zip((*map(str, BUCKETS), "+Inf"), slots, strict=True):
                total += count
                yield f'{name}_bucket{{route="{route}",le="{bound}"}} {total}'
            yield f'{name}_sum{{route="{route}"}} {seconds[route]:.6f}'
            yield f'{name}_count{{route="{route}"}} {total}'


def register(app: Flask) -> None:
    """Call it first: what is registered first is done last after a request, and so sees the status that is sent."""
    app.extensions["requests"] = Requests()
    app.before_request(_begun)
    app.after_request(_done)
    app.register_blueprint(metrics)


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
        with collection().ledger() as ledger:
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
    yield f"{name} {time.process_time():.2f}"
    statm = Path("/proc/self/statm")  # Linux alone tells it in a file
    if statm.exists():
        resident = int(statm.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        yield from _gauge("process_resident_memory_bytes", "Memory in use.", resident)


def _gauge(name: str, told: str, value: int) -> Iterator[str]:
    yield from _head(name, "gauge", told)
    yield f"{name} {value}"


def _head(name: str, kind: str, told: str) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} {kind}"
