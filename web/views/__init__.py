"""The pages, each kind in its module."""

from web.views import changes, entry, facet, search  # each adds its addresses
from web.views.links import pages

__all__ = ["changes", "entry", "facet", "pages", "search"]
