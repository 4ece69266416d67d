"""Writes the figures of an analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import pandas as pd

from emogeo.analysis.charts.agreement import agreement_spec
from emogeo.analysis.charts.chart import ENDINGS
from emogeo.analysis.comparing.prepared import PreparedBare, PreparedRun
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.decoding import write_decoding_charts
from emogeo.analysis.figures.depth import write_depth_figures
from emogeo.analysis.figures.effects import write_effect_figures
from emogeo.analysis.figures.finetune import write_finetune_figure
from emogeo.analysis.figures.map import write_map_figures
from emogeo.analysis.figures.measures import write_measure_figure
from emogeo.analysis.figures.models import write_model_figures
from emogeo.analysis.figures.overlap import write_overlap_figure
from emogeo.analysis.figures.runs import write_run_figures
from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.equivalence import EQUIVALENCE
from emogeo.analysis.tables.universality import comparable_runs
from emogeo.config.analyze import Figures

_MAPS = ("map", "map_shifts", "map_branches", "map_nearest", "map_by_block", "map_directions")
_DECODING = ("decoding", "decoding_confusion")
_BY_RUN = ("descriptors_by_layer", "pairs", "measures", "overlap_strata", "universality", *_MAPS, *_DECODING)
"""Tables with rows of runs, or of pairs of runs, that may not be drawn."""


ALL_OF, OF_MANY = 24, 12
"""The most runs that are all drawn unless it is asked for, and how many of more are."""


def drawn_runs(own: Sequence[PreparedRun], which: Figures = Figures.auto) -> list[PreparedRun]:
    """Chooses the runs that are drawn: all of few; of many, the largest groups of comparable runs come first."""
    if which is Figures.all or len(own) <= ALL_OF:
        return list(own)
    groups = sorted(comparable_runs(own).values(), key=len, reverse=True)
    first = [each.run.key for group in groups for each in group] or [each.run.key for each in own]
    return [each for each in own if each.run.key in set(first[:OF_MANY])]


def of_drawn(table: pd.DataFrame, keys: Set[str]) -> pd.DataFrame:
    """Keeps the rows of which every run is drawn."""
    columns = [column for column in ("key", "key_a", "key_b") if column in table]
    return table if table.empty else table[table[columns].isin(keys).all(axis=1)]


def write_figures(
    prepared: Sequence[PreparedRun],
    tables: Mapping[str, pd.DataFrame],
    effects: Sequence[Effect],
    figures: FigureFolder,
    bound: float = EQUIVALENCE,
    bare: Sequence[PreparedBare] = (),
) -> None:
    """Draws every figure that the tables have rows for; figures of an earlier analysis in the folder are removed.

    Args:
        prepared: the runs that are drawn; rows of other runs are left out.
        bound: the 1 - rho* within which two geometries are the same.
        bare: the bare geometries that are drawn beside them.
    """
    keys = {each.run.key for each in prepared} | {each.run.key for each in bare}
    drawn = {name: of_drawn(tables[name], keys) for name in _BY_RUN}
    tables = {**tables, **drawn}
    figures.path.mkdir(exist_ok=True)
    for ending in ENDINGS:
        for old in figures.path.glob(f"*{ending}"):
            old.unlink()
    names = {each.run.key: each.name for each in prepared}
    figures.draw("agreement", agreement_spec, tables["pairs"], names)
    write_run_figures([*prepared, *bare], tables["pairs"], figures)
    write_map_figures(tables, figures)
    write_measure_figure(tables["measures"], names, figures)
    write_overlap_figure(prepared, tables, figures)
    write_effect_figures(effects, tables["variance"], figures)
    write_model_figures(tables, figures)
    write_finetune_figure(prepared, tables["finetune"], figures, bound)
    write_depth_figures([*prepared, *bare], tables["depth_grid"], figures)
    write_decoding_charts(tables, figures)
