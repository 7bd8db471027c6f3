"""What can go wrong in the indexer. A refused page is counted; a failed source stops at what it gave."""

__all__ = ["BadRules", "IndexerError", "NoPages", "NoSource", "RefusedPage", "SourceError", "Unsettled"]


class IndexerError(Exception):
    """Base of every error this package raises; its message says what to do next."""


class RefusedPage(IndexerError):
    """A page that gives no article; its text is the reason, short enough to be counted by."""


class SourceError(IndexerError):
    """A source that does not exist, holds nothing or breaks half way. What was read before it counts."""


class NoSource(SourceError):
    """There is no such file or folder."""


class NoPages(SourceError):
    """The source was read to its end, and there was no page in it."""


class Unsettled(IndexerError):
    """A worker died over what pages have in common; another run goes on there."""


class BadRules(IndexerError):
    """The user's banner rules cannot be used; the message says which and why."""
