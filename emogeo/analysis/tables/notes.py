"""What a row says beside its figures: a kind for programs, a text for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class NoteKind(Enum):
    """What a note is about, where a program has to know."""

    remark = "remark"
    refused = "refused"
    """There is no geometry."""
    flag = "flag"
    """Something should not be trusted."""
    overflow = "overflow"
    """Blocks have left the precision's range."""
    left_out = "left out"
    """There is no comparison."""
    not_identifiable = "not identifiable"
    """There is no rho*."""
    few_opinions = "few opinions"
    """The capability check is passed, and too few opinions are held for a value."""


@dataclass(frozen=True)
class Note:
    """One thing that a row says."""

    text: str
    kind: NoteKind = NoteKind.remark

    def __str__(self) -> str:
        return self.text


def left_out(why: object) -> Note:
    """A note that says why there is no comparison."""
    return Note(f"left out: {why}", NoteKind.left_out)


def joined(notes: Iterable[Note]) -> str:
    """Notes as a table shows them."""
    return "; ".join(note.text for note in notes)
