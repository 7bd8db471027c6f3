"""How do several processes answer on one port? Each has an interpreter of its own, so that cores add up.

Within a process one answer is made at a time.

Invariant: none outlives the first, however that ends; one that dies is replaced, with its number.
"""

import contextlib
import logging
import math
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = ["CAN_FORK", "in_turn", "listening", "spread"]

#: Elsewhere forking is missing, or unsafe beside the system's own libraries.
CAN_FORK = sys.platform == "linux"
#: A process that dies sooner would die again and again.
SOON = 1.0  # seconds
#: How long answers that are being made may take when all are to end.
GRACE = 8.0  # seconds; waitress itself waits 5
#: Connections that wait to be taken; waitress's own number.
BACKLOG = 1024

#: Bytes of an answer that is handed over before the next is made. No client can hold that up: all requests that
#: waitress reads at once (8 KB, some 250) get fewer such bytes than it takes in for one who does not read (16 MB).
SHORT = 60_000
#: A WSGI application (PEP 3333).
Answering = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

ENDINGS = {signal.SIGINT, signal.SIGTERM}

log = logging.getLogger(__name__)


def listening(host: str, port: int, count: int) -> list[list[socket.socket]]:
    """For each of so many processes a listening socket for each address of the host. OSError where one cannot be had.

    Where several have sockets of their own, the system deals connections out to them; of one socket that all share, the
    process that wakes first takes all that wait, and 8 connections kept one of two cores busy.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE)
    sockets: list[list[socket.socket]] = [[] for _ in range(count)]
    with contextlib.ExitStack() as opened:
        for family, _, _, _, address in dict.fromkeys(found):
            with _bound(family, address) as alone:  # an error where another server has the port, which is not shared
                address = alone.getsockname()
            for own in sockets:
                made = opened.enter_context(_bound(family, address, shared=count > 1))
                made.listen(BACKLOG)
                own.append(made)
        opened.pop_all()
    return sockets


def _bound(family: int, address: Any, *, shared: bool = False) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let two servers share a port
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


def in_turn(app: Answering) -> Answering:
    """Make one answer at a time; long ones, and those that are streamed, are sent while others are made.

    Threads of one interpreter change places at each operation on arrays: eight answers at once took each twice the CPU.
    """
    turn = threading.Lock()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = math.inf

        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal length
            length = next((int(value) for name, value in headers if name.lower() == "content-length"), math.inf)
            return start_response(status, headers, *rest)

        with contextlib.ExitStack() as held:
            held.enter_context(turn)
            made = app(environ, begin)
            if length <= SHORT:
                return _Closing(made, held.pop_all())  # PEP 3333: who asked closes it, whatever happens
        return made

    return answer


class _Closing:
    """An answer that ends what it holds when it is closed, read or not."""

    def __init__(self, made: Iterable[bytes], held: contextlib.ExitStack) -> None:
        self._made, self._held = made, held

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._made)

    def close(self) -> None:
        with self._held:
            getattr(self._made, "close", lambda: None)()


def spread(count: int, answer: Callable[[int], None]) -> None:
    """Run `answer` in so many processes, numbered from 0, until this one is told to end; then end them.

    Call it before any thread is started. RuntimeError where one dies as soon as it was begun.
    """
    read_end, write_end = os.pipe()
    born: dict[int, tuple[int, float]] = {}

    def begin(number: int) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # Python drops one that a child gets before it runs
        pid = os.fork()
        if not pid:
            os.close(write_end)
            _answered(answer, number, read_end)
        born[pid] = number, time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where it came ignored, no end would be told
    try:
        for number in range(count):
            begin(number)
        while True:
            pid, status = os.wait()
            known = born.pop(pid, None)
            if known is None:  # a child that came with the program, or that its parent left to the first process
                continue
            number, since = known
            if time.monotonic() - since < SOON:
                raise RuntimeError(f"a process that was to answer ended at once (wait status {status})")
            log.warning("process %d ended (wait status %d) and is replaced", pid, status)
            begin(number)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is being obeyed
        for pid in born:
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + GRACE
        while born and time.monotonic() < end:
            born = {pid: told for pid, told in born.items() if os.waitpid(pid, os.WNOHANG) == (0, 0)}
            time.sleep(0.02)
        for pid in born:
            os.kill(pid, signal.SIGKILL)


def _answered(answer: Callable[[int], None], number: int, read_end: int) -> None:
    """In the child, which never returns into what its parent was doing."""
    code = 1
    try:
        threading.Thread(target=_end_with_parent, args=(read_end,), daemon=True).start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        answer(number)
        code = 0
    except (KeyboardInterrupt, SystemExit):
        code = 0
    except Exception:  # whatever it is: it is logged, and the first process replaces this one
        log.exception("process %d cannot answer", os.getpid())
    finally:
        os._exit(code)


def _end_with_parent(read_end: int) -> None:
    """Nothing is ever written: reading ends when the parent does, even by SIGKILL."""
    os.read(read_end, 1)
    os._exit(1)
