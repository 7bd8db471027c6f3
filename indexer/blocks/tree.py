"""What a walk needs of a parser's tree, so that one walk runs over two parsers' trees."""

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar

__all__ = ["ENTER", "LEAVE", "TEXT", "Node", "Tree"]

ENTER, LEAVE, TEXT = 0, 1, 2

Node = TypeVar("Node")


class Tree(Protocol[Node]):
    """A parsed page, seen without regard to its parser. Names are lower-cased; no method recurses."""

    def events(self, skipped: frozenset[str]) -> Iterator[tuple[int, str, Node | None]]:
        """The page from top to bottom: (ENTER, tag name, element), (LEAVE, tag name, element), (TEXT, text, None).

        Elements of the `skipped` names, and what is in them, are left out.
        """

    def attributes(self, node: Node) -> Mapping[str, str]:
        """An element's attributes, as written; several tokens parted by spaces."""

    def inside(self, node: Node) -> Iterator[tuple[str, str]]:
        """What stands in an element, in page order: (tag name, "") or ("", text)."""

    def around(self, node: Node) -> Iterator[str]:
        """The names of the elements that an element stands in."""

    def elements(self, *names: str) -> Iterator[Node]:
        """The page's elements of these names, in page order."""

    def having(self, attribute: str) -> Iterator[Node]:
        """The page's elements with this attribute, in page order."""
