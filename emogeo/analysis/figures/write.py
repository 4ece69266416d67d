"""Writes the figures of an analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

import pandas as pd

from emogeo.analysis.charts.agreement import agreement_spec
from emogeo.analysis.charts.chart import ENDINGS
from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.about import write_about_charts
from emogeo.analysis.figures.decoding import write_decoding_charts
from emogeo.analysis.figures.depth import write_depth_figures
from emogeo.analysis.figures.effects import write_effect_figures
from emogeo.analysis.figures.finetune import write_finetune_figure
from emogeo.analysis.figures.map import write_map_figures
from emogeo.analysis.figures.measures import write_measure_figure
from emogeo.analysis.figures.models import write_model_figures
from emogeo.analysis.figures.overlap import write_overlap_figure
from emogeo.analysis.figures.runs import write_pair_figures, write_run_figures
from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.equivalence import EQUIVALENCE
from emogeo.analysis.tables.universality import comparable_runs
from emogeo.config.analyze import Figures

_MAPS = ("map", "map_shifts", "map_branches", "map_nearest", "map_by_block", "map_directions", "map_ratings")
_DECODING = ("decoding", "decoding_confusion")
_MODELS = ("universality", "descriptors_by_layer", "steering_shifts")
_WHOLE = ("about", "variance", "finetune", "depth_grid", "map_ratings", "steering_shifts")
"""Tables of which rows of runs that are not drawn are shown, too."""
Tables = Mapping[str, pd.DataFrame]
"""Tables by name."""


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


@dataclass(frozen=True)
class _Drawn:
    """Figures that show some tables."""

    of: Sequence[str]
    draw: Callable[[Tables], None]


class FigureWriter:
    """Draws the figures of an analysis, each as soon as the tables that it shows are made."""

    def __init__(
        self,
        prepared: Sequence[PreparedRun],
        effects: Sequence[Effect],
        figures: FigureFolder,
        order: Sequence[str],
        bound: float = EQUIVALENCE,
        bare: Sequence[PreparedBare] = (),
    ) -> None:
        """Removes the figures of an earlier analysis from the folder.

        Args:
            prepared: the runs that are drawn; rows of other runs are left out.
            order: the conditions in the order of all matrices.
            bound: the 1 - rho* within which two geometries are the same.
            bare: the bare geometries that are drawn beside them.
        """
        figures.path.mkdir(exist_ok=True)
        for ending in ENDINGS:
            for old in figures.path.glob(f"*{ending}"):
                old.unlink()
        every: list[Compared] = [*prepared, *bare]
        names = {each.run.key: each.name for each in prepared}
        self._keys = {each.run.key for each in every}
        self._left = [
            _Drawn((), lambda _: write_run_figures(every, order, figures)),
            _Drawn(_MAPS, lambda tables: write_map_figures(tables, figures)),
            _Drawn(("pairs",), lambda tables: figures.draw("agreement", agreement_spec, tables["pairs"], names)),
            _Drawn(("pairs",), lambda tables: write_pair_figures(every, tables["pairs"], figures)),
            _Drawn(("about",), lambda tables: write_about_charts(tables["about"], figures)),
            _Drawn(("measures",), lambda tables: write_measure_figure(tables["measures"], names, figures)),
            _Drawn(("overlap_strata",), lambda tables: write_overlap_figure(prepared, tables, figures)),
            _Drawn(("variance",), lambda tables: write_effect_figures(effects, tables["variance"], figures)),
            _Drawn(_MODELS, lambda tables: write_model_figures(tables, figures)),
            _Drawn(("finetune",), lambda tables: write_finetune_figure(prepared, tables["finetune"], figures, bound)),
            _Drawn(("depth_grid",), lambda tables: write_depth_figures(every, tables["depth_grid"], figures)),
            _Drawn(_DECODING, lambda tables: write_decoding_charts(tables, figures)),
        ]

    def draw(self, tables: Tables) -> None:
        """Draws the figures that have not been drawn, and whose tables are here."""
        ready = [own for own in self._left if tables.keys() >= {*own.of}]
        self._left = [own for own in self._left if own not in ready]
        for own in ready:
            own.draw({name: self._shown(name, tables[name]) for name in own.of})

    def _shown(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table if name in _WHOLE else of_drawn(table, self._keys)
