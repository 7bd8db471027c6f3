"""Which piece of a text shows why it was found: fragments with their matches, no markup.

Linear in the part of the text that is looked at, which is bounded.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from search.occurrences import Occurrence, occurrences
from search.stopwords import STOP_WORDS

__all__ = ["Part", "Snippet", "marked", "snippet"]

#: (text, whether it is a match)
Part = tuple[str, bool]

#: Characters of a body that are looked at, in 4 ms as a rule, in 0.3 s where all are words of one letter; an engine
#: says where in a longer one to look.
REACH = 100_000
#: Where a fragment may end before its size, as a part of it, so that it ends with a sentence.
SHORTEST = 0.6

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*(?=\s)|[。！？]|\n")
#: Stands between words of one phrase.
_GAP = re.compile(r"[\s\-‐–'’.]{1,2}")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Parts in order; an ellipsis stands where text was left out."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.parts)


class Span(NamedTuple):
    """A match: words of the query that stand one after the other are one. `terms` are those it holds."""

    start: int
    end: int
    terms: frozenset[str]


def snippet(body: str, wanted: frozenset[str], language: str, *, place: float = 0.0, size: int = 280) -> Snippet:
    """About `size` characters around the place with the most of the wanted terms, closest together; the beginning
    where there is none. It begins and ends with a sentence where one does so near by. Where terms stand apart, half of
    it is the place of those that the first place lacks.

    In a body longer than `REACH` that place is looked for around `place`, a part of the whole.
    """
    skipped = max(0, min(int(len(body) * place) - REACH // 2, len(body) - REACH))
    looked_at = body[skipped : skipped + REACH]
    spans = _spans(looked_at, wanted, language)
    if skipped and not spans:
        return snippet(body, wanted, language, size=size)
    fragments = _fragments(looked_at, spans, size)
    parts: list[Part] = [("… ", False)] if skipped + fragments[0][0] > 0 else []
    for number, (start, end) in enumerate(fragments):
        parts += [(" … ", False)] if number else []
        parts += _split(
            looked_at[start:end], [(s.start - start, s.end - start) for s in spans if start <= s.start < s.end <= end]
        )
    end = skipped + fragments[-1][1]
    if end < len(body) and not body[end:].isspace():
        parts.append((" …", False))
    return Snippet(tuple((text.replace("\n", " "), match) for text, match in parts))


def _fragments(text: str, spans: list[Span], size: int) -> list[tuple[int, int]]:
    """What of the text is shown: one piece, or two of half the size."""
    if not spans:
        return [(0, _end(text, 0, 0, size))]
    first, last = _passage(spans, size * 3 // 4)
    whole = _fragment(text, first, last, size)
    if last - first > size // 2 or (whole[0] <= spans[0].start and spans[-1].end <= whole[1]):
        return [whole]
    shown = frozenset[str]().union(*(span.terms for span in spans if whole[0] <= span.start < span.end <= whole[1]))
    lacking = [span for span in spans if not span.terms <= shown]
    if not lacking:
        return [whole]
    pair = sorted(_fragment(text, *ends, size // 2) for ends in ((first, last), _passage(lacking, size * 3 // 8)))
    return pair if pair[0][1] < pair[1][0] else [whole]


def _fragment(text: str, first: int, last: int, size: int) -> tuple[int, int]:
    start = _beginning(text, first, size)
    return start, _end(text, start, last, size)


def marked(text: str, wanted: frozenset[str], language: str) -> tuple[Part, ...]:
    """The whole text with its matches."""
    return tuple(_split(text, [(span.start, span.end) for span in _spans(text[:REACH], wanted, language)]))


def _spans(text: str, wanted: frozenset[str], language: str) -> list[Span]:
    """The matches in order. Words that say nothing count only beside others, as in a phrase, or where all are such."""
    if not wanted:
        return []
    stopped = STOP_WORDS.get(language, frozenset())
    runs = list(_runs(text, occurrences(text, wanted, language)))
    telling = [run for run in runs if any(each.text not in stopped for each in run)]
    return [Span(run[0].start, run[-1].end, _terms(run, stopped)) for run in telling or runs]


def _terms(run: list[Occurrence], stopped: frozenset[str]) -> frozenset[str]:
    """Of a run's words, but for those that say nothing."""
    told = [each.terms for each in run if each.text not in stopped]
    return told[0] if len(told) == 1 else frozenset[str]().union(*told)


def _runs(text: str, matches: Iterable[Occurrence]) -> Iterator[list[Occurrence]]:
    """Matches that nothing but a space or a hyphen parts, together; pairs of an unspaced script overlap."""
    run: list[Occurrence] = []
    for match in matches:
        if run and match.start > run[-1].end and not _GAP.fullmatch(text, run[-1].end, match.start):
            yield run
            run = []
        run.append(match)
    if run:
        yield run


def _passage(spans: list[Span], size: int) -> tuple[int, int]:
    """Start and end of the matches to be shown: most terms within the size, then shortest, then first."""
    best, chosen = (0, 0), (0, 0)
    counts: dict[str, int] = {}
    first = held = 0
    for span in spans:
        for each in span.terms:
            counts[each] = counts.get(each, 0) + 1
            held += counts[each] == 1
        while spans[first] is not span and (
            span.end - spans[first].start > size or all(counts[each] > 1 for each in spans[first].terms)
        ):
            for each in spans[first].terms:
                counts[each] -= 1
                held -= counts[each] == 0
            first += 1
        score = (held, spans[first].start - span.end)
        if score > best or chosen == (0, 0):
            best, chosen = score, (spans[first].start, span.end)
    return chosen


def _beginning(body: str, first: int, size: int) -> int:
    """The start of the sentence of the first match, or of a word where the sentence is long."""
    earliest = max(0, first - size // 2)
    ends = [found.end() for found in _SENTENCE_END.finditer(body, earliest, first)]
    a_word = body.find(" ", first - size // 4, first) + 1 if earliest else 0
    start = ends[-1] if ends else a_word or (first if earliest else 0)
    while start < first and body[start].isspace():
        start += 1
    return start


def _end(body: str, start: int, last: int, size: int) -> int:
    """The last end of a sentence that leaves the fragment neither short nor long; else that of a word."""
    limit = max(start + size, last)
    if limit >= len(body):
        return len(body)
    shortest = max(last, start + int(size * SHORTEST))
    ends = [found.end() for found in _SENTENCE_END.finditer(body, shortest, limit + 1) if found.end() <= limit]
    if ends:
        return len(body[: ends[-1]].rstrip())
    space = body.rfind(" ", max(last, limit - 40), limit)
    return space if space > 0 else limit


def _split(text: str, spans: list[tuple[int, int]]) -> list[Part]:
    parts: list[Part] = []
    at = 0
    for start, end in spans:
        if start > at:
            parts.append((text[at:start], False))
        parts.append((text[start:end], True))
        at = end
    if at < len(text):
        parts.append((text[at:], False))
    return parts
