"""Runs in the terminal."""

from __future__ import annotations

from emogeo.analysis.summary.runs import figures, legend
from emogeo.analysis.tables.runs import RUN_COLUMNS
from tests.analysis.report.planted import frame
from tests.analysis.summary.planted import RELIABLE, material, prepared_runs

ROW = {"layer": 17, "n_layers": 28, "n_units": 24, "precision": "bf16", **RELIABLE}


def test_each_letter_is_explained_once_and_long_names_hang() -> None:
    prepared = prepared_runs(2, "a-model-{}-with-words")
    of = {each.run.key: letter for each, letter in zip(prepared, "AB", strict=True)}
    assert legend(of, material(prepared), 80) == [
        "Runs",
        "  A  a-model-0-with-words bf16",
        "  B  a-model-1-with-words bf16",
    ]
    assert legend(of, material(prepared), 24)[1:3] == ["  A  a-model-0-with-", "     words bf16"] or (
        max(map(len, legend(of, material(prepared), 24))) <= 24
    )


def test_many_runs_are_counted() -> None:
    prepared = prepared_runs(30)
    of = {each.run.key: str(row) for row, each in enumerate(prepared)}
    assert legend(of, material(prepared), 80)[-1] == "  and 4 more in runs.csv"
    rows = [{"key": each.run.key, "model": each.run.model, **ROW, "n_units": row} for row, each in enumerate(prepared)]
    said = figures(of, material(prepared, runs=frame(RUN_COLUMNS, *rows)), 80)
    assert said[-1] == "  and 18 more in runs.csv"


def test_a_run_has_its_reliability_first_and_what_is_absent_is_a_dash() -> None:
    prepared = prepared_runs(2)
    of = {each.run.key: letter for each, letter in zip(prepared, "AB", strict=True)}
    rows = ({"key": "key0", **ROW}, {"key": "key1", "precision": "fp32", "n_units": 1, "n_layers": 28})
    heading, _, first, second = figures(of, material(prepared, runs=frame(RUN_COLUMNS, *rows)), 80)
    assert heading == "Their geometries (all of it: runs.csv)"
    assert first.split() == ["A", "0.70", "[-0.60,", "0.9997]", "17", "of", "28", "24", "0.100", "0.900", "bf16"]
    assert second.split() == ["B", "–", "–", "1", "–", "–", "fp32"]
