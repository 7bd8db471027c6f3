"""Beautiful Soup's tree, told tag by tag: the parser of reference."""

import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from indexer.blocks.reader import Reader

__all__ = ["tell"]


def tell(text: str, reader: Reader) -> None:
    """Let the reader hear the page."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # XHTML is read as browsers read it
        soup = BeautifulSoup(text, "lxml")
    way: list[tuple[str, Iterator[PageElement]]] = []
    children = iter(soup.children)
    while True:
        child = next(children, None)
        if child is None:
            if not way:
                break
            name, children = way.pop()
            reader.end(name)
        elif isinstance(child, Tag):
            name = child.name.lower()
            reader.start(name, _attributes(child))
            way.append((name, children))
            children = iter(child.children)
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            reader.data(str(child))
        else:
            reader.comment(str(child))
    reader.close()


def _attributes(tag: Tag) -> dict[str, str]:
    return {key: " ".join(value) if isinstance(value, list) else value for key, value in tag.attrs.items()}
