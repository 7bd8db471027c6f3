"""What can be measured of each block of a page: its text, its tags and names, its place, its neighbours, its containers.

Invariant: one row a block, one column a name of `NAMES`; nothing here knows a site, a language or what is content.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.blocks import Block, Outline
from indexer.filters import wording
from indexer.filters.containers import Containers

__all__ = ["NAMES", "Measured", "measure"]

Table = NDArray[np.float32]

#: Words that authors of pages name elements by, wherever they stand in a class, id, role or itemprop.
WORDS = (
    "accordion", "ad", "ads", "alert", "answer", "article", "aside", "author", "banner", "bio", "block", "body",
    "bottom", "box", "byline", "caption", "card", "cards", "carousel", "comment", "comments", "consent", "contact",
    "container", "content", "contentinfo", "cookie", "copy", "description", "desktop", "details", "dialog", "entry",
    "faq", "filter", "footer", "form", "grid", "group", "header", "list", "main", "menu", "meta", "mobile", "modal",
    "module", "nav", "newsletter", "page", "panel", "paragraph", "post", "product", "promo", "question", "quote",
    "recommended", "related", "reply", "review", "reviews", "right", "section", "share", "sidebar", "signature",
    "subscribe", "tab", "table", "tabs", "teaser", "text", "thread", "topic", "twitter", "widget",
)  # fmt: skip
#: Those that count apart where they name one of the nearest elements.
NEAR_WORDS = (
    "caption", "card", "comment", "content", "copy", "dialog", "footer", "list", "menu", "post", "promo", "quote",
    "related", "text", "thread", "twitter",
)  # fmt: skip
_WORD_AT = {word: at for at, word in enumerate(WORDS)}
_NEAR_AT = {_WORD_AT[word]: len(WORDS) + at for at, word in enumerate(NEAR_WORDS)}
_WITHIN = tuple(word for word in WORDS if len(word) >= 5)  # looked for inside words run together
#: Tags on the way to a block, and the block's own.
PATH = ("article", "aside", "blockquote", "dl", "figure", "footer", "form", "header", "li", "main", "nav", "section",
        "table", "ul", "ol")  # fmt: skip
OWN = ("p", "div", "li", "h1", "h2", "h3", "tr", "pre", "blockquote", "figcaption")
_OWN_AT = {tag: at for at, tag in enumerate(OWN)}
_PATH_AT = {tag: len(OWN) + at for at, tag in enumerate(PATH)}
_LAST = 6  # names nearest to the text that count apart
REACH = 2  # neighbours looked at one by one on either side
LEVELS = 5  # containers looked at, from the block outwards
_SCALARS = (
    "characters", "words", "link share", "ends as a sentence", "commas", "digits", "capitals", "bars", "letters a word",
    "line breaks", "hidden", "depth", "names", "stands elsewhere too", "words in the title", "words in the description",
    "said to be the body", "words of the h1", "wording",
)  # fmt: skip
_AROUND = ("characters", "link share")
_CONTAINER = ("prose share", "link share", "blocks", "mean length", "same-kind share")
_PLACE = (
    "place in the page", "text before", "blocks from the h1", "after the last prose", "blocks in a row of its kind",
    "blocks of its kind", "prose of its kind", "length of its kind", "links of its kind", "in the main container",
    "levels from the main container", "before the main container", "main container's share", "prose within 5",
    "prose within 15", "links within 5", "links within 15", "prose since", "an ending stands before", "blocks since ending",
)  # fmt: skip
_PAGE = (
    "page: blocks", "page: prose", "page: link share", "page: paragraphs", "page: items", "page: code", "page: body said",
    "page: article said", "page: product said", "page: forum said", "page: prices", "page: longest", "page: h1s",
    "page: list of places",
)  # fmt: skip
NAMES = (
    *_SCALARS,
    *(f"tag {tag}" for tag in OWN),
    *(f"in {tag}" for tag in PATH),
    *(f"named {word}" for word in WORDS),
    *(f"nearly named {word}" for word in NEAR_WORDS),
    *(f"{what} {by:+d}" for by in (*range(-REACH, 0), *range(1, REACH + 1)) for what in _AROUND),
    *(f"container {level}: {what}" for level in range(1, LEVELS + 1) for what in _CONTAINER),
    *_PLACE,
    *_PAGE,
    "wording of its names",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """`table`: float32, (blocks, len(NAMES)). `kinds` and `tags` (blocks,) number what stands in elements of the same
    tags, with the same two nearest names or any."""

    table: Table
    containers: Containers
    kinds: NDArray[np.int64]
    tags: NDArray[np.int64]


_SENTENCE_ENDS = frozenset(".!?…。！？।؟۔")
_WORDS_OF = re.compile(r"[a-z]{2,}")
_DIGIT = re.compile(r"[0-9]")
_CAPITAL = re.compile(r"[A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f]")
_CURRENCY = re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:[$€£¥₹]|usd|eur)", re.IGNORECASE)
_PROSE = 60  # characters from which a text may be prose


@functools.lru_cache(maxsize=20_000)
def _words_of(token: str) -> tuple[int, ...]:
    """Which of `WORDS` a class token holds."""
    found = set()
    for word in _WORDS_OF.findall(token):
        if word in _WORD_AT:
            found.add(_WORD_AT[word])
        elif len(word) > 7:
            found.update(_WORD_AT[each] for each in _WITHIN if each in word)
    return tuple(sorted(found))


def measure(outline: Outline) -> Measured:
    """The blocks' features."""
    blocks = outline.blocks
    scalars = _scalars(outline)
    lengths = np.array([len(block.text) for block in blocks], np.float32)
    linked = np.minimum(np.array([block.linked for block in blocks], np.float32), lengths)
    prose = np.where((lengths > _PROSE) & (scalars[:, 2] < 0.4), lengths - linked, 0).astype(np.float32)
    kinds = _numbers((block.path, block.classes[-2:]) for block in blocks)
    containers = Containers.of(blocks)
    names, told = _names(blocks)
    table = np.hstack(
        [
            scalars,
            _tags(blocks),
            names,
            _neighbours(scalars[:, [0, 2]]),
            _containers(containers, lengths, linked, prose, kinds),
            _places(blocks, lengths, linked, prose, kinds, _main(containers, prose)),
            np.tile(np.array(_page(outline, lengths, linked, prose), np.float32), (len(blocks), 1)),
            told,
        ]
    )
    return Measured(table, containers, kinds, _numbers(block.path for block in blocks))


def _numbers(keys: Iterable[object]) -> NDArray[np.int64]:
    """Equal keys by equal numbers."""
    seen: dict[object, int] = {}
    return np.array([seen.setdefault(key, len(seen)) for key in keys], np.int64)


def _scalars(outline: Outline) -> Table:
    texts = Counter(block.text for block in outline.blocks)
    title = _tokens(outline.head.title or "")
    described = _tokens(next((value for name, value in outline.head.meta if name.endswith("description")), ""))
    body = "".join(_body_said(outline).split())
    first = next((_tokens(block.text) for block in outline.blocks if block.tag == "h1"), frozenset())
    rows = [_of_text(block, texts, title, described, body, first) for block in outline.blocks]
    return np.array(rows, np.float32).reshape(len(rows), len(_SCALARS))


def _tokens(text: str) -> frozenset[str]:
    return frozenset(wording.words_of_text(text))


def _body_said(outline: Outline) -> str:
    """What JSON-LD gives as the article's body, escapes and all: a witness that is compared without white space."""
    for script in outline.head.json_ld:
        at = script.find('"articleBody"')
        if at >= 0:
            return script[at : at + 200_000].replace('\\"', '"')
    return ""


def _of_text(
    block: Block,
    texts: Counter[str],
    title: frozenset[str],
    described: frozenset[str],
    body: str,
    first: frozenset[str],
) -> tuple[float, ...]:
    text = block.text
    sample = text[: wording.SAMPLE]
    length, seen = len(text), len(sample)
    spaces = text.count(" ") + 1
    words = wording.words_of_text(sample)
    tokens = frozenset(words)
    known = max(1, len(tokens))
    return (
        _LOG[min(length, 4_000)],
        _LOG[min(spaces, 4_000)],
        min(1.0, block.linked / length),
        float(text.rstrip("\"'”’»)] ")[-1:] in _SENTENCE_ENDS),
        (sample.count(",") + sample.count("，") + sample.count("、")) / seen,
        len(_DIGIT.findall(sample)) / seen,
        len(_CAPITAL.findall(sample)) / seen,
        float(" | " in sample),
        length / spaces,
        float(text.count("\n")),
        float(block.hidden),
        float(len(block.path)),
        float(len(block.classes)),
        float(texts[text] - 1),
        len(tokens & title) / known,
        len(tokens & described) / known,
        float("".join(text[:120].split()) in body) if body and length > 20 else -1.0,
        len(tokens & first) / known if first else -1.0,
        wording.of_text(tokens, wording.first(words)),
    )


_LOG = tuple(float(value) for value in np.log1p(np.arange(4_001)))


def _tags(blocks: tuple[Block, ...]) -> Table:
    kinds = _numbers(block.path for block in blocks)
    distinct = dict.fromkeys(block.path for block in blocks)
    table = np.zeros((len(distinct), len(OWN) + len(PATH)), np.float32)
    for row, path in zip(table, distinct, strict=True):
        own = next((_OWN_AT[tag] for tag in reversed(path) if tag in _OWN_AT), 0 if not path else None)
        on_the_way = [_PATH_AT[tag] for tag in {*path} if tag in _PATH_AT]
        row[on_the_way if own is None else [own, *on_the_way]] = 1
    return table.take(kinds, 0)


def _names(blocks: tuple[Block, ...]) -> tuple[Table, Table]:
    """Two columns a word: whether it names anything on the way, and whether it names one of the nearest elements; and in
    a table of its own what all words of the names say."""
    kinds = _numbers(block.classes for block in blocks)
    distinct = dict.fromkeys(block.classes for block in blocks)
    table = np.zeros((len(distinct), len(WORDS) + len(NEAR_WORDS)), np.float32)
    for row, classes in zip(table, distinct, strict=True):
        near = [_NEAR_AT[at] for at in set().union(*map(_words_of, classes[-_LAST:])) if at in _NEAR_AT]
        row[[*set().union(*map(_words_of, classes)), *near]] = 1
    told = np.array([wording.of_names(classes) for classes in distinct], np.float32)
    return table.take(kinds, 0), told.take(kinds)[:, None]


def _neighbours(shapes: Table) -> Table:
    """What stands before and after; beyond the page's ends -1."""
    count, width = shapes.shape
    padded = np.full((count + 2 * REACH, width), -1, np.float32)
    padded[REACH : REACH + count] = shapes
    around = []
    for by in (*range(-REACH, 0), *range(1, REACH + 1)):
        around.append(padded[REACH + by : REACH + by + count])
    return np.hstack(around)


def _containers(containers: Containers, lengths: Table, linked: Table, prose: Table, kinds: NDArray[np.int64]) -> Table:
    """Of each block's elements, from the text outwards, what they hold; -1 where there are none so far out."""
    chars, links, words = containers.sums(lengths), containers.sums(linked), containers.sums(prose)
    held = containers.sums(np.ones(len(kinds)))
    whole = max(1.0, float(prose.sum()))
    around = [containers.outwards(level) for level in range(LEVELS)]
    several = int(kinds.max(initial=0)) + 1
    _, alike, times = np.unique(np.concatenate(around) * several + np.tile(kinds, LEVELS), return_inverse=True, return_counts=True)
    columns = []
    for element, same in zip(around, times[alike].reshape(LEVELS, -1), strict=True):
        size, count = np.maximum(1, chars[element]), np.maximum(1, held[element])
        of_level = (words[element] / whole, links[element] / size, count, chars[element] / count, same / count)
        columns += [np.where(element >= 0, column, -1) for column in of_level]
    return np.stack(columns, axis=1).astype(np.float32)


MAIN = 0.5  # share of an element's prose that the way to the main container follows


def _main(containers: Containers, prose: Table) -> NDArray[np.int64]:
    """(blocks, 3): levels shared with the way to the main container, that way's length, and its share in thousandths.

    The main container is found from the body downwards, always into the element that holds more than half of what the
    element around it holds.
    """
    whole = max(1.0, float(prose.sum()))
    held = containers.sums(prose)[containers.way]
    above = np.hstack([np.full((len(held), 1), whole), held[:, :-1]])
    levels = np.logical_and.accumulate(held > MAIN * above, axis=1).sum(axis=1)
    deepest = int(levels.argmax()) if len(levels) else 0
    way = containers.way[deepest, : levels[deepest]] if len(levels) else containers.way.ravel()
    share = round(1000 * float(held[deepest, len(way) - 1]) / whole) if len(way) else 1000
    shared = containers.shared(way)
    return np.stack([shared, np.full_like(shared, len(way)), np.full_like(shared, share)], axis=1)


def _places(
    blocks: tuple[Block, ...],
    lengths: Table,
    linked: Table,
    prose: Table,
    kinds: NDArray[np.int64],
    mains: NDArray[np.int64],
) -> Table:
    count = len(blocks)
    order = np.arange(count)
    whole, words = max(1.0, float(lengths.sum())), max(1.0, float(prose.sum()))
    first = next((number for number, block in enumerate(blocks) if block.tag == "h1"), -1)
    last = int(np.flatnonzero(prose)[-1]) if prose.any() else count
    of_kind = np.bincount(kinds)
    changes = np.flatnonzero(np.diff(kinds, prepend=-1)) if count else order
    runs = np.diff(np.append(changes, count))
    in_main = mains[:, 0] == mains[:, 1]
    inside = np.flatnonzero(in_main)
    before = order < inside[0] if inside.size else np.zeros(count, bool)
    gap = _since(prose > 0)
    ended = np.cumsum([any(label.name == "ending" for label in block.labels) for block in blocks])
    columns = [
        order / max(1, count),
        np.cumsum(lengths) / whole,
        np.clip(order - first, -50, 200) if first >= 0 else np.full(count, -99),
        order > last,
        np.repeat(runs, runs) if count else order,
        of_kind[kinds] if count else order,
        np.bincount(kinds, prose)[kinds] / words,
        np.bincount(kinds, lengths)[kinds] / of_kind[kinds],
        np.bincount(kinds, linked)[kinds] / np.maximum(1, np.bincount(kinds, lengths)[kinds]),
        in_main,
        mains[:, 1] - mains[:, 0],
        before,
        mains[:, 2] / 1000,
        _mean(prose, 5),
        _mean(prose, 15),
        _mean(linked, 5) / np.maximum(1, _mean(lengths, 5)),
        _mean(linked, 15) / np.maximum(1, _mean(lengths, 15)),
        gap,
        ended > 0,
        ended,
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _mean(values: Table, reach: int) -> Table:
    """The mean over the blocks up to `reach` away."""
    sums = np.concatenate([[0], np.cumsum(values, dtype=np.float64)])
    order = np.arange(len(values))
    low, high = np.maximum(0, order - reach), np.minimum(len(values), order + reach + 1)
    means: Table = ((sums[high] - sums[low]) / np.maximum(1, high - low)).astype(np.float32)
    return means


def _since(marks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Blocks since the last mark, at most 50."""
    order = np.arange(len(marks))
    latest = np.maximum.accumulate(np.where(marks, order, -50))
    return np.minimum(50, order - latest)


def _page(outline: Outline, lengths: Table, linked: Table, prose: Table) -> list[float]:
    blocks, head = outline.blocks, outline.head
    said = " ".join(script[:20_000] for script in head.json_ld).lower()
    kind = next((value.lower() for name, value in head.meta if name == "og:type"), "")
    count = max(1, len(blocks))
    return [
        float(np.log1p(len(blocks))),
        float(np.log1p(prose.sum())),
        float(linked.sum() / max(1.0, float(lengths.sum()))),
        sum(block.tag == "p" for block in blocks) / count,
        sum(block.tag == "li" for block in blocks) / count,
        sum(len(block.text) for block in blocks if "pre" in block.path) / max(1.0, float(lengths.sum())),
        float('"articlebody"' in said),
        float("article" in kind or 'article"' in said or "blogposting" in said),
        float("product" in kind or '"product"' in said),
        float("discussionforum" in said or "qapage" in said),
        sum(_CURRENCY.search(block.text[:200]) is not None for block in blocks) / count,
        float(np.log1p(lengths.max())) if len(blocks) else 0.0,
        float(sum(block.tag == "h1" for block in blocks)),
        float("itemlist" in said or "collectionpage" in said),
    ]
