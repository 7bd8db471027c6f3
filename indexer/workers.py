"""Work spread over processes, its results in the order given; a job that kills or blocks its process costs only itself.

Invariant: every job gives exactly one result. Workers die with their parent, however it dies.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, Self, TypeVar

__all__ = ["Processes", "Workers"]

Job = TypeVar("Job")
Result = TypeVar("Result")


class Processes:
    """So many processes, started when they are first needed. With one nothing is started: its work is done here."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, work: Callable[[Job], Result], job: Job) -> Future[Result]:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.count, mp_context=context, initializer=_start)
        try:
            return self._pool.submit(work, job)
        except BrokenProcessPool as broken:  # said at the turn of this job, like any other death
            future: Future[Result] = Future()
            future.set_exception(broken)
            return future

    def stop(self) -> None:
        """End them at once, whatever they are doing."""
        if self._pool is None:
            return
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:  # shutdown alone would wait for a job that never ends
            process.kill()
            process.join()
        self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Workers(Generic[Job, Result]):
    """`work(job)` in these processes (with one: in this process). `failed(job, why)` makes the result of a job whose
    process died or was stopped after `timeout` seconds (None: it may take its time). No more than `ahead` jobs for each
    process, and their results, are in memory."""

    def __init__(
        self,
        work: Callable[[Job], Result],
        failed: Callable[[Job, str], Result],
        processes: Processes,
        *,
        timeout: float | None = 60.0,
        ahead: int = 8,
    ) -> None:
        self._work, self._failed, self._processes, self._timeout = work, failed, processes, timeout
        self._most = ahead * processes.count
        self._waiting: deque[tuple[Job, Future[Result]]] = deque()

    def give(self, job: Job) -> Iterator[Result]:
        """Take a job; the results that are due come back."""
        if self._processes.count <= 1:
            yield self._work(job)
            return
        self._waiting.append((job, self._processes.submit(self._work, job)))
        if len(self._waiting) >= self._most:
            yield from self._next()

    def drain(self) -> Iterator[Result]:
        """The results of all jobs that wait."""
        while self._waiting:
            yield from self._next()

    def all(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """The results of these jobs, which are asked for as they are needed."""
        for job in jobs:
            yield from self.give(job)
        yield from self.drain()

    def _next(self) -> Iterator[Result]:
        job, future = self._waiting.popleft()
        try:
            yield future.result(self._timeout)
        except (BrokenProcessPool, TooLong):
            yield from self._one_by_one([job, *(waiting for waiting, _ in self._waiting)])

    def _one_by_one(self, jobs: list[Job]) -> Iterator[Result]:
        """After a death nobody knows whose fault it was: each job again, alone."""
        self._waiting.clear()
        self._processes.stop()
        for job in jobs:
            try:
                result = self._processes.submit(self._work, job).result(self._timeout)
            except BrokenProcessPool:
                self._processes.stop()
                result = self._failed(job, "its process died")
            except TooLong:
                self._processes.stop()
                result = self._failed(job, f"took longer than {self._timeout:.0f} s")
            yield result


def _start() -> None:
    """In each worker: Ctrl-C is the parent's to handle, and the parent's death is ours."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101  a worker has one

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
