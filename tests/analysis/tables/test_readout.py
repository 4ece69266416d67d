"""Tables of readouts, of planted records."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.tables.notes import NoteKind
from emogeo.analysis.tables.readout import (
    CONFUSION_COLUMNS,
    PROJECTION_COLUMNS,
    READ_TEXT_COLUMNS,
    READOUT_COLUMNS,
    readout_confusion_table,
    readout_projections_table,
    readout_runs,
    readout_table,
    readout_texts_table,
)
from emogeo.record.run import ReadoutRun, SteeringRun
from tests.planted_records import readout, refused, steering

RUN = ReadoutRun(*readout())


def test_only_a_readout_is_one() -> None:
    assert readout_runs([SteeringRun(*steering()), RUN]) == [RUN]


def test_a_row_a_readout_with_its_floor() -> None:
    table = readout_table([RUN])
    (row,) = table.frame.to_dict("records")
    assert list(table.frame.columns) == READOUT_COLUMNS
    assert (row["accuracy"], row["words_accuracy"], row["chance"]) == (1.0, 0.0, 1.0)
    assert pd.isna([row["p"], row["p_min"], row["accuracy_ci_low"]]).all()
    assert (row["n_texts"], row["n_scored"], row["n_conditions"], row["own_texts"]) == (2, 1, 2, "no")
    assert (row["note"], row["directions"]) == ("1 of 2 texts do not count: without a label", "relabelled")


def test_a_refused_readout_says_why() -> None:
    table = readout_table([ReadoutRun(refused(RUN.record), {})])  # type: ignore[arg-type]
    (row,) = table.frame.to_dict("records")
    assert row["note"] == "refused: it overflowed"
    assert table.notes["note"][0][0].kind is NoteKind.refused


def test_texts_show_their_top_and_their_label() -> None:
    table = readout_texts_table([RUN]).frame
    assert list(table.columns) == READ_TEXT_COLUMNS
    first, second = table.to_dict("records")
    assert (first["top"], first["top_z"], first["label_p"], first["found_by_words"]) == ("calm", 2.5, 0.001, "happy")
    assert (second["label"], second["found"], second["row"]) == ("", "", 1)
    assert pd.isna(second["label_z"])


def test_every_projection_is_there() -> None:
    table = readout_projections_table([RUN]).frame
    assert list(table.columns) == PROJECTION_COLUMNS
    assert list(table["condition"]) == ["calm", "happy"] * 2
    assert list(table["z"]) == [2.5, -0.5] * 2


def test_the_confusion_counts_texts_that_count() -> None:
    table = readout_confusion_table([RUN]).frame
    assert list(table.columns) == CONFUSION_COLUMNS
    assert table[["label", "found", "n_texts"]].to_numpy().tolist() == [["calm", "calm", 1]]


def test_without_readouts_tables_are_empty_and_have_their_columns() -> None:
    assert list(readout_table([]).frame.columns) == READOUT_COLUMNS
    assert list(readout_confusion_table([]).frame.columns) == CONFUSION_COLUMNS
