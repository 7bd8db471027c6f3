"""Where the content is over: related links, comments, newsletters and the like, and all that comes after them.

Only after half of the page's prose: a word such as "Comments" may stand anywhere.
"""

import re
from dataclasses import replace

from indexer.blocks import Outline

__all__ = ["label"]

NAME = "ending"
LONGEST = 60  # characters of a line that can end the content

#: Lines that head what follows the content.
_STRONG = (
    r"(?:\d+ )?(?:(?:post|leave|add|write|show|view|join the)? ?(?:a |your |all |the )?(?:comments?|discussion|conversation)"
    r"(?: \(\d+\)|: \d+)?)",
    r"leave a (?:reply|comment)|related (?:articles|stories|posts|content|topics|news|links|coverage|reading)",
    r"most (?:read|popular|viewed|shared)|recommended(?: for you| stories| reading| articles)?|trending(?: now)?",
    r"you (?:may|might) (?:also )?(?:like|be interested in|enjoy)|top stories|latest (?:news|stories|posts|articles)",
    r"share this(?: article| post| story)?:?|about the author",
    r"kommentare?(?: \(\d+\))?|(?:schreiben? sie|schreibe) einen kommentar|diskutieren sie mit|mehr zum thema",
    r"weitere (?:artikel|meldungen|nachrichten|themen)|das könnte (?:sie|dich) auch interessieren|zum thema|meistgelesen",
    r"(?:ähnliche|verwandte) (?:artikel|beiträge|themen)|auch interessant",
    r"commentaires?|laisser un commentaire|articles (?:similaires|liés)|sur le même (?:sujet|thème)|les plus lus",
    r"comentarios?|deja (?:un|tu) comentario|(?:noticias|artículos|contenidos?) relacionad[oa]s?|te puede interesar",
    r"lo más (?:leído|visto)|commenti|lascia un commento|articoli correlati|potrebbe interessarti.{0,10}",
    r"comentários|artigos relacionados|reacties|gerelateerde .{2,20}|комментарии.{0,10}|похожие .{2,20}|по теме",
    r"yorumlar|ilgili (?:haberler|yazılar)|komentarze|powiązane .{2,20}|kommentarer|評論|评论|关联阅读|相关(?:阅读|新闻|文章)",
    r"関連(?:記事|ニュース)|コメント",
)
#: Lines that end the content as headings; elsewhere they point away from the middle of it, and go alone.
_WEAK = (
    r"read (?:more|next|also)(?: on .{1,30}| in .{1,30})?|more (?:from|on|in|news|stories|like this|to read|articles).{0,40}",
    r"also on .{2,40}|sign up (?:for|to) .{2,50}|subscribe (?:to|now|for) .{0,50}|lesen sie auch|(?:à|a) lire (?:aussi|également)",
    r"más (?:noticias|información|en .{2,30})|leggi anche|leia (?:também|mais)|lees (?:ook|meer)|читайте также.{0,5}",
    r"czytaj (?:też|także|więcej)|läs (?:också|mer|även)",
)


def _lines(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns)})[:.…]?", re.IGNORECASE)


STRONG, WEAK = _lines(*_STRONG), _lines(*_WEAK)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def label(outline: Outline) -> Outline:
    blocks = list(outline.blocks)
    prose = [
        size if (size := len(b.text)) > 80 and not b.labels and b.link_density < 0.4 else 0
        for b in blocks
    ]
    total, seen, ended = sum(prose), 0, ""
    for index, (block, size) in enumerate(zip(outline.blocks, prose, strict=True)):
        if ended:
            blocks[index] = block.labelled(NAME, ended, keep=False)
        elif seen > 0.5 * total and len(block.text) <= LONGEST:
            heads = block.tag in HEADINGS
            if STRONG.fullmatch(block.text) or (heads and WEAK.fullmatch(block.text)):
                ended = f"after “{block.text[:40]}”"
            if ended or WEAK.fullmatch(block.text):
                blocks[index] = block.labelled(NAME, "points away from the content", keep=False)
        seen += size
    return replace(outline, blocks=tuple(blocks))
