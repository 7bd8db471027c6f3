"""lxml and Beautiful Soup tell equal outlines of the development pages.

    python tests/quality/parsers.py ../shared [every]        # each page, or one of so many; exit 1 where two differ
"""

import gzip
import sys
from pathlib import Path

from indexer import decode
from indexer.blocks import outline, outline_by_soup
from indexer.errors import RefusedPage


def differs(page: bytes) -> bool:
    try:
        text = decode.decode(page, None).text
        return outline(text) != outline_by_soup(text)
    except RefusedPage:
        return False


def main() -> int:
    data = Path(sys.argv[1]) / "bench" / "extraction" / "data"
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    pages = sorted(data.glob("*/pages/*.gz"))[::every]
    different = [page for page in pages if differs(gzip.decompress(page.read_bytes()))]
    for page in different:
        print(f"{page.relative_to(data)}: the parsers differ")
    print(f"{len(pages) - len(different)} of {len(pages)} pages have equal outlines")
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main())
