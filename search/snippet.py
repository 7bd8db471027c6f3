"""Which piece of a text shows why it was found: fragments with their matches, no markup.

Linear in the part of the text that is looked at, which is bounded.
"""

from dataclasses import dataclass

from search.analysis import Token, fold, term, tokens

__all__ = ["Part", "Snippet", "marked", "snippet"]

#: (text, whether it is a match)
Part = tuple[str, bool]

#: Characters of a body that are looked at; a match further on is not shown.
REACH = 200_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """Parts in order; an ellipsis stands where text was left out."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.parts)


def snippet(body: str, wanted: frozenset[str], language: str, *, size: int = 280) -> Snippet:
    """About `size` characters around the place with the most distinct wanted terms; the beginning where none is."""
    body = body[:REACH]
    hits = _matches(body, wanted, language)
    start, end = _window(body, hits, size)
    parts: list[Part] = [("… ", False)] if start > 0 else []
    shown = [(hit.start - start, hit.end - start) for hit in hits if start <= hit.start and hit.end <= end]
    parts += _split(body[start:end], shown)
    if end < len(body):
        parts.append((" …", False))
    return Snippet(tuple((" ".join(text.split("\n")), match) for text, match in parts))


def marked(text: str, wanted: frozenset[str], language: str) -> tuple[Part, ...]:
    """The whole text with its matches."""
    hits = _matches(text[:REACH], wanted, language)
    return tuple(_split(text, [(token.start, token.end) for token in hits]))


def _matches(text: str, wanted: frozenset[str], language: str) -> list[Token]:
    if not wanted:
        return []
    return [token for token in tokens(text) if not wanted.isdisjoint((fold(token.text), term(token.text, language)))]


def _window(body: str, hits: list[Token], size: int) -> tuple[int, int]:
    if not hits:
        return 0, _word_end(body, size)
    best, best_score, first = 0, (0, 0), 0
    counts: dict[str, int] = {}
    for last, token in enumerate(hits):
        counts[token.text] = counts.get(token.text, 0) + 1
        while token.end - hits[first].start > size * 3 // 4 and first < last:
            counts[hits[first].text] -= 1
            if not counts[hits[first].text]:
                del counts[hits[first].text]
            first += 1
        score = (len(counts), last - first)
        if score > best_score:
            best, best_score = first, score
    start = max(0, hits[best].start - size // 4)
    if start:
        sentence = max(body.rfind(mark, start - size // 4 if start > size // 4 else 0, hits[best].start) for mark in
                       (". ", "! ", "? ", "\n", "。"))  # fmt: skip
        start = sentence + 1 if sentence >= 0 else body.find(" ", start, hits[best].start) + 1 or start
        while start < len(body) and body[start].isspace():
            start += 1
    return start, _word_end(body, start + size)


def _word_end(body: str, end: int) -> int:
    """The end of a word at or before `end`."""
    if end >= len(body):
        return len(body)
    space = body.rfind(" ", max(0, end - 40), end)
    return space if space > 0 else end


def _split(text: str, spans: list[tuple[int, int]]) -> list[Part]:
    parts: list[Part] = []
    at = 0
    for start, end in spans:
        if start < at:  # overlapping pairs of an unspaced script are one match
            if end > at:
                parts[-1] = (parts[-1][0] + text[at:end], True)
                at = end
            continue
        if start > at:
            parts.append((text[at:start], False))
        parts.append((text[start:end], True))
        at = end
    if at < len(text):
        parts.append((text[at:], False))
    return parts
