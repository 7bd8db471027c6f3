"""What can be measured of each block of a page: its text, its tags and names, its place, its neighbours, its containers.

Invariant: one row a block, one column a name of `NAMES`; nothing here knows a site, a language or what is content.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.blocks import Block, Outline
from indexer.filters import names, texts
from indexer.filters.containers import Containers
from indexer.filters.texts import numbered

__all__ = ["NAMES", "Measured", "measure"]

Table = NDArray[np.float32]

#: Tags on the way to a block, and the block's own.
PATH = ("article", "aside", "blockquote", "dl", "figure", "footer", "form", "header", "li", "main", "nav", "section",
        "table", "ul", "ol")  # fmt: skip
OWN = ("p", "div", "li", "h1", "h2", "h3", "tr", "pre", "blockquote", "figcaption")
_OWN_BIT = {tag: 1 << at for at, tag in enumerate(OWN)}
_PATH_BIT = {tag: 1 << len(OWN) + at for at, tag in enumerate(PATH)}
REACH = 2  # neighbours looked at one by one on either side
LEVELS = 5  # containers looked at, from the block outwards
_BESIDE = (*range(REACH), *range(REACH + 1, 2 * REACH + 1))  # places of the neighbours, the block's own being REACH
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
    *texts.NAMES,
    *(f"tag {tag}" for tag in OWN),
    *(f"in {tag}" for tag in PATH),
    *(f"{what} {by - REACH:+d}" for by in _BESIDE for what in _AROUND),
    *(f"container {level}: {what}" for level in range(1, LEVELS + 1) for what in _CONTAINER),
    *_PLACE,
    *_PAGE,
    *names.NAMES,
)
_PROSE = 60  # characters from which a text may be prose


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a page's blocks: `rows` of a table, which as a whole would take 100 MB of a hundred thousand.

    `kinds` and `tags` (blocks,) number what stands in elements of the same tags, with the same two nearest names or any.
    """

    containers: Containers
    kinds: NDArray[np.int64]
    tags: NDArray[np.int64]
    _of_block: tuple[Table, Table, Table]
    _shapes: Table  # (blocks and REACH on either side, len(_AROUND)): what is seen of neighbours
    _of_tags: Table
    _of_page: Table  # one row
    _named: NDArray[np.int64]  # (blocks,), which row of `_of_names`
    _of_names: Table

    def rows(self, chosen: NDArray[np.intp] | slice) -> Table:
        """Float32, (chosen blocks, len(NAMES))."""
        text, containers, places = (part[chosen] for part in self._of_block)
        around = self._shapes[np.arange(len(self.tags))[chosen][:, None] + _BESIDE].reshape(len(text), -1)
        tags, named = self._of_tags.take(self.tags[chosen], 0), self._of_names.take(self._named[chosen], 0)
        table = np.empty((len(text), len(NAMES)), np.float32)
        at = 0
        for part in (text, tags, around, containers, places, self._of_page, named):
            table[:, at : at + part.shape[1]] = part
            at += part.shape[1]
        return table

    @property
    def table(self) -> Table:
        """The rows of all blocks."""
        return self.rows(slice(None))


def measure(outline: Outline) -> Measured:
    """The blocks' features."""
    blocks = outline.blocks
    lengths = np.array([len(block.text) for block in blocks], np.float32)
    linked = np.minimum(np.array([block.linked for block in blocks], np.float32), lengths)
    paths, tags = numbered([block.path for block in blocks])
    sets, named = numbered([block.classes for block in blocks])
    near = numbered([each[-2:] for each in sets])[1].take(named)
    kinds = numbered(list(zip(tags.tolist(), near.tolist(), strict=True)))[1]
    text, prices = texts.measure(outline, linked, lengths)
    prose = np.where((lengths > _PROSE) & (text[:, 2] < 0.4), lengths - linked, 0).astype(np.float32)
    containers = Containers.of(blocks)
    of_block = (
        text,
        _containers(containers, lengths, linked, prose, kinds),
        _places(blocks, lengths, linked, prose, kinds, _main(containers, prose)),
    )
    page = np.array([_page(outline, lengths, linked, prose, prices)], np.float32)
    shapes = np.pad(text[:, [0, 2]], ((REACH, REACH), (0, 0)), constant_values=-1)
    return Measured(containers, kinds, tags, of_block, shapes, _tags(paths), page, named, names.measure(sets))


def _tags(paths: list[tuple[str, ...]]) -> Table:
    bits = np.array([_bits_of_tags(path) for path in paths], np.uint32)
    return (bits[:, None] >> np.arange(len(OWN) + len(PATH), dtype=np.uint32) & 1).astype(np.float32)


@functools.lru_cache(maxsize=5_000)
def _bits_of_tags(path: tuple[str, ...]) -> int:
    own = next((_OWN_BIT[tag] for tag in reversed(path) if tag in _OWN_BIT), 0 if path else _OWN_BIT["p"])
    return own | sum([_PATH_BIT.get(tag, 0) for tag in {*path}])


def _containers(containers: Containers, lengths: Table, linked: Table, prose: Table, kinds: NDArray[np.int64]) -> Table:
    """Of each block's elements, from the text outwards, what they hold; -1 where there are none so far out."""
    chars, links, words = containers.sums(lengths), containers.sums(linked), containers.sums(prose)
    held = containers.sums(np.ones(len(kinds)))
    elements = np.stack([containers.outwards(level) for level in range(LEVELS)], axis=1)
    times = _times(elements, kinds[:, None])  # those of a kind have one path, so their elements one level
    whole = max(1.0, float(prose.sum()))
    table = np.empty((len(kinds), LEVELS, len(_CONTAINER)), np.float32)
    for level in range(LEVELS):  # one by one, as all at once take 30 MB of a large page
        element, part = elements[:, level], table[:, level]
        size, count = np.maximum(1, chars[element]), np.maximum(1, held[element])
        part[:, 0] = words[element] / whole
        part[:, 1] = links[element] / size
        part[:, 2] = count
        part[:, 3] = chars[element] / count
        part[:, 4] = times[:, level] / count
        part[element < 0] = -1
    return table.reshape(len(kinds), LEVELS * len(_CONTAINER))


def _times(element: NDArray[np.int32], kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    """(blocks, levels) how many blocks are in the same element and of the same kind."""
    pairs = (element.astype(np.int64) * (int(kinds.max(initial=0)) + 1) + kinds).ravel()
    order = np.argsort(pairs, kind="stable")
    starts = np.flatnonzero(np.diff(pairs[order], prepend=pairs.min(initial=0) - 1))
    runs = np.diff(starts, append=len(pairs))
    times = np.empty(len(pairs), np.int64)
    times[order] = np.repeat(runs, runs)
    return times.reshape(element.shape)


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
    chars, links = np.bincount(kinds, lengths), np.bincount(kinds, linked)
    columns = (
        order / max(1, count),
        np.cumsum(lengths) / whole,
        np.clip(order - first, -50, 200) if first >= 0 else -99,
        order > last,
        np.repeat(runs, runs),
        of_kind[kinds],
        np.bincount(kinds, prose)[kinds] / words,
        (chars / of_kind)[kinds],
        (links / np.maximum(1, chars))[kinds],
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
    )
    table = np.empty((count, len(_PLACE)), np.float32)
    for at, column in enumerate(columns):
        table[:, at] = column
    return table


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


def _page(outline: Outline, lengths: Table, linked: Table, prose: Table, prices: int) -> list[float]:
    blocks, head = outline.blocks, outline.head
    said = " ".join(script[:20_000] for script in head.json_ld).lower()
    kind = next((value.lower() for name, value in head.meta if name == "og:type"), "")
    count, tags = max(1, len(blocks)), [block.tag for block in blocks]
    return [
        float(np.log1p(len(blocks))),
        float(np.log1p(prose.sum())),
        float(linked.sum() / max(1.0, float(lengths.sum()))),
        tags.count("p") / count,
        tags.count("li") / count,
        sum(len(block.text) for block in blocks if "pre" in block.path) / max(1.0, float(lengths.sum())),
        float('"articlebody"' in said),
        float("article" in kind or 'article"' in said or "blogposting" in said),
        float("product" in kind or '"product"' in said),
        float("discussionforum" in said or "qapage" in said),
        prices / count,
        float(np.log1p(lengths.max())) if len(blocks) else 0.0,
        float(tags.count("h1")),
        float("itemlist" in said or "collectionpage" in said),
    ]
