"""lxml tells a page, tag by tag: some six times faster than Beautiful Soup, which makes a tree of the same.

Invariant: it gives the blocks that Beautiful Soup gives, or `NotFor` says that this page is for Beautiful Soup.
"""

import re

from lxml import etree

from indexer.blocks.reader import Reader

__all__ = ["NotFor", "tell"]

_DECLARED = re.compile(r"\s*<\?xml", re.IGNORECASE)


class NotFor(Exception):
    """lxml would lose some of this page."""


def tell(text: str, reader: Reader) -> None:
    """Let the reader hear the page."""
    if _DECLARED.match(text):
        raise NotFor("an XML declaration")
    parser = etree.HTMLParser(target=reader, huge_tree=True)
    try:
        parser.feed(text)  # in one piece, as Beautiful Soup feeds it
        parser.close()
    except (etree.LxmlError, ValueError) as error:
        raise NotFor(str(error)) from error
    if len(parser.feed_error_log.filter_from_fatals()):
        raise NotFor("a fatal error")
