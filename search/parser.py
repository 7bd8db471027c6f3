"""Search-box string -> query tree, and what had to be mended in it. Every string parses.

    lamp keeper            both words               lamp*  la*p     words of that pattern
    "lamp keeper"          one after the other      word~1          within one edit (or ~2)
    "lamp keeper"~5        near each other          -word           not
    lamp OR moth           either                   (a b) OR c      groups
    site:example.org       title site section author tag lang kind: whole values, quoted where they have spaces
    before:2018 after:2018-02 date:2018-02-22       before and after leave out the date they name

Bounded in length, words and depth; iterative, so that no nesting can exhaust the stack.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from search.analysis import tokens
from search.query import (
    And,
    Everything,
    Fuzzy,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
    Wildcard,
)

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "MAX_WORDS", "Parsed", "days", "parse", "read"]

MAX_LENGTH = 2_000
MAX_WORDS = 64
MAX_DEPTH = 20

FIELDS = {"title": "title", "site": "site", "section": "section", "author": "author", "tag": "tag", "kind": "kind",
          "lang": "language", "language": "language"}  # fmt: skip
DATES = ("before", "after", "date", "published")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The query; what was mended in the string, in sentences; the query read back in words ("" for everything)."""

    query: Query
    notes: tuple[str, ...]
    read_as: str


def parse(text: str) -> Parsed:
    """Never raises."""
    reader = _Reader()
    query = reader.read(text)
    return Parsed(query, tuple(dict.fromkeys(reader.notes)), read(query))


def days(text: str) -> tuple[dt.date, dt.date] | None:
    """First and last day of a year `2018`, a month `2018-02` or a day `2018-02-22`; None for anything else."""
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?", text, re.ASCII)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if year is None or month is None:
            return dt.date(year or 0, 1, 1), dt.date(year or 0, 12, 31)
        if day is None:
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day), dt.date(year, month, day)
    except ValueError:  # there is no such day
        return None


_LEXEME = re.compile(
    r"""(?P<space>[\s\x00-\x1f\x7f]+)
      | (?P<open>\() | (?P<close>\))
      | (?P<or>(?:OR\b|\|\|?)(?=[\s()"]|$))
      | (?P<and>(?:AND\b|&&)(?=[\s()"]|$))
      | (?P<not>NOT(?=\s)|-(?=[^\s-]))
      | (?P<field>[A-Za-z]+):(?=[^\s:])
      | (?P<phrase>["“”„«»](?P<inside>[^"“”„«»]*)(?P<end>["“”„«»]?)(?:~(?P<near>[0-9]{1,3}))?)
      | (?P<word>[^\s()"“”„«»\x00-\x1f\x7f]+)""",
    re.VERBOSE,
)


@dataclass(slots=True)
class _Group:
    """An open parenthesis: alternatives (each a list of required parts), and how the group was begun."""

    alternatives: list[list[Query]]
    negative: bool = False
    field: str | None = None


class _Reader:
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.words = 0

    def read(self, text: str) -> Query:
        if len(text) > MAX_LENGTH:
            self.notes.append(f"only the first {MAX_LENGTH:,} characters were read")
            text = text[:MAX_LENGTH]
        text = text.encode("utf-8", "replace").decode()  # lone surrogates
        groups = [_Group([[]])]
        negative, field = False, None
        for lexeme in _LEXEME.finditer(text):
            kind = lexeme.lastgroup if lexeme["phrase"] is None else "phrase"
            group = groups[-1]
            if kind == "space":
                continue
            if kind == "not":
                negative = not negative
                continue
            if kind == "field":
                name = lexeme["field"].lower()
                if name in FIELDS or name in DATES:
                    field = name
                    continue
                self.notes.append(f"there is no field {name!r}; its name was read as a word")
                self._add(group, Term(name), negative)
                continue
            if kind == "open":
                if len(groups) > MAX_DEPTH:
                    self.notes.append(f"parentheses can stand {MAX_DEPTH} deep; the others were dropped")
                else:
                    groups.append(_Group([[]], negative, field))
            elif kind == "close":
                if len(groups) == 1:
                    self.notes.append("a closing parenthesis without an opening one was dropped")
                else:
                    self._close(groups)
            elif kind == "or":
                if group.alternatives[-1]:
                    group.alternatives.append([])
                else:
                    self.notes.append("an OR with nothing before it was dropped")
            elif kind in ("phrase", "word"):
                in_field = field if field is not None else next((g.field for g in reversed(groups) if g.field), None)
                self._add(group, self._leaf(lexeme, kind, in_field), negative)
            negative, field = False, None
        if field is not None:
            self.notes.append(f"nothing stands after {field}:")
        if len(groups) > 1:
            self.notes.append("an open parenthesis was closed at the end")
        while len(groups) > 1:
            self._close(groups)
        if not groups[0].alternatives[-1] and len(groups[0].alternatives) > 1:
            self.notes.append("an OR with nothing after it was dropped")
        return _joined(groups[0]) or Everything()

    def _close(self, groups: list[_Group]) -> None:
        group = groups.pop()
        self._add(groups[-1], _joined(group), group.negative)

    def _add(self, group: _Group, query: Query | None, negative: bool) -> None:
        if query is not None:
            group.alternatives[-1].append(Not(query) if negative else query)

    def _leaf(self, lexeme: re.Match[str], kind: str, field: str | None) -> Query | None:
        text = (lexeme["inside"] if kind == "phrase" else lexeme["word"]).strip()
        if kind == "phrase" and not lexeme["end"]:
            self.notes.append("an open quote was closed at the end")
        if self.words >= MAX_WORDS:
            self.notes.append(f"only the first {MAX_WORDS} words were read")
            return None
        if field in DATES:
            bounds = days(text)
            if bounds is not None:
                self.words += 1
                return _dated(str(field), *bounds)
            self.notes.append(f"{field}: needs a date such as 2018, 2018-02 or 2018-02-22; {text!r} was read as words")
            field = None
        if field is not None and FIELDS[field] != "title":
            self.words += 1
            return Term(text, FIELDS[field]) if text else None
        field = FIELDS[field] if field is not None else None
        if kind == "word" and (shaped := self._pattern(text, field)) is not None:
            return shaped
        found = list(tokens(text))[: MAX_WORDS - self.words]
        words = tuple(token.text for token in found)
        if not words:
            self.notes.append(f"{text!r} holds no word and was left out")
            return None
        self.words += len(words)
        if kind == "word":
            return Term(text[: found[-1].end] if len(words) > 1 else text, field)
        if len(words) == 1:
            return Term(words[0], field)
        if kind == "phrase" and lexeme["near"]:
            return Near(words, max(1, int(lexeme["near"])), field)
        return Phrase(words, field)

    def _pattern(self, text: str, field: str | None) -> Query | None:
        """A word with `*`, `?` between letters, or `~` at its end; None for a plain word."""
        if found := re.fullmatch(r"(.+)~([0-9]?)", text):
            words = [token.text for token in tokens(found[1])]
            if len(words) == 1:
                self.words += 1
                edits = int(found[2] or 1)
                if edits > 2:
                    self.notes.append(f"{text!r}: at most two edits are searched")
                return Fuzzy(words[0], min(max(edits, 1), 2), field)
        if "*" not in text:
            return None
        parts = re.split(r"([*?])", text)
        if sum(len(list(tokens(part))) for part in parts if part not in ("*", "?")) == 0:
            return None
        shape = "".join(part if part in ("*", "?") else "".join(t.text for t in tokens(part)) for part in parts)
        shape = re.sub(r"\*[*?]*", "*", shape)
        self.words += 1
        if shape.endswith("*") and not set("*?") & set(shape[:-1]):
            return Prefix(shape[:-1], field)
        return Wildcard(shape, field)


def _joined(group: _Group) -> Query | None:
    alternatives = [_all(parts) for parts in group.alternatives if parts]
    if not alternatives:
        return None
    return alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))


def _all(parts: list[Query]) -> Query:
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _dated(field: str, first: dt.date, last: dt.date) -> Query:
    day = dt.timedelta(days=1)
    if field == "before":
        return Range(None, first - day if first > dt.date.min else first)
    if field == "after":
        return Range(last + day if last < dt.date.max else last, None)
    return Range(first, last)


def read(query: Query) -> str:
    """The query in words."""
    match query:
        case Everything():
            return ""
        case And(children):
            parts = [child for child in children if not isinstance(child, Not)]
            unwanted = [_part(child.child) for child in children if isinstance(child, Not)]
            said = [f"all of: {', '.join(map(_part, parts))}"] if len(parts) > 1 else [read(part) for part in parts]
            return "; ".join(said + ([f"not: {', '.join(unwanted)}"] if unwanted else []))
        case Or(children):
            return "any of: " + ", ".join(_part(child) for child in children)
        case Not(child):
            return f"not: {_part(child)}"
        case _:
            return _part(query)


def _part(query: Query) -> str:
    match query:
        case Term(text, None):
            return text
        case Term(text, field):
            return f"{field} {text}"
        case Phrase(words, field):
            return _in(field, f"“{' '.join(words)}”")
        case Near(words, distance, field):
            return _in(field, f"“{' '.join(words)}” within {distance} words")
        case Prefix(text, field):
            return _in(field, f"words that begin with {text}")
        case Wildcard(pattern, field):
            return _in(field, f"words like {pattern}")
        case Fuzzy(text, edits, field):
            return _in(field, f"words within {edits} edit{'s' if edits > 1 else ''} of {text}")
        case Range(None, until) if until is not None:
            return f"published until {until}"
        case Range(since, None) if since is not None:
            return f"published from {since}"
        case Range(since, until):
            return f"published on {since}" if since == until else f"published from {since} to {until}"
        case _:
            return f"({read(query)})"


def _in(field: str | None, text: str) -> str:
    return f"{field} {text}" if field else text
