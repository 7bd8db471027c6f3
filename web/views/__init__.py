"""The pages, each kind in its module."""

from web.views import about, blocked, changes, entry, facet, help, search, why  # each adds its addresses
from web.views.links import pages

__all__ = ["about", "blocked", "changes", "entry", "facet", "help", "pages", "search", "why"]
