"""Outlines as plain JSON values, as the ledger keeps them, and back.

Invariant: `outline_of(plain(outline))` is the outline again, also after a journey through JSON.
"""

from collections.abc import Mapping
from typing import Any

from indexer.blocks import Block, Head, Label, Outline

__all__ = ["head_of", "outline_of", "plain"]

_HEAD = tuple(Head.__dataclass_fields__)


def plain(outline: Outline) -> dict[str, Any]:
    """`head`, `blocks` and `flat`, tuples as the lists that JSON makes of them. What blocks share, records share."""
    head = {name: _thawed(getattr(outline.head, name)) for name in _HEAD}
    lists: _Lists = {}
    return {"head": head, "blocks": [_plain(block, lists) for block in outline.blocks], "flat": outline.flat}


def outline_of(record: Mapping[str, Any]) -> Outline:
    """The outline of a record that `plain` made; an empty record is an empty outline."""
    return Outline(head_of(record), tuple(map(_block, record.get("blocks", ()))), record.get("flat", False))


def head_of(record: Mapping[str, Any]) -> Head:
    return Head(**{name: _frozen(value) for name, value in record.get("head", {}).items()})


_Lists = dict[int, list[Any]]  # by the id of the tuple: blocks hold it as long as this is needed


def _plain(block: Block, lists: _Lists) -> dict[str, Any]:
    """Written out, as its counterpart is: a loop over the fields takes five times as long, a fifth of a run."""
    path, classes, labels = block.path, block.classes, block.labels
    return {
        "text": block.text,
        "path": lists.get(id(path)) or lists.setdefault(id(path), list(path)),
        "classes": lists.get(id(classes)) or lists.setdefault(id(classes), list(classes)),
        "linked": block.linked,
        "index": block.index,
        "hidden": block.hidden,
        "labels": lists.get(id(labels)) or lists.setdefault(id(labels), list(map(_label, labels))),
        "places": list(block.places),
    }


def _label(label: Label) -> dict[str, Any]:
    return {"name": label.name, "reason": label.reason, "keep": label.keep}


def _block(record: dict[str, Any]) -> Block:
    return Block(
        record["text"],
        tuple(record["path"]),
        tuple(record["classes"]),
        record["linked"],
        record["index"],
        record["hidden"],
        tuple([Label(each["name"], each["reason"], each["keep"]) for each in record["labels"]]),
        tuple(record["places"]),
    )


def _thawed(value: Any) -> Any:
    return list(map(_thawed, value)) if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
