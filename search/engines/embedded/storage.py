"""Where generations of the index lie, and how a commit reaches the disk.

    DATA/index/CURRENT         names the generation in use; replaced by one rename
    DATA/index/gen-000007/     a Whoosh index, and for each of its commits a manifest of sizes and checksums

Whoosh writes files and renames its table of contents (TOC) over; nothing of that is fsynced. Here the files, then the
manifest, are on the disk before the TOC is renamed, and the folder after.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Set
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from search.engines.embedded import wordbook
from search.errors import DamagedIndex

__all__ = ["DurableStorage", "current", "drop_earlier", "new_generation", "swap", "tidy", "toc_number", "verify"]

CURRENT = "CURRENT"
_GENERATION = re.compile(r"gen-([0-9]{6})")
_TOC = re.compile(r"_MAIN_([0-9]+)\.toc")


class DurableStorage(FileStorage):
    """Files whose TOC is renamed only after all they hold is on the disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        folder = Path(self.folder)
        if safe and (folder / newname).exists():
            raise NameError(f"File {newname!r} exists")  # as Whoosh's own does
        found = _TOC.fullmatch(newname)
        if found is not None:
            self._manifest(folder, found[1], oldname, newname)
            _sync_folder(folder)
        (folder / oldname).replace(folder / newname)
        if found is not None:
            _sync_folder(folder)

    def _manifest(self, folder: Path, number: str, toc: str, final: str) -> None:
        """Size and checksum of each file of this commit; what an earlier commit holds already is not read again.

        What lies beside a segment for suggestions is left out: it may be made anew, and proves itself.
        """
        known = _read_manifest(folder, int(number) - 1)
        sums = {}
        for path in sorted(folder.iterdir()):
            name = path.name
            if name.startswith(("_MAIN_", "manifest-")) or name.upper().endswith(("LOCK", ".TMP")):
                continue
            if path.suffix in wordbook.SUFFIXES:
                continue
            if known.get(name, (None,))[0] == path.stat().st_size:
                sums[name] = known[name]
            elif path.is_file():
                sums[name] = _sum(path, sync=True)
        sums[final] = _sum(folder / toc, sync=True)
        manifest = folder / f"manifest-{number}.json"
        with manifest.open("w", encoding="utf-8") as file:
            json.dump(sums, file)
            file.flush()
            os.fsync(file.fileno())


def current(root: Path) -> Path | None:
    """The folder of the generation in use; None where there is no index yet."""
    try:
        name = _beginning(root / CURRENT).decode("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DamagedIndex(f"{root / CURRENT} cannot be read ({error}): run `reindex --rebuild`") from None
    if not _GENERATION.fullmatch(name) or not (root / name).is_dir():
        raise DamagedIndex(f"{root / CURRENT} names no generation ({name[:40]!r}): run `reindex --rebuild`")
    return root / name


def _beginning(path: Path) -> bytes:
    """The first bytes of a file; every search asks, and a file object takes four times as long to make as to read."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 100)
    finally:
        os.close(descriptor)


def _next_name(root: Path) -> str:
    numbers = [int(found[1]) for path in root.iterdir() if (found := _GENERATION.fullmatch(path.name))]
    return f"gen-{max(numbers, default=0) + 1:06d}"


def new_generation(root: Path) -> Path:
    """An empty folder beside the generation in use; what a killed rebuild left is removed first."""
    root.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(DamagedIndex):
        used = current(root)
        _keep_only(root, {used.name, _before(root, used.name)} if used is not None else set())
    folder = root / _next_name(root)
    folder.mkdir()
    return folder


def swap(root: Path, folder: Path) -> None:
    """Make this generation the one in use; the one before stays for those who read it, older ones go."""
    draft = root / f"{CURRENT}.new"
    with draft.open("w", encoding="ascii") as file:
        file.write(folder.name + "\n")
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(root)
    draft.replace(root / CURRENT)
    _sync_folder(root)
    _keep_only(root, {folder.name, _before(root, folder.name)})


def drop_earlier(root: Path) -> None:
    """Leave the generation in use alone on the disk. Who reads another has its files open, and keeps them."""
    used = current(root)
    if used is not None:
        _keep_only(root, {used.name})


def _keep_only(root: Path, kept: Set[str]) -> None:
    for path in list(root.iterdir()):
        if _GENERATION.fullmatch(path.name) and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def toc_number(folder: Path) -> int:
    """The number of the latest commit, -1 where there is none."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - every search asks, and a Path of each takes twice as long
    except FileNotFoundError:
        return -1
    return max((int(found[1]) for name in names if (found := _TOC.fullmatch(name))), default=-1)


def verify(folder: Path) -> list[str]:
    """What differs from the manifest of the latest commit, in sentences."""
    number = toc_number(folder)
    manifest = _read_manifest(folder, number)
    if not manifest:
        return [f"{folder}: the manifest of commit {number} is missing or damaged"]
    toc = f"_MAIN_{number}.toc"
    if manifest.get(toc) != _sum(folder / toc):
        return [f"{folder / toc} is not as it was written"]
    segments = {segment.segment_id() for segment in FileIndex(DurableStorage(folder))._segments()}
    wrong = []
    for name, sums in manifest.items():
        found = TOC._segment_pattern("MAIN").match(name)
        path = folder / name
        if (found is not None and found[1] not in segments) or path.suffix in wordbook.SUFFIXES:
            continue  # merged into another by the same commit; or of an earlier version, which named these as well
        if not path.is_file():
            wrong.append(f"{path} is missing")
        elif sums != _sum(path):
            wrong.append(f"{path} is not as it was written")
    return wrong


def tidy(folder: Path) -> None:
    """Remove what a killed writer left: temporary TOCs and manifests of other commits."""
    number = toc_number(folder)
    for path in list(folder.iterdir()):
        stale = path.name.startswith("manifest-") and path.name != f"manifest-{number}.json"
        if stale or re.fullmatch(r"_MAIN_[0-9]+\.toc\..+", path.name):
            path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Names of files reach the disk (where the system lets folders be synced)."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _before(root: Path, name: str) -> str:
    earlier = [path.name for path in root.iterdir() if _GENERATION.fullmatch(path.name) and path.name < name]
    return max(earlier, default="")


def _read_manifest(folder: Path, number: int) -> dict[str, tuple[int, str]]:
    try:
        read: Any = json.loads((folder / f"manifest-{number}.json").read_text("utf-8"))
        return {str(name): (int(size), str(digest)) for name, (size, digest) in read.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _sum(path: Path, *, sync: bool = False) -> tuple[int, str]:
    with path.open("rb") as file:
        if sync:
            os.fsync(file.fileno())
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
        return file.tell(), digest.hexdigest()
