"""Where the content is over: related links, comments, newsletters and the like, and all that comes after them.

Only after half of the page's prose: a word such as "Comments" may stand anywhere.
"""

import re
from dataclasses import replace

from indexer.blocks import Block, Outline

__all__ = ["label"]

NAME = "ending"
LONGEST = 60  # characters of a line that can end the content

_ENDING = re.compile(
    r"^(?:\d+ )?(?:(?:post|leave|add|write|show|view|join the)? ?(?:a |your |all |the )?(?:comments?|discussion|conversation|reply)"
    r"(?: \(\d+\)|: \d+)?|leave a (?:reply|comment)|related (?:articles|stories|posts|content|topics|news|links|coverage|reading)"
    r"|read (?:more|next|also)(?: on .{1,30}| in .{1,30})?|more (?:from|on|in|news|stories|like this|to read|articles).{0,40}"
    r"|most (?:read|popular|viewed|shared)|recommended(?: for you| stories| reading| articles)?|you (?:may|might) (?:also )?"
    r"(?:like|be interested in|enjoy)|also on .{2,40}|trending(?: now)?|top stories|latest (?:news|stories|posts|articles)"
    r"|sign up (?:for|to) .{2,50}|subscribe (?:to|now|for) .{0,50}|share this(?: article| post| story)?:?|about the author"
    r"|kommentare?(?: \(\d+\))?|(?:schreiben? sie|schreibe) einen kommentar|diskutieren sie mit|mehr zum thema|lesen sie auch"
    r"|weitere (?:artikel|meldungen|nachrichten|themen)|das könnte (?:sie|dich) auch interessieren|ähnliche (?:artikel|beiträge)"
    r"|verwandte (?:artikel|themen|beiträge)|meistgelesen|zum thema|auch interessant"
    r"|commentaires?|laisser un commentaire|(?:à|a) lire (?:aussi|également)|articles (?:similaires|liés)|sur le même (?:sujet|thème)"
    r"|les plus lus|comentarios?|deja (?:un|tu) comentario|(?:noticias|artículos|contenidos?) relacionad[oa]s?"
    r"|te puede interesar|lo más (?:leído|visto)|más (?:noticias|información|en .{2,30})|commenti|lascia un commento"
    r"|articoli correlati|leggi anche|potrebbe interessarti.{0,10}|comentários|leia (?:também|mais)|artigos relacionados"
    r"|reacties|lees (?:ook|meer)|gerelateerde .{2,20}|комментарии.{0,10}|читайте также.{0,5}|похожие .{2,20}|по теме"
    r"|yorumlar|ilgili (?:haberler|yazılar)|komentarze|czytaj (?:też|także|więcej)|powiązane .{2,20}|kommentarer|läs (?:också|mer|även)"
    r"|評論|评论|相关(?:阅读|新闻|文章)|関連(?:記事|ニュース)|コメント)[:.…]?$",
    re.IGNORECASE,
)


def label(outline: Outline) -> Outline:
    blocks = list(outline.blocks)
    prose = [len(b.text) if len(b.text) > 80 and b.link_density < 0.4 and not b.labels else 0 for b in blocks]
    total, seen, ended = sum(prose), 0, ""
    for index, block in enumerate(blocks):
        rest = total - seen
        if ended:
            blocks[index] = block.labelled(NAME, ended, keep=False)
        elif seen > 0.5 * total and rest < 0.5 * total and _ends(block):
            ended = f"after “{block.text[:40]}”"
            blocks[index] = block.labelled(NAME, "ends the content", keep=False)
        seen += prose[index]
    return replace(outline, blocks=tuple(blocks))


def _ends(block: Block) -> bool:
    return len(block.text) <= LONGEST and _ENDING.match(block.text) is not None
