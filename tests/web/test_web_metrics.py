"""What Prometheus reads: every line in its format, every request once."""

import os
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_collection import DOCUMENTS, filled

from search.ledger import Ledger, engine_address
from search.records import Capture, Entry
from web import create_app
from web.metrics import BUCKETS, Requests

LINE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? (\d+(?:\.\d+)?)')


def told(client: FlaskClient) -> dict[str, float]:
    """Sample -> value; each under the HELP and TYPE of its name."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    found, helped, typed = {}, set(), {}
    for line in answer.text.splitlines():
        match line.split(" ", 3):
            case ["#", "HELP", name, _]:
                assert name not in helped
                helped.add(name)
            case ["#", "TYPE", name, kind]:
                typed[name] = kind
            case _:
                sample = LINE.fullmatch(line)
                assert sample, line
                name = re.sub(r"_(bucket|sum|count)$", "", sample[1]) if sample[1] not in typed else sample[1]
                assert name in helped
                assert typed[name] in ("counter", "gauge", "histogram")
                found[sample[1] + (sample[2] or "")] = float(sample[3])
    return found


@pytest.fixture
def fresh(tmp_path: Path) -> FlaskClient:
    return filled(tmp_path, DOCUMENTS)


def test_requests_are_counted_by_route_and_status(fresh: FlaskClient) -> None:
    for path in ("/api/search?q=lamp", "/api/search?q=oil", "/api/search?cursor=x", "/page/x", "/page/y", "/nowhere/1",
                 "/nowhere/2", "/static/pagesift.css"):  # fmt: skip
        fresh.get(path).get_data()
    fresh.post("/search")
    counts = {key: value for key, value in told(fresh).items() if key.startswith("pagesift_http_requests_total")}
    assert counts == {
        f'pagesift_http_requests_total{{route="{route}",status="{status}"}}': count
        for route, status, count in (
            ("/api/search", 200, 2), ("/api/search", 400, 1), ("/page/<page_id>", 404, 2), ("unknown", 404, 2),
            ("unknown", 405, 1), ("/static/<path:filename>", 200, 1),
        )
    }  # fmt: skip
    assert told(fresh)['pagesift_http_requests_total{route="/metrics",status="200"}'] == 1


def test_an_error_of_ours_is_counted_as_it_was_sent(fresh: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = fresh.application.extensions["collection"].engine
    with monkeypatch.context() as patched:
        patched.setattr(type(engine), "search", lambda *_: 1 / 0)
        assert fresh.get("/api/search").status_code == 500
    assert told(fresh)['pagesift_http_requests_total{route="/api/search",status="500"}'] == 1


def test_durations_fall_into_buckets_that_add_up() -> None:
    requests = Requests(["/x"])
    for seconds in (0.0005, 0.001, 0.0011, 0.02, 99.0):
        requests.add("/x", 200, seconds)
    lines = list(requests.lines())
    within = [int(line.rpartition(" ")[2]) for line in lines if "_bucket" in line]
    assert len(within) == len(BUCKETS) + 1
    assert within[:6] == [2, 3, 3, 3, 3, 4]
    assert within[-2:] == [4, 5]
    assert 'pagesift_http_request_duration_seconds_bucket{route="/x",le="0.001"} 2' in lines
    assert 'pagesift_http_request_duration_seconds_bucket{route="/x",le="+Inf"} 5' in lines
    assert 'pagesift_http_request_duration_seconds_sum{route="/x"} 99.022600' in lines
    assert 'pagesift_http_request_duration_seconds_count{route="/x"} 5' in lines


def test_what_processes_counted_is_told_as_one() -> None:
    requests = Requests(["/x", "/y"])
    requests.share(3)
    for process, route, status in ((0, "/x", 200), (2, "/x", 200), (1, "/y", 404)):
        requests.process(process)
        requests.add(route, status, 0.25)
    lines = list(requests.lines())
    assert 'pagesift_http_requests_total{route="/x",status="200"} 2' in lines
    assert 'pagesift_http_requests_total{route="/y",status="404"} 1' in lines
    assert 'pagesift_http_request_duration_seconds_sum{route="/x"} 0.500000' in lines
    assert 'pagesift_http_request_duration_seconds_count{route="/y"} 1' in lines
    assert requests.pids() == [os.getpid()] * 3


def test_index_ledger_and_process_are_told(tmp_path: Path) -> None:
    client = filled(tmp_path, DOCUMENTS)
    with Ledger(tmp_path, create=True) as ledger:
        pages = [(Capture(each.url, "heap", "0" * 32), Entry(each), None) for each in DOCUMENTS[:3]]
        refused = Capture("https://quay.example/x", "heap", "1" * 32, state="refused", reason="too short")
        ledger.write(ledger.start_run(), [*pages, (refused, None, None)])
        ledger.follow(engine_address(tmp_path, None), ledger.last_change() - 1)
    found = told(client)
    expected = {"index_up": 1, "index_pages": 7, "ledger_captures": 4, "ledger_refused": 1, "ledger_pages": 3,
                "ledger_hidden": 0, "ledger_pending": 1}  # fmt: skip
    assert {name: found[f"pagesift_{name}"] for name in expected} == expected
    assert found[f'pagesift_index_info{{generation="{client.get("/healthz").json["generation"]}"}}'] == 1
    assert found["process_cpu_seconds_total"] > 0
    assert found["process_resident_memory_bytes"] > 10_000_000


def test_without_an_index_that_is_told(tmp_path: Path) -> None:
    found = told(create_app(tmp_path).test_client())
    assert found["pagesift_index_up"] == 0
    assert "pagesift_index_pages" not in found


def test_a_damaged_ledger_does_not_hide_the_rest(tmp_path: Path) -> None:
    client = filled(tmp_path, DOCUMENTS)
    (tmp_path / "ledger.sqlite").write_bytes(b"This was a ledger once." * 400)
    found = told(client)
    assert found["pagesift_index_up"] == 1
    assert "pagesift_ledger_captures" not in found


def test_a_process_that_takes_the_place_of_another_adds_to_its_time() -> None:
    requests = Requests(["/search"])
    requests.add("/search", 200, 0.1)
    before = requests.cpu()
    requests.process(0)
    assert requests.cpu() >= 2 * before
