"""Curves over the blocks of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.figures.lettering import heading
from emogeo.figures.panels import hide_unused
from emogeo.figures.png import png

_LOWEST, _HIGHEST = -0.5, 1.3
"""What is drawn of intervals of rho*, which at unreliable blocks have no end."""


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


@dataclass(frozen=True)
class Apart:
    """rho* between two checkpoints over the blocks of a model; NaN where there is none."""

    name: str
    """What the second checkpoint is called."""
    blocks: NDArray[np.int64]
    """[block], 0-based"""
    values: Array
    low: Array
    high: Array
    floors: Array
    """1 - rho between a run and its reread, the larger of the two."""
    differs: NDArray[np.bool_]
    """Whether the difference counts at a block."""


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
    figure.suptitle(f"{heading(title)} ({marked})", fontsize=10)
    return png(figure)


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
            label = band.name.removeprefix(model).strip() or model
            axes.plot(band.layers, band.values, color=colour, linewidth=1.3, label=label)
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


def checkpoints_figure(panels: Mapping[str, Sequence[Apart]], bound: float) -> bytes:
    """Draws rho* over blocks with its 95% interval: a panel per first checkpoint, a line per other one.

    Dots are blocks where the two differ; dotted lines are 1 less the floors, and the dashed one is 1 less the bound.

    Args:
        bound: the 1 - rho* within which two geometries are the same.
    """
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    named = 0.15 * max(map(len, panels.values()))
    figure = Figure(figsize=(5.6 * columns, (3.3 + named) * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, (first, pairs) in zip(grid.flat, panels.items(), strict=False):
        for number, pair in enumerate(pairs):
            _line(axes, pair, f"C{number % 10}")
        axes.axhline(1 - bound, color="#444444", linewidth=0.9, linestyle="--", label=f"bound, {1 - bound:g}")
        ends = np.array([_LOWEST, _HIGHEST])
        axes.set_ylim(*np.clip(axes.get_ylim(), *ends))
        axes.set_title(f"from {first}", fontsize=9, loc="left")
        axes.set_xlabel("block (0-based)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.25)
        axes.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.16), frameon=False)
    hide_unused(grid, len(panels))
    for axes in grid[:, 0]:
        axes.set_ylabel("ρ* (dots: differs; dotted: 1 − floor)", fontsize=8)
    return png(figure)


def _line(axes: Axes, pair: Apart, colour: str) -> None:
    axes.plot(pair.blocks, pair.values, color=colour, linewidth=1.3, label=f"to {pair.name}")
    axes.fill_between(pair.blocks, pair.low, pair.high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(pair.blocks, 1 - pair.floors, color=colour, linewidth=1, linestyle=":")
    axes.plot(pair.blocks[pair.differs], pair.values[pair.differs], "o", color=colour, markersize=4)
