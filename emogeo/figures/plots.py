"""Figures, drawn without a display; each function returns PNG bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from emogeo.arrays import Array

ROWS_AT_MOST = 40
_SAME, _DISJOINT = "#c0392b", "#20639b"
_CELL = 0.34
"""Inches per row of a labelled matrix."""
_LETTER = 0.065
"""Inches per letter of a label."""


def rdm_figure(rdm: Array, conditions: Sequence[str], title: str) -> bytes:
    """Heat map of one RDM [condition, condition]."""
    side = _CELL * len(conditions) + 2.2
    figure = Figure(figsize=(side + 0.8, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(rdm, cmap="viridis", vmin=0.0, vmax=max(1.0, float(rdm.max())))
    _label(axes, conditions, conditions)
    axes.set_title(title, fontsize=11, loc="left")
    figure.colorbar(image, ax=axes, label="dissimilarity, 1 − cosine", shrink=0.8)
    return png(figure)


def rho_figure(rho: Array, names: Sequence[str], title: str, label: str = "Spearman ρ") -> bytes:
    """Matrix of ρ between runs [run, run]; NaN where there is none (drawn as a dash)."""
    side = max(0.9 * len(names), 2.5) + 2.6
    figure = Figure(figsize=(side + 0.8, side - 0.4), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(rho, cmap="RdBu_r", vmin=-1.0, vmax=1.0)
    _label(axes, names, names)
    for (row, column), value in np.ndenumerate(rho):
        text = "–" if np.isnan(value) else f"{value:.2f}".replace("0.", ".", 1)
        colour = "white" if abs(value) > 0.6 else "black"
        axes.text(column, row, text, ha="center", va="center", fontsize=9, color=colour)
    axes.set_title(title, fontsize=11, loc="left")
    figure.colorbar(image, ax=axes, label=label, shrink=0.8)
    return png(figure)


def layers_figure(
    layers: Sequence[int], curves: Mapping[str, Sequence[float]], selected: int | None, title: str
) -> bytes:
    """One small panel per curve over block index, the selected block marked."""
    figure = Figure(figsize=(3.1 * len(curves), 2.7), layout="constrained")
    panels = np.atleast_1d(figure.subplots(1, len(curves)))
    for axes, (name, values) in zip(panels, curves.items(), strict=True):
        axes.plot(layers, values, color="#20639b", marker="o", markersize=2.5, linewidth=1)
        if selected is not None:
            axes.axvline(selected, color="#c0392b", linewidth=1, linestyle="--")
        axes.set_title(name.replace("_", " "), fontsize=10)
        axes.set_xlabel("block (0-based)")
        axes.grid(alpha=0.25)
    marked = "every block is used" if selected is None else f"dashed: the selected block, {selected}"
    figure.suptitle(f"{title} ({marked})", fontsize=10)
    return png(figure)


def halves_figure(pairs: Sequence[str], same: Array, disjoint: Array, ceiling: Array) -> bytes:
    """Agreement of two runs on one half of the texts against that on opposite halves, a row per pair of runs.

    With many pairs, a point per pair instead.

    Args:
        same, disjoint, ceiling: [pair]; the ceiling is the root of the product of the reliabilities.
    """
    if len(pairs) > ROWS_AT_MOST:
        return _halves_cloud(same, disjoint)
    width = max(8.5, 4.5 + _LETTER * max(map(len, pairs), default=0))
    figure = Figure(figsize=(width, 0.34 * len(pairs) + 1.6), layout="constrained")
    axes = figure.subplots()
    rows = np.arange(len(pairs))
    axes.hlines(rows, disjoint, same, color="#b8b8b8", linewidth=3, zorder=1)
    axes.scatter(ceiling, rows, marker="|", s=160, color="#444444", label="ceiling: √(reliability a · b)", zorder=2)
    axes.scatter(same, rows, s=34, color=_SAME, label="same half: the same texts", zorder=3)
    axes.scatter(disjoint, rows, s=34, color=_DISJOINT, label="opposite halves: disjoint texts", zorder=3)
    axes.set_yticks(rows, pairs, fontsize=8)
    axes.set_ylim(len(pairs) - 0.4, -0.6)
    axes.set_xlim(min(0.0, float(disjoint.min()) - 0.03), 1.0)
    axes.set_xlabel("Spearman ρ of half RDMs, mean over splits")
    axes.grid(axis="x", alpha=0.25)
    figure.legend(loc="outside upper left", ncols=3, fontsize=8, frameon=False)
    return png(figure)


def _halves_cloud(same: Array, disjoint: Array) -> bytes:
    figure = Figure(figsize=(5.2, 5.0), layout="constrained")
    axes = figure.subplots()
    axes.plot([-1, 1], [-1, 1], color="#888888", linewidth=1, linestyle="--")
    axes.scatter(disjoint, same, s=14, color=_SAME, alpha=0.6)
    least = min(0.0, float(disjoint.min()), float(same.min())) - 0.03
    axes.set(
        xlim=(least, 1), ylim=(least, 1), xlabel="opposite halves: disjoint texts", ylabel="same half: the same texts"
    )
    axes.set_title(f"Spearman ρ of half RDMs, {len(same)} pairs of runs", fontsize=10, loc="left")
    axes.grid(alpha=0.25)
    return png(figure)


@dataclass(frozen=True)
class Band:
    """A curve over layers with its interval."""

    name: str
    layers: NDArray[np.int64]
    """[layer], 0-based block indices"""
    values: Array
    low: Array
    high: Array
    selected: int | None


def reliability_figure(panels: Mapping[str, Sequence[Band]]) -> bytes:
    """Reliability by layer with its interval, a panel per model; dots are selected blocks."""
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    named = 0.13 * max(map(len, panels.values()))
    figure = Figure(figsize=(4.2 * columns, (3.1 + named) * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axes, (model, bands) in zip(grid.flat, panels.items(), strict=False):
        for number, band in enumerate(bands):
            colour = f"C{number % 10}"
            axes.plot(
                band.layers, band.values, color=colour, linewidth=1.3, label=band.name.removeprefix(model).strip()
            )
            axes.fill_between(band.layers, band.low, band.high, color=colour, alpha=0.15, linewidth=0)
            if band.selected is not None:
                at = int(np.flatnonzero(band.layers == band.selected)[0])
                axes.plot(band.selected, band.values[at], "o", color=colour, markersize=5)
        axes.axhline(0, color="#888888", linewidth=0.8)
        axes.set_title(model, fontsize=10, loc="left")
        axes.set_xlabel("block (0-based)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.25)
        if len(bands) > 1:
            axes.legend(fontsize=6.5, loc="upper center", bbox_to_anchor=(0.5, -0.2), frameon=False)
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_ylabel("reliability (half against half)")
    return png(figure)


def png(figure: Figure) -> bytes:
    """The bytes of a figure's file, the same for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130, metadata={"Software": None})
    return buffer.getvalue()


def _label(axes: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    axes.set_xticks(range(len(columns)), columns, rotation=60, ha="right", rotation_mode="anchor", fontsize=9)
    axes.set_yticks(range(len(rows)), rows, fontsize=9)
