"""The figures of runs compared block by block: which are drawn, and what is marked on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.prepared import Compared
from emogeo.analysis.tables.depth import LARGEST, grids, ways_of
from emogeo.figures.depth import BlockGrid, depth_figure

PAIR, WITHIN = "depth_of", "depth_within"
"""What the names of the files begin with."""
LEVEL = 0.05
"""The p up to which a cell lies beyond the largest of relabelled conditions."""
CALLED = {
    **{"selected": "selected", "middle": "middle", "two_thirds": "two thirds", "upper": ".85 of depth"},
    **{"min_mean_cosine": "lowest mean cosine", "separation": "highest separation"},
    **{"reliability": "highest reliability", LARGEST: "largest ρ"},
}
"""What ways of choosing a block are called, in the order of the legend."""


def write_depth_figures(prepared: Sequence[Compared], table: pd.DataFrame, folder: Path) -> None:
    """Draws every grid of the table `depth_grid` whose runs are drawn."""
    names = {each.run.key: each.name for each in prepared}
    for own in grids(table):
        a, b = (str(own[f"key_{side}"].iloc[0]) for side in "ab")
        if a in names and b in names:
            title = f"{names[a]}, its own blocks" if a == b else f"{names[a]} and {names[b]}, block by block"
            drawn = depth_figure(grid_of(own, (names[a], names[b])), title, LEVEL)
            (folder / file_of(a, b)).write_bytes(drawn)


def file_of(key_a: str, key_b: str) -> str:
    """Names the file of a pair's figure."""
    return f"{WITHIN}_{key_a[:8]}.png" if key_a == key_b else f"{PAIR}_{key_a[:8]}_{key_b[:8]}.png"


def grid_of(own: pd.DataFrame, names: tuple[str, str]) -> BlockGrid:
    """Gives the cells of one pair of runs as they are drawn."""
    wide = {
        column: own.pivot(index="block_a", columns="block_b", values=column)
        for column in ("rho", "p_largest", "rho_star")
    }
    rho, p, star = (wide[name].to_numpy(dtype=float, na_value=np.nan) for name in ("rho", "p_largest", "rho_star"))
    blocks = [int(block) for block in wide["rho"].index], [int(block) for block in wide["rho"].columns]
    given = None if np.isnan(star).all() else star
    return BlockGrid(names, blocks, rho, given, p <= LEVEL, _marks(own, names[0] == names[1]))


def _marks(own: pd.DataFrame, within: bool) -> Mapping[str, tuple[int, int]]:
    """Gives the blocks of each way, and of two runs those of the largest rho."""
    found = {}
    for (_, cell), ways in zip(own.iterrows(), ways_of(own), strict=True):
        found.update(dict.fromkeys(ways, _blocks(cell)))
    if not within:
        found[LARGEST] = _blocks(own.loc[own["rho"].idxmax()])
    return {called: found[way] for way, called in CALLED.items() if way in found}


def _blocks(cell: pd.Series) -> tuple[int, int]:
    return int(cell["block_a"]), int(cell["block_b"])
