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
    init = typed([{"key": key, "init": "trained"} for key in "abc"], ["key", "init"], ["key", "init"])
    tables |= {"descriptors": typed(rows, ["key", "flags"], ["key", "flags"]), "runs": init}
    found = evidence_of(tables, [])
    assert found.overflowed == {"a"}
    assert list(found.descriptors["key"]) == ["a", "b", "c"]


def test_untrained_twins_are_no_evidence() -> None:
    other, flags = typed([], ["key"], ["key"]), [Note("overflow at fp16", NoteKind.overflow)]
    kinds = [{"key": "a", "init": "random"}, {"key": "b", "init": "shuffled"}, {"key": "c", "init": "trained"}]
    rows = [{"key": key, "flags": flags} for key in "abc"]
    tables = dict.fromkeys(("universality", "base_instruct", "behaviour"), other)
    tables |= {"descriptors": typed(rows, ["key", "flags"], ["key", "flags"])}
    found = evidence_of(tables | {"runs": typed(kinds, ["key", "init"], ["key", "init"])}, [])
    assert list(found.descriptors["key"]) == ["c"]
