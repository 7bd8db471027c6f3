"""Evidence about blocks: each filter labels, none decides. They run in this order, later ones see earlier labels;
`template` comes after them, once the site is known."""

from indexer.blocks import Outline
from indexer.filters import banners, content, density, endings, menus, posts, template

__all__ = ["FILTERS", "banners", "label", "template"]

FILTERS = (banners.label, menus.label, endings.label, content.label, density.label, posts.label)


def label(outline: Outline, rules: str = "") -> Outline:
    """The outline with every filter's labels on its blocks; `rules` are the user's families of banners, as TOML."""
    if rules:
        outline = banners.label(outline, rules)
    for each in FILTERS:
        outline = each(outline)
    return outline
