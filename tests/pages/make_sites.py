"""Makes the sample pages: `sites/` and, beside it, what is known to be true of them, `sites-truth.jsonl`.

Invariant: the same bytes on every machine. There is no clock, no random number and no compressor (gzip members hold
stored blocks) in the making; all texts lie in `sample/texts/`.
"""

import shutil
import sys
from pathlib import Path

from sample import feed, flattened, forum, httrack, news, oddities, oldquay, wiki
from sample.heap import Heap

__all__ = ["make"]

HERE = Path(__file__).parent


def make() -> Heap:
    """All files and truths."""
    heap = Heap()
    for site in (news, forum, oldquay, httrack, wiki, feed, flattened, oddities):
        site.make(heap)
    return heap


def main(folder: Path = HERE) -> None:
    """Write both below the folder, in place of what was there."""
    heap = make()
    shutil.rmtree(folder / "sites", ignore_errors=True)
    for path, content in heap.files.items():
        file = folder / "sites" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (folder / "sites-truth.jsonl").write_bytes(heap.truth_lines())
    size = sum(map(len, heap.files.values()))
    print(f"{len(heap.truths)} pages in {len(heap.files)} files, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
