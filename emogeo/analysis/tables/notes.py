"""Notes of a row beside its numbers: a kind for programs, a text for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from emogeo.errors import EqualDissimilaritiesError
from emogeo.geometry.rdm import MIN_CONDITIONS

NAMED = 12
"""How many names a note lists of many."""


class NoteKind(Enum):
    """The kind of a note, where a program has to know it."""

    remark = "remark"
    refused = "refused"
    """The run has no geometry."""
    flag = "flag"
    """A value should not be trusted."""
    overflow = "overflow"
    """Some blocks have overflowed."""
    bound = "bound"
    """Only some of what could be compared is compared."""
    left_out = "left out"
    """There is no comparison."""
    not_identifiable = "not identifiable"
    """There is no rho*."""
    no_floor = "no floor"
    """The numerical floor was not measured."""
    made_otherwise = "made otherwise"
    """The two runs' states or texts were made with other libraries, or on another device."""
    few_opinions = "few opinions"
    """The capability check is passed, and too few opinions are held for a value."""


@dataclass(frozen=True)
class Note:
    """One note of a row."""

    text: str
    kind: NoteKind = NoteKind.remark

    def __str__(self) -> str:
        return self.text


def left_out(why: object) -> Note:
    """Makes a note that says why there is no comparison."""
    return Note(f"left out: {why}", NoteKind.left_out)


def too_few_labels(n: int, what: str = "") -> Note:
    """Notes that a norm has too few of a run's labels for any number.

    Args:
        what: the columns that are missing, if not all.
    """
    said = f"{n} label{'' if n == 1 else 's'} shared, {MIN_CONDITIONS} needed"
    return Note(f"{what}{': ' if what else ''}not identifiable ({said})", NoteKind.not_identifiable)


def without_words(error: Exception) -> list[Note]:
    """Notes that a baseline of words is left out, and what it means where all its dissimilarities are equal."""
    if not isinstance(error, EqualDissimilaritiesError):
        return [left_out(error)]
    said = "FLAG words: all conditions are equally far apart in words, so no words can be held against a model"
    return [left_out(error), Note(f"{said} (corpus.csv says what the words tell)", NoteKind.flag)]


def joined(notes: Iterable[Note]) -> str:
    """Writes notes as a table shows them."""
    return "; ".join(note.text for note in notes)
