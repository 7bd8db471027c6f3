"""Which of its words a query requires: all of a few, any of many, and none of those that say nothing.

Invariant: a query never becomes empty by this; one of stop words alone, and a phrase, stay as they were written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from search.analysis import tokens
from search.query import And, Everything, Not, Or, Phrase, Query, Range, Term, leaves
from search.stopwords import stop_words

__all__ = ["KEYWORDS", "Reading", "understood"]

#: Words up to which all are required. In 510 judged English queries (nDCG@10, stop words not counted) requiring all
#: and widening to half of them costs .003 with four words, .05 with five and .24 with six.
KEYWORDS = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What a hit must match; what it may match where too few do (None: nothing wider); a sentence on it, or ""."""

    query: Query
    wider: Query | None = None
    note: str = ""


def understood(query: Query, languages: Sequence[str], *, match: str, widen: bool) -> Reading:
    """`languages` are those of the index, most frequent first; `match` and `widen` as in search.results.Request."""
    said = [leaf.words if isinstance(leaf, Phrase) else _plain(leaf) for leaf in leaves(query)]
    stopped = stop_words(chain.from_iterable(said), languages)
    stripped = _without(query, stopped)
    words = _alternatives(stripped)
    pieces = tuple(piece for word in words for piece in _pieces(word, stopped))
    any_word = _any(stripped, words, tuple(part for piece in pieces for part in _loosened(piece, stopped)), 1)
    if match == "any":
        return Reading(any_word)
    if not widen or len(pieces) < 2:
        return Reading(stripped)
    if sum(_length(word) for word in words) > KEYWORDS:
        return Reading(any_word, note="with so many words, pages with any of them are found")
    return Reading(stripped, _any(stripped, words, pieces, -(-len(words) // 2)))


def _plain(leaf: Query) -> list[str]:
    """The words of a leaf that is no phrase, pattern or facet value."""
    return [t.text for t in tokens(leaf.text)] if isinstance(leaf, Term) and leaf.field in (None, "title") else []


def _without(query: Query, stopped: frozenset[str]) -> Query:
    """The query without words that say nothing, where others stand beside them."""
    match query:
        case And(children):
            kept = tuple(child for child in children if not _is_stopped(child, stopped))
            if not any(_is_worded(child) for child in kept):
                kept = children
            parts = tuple(_without(child, stopped) for child in kept)
            return parts[0] if len(parts) == 1 else And(parts)
        case Or(children):
            return Or(tuple(_without(child, stopped) for child in children))
        case Term(text, field):
            return Term(_unclipped(text, stopped), field)
        case _:
            return query


def _unclipped(text: str, stopped: frozenset[str]) -> str:
    """A word without what an apostrophe joins to it and says nothing: `keeper` of `keeper's`, `eau` of `l'eau`."""
    parts = re.split(r"(?<=\w)['’](?=\w)", text)
    telling = [part for part in parts if not stopped.issuperset(token.text for token in tokens(part))]
    return telling[0] if len(telling) == 1 else text


def _is_stopped(query: Query, stopped: frozenset[str]) -> bool:
    words = _plain(query)
    return bool(words) and stopped.issuperset(words)


def _is_worded(query: Query) -> bool:
    """Whether the query asks for words or patterns: not only for facet values and dates, not only against something."""
    return not isinstance(query, Not) and any(not _is_fact(leaf) for leaf in leaves(query))


def _is_fact(query: Query) -> bool:
    return isinstance(query, Range | Everything) or (isinstance(query, Term) and query.field not in (None, "title"))


def _alternatives(query: Query) -> tuple[Query, ...]:
    """What stands side by side at the top and asks for words."""
    children = query.children if isinstance(query, And) else (query,)
    return tuple(child for child in children if _is_worded(child))


def _pieces(word: Query, stopped: frozenset[str] = frozenset()) -> tuple[Query, ...]:
    """What is indexed apart of a word typed in one: `lamp-keeper`, or the pairs of a run of a script without spaces.

    Without parts that say nothing, such as the `t` of `t.co`; anything else as it is.
    """
    parts = _plain(word)
    if not isinstance(word, Term) or len(parts) < 2:
        return (word,)
    return tuple(Term(part, word.field) for part in parts if part not in stopped) or (word,)


def _loosened(piece: Query, stopped: frozenset[str]) -> tuple[Query, ...]:
    """The words of a long phrase: among alternatives it is a quotation in a pasted sentence, not asked for whole."""
    match piece:
        case Phrase(words, field) if len(set(words) - stopped) > KEYWORDS:
            return tuple(Term(word, field) for word in words if word not in stopped)
        case _:
            return (piece,)


def _length(word: Query) -> int:
    """How many words it counts for: a word of a script without spaces has some two characters, so two pairs begin in
    it, and both parts of `lamp-keeper` say one thing."""
    return -(-len(_pieces(word)) // 2)


def _any(query: Query, words: tuple[Query, ...], pieces: tuple[Query, ...], least: int) -> Query:
    """At least so many of the pieces of the words, and all else that the query requires."""
    if pieces in ((), (query,)):
        return query
    chosen = Or(tuple(And(group) if least > 1 else group[0] for group in combinations(pieces, least)))
    others = tuple(child for child in query.children if child not in words) if isinstance(query, And) else ()
    return And((*others, chosen)) if others else chosen
