"""Which other pages are about the same? Those that hold most of a page's telling words."""

import re
from collections import Counter

from search.analysis import fold, term, tokens
from search.document import Document
from search.engine import Engine
from search.query import Or, Term
from search.results import Request

__all__ = ["similar"]

#: Characters of a body that are read: what a page is about it says at its beginning.
REACH = 20_000
#: Words that are searched for, and the share of them that a similar page holds. Any page shares a few.
WORDS, SHARED = 20, 0.4
#: Words this short seldom tell anything; scripts without spaces come in pairs of characters.
SHORT = 3
TITLE = 3  # a word of the title counts as so many of the body


def similar(engine: Engine, document: Document, size: int = 5) -> tuple[Document, ...]:
    """The pages that share most with this one, at most `size`, of visible kinds only."""
    words = _telling(document)
    if not words:
        return ()
    request = Request(Or(tuple(map(Term, words))), size=size + 1, facets=())
    others = (hit.document for hit in engine.search(request).hits if hit.document.url != document.url)
    return tuple(other for other in others if _shared(words, other) >= SHARED * len(words))[:size]


def _telling(document: Document) -> list[str]:
    counts: Counter[str] = Counter()
    forms: dict[str, str] = {}
    for text, weight in ((document.title, TITLE), (document.body[:REACH], 1)):
        for token in tokens(text):
            if token.text.isascii() and (len(token.text) <= SHORT or re.fullmatch(r"\d+", token.text)):
                continue
            stem = term(token.text, document.language)
            forms.setdefault(stem, token.text)
            counts[stem] += weight
    ranked = sorted(counts, key=lambda stem: (-counts[stem], -len(stem), stem))
    return [forms[stem] for stem in ranked[:WORDS]]


def _shared(words: list[str], document: Document) -> int:
    """How many of the words the document holds."""
    held = {form for token in tokens(f"{document.title} {document.body[:REACH]}")
            for form in (fold(token.text), term(token.text, document.language))}  # fmt: skip
    return sum(term(word, document.language) in held or fold(word) in held for word in words)
