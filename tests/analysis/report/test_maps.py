"""The section of the map."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from emogeo.analysis.figures.map import file_of
from emogeo.analysis.report.maps import SHOWN, TREES, map_section
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Picture, Sheet, Text
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.map import MAP_COLUMNS, SHIFT_COLUMNS
from tests.analysis.report.planted import material


def made(folder: Path, n: int, pairs: int = 0) -> Material:
    full = material(folder)
    rows = [{"key": f"key{run}", "run": f"run {run}", "condition": "sad", "x": 0.1, "y": 0.2} for run in range(n)]
    moved = [{"key_a": "key0", "key_b": f"key{run}", "condition": "sad", "displacement": run} for run in range(pairs)]
    tables = {
        "map": Table(pd.DataFrame(rows, columns=MAP_COLUMNS)),
        "map_shifts": Table(pd.DataFrame(moved, columns=SHIFT_COLUMNS)),
    }
    for run in range(n):
        for kind in ("map", "tree"):
            (folder / file_of(kind, f"run {run}", f"key{run}")).write_bytes(b"png")
        (folder / f"shifts_key0_key{run}.png").write_bytes(b"png")
    return Material(tables, full.prepared, full.catalogue, folder)


def test_pictures_come_first_and_tables_are_folded(tmp_path: Path) -> None:
    section = map_section(made(tmp_path, 2, 2))
    assert section.anchor == "map" and section.title == "The map"
    titles = [part.title for part in section.parts]
    assert titles == [
        *("The map of run 0", "The map of run 1", "Places on the map", "key0 and key1 over each other"),
        *("Shifts between two maps", "The tree of run 0", "The tree of run 1"),
    ]
    assert not any(part.open for part in section.parts if isinstance(part, Sheet))


def test_of_many_runs_the_first_are_shown_and_the_others_named(tmp_path: Path) -> None:
    parts = map_section(made(tmp_path, SHOWN + 3)).parts
    assert sum(isinstance(part, Picture) for part in parts) == SHOWN + TREES
    (said,) = [part.said for part in parts if isinstance(part, Text)]
    assert said == "Maps of 6 of 9 runs are shown; the others, and trees, are in the folder of figures."


def test_without_a_run_there_is_a_command(tmp_path: Path) -> None:
    (part,) = map_section(made(tmp_path, 0)).parts
    assert isinstance(part, Absent) and part.command == "python train.py"
