"""The figures of runs compared block by block: which are drawn."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from emogeo.analysis.charts.depth import Grid, depth_spec
from emogeo.analysis.comparing.prepared import Compared
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.tables.depth import grids

PAIR, WITHIN = "depth_of", "depth_within"
"""What the names of the files begin with."""


def write_depth_figures(prepared: Sequence[Compared], table: pd.DataFrame, figures: FigureFolder) -> None:
    """Draws every grid of the table `depth_grid` whose runs are drawn."""
    names = {each.run.key: each.name for each in prepared}
    for own in grids(table):
        a, b = (str(own[f"key_{side}"].iloc[0]) for side in "ab")
        if a in names and b in names:
            title = f"{names[a]}, its own blocks" if a == b else f"{names[a]} and {names[b]}, block by block"
            figures.draw(file_of(a, b), depth_spec, Grid(own, (names[a], names[b])), title=title)


def file_of(key_a: str, key_b: str) -> str:
    """Names the file of a pair's figure, without an ending."""
    return f"{WITHIN}_{key_a[:8]}" if key_a == key_b else f"{PAIR}_{key_a[:8]}_{key_b[:8]}"
