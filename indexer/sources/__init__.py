"""Whatever people have of scraped pages -> a stream of `Page`. Nothing is loaded whole; nothing is lost in silence."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from indexer.errors import NoSource
from indexer.sources.source import Source

__all__ = ["Source", "open_source"]

_NO_FIELDS: Mapping[str, str] = MappingProxyType({})


def open_source(
    path: str | Path,
    *,
    fields: Mapping[str, str] = _NO_FIELDS,
    within: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Source:
    """The pages of a file or folder. `fields` names a feed's columns (`{"url": "link"}`: ours, then theirs); files and
    folders in it may have names of their own (`within`, by absolute path).

    NoSource where there is no such file or folder.
    """
    full = os.path.abspath(path)  # noqa: PTH100  Path.absolute keeps the dots of "../pages"
    if not Path(full).exists():
        raise NoSource(f"there is no file or folder {full}")
    return Source(full, fields, within)
