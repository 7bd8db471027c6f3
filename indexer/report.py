"""What a run did, counted: seen, indexed, unchanged, refused, hidden, and why.

Invariant: every page seen is in exactly one of indexed, unchanged, refused, hidden.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Report"]


@dataclass(slots=True)
class Report:
    """Counts of pages (`skipped`: of files and records that are no pages). `removed` are urls that left the index.

    `held_back` would have left it, but were too many. `reasons` counts what was refused, hidden and skipped by reason;
    `problems` are sentences on sources that could not be read whole; `notes` on how a source was read; `pages` how many
    urls the index holds now.
    """

    seen: int = 0
    indexed: int = 0
    unchanged: int = 0
    refused: int = 0
    hidden: int = 0
    removed: int = 0
    held_back: int = 0
    skipped: int = 0
    seconds: float = 0.0
    pages: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, what: str, reason: str = "", times: int = 1) -> None:
        """`what` is `indexed`, `unchanged`, `refused`, `hidden` or `skipped`."""
        setattr(self, what, getattr(self, what) + times)
        if what != "skipped":
            self.seen += times
        if reason:
            self.reasons[f"{what}: {reason}"] += times

    def as_json(self) -> dict[str, Any]:
        """The object that `--report` writes."""
        numbers = ("seen", "indexed", "unchanged", "refused", "hidden", "removed", "skipped")
        return {name: getattr(self, name) for name in numbers} | {
            "reasons": dict(self.reasons.most_common()),
            "seconds": round(self.seconds, 3),
            "pages": self.pages,
            "problems": self.problems,
        }

    def lines(self) -> Iterator[str]:
        """The same for a person."""
        rate = f", {self.seen / self.seconds:,.0f} a second" if self.seconds > 1 else ""
        yield f"{self.seen:,} pages seen in {self.seconds:,.1f} s{rate}; the index holds {self.pages:,}"
        for name in ("indexed", "unchanged", "hidden", "refused", "removed", "skipped"):
            number = getattr(self, name)
            if number or name == "indexed":
                yield f"  {name:<10}{number:>9,}  {_MEANING[name]}"
                for reason, times in self.reasons.most_common():
                    what, _, why = reason.partition(": ")
                    if what == name:
                        yield f"  {'':<10}{times:>9,}    {why}"


_MEANING = {
    "indexed": "new or changed",
    "unchanged": "as they were",
    "hidden": "in the index, left out of results unless asked for",
    "refused": "not in the index",
    "removed": "no longer in their source",
    "skipped": "files and records that are no pages",
}
