"""Query tree -> Whoosh query. Pure but for the vocabulary it is given; every expansion is bounded, and says so."""

import datetime as dt
import fnmatch
import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from whoosh import query as wq

from search import query as q
from search.analysis import fold, term, terms, tokens
from search.compounds import compounds
from search.document import HIDDEN_KINDS
from search.engines.embedded.ranking import Wanted, Word
from search.engines.embedded.schema import day_number, words_of

__all__ = ["Translation", "Vocabulary", "names_hidden_kind", "translate"]

MAX_EXPANSION = 200  # words a pattern stands for
MAX_PATTERNS = 8  # different patterns of a query that are looked up in the vocabulary
#: Words of the vocabulary that all patterns of a query together are tried on. 64 patterns such as *a*e*s* on 199,000
#: words took 9.7 s while each had a bound of its own.
MAX_SCAN = 500_000
MAX_PHRASE = 40
MAX_STARS = 4


class Vocabulary(Protocol):
    """The words of an index as they are written."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of its documents."""

    def words(self, start: str) -> Iterator[tuple[str, int]]:
        """(word, number of documents) of the words that begin so, in order."""


@dataclass(slots=True)
class Translation:
    """The Whoosh query, the words it ranks by and marks in what it finds, and notes on bounds that were reached."""

    query: wq.Query
    words: list[Word | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def wanted(self) -> Wanted:
        return Wanted(tuple(self.words))

    @property
    def terms(self) -> frozenset[str]:
        """What is to be marked."""
        return frozenset(each for word in self.words if word is not None for each in word.terms)


def translate(query: q.Query, vocabulary: Vocabulary) -> Translation:
    result = Translation(wq.NullQuery)
    result.query = _Translator(vocabulary, result).node(query)
    return result


def names_hidden_kind(query: q.Query) -> bool:
    """Whether the query asks for a kind of page that results leave out."""
    kinds = (leaf.text for leaf in q.leaves(query) if isinstance(leaf, q.Term) and leaf.field == "kind")
    return any(kind.lower() in HIDDEN_KINDS for kind in kinds)


#: A sign between letters, or a letter and a figure, that others leave out.
_SIGN = "[-.'\u2010\u2011\u2019\u200c]"
_JOINT = re.compile(rf"(?<=[^\W_]){_SIGN}(?=[^\W\d_])|(?<=[^\W\d_]){_SIGN}(?=\d)")


class _Translator:
    def __init__(self, vocabulary: Vocabulary, result: Translation) -> None:
        self.vocabulary, self.result = vocabulary, result
        self.scan = MAX_SCAN
        self.patterns: set[str] = set()
        self.expansions: dict[str, list[str]] = {}

    def node(self, node: q.Query) -> wq.Query:
        """Recursive: the parser bounds the depth, and a tree made by hand is its maker's."""
        match node:
            case q.Everything():
                return wq.Every()
            case q.And(children):
                wanted = [self.node(child) for child in children if not isinstance(child, q.Not)]
                unwanted = [self.silent(child.child) for child in children if isinstance(child, q.Not)]
                found = wq.And(wanted) if wanted else wq.Every()
                return wq.AndNot(found, wq.Or(unwanted)) if unwanted else found
            case q.Or(children):
                return wq.Or([self.node(child) for child in children])
            case q.Not(child):
                return wq.AndNot(wq.Every(), self.silent(child))
            case q.Range(since, until):
                first = max(1, day_number(since))
                last = day_number(until) if until is not None else dt.date.max.toordinal()
                return wq.NumericRange("day", first, last) if first <= last else wq.NullQuery
            case q.Term(text, None | "title" as where):
                words = [token.text for token in tokens(text)]
                return self.word(words[0], where) if len(words) == 1 else self.compound(text, words, where)
            case q.Term(text, name):
                return self.value(text, str(name))
            case q.Phrase(words, where):
                return self.phrase([t.text for word in words for t in tokens(word)], 1, where)
            case q.Near(words, distance, where):
                if distance > q.MAX_DISTANCE:
                    self.note(f"words are searched at most {q.MAX_DISTANCE} places apart")
                near = [t.text for word in words for t in tokens(word)]
                return self.phrase(near, max(1, min(distance, q.MAX_DISTANCE)), where)
            case q.Prefix(text, where):
                return self.pattern(f"{text}*", self.scanned(_folded(text)), text, where)
            case q.Wildcard(pattern, where):
                return self.pattern(pattern, self.like(pattern), pattern, where)
            case q.Fuzzy(text, edits, where):
                return self.pattern(f"{text}~{min(edits, 2)}", self.near(text, min(edits, 2)), text, where)
        raise TypeError(f"no query node: {node!r}")

    def silent(self, node: q.Query) -> wq.Query:
        """What is not wanted neither ranks nor is marked."""
        before = len(self.result.words)
        translated = self.node(node)
        del self.result.words[before:]
        return translated

    def note(self, sentence: str) -> None:
        self.result.notes.append(sentence)

    def word(self, word: str, where: str | None) -> wq.Query:
        if _is_one_unspaced(word):  # in the index it stands in pairs
            return self.expanded(word, self.scanned(fold(word)), where)
        found = self.want(word, where)
        return wq.Or([wq.Term(name, each) for name in _fields(where) for each in found.terms])

    def want(self, word: str, where: str | None) -> Word:
        """The word as it ranks, noted."""
        found = Word(word, terms(word, self.vocabulary.languages), body="" if where == "title" else "body")
        self.result.words.append(found)
        return found

    def compound(self, text: str, words: list[str], where: str | None) -> wq.Query:
        """Words typed as one: one after the other, or written together (e-mail, email; node.js, nodejs)."""
        apart = self.phrase(words, 1, where)
        joined = {t.text for t in compounds(text) if not t.start and not text[t.end :].strip(".")}
        together = [t.text for t in tokens(_JOINT.sub("", text))]
        joined |= {*together} if len(together) == 1 else set()
        return wq.Or([apart, *(self.word(word, where) for word in sorted(joined))]) if joined else apart

    def phrase(self, words: list[str], slop: int, where: str | None) -> wq.Query:
        if not words:
            self.note("a part of the query without letters or digits finds nothing")
            return wq.NullQuery
        if len(words) == 1:
            return self.word(words[0], where)
        if len(words) > MAX_PHRASE:
            self.note(f"only the first {MAX_PHRASE} words of a phrase were searched")
            words = words[:MAX_PHRASE]
        self.result.words.append(None)
        for word in words:
            self.want(word, where)
        self.result.words.append(None)
        languages = self.vocabulary.languages
        stemmed = dict.fromkeys(tuple(term(word, language) for word in words) for language in languages)
        return wq.Or([wq.Phrase(name, list(each), slop=slop) for name in _fields(where) for each in stemmed])

    def value(self, text: str, name: str) -> wq.Query:
        if name == "site":
            return wq.Term("at_site", text.lower().removeprefix("www.").strip("."))
        if name in ("language", "kind"):
            return wq.Term(f"at_{name}", text.lower())
        words = words_of(text)
        if not words:
            return wq.NullQuery
        return wq.Term(f"at_{name}", words[0]) if len(words) == 1 else wq.Phrase(f"at_{name}", words[:MAX_PHRASE])

    def pattern(self, pattern: str, words: Iterator[tuple[str, int]], text: str, where: str | None) -> wq.Query:
        """What fits; after MAX_PATTERNS others the words in `text`, as what finds nothing would empty the answer."""
        if pattern not in self.patterns and len(self.patterns) >= MAX_PATTERNS:
            self.note(f"only the first {MAX_PATTERNS} patterns were looked up; the others were read as words")
            return self.node(q.Term(text, where))
        self.patterns.add(pattern)
        return self.expanded(pattern, words, where)

    def like(self, pattern: str) -> Iterator[tuple[str, int]]:
        """The words that fit a pattern of * and ?."""
        shape = _folded(pattern, keep="*?")
        if shape.count("*") > MAX_STARS:
            self.note(f"{pattern}: at most {MAX_STARS} stars are read")
            shape = "*".join(shape.split("*", MAX_STARS)[:MAX_STARS]) + "*"
        fits = re.compile(fnmatch.translate(shape.replace("[", ""))).match
        return (each for each in self.scanned(re.split(r"[*?]", shape)[0]) if fits(each[0]))

    def near(self, text: str, edits: int) -> Iterator[tuple[str, int]]:
        target = _folded(text)
        return (each for each in self.scanned(target[:1]) if within(each[0], target, edits))

    def scanned(self, start: str) -> Iterator[tuple[str, int]]:
        """The words that begin so, as long as the query may look at more; the vocabulary is asked with the first."""
        if self.scan:
            for each in self.vocabulary.words(start):
                if not self.scan:
                    break
                self.scan -= 1
                yield each
            else:
                return
        self.note(f"patterns were compared with {MAX_SCAN:,} words of the vocabulary; others may fit them too")

    def expanded(self, pattern: str, words: Iterator[tuple[str, int]], where: str | None) -> wq.Query:
        """The most frequent words of a pattern. It ranks as one word that stands once in what it finds."""
        if pattern not in self.expansions:  # a widened query asks for its patterns in many combinations
            self.expansions[pattern] = self.most_frequent(pattern, words)
        found = self.expansions[pattern]
        if not found:
            return wq.NullQuery
        title_only = where == "title"
        ranked = Word(pattern, tuple(found), "title_words", "" if title_only else "words")
        self.result.words.extend((None, ranked, None))
        return wq.Or([wq.Term("title_words" if title_only else "words", word) for word in found])

    def most_frequent(self, pattern: str, words: Iterator[tuple[str, int]]) -> list[str]:
        count = 0

        def counted() -> Iterator[tuple[str, int]]:
            nonlocal count
            for each in words:
                count += 1
                yield each

        kept = heapq.nsmallest(MAX_EXPANSION, counted(), key=lambda each: (-each[1], each[0]))
        if count > len(kept):
            self.note(f"{pattern} stands for {count:,} words; the {MAX_EXPANSION} most frequent are searched")
        return [word for word, _ in kept]


def within(word: str, target: str, edits: int) -> bool:
    """Whether the words are at most so many insertions, deletions and replacements apart."""
    if abs(len(word) - len(target)) > edits:
        return False
    row = list(range(len(target) + 1))
    for at, letter in enumerate(word, 1):
        before, row[0] = row[0], at
        for place, other in enumerate(target, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != other))
        if min(row) > edits:
            return False
    return row[-1] <= edits


def _fields(where: str | None) -> tuple[str, ...]:
    return (where,) if where else ("title", "body")


def _folded(text: str, keep: str = "") -> str:
    """The words of a pattern as the vocabulary has them, its signs kept."""
    parts = re.split(f"([{re.escape(keep)}])", text) if keep else [text]
    joined = (part if keep and part in keep else "".join(fold(t.text) for t in tokens(part)) for part in parts)
    return "".join(joined)


def _is_one_unspaced(word: str) -> bool:
    return len(word) == 1 and any(first <= word <= last for first, last in (("\u0e00", "\u0eff"), ("\u3040", "\ud7af")))
