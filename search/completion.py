"""How a string that is being typed may go on: by words from the titles of the pages it finds so far."""

import re
from collections import Counter

from search.analysis import fold, tokens
from search.engine import Engine
from search.parser import parse
from search.query import And, Everything, Prefix
from search.results import MAX_SIZE, Request

__all__ = ["MAX_TYPED", "completions"]

#: Characters of a string that is completed; nobody types longer ones.
MAX_TYPED = 200

#: The word that is being typed: after a space, a parenthesis or a quote, up to the end.
_TYPED = re.compile(r"""(?:^|(?<=[\s("“„«]))\w+$""")


def completions(engine: Engine, text: str, limit: int = 8) -> tuple[str, ...]:
    """The text with its last word completed, likeliest first; none where no word is begun.

    NoIndex or DamagedIndex as in Engine.search.
    """
    typed = _TYPED.search(text) if len(text) <= MAX_TYPED else None
    begun = [fold(token.text) for token in tokens(typed[0])] if typed is not None else []
    if typed is None or len(begun) != 1:
        return ()
    (start,) = begun
    before = parse(text[: typed.start()]).query
    ending = Prefix(start, "title")
    query = ending if isinstance(before, Everything) else And((before, ending))
    counts: Counter[str] = Counter()
    for hit in engine.search(Request(query=query, size=MAX_SIZE, facets=())).hits:
        words = {token.text for token in tokens(hit.document.title)}
        counts.update(word for word in words if fold(word).startswith(start) and fold(word) != start)
    best = sorted(counts, key=lambda word: (-counts[word], word))[:limit]
    return tuple(text[: typed.start()] + word for word in best)
