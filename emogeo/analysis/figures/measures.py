"""Chooses the pairs and measures that are drawn beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from emogeo.analysis.drawing import FigureFolder
from emogeo.arrays import Array
from emogeo.figures.measures import PANELS_AT_MOST, Dots, measures_cloud, measures_figure
from emogeo.geometry.measures import MEASURES, SPEARMAN

FILE = "measures"
TITLES = {
    "spearman": "Spearman ρ",
    "pearson": "Pearson r",
    "kendall": "Kendall τ_a",
    "spearman_euclidean": "ρ, Euclidean (crossnobis)",
    "cka": "CKA, debiased",
    "procrustes": "Procrustes, 1 − angle",
    "mutual_knn": "mutual neighbours",
    "cka_biased": "CKA, biased (a trap)",
}
"""What each measure is called in figures."""
_NAMES = [measure.name for measure in MEASURES]


def write_measure_figure(measures: pd.DataFrame, names: Mapping[str, str], figures: FigureFolder) -> None:
    """Draws every measure of every pair that has values on disjoint text; nothing where none has."""
    drawn = measures[measures["disjoint"].notna()]
    pairs = list(drawn.groupby(["key_a", "key_b"], sort=False))
    if not pairs:
        return
    if len(pairs) > PANELS_AT_MOST:
        figures.draw(FILE, measures_cloud, *_cloud(drawn))
    else:
        dots = {f"{names[a]} · {names[b]}": _dots(own) for (a, b), own in pairs}
        figures.draw(FILE, measures_figure, [TITLES[name] for name in _NAMES], dots)


def _dots(own: pd.DataFrame) -> Dots:
    values = own.set_index("measure").reindex(_NAMES)
    columns = ("value", "disjoint", "chance", "disattenuated", "ci_low", "ci_high")
    return Dots(*(_floats(values[column]) for column in columns))


def _cloud(drawn: pd.DataFrame) -> tuple[str, Array, dict[str, Array]]:
    wide = drawn.pivot_table(index=["key_a", "key_b"], columns="measure", values="disjoint").reindex(columns=_NAMES)
    others = {TITLES[name]: _floats(wide[name]) for name in _NAMES if name != SPEARMAN.name}
    return TITLES[SPEARMAN.name], _floats(wide[SPEARMAN.name]), others


def _floats(column: pd.Series) -> Array:
    values: Array = column.to_numpy(dtype=float)
    return values
