"""What claims are judged by."""

from __future__ import annotations

from emogeo.analysis.tables.evidence import evidence_of, model_of
from emogeo.analysis.tables.frame import Table, typed
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.analysis.tables.verdicts import Model
from tests.analysis.tables.planted_claims import run

OTHER = typed([], ["key_a", "key_b"], ["key_a", "key_b"])
NAMES = ("pairs", "universality", "base_instruct", "behaviour", "descriptors")


def tables(**own: Table) -> dict[str, Table]:
    empty = typed([], ["key", "flags"], ["key", "flags"])
    return {**dict.fromkeys(NAMES, OTHER), "descriptors": empty, **own}


def test_a_run_with_an_overflow_is_known_by_its_flag_and_not_by_its_words() -> None:
    flags = [[Note("overflow at fp16", NoteKind.overflow)], [Note("no overflow", NoteKind.flag)], []]
    rows = [{"key": key, "flags": own} for key, own in zip("abc", flags, strict=True)]
    found = evidence_of(tables(descriptors=typed(rows, ["key", "flags"], ["key", "flags"])), [], [])
    assert found.overflowed == {"a"}


def test_what_is_known_of_words_is_that_of_the_pairs_in_either_order() -> None:
    columns = ["key_a", "key_b", "beyond_words", "twin_command"]
    rows = [
        {"key_a": "a", "key_b": "b", "beyond_words": "yes", "twin_command": "type this"},
        {"key_a": "a", "key_b": "c"},
    ]
    found = evidence_of(tables(pairs=typed(rows, columns, columns)), [], [])
    assert found.beyond_words("b", "a") == "yes"
    assert found.beyond_words("a", "c") == found.beyond_words("b", "c") == ""
    assert found.twin_commands == {frozenset("ab"): "type this"}
    of_models = typed([{"key_a": "b", "key_b": "c", "beyond_words": "cannot tell"}], columns, columns)
    assert evidence_of(tables(universality=of_models), [], []).beyond_words("c", "b") == "cannot tell"
    assert evidence_of(tables(), [], []).words == {}, "tables without the column"


def test_models_are_those_of_the_runs() -> None:
    own = run("m", "mamba")
    assert evidence_of(tables(), [], [own]).model_of(own.key) == model_of(own) == Model("m", "mamba")
