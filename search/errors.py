"""What can go wrong in search, in words for the person who has to mend it."""

__all__ = ["BadAddress", "BadDocument", "Busy", "DamagedIndex", "LedgerError", "NoIndex", "SearchError", "StaleCursor"]


class SearchError(Exception):
    """Base of every error this package raises; its message says what to do next."""


class NoIndex(SearchError):
    """There is no index (yet) where one was asked for."""


class DamagedIndex(SearchError):
    """The index is there but cannot be read; `reindex --rebuild` makes a new one from the ledger."""


class StaleCursor(SearchError):
    """Hits were to be continued of a state of the index that is gone; only a new search helps."""


class BadAddress(SearchError):
    """An engine address that names no engine we have."""


class BadDocument(SearchError):
    """A document with a field of the wrong type or size; nothing of it reached the index."""


class LedgerError(SearchError):
    """The ledger cannot be opened or is of another version."""


class Busy(SearchError):
    """Another process writes to the same data folder."""
