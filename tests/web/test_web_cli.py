"""`pagesift serve` as a process: it says where it is, why it cannot be, and it goes when it is told to."""

import contextlib
import http.client
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_collection import DOCUMENTS, filled

from web.cli import BODY, HEADERS
from web.processes import SOON

BIN = Path(sys.executable).parent
PAGESIFT = str(BIN / "pagesift")
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PAGESIFT_DATA"}


@contextlib.contextmanager
def serving(*options: object, folder: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and what it said at the start; ended in any case."""
    command = [PAGESIFT, "serve", "--port", "0", *map(str, options)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=folder, env=ENVIRONMENT) as server:
        try:
            assert server.stdout is not None
            yield server, server.stdout.readline()
        finally:
            server.kill()


def address_in(said: str) -> str:
    found = re.search(r"http://\S+/", said)
    assert found, said
    return found[0]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    filled(folder, DOCUMENTS)
    return folder


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_says_its_address_serves_there_and_ends_when_told(data: Path, end: signal.Signals) -> None:
    with serving("--data", data) as (server, said):
        assert said == f"Pagesift is serving 7 pages from {data} on {address_in(said)} — Ctrl-C stops it\n"
        assert address_in(said).startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address_in(said) + "search?q=lamp") as answer:
            assert "6 pages" in answer.read().decode()
            assert answer.headers.get("Server") is None
        server.send_signal(end)
        assert server.wait(timeout=10) == 0
        assert server.stderr is not None
        assert server.stderr.read() == ""


def test_it_starts_before_there_is_anything_and_finds_it_when_it_comes(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as (_, said):
        assert "no pages yet" in said
        assert "reindex SOURCE" in said
        filled(tmp_path / "pagesift-data", DOCUMENTS)
        with urllib.request.urlopen(address_in(said) + "healthz") as answer:
            assert b'"pages":7' in answer.read().replace(b" ", b"")


def test_it_can_listen_on_another_address(data: Path) -> None:
    with serving("--data", data, "--host", "::1") as (_, said):
        assert address_in(said).startswith("http://[::1]:")
        with urllib.request.urlopen(address_in(said)) as answer:
            assert answer.status == 200


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "pages.example", "X-Forwarded-For": "192.0.2.7"}


def asked_as(address: str, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    request = urllib.request.Request(address + path, headers=headers)
    answer: http.client.HTTPResponse = urllib.request.urlopen(request)
    return answer


def test_behind_a_proxy_addresses_are_those_that_visitors_see(data: Path) -> None:
    with serving("--data", data, "--behind-proxy") as (_, said), asked_as(
        address_in(said), "opensearch.xml", FORWARDED
    ) as answer:
        assert "https://pages.example/search?q=" in answer.read().decode()
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_without_a_proxy_nobody_is_believed(data: Path) -> None:
    with serving("--data", data) as (_, said), asked_as(address_in(said), "opensearch.xml", FORWARDED) as answer:
        assert f"{address_in(said)}search?q=" in answer.read().decode()
        assert answer.headers["Strict-Transport-Security"] is None


def test_a_site_that_is_named_may_read(data: Path) -> None:
    origin = "https://friend.example:8443"
    with serving("--data", data, "--allow-origin", origin) as (_, said):
        for asked, told in ((origin, origin), ("https://stranger.example", None)):
            with asked_as(address_in(said), "api/search", {"Origin": asked}) as answer:
                assert answer.headers["Access-Control-Allow-Origin"] == told


def test_an_export_is_sent_whole_while_it_is_made(data: Path) -> None:
    with serving("--data", data) as (_, said), asked_as(address_in(said), "search.csv?q=lamp", {}) as answer:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert len(answer.read().decode().splitlines()) == 1 + 6


def refused(*options: object) -> subprocess.CompletedProcess[str]:
    command = [PAGESIFT, "serve", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=30)


def test_a_taken_port_is_said_clearly(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = refused("--data", data, "--port", port)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: port {port} of 127.0.0.1 is taken")
    assert f"--port {port + 1}" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--host", "192.0.2.1", "--port", "0"), 1, "Error: cannot listen on 192.0.2.1"),
        (("--host", "no such host", "--port", "0"), 1, "Error: cannot listen on no such host"),
        (("--engine", "nothing:here"), 2, "no engine for 'nothing:here'"),
        (("--port", "65536"), 2, "65536"),
        (("--allow-origin", "https://friend.example/"), 2, "should read like https://site.example"),
        (("--allow-origin", "friend.example"), 2, "should read like https://site.example"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_line(data: Path, options: tuple[str, ...], code: int, said: str) -> None:
    done = refused("--data", data, *options)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def answered(address: str, request: bytes) -> bytes:
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        with contextlib.suppress(OSError):  # it has answered and hung up already
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_what_is_no_request_does_not_stop_it(data: Path) -> None:
    with serving("--data", data) as (server, said):
        address = address_in(said)
        assert answered(address, b"\x16\x03\x01 hello\r\n\r\n").startswith(b"HTTP/1.0 400")
        assert (
            b" 413 " in answered(address, b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (BODY + 1)).splitlines()[0]
        )
        with contextlib.suppress(ConnectionError):  # it may hang up before all has been sent
            assert b" 431 " in answered(address, b"GET / HTTP/1.1\r\nX: " + b"x" * HEADERS).splitlines()[0]
        for path in ("/search?q=%00", "/%00", "/page/%ff", "//", "/search?%"):
            connection = http.client.HTTPConnection(*address.removeprefix("http://").rstrip("/").split(":"))
            connection.request("GET", path)
            assert connection.getresponse().status in (200, 404)
            connection.close()
        assert server.poll() is None


COMMANDS = ("", "serve", "search", "reindex", "clean", "check", "forget", "template", "why")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_told_without_opening_anything(command: str, tmp_path: Path) -> None:
    trace = [sys.executable, "-X", "importtime", PAGESIFT, *command.split(), "--help"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(trace, cwd=tmp_path, capture_output=True, text=True, env=ENVIRONMENT)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 3  # seconds of CPU; it takes 0.4
    assert (done.returncode, done.stdout[:15]) == (0, "Usage: pagesift")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not imported & {"whoosh", "flask", "waitress"}
    assert list(tmp_path.iterdir()) == []


def test_the_group_lists_its_commands_and_its_version() -> None:
    listed = subprocess.run([PAGESIFT, "--help"], capture_output=True, text=True).stdout
    assert [line.split()[0] for line in listed.partition("Commands:\n")[2].splitlines()] == sorted(COMMANDS[1:])
    assert re.search(r"\d+\.\d+", subprocess.run([PAGESIFT, "--version"], capture_output=True, text=True).stdout)


def test_an_unknown_command_is_said() -> None:
    done = subprocess.run([PAGESIFT, "surve"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "No such command 'surve'" in done.stderr


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    """Zombies are dead."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def until(holds: Callable[[], bool]) -> bool:
    """Whether it comes true within ten seconds."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def sample(address: str, name: str) -> float:
    with urllib.request.urlopen(address + "metrics") as answer:
        return float(next(line.split()[-1] for line in answer.read().decode().splitlines() if line.startswith(name)))


def test_several_processes_answer_on_one_port_and_count_together(data: Path) -> None:
    with serving("--data", data, "--workers", 2) as (server, said):
        assert until(lambda: len(children(server.pid)) == 2)
        for _ in range(20):
            with urllib.request.urlopen(address_in(said) + "search?q=lamp") as answer:
                assert "6 pages" in answer.read().decode()
        searched = 'pagesift_http_requests_total{route="/search",status="200"}'
        assert {sample(address_in(said), searched) for _ in range(10)} == {20.0}
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0


def test_a_process_that_dies_is_replaced(data: Path) -> None:
    with serving("--data", data, "--workers", 2) as (server, said):
        assert until(lambda: len(children(server.pid)) == 2)
        time.sleep(SOON)
        first = children(server.pid)
        os.kill(first[0], signal.SIGKILL)
        assert until(lambda: len(set(children(server.pid)) - set(first)) == 1)
        with urllib.request.urlopen(address_in(said) + "search?q=lamp") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("before", ["sleep 0.5 &", "trap '' CHLD;"])
def test_children_of_others_and_ignored_ends_change_nothing(data: Path, before: str) -> None:
    """A shell that becomes the server leaves it its children, and which signals it ignored."""
    command = ["bash", "-c", f'{before} exec "$@"', "-", PAGESIFT, "serve", "--port", "0", "--data", str(data)]
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, "--workers", "2"], stdout=pipe, stderr=pipe, text=True, env=ENVIRONMENT) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            assert until(lambda: len(children(server.pid)) >= 2)
            time.sleep(SOON)
            first = children(server.pid)
            os.kill(first[-1], signal.SIGKILL)
            assert until(lambda: len(set(children(server.pid)) - set(first)) == 1)
            for _ in range(6):
                with urllib.request.urlopen(address_in(said) + "search?q=lamp", timeout=10) as answer:
                    assert answer.status == 200
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=10) == 0
        finally:
            server.kill()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_first(data: Path, end: signal.Signals) -> None:
    with serving("--data", data, "--workers", 3) as (server, _):
        assert until(lambda: len(children(server.pid)) == 3)
        answering = children(server.pid)
        server.send_signal(end)
        server.wait(timeout=10)
        assert until(lambda: not any(map(alive, answering)))
