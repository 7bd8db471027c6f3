"""From scraped pages to answers over HTTP: `reindex` of a feed, then `pagesift serve` asked as browsers ask it.

    python tests/bench/whole.py --docs 100000                 both; everything in a temporary folder
    python tests/bench/whole.py --docs 100000 --data FOLDER   the feed and the data are kept there, and used again
    python tests/bench/whole.py --data FOLDER --profile       where the time of an answer goes, in one process

Needs the benchmark's `corpus` and `queries` on the path. No answer is cached by the server: each is made anew unless
the client shows that it holds it (If-None-Match), which only the figures called `unchanged` do. "First" is the first
time that a server, just started, is asked a query; the second time its words have been stemmed and its pages read.
"""

import argparse
import contextlib
import cProfile
import json
import math
import os
import platform
import pstats
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from queries import Query, queries

from tests.bench.pages import write_feed

CONNECTIONS = 8
REPEATS = 5  # of an answer that is profiled; the least counts, as others may be at work
BIN = Path(sys.executable).parent
ROUTES = ("/search", "/api/search")


def address(query: Query) -> str:
    """The query string that a person would make of it in the search box and with the filters."""
    first, *_ = query.terms
    match query.kind:
        case "phrase":
            asked = {"q": f'"{" ".join(query.terms)}"'}
        case "or3":
            asked = {"q": " OR ".join(query.terms)}
        case "prefix":
            asked = {"q": f"{first}*"}
        case "filter":
            asked = {"q": first, "site": str(query.site)}
        case "date":
            asked = {"q": first, "sort": "newest"}
        case _:
            asked = {"q": " ".join(query.terms)}
    return urlencode(asked)


# -- reindex


def reindex(feed: Path, data: Path, workers: int) -> float:
    """Seconds it took; what it cost goes to the output."""
    command = [BIN / "reindex", feed, "--data", data, "--workers", str(workers)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = _watched(process.pid)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"reindex failed: {process.returncode}")
    seconds = time.perf_counter() - started
    print(
        f"reindex: {seconds:.0f} s, {used.ru_utime + used.ru_stime:.0f} CPU s; peak RSS of the largest process"
        f" {used.ru_maxrss * 1024 / 1e6:.0f} MB, of all together {most / 1e6:.0f} MB"
    )
    return seconds


def _watched(pid: int) -> int:
    """The most bytes that the process and its children had in memory together, looked at twice a second until it ends."""
    most = 0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        most = max(most, sum(map(_resident, _family(pid))))
        time.sleep(0.5)
    return most


def _family(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(each for child in children for each in _family(int(child)))]
    return [pid]


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


# -- serve


@contextlib.contextmanager
def serving(data: Path, *options: str) -> Iterator[tuple[int, int]]:
    """(process, port) of a server just started."""
    command = [BIN / "pagesift", "serve", "--data", data, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r":(\d+)/", line)
            if found is None:
                sys.exit(f"serve said {line!r}")
            yield process.pid, int(found[1])
        finally:
            process.terminate()


def cpu_seconds(pid: int) -> float:
    """Of the process and its children, those that live."""
    total = 0
    for each in _family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Answered:
    """Seconds until the last byte, and what came."""

    seconds: float
    status: int
    size: int
    tag: str


class Connection:
    """Kept alive, as a browser keeps it, unless the server says that it closes: after a 304, waitress does. The client
    has the server's cores, and http.client would take three times as much."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self._port, self._head = port, ""

    def ask(self, path: str, tag: str = "") -> None:
        if self._header("Connection").lower() == "close":
            self.socket.close()
            self.socket = socket.create_connection(("127.0.0.1", self._port))
        held = f"If-None-Match: {tag}\r\n" if tag else ""
        self._started, self._come, self._head, self._whole = time.perf_counter(), bytearray(), "", 0
        asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAccept-Encoding: identity\r\n{held}\r\n"
        self.socket.sendall(asked.encode("ascii"))

    def receive(self) -> Answered | None:
        """Wait for more of the answer; it is given when all has come."""
        more = self.socket.recv(1 << 18)
        if not more:
            sys.exit("the server closed a connection")
        self._come += more
        if not self._whole and (end := self._come.find(b"\r\n\r\n")) >= 0:
            self._head = self._come[:end].decode("latin-1")
            self._whole = end + 4 + (0 if self._status() == 304 else int(self._header("Content-Length")))
        if not self._whole or len(self._come) < self._whole:
            return None
        size = self._whole - len(self._head) - 4
        return Answered(time.perf_counter() - self._started, self._status(), size, self._header("ETag"))

    def _status(self) -> int:
        return int(self._head.split(" ", 2)[1])

    def _header(self, name: str) -> str:
        found = re.search(rf"^{name}: ([^\r]*)", self._head, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""


def one_connection(port: int, paths: Sequence[str], tags: Sequence[str] = ()) -> list[Answered]:
    connection, found = Connection(port), []
    for path, tag in zip(paths, tags or [""] * len(paths), strict=True):
        connection.ask(path, tag)
        while (answer := connection.receive()) is None:
            pass
        found.append(answer)
    connection.socket.close()
    _check(found, 304 if tags else 200)
    return found


def many_connections(port: int, paths: Sequence[str], seconds: float) -> tuple[float, list[float]]:
    """(requests a second, seconds of each) of connections that ask one query after another for so long."""
    found = []
    with selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        for number in range(CONNECTIONS):
            connection, mine = Connection(port), islice(cycle(paths), number * len(paths) // CONNECTIONS, None)
            selector.register(connection.socket, selectors.EVENT_READ, (connection, mine))
            connection.ask(next(mine))
        while selector.get_map():
            for key, _ in selector.select():
                connection, mine = key.data
                if (answer := connection.receive()) is None:
                    continue
                found.append(answer)
                if time.perf_counter() < started + seconds:
                    connection.ask(next(mine))
                else:
                    selector.unregister(connection.socket)
                    connection.socket.close()
        passed = time.perf_counter() - started
    _check(found, 200)
    return len(found) / passed, [each.seconds for each in found]


def _check(found: Sequence[Answered], status: int) -> None:
    if any(each.status != status for each in found):
        sys.exit(f"not all answers were {status}")


# -- reporting


def quantile(values: Sequence[float], share: float) -> float:
    """The value at or below which this share of the values lies (nearest rank)."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def tell(title: str, times: Sequence[float]) -> None:
    p50, p95, p99 = (quantile(times, share) * 1e3 for share in (0.5, 0.95, 0.99))
    print(f"{title:34} p50 {p50:6.2f}  p95 {p95:6.2f}  p99 {p99:6.2f}  max {max(times) * 1e3:6.2f} ms")


def serve(data: Path, asked: Sequence[Query], seconds: float, options: Sequence[str]) -> None:
    """Every figure of a server over the data folder."""
    for route in ROUTES:
        mixed = list(asked)
        Random(42).shuffle(mixed)
        paths = [f"{route}?{address(query)}" for query in mixed]
        with serving(data, *options) as (pid, port):
            print(f"\n{route}, {len(set(paths))} distinct queries in {len(paths)}")
            one_connection(port, [f"{route}?q=warm"])
            for name in ("first", "second"):
                spent = cpu_seconds(pid)
                found = one_connection(port, paths)
                spent = cpu_seconds(pid) - spent
                tell(f"one connection, {name}", [each.seconds for each in found])
                print(f"{'':34} CPU of the server {spent / len(paths) * 1e3:.2f} ms a request")
            for kind in dict.fromkeys(query.kind for query in asked):
                of_kind = [each for each, query in zip(found, mixed, strict=True) if query.kind == kind]
                size = quantile([each.size for each in of_kind], 0.5)
                tell(f"  {kind} ({size / 1e3:.0f} KB)", [each.seconds for each in of_kind])
            if all(each.tag for each in found):
                unchanged = one_connection(port, paths, [each.tag for each in found])
                tell("one connection, unchanged (304)", [each.seconds for each in unchanged])
            spent, own, started = cpu_seconds(pid), time.process_time(), time.perf_counter()
            rate, times = many_connections(port, paths, seconds)
            spent, own, passed = cpu_seconds(pid) - spent, time.process_time() - own, time.perf_counter() - started
            tell(f"{CONNECTIONS} connections", times)
            print(
                f"{'':34} {rate:.0f} requests/s; CPU a request: {spent / len(times) * 1e3:.2f} ms of the server"
                f" ({spent / passed:.2f} cores), {own / len(times) * 1e3:.2f} ms of the client"
            )
            resident = sum(map(_resident, _family(pid)))
            print(f"{'':34} resident {resident / 1e6:.0f} MB in {len(_family(pid))} process(es)")


def _cpu_of(client: Any, path: str) -> float:
    started = time.process_time()
    client.get(path).get_data()
    return time.process_time() - started


def profile(data: Path, asked: Sequence[Query], route: str, order: str, lines: int) -> None:
    """What the application spends on the queries, second time, by function."""
    from web import create_app

    client = create_app(data).test_client()
    paths = [f"{route}?{address(query)}" for query in asked]
    times = []
    for path in paths:
        times.append(min(_cpu_of(client, path) for _ in range(REPEATS)))
    tell(f"{route}, CPU, best of {REPEATS}", times)
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    for path in paths:
        client.get(path).get_data()
    profiler.disable()
    pstats.Stats(profiler).strip_dirs().sort_stats(order).print_stats(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure reindex and serve, from scraped pages to answers over HTTP.")
    parser.add_argument("--docs", type=int, default=100_000, help="how many pages")
    parser.add_argument("--data", type=Path, help="keep feed and data in this folder, and use what is there")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="those of reindex")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the connections ask together")
    parser.add_argument("--each", type=int, default=64, help="queries of each kind; some common ones come twice")
    parser.add_argument("--serve", action="append", default=[], metavar="OPTION", help="of pagesift serve; repeat")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--route", choices=ROUTES, default=ROUTES[0], help="with --profile")
    parser.add_argument("--order", choices=("tottime", "cumtime"), default="tottime", help="with --profile")
    parser.add_argument("--lines", type=int, default=40, help="with --profile")
    options = parser.parse_args()
    asked = queries(each=options.each)
    with contextlib.ExitStack() as stack:
        folder = options.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="whole-")))
        data = folder / f"data-{options.docs}"
        if not (data / "index").exists():
            folder.mkdir(parents=True, exist_ok=True)
            feed = folder / f"pages-{options.docs}.jsonl"
            size = write_feed(options.docs, feed)
            print(f"{options.docs:,} pages of {size / options.docs / 1e3:.1f} KB")
            seconds = reindex(feed, data, options.workers)
            print(f"reindex: {options.docs / seconds:.0f} pages/s")
        if options.profile:
            profile(data, asked, options.route, options.order, options.lines)
        else:
            setting = {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()}
            print(json.dumps(setting))
            serve(data, asked, options.seconds, options.serve)


if __name__ == "__main__":
    main()
