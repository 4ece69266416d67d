"""Figures of the `effects` and `variance` tables, as PNG bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emogeo.analysis.comparing.matching import AS_PUBLISHED, LAYERS, OF_COMPREHENSION, SUB_PARAMETERS, SUCH
from emogeo.analysis.records.published import PUBLISHED_LAYERS, decomposition
from emogeo.figures.plots import png

_STAR, _RAW, _PUBLISHED = "#20639b", "#8a8a8a", "#c0392b"
_MARKERS = ("x", "+")
_TITLES = {
    "method": "method",
    "sub_parameter": "sub-parameters",
    "precision": "precision",
    "cross_experiment": "cross-experiment",
}
_WIDTH = 46
"""Letters in a line of a label."""


def layers_of_effect_figure(effects: pd.DataFrame) -> bytes:
    """A panel per model, a row per kind of comparison: raw and disattenuated, with nulls and published points.

    Args:
        effects: rows with a rho, those of `without_singles`.
    """
    keys = sorted({_key(row) for row in effects.to_dict("records")}, key=lambda key: (LAYERS.index(key[0]), *key[1:]))
    models = list(dict.fromkeys(effects["model"]))
    figure = Figure(figsize=(3.6 + 3.6 * len(models), 0.3 * len(keys) + 2.0), layout="constrained")
    panels = figure.subplots(1, len(models), sharey=True, squeeze=False)[0]
    for axes, model in zip(panels, models, strict=True):
        _layers_panel(axes, [row for row in effects.to_dict("records") if row["model"] == model], keys)
        axes.set_title(model, fontsize=10, loc="left")
    panels[0].set_yticks(range(len(keys)), [_label(key) for key in keys], fontsize=8)
    panels[0].set_ylim(len(keys) - 0.4, -0.6)
    unique = {name: handle for axes in panels for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(unique.values(), unique.keys(), loc="outside upper left", ncols=4, fontsize=8, frameon=False)
    return png(figure)


def without_singles(effects: pd.DataFrame) -> pd.DataFrame:
    """Without the rows of one sub-parameter each, which have a figure of their own."""
    singles = {name + where for name in SUCH for where in ("", OF_COMPREHENSION)}
    return effects[~effects["factor"].isin(singles)]


def of_sub_parameters(effects: pd.DataFrame) -> pd.DataFrame:
    """The rows of generation's sub-parameters, one by one and together."""
    rows = effects[effects["layer_of_effect"] == "sub_parameter"]
    return rows[~rows["factor"].str.endswith(OF_COMPREHENSION)]


def one_of_each(effects: pd.DataFrame) -> pd.DataFrame:
    """Of each model's rows of one factor the first with a rho*, else the first, whatever its size."""
    given_first = effects["rho_star"].isna().sort_values(kind="stable").index
    return effects.loc[given_first].drop_duplicates(["model", "factor"])


def sub_parameters_figure(effects: pd.DataFrame) -> bytes:
    """A bar per sub-parameter and model: 1 - rho* with its interval, and 1 - rho as it would be read without it.

    Args:
        effects: rows with a rho, those of `of_sub_parameters`.
    """
    rows = one_of_each(effects)
    factors = [name for name in (*SUB_PARAMETERS, *SUCH[len(SUB_PARAMETERS) :]) if name in set(rows["factor"])]
    factors += [name for name in dict.fromkeys(rows["factor"]) if name not in factors]
    models = list(dict.fromkeys(rows["model"]))
    figure = Figure(figsize=(8.2, 0.36 * len(factors) * max(len(models), 1) + 1.6), layout="constrained")
    axes, height = figure.subplots(), 0.8 / max(len(models), 1)
    for number, model in enumerate(models):
        for row in rows[rows["model"] == model].to_dict("records"):
            at = factors.index(row["factor"]) + (number - (len(models) - 1) / 2) * height
            axes.barh(at, 1 - row["rho"], height * 0.9, facecolor="none", edgecolor=_RAW, linewidth=0.8)
            if pd.notna(row["effect"]):
                reach = [[row["effect"] - row["ci_low"]], [row["ci_high"] - row["effect"]]]
                colour = f"C{number}"
                axes.barh(at, row["effect"], height * 0.55, color=colour, alpha=0.8, xerr=reach, ecolor="#333333")
        axes.barh(0, 0, color=f"C{number}", alpha=0.8, label=f"{model}: 1 − ρ*")
    axes.barh(0, 0, facecolor="none", edgecolor=_RAW, label="1 − ρ, raw (alone where ρ* is not identifiable)")
    axes.axvline(0, color="#444444", linewidth=0.8)
    axes.set_yticks(range(len(factors)), factors, fontsize=9)
    axes.set_ylim(len(factors) - 0.4, -0.6)
    axes.set_xlabel("effect on the geometry")
    axes.grid(axis="x", alpha=0.25)
    figure.legend(loc="outside upper left", ncols=2, fontsize=8, frameon=False)
    return png(figure)


def variance_figure(variance: pd.DataFrame) -> bytes:
    """A bar per factor: its unique share of how far cells lie apart, with its p."""
    rows = variance[variance["share"].notna()].sort_values("share")
    figure = Figure(figsize=(8.2, 0.4 * len(rows) + 1.4), layout="constrained")
    axes = figure.subplots()
    low = (rows["share"] - rows["ci_low"]).fillna(0.0).clip(lower=0)
    high = (rows["ci_high"] - rows["share"]).fillna(0.0).clip(lower=0)
    axes.barh(range(len(rows)), rows["share"], color=_STAR, xerr=np.stack([low, high]), ecolor="#333333")
    names = [
        fill(f"{row['factor']} (= {row['aliased_with']})" if row["aliased_with"] else str(row["factor"]), _WIDTH)
        for row in rows.to_dict("records")
    ]
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    for at, row in enumerate(rows.to_dict("records")):
        p = "no relabelling" if pd.isna(row["p"]) else f"p = {row['p']:.3g} (least: {row['p_min']:.2g})"
        axes.text(row["share"], at, f"  {row['share']:.2f}, {p}", va="center", fontsize=8)
    axes.set_xlim(0, max(float(rows["share"].max()) * 1.5, 0.05))
    axes.set_xlabel("unique share of the variance of 1 − ρ* over pairs of cells")
    axes.grid(axis="x", alpha=0.25)
    return png(figure)


def _key(row: Mapping[str, Any]) -> tuple[str, str, int]:
    return (row["layer_of_effect"], row["factor"], int(row["n_units"]))


def _label(key: tuple[str, str, int]) -> str:
    layer, factor, n = key
    return f"{_TITLES[layer]}: {factor} ({n} unit{'' if n == 1 else 's'})"


def _layers_panel(axes: Axes, rows: Sequence[Mapping[str, Any]], keys: Sequence[tuple[str, str, int]]) -> None:
    for row in rows:
        at = keys.index(_key(row))
        axes.plot(row["rho"], at, "o", mfc="white", mec=_RAW, markersize=6, label="ρ, raw, as published")
        if pd.notna(row["rho_star"]):
            low, high = row["rho_star_ci_low"], row["rho_star_ci_high"]
            axes.plot([low, high], [at, at], color=_STAR, linewidth=1.5, alpha=0.7)
            axes.plot(row["rho_star"], at, "o", color=_STAR, markersize=5, label="ρ* with its interval")
        if pd.notna(row["null"]) and pd.notna(row["rho_star"]):
            axes.plot(1 - row["null"], at, "|", color="black", markersize=12, mew=2, label="ρ* of the null")
    for at, (layer, factor, _) in enumerate(keys):
        _published_points(axes, at, layer, factor)
    axes.axvline(1, color="#444444", linewidth=0.8, linestyle="--")
    axes.axvline(0, color="#444444", linewidth=0.8)
    axes.set_xlabel("ρ and ρ* (1: the same geometry)")
    axes.grid(axis="x", alpha=0.25)


def _published_points(axes: Axes, at: int, layer: str, factor: str) -> None:
    """Of the two published models, beside the rows that repeat their sets."""
    if AS_PUBLISHED not in factor:
        return
    sets = PUBLISHED_LAYERS[layer][-1 if "loose" in factor else 0]
    for marker, (model, rho) in zip(_MARKERS, decomposition().items(), strict=True):
        axes.plot(rho[sets], at, marker, color=_PUBLISHED, markersize=6, label=f"published: {model}")
