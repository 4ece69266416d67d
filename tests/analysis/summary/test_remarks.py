"""Flags and notes, each said once."""

from __future__ import annotations

from dataclasses import replace

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.summary.pairs import shown_pairs
from emogeo.analysis.summary.remarks import flag_lines, note_lines
from emogeo.analysis.tables.corpus import CORPUS_COLUMNS
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from emogeo.analysis.tables.runs import RUN_COLUMNS
from tests.analysis.comparing.test_made import made, run_made
from tests.analysis.report.planted import frame
from tests.analysis.summary.planted import material

OF = {f"key{n}": letter for n, letter in enumerate("ABCDEF")}


def noted(*rows: tuple[int, list[Note]]) -> list[str]:
    pairs = frame(PAIR_COLUMNS, *[{"key_a": "key0", "key_b": f"key{n}", "rho": 0.5, "note": own} for n, own in rows])
    of = material([], pairs=pairs)
    return note_lines(OF, of, shown_pairs(of), 80, baselines=True)


def test_a_note_is_said_once_with_the_rows_that_it_is_about() -> None:
    one, many, left = Note("of one"), Note("of all"), Note("left out: of all", NoteKind.left_out)
    rows = [(1, [many, left]), (2, [one, many, left]), (3, [many, left]), (4, [left])]
    assert noted(*rows) == [
        "  note: of all",
        "  note on A–B, A–C, A–D and 1 more: left out: of all",
        "  note on A–C: of one",
    ]


def test_floors_that_were_not_measured_are_one_line() -> None:
    floors = [Note(f"floor: not measured for m{n} at bf16, type this", NoteKind.no_floor) for n in range(3)]
    assert noted((1, floors[:1])) == ["  note: floor: not measured for m0 at bf16, type this"]
    said = " ".join(line.strip() for line in noted((1, floors[:2]), (2, floors[1:])))
    assert said == "note: floor: not measured for 3 models at their precision, repeat their runs with reread=true"


def test_many_notes_are_counted() -> None:
    assert noted((1, [Note(f"number {n}") for n in range(11)]))[-1] == "  and 3 more notes, in the tables"


def test_what_is_wrong_with_texts_comes_before_flags_of_runs_and_sound_texts_are_not_named() -> None:
    row = {"stimuli": "mine", "n_texts": 210, "n_units": 10, "runs": "m bf16", "blocks_verdict": "yes"}
    corpus = frame(
        CORPUS_COLUMNS,
        {**row, "note": [Note("FLAG a word gives it away", NoteKind.flag)]},
        {**row, "stimuli": "good", "blocks_verdict": "no", "note": []},
    )
    flag, remark = Note("FLAG texts: few", NoteKind.flag), Note("separation: needs two units")
    runs = [{"key": f"key{n}", "model": "m", "note": [remark, flag]} for n in range(5)]
    of = material([], corpus=corpus, runs=frame(RUN_COLUMNS, *runs))
    assert flag_lines(OF, of, 80) == [
        "! Texts of mine (210 in 10 units): no verdict beyond words can be given on them.",
        "! a word gives it away",
        "! A, B, C and 2 more: texts: few",
    ]


def test_other_versions_are_said_once_as_a_flag_and_in_no_note() -> None:
    own = Note("states: made with torch 2.13.0 and 2.14.0", NoteKind.made_otherwise)
    assert noted((1, [own, Note("of one")])) == ["  note on A–B: of one"]
    runs = [run_made(name, made(torch)) for name, torch in (("a", "2.13.0"), ("b", "2.14.0"))]
    runs = [replace(run, record=replace(run.record, key=f"key{n}")) for n, run in enumerate(runs)]
    lines = flag_lines(OF, material([], Catalogue(runs)), 200)
    assert lines[0].startswith("! States were made differently: torch 2.13.0 (A), 2.14.0 (B).")
    assert flag_lines(OF, material([], Catalogue(runs[:1])), 200) == []
