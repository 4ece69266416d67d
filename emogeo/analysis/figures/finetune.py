"""The figure of checkpoints of one model, block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.tables.equivalence import DIFFERS
from emogeo.analysis.tables.finetune import by_pair
from emogeo.arrays import Array
from emogeo.figures.curves import Apart, checkpoints_figure

FILE = "finetune"


def write_finetune_figure(
    prepared: Sequence[PreparedRun], table: pd.DataFrame, figures: FigureFolder, bound: float
) -> None:
    """Draws rho* over depth for each two checkpoints; nothing where no block has one.

    Args:
        table: the table `finetune`.
        bound: the 1 - rho* within which two geometries are the same.
    """
    names = {each.run.key: each.name for each in prepared}
    panels: dict[str, list[Apart]] = {}
    for own in by_pair(table):
        if own["rho_star"].notna().any():
            panels.setdefault(_name(own, "a", names), []).append(_apart(own, _name(own, "b", names)))
    if panels:
        figures.draw(FILE, checkpoints_figure, panels, bound)


def _name(own: pd.DataFrame, side: str, names: Mapping[str, str]) -> str:
    first = own.iloc[0]
    return names.get(str(first[f"key_{side}"]), str(first[f"model_{side}"]))


def _apart(own: pd.DataFrame, name: str) -> Apart:
    def numbers(column: str) -> Array:
        return np.asarray(own[column].to_numpy(dtype=float, na_value=np.nan))

    differs = own["verdict"].fillna("").str.startswith(DIFFERS).to_numpy(dtype=bool)
    star, low, high = (numbers(column) for column in ("rho_star", "rho_star_ci_low", "rho_star_ci_high"))
    return Apart(name, own["block"].to_numpy(dtype=np.int64), star, low, high, numbers("floor"), differs)
