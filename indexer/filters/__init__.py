"""Evidence about blocks: each filter labels, none decides. They run in this order, later ones see earlier labels."""

from indexer.blocks import Outline
from indexer.filters import banners, content, density, endings, menus, posts

__all__ = ["FILTERS", "label"]

FILTERS = (banners.label, menus.label, endings.label, content.label, density.label, posts.label)


def label(outline: Outline) -> Outline:
    """The outline with every filter's labels on its blocks."""
    for each in FILTERS:
        outline = each(outline)
    return outline
