"""Which grids are drawn."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pandas as pd

from emogeo.analysis import drawing
from emogeo.analysis.charts.chart import COLUMN_ENDING, ENDINGS
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.depth import file_of, write_depth_figures
from emogeo.analysis.tables.depth import GRID_COLUMNS
from tests.analysis.charts.test_depth import grid

PREPARED: Any = [SimpleNamespace(name=f"run {key}", run=SimpleNamespace(key=key)) for key in "ab"]


def test_each_pair_has_its_files_and_those_of_other_runs_none(tmp_path: Path) -> None:
    cells = pd.concat([grid("a", "b").cells, grid("a", "a").cells, grid("a", "c").cells], ignore_index=True)
    with patch.object(drawing, "write_chart", wraps=drawing.write_chart) as written:
        write_depth_figures(PREPARED, cells, FigureFolder(tmp_path))
    titles = [call.args[3] for call in written.call_args_list]
    assert titles == ["run a and run b, block by block", "run a, its own blocks"]
    wanted = {f"{name}{end}" for name in (file_of("a", "b"), file_of("a", "a")) for end in ENDINGS}
    assert {file.name for file in tmp_path.iterdir() if not file.name.endswith(COLUMN_ENDING)} == wanted


def test_without_cells_nothing_is_drawn(tmp_path: Path) -> None:
    write_depth_figures(PREPARED, pd.DataFrame(columns=GRID_COLUMNS), FigureFolder(tmp_path))
    assert not list(tmp_path.iterdir())
