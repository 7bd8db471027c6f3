"""Which pages are one article: the same text, nearly the same text, or variants that name one canonical address.

Invariant: `same` is symmetric: no order of pages matters (`indexer.clusters` finds its connected components).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

import numpy as np

from search.document import Document
from search.records import Print

__all__ = ["FEW", "NEAR", "VARIANT", "best", "nearly", "print_of", "same"]

#: Bits of 64 in which near-duplicates may differ (Manku, Jain, Das Sarma, WWW 2007: 3 for 8 billion pages).
NEAR = 3
#: Bits for two pages that name the same canonical address. Unrelated texts differ in 32 ± 4; a printed or AMP page that
#: lacks a tenth of the words in up to 18. More is a site that names its front page everywhere.
VARIANT = 18
#: Words below which a SimHash says little, and a text may recur by chance: among the 1,389 development pages two lists
#: of a shop have the same twelve words and title. No two of more words are nearer than 9 bits, but two addresses of one
#: page.
FEW = 50
#: Share of words by which near-duplicates may differ in length.
LONGER = 0.1
#: Words of a shingle: single words would make one of all texts on one matter.
SHINGLE = 3

_WORD = re.compile(r"\w+")
_VARIANT = re.compile(r"(?:^|[/.?&=_-])(?:amp|m|mobile?|print(?:able|er|version|ansicht)?|drucken?)(?:[/.?&=_-]|$)")


def print_of(document: Document, canonical: str = "") -> Print:
    """What the document is compared by; `canonical` is the address that the page gives itself, if it does."""
    words = _WORD.findall(unicodedata.normalize("NFKC", document.body).casefold())
    return Print(
        url=document.url,
        exact=hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(),
        simhash=f"{simhash(words):016x}",
        words=len(words),
        title="".join(_WORD.findall(unicodedata.normalize("NFKC", document.title).casefold())),
        published=document.published,
        canonical=_address(canonical or document.url),
    )


def simhash(words: list[str]) -> int:
    """64 bits of which similar texts share most (Charikar, STOC 2002), over the set of the text's shingles."""
    shingles = {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}
    hashes = b"".join(hashlib.blake2b(s.encode("utf-8", "surrogatepass"), digest_size=8).digest() for s in shingles)
    bits = np.unpackbits(np.frombuffer(hashes, dtype=np.uint8).reshape(-1, 8), axis=1)
    return int.from_bytes(np.packbits(2 * bits.sum(axis=0, dtype=np.int64) > len(bits)).tobytes(), "big")


def same(one: Print, other: Print) -> bool:
    """Whether two pages are one article."""
    return nearly(one, other) or (one.canonical == other.canonical and _variants(one, other))


def nearly(one: Print, other: Print) -> bool:
    """Whether their texts alone, with title and day, tell that they are one article."""
    if not one.words or not other.words:
        return False
    alike = one.title == other.title
    dated = one.published is not None and one.published == other.published
    if one.exact == other.exact and (one.words >= FEW or (alike and dated)):
        return True
    few, many = sorted((one.words, other.words))
    long = few >= FEW and many - few <= LONGER * many and (alike or few >= 2 * FEW)
    return long and not _of_two_days(one, other) and _apart(one, other) <= NEAR


def _variants(one: Print, other: Print) -> bool:
    """Whether two pages of one canonical address are variants of it, not a site that names its front page."""
    return bool(one.words and other.words) and not _of_two_days(one, other) and _apart(one, other) <= VARIANT


def _of_two_days(one: Print, other: Print) -> bool:
    """As a series of like reports is."""
    return bool(one.published and other.published) and one.published != other.published


def _apart(one: Print, other: Print) -> int:
    return (int(one.simhash, 16) ^ int(other.simhash, 16)).bit_count()


def best(prints: Iterable[Print]) -> str:
    """The page that stands for a cluster: the canonical one, no printed, AMP or mobile one, else the earliest."""

    def rank(each: Print) -> tuple[bool, bool, str, int, str]:
        address = _address(each.url)
        day = each.published.isoformat() if each.published is not None else "9999"
        return each.canonical != address, _VARIANT.search(address) is not None, day, len(each.url), each.url

    return min(prints, key=rank).url


def _address(url: str) -> str:
    """The address without what variants of it differ in: scheme, `www.`, fragment, the slash at its end."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return url
    return f"{host}{parts.path.rstrip('/')}{'?' + parts.query if parts.query else ''}"
