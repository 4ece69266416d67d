"""Figures of models beside each other: tree and map, descriptors by depth, steering."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import dendrogram

from emogeo.arrays import Array
from emogeo.figures.plots import png
from emogeo.geometry.scaling import average_linkage, classical_scaling

FEWEST = 3
"""Models that make a tree or a map."""
_DESCRIPTORS = {
    "anisotropy": "anisotropy",
    "anisotropy_without_largest": "anisotropy without\nits 3 largest dimensions",
    "rdm_std": "spread of the RDM",
    "participation_ratio": "participation ratio\n(dimensions)",
}
_ALONG, _RANDOM = "#c0392b", "#888888"


def write_model_figures(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Trees and maps of each way of reading, descriptors by depth, shifts of emotion words."""
    readings = (own for _, own in tables["universality"].groupby("reading", sort=False))
    drawn = [figure for own in readings if (figure := universality_figure(own)) is not None]
    for number, figure in enumerate(drawn, start=1):
        (folder / f"universality_{number}.png").write_bytes(figure)
    for name, own in _lines_of_descriptors(tables["descriptors_by_layer"]).items():
        (folder / f"{name}.png").write_bytes(descriptors_figure(own))
    if len(tables["steering_shifts"]):
        (folder / "steering_shifts.png").write_bytes(shifts_figure(tables["steering_shifts"]))


def universality_figure(pairs: pd.DataFrame) -> bytes | None:
    """Tree of average linkage and map of classical scaling, by 1 − ρ* where every pair has one, else by 1 − ρ.

    None with fewer than three models, or where a pair has no ρ.
    """
    families = dict(zip(pairs["model_a"], pairs["family_a"], strict=True))
    families |= dict(zip(pairs["model_b"], pairs["family_b"], strict=True))
    models = list(families)
    if len(models) < FEWEST or pairs["rho"].isna().any():
        return None
    column, symbol = ("rho_star", "ρ*") if pairs["rho_star"].notna().all() else ("rho", "ρ, on shared passages")
    distances = _distances(pairs, models, column)
    figure = Figure(figsize=(10.5, 0.4 * len(models) + 2.8), layout="constrained")
    tree, space = figure.subplots(1, 2)
    dendrogram(average_linkage(distances), labels=models, orientation="left", ax=tree, color_threshold=0)
    tree.set_xlabel(f"1 − {symbol}, average linkage")
    tree.tick_params(axis="y", labelsize=8)
    _map(space, distances, families, symbol)
    figure.suptitle(f"{len(models)} models: {pairs['reading'].iloc[0]}", fontsize=10)
    return png(figure)


def _lines_of_descriptors(by_layer: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Models in the reading that has the most of them; and a model's precisions, where it has several."""
    if by_layer.empty:
        return {}
    models = by_layer.groupby(["reading", "precision"], sort=False)["model"].nunique()
    reading, precision = models.idxmax()
    found = {"descriptors_by_layer": by_layer[(by_layer["reading"] == reading) & (by_layer["precision"] == precision)]}
    for model, own in by_layer.groupby("model", sort=False):
        precisions = own.groupby("reading", sort=False)["precision"].nunique()
        if precisions.max() > 1:
            name = re.sub(r"[^A-Za-z0-9.]+", "-", str(model))
            found[f"descriptors_by_precision_{name}"] = own[own["reading"] == precisions.idxmax()]
    return found


def descriptors_figure(by_layer: pd.DataFrame) -> bytes:
    """Descriptors over depth of runs that were read alike, a line for each model at a precision."""
    figure = Figure(figsize=(3.6 * len(_DESCRIPTORS), 4.1), layout="constrained")
    panels = figure.subplots(1, len(_DESCRIPTORS))
    lines = by_layer.drop_duplicates(["model", "precision"])[["key", "model", "precision"]]
    for width, (key, model, precision) in zip(
        np.linspace(3.5, 1.2, len(lines)), lines.itertuples(index=False), strict=True
    ):
        own = by_layer[by_layer["key"] == key]
        for axes, column in zip(panels, _DESCRIPTORS, strict=True):
            y = own[column].to_numpy(dtype=float)
            (line,) = axes.plot(own["depth"], y, linewidth=width, label=f"{model} {precision}")
            chosen = (own["selected"] == "yes").to_numpy()
            axes.plot(own["depth"][chosen], y[chosen], "o", markersize=5 + width, color=line.get_color())
    for axes, title in zip(panels, _DESCRIPTORS.values(), strict=True):
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("depth (share of blocks)")
        axes.grid(alpha=0.25)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), 4), fontsize=8, frameon=False)
    figure.suptitle(
        f"{by_layer['reading'].iloc[0]}; dots: the selected block; no line where a block has overflowed", fontsize=9
    )
    return png(figure)


def shifts_figure(shifts: pd.DataFrame) -> bytes:
    """What an emotion's words gain on neutral ones, by strength, with the range over random directions."""
    shifts = shifts[shifts["key"].isin(shifts.drop_duplicates("model")["key"])]  # the first run of each model
    models, emotions = list(dict.fromkeys(shifts["model"])), sorted(set(shifts["emotion"]))
    figure = Figure(figsize=(3.4 * len(models) + 0.6, 2.7 * len(emotions) + 0.6), layout="constrained")
    grid = figure.subplots(len(emotions), len(models), squeeze=False, sharex=True)
    for row, emotion in enumerate(emotions):
        for column, model in enumerate(models):
            axes, own = grid[row, column], shifts[(shifts["emotion"] == emotion) & (shifts["model"] == model)]
            own = own.sort_values("strength")
            x = own["strength"].to_numpy(dtype=float)
            axes.fill_between(x, own["random_low"], own["random_high"], color=_RANDOM, alpha=0.3, linewidth=0)
            axes.plot(x, own["random_mean"], color=_RANDOM, linewidth=1, label="random directions: mean, range")
            axes.plot(x, own["shift"], color=_ALONG, marker="o", markersize=4, label="along the emotion's vector")
            axes.axhline(0, color="black", linewidth=0.6)
            axes.grid(alpha=0.25)
            if row == 0:
                axes.set_title(model, fontsize=9)
        grid[row, 0].set_ylabel(f"words of {emotion}\nagainst neutral, nats", fontsize=9)
    for axes in grid[-1]:
        axes.set_xlabel("strength (share of residual norm)", fontsize=9)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", fontsize=8, frameon=False)
    return png(figure)


def _distances(pairs: pd.DataFrame, models: list[str], column: str) -> Array:
    """[model, model], 1 − agreement; a ρ* above 1 is no distance below 0."""
    matrix = np.zeros((len(models), len(models)))
    for a, b, value in pairs[["model_a", "model_b", column]].itertuples(index=False):
        i, j = models.index(a), models.index(b)
        matrix[i, j] = matrix[j, i] = max(1.0 - value, 0.0)
    return matrix


def _map(axes: Axes, distances: Array, families: Mapping[str, str], symbol: str) -> None:
    points, share = classical_scaling(distances)
    for number, family in enumerate(dict.fromkeys(families.values())):
        own = [row for row, name in enumerate(families.values()) if name == family]
        axes.scatter(points[own, 0], points[own, 1], s=40, color=f"C{number % 10}", label=family)
    for (x, y), model in zip(points, families, strict=True):
        side, towards = (-5, "right") if x > points[:, 0].mean() else (5, "left")
        axes.annotate(model, (x, y), xytext=(side, 5), textcoords="offset points", fontsize=7, ha=towards)
    axes.set_title(f"1 − {symbol} in two dimensions ({share:.0%} of it)", fontsize=9)
    axes.margins(0.35)
    axes.set_aspect("equal", adjustable="datalim")
    axes.grid(alpha=0.25)
    axes.legend(fontsize=7, frameon=False, loc="best")
