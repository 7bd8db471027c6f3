"""Scraped pages in, documents out."""

from indexer.article import Article
from indexer.pipeline import clean

__all__ = ["Article", "clean"]
