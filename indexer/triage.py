"""What sort of page it is, and the evidence: an article, a thread, documentation, a list, or no content at all.

Invariant: every kind but `article` comes with a reason. Nothing here removes a block.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from indexer.blocks import Block, Outline

__all__ = ["kind"]

LITTLE = 400  # characters of text below which a page may be no page at all
NEXT_TO_NOTHING = 150
STUB = 1_500  # characters of text below which a paywall's line means that the rest is missing
PAGE = 500  # characters of a page from which its links tell what it is
ITEMS = 8  # linked lines from which a page can be a list
TEASERS = 3  # linked headings from which it can be a list of teasers,
BELOW = 600  # where this many characters stand below each at most
_HEADS = frozenset({"h2", "h3", "h4"})

_NOT_FOUND = re.compile(
    r"\b(?:404|page (?:not found|does ?n.t exist|no longer exists|cannot be found)|(?:page|content|article) you (?:are|were|requested)"
    r"[^.]{0,40}(?:not|no longer|could ?n.t)|nothing (?:was )?found|seite (?:wurde )?nicht gefunden|page introuvable"
    r"|página no (?:encontrada|existe)|pagina non trovata|страница не найдена|sayfa bulunamadı|pagina niet gevonden"
    r"|server error|database error|site (?:is )?(?:under|undergoing) maintenance|account suspended|access denied"
    r"|403 forbidden|500 internal|502 bad gateway|503 service)\b",
    re.IGNORECASE,
)
_PAID = re.compile(
    r"(?:subscribe|register|log ?in|sign ?(?:up|in)) (?:now )?to (?:continue|keep|read|unlock)|(?:this|the) (?:article|content|story) is "
    r"(?:reserved )?(?:for|only for|available to|exclusive to) (?:our )?(?:paying )?(?:subscribers|members)|already a (?:subscriber|member)\?"
    r"|to (?:continue|keep) reading|unlock (?:this|the) (?:article|story)|(?:jetzt )?weiterlesen mit|nur für abonnenten"
    r"|mit einem abo|réservé (?:à nos|aux) abonnés|il vous reste \d+ ?% de cet article|contenido exclusivo para suscriptores"
    r"|suscríbete para (?:leer|seguir)|contenuto riservato agli abbonati|conteúdo exclusivo para assinantes"
    r"|alleen voor abonnees|материал доступен (?:только )?подписчикам",
    re.IGNORECASE,
)
_BANNER_KINDS = {
    "cookie notice": "consent",
    "consent button": "consent",
    "server error": "error",
    "error page": "error",
    "paywall and subscription prompt": "paywall",
    "javascript notice": "shell",
}
_DOCUMENTERS = re.compile(r"sphinx|docusaurus|mkdocs|javadoc|doxygen|docutils|gitbook|docbook|rustdoc|asciidoctor|vuepress", re.I)
_CODE = 0.15  # share of the text in `pre` from which a page is documentation


#: Words of an address's host or folders that say what lies there. Of the development pages that are documentation 8 of 34
#: were told by nothing else, of threads 6 of 63; none of the 785 others has such a word and is not told before.
_PLACES = {
    "documentation": frozenset({"docs", "documentation", "manual", "apidocs", "javadoc", "userguide", "usersguide"}),
    "forum": frozenset({"forum", "forums", "community", "discuss", "viewtopic.php", "showthread.php"}),
}


def kind(
    outline: Outline, kept: Sequence[Block], types: frozenset[str], title: str, status: int | None
) -> tuple[str, str]:
    """The kind of page and why. `types` are those its structured data name, lower-cased."""
    text = "\n".join(block.text for block in kept)
    for found in (
        _no_page(outline, title, text, status),
        _stub(outline, text),
        _forum(kept, types),
        _documentation(outline, types),
        _listing(outline, kept, types),
        _placed(outline, types),
    ):
        if found is not None:
            return found
    return "article", ""


def _no_page(outline: Outline, title: str, text: str, status: int | None) -> tuple[str, str] | None:
    if status is not None and status >= 400:
        return "error", f"HTTP status {status}"
    if len(text) >= LITTLE:
        return None
    banners = {label.reason for block in outline.blocks for label in block.labels if label.name == "banner"}
    if "banner: captcha" in banners and len(text) < NEXT_TO_NOTHING:
        return "captcha", "little text but a captcha"
    for where, found in (("title", _NOT_FOUND.search(title)), ("text", _NOT_FOUND.search(text))):
        if found is not None:
            return "error", f"its {where} says “{found[0]}”"
    for name, what in _BANNER_KINDS.items():
        if f"banner: {name}" in banners and len(text) < NEXT_TO_NOTHING:
            return what, f"little text but a {name}"
    return None


def _placed(outline: Outline, types: frozenset[str]) -> tuple[str, str] | None:
    """What the address says that the page gives as its own, where its structured data does not say "article"."""
    if types & _ARTICLES:
        return None
    head = outline.head
    links = (href for rel, href in head.links if "canonical" in rel.split())
    for address in [*links, *(value for name, value in head.meta if name == "og:url")]:
        host, _, path = re.sub(r"^(?:[a-z]+:)?//", "", address.partition("?")[0].lower()).partition("/")
        words = {*host.split(".")[:-2], *path.split("/")}
        for sort, named in _PLACES.items():
            if found := named & words:
                return sort, f"its address says “{min(found)}”"
    return None


def _stub(outline: Outline, text: str) -> tuple[str, str] | None:
    """Behind a paywall: little text, and the page says why."""
    if len(text) >= STUB:
        return None
    said = next((found for block in outline.blocks if (found := _PAID.search(block.text[:600]))), None)
    if said is not None:
        return "paywall", f"{len(text)} characters and “{said[0]}”"
    closed = any(re.search(r'"isAccessibleForFree"\s*:\s*"?false', script, re.IGNORECASE) for script in outline.head.json_ld)
    return ("paywall", f"{len(text)} characters, and its JSON-LD says it is not free") if closed and text else None


def _forum(kept: Sequence[Block], types: frozenset[str]) -> tuple[str, str] | None:
    if types & {"discussionforumposting", "qapage"}:
        return "forum", "its structured data says so"
    evidence = next((each.reason for block in kept for each in block.labels if each.name == "thread"), None)
    return ("forum", evidence) if evidence is not None else None


_ARTICLES = frozenset({"article", "newsarticle", "blogposting", "reportagenewsarticle", "liveblogposting", "product", "recipe"})


def _documentation(outline: Outline, types: frozenset[str]) -> tuple[str, str] | None:
    if types & {"techarticle", "apireference"}:
        return "documentation", "its structured data says so"
    generator = next((value for name, value in outline.head.meta if name == "generator"), "")
    made = _DOCUMENTERS.search(generator)
    if made is not None:
        return "documentation", f"made by {made[0]}"
    whole = sum(len(block.text) for block in outline.blocks)
    code = sum(len(block.text) for block in outline.blocks if "pre" in block.path)
    return ("documentation", f"{code / whole:.0%} of its text is code") if whole and code / whole > _CODE else None


def _listing(outline: Outline, kept: Sequence[Block], types: frozenset[str]) -> tuple[str, str] | None:
    if types & _ARTICLES:
        return None
    whole = sum(len(block.text) for block in outline.blocks)
    linked = sum(block.linked for block in outline.blocks)
    prose = sum(len(block.text) for block in outline.blocks if len(block.text) > 200 and block.link_density < 0.2)
    if whole > PAGE and linked > 0.6 * whole and prose < 600:
        return "listing", f"{linked / whole:.0%} of its text are links"
    items = _items(kept)
    mine = sum(len(block.text) for block in kept) or 1
    if items >= ITEMS and sum(block.linked for block in kept) > 0.3 * mine:
        return "listing", f"{items} linked items of one kind"
    heads = [block for block in kept if block.tag in _HEADS]
    linked_heads = sum(block.link_density > 0.7 for block in heads)
    if linked_heads >= TEASERS and linked_heads > 0.7 * len(heads) and mine < BELOW * linked_heads:
        return "listing", f"{linked_heads} linked headings with little below each"
    if types & {"collectionpage", "itemlist", "searchresultspage"} and items >= ITEMS:
        return "listing", "its structured data says so"
    return None


def _items(kept: Sequence[Block]) -> int:
    """The most numerous sort of linked line among what is kept."""
    sorts = Counter(_sorts(kept))
    return max(sorts.values(), default=0)


def _sorts(kept: Sequence[Block]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    return ((block.path, block.classes[-2:]) for block in kept if block.link_density > 0.7 and len(block.text) > 15)
