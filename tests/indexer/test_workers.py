"""Results in order; a job that kills or blocks its process costs only itself; no worker outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.workers import Processes, Workers


def work(job: str) -> str:
    if job == "die":
        os._exit(9)
    if job == "hang":
        time.sleep(600)
    if job == "raise":
        raise ValueError("a bug of ours")
    return job.upper()


def failed(job: str, why: str) -> str:
    return f"{job}: {why}"


def run(jobs: list[str], count: int, timeout: float = 60) -> list[str]:
    results = []
    with Processes(count) as processes:
        workers = Workers(work, failed, processes, timeout=timeout)
        for job in jobs:
            results += workers.give(job)
        results += workers.drain()
    return results


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_the_order_of_the_jobs(count: int) -> None:
    jobs = [f"page {n}" for n in range(50)]
    assert run(jobs, count) == [job.upper() for job in jobs]


def test_a_job_that_kills_its_process_costs_only_itself() -> None:
    jobs = ["a", "b", "die", "c", "die", *"defghijklmnopqrstuvwxyz"]
    expected = [f"{job}: its process died" if job == "die" else job.upper() for job in jobs]
    assert run(jobs, 2) == expected


def test_a_job_that_never_ends_is_stopped() -> None:
    began = time.monotonic()
    run(["a"], 2)
    timeout = max(3, 5 * round(time.monotonic() - began))  # seconds; a worker's start counts, and takes long when all are busy
    assert run(["a", "hang", "b"], 2, timeout=timeout) == ["A", f"hang: took longer than {timeout} s", "B"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_bug_is_not_hidden(count: int) -> None:
    with pytest.raises(ValueError, match="a bug of ours"):
        run(["a", "raise"], count)


PARENT = """
import os, sys, time
sys.path[:0] = {path!r}
from test_workers import failed, work
from indexer.workers import Processes, Workers
if __name__ == "__main__":
    with Processes(2) as processes:
        workers = Workers(work, failed, processes)
        for job in ("a", "b", "c"):
            list(workers.give(job))
        list(workers.drain())
        print(*processes._pool._processes, flush=True)
        time.sleep(60)
"""


def test_workers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(path=[str(Path(__file__).parent)]))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert workers
    deadline = time.monotonic() + 60
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in workers if alive(pid)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
