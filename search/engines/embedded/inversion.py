"""Documents -> a segment's arrays, a batch at a time: words become numbers, numbers are sorted, nothing walks postings.

Invariant: the arrays are those that Whoosh's own writer would give for the same documents, field by field.
"""

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from search.analysis import fold, term, tokens
from search.document import Document
from search.engines.embedded.codec import encode_stored
from search.engines.embedded.merge import runs
from search.engines.embedded.schema import SCHEMA, columns_of, day_number, record_of, words_in
from search.engines.embedded.segment import FieldArrays, SegmentArrays
from search.phrases import Counted, counted

__all__ = ["MOST_DOCUMENTS", "Batch", "Lexicon"]

Array = npt.NDArray[Any]

#: A batch ends before it has more documents; a body has fewer than 2^24 words, as it has at most 10 million characters.
#: A word's number has the remaining 23 bits: a batch has far fewer words (BATCH_TOKENS of the writer).
_DOC_BITS, _PLACE_BITS = 17, 24
MOST_DOCUMENTS = 1 << _DOC_BITS

#: ASCII letters in lower case, digits, and all bytes of other characters; the rest parts words.
_BYTES = bytes(b if b > 127 or chr(b).isalnum() else 32 for b in range(256)).lower()
LONGEST = 64  # bytes of a piece that is remembered; longer ones are seldom met twice
FORGET = 2_000_000  # words remembered: some 300 bytes each


class Lexicon(dict[bytes, int]):
    """Pieces of text between ASCII signs -> the number of their token, or -1 - i for `several[i]`.

    `words` are the texts of tokens and terms by number; stems and folded forms are numbers too, and known once found.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        self.clear()
        self.words: list[str] = []
        self.several: list[list[int]] = []
        self._numbers: dict[str, int] = {}
        self._terms: dict[str | None, Array] = {}

    def __missing__(self, piece: bytes) -> int:
        found = [self.number(token.text) for token in tokens(piece.decode())]
        if len(found) != 1:
            self.several.append(found)
            return -len(self.several)
        if len(piece) <= LONGEST:
            self[piece] = found[0]
        return found[0]

    def number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self.words)
            self.words.append(word)
        return number

    def terms(self, tokens: Array, language: str | None) -> Array:
        """The number of each token's term in a document of this language; None: of its folded form."""
        table = self._terms.get(language, np.zeros(0, dtype=np.int32))
        if len(table) < len(self.words):
            table = np.concatenate([table, np.full(len(self.words) - len(table), -1, dtype=np.int32)])
        met = np.zeros(len(table), dtype=np.bool_)
        met[tokens] = True
        for number in np.flatnonzero(met & (table < 0)).tolist():
            word = self.words[number]
            table[number] = self.number(fold(word) if language is None else term(word, language))
        self._terms[language] = table
        return table[tokens]


class Batch:
    """Documents that become one segment, numbered as they come. `tokens` is about how many words they have."""

    def __init__(self, lexicon: Lexicon) -> None:
        if len(lexicon.words) > FORGET:
            lexicon.forget()
        self._lexicon = lexicon
        self._texts = {"title": _Stream(), "body": _Stream()}
        self._small: dict[str, _Stream] = {}
        self._ids: list[bytes] = []
        self._days = array("q")
        self._languages: list[str] = []
        self._columns: dict[str, list[bytes]] = {}
        self._stored: list[bytes] = []
        self.tokens = 0

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, document: Document) -> None:
        """A document that was validated."""
        stored = encode_stored({"document": record_of(document)})
        small, columns = words_in(document), columns_of(document)
        for name, text in (("title", document.title), ("body", document.body)):
            pieces = text.encode().translate(_BYTES).split()
            self._texts[name].add(map(self._lexicon.__getitem__, pieces), len(pieces))
            self.tokens += len(pieces)
        for name, words in small.items():
            self._small.setdefault(name, _Stream()).skip_to(len(self)).add(map(self._lexicon.number, words), len(words))
        for name, value in columns.items():
            self._columns.setdefault(name, []).append(value)
        self._ids.append(document.id.encode())
        self._days.append(day_number(document.published))
        self._languages.append(document.language)
        self._stored.append(stored)

    def arrays(self) -> SegmentArrays:
        size = len(self)
        made = SegmentArrays(size, stored=self._stored)
        texts = {name: stream.tokens(size, self._lexicon.several) for name, stream in self._texts.items()}
        for name, (numbers, counts) in texts.items():
            self._field(made, name, self._stems(numbers, counts), counts)
        title, body = (_owners(counts) for _, counts in texts.values())
        folded = {name: self._lexicon.terms(numbers, None) for name, (numbers, _) in texts.items()}
        self._set(made, "title_words", folded["title"], title)
        self._set(made, "words", np.concatenate([folded["title"], folded["body"]]), np.concatenate([title, body]))
        for name, stream in self._small.items():
            numbers, counts = stream.tokens(size, [])
            if SCHEMA[name].scorable:
                self._field(made, name, numbers, counts)
            else:
                self._set(made, name, numbers, _owners(counts))
        order = np.argsort(np.array(self._ids, dtype="S16"), kind="stable")
        one_each = np.ones(size, dtype=np.int64)
        made.fields["id"] = FieldArrays([self._ids[number] for number in order.tolist()], one_each, order)
        made.columns["id"] = self._ids
        days = np.array(self._days, dtype=np.uint32)
        made.columns["day"] = days
        made.fields["day"] = _of_days(days)
        made.columns |= {name: column for name, column in self._columns.items() if any(column)}
        made.fields = {name: made.fields[name] for name in sorted(made.fields) if len(made.fields[name].docs)}
        self._phrases = counted(self._lexicon.words, *texts["body"], self._languages)
        self._lexicon.several.clear()
        return made

    def phrases(self) -> Counted:
        """The frequent phrases of the bodies; once `arrays` were made."""
        return self._phrases

    def _stems(self, numbers: Array, counts: Array) -> Array:
        names = sorted(set(self._languages))
        if len(names) == 1:
            return self._lexicon.terms(numbers, names[0])
        stems = np.empty(len(numbers), dtype=np.int32)
        spoken = np.repeat(np.array([names.index(name) for name in self._languages], dtype=np.int16), counts)
        for number, name in enumerate(names):
            these = spoken == number
            stems[these] = self._lexicon.terms(numbers[these], name)
        return stems

    def _field(self, made: SegmentArrays, name: str, terms: Array, counts: Array) -> None:
        """A field with places and lengths."""
        words, ranks = self._ranked(terms)
        made.fields[name] = _inverted(words, ranks, counts)
        if len(terms):
            made.lengths[name] = counts

    def _set(self, made: SegmentArrays, name: str, terms: Array, owners: Array) -> None:
        """A field that says only which documents hold a word."""
        words, ranks = self._ranked(terms)
        made.fields[name] = _distinct(words, ranks, owners)

    def _ranked(self, terms: Array) -> tuple[list[bytes], Array]:
        """The words of these terms in order, and the place of each term among them."""
        met = np.zeros(len(self._lexicon.words), dtype=np.bool_)
        met[terms] = True
        numbers = sorted(np.flatnonzero(met).tolist(), key=self._lexicon.words.__getitem__)
        rank = np.empty(len(met), dtype=np.int64)
        rank[numbers] = np.arange(len(numbers))
        return [self._lexicon.words[number].encode() for number in numbers], rank[terms]


class _Stream:
    """The words of a field, document after document, as numbers."""

    def __init__(self) -> None:
        self._numbers, self._counts = array("i"), array("i")

    def skip_to(self, document: int) -> "_Stream":
        """Documents before this one that were not given have no words."""
        self._counts.extend([0] * (document - len(self._counts)))
        return self

    def add(self, numbers: Iterable[int], count: int) -> None:
        self._numbers.extend(array("i", list(numbers)))  # three times as fast as extending by an iterator
        self._counts.append(count)

    def tokens(self, documents: int, several: list[list[int]]) -> tuple[Array, Array]:
        """The numbers of all words, and how many each document has."""
        self.skip_to(documents)
        numbers, counts = np.array(self._numbers, dtype=np.int32), np.array(self._counts, dtype=np.int64)
        if not numbers.size or numbers.min() >= 0:
            return numbers, counts
        lengths = np.array([len(each) for each in several], dtype=np.int64)
        flat = np.array([number for each in several for number in each], dtype=np.int32)
        many = numbers < 0
        width = np.where(many, lengths[np.where(many, -1 - numbers, 0)], 1)
        whole = np.repeat(numbers, width)
        starts = (np.cumsum(lengths) - lengths)[-1 - numbers[many]]
        whole[np.repeat(many, width)] = flat[runs(starts, width[many])]
        return whole, np.bincount(_owners(counts), weights=width, minlength=documents).astype(np.int64)


def _owners(counts: Array) -> Array:
    """The document of each word, where document i has counts[i] words."""
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts)


def _inverted(words: list[bytes], ranks: Array, counts: Array) -> FieldArrays:
    """Sorted by word, document and place: the three share one number, which sorts fast and is taken apart again."""
    key = ranks.astype(np.uint64) << np.uint64(_DOC_BITS + _PLACE_BITS)
    key |= np.repeat(np.arange(len(counts), dtype=np.uint64) << np.uint64(_PLACE_BITS), counts)
    key |= np.arange(len(ranks), dtype=np.uint64) - np.repeat((np.cumsum(counts) - counts).astype(np.uint64), counts)
    key.sort()
    places = (key & np.uint64((1 << _PLACE_BITS) - 1)).astype(np.uint32)
    key >>= np.uint64(_PLACE_BITS)
    first = _first_of_runs(key)
    pairs = key[first]
    held = np.bincount((pairs >> np.uint64(_DOC_BITS)).astype(np.int64), minlength=len(words))
    docs = (pairs & np.uint64((1 << _DOC_BITS) - 1)).astype(np.uint32)
    return FieldArrays(words, held, docs, np.diff(first, append=len(key)), places)


def _first_of_runs(ordered: Array) -> Array:
    """Where each run of equal numbers begins."""
    begins = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def _distinct(words: list[bytes], ranks: Array, owners: Array) -> FieldArrays:
    pairs = ranks << 32 | owners
    pairs.sort()
    pairs = pairs[_first_of_runs(pairs)]
    return FieldArrays(words, np.bincount(pairs >> 32, minlength=len(words)), pairs & 0xFFFFFFFF)


def _of_days(days: Array) -> FieldArrays:
    """The terms by which Whoosh finds ranges of numbers."""
    values, which = np.unique(days, return_inverse=True)
    terms = [[text for text, *_ in SCHEMA["day"].index(day)] for day in values.tolist()]
    words = sorted({text for each in terms for text in each})
    place = {word: number for number, word in enumerate(words)}
    table = np.array([[place[text] for text in each] for each in terms], dtype=np.int64).reshape(len(values), -1)
    owners = np.repeat(np.arange(len(days), dtype=np.int64), table.shape[1])
    return _distinct(words, table[which].ravel(), owners)
