"""Work spread over processes, its results in the order given; a job that kills or blocks its process costs only itself.

Invariant: every job gives exactly one result. Workers die with their parent, however it dies.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Generic, Self, TypeVar

__all__ = ["Workers"]

Job = TypeVar("Job")
Result = TypeVar("Result")


class Workers(Generic[Job, Result]):
    """`work(job)` in `count` processes (with one: in this process). `failed(job, why)` makes the result of a job whose
    process died or was stopped after `timeout` seconds."""

    def __init__(
        self,
        work: Callable[[Job], Result],
        failed: Callable[[Job, str], Result],
        *,
        count: int,
        timeout: float = 60.0,
    ) -> None:
        self._work, self._failed, self._count, self._timeout = work, failed, count, timeout
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: deque[tuple[Job, Future[Result]]] = deque()

    def give(self, job: Job) -> Iterator[Result]:
        """Take a job; the results that are due come back, so that no more than a few jobs per process wait."""
        if self._count <= 1:
            yield self._work(job)
            return
        self._waiting.append((job, self._submit(job)))
        if len(self._waiting) >= 8 * self._count:
            yield from self._next()

    def drain(self) -> Iterator[Result]:
        """The results of all jobs that wait."""
        while self._waiting:
            yield from self._next()

    def _submit(self, job: Job) -> Future[Result]:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._count, mp_context=context, initializer=_start)
        try:
            return self._pool.submit(self._work, job)
        except BrokenProcessPool as broken:  # said at the turn of this job, like any other death
            future: Future[Result] = Future()
            future.set_exception(broken)
            return future

    def _next(self) -> Iterator[Result]:
        job, future = self._waiting.popleft()
        try:
            yield future.result(self._timeout)
        except (BrokenProcessPool, TooLong):
            yield from self._one_by_one([job, *(waiting for waiting, _ in self._waiting)])

    def _one_by_one(self, jobs: list[Job]) -> Iterator[Result]:
        """After a death nobody knows whose fault it was: each job again, alone."""
        self._waiting.clear()
        self._stop()
        for job in jobs:
            try:
                result = self._submit(job).result(self._timeout)
            except BrokenProcessPool:
                self._stop()
                result = self._failed(job, "its process died")
            except TooLong:
                self._stop()
                result = self._failed(job, f"took longer than {self._timeout:.0f} s")
            yield result

    def _stop(self) -> None:
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.clear()
        self._stop()


def _start() -> None:
    """In each worker: Ctrl-C is the parent's to handle, and the parent's death is ours."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101  a worker has one

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
