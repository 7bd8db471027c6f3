"""One answer is made at a time, and nothing that goes wrong with one keeps the others waiting."""

import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from web.processes import SHORT, in_turn


class Made:
    """An application that tells how many answers were being made at once."""

    def __init__(self, length: int | None) -> None:
        self.length, self.now, self.most = length, 0, 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.now += 1
        self.most = max(self.most, self.now)
        threading.Event().wait(0.002)
        self.now -= 1
        if environ.get("fails"):
            raise ValueError("no answer")
        start_response("200 OK", [] if self.length is None else [("Content-Length", str(self.length))])
        return [b"answer"]


def asked(app: Any, **environ: Any) -> Iterator[bytes]:
    return app(environ, lambda status, headers, *rest: None)


def read(app: Any) -> None:
    answer = asked(app)
    assert list(answer) == [b"answer"]
    getattr(answer, "close", lambda: None)()


@pytest.mark.parametrize("length", [6, SHORT + 1, None])
def test_answers_are_made_one_at_a_time(length: int | None) -> None:
    made = Made(length)
    app = in_turn(made)
    threads = [threading.Thread(target=lambda: [read(app) for _ in range(10)]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.most == 1


@pytest.mark.parametrize("length", [SHORT + 1, None])
def test_a_long_answer_is_read_while_others_are_made(length: int | None) -> None:
    app = in_turn(Made(length))
    first = asked(app)
    second = asked(app)  # it would wait for ever
    assert list(first) == list(second) == [b"answer"]


def test_a_short_answer_that_nobody_reads_is_closed_and_frees_the_turn() -> None:
    app = in_turn(Made(6))
    asked(app).close()  # type: ignore[attr-defined]  as servers do, whatever became of the client
    read(app)


def test_an_answer_that_fails_frees_the_turn() -> None:
    app = in_turn(Made(6))
    with pytest.raises(ValueError, match="no answer"):
        asked(app, fails=True)
    read(app)
