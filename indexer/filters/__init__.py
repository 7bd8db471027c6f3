"""Evidence about blocks: each filter labels, none decides. They run in this order, later ones see earlier labels;
`template` comes after them, once the site is known."""

from indexer.blocks import Outline
from indexer.filters import banners, density, endings, headings, markup, menus, template

__all__ = ["FILTERS", "label", "template"]

FILTERS = (banners.label, menus.label, markup.label, endings.label, density.label, headings.label)


def label(outline: Outline) -> Outline:
    """The outline with every filter's labels on its blocks."""
    for each in FILTERS:
        outline = each(outline)
    return outline
