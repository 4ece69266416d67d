"""The section of the map."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.map import DRAWN, file_of, pair_of
from emogeo.analysis.report.maps import SHOWN, TREES, first_map, map_section, write_first_map
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Chart, Sheet, Text
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.map import MAP_COLUMNS, NEAREST_COLUMNS, SHIFT_COLUMNS
from emogeo.analysis.tables.map_ratings import DIRECTION_COLUMNS
from tests.analysis.charts.planted import keys, tables
from tests.analysis.report.planted import material


def made(folder: Path, n: int, pairs: int = 0) -> Material:
    full = material(folder)
    rows = [
        {"key": f"key{run}", "run": f"run {run}", "condition": "sad", "x": 0.1, "y": 0.2, "share": 0.5}
        for run in range(n)
    ]
    pair = {"key_a": "key0", "model_a": "m", "model_b": "n", "comparable": "yes", "condition": "sad", "p_holm": 0.01}
    moved = [{**pair, "key_b": f"key{run}", "displacement": run} for run in range(pairs)]
    near = [{"key": "key0", "run": "run 0", "condition": "sad", "rank": 1, "nearest": "calm", "distance": 0.1}]
    ways = [{"key": "key0", "run": "run 0", "norm": "valence", "r": 0.5, "p": p} for p in (0.01, None)]
    own = {
        "map": Table(pd.DataFrame(rows, columns=MAP_COLUMNS)),
        "map_nearest": Table(pd.DataFrame(near, columns=NEAREST_COLUMNS)),
        "map_directions": Table(pd.DataFrame(ways, columns=DIRECTION_COLUMNS)),
        "map_shifts": Table(pd.DataFrame(moved, columns=SHIFT_COLUMNS)),
    }
    names = [file_of("map", "key0", "key0")]
    names += [file_of(kind, f"run {run}", f"key{run}") for run in range(n) for kind in ("map", "tree")]
    names += [pair_of(kind, "key0", f"key{run}") for run in range(n) for kind in ("maps", "shifts")]
    for name in names:
        (folder / f"{name}.vl.json").write_text('{"title": "in the file alone", "mark": "point"}')
    return Material(own, full.prepared, full.catalogue, folder)


def test_charts_come_first_and_tables_are_folded(tmp_path: Path) -> None:
    section = map_section(made(tmp_path, 2, 2))
    assert section.anchor == "map" and section.title == "The map"
    titles = [part.title for part in section.parts]
    assert titles == [
        *("The map of run 0", "The map of run 1"),
        *("key0 and key1, side by side", "key0 and key1, one over the other"),
        *("The tree of run 0", "The tree of run 1"),
        *("Places on the map", "The three nearest", "Directions of ratings on the map", "Shifts between two maps"),
    ]
    charts = [part for part in section.parts if isinstance(part, Chart)]
    assert all("title" not in chart.spec and chart.files[0].endswith(".vl.json") for chart in charts)
    assert charts[0].said == "The map of run 0: 1 emotions in two dimensions that hold 50%."
    assert charts[3].said == "key0 and key1: 1 of 1 emotions moved beyond text noise."
    ((way,),) = [part.rows for part in section.parts if part.title.startswith("Directions")]
    assert way[1:3] == ("valence", "0.50")
    assert not any(part.open for part in section.parts if isinstance(part, Sheet))


def test_of_many_runs_the_first_are_shown_and_the_others_named(tmp_path: Path) -> None:
    parts = map_section(made(tmp_path, SHOWN + 3)).parts
    assert sum(isinstance(part, Chart) for part in parts) == SHOWN + TREES
    (said,) = [part.said for part in parts if isinstance(part, Text)]
    assert said == "Maps of 6 of 9 runs are shown; the others, and trees, are in the folder of figures."
    (said,) = [part.said for part in map_section(made(tmp_path, DRAWN + 2)).parts if isinstance(part, Text)]
    assert said.endswith("runs are shown; 6 more, and trees, are in the folder of figures.")


def test_without_a_run_there_is_a_command(tmp_path: Path) -> None:
    (part,) = map_section(made(tmp_path, 0)).parts
    assert isinstance(part, Absent) and part.command == "python train.py"


def test_the_first_screen_has_the_two_maps_of_the_answer_or_that_of_the_only_run(tmp_path: Path) -> None:
    own = {name: Table(table) for name, table in tables().items()}
    full = material(tmp_path)
    both = Material(own, full.prepared, full.catalogue, tmp_path)
    write_first_map(both, (keys()[0], "of no map"), FigureFolder(both.figures))
    assert first_map(both, (keys()[0], keys()[1])) == []
    write_first_map(both, (keys()[0], keys()[1]), FigureFolder(both.figures))
    (chart,) = first_map(both, (keys()[0], keys()[1]))
    assert isinstance(chart, Chart) and len(chart.spec["hconcat"]) == 2
    assert chart.files == ["map.png", "map.svg", "map.pdf", "map.vl.json"]
    only = Material(own, full.prepared, full.catalogue, tmp_path / "only")
    only.figures.mkdir()
    write_first_map(only, None, FigureFolder(only.figures))
    (alone,) = first_map(only, None)
    assert alone.title == "The map" and "hconcat" not in alone.spec
