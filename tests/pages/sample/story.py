"""The authored texts: read from `texts/*.txt`, where a line `=== slug` begins a story, `name: value` lines follow,
and after an empty line its paragraphs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

__all__ = ["Piece", "Story", "html", "skin", "stories"]

TEXTS = Path(__file__).parent / "texts"
SKINS = Path(__file__).parent / "skins"
_MARKS = {"## ": "h2", "> ": "blockquote", "- ": "ul", "| ": "table", "    ": "pre", "@ ": "by"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph by its tag: p, h2, blockquote, ul, table, pre, or `by`, the name of who speaks from here on."""

    tag: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


@dataclass(frozen=True, slots=True)
class Story:
    """One authored text and its facts."""

    slug: str
    facts: dict[str, str]
    pieces: tuple[Piece, ...]

    def list(self, name: str) -> tuple[str, ...]:
        """A fact of several values, parted by semicolons."""
        return tuple(part.strip() for part in self.facts.get(name, "").split(";") if part.strip())

    @property
    def texts(self) -> tuple[str, ...]:
        """The words of all paragraphs, cells of tables one after the other."""
        return tuple(piece.text.replace(" | ", " ") for piece in self.pieces if piece.tag != "by")


def stories(name: str) -> list[Story]:
    """The stories of one file."""
    source = (TEXTS / f"{name}.txt").read_text("utf-8")
    return [_story(part) for part in re.split(r"^=== ", source, flags=re.MULTILINE)[1:]]


def _story(source: str) -> Story:
    head, *paragraphs = re.split(r"\n\n+", source.strip("\n"))
    slug, *lines = head.split("\n")
    facts = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Story(slug.strip(), facts, tuple(map(_piece, paragraphs)))


def _piece(paragraph: str) -> Piece:
    for mark, tag in _MARKS.items():
        if paragraph.startswith(mark):
            lines = tuple(line.removeprefix(mark) for line in paragraph.split("\n"))
            return Piece(tag, tuple(line.removesuffix(" |") for line in lines) if tag == "table" else lines)
    return Piece("p", tuple(paragraph.split("\n")))


def html(pieces: tuple[Piece, ...]) -> Iterator[str]:
    """Each piece as markup."""
    for tag, lines in ((piece.tag, [escape(line) for line in piece.lines]) for piece in pieces):
        match tag:
            case "ul":
                yield "<ul>\n" + "".join(f"<li>{line}</li>\n" for line in lines) + "</ul>"
            case "pre":
                yield "<pre><code>" + "\n".join(lines) + "</code></pre>"
            case "blockquote":
                yield f"<blockquote><p>{' '.join(lines)}</p></blockquote>"
            case "table":
                rows = [line.split(" | ") for line in lines]
                cells = ["<tr>" + "".join(f"<{c}>{cell}</{c}>" for cell in row) + "</tr>"
                         for c, row in zip(["th"] + ["td"] * len(rows), rows, strict=False)]  # fmt: skip
                yield "<table>\n" + "\n".join(cells) + "\n</table>"
            case _:
                yield f"<{tag}>{' '.join(lines)}</{tag}>"


def skin(name: str, /, **values: object) -> str:
    """A template of `skins/` filled in."""
    return Template((SKINS / f"{name}.html").read_text("utf-8")).substitute(values)
