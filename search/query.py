"""What is asked: a small tree of query nodes. It knows no engine and no syntax.

A node without a field looks in title and body. Words are as typed; engines analyse them.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "MAX_DISTANCE", "And", "Everything", "Fuzzy", "Near", "Not", "Or", "Phrase", "Prefix", "Query", "Range", "Term",
    "Wildcard", "any_of", "leaves",
]  # fmt: skip

#: Positions from one word of a `Near` to the next beyond which none is searched.
MAX_DISTANCE = 30


@dataclass(frozen=True, slots=True)
class Everything:
    """Every document: the empty query."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word; in a facet field (site, author, ...) the whole value.

    A word that is indexed in parts, such as `lamp-keeper` or a run of a script without spaces, is found where its parts
    stand one after the other.
    """

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one after the other."""

    words: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Words in this order with at most `distance` positions from one to the next."""

    words: tuple[str, ...]
    distance: int
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Words of this pattern: `*` any run of letters, `?` one."""

    pattern: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words within so many edits (one or two)."""

    text: str
    edits: int = 1
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """Published on these days, both included; None is open."""

    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class And:
    children: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Not:
    child: "Query"


Query = Everything | Term | Phrase | Near | Prefix | Wildcard | Fuzzy | Range | And | Or | Not


def any_of(query: Query) -> Query:
    """The words of the query as alternatives; fields, dates and exclusions stay required."""
    match query:
        case And(children):
            required = tuple(c for c in children if isinstance(c, Not | Range) or _in_facet(c))
            words = tuple(c for c in children if c not in required)
            if len(words) < 2:
                return query
            return And((*required, Or(words))) if required else Or(words)
        case _:
            return query


def _in_facet(query: Query) -> bool:
    return isinstance(query, Term) and query.field not in (None, "title")


def leaves(query: Query) -> Iterator[Query]:
    """The wanted leaves in reading order: those below a Not are left out."""
    stack = [query]
    while stack:
        match stack.pop():
            case And(children) | Or(children):
                stack.extend(reversed(children))
            case Not():
                pass
            case leaf:
                yield leaf
