"""Writes the figures of an analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.figures.effects import write_effect_figures
from emogeo.analysis.figures.models import write_model_figures
from emogeo.analysis.figures.runs import write_run_figures
from emogeo.analysis.tables.effects import Effect


def write_figures(
    prepared: Sequence[PreparedRun], tables: Mapping[str, pd.DataFrame], effects: Sequence[Effect], folder: Path
) -> None:
    """Writes every figure that the tables have rows for; figures of an earlier analysis in `folder` are removed."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    write_run_figures(prepared, tables["pairs"], folder)
    write_effect_figures(effects, tables["variance"], folder)
    write_model_figures(tables, folder)
