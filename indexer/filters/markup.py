"""What tags, classes and roles say: navigation, asides, hidden parts, and where the article's body is.

Weak evidence by itself, since authors misname; strong where the body is named and holds most of the page's prose.
"""

import re
from dataclasses import replace

from indexer.blocks import Block, Outline

__all__ = ["BODY", "label"]

NAME = "markup"

_TAGS = {"nav": "navigation", "footer": "footer", "menu": "menu", "dialog": "dialog", "form": "form"}
_WORD = re.compile(
    r"^(?:.*[-_])?(?P<word>nav|navbar|navigation|menu|breadcrumbs?|footer|sidebar|side-?bar|rail|related|recommend(?:ed|ations)?"
    r"|more-?stories|most-?(?:read|popular)|popular|trending|promo|advert(?:isement|ising|s)?|ads?|sponsor(?:ed)?|share|sharing"
    r"|social|sharedaddy|cookies?|consent|gdpr|newsletter|subscribe|subscription|signup|paywall|popup|modal|overlay|toolbar"
    r"|pagination|pager|widget|taboola|outbrain|teaser|skip-?link|screen-reader-text|sr-only|visually-?hidden|login"
    r"|complementary|contentinfo|search|comment-?form|respond|jp-relatedposts|tags?-?(?:list|links|cloud)|toc|mw-editsection"
    r"|noprint|print-?only|site-?header|masthead|topbar|copyright|disclaimer|author-?bio|post-?navigation)s?(?:[-_].*)?$"
)
_WHOLE_PAGE = re.compile(r"^(?:has|no|with|is|page|layout|body|js|one|two|three)[-_]|[-_](?:page|layout|template|active|open|enabled)$")
#: Names of the element that holds an article's text.
BODY = re.compile(
    r"^(?:articlebody|(?:article|entry|post|story|content|news|blog|page|main|text|body|rich)[-_]{0,2}"
    r"(?:body|content|text|copy|main|inner|article|entry)(?:[-_]{1,2}(?:text|content|body|inner|wrapper))?|mw-parser-output"
    r"|postbody|post-?message|messagetext|message-?(?:body|content|text)|maincontent|entry|hentry|h-entry|e-content)$"
)


def label(outline: Outline) -> Outline:
    if outline.flat:
        return outline
    blocks = [_labelled(block) for block in outline.blocks]
    prose = sum(_prose(block) for block in blocks)
    shown = sum(_prose(block) for block in blocks if not block.hidden)
    if shown < 0.3 * prose:  # a page that scripts unfold: what is hidden is all there is
        blocks = [replace(b, labels=tuple(label for label in b.labels if label.reason != _HIDDEN)) for b in blocks]
    else:
        prose = shown
    for inside in (_in_named_body, _in_article, _in_main):
        within = [inside(block) for block in blocks]
        held = sum(_prose(block) for block, yes in zip(blocks, within, strict=True) if yes and _is_free(block))
        free = sum(_prose(block) for block in blocks if _is_free(block))
        if held > 0.5 * free and held > 200:
            blocks = [b if yes else _outside(b) for b, yes in zip(blocks, within, strict=True)]
            break
    return replace(outline, blocks=tuple(blocks))


_HIDDEN = "hidden in the browser"


def _labelled(block: Block) -> Block:
    if block.hidden:
        block = block.labelled(NAME, _HIDDEN, keep=False)
    for tag, what in _TAGS.items():
        if tag in block.path and not (tag == "form" and len(block.text) > 200):
            return block.labelled(NAME, f"in a {what}", keep=False)
    if "aside" in block.path and len(block.text) < 1_000:
        return block.labelled(NAME, "in an aside", keep=False)
    if "header" in block.path and "article" not in block.path and "main" not in block.path and block.tag != "h1":
        return block.labelled(NAME, "in the page's header", keep=False)
    for token in block.classes:
        found = _WORD.match(token)
        if found is not None and not _WHOLE_PAGE.search(token) and len(block.text) < 600:
            return block.labelled(NAME, f"class {token[:40]}", keep=False)
    return block


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
