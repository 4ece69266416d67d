"""Writes the figures of an analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.figures.effects import write_effect_figures
from emogeo.analysis.figures.measures import write_measure_figure
from emogeo.analysis.figures.models import write_model_figures
from emogeo.analysis.figures.overlap import write_overlap_figure
from emogeo.analysis.figures.runs import write_run_figures
from emogeo.analysis.tables.effects import Effect


def write_figures(
    prepared: Sequence[PreparedRun], tables: Mapping[str, pd.DataFrame], effects: Sequence[Effect], folder: Path
) -> None:
    """Writes every figure that the tables have rows for; figures of an earlier analysis in `folder` are removed.

    Args:
        prepared: the runs that are drawn; rows of other runs are left out.
    """
    by_layer, keys = tables["descriptors_by_layer"], [each.run.key for each in prepared]
    drawn = by_layer if by_layer.empty else by_layer[by_layer["key"].isin(keys)]
    tables = {**tables, "descriptors_by_layer": drawn}
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    write_run_figures(prepared, tables["pairs"], folder)
    write_measure_figure(tables["measures"], {each.run.key: each.name for each in prepared}, folder)
    write_overlap_figure(prepared, tables, folder)
    write_effect_figures(effects, tables["variance"], folder)
    write_model_figures(tables, folder)
