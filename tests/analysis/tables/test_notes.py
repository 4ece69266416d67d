"""Notes as a table shows them."""

from __future__ import annotations

from emogeo.analysis.tables.notes import Note, NoteKind, joined, left_out, too_few_labels
from emogeo.errors import GeometryError


def test_notes_are_joined_as_they_come() -> None:
    assert joined([]) == ""
    assert joined([Note("b", NoteKind.flag), Note("a")]) == "b; a"


def test_what_is_left_out_says_why_in_words_and_to_programs() -> None:
    note = left_out(GeometryError("2 conditions in common"))
    assert str(note) == "left out: 2 conditions in common"
    assert note.kind is NoteKind.left_out


def test_notes_of_one_text_and_kind_are_one_and_of_two_kinds_are_two() -> None:
    assert len({Note("x"), Note("x", NoteKind.remark), Note("x", NoteKind.flag)}) == 2


def test_too_few_labels_are_counted() -> None:
    assert str(too_few_labels(1)) == "not identifiable (1 label shared, 4 needed)"
    assert str(too_few_labels(3, "valence")) == "valence: not identifiable (3 labels shared, 4 needed)"
    assert too_few_labels(0).kind is NoteKind.not_identifiable
