"""Documents -> a segment's arrays, a batch at a time: words become numbers, numbers are sorted, nothing walks postings.

Invariant: the arrays are those that Whoosh's own writer would give for the same documents, field by field.
"""

import functools
from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from search.compounds import APART
from search.document import Document, facet_values
from search.engines.embedded import building
from search.engines.embedded.building import runs
from search.engines.embedded.lexicon import AFTER, BEFORE, Lexicon, cut
from search.engines.embedded.schema import FACET_COLUMNS, SCHEMA, column_of, day_number, words_at
from search.engines.embedded.segment import ByteValues, FieldArrays, SegmentArrays
from search.engines.embedded.stored import Block, Pending, encode_document
from search.phrases import Counted, Tally, counted

__all__ = ["MOST_DOCUMENTS", "Batch"]

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
V = TypeVar("V", bound=Hashable)

#: A batch ends before it has more documents.
MOST_DOCUMENTS = 1 << 17

FEW = 1 << 10  # documents that wait for others, however short they are
TOGETHER = 1 << 18  # bytes of text whose words are looked up at once; with half as many a build takes 8 % longer


class Batch:
    """Documents that become one segment, numbered as they come.

    `ids` are their names; `tokens` is about how many words they have.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        if lexicon.is_full:
            lexicon.forget()
        self._lexicon = lexicon
        self._texts = {"title": _Stream(lexicon), "body": _Stream(lexicon)}
        self._facets: dict[str, _Coded[tuple[str, ...]]] = {name: _Coded() for name in FACET_COLUMNS}
        self._waiting: list[Document] = []
        self._length = 0
        self.ids: list[bytes] = []
        self._days = array("q")
        self._languages: _Coded[str] = _Coded()
        self._stored: list[Block] = []
        self._pending = Pending()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def tokens(self) -> int:
        return sum(stream.size for stream in self._texts.values())

    def add(self, document: Document) -> None:
        """A document that was validated."""
        self.ids.append(document.id.encode())
        self._waiting.append(document)
        self._length += len(document.body) + len(document.title)
        if self._length >= TOGETHER or len(self._waiting) == FEW:
            self._take()

    def _take(self) -> None:
        """What waits: of all documents one part after the other, which takes half the time."""
        documents, self._waiting, self._length = self._waiting, [], 0
        bodies = [each.body.encode() for each in documents]
        for document, body in zip(documents, bodies, strict=True):
            self._stored += self._pending.add(encode_document(document, body))
        self._texts["title"].add([each.title.encode() for each in documents])
        self._texts["body"].add(bodies)
        for name, facet in self._facets.items():
            facet.add(facet_values(each, name) for each in documents)
        self._days.extend(day_number(each.published) for each in documents)
        self._languages.add(each.language for each in documents)

    def arrays(self) -> SegmentArrays:
        size = len(self)
        self._take()
        made = SegmentArrays(size, stored=self._stored + self._pending.rest())
        spoken = self._languages.coded()
        texts = {}
        for name, stream in self._texts.items():
            running, joined = stream.tokens(), stream.compounds()
            texts[name] = _interleaved(*running, *joined)
            self._field(made, name, *texts[name], spoken, joined[1])
        self._body = running
        self._set(made, "title_words", *texts["title"])
        self._set(made, "words", *_interleaved(*texts["title"], *texts["body"]))
        for name, facet in self._facets.items():
            values, which = facet.coded()
            if any(values):
                made.columns[f"f_{name}"] = ByteValues([column_of(each) for each in values], which)
            numbers, counts = _spread([list(map(self._lexicon.number, words_at(name, each))) for each in values], which)
            if SCHEMA[f"at_{name}"].scorable:
                self._field(made, f"at_{name}", numbers, counts)
            else:
                self._set(made, f"at_{name}", numbers, counts)
        ids = np.array(self.ids, dtype="S16")
        order = np.argsort(ids, kind="stable")
        which = np.empty(size, dtype=np.int64)
        which[order] = np.arange(size)
        made.fields["id"] = FieldArrays(ids[order].tolist(), np.ones(size, dtype=np.int64), order)
        made.columns["id"] = ByteValues(made.fields["id"].words, which)
        days = np.array(self._days, dtype=np.uint32)
        made.columns["day"] = days
        made.fields["day"] = _of_days(days)
        made.fields = {name: made.fields[name] for name in sorted(made.fields) if len(made.fields[name].docs)}
        return made

    def phrases(self) -> Counted:
        """The frequent phrases of the bodies; once `arrays` were made."""
        return counted(self._lexicon.words, *self._body, list(self._languages))

    def sample_phrases(self, tally: Tally) -> None:
        """Have the phrases of the bodies counted with those of the next batches; once `arrays` were made."""
        tally.sample(self._lexicon.words, *self._body, list(self._languages))
        if self._lexicon.is_full:
            tally.count(self._lexicon.words)

    def _field(
        self,
        made: SegmentArrays,
        name: str,
        tokens: Array,
        counts: Ints,
        spoken: tuple[list[str], Ints] | None = None,
        joined: Ints | None = None,
    ) -> None:
        """A field with places and lengths; `spoken` are languages and which of them is each document's; `joined` is how
        many compounds stand at the end of each.
        """
        words, ranks = self._ranked(tokens, counts, spoken)
        made.fields[name] = _inverted(words, ranks, counts, joined)
        if len(tokens):
            made.lengths[name] = counts

    def _set(self, made: SegmentArrays, name: str, tokens: Array, counts: Ints) -> None:
        """A field that says only which documents hold a word."""
        words, ranks = self._ranked(tokens, counts, ([None], np.zeros(len(counts), dtype=np.int64)))
        made.fields[name] = _distinct(words, ranks, counts)

    def _ranked(
        self, tokens: Array, counts: Ints, spoken: tuple[Sequence[str | None], Ints] | None
    ) -> tuple[list[bytes], Array]:
        """The terms of these tokens in order, and the place of each token's among them; no `spoken`: the tokens."""
        languages, which = spoken or ([""], None)
        owners = np.repeat(which.astype(np.int32), counts) if which is not None and len(languages) > 1 else None
        known = self._lexicon.utf8
        tables: list[tuple[Array | slice, Array, Array]] = []
        for number, language in enumerate(languages):
            these = owners == number if owners is not None else slice(None)
            met = building.met(tokens[these], len(known))
            tables.append((these, met, self._lexicon.terms(met, language) if spoken is not None else met))
        numbers = building.met(np.concatenate([terms for *_, terms in tables]), len(known))
        ordered = sorted(numbers.tolist(), key=known.__getitem__)
        rank = np.empty(len(known), dtype=np.uint16 if len(ordered) <= 1 << 16 else np.uint32)
        rank[ordered] = np.arange(len(ordered))
        ranks, of_token = np.empty(len(tokens), dtype=rank.dtype), np.empty_like(rank)
        for these, met, terms in tables:
            of_token[met] = rank[terms]
            ranks[these] = of_token.take(tokens[these])
        return list(map(known.__getitem__, ordered)), ranks


class _Stream:
    """The words of a text, document after document, as numbers; `size` is how many are known yet."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._waiting: list[bytes] = []
        self._length = 0
        self._numbers = [np.zeros(0, dtype=np.int32)]
        self._counts = [np.zeros(0, dtype=np.int64)]
        self._joined = array("i")  # numbers of compounds, in order
        self._joined_counts = [np.zeros(0, dtype=np.int64)]
        self.size = 0

    def add(self, texts: list[bytes]) -> None:
        self._waiting += texts
        self._length += sum(map(len, texts))
        if self._length >= TOGETHER:
            self._look_up()

    def _look_up(self) -> None:
        joined = b" ".join(self._waiting)
        numbers, starts, lengths = self._lexicon.pieces(BEFORE + cut(joined) + AFTER)
        ends = np.cumsum([len(text) + 1 for text in self._waiting])
        self._numbers.append(numbers)
        self._counts.append(np.diff(np.searchsorted(starts, ends, side="right"), prepend=0))
        compounds, places = self._lexicon.compounds(joined, starts - len(BEFORE), lengths)
        self._joined.extend(compounds)
        self._joined_counts.append(np.bincount(np.searchsorted(ends, places, side="right"), minlength=len(ends)))
        self.size += len(numbers)
        self._waiting, self._length = [], 0

    def compounds(self) -> tuple[Array, Ints]:
        """The numbers of what is written in two, and how many each document has."""
        if self._waiting:
            self._look_up()
        return np.array(self._joined, dtype=np.int32), np.concatenate(self._joined_counts)

    def tokens(self) -> tuple[Array, Ints]:
        """The numbers of all words in their order, and how many each document has."""
        if self._waiting:
            self._look_up()
        numbers, counts, several = np.concatenate(self._numbers), np.concatenate(self._counts), self._lexicon.several
        at = np.flatnonzero(numbers < 0)
        if not len(at):
            return numbers, counts
        which = -1 - numbers[at]
        lengths = np.array([len(each) for each in several], dtype=np.int64)
        flat = np.array([number for each in several for number in each], dtype=np.int32)
        starts, lengths = (np.cumsum(lengths) - lengths)[which], lengths[which]
        widths = np.ones(len(numbers), dtype=np.int64)
        widths[at] = lengths
        whole = np.repeat(numbers, widths)
        more = np.cumsum(lengths - 1)
        whole[runs(at + more - (lengths - 1), lengths)] = flat[runs(starts, lengths)]
        np.add.at(counts, np.searchsorted(np.cumsum(counts), at, side="right"), lengths - 1)
        return whole, counts


class _Coded(Generic[V]):
    """A value of each document, the distinct ones once: of a list the collector of garbage would walk each value."""

    def __init__(self) -> None:
        self._numbers: dict[V, int] = {}
        self._which = array("i")

    def add(self, values: Iterable[V]) -> None:
        known = self._numbers
        self._which.extend([known.setdefault(value, len(known)) for value in values])

    def __iter__(self) -> Iterator[V]:
        return map(list(self._numbers).__getitem__, self._which)

    def coded(self) -> tuple[list[V], Ints]:
        """The distinct values, and which of them each is."""
        return list(self._numbers), np.array(self._which, dtype=np.int64)


def _spread(numbers: list[list[int]], which: Ints) -> tuple[Array, Ints]:
    """The words of documents of which each has those of one of the values, and how many each has."""
    lengths = np.array([len(each) for each in numbers], dtype=np.int64)
    flat = np.array([number for each in numbers for number in each], dtype=np.int32)
    counts = lengths[which]
    return flat[runs((np.cumsum(lengths) - lengths)[which], counts)], counts


def _interleaved(title: Array, title_counts: Ints, body: Array, body_counts: Ints) -> tuple[Array, Ints]:
    """The words of two texts of each document, one text after the other."""
    counts = title_counts + body_counts
    if not len(title) or not len(body):
        return body if len(body) else title, counts
    whole = np.empty(len(title) + len(body), dtype=title.dtype)
    of_title = np.tile([True, False], len(counts)).repeat(np.stack([title_counts, body_counts], axis=1).ravel())
    whole[of_title] = title
    whole[~of_title] = body
    return whole, counts


def _inverted(words: list[bytes], ranks: Array, counts: Ints, joined: Ints | None = None) -> FieldArrays:
    """With places as `search.compounds.placed` has them: each of the `joined` last words of a document stands APART."""
    none = np.zeros_like(counts) if joined is None else joined
    return FieldArrays(words, *building.inverted(ranks, len(words), counts, none, APART))


def _distinct(words: list[bytes], ranks: Array, counts: Ints) -> FieldArrays:
    return FieldArrays(words, *building.distinct(ranks, len(words), counts))


@functools.lru_cache(20_000)
def _day_terms(day: int) -> list[bytes]:
    """The terms by which Whoosh finds ranges of numbers."""
    return [text for text, *_ in SCHEMA["day"].index(day)]


def _of_days(days: Array) -> FieldArrays:
    values, which = np.unique(days, return_inverse=True)
    terms = [_day_terms(day) for day in values.tolist()]
    words = sorted({text for each in terms for text in each})
    place = {word: number for number, word in enumerate(words)}
    table = np.array([[place[text] for text in each] for each in terms], dtype=np.uint32).reshape(len(values), -1)
    return _distinct(words, table[which].ravel(), np.full(len(days), table.shape[1]))
