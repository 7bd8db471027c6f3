"""`python -m indexer` is the `reindex` command."""

from indexer.cli import reindex

if __name__ == "__main__":
    reindex()
