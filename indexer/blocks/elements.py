"""lxml's own tree: the same walk, some six times faster than over Beautiful Soup's.

Invariant: it gives the blocks that Beautiful Soup gives, or `NotFor` says that this page is for Beautiful Soup.
"""

import itertools
import re
from collections.abc import Iterator, Mapping

from lxml import etree

from indexer.blocks.tree import ENTER, LEAVE, TEXT

__all__ = ["Elements", "NotFor"]

_DECLARED = re.compile(r"\s*<\?xml", re.IGNORECASE)


class NotFor(Exception):
    """lxml would lose some of this page."""


class Elements:
    """A page as lxml sees it; the methods are those of `Tree`."""

    def __init__(self, text: str) -> None:
        if _DECLARED.match(text):
            raise NotFor("an XML declaration")
        parser = etree.HTMLParser(huge_tree=True)
        try:
            parser.feed(text)  # in one piece, as Beautiful Soup feeds it
            root = parser.close()
        except (etree.LxmlError, ValueError) as error:
            raise NotFor(str(error)) from error
        if root is None:
            raise NotFor("no element")
        if len(parser.feed_error_log.filter_from_fatals()):
            raise NotFor("a fatal error: nested too deeply")
        after = (each for each in root.itersiblings() if isinstance(each.tag, str))
        self._roots: list[etree._Element] = [root, *after]  # text behind </html> makes a second root

    def events(self, skipped: frozenset[str]) -> Iterator[tuple[int, str, etree._Element | None]]:
        if len(self._roots) == 1:  # one generator less for each event
            return _events(self._roots[0], skipped)
        return itertools.chain.from_iterable(_events(root, skipped) for root in self._roots)

    def attributes(self, node: etree._Element) -> Mapping[str, str]:
        return dict(node.items())

    def inside(self, node: etree._Element) -> Iterator[tuple[str, str]]:
        for event, element in etree.iterwalk(node, events=("start", "end", "comment", "pi")):
            if event == "start":
                if element is not node:
                    yield element.tag.lower(), ""
                if element.text:
                    yield "", element.text
            elif element is not node and element.tail:
                yield "", element.tail

    def around(self, node: etree._Element) -> Iterator[str]:
        return (parent.tag.lower() for parent in node.iterancestors())

    def elements(self, *names: str) -> Iterator[etree._Element]:
        return (element for root in self._roots for element in root.iter(*names))

    def having(self, attribute: str) -> Iterator[etree._Element]:
        query = "descendant-or-self::*[@*[name() = $name]]"
        return (element for root in self._roots for element in root.xpath(query, name=attribute))


def _events(root: etree._Element, skipped: frozenset[str]) -> Iterator[tuple[int, str, etree._Element | None]]:
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    left: etree._Element | None = None
    for event, element in walk:
        if event == "start":
            name = element.tag.lower()
            if name in skipped:
                walk.skip_subtree()
                left = element
            else:
                yield ENTER, name, element
                if element.text:
                    yield TEXT, element.text, None
            continue
        if event == "end":
            if element is left:
                left = None
            else:
                yield LEAVE, element.tag.lower(), element
        if element.tail and element is not root:
            yield TEXT, element.tail, None
