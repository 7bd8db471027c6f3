"""A folder as a stream of files, and a saved page among them as a Page.

Invariant: the order depends on names only; every file is met once, whatever links there are.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from indexer.page import MAX_PAGE, Page
from indexer.sources.address import HEAD, saved_address
from indexer.sources.file import TOO_LARGE, File, Tally, is_html

__all__ = ["read_saved_page", "walk"]

_OWN_FILES = {
    "cookies.txt": "cookies of the saving tool",
    "hts-log.txt": "HTTrack's own file",
    "robots.txt": "robots.txt",
}
_HTTRACK_INDEX = b"Created by HTTrack"


def walk(root: str, tally: Tally, broken: list[str]) -> Iterator[File]:
    """The files of a folder (or the file itself), sorted by name within each folder, folders after files.

    Links are followed out of the folder, not within it, where what they lead to is met anyway. What cannot be listed is
    added to `broken`.
    """
    inside = Path(root).resolve()
    met: set[tuple[int, int]] = set()
    waiting = [Path(root)]
    while waiting:
        path = waiting.pop()
        try:
            info = path.stat()
            if str(path) != root and path.is_symlink() and path.resolve().is_relative_to(inside):
                tally.skip("link within the folder")
            elif stat.S_ISDIR(info.st_mode):
                if (info.st_dev, info.st_ino) in met:
                    tally.skip("link to a folder that was read")
                elif path.name == "hts-cache":
                    tally.skip("HTTrack's own folder")
                else:
                    met.add((info.st_dev, info.st_ino))
                    inner = ((each.is_dir(), os.fsencode(each.name), each) for each in path.iterdir())
                    waiting.extend(each for *_, each in sorted(inner, reverse=True))
            elif not stat.S_ISREG(info.st_mode):
                tally.skip("no regular file")
            elif not info.st_size:
                tally.skip("empty file")
            else:
                yield File(str(path), info.st_size, info.st_mtime)
        except FileNotFoundError:
            tally.skip("broken link" if path.is_symlink() else "file that vanished")
        except OSError as error:
            broken.append(f"{path} cannot be read: {error.strerror}")


def read_saved_page(file: File, tally: Tally) -> Iterator[Page]:
    """The page, or nothing where the file is one that the saving tool made for itself."""
    name = Path(file.stem).name
    if name in _OWN_FILES:
        tally.skip(_OWN_FILES[name])
        return
    if name.endswith(".orig") and Path(file.path.removesuffix(".orig")).exists():
        tally.skip("copy from before wget changed the links")
        return
    with file.open() as stream:
        body = stream.read(MAX_PAGE + 1)
    if _HTTRACK_INDEX in body[:HEAD]:
        tally.skip("HTTrack's own file")
        return
    address, saved = saved_address(file.stem, body[:HEAD])
    too_large = len(body) > MAX_PAGE
    yield Page(
        url=address or file.url,
        body=b"" if too_large else body,
        source=file.path,
        content_type="text/plain" if file.suffix == ".txt" and not is_html(body[:HEAD]) else None,
        fetched=saved or file.fetched,
        refusal=TOO_LARGE if too_large else None,
    )
