"""Measures of agreement beside each other: a panel for each pair of runs, or for each measure where pairs are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emogeo.arrays import Array
from emogeo.figures.panels import hide_unused
from emogeo.figures.png import png

PANELS_AT_MOST = 12
_COLUMNS = 3
_PLAIN, _DISJOINT, _STAR, _CHANCE = "#c0392b", "#20639b", "#1b1b1b", "#8a8a8a"
_BARS = ("from disjoint to all text", "its 95% interval")
"""What the bars of a panel are called."""
_TITLE = 52
"""The longest line of a panel's title, in letters."""


@dataclass(frozen=True)
class Dots:
    """The measures of one pair of runs, each [measure]; NaN where there is none."""

    plain: Array
    disjoint: Array
    chance: Array
    disattenuated: Array
    low: Array
    high: Array


def measures_figure(measures: Sequence[str], pairs: Mapping[str, Dots]) -> bytes:
    """Draws a panel per pair and a row per measure: on all text, on disjoint text, disattenuated, and chance.

    Args:
        measures: the names of the measures, in the order of the values.
        pairs: the values by the pair's title, `PANELS_AT_MOST` at most.
    """
    width = min(len(pairs), _COLUMNS)
    height = -(-len(pairs) // _COLUMNS)
    size = (1.9 + 3.3 * width, (0.26 * len(measures) + 0.85) * height + 0.7)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(height, width, squeeze=False, sharex=True, sharey=True)
    for axes, (title, dots) in zip(grid.flat, pairs.items(), strict=False):
        _panel(axes, dots)
        axes.set_title(fill(title, _TITLE), fontsize=8, loc="left")
    hide_unused(grid, len(pairs))
    grid[0, 0].set_yticks(range(len(measures)), measures)
    grid[0, 0].set_ylim(len(measures) - 0.4, -0.6)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.supxlabel("agreement (1: the same geometry)", fontsize=8)
    figure.legend(handles, labels, loc="outside upper left", ncols=3 * min(width, 2), fontsize=8, frameon=False)
    return png(figure)


def _panel(axes: Axes, dots: Dots) -> None:
    rows = np.arange(len(dots.plain))
    axes.scatter(dots.chance, rows, marker="|", s=110, color=_CHANCE, linewidths=2, label="chance, all text", zorder=2)
    axes.scatter(dots.plain, rows, s=26, color=_PLAIN, label="all text", zorder=3)
    axes.scatter(dots.disjoint, rows, s=26, color=_DISJOINT, label="disjoint text", zorder=3)
    axes.hlines(rows, dots.disjoint, dots.plain, color="#d5d5d5", linewidth=3, label=_BARS[0], zorder=1)
    axes.scatter(dots.disattenuated, rows + 0.28, s=16, marker="D", color=_STAR, label="disattenuated", zorder=4)
    axes.hlines(rows + 0.28, dots.low, dots.high, color=_STAR, linewidth=1.2, label=_BARS[1], zorder=3)
    axes.axvline(1, color="#444444", linewidth=0.8, linestyle="--", zorder=0)
    axes.axvline(0, color="#444444", linewidth=0.8, zorder=0)
    axes.tick_params(labelsize=8)
    axes.grid(axis="x", alpha=0.25)


def measures_cloud(of: str, values: Array, others: Mapping[str, Array]) -> bytes:
    """Draws a panel per measure and a point per pair: its values against those of one of them, on disjoint text.

    Args:
        of: the measure on the horizontal axis, with its values [pair].
        others: the values of the others [pair], by name.
    """
    height = -(-len(others) // 4)
    figure = Figure(figsize=(11.0, 2.7 * height + 0.5), layout="constrained")
    grid = figure.subplots(height, 4, squeeze=False, sharex=True)
    for axes, (name, own) in zip(grid.flat, others.items(), strict=False):
        axes.scatter(values, own, s=12, color=_DISJOINT, alpha=0.6)
        axes.set_title(name, fontsize=9, loc="left")
        axes.tick_params(labelsize=8)
        axes.grid(alpha=0.25)
    hide_unused(grid, len(others))
    figure.supxlabel(f"{of}, disjoint text; {len(values)} pairs of runs", fontsize=9)
    return png(figure)
