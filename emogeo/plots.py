"""Figures, drawn without a display; each function returns PNG bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

Array = NDArray[np.float64]
_CELL = 0.34
"""Inches per row of a labelled matrix."""


def rdm_figure(rdm: Array, conditions: Sequence[str], title: str) -> bytes:
    """Heat map of one RDM [condition, condition]."""
    side = _CELL * len(conditions) + 2.2
    figure = Figure(figsize=(side + 0.8, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(rdm, cmap="viridis", vmin=0.0, vmax=max(1.0, float(rdm.max())))
    _label(axes, conditions, conditions)
    axes.set_title(title, fontsize=11, loc="left")
    figure.colorbar(image, ax=axes, label="dissimilarity, 1 − cosine", shrink=0.8)
    return _png(figure)


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
    return _png(figure)


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
    return _png(figure)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130, metadata={"Software": None})
    return buffer.getvalue()


def _label(axes: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    axes.set_xticks(range(len(columns)), columns, rotation=60, ha="right", rotation_mode="anchor", fontsize=9)
    axes.set_yticks(range(len(rows)), rows, fontsize=9)
