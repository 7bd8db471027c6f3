"""What tags, classes and roles say: navigation, asides, hidden parts, and where the article's body is.

Weak evidence by itself, since authors misname; strong where the body is named and holds most of the page's prose.
"""

import re
from collections import Counter
from dataclasses import replace

from indexer.blocks import Block, Outline

__all__ = ["BODY", "label"]

NAME = "markup"

_TAGS = {
    "nav": "navigation", "footer": "a footer", "menu": "a menu", "dialog": "a dialog", "form": "a form",
    "aside": "an aside", "header": "a header",
}  # fmt: skip
_WORD = re.compile(
    r"^(?:.*[-_])?(?:nav|navbar|navigation|menu|breadcrumbs?|footer|side-?bar|rail|related|recommend(?:ed|ations?)?"
    r"|more-?stories|most-?(?:read|popular)|popular|trending|promo|advert(?:isement|ising|s)?|ads?|sponsor(?:ed)?|shar(?:e|ing)"
    r"|social|sharedaddy|cookies?|consent|gdpr|newsletter|subscri(?:be|ption)|signup|paywall|popup|modal|overlay|toolbar"
    r"|pagination|pager|widget|taboola|outbrain|teaser|skip-?link|screen-reader-text|sr-only|visually-?hidden|login|comments?"
    r"|complementary|contentinfo|search|respond|disqus|relatedposts|tag-?(?:list|links|cloud)|toc|editsection|disclaimer"
    r"|noprint|print-?only|masthead|topbar|copyright|author-?bio|post-?navigation)s?(?:[-_].*)?$"
)
#: A name that covers more of the page's prose than this is no furniture: it says what a layout has, or nothing.
MOST = 0.3
#: Names of the element that holds an article's text.
BODY = re.compile(
    r"^(?:articlebody|(?:article|entry|post|story|content|news|blog|page|main|text|body|rich)[-_]{0,2}"
    r"(?:body|content|text|copy|main|inner|article|entry)(?:[-_]{1,2}(?:text|content|body|inner|wrapper))?|mw-parser-output"
    r"|postbody|post-?message|messagetext|message-?(?:body|content|text)|maincontent|entry|hentry|h-entry|e-content)$"
)


def label(outline: Outline) -> Outline:
    if outline.flat:
        return outline
    blocks = list(outline.blocks)
    shown, whole = (sum(map(_prose, some)) for some in ([b for b in blocks if not b.hidden], blocks))
    if shown > MOST * whole:  # else scripts unfold the page: what is hidden is all there is
        blocks = [b.labelled(NAME, "hidden in the browser", keep=False) if b.hidden else b for b in blocks]
    furniture = _furniture(blocks)
    blocks = [_labelled(block, furniture) if _is_free(block) else block for block in blocks]
    free = sum(_prose(block) for block in blocks if _is_free(block))
    for inside in (_in_named_body, _in_article, _in_main):
        within = [inside(block) for block in blocks]
        held = sum(_prose(block) for block, yes in zip(blocks, within, strict=True) if yes and _is_free(block))
        if held > max(200, 0.5 * free):
            blocks = [b if yes else _outside(b) for b, yes in zip(blocks, within, strict=True)]
            break
    return replace(outline, blocks=tuple(blocks))


def _furniture(blocks: list[Block]) -> dict[str, str]:
    """The names of furniture on this page (tags in capitals, as classes are not), each with what it says of a block."""
    covers: Counter[str] = Counter()
    for block in blocks:
        covers.update(dict.fromkeys(_names(block), _prose(block)))
    found = {tag.upper(): f"in {what}" for tag, what in _TAGS.items()}
    found |= {name: f"class {name[:40]}" for name in covers if _WORD.match(name)}
    whole = sum(map(_prose, blocks))
    return {name: said for name, said in found.items() if covers[name] <= MOST * whole}


def _names(block: Block) -> list[str]:
    return [*(tag.upper() for tag in block.path), *block.classes]


def _labelled(block: Block, furniture: dict[str, str]) -> Block:
    said = next((furniture[name] for name in _names(block) if name in furniture), None)
    if said is None or (block.tag == "h1" and said == "in a header"):
        return block
    return block.labelled(NAME, said, keep=False)


def _outside(block: Block) -> Block:
    return block if block.tag == "h1" else block.labelled(NAME, "outside the article's body", keep=False)


def _in_named_body(block: Block) -> bool:
    return any(BODY.match(token) for token in block.classes)


def _in_article(block: Block) -> bool:
    return "article" in block.path


def _in_main(block: Block) -> bool:
    return "main" in block.path or "main" in block.classes


def _prose(block: Block) -> int:
    """Characters of the block, if it reads like prose."""
    return len(block.text) - block.linked if len(block.text) > 60 and block.link_density < 0.4 else 0


def _is_free(block: Block) -> bool:
    return not any(not label.keep for label in block.labels)
