"""What claims are judged by."""

from __future__ import annotations

from emogeo.analysis.tables.evidence import evidence_of
from emogeo.analysis.tables.frame import typed
from emogeo.analysis.tables.notes import Note, NoteKind


def test_a_run_with_an_overflow_is_known_by_its_flag_and_not_by_its_words() -> None:
    flags = [[Note("overflow at fp16", NoteKind.overflow)], [Note("no overflow", NoteKind.flag)], []]
    rows = [{"key": key, "flags": own} for key, own in zip("abc", flags, strict=True)]
    other = typed([], ["key"], ["key"])
    tables = dict.fromkeys(("universality", "base_instruct", "behaviour"), other)
    found = evidence_of(tables | {"descriptors": typed(rows, ["key", "flags"], ["key", "flags"])}, [])
    assert found.overflowed == {"a"}
