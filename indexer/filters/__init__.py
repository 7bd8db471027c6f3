"""Evidence about blocks: each filter labels, none decides. They run in this order, later ones see earlier labels."""

from indexer.blocks import Outline
from indexer.filters import banners, density, endings, headings, markup, menus

__all__ = ["FILTERS", "banners", "label"]

FILTERS = (banners.label, menus.label, markup.label, endings.label, density.label, headings.label)


def label(outline: Outline, rules: str = "") -> Outline:
    """The outline with every filter's labels on its blocks; `rules` are the user's families of banners, as TOML."""
    if rules:
        outline = banners.label(outline, rules)
    for each in FILTERS:
        outline = each(outline)
    return outline
