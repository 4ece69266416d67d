"""Agreement on disjoint text against the words that texts have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from emogeo.arrays import Array
from emogeo.figures.panels import hide_unused
from emogeo.figures.png import png

PANELS_AT_MOST = 12
_COLUMNS = 3


@dataclass(frozen=True)
class OverlapCurve:
    """The agreement of two runs as their texts have fewer words in common."""

    name: str
    shared: Array
    """[point]: content words that two texts of one condition share, mean"""
    values: Array
    """[point, 3]: the agreement on disjoint text with the ends of its interval"""
    reliabilities: Array
    """[point, 2]: of either run"""
    star: str
    """rho* without words in common, as it is written."""


def overlap_figure(curves: Sequence[OverlapCurve]) -> bytes:
    """Draws a panel per pair of runs: agreement on disjoint text, with its interval, down to no word in common.

    Of more than `PANELS_AT_MOST` pairs it draws the first, and says so.
    """
    shown = curves[:PANELS_AT_MOST]
    wide = min(len(shown), _COLUMNS)
    rows = -(-len(shown) // wide)
    figure = Figure(figsize=(max(5.0, 4.3 * wide), 3.3 * rows + 0.9), layout="constrained")
    grid = figure.subplots(rows, wide, squeeze=False, sharex=True, sharey=True)
    for axes, curve in zip(grid.flat, shown, strict=False):
        _panel(axes, curve)
    _scale(grid[0, 0], shown)
    hide_unused(grid, len(shown))
    for axes in grid[:, 0]:
        axes.set_ylabel("Spearman ρ of half RDMs", fontsize=9)
    left_out = f"; the first {len(shown)} of {len(curves)} pairs of runs" if len(curves) > len(shown) else ""
    figure.supxlabel(f"content words that two texts of one condition share, mean{left_out}", fontsize=9)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=2 * min(wide, 2), fontsize=8, frameon=False)
    return png(figure)


def _scale(axes: Axes, shown: Sequence[OverlapCurve]) -> None:
    """Sets the scales that all panels have in common: each curve and reliability, and points at no word, are whole."""
    lowest = min(float(np.nanmin(np.hstack([curve.values, curve.reliabilities]))) for curve in shown)
    most = max(float(curve.shared.max()) for curve in shown)
    axes.set_ylim(min(0.0, lowest) - 0.03, 1.0)
    axes.set_xlim(-0.05 * most, 1.05 * most)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(6))


def _panel(axes: Axes, curve: OverlapCurve) -> None:
    order = np.argsort(curve.shared)
    at, values = curve.shared[order], curve.values[order]
    axes.plot(at, values[:, 0], "o-", color="#20639b", markersize=5, label="the two runs, opposite halves")
    axes.fill_between(
        at, values[:, 1], values[:, 2], color="#20639b", alpha=0.15, linewidth=0, label="its 95% interval"
    )
    for own, style, label in zip(curve.reliabilities[order].T, ("--", ":"), ("first", "second"), strict=True):
        axes.plot(at, own, style, color="#444444", linewidth=1.2, label=f"{label} run with itself")
    axes.set_title(f"{curve.name}\nno content word in common: {curve.star}", fontsize=8, loc="left")
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.25)
