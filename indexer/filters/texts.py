"""What can be measured of a block's own text. Equal texts of a page are read once.

Invariant: one row a block, one column a name of `NAMES`; nothing here knows a site, nor a language but by single words.
"""

import itertools
import re
from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.blocks import Outline
from indexer.filters import wording

__all__ = ["NAMES", "measure", "numbered"]

Table = NDArray[np.float32]
Key = TypeVar("Key", bound=Hashable)

NAMES = (
    "characters", "words", "link share", "ends as a sentence", "commas", "digits", "capitals", "bars", "letters a word",
    "line breaks", "hidden", "depth", "names", "stands elsewhere too", "words in the title", "words in the description",
    "said to be the body", "words of the h1", "wording",
)  # fmt: skip
AT_ONCE = 2_000  # texts
_SENTENCE_ENDS = frozenset(".!?…。！？।؟۔")
_CURRENCY = re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:[$€£¥₹]|usd|eur)", re.IGNORECASE)
_PRICED = 200  # characters in which a price is looked for
_LOG = np.log1p(np.arange(4_001))
#: What is counted among the first characters of a text, ten bits each: commas, digits, capitals and signs of currencies.
_SIGNS = np.zeros(0x10000, np.uint64)
for _shift, _signs in enumerate((",，、", "0123456789", "", "$€£¥₹")):
    _SIGNS[[ord(sign) for sign in _signs]] = 1 << 10 * _shift
for _first, _last in ("AZ", "\u00c0\u00de", "\u0391\u03a9", "\u0410\u042f"):
    _SIGNS[ord(_first) : ord(_last) + 1] = 1 << 20
_OF_WORDS = np.array([chr(code).isalnum() for code in range(0x10000)])  # as the `\w` of `wording`
_END = "\uffff"  # no character of a text: what parts texts is itself taken for a word
_OF_WORDS[[ord("_"), ord(_END)]] = True
_WORD = re.compile(rf"\w+|{_END}")


def numbered(keys: Sequence[Key]) -> tuple[list[Key], NDArray[np.int64]]:
    """The different ones of some keys, and of each key which it is."""
    seen: dict[Key, int] = {}
    numbers = [seen.setdefault(key, len(seen)) for key in keys]
    return list(seen), np.array(numbers, np.int64)


def measure(outline: Outline, linked: Table, lengths: Table) -> tuple[Table, int]:
    """Float32, (blocks, len(NAMES)); and how many blocks name a price. `linked` and `lengths` are the blocks'."""
    blocks = outline.blocks
    texts, number = numbered([block.text for block in blocks])
    said = _said(outline)
    parts = [_measured(texts[at : at + AT_ONCE], *said) for at in range(0, len(texts), AT_ONCE)]
    if not parts:
        return np.empty((0, len(NAMES)), np.float32), 0
    read, priced = map(np.concatenate, zip(*parts, strict=True))
    times = np.bincount(number)
    table = read.take(number, 0)
    table[:, 2] = linked / lengths
    table[:, 10] = [block.hidden for block in blocks]
    table[:, 11] = [len(block.path) for block in blocks]
    table[:, 12] = [len(block.classes) for block in blocks]
    table[:, 13] = (times - 1).take(number)
    return table, int(times @ priced)


def _said(outline: Outline) -> tuple[list[frozenset[str]], str]:
    """What the page says elsewhere: the words of its title, description and headline, and its body without white space."""
    described = next((value for name, value in outline.head.meta if name.endswith("description")), "")
    headline = next((block.text for block in outline.blocks if block.tag == "h1"), "")
    lines = (outline.head.title or "", described, headline)
    return [frozenset(wording.words_of_text(line)) for line in lines], "".join(_body_said(outline).split())


def _body_said(outline: Outline) -> str:
    """What JSON-LD gives as the article's body, escapes and all: a witness that is compared without white space."""
    for script in outline.head.json_ld:
        at = script.find('"articleBody"')
        if at >= 0:
            return script[at : at + 200_000].replace('\\"', '"')
    return ""


def _measured(texts: list[str], lines: list[frozenset[str]], body: str) -> tuple[Table, NDArray[np.bool_]]:
    """(texts, len(NAMES)): what a text alone says, 0 for what its block says; and (texts,) whether it names a price."""
    samples = [text[: wording.SAMPLE] for text in texts]
    whole = "\n".join(samples)
    seen = np.array(list(map(len, samples)))
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32)
    signs = np.add.reduceat(_SIGNS.take(codes, mode="clip"), np.cumsum(seen + 1) - seen - 1)  # a line break is none
    commas, digits, capitals, currencies = (signs >> np.uint64(10 * shift) & np.uint64(1023) for shift in range(4))
    length = np.array(list(map(len, texts)))
    spaces = np.array([text.count(" ") + 1 for text in texts])
    table = np.zeros((len(texts), len(NAMES)), np.float32)
    table[:, 0] = _LOG.take(length, mode="clip")
    table[:, 1] = _LOG.take(spaces, mode="clip")
    table[:, 3] = [text.rstrip("\"'”’»)] ")[-1:] in _SENTENCE_ENDS for text in texts]
    table[:, 4], table[:, 5], table[:, 6] = commas / seen, digits / seen, capitals / seen
    if " | " in whole:
        table[:, 7] = [" | " in sample for sample in samples]
    table[:, 8] = length / spaces
    table[:, 9] = [text.count("\n") for text in texts]
    table[:, [14, 15, 17, 18]] = _worded(
        samples if _END not in whole else [s.replace(_END, " ") for s in samples], lines
    )
    table[:, 16] = (
        [("".join(text[:120].split()) in body) if len(text) > 20 else -1.0 for text in texts] if body else -1.0
    )
    lowered = whole.lower()
    by_code = any(code in lowered for code in ("usd", "eur", "uſd"))  # without case, ſ is an s
    pairs = zip(texts, ((currencies > 0) | by_code).tolist(), strict=True)
    return table, np.array([likely and _CURRENCY.search(text[:_PRICED]) is not None for text, likely in pairs])


def _worded(samples: list[str], lines: list[frozenset[str]]) -> NDArray[np.float64]:
    """(texts, 4): the share of a text's different words that stand in each of the three lines, and its `wording`.

    All texts are cut into words at once; one by one by `wording.words_of_text` it takes four times as long.
    """
    words = _words(f" {_END} ".join(samples).lower())
    columns = {each: column for column, each in enumerate(dict.fromkeys([_END, *words]))}
    word = np.fromiter(map(columns.__getitem__, words), np.int64, len(words))
    ends = np.flatnonzero(word == 0)
    text = np.repeat(np.arange(len(samples)), np.diff(ends, prepend=-1, append=len(word) - 1))
    pairs = (text << 32 | word)[word > 0]
    pairs.sort()
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    text, word = pairs >> 32, pairs & 0xFFFFFFFF
    count = np.maximum(1, np.bincount(text, minlength=len(samples)))
    table = np.empty((len(samples), 4))
    for column, line in enumerate(lines):
        held = np.zeros(len(columns))
        held[[columns[each] for each in line if each in columns]] = 1
        table[:, column] = np.bincount(text, held[word], len(samples)) / count
    if not lines[2]:
        table[:, 2] = -1.0
    known = wording.weights()["text"]
    weights = np.fromiter(map(known.get, columns, itertools.repeat(0.0)), np.float64, len(columns))
    firsts = [*words, _END]
    begun = [firsts[at] for at in (0, *(ends + 1).tolist())]
    begins = [known.get("^" if each == _END else f"^{each}", 0.0) for each in begun]
    table[:, 3] = known[""] + np.bincount(text, weights[word], len(samples)) + begins
    return table


def _words(lowered: str) -> list[str]:
    """As `_WORD.findall`, five times faster where no character is beyond the Basic Multilingual Plane."""
    codes = np.frombuffer(lowered.encode("utf-32-le", "surrogatepass"), np.uint32)
    if codes.max(initial=0) >= len(_OF_WORDS):
        return _WORD.findall(lowered)
    return np.where(_OF_WORDS.take(codes), codes, 0x20).astype("<u4").tobytes().decode("utf-32-le").split()
