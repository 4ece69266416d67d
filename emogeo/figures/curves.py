"""Curves over the blocks of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.figures.png import png


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
