"""Beautiful Soup's tree: the parser of reference, and the one that loses nothing however deep a page is nested."""

import warnings
from collections.abc import Iterator, Mapping

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from indexer.blocks.tree import ENTER, LEAVE, TEXT

__all__ = ["Soup"]


class Soup:
    """A page as Beautiful Soup sees it; the methods are those of `Tree`."""

    def __init__(self, text: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # XHTML is read as browsers read it
            self._soup = BeautifulSoup(text, "lxml")

    def events(self, skipped: frozenset[str]) -> Iterator[tuple[int, str, Tag | None]]:
        way: list[tuple[str, Tag, Iterator[PageElement]]] = []
        children = iter(self._soup.children)
        while True:
            child = next(children, None)
            if child is None:
                if not way:
                    return
                name, tag, children = way.pop()
                yield LEAVE, name, tag
            elif isinstance(child, Tag):
                name = child.name.lower()
                if name not in skipped:
                    yield ENTER, name, child
                    way.append((name, child, children))
                    children = iter(child.children)
            elif _is_text(child):
                yield TEXT, str(child), None

    def attributes(self, node: Tag) -> Mapping[str, str]:
        return {key: " ".join(value) if isinstance(value, list) else value for key, value in node.attrs.items()}

    def inside(self, node: Tag) -> Iterator[tuple[str, str]]:
        for inner in node.descendants:
            if isinstance(inner, Tag):
                yield inner.name.lower(), ""
            elif _is_text(inner):
                yield "", str(inner)

    def around(self, node: Tag) -> Iterator[str]:
        return (parent.name.lower() for parent in node.parents)

    def elements(self, *names: str) -> Iterator[Tag]:
        return (tag for tag in self._soup.descendants if isinstance(tag, Tag) and tag.name.lower() in names)

    def having(self, attribute: str) -> Iterator[Tag]:
        return (tag for tag in self._soup.descendants if isinstance(tag, Tag) and attribute in tag.attrs)


def _is_text(element: PageElement) -> bool:
    return isinstance(element, NavigableString) and not isinstance(element, PreformattedString)
