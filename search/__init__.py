"""Documents and queries: what is searched, what is asked, and the engines that answer."""

from search.document import Document
from search.engine import open_engine
from search.results import Request, Results

__all__ = ["Document", "Request", "Results", "open_engine"]
