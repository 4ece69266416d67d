"""Which grids are drawn, and what is marked on them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from emogeo.analysis.figures import depth
from emogeo.analysis.figures.depth import file_of, write_depth_figures
from emogeo.analysis.tables.depth import GRID_COLUMNS

PREPARED: Any = [SimpleNamespace(name=f"run {key}", run=SimpleNamespace(key=key)) for key in "ab"]


def cells(a: str, b: str, star: float | None = None) -> list[dict[str, Any]]:
    return [
        {
            **{
                "key_a": a,
                "key_b": b,
                "block_a": row,
                "block_b": column,
                "rho": 0.1 * (row + column),
                "rho_star": star,
            },
            "p_largest": 0.2 if row + column < 2 else 0.01,
            "chosen_by": {(1, 0): "middle, reliability", (0, 0): "selected"}.get((row, column)),
        }
        for row in (1, 0)
        for column in (0, 1)
    ]


def written(folder: Path, rows: list[dict[str, Any]]) -> list[Any]:
    frame = pd.DataFrame(rows, columns=GRID_COLUMNS).astype({"block_a": "Int64", "block_b": "Int64"})
    with patch.object(depth, "depth_figure", return_value=b"drawn") as draw:
        write_depth_figures(PREPARED, frame, folder)
    return [call.args for call in draw.call_args_list]


def test_each_pair_has_its_file_and_those_of_other_runs_none(tmp_path: Path) -> None:
    pair, own = written(tmp_path, [*cells("a", "b", 0.5), *cells("a", "a"), *cells("a", "c")])
    grid, title, level = pair
    assert (title, level) == ("run a and run b, block by block", 0.05)
    assert grid.blocks == ([0, 1], [0, 1]) and np.allclose(grid.rho, [[0, 0.1], [0.1, 0.2]])
    assert grid.beyond.tolist() == [[False, False], [False, True]] and np.allclose(grid.star, 0.5)
    assert list(grid.marks.items()) == [
        ("selected", (0, 0)),
        ("middle", (1, 0)),
        ("highest reliability", (1, 0)),
        ("largest ρ", (1, 1)),
    ]
    assert own[0].star is None and "largest ρ" not in own[0].marks and own[1] == "run a, its own blocks"
    assert sorted(file.name for file in tmp_path.iterdir()) == [file_of("a", "b"), file_of("a", "a")]


def test_without_cells_nothing_is_drawn(tmp_path: Path) -> None:
    assert written(tmp_path, []) == [] and not list(tmp_path.iterdir())
