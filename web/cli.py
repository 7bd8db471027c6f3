"""The `pagesift` command: `serve`, and the group that loads the commands of every package when they are asked for."""

import errno
import logging
import os
import re
import signal
import socket
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import click

from search.options import data_option, engine_option
from web.processes import CAN_FORK, in_turn, listening, spread

__all__ = ["main", "serve"]

#: Half-open connections cost a waitress with its default settings (100 connections, 120 s) every other client; these
#: stay below the usual 1,024 open files.
CONNECTIONS = 900
IDLE_SECONDS = 15
THREADS = 8
#: Processes without --workers: more than four cores are not taken unasked, as each process takes some 60 MB.
MOST_WORKERS = 4
HEADERS = 32_768  # bytes; longer ones are answered with 431
#: One proxy, whatever its address; what it says of the client replaces what the client says of itself. Without this
#: waitress throws such headers away.
PROXY = {
    "trusted_proxy": "*",
    "trusted_proxy_count": 1,
    "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
    "clear_untrusted_proxy_headers": True,
}
BODY = 10_000  # bytes; nothing here takes a body, and waitress would first write a long one to disk


class _Commands(click.Group):
    """The entry points of the group `pagesift.commands`: each is imported when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  Click's signature
        return sorted(_installed())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  likewise
        found = _installed().get(cmd_name)
        if found is None:
            return None
        command: click.Command = found.load()
        return command


def _installed() -> dict[str, EntryPoint]:
    return {each.name: each for each in entry_points(group="pagesift.commands")}


@click.group(cls=_Commands)
@click.version_option(package_name="pagesift")
def main() -> None:
    """Turn a heap of scraped pages into a search engine: `reindex` it, then `serve` it."""


#: As a browser writes it: no path, no slash at the end.
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def _origins(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    for origin in given:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise click.BadParameter(f"{origin!r} should read like https://site.example, in small letters, or *")
    return given


@click.command()
@data_option
@engine_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0: any free one.")
@click.option("--behind-proxy", is_flag=True,
              help="Believe X-Forwarded-For, -Host, -Proto; only where none but your proxy can connect.")  # fmt: skip
@click.option("--allow-origin", "origins", multiple=True, metavar="ORIGIN", callback=_origins,
              help="Let scripts of this site (https://site.example, * for all) read the API; repeatable.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64),
              default=lambda: min(os.cpu_count() or 1, MOST_WORKERS) if CAN_FORK else 1,
              show_default=f"one per CPU, at most {MOST_WORKERS}; 1 where not on Linux",
              help="Processes that answer.")  # fmt: skip
def serve(
    data: Path,
    engine: str | None,
    host: str,
    port: int,
    behind_proxy: bool,
    origins: tuple[str, ...],
    workers: int,
) -> None:
    """Serve the search page until Ctrl-C or SIGTERM.

    Where a proxy in front speaks TLS, --behind-proxy makes addresses begin with https and tells browsers to stay there.

    Exit codes: 0 it was stopped; 1 it cannot serve (the port is taken, say); 2 wrong arguments.
    """
    import waitress  # these two are heavy, and `--help` needs neither

    from search.errors import BadAddress, SearchError
    from web import create_app

    if workers > 1 and not CAN_FORK:
        raise click.UsageError("--workers needs Linux; start several servers behind a proxy instead")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    # A line for each request that finds no idle thread, the very first one too: /metrics tells how long they take.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    data = data.absolute()
    try:
        app = create_app(data, engine, origins)
    except BadAddress as error:
        raise click.UsageError(str(error)) from None
    try:
        sockets = listening(host, port, workers)
    except (OSError, UnicodeError) as error:
        click.echo(f"Error: {_unserved(host, port, error)}", err=True)
        sys.exit(1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        what = f"{app.extensions['collection'].size():,} pages from {data}"
    except SearchError as error:
        what = f"no pages yet ({error})"
    click.echo(f"Pagesift is serving {what} on {_address(sockets[0][0])} — Ctrl-C stops it")
    sys.stdout.flush()

    def answer(number: int) -> None:
        app.extensions["requests"].process(number)
        app.extensions["collection"].engine.prepare()  # by a thread, which a process to be forked must not have
        waitress.create_server(
            in_turn(app),
            sockets=sockets[number],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=5,
            asyncore_use_poll=True,
            max_request_header_size=HEADERS,
            max_request_body_size=BODY,
            ident=None,
            **(PROXY if behind_proxy else {}),
        ).run()

    if workers == 1:
        answer(0)
    else:
        app.extensions["requests"].share(workers)
        spread(workers, answer)


def _address(listens: socket.socket) -> str:
    """Where the server can be reached."""
    host, port, *_ = listens.getsockname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _unserved(host: str, port: int, error: Exception) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return (
                f"port {port} of {host} is taken: stop what runs there, or name another (--port {port % 65_535 + 1}, "
                "or --port 0 for any free one)"
            )
        case errno.EACCES:
            return f"port {port} of {host} is not for everyone: name one from 1024, such as --port 8000"
        case _:
            return f"cannot listen on {host} port {port} ({error}): --host 127.0.0.1 serves this machine"
