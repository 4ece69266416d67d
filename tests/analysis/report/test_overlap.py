"""Pairs of runs without common words, as they are shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emogeo.analysis.report.overlap import overlap_parts
from emogeo.analysis.report.parts import Absent, Picture, Sheet
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.overlap import OVERLAP_COLUMNS
from tests.analysis.report.planted import frame, material
from tests.analysis.report.shown import cells

ROW = {
    **{"key_a": "A", "key_b": "C", "model_a": "a", "model_b": "c", "overlap_mean": 0.0205, "overlap_least": 0.0186},
    **{"rho_star_at_zero": 0.93, "rho_star_at_zero_ci_low": 0.88, "rho_star_at_zero_ci_high": 0.97},
    **{"reliability_a_at_zero": 0.74, "reliability_b_at_zero": 0.72, "share_at_zero": 0.79},
    **{"reliability_words": 0.39, "reliability_words_at_zero": 0.35, "note": "so"},
}


def test_a_pair_has_its_row_under_the_figure(tmp_path: Path) -> None:
    own = material(tmp_path)
    own = replace(own, tables={**own.tables, "overlap": frame(OVERLAP_COLUMNS, ROW)})
    (shown,) = overlap_parts(own)
    assert isinstance(shown, Sheet)
    (row,) = cells(shown)
    assert (row["run a"], row["run b"]) == (own.names["A"], own.names["C"])
    assert row["overlap of halves: drawn / least"] == "0.021 / 0.019"
    assert (row["ρ* on halves of least overlap"], row["ρ* without common words"]) == ("–", "0.93 [0.88, 0.97]")
    assert (row["reliability a / b without them"], row["products left"], row["note"]) == ("0.74 / 0.72", "0.79", "so")
    assert row["reliability of bags of words: all / without them"] == "0.39 / 0.35"
    (tmp_path / "overlap.png").write_bytes(b"drawn")
    (pictured,) = overlap_parts(own)
    assert isinstance(pictured, Picture) and pictured.sheet is not None
    assert (pictured.file, pictured.sheet.rows) == ("overlap.png", shown.rows)


def test_without_pairs_it_says_what_to_type(tmp_path: Path) -> None:
    own = material(tmp_path)
    tables: dict[str, Table] = {name: table for name, table in own.tables.items() if name != "overlap"}
    (absent,) = overlap_parts(replace(own, tables=tables))
    assert isinstance(absent, Absent) and absent.command.startswith("python train.py")
