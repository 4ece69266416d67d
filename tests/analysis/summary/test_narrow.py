"""Tables that fit."""

from __future__ import annotations

from emogeo.analysis.summary.narrow import Column, narrow

COLUMNS = [
    Column("run", ["A", "B"], right=False),
    Column("units", ["24", "24"]),
    Column("rho", ["0.5", "-0.25"]),
    Column("word", ["喜", "long words"], right=False),
    Column("nothing", ["–", "–"]),
]


def test_what_rows_share_is_said_once_and_numbers_end_in_one_place() -> None:
    assert narrow("Runs", COLUMNS, "runs.csv", 80) == [
        "Runs (units: 24; all of it: runs.csv)",
        "  run    rho  word",
        "  A      0.5  喜",
        "  B    -0.25  long words",
    ]


def test_columns_without_room_are_left_out_from_the_last() -> None:
    assert narrow("Runs", COLUMNS, "r.csv", 14)[-1] == "  B    -0.25"
    assert narrow("Runs", COLUMNS, "r.csv", 8)[-1] == "  B"


def test_a_row_that_is_alone_keeps_its_figures() -> None:
    alone = [Column(column.title, column.cells[:1]) for column in COLUMNS]
    assert narrow("Runs", alone, "r.csv", 80)[1].split() == ["run", "units", "rho", "word", "nothing"]
