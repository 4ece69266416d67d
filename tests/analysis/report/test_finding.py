"""A thing that the tables say."""

from __future__ import annotations

from pathlib import Path

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.finding import Finding, noted
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.frame import typed
from emogeo.analysis.tables.notes import Note, NoteKind


def test_rows_come_with_their_own_notes_whichever_rows_are_asked_for() -> None:
    flag = Note("x", NoteKind.flag)
    table = typed([{"key": "a", "note": []}, {"key": "b", "note": [flag]}], ["key", "note"], ["key", "note"])
    material = Material({"t": table}, [], Catalogue(), Path())
    found = noted(material, "t", table.frame.iloc[[1]])
    assert found == [({"key": "b", "note": "x"}, [flag])]
    assert [notes for _, notes in noted(material, "t", table.frame)] == [[], [flag]]
    assert noted(material, "t", table.frame, "key")[1][1] == ()
    assert noted(material, "t", table.frame.iloc[:0]) == []


def test_a_finding_is_sure_until_something_limits_it() -> None:
    plain = Finding("Topic", "Said.")
    assert (plain.caveats, plain.unsure, plain.kind) == ((), False, "finding")
