"""Tables have the same types whatever is missing, and keep their rows' notes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.tables.frame import Table, columns, stacked, typed, write_tables
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.geometry.inference import Estimate

COLUMNS, WORDS = ["key", "n_units", "rho", "note"], ["key", "note"]
NOTES = [Note("one"), Note("two", NoteKind.flag)]
ROWS = [{"key": "a", "n_units": 3, "rho": 0.5, "note": NOTES}, {"key": "b"}, {"note": [], "rho": None}]


@pytest.mark.parametrize("rows", [[], ROWS[:1], ROWS[1:], ROWS])
def test_types_do_not_depend_on_what_is_there(rows: list[dict[str, object]]) -> None:
    frame = typed(rows, COLUMNS, WORDS).frame
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        **{"key": "str", "n_units": "Int64", "rho": "float64", "note": "str"}
    }
    assert len(frame) == len(rows)


def test_missing_cells_are_missing_and_notes_are_text() -> None:
    frame = typed(ROWS, COLUMNS, WORDS).frame
    assert frame.loc[0].to_dict() == {"key": "a", "n_units": 3, "rho": 0.5, "note": "one; two"}
    assert frame.loc[1].isna().tolist() == [False, True, True, True]
    assert frame.loc[2, "note"] == "" and pd.isna(frame.loc[2, "rho"])


def test_notes_are_found_by_rows_whichever_rows_are_asked_for() -> None:
    table = typed(ROWS, COLUMNS, WORDS)
    assert table.notes_of(table.frame) == [NOTES, [], []]
    assert table.notes_of(table.frame.iloc[[2, 0]]) == [[], NOTES]
    assert table.notes_of(table.frame, "key") == [(), (), ()]
    assert Table(table.frame).notes_of(table.frame.head(1)) == [()]


def test_a_column_of_text_need_not_hold_notes() -> None:
    table = typed([{"key": "a", "note": "plain"}], COLUMNS, WORDS)
    assert (table.frame.loc[0, "note"], dict(table.notes)) == ("plain", {})


def test_stacked_tables_keep_the_notes_of_all_rows() -> None:
    first, second = typed(ROWS, COLUMNS, WORDS), typed([{"key": "c", "note": "plain"}], COLUMNS, WORDS)
    for tables, wanted in (([first, second], [NOTES, [], [], ()]), ([second, first], [(), NOTES, [], []])):
        both = stacked(tables)
        assert both.notes_of(both.frame) == wanted
        assert both.frame.index.tolist() == [0, 1, 2, 3]
        assert (both.frame.dtypes == first.frame.dtypes).all()


def test_an_interval_is_given_where_there_is_one() -> None:
    assert columns("rho", Estimate(0.5, 0.4, 0.6)) == {"rho": 0.5, "rho_ci_low": 0.4, "rho_ci_high": 0.6}
    assert columns("rho", Estimate(0.5, np.nan, np.nan)) == {"rho": 0.5}


def test_both_files_give_the_table_back(tmp_path: Path) -> None:
    table = typed([{**ROWS[0], "rho": 1 / 3}, ROWS[1]], COLUMNS, WORDS)
    write_tables({"t": table.frame}, tmp_path)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "t.parquet"), table.frame)
    assert (tmp_path / "t.csv").read_text() == f"key,n_units,rho,note\na,3,{1 / 3},one; two\nb,,,\n"
