"""Threads and comments: a thread keeps all its posts, each with its author's line; an article does without its comments.

Posts are told by the numbers that forums give them, by names that forum software uses, or by structured data; their
authors by the names of the elements that hold them.
"""

import re
from collections import Counter, defaultdict
from dataclasses import replace

from indexer.blocks import Block, Outline

__all__ = ["label"]

NAME = "post"
THREAD = "thread"  # the label of a thread's first block, with the evidence
FEWEST = 2  # posts
LONGEST = 60  # characters of a line that names an author
PROSE = 60  # characters of a block that makes an element with a number a post
MOST = 0.5  # share of what is kept that stands in a thread's posts; none has nearly all
NEARLY_ALL = 0.9
ENOUGH = 400  # characters beside its comments that an article has, and at least this share of all that is kept:
SHARE = 0.35

_POST = re.compile(
    r"(?:js-)?(?:post|msg|message|answer|reply|comment|p)[-_]?(?:content|body|id|text|wrap|container)?[-_]?\d{1,10}"
)
_AUTHOR = re.compile(r"(?:.*[-_])?(?:author|user-?name|user|poster|nick-?name|creator|owner|names)(?:[-_].*)?")
_COMMENT = re.compile(r"(?:.*[-_])?comments?(?:[-_]?(?:list|body|text|content|area|wrap|item|thread|\d+).*)?|disqus.*")
_FORUM = re.compile(
    r"(?:.*[-_])?(?:viewtopic|topic-?(?:post|body|author)|postbody|post-?author|postprofile|thread-?(?:view|title|body)|messagelist"
    r"|message-?(?:user|cell|body|userdetails)|forum-?(?:post|topic|thread)|post(?:er|_body|row)|bbwrapper|p-body|crawler-post"
    r"|answercell|ips(?:comment|type)_?\w*|lia-message\w*)(?:[-_].*)?"
)
_SAID = re.compile(r'"(?:DiscussionForumPosting|QAPage)"')
_ARTICLE = re.compile(r'"@type"\s*:\s*\[?\s*"(?:\w*Article|\w*BlogPosting|Product|Recipe)"')


def label(outline: Outline) -> Outline:
    names = frozenset().union(*{block.classes for block in outline.blocks})
    numbers = _numbers(outline, names)
    held: defaultdict[str, list[Block]] = defaultdict(list)
    for number, block in zip(numbers, outline.blocks, strict=True):
        if number is not None and _is_kept(block):
            held[number].append(block)
    posts = {number: some for number, some in held.items() if any(len(block.text) > PROSE for block in some)}
    evidence = _thread(outline, names, posts)
    blocks = _authored(outline, numbers, posts) if evidence else _uncommented(outline, names)
    first = next((index for index, block in enumerate(blocks) if _is_kept(block)), None)
    if evidence and first is not None:
        blocks[first] = blocks[first].labelled(THREAD, evidence, keep=True)
    return replace(outline, blocks=tuple(blocks))


def _numbers(outline: Outline, names: frozenset[str]) -> list[str | None]:
    """The number of the innermost post that each block stands in; `names` are those of all elements of the page."""
    posts = {token: re.sub(r"\D", "", token) for token in names if token[-1].isdecimal() and _POST.fullmatch(token)}
    if not posts:
        return [None] * len(outline.blocks)
    return [next((posts[token] for token in reversed(block.classes) if token in posts), None) for block in outline.blocks]


def _is_kept(block: Block) -> bool:
    return bool(block.labels) and all(each.keep for each in block.labels)


def _thread(outline: Outline, names: frozenset[str], posts: dict[str, list[Block]]) -> str:
    """Why the page is a thread, or ""."""
    if any(_SAID.search(script) for script in outline.head.json_ld):
        return "its structured data says so"
    if any(_ARTICLE.search(script) for script in outline.head.json_ld):
        return ""
    named = set(filter(_FORUM.fullmatch, names))
    if len(named) > FEWEST:
        return f"elements named {', '.join(sorted(named)[:2])}"
    whole = sum(len(block.text) for block in outline.blocks if _is_kept(block))
    sizes = [sum(len(block.text) for block in some) for some in posts.values()]
    headed = sum(any(block.tag in ("h1", "h2", "h3") for block in some) for some in posts.values())
    if len(posts) >= FEWEST and headed <= len(posts) / 2 and MOST * whole < sum(sizes) and max(sizes) < NEARLY_ALL * whole:
        return f"{len(posts)} numbered posts"
    return ""


def _authored(outline: Outline, numbers: list[str | None], posts: dict[str, list[Block]]) -> list[Block]:
    """Each post with its author's line, and with the short lines that stand where the other posts have their text."""
    bodies = Counter(_sort(block) for some in posts.values() for block in some if len(block.text) > PROSE)
    usual = {sort for sort, count in bodies.items() if count >= len(posts) / 2}
    named: set[str] = set()
    blocks = list(outline.blocks)
    for index, (number, block) in enumerate(zip(numbers, blocks, strict=True)):
        if number is None or any(each.name == "banner" for each in block.labels):
            continue
        if number not in named and _names_an_author(block):
            named.add(number)
            blocks[index] = _kept(block, f"the author of post {number}")
        elif _sort(block) in usual or _is_kept(block):
            blocks[index] = _kept(block, f"in post {number}")
    return blocks


def _sort(block: Block) -> tuple[tuple[str, ...], str]:
    """What blocks of one sort share: tags, and the nearest name without its number."""
    return block.path, re.sub(r"\d+", "", block.classes[-1]) if block.classes else ""


def _names_an_author(block: Block) -> bool:
    return len(block.text) <= LONGEST and any(_AUTHOR.fullmatch(token) for token in block.classes[-4:])


def _kept(block: Block, reason: str) -> Block:
    kept = tuple(each for each in block.labels if each.keep)
    return block.with_labels(kept).labelled(NAME, reason, keep=True)


def _uncommented(outline: Outline, names: frozenset[str]) -> list[Block]:
    tokens = {token for token in names if ("comment" in token or "disqus" in token) and _COMMENT.fullmatch(token)}
    if not tokens:
        return list(outline.blocks)
    comments = [not tokens.isdisjoint(block.classes) for block in outline.blocks]
    sizes = [len(block.text) * _is_kept(block) for block in outline.blocks]
    beside = sum(size for size, comment in zip(sizes, comments, strict=True) if not comment)
    if beside < max(ENOUGH, SHARE * sum(sizes)):
        return list(outline.blocks)
    pairs = zip(outline.blocks, comments, strict=True)
    return [
        block.labelled(NAME, "a comment under the article", keep=False) if comment and _is_kept(block) else block
        for block, comment in pairs
    ]
