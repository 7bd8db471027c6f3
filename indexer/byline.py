"""Who wrote a page: the people named by JSON-LD, meta, microdata or a byline, in this order.

A site that signs its own pages is its author only where nobody else is named. Job titles behind a name stay with it as
the page signs it; dates, addresses and sentences are no names.
"""

import re
from collections.abc import Iterable, Iterator

from indexer.blocks import Block, Head
from indexer.headline import folded
from indexer.structured import Structured, line, listed

__all__ = ["authors"]

LONGEST_NAME = 60  # characters
MANY = 10  # authors
NEAR = 40  # blocks around the headline in which a mere “by” is believed

_META = (
    "author", "article:author", "articleauthor", "article:author_name", "byl", "parsely-author", "sailthru.author",
    "dc.creator", "dc.creator.personalname", "dcterms.creator", "dcsext.author", "cxenseparse:author", "og:article:author",
    "author_name", "shareaholic:article_author_name", "vr:author", "creator", "twitter:data1",
)  # fmt: skip


def authors(head: Head, blocks: tuple[Block, ...], structured: Structured, sites: frozenset[str]) -> tuple[str, ...]:
    """The authors by the surest witness that names a person; else the house, where a witness names it."""
    house: tuple[str, ...] = ()
    for names in _witnesses(head, blocks, structured):
        somebody = tuple(name for name in names if name.lower() not in _NOBODY)
        people = tuple(name for name in somebody if folded(name) not in sites)
        if people:
            return people[:MANY]
        house = house or somebody
    return house[:MANY]


def _witnesses(head: Head, blocks: tuple[Block, ...], structured: Structured) -> Iterator[tuple[str, ...]]:
    meta = dict(reversed(head.meta))
    yield _signed(_json_ld(structured))
    yield _signed(value for name, value in head.meta if name in _CITED)
    yield next((names for key in _META if key in meta and (names := _signed([meta[key]]))), ())
    yield _microdata(head)
    yield _linked(head, blocks)
    yield _byline_block(blocks)
    yield _by_line(blocks)


_CITED = frozenset({"citation_author", "bepress_citation_author"})
_NOBODY = frozenset(
    {"admin", "administrator", "webmaster", "editor", "redaktion", "user", "guest", "anonymous", "author", "unknown",
     "null", "none", "by", "von", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}
)  # fmt: skip


def _json_ld(structured: Structured) -> Iterator[str]:
    said = structured.said("author", "creator")
    for each in listed(said):
        several = each.get("name") if isinstance(each, dict) else None
        yield from map(structured.named, several if isinstance(several, list) else [each])


def _microdata(head: Head) -> tuple[str, ...]:
    """The names of `author` items; of more than two only the first, for these are the posters of a thread."""
    found = _signed(_items(head.microdata))
    return found if len(found) <= 2 else found[:1]


def _items(microdata: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Each author's own text, or the name that stands within it."""
    for index, (name, value) in enumerate(microdata):
        if name == "author":
            within = (inner for key, inner in microdata[index + 1 : index + 4] if key == "name" and inner in value)
            yield next(within, value if len(value) <= 100 else "")


# -- names

_PREFIX = re.compile(
    r"^\W{0,3}(?:(?:written|reported|post|posted|published|authored|created|reviewed|story|words|text|article|updated|verfasst|geschrieben|escrito"
    r"|écrit|ein artikel) {0,2})?(?:by|von|par|por|da|di|door|af|av|autor(?:in|e)?s?|auteurs?|authors?|writers?|texte?|yazan|責編|责编|автор)"
    r"(?:\s*[:：]\s*|\s+|(?-i:(?<=[Bb]y)(?=[A-Z][a-z])))", re.IGNORECASE,
)  # fmt: skip
_LABEL = re.compile(
    r"(?:(?:written|reported|posted|published|story|words|text|article|verfasst|geschrieben) )?(?:by|von|par|por)"
    r"|authors?|autor(?:in|en)?|auteurs?|autore",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:[;|•·/、]|\band\b|\bund\b|\bet\b|&|\s+y\s+|\s+e\s+(?=[A-Z])|(?<=\w),\s*and\b)\s*")
_NO_NAME = re.compile(r"[@/<>{}:=?!]|\d.*\s|\s.*\d|^[\W\d_]+$")
_ADDRESS = re.compile(r"https?:/\S*|www\.\S*|\S+@\S+")
_BEHIND = re.compile(r"\s*\([^()]{0,60}\)$|\s+[-–—]\s.*")  # an agency, a handle, a department
_LAST_FIRST = re.compile(r"([^\W\d_][\w'’-]{1,30}), ([^\W\d_][\w'’. -]{0,30})")
_CREDENTIAL = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Za-z.]{2,7}(?:[ -][A-Z\d]{1,6}){0,3}|[JS]r\.?")


def _signed(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for text in texts for name in _names(text)))


def _names(text: str) -> Iterator[str]:
    """The people that a signature names."""
    text = _PREFIX.sub("", _ADDRESS.sub("", line(text, 300)))
    inverted = _LAST_FIRST.fullmatch(text)
    if inverted and not _CREDENTIAL.fullmatch(inverted[2]):
        text = f"{inverted[2]} {inverted[1]}"
    for part in _AND.split(text):
        for name in _parted(part):
            name = _BEHIND.sub("", name).strip(" .,:-–—|*\"'")
            if 1 < len(name) <= LONGEST_NAME and len(name.split()) <= 6 and not _NO_NAME.search(name):
                yield name


def _parted(text: str) -> list[str]:
    """Names parted by commas; what follows a name and is none (a degree, a post) goes or stays with it."""
    parts = [part.strip() for part in text.split(",")]
    people: list[str] = []
    for part in parts:
        if people and _CREDENTIAL.fullmatch(part):
            people[-1] += f", {part}"
        elif part:
            people.append(part)
    return people


# -- bylines in the text

_TOKEN = re.compile(
    r"by-?line|author(?!i[tz])|autor(?!i[tz])|auteur|redacteur|writer|(?:posted|written)-?by|contributor"
)
_NOT_BY = re.compile(
    r"bio|about|image|img|avatar|photo|comment|related|teaser|(?<!v)card|promo|desc|social|follow|job|role|position|footer|links?$|icon|other"
)
_REACH = 250  # blocks of a page in which a byline is sought, from its headline
_ENDS = re.compile(
    r"\s*(?:[|•·⋅*–—»]|\s-\s|\s/\s|\n|\bon\s(?=\S{0,12}\s?\d)|\bin\b|\bam\b|\bat\b|\bupdated\b|\bpublished\b|\blast\b|\bveröffentlicht\b|,?\s\d"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d|\bfollow\b|\bread\b|\bfor\b"
    r"|(?<=\w\s)(?:senior|staff|contributing|former|deputy|editor|writer|redakteur(?:in)?|reporter)\b)",
    re.IGNORECASE,
)  # fmt: skip
_AFTER_DATE = re.compile(r"(?=\D{0,20}\d).{4,30}\b(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or) [A-ZÀ-Þ]")
_INSIDE = re.compile(r"\b(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or) (?=[A-ZÀ-Þ])")


def _byline_block(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """The names in the first block whose innermost class names call it a byline, and in its like right after it."""
    names: list[str] = []
    near: tuple[str, ...] = ()
    for block in _from_headline(blocks):
        is_one = len(block.text) <= 120 and _is_byline(block.classes[-3:])
        if names and (not is_one or block.classes[-3:] != near):
            break
        if is_one and (found := _people(block.text)):
            names += found
            near = block.classes[-3:]
    return tuple(dict.fromkeys(names))


def _linked(head: Head, blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """The names in the first short block near the headline that link to their authors' pages."""
    for block in _from_headline(blocks)[:NEAR]:
        names = [name for name in _signed(head.authors) if name in block.text] if len(block.text) <= 200 else []
        if names:
            return tuple(names)
    return ()


def _is_byline(classes: tuple[str, ...]) -> bool:
    return any(map(_TOKEN.search, classes)) and not any(map(_NOT_BY.search, classes))


def _by_line(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """The names in the first short line that begins with “by” or its like, or follows a line of such words alone."""
    near = _from_headline(blocks)[:NEAR]
    for before, block in zip([None, *near], near, strict=False):
        if before is not None and len(block.text) <= LONGEST_NAME and _LABEL.fullmatch(before.text.rstrip(" :")):
            found = [name for name in _people(block.text) if " " in name]
            if found:
                return tuple(found)
        if len(block.text) <= 100 and (_PREFIX.match(block.text) or _AFTER_DATE.match(block.text)):
            found = [name for name in _people(block.text) if " " in name]
            if found:
                return tuple(found)
    return ()


def _people(text: str) -> list[str]:
    """The names in a line; behind a “by” a single word may be one as it likes."""
    begun = _PREFIX.match(text) is not None
    return [name for name in _signed([_cut(text)]) if _is_name(name) or (begun and " " not in name)]


def _from_headline(blocks: tuple[Block, ...]) -> list[Block]:
    """The visible blocks below the first-level heading, then the few above it."""
    start = next((index for index, block in enumerate(blocks) if block.tag == "h1"), 0)
    ordered = [*blocks[start : start + _REACH], *blocks[max(0, start - NEAR) : start]]
    return [block for block in ordered if not block.hidden]


def _cut(text: str) -> str:
    """The names of a byline: up to its date, place or section."""
    prefix = _PREFIX.match(text) or _INSIDE.search(text)
    start = prefix.end() if prefix else 0
    end = _ENDS.search(text, start)
    return text[start : end.start()] if end else text[start:]


_SMALL = frozenset(
    {"van", "von", "de", "der", "den", "da", "di", "du", "la", "le", "el", "al", "bin", "ben", "dos", "del", "the", "of",
     "zu", "ten", "y", "e"}
)  # fmt: skip


def _is_name(name: str) -> bool:
    """Whether a byline's words are written as names are."""
    words = name.replace(",", " ").split()
    if not 1 <= len(words) <= 6 or any(character.isdigit() for character in name):
        return False
    return all(word.lower() in _SMALL or not word[0].islower() for word in words)
