"""Figures of runs, two by two and one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.prepared import Compared
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.records.names import file_stem
from emogeo.analysis.tables.pairs import pair_matrix
from emogeo.arrays import Array
from emogeo.figures.curves import Band, reliability_figure
from emogeo.figures.halves import halves_figure
from emogeo.figures.matrices import rdm_figure, rho_figure

MATRICES = {
    "rho": ("ρ between runs, on the passages that they share", "Spearman ρ"),
    "rho_star": ("ρ* between runs: disjoint passages, disattenuated", "ρ* (– : not identifiable)"),
}


def write_pair_figures(prepared: Sequence[Compared], pairs: pd.DataFrame, figures: FigureFolder) -> None:
    """Draws matrices of ρ and ρ*, and same half against disjoint half."""
    if prepared:
        for column, (title, label) in MATRICES.items():
            shown = pair_matrix(prepared, pairs, column)
            figures.draw(f"{column}_matrix", rho_figure, shown, [r.name for r in prepared], title, label)
    names = {each.run.key: each.name for each in prepared}
    own = pairs[pairs["key_a"].isin(names) & pairs["key_b"].isin(names)]
    halved = own.dropna(subset=["rho_same_half", "rho_disjoint_half", "p_same_text"])
    if len(halved):
        figures.draw("same_and_disjoint_half", halves_figure, *_halves(halved, names))


def write_run_figures(prepared: Sequence[Compared], order: Sequence[str], figures: FigureFolder) -> None:
    """Draws reliability by layer, and an RDM per run.

    Args:
        order: the conditions in the order of all matrices.
    """
    _reliability_by_layer(prepared, figures)
    for each in prepared:
        layer = each.run.layer
        title = f"{each.name}, {'every block' if layer is None else f'block {layer}'}"
        file = f"rdm_{file_stem(each.name)}_{each.run.key[:8]}"
        conditions = [name for name in order if name in set(each.run.conditions)]
        places = [each.run.conditions.index(name) for name in conditions]
        figures.draw(file, rdm_figure, each.run.rdm[np.ix_(places, places)], conditions, title)


def _halves(pairs: pd.DataFrame, names: Mapping[str, str]) -> tuple[list[str], Array, Array, Array]:
    """Gives the name of each pair, its agreement on the same and on disjoint halves, and its ceiling."""
    ceiling = np.sqrt(pairs["reliability_a"].clip(lower=0.0) * pairs["reliability_b"].clip(lower=0.0))
    return (
        [f"{names[a]} · {names[b]}" for a, b in zip(pairs["key_a"], pairs["key_b"], strict=True)],
        pairs["rho_same_half"].to_numpy(dtype=float),
        pairs["rho_disjoint_half"].to_numpy(dtype=float),
        ceiling.to_numpy(dtype=float),
    )


def _reliability_by_layer(prepared: Sequence[Compared], figures: FigureFolder) -> None:
    """Draws a panel per model and a line per run."""
    panels: dict[str, list[Band]] = {}
    for each in prepared:
        by_layer, layer = each.run.result.by_layer, each.run.result.layer
        if "reliability" not in by_layer:
            continue
        values, low, high = (
            np.array(by_layer.get(name, by_layer["reliability"]))
            for name in ("reliability", "reliability_ci_low", "reliability_ci_high")
        )
        band = Band(each.name, np.array(layer.layers), values, low, high, layer.index)
        panels.setdefault(each.run.model, []).append(band)
    if panels:
        figures.draw("reliability_by_layer", reliability_figure, panels)
