"""What became of each host's captures: counted as they are written, so that nobody has to count them all.

Invariant: `outcomes` holds what COUNTED gives, after every statement. `stretches` holds what `search.blocked` found of
a host (NULL: nothing), and loses that row with the first of its captures that changes. Triggers see to both.
"""

__all__ = ["COUNTED", "EMPTY", "HOST", "SCHEMA"]

#: Captures without content of a page that may well be there: captchas, notices, errors. 404 and 410 say that it is gone
#: (RFC 9110, 15.5.5 and 15.5.11).
_EMPTY = "({0}state = 'hidden' AND coalesce({0}status, 0) NOT IN (404, 410))"
#: The host of a capture's url without `www.`; "" for what has none.
_REST = "substr({0}url, instr({0}url, '://') + 3)"
_HOST = (
    f"CASE WHEN {{0}}url LIKE 'http%://%' THEN replace(substr({_REST}, 1, instr({_REST} || '/', '/') - 1), 'www.', '')"
    " ELSE '' END"
)
EMPTY, HOST = _EMPTY.format(""), _HOST.format("")

#: The plain way: of each host, state and reason how many captures, and how many of them are EMPTY.
COUNTED = (
    f"SELECT {HOST} AS host, state, reason, count(*) AS captures, sum({EMPTY}) AS empty"  # noqa: S608  our own constants
    " FROM captures GROUP BY host, state, reason"
)


def _minus(row: str) -> str:
    """Statements that no longer count this row."""
    here = f"host = {_HOST.format(row)} AND state = {row}state AND reason = {row}reason"
    return (
        f"UPDATE outcomes SET captures = captures - 1, empty = empty - {_EMPTY.format(row)} WHERE {here};"  # noqa: S608
        f" DELETE FROM outcomes WHERE {here} AND captures = 0; {_anew(row)}"
    )


def _plus(row: str) -> str:
    """Statements that count this row too."""
    return (
        f"INSERT INTO outcomes VALUES ({_HOST.format(row)}, {row}state, {row}reason, 1, {_EMPTY.format(row)})"  # noqa: S608
        f" ON CONFLICT DO UPDATE SET captures = captures + 1, empty = empty + excluded.empty; {_anew(row)}"
    )


def _anew(row: str) -> str:
    return f"DELETE FROM stretches WHERE host = {_HOST.format(row)};"  # noqa: S608


_TOLD = ("url", "state", "reason", "status", "fetched")
_CHANGES = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _TOLD)

#: Statements, which also serve a ledger that was made without them.
SCHEMA = (
    "CREATE TABLE outcomes (host TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, captures INTEGER NOT NULL,"
    " empty INTEGER NOT NULL, PRIMARY KEY (host, state, reason)) WITHOUT ROWID",
    "CREATE TABLE stretches (host TEXT PRIMARY KEY, stretch TEXT) WITHOUT ROWID",
    f"CREATE TRIGGER outcomes_more AFTER INSERT ON captures BEGIN {_plus('NEW.')} END",
    f"CREATE TRIGGER outcomes_less AFTER DELETE ON captures BEGIN {_minus('OLD.')} END",
    f"CREATE TRIGGER outcomes_other AFTER UPDATE ON captures WHEN {_CHANGES}"
    f" BEGIN {_minus('OLD.')} {_plus('NEW.')} END",
    f"INSERT INTO outcomes {COUNTED}",
)
