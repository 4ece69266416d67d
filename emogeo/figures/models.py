"""Models beside each other: tree and map, descriptors by depth, steering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.cluster.hierarchy import dendrogram

from emogeo.arrays import Array
from emogeo.figures.lettering import shortened
from emogeo.figures.png import png
from emogeo.geometry.scaling import average_linkage, classical_scaling
from emogeo.stimuli.conditions import noun_of

ROWS_AT_MOST = 12
_ALONG, _RANDOM = "#c0392b", "#888888"
_LINE = 26
"""The longest line beside a panel, in letters."""


@dataclass(frozen=True)
class Line:
    """A model's descriptors over depth."""

    name: str
    depth: Array
    """[block], share of all blocks"""
    curves: Mapping[str, Array]
    """[block] each, by the title of the panel"""
    selected: NDArray[np.bool_]
    """[block]"""


@dataclass(frozen=True)
class Shifts:
    """The gain of a condition's words over neutral ones, by strength; each [strength]."""

    strength: Array
    along: Array
    random_mean: Array
    random_low: Array
    random_high: Array


def universality_figure(families: Mapping[str, str], distances: Array, symbol: str, reading: str) -> bytes:
    """Tree of average linkage and map of classical scaling.

    Args:
        families: the family of each model.
        distances: [model, model], 1 less the agreement that `symbol` stands for.
    """
    figure = Figure(figsize=(10.5, 0.4 * len(families) + 2.8), layout="constrained")
    tree, space = figure.subplots(1, 2)
    dendrogram(average_linkage(distances), labels=list(families), orientation="left", ax=tree, color_threshold=0)
    tree.set_xlabel(f"1 − {symbol}, average linkage")
    tree.tick_params(axis="y", labelsize=8)
    _map(space, distances, families, symbol)
    figure.suptitle(f"{len(families)} models: {reading}", fontsize=10)
    return png(figure)


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


def descriptors_figure(lines: Sequence[Line], reading: str) -> bytes:
    """Descriptors over depth of comparable runs, a panel per descriptor and a line for each run."""
    titles = list(lines[0].curves)
    figure = Figure(figsize=(3.6 * len(titles), 4.1), layout="constrained")
    panels = figure.subplots(1, len(titles))
    for width, line in zip(np.linspace(3.5, 1.2, len(lines)), lines, strict=True):
        for axes, values in zip(panels, line.curves.values(), strict=True):
            (drawn,) = axes.plot(line.depth, values, linewidth=width, label=line.name)
            at, chosen = line.depth[line.selected], values[line.selected]
            axes.plot(at, chosen, "o", markersize=5 + width, color=drawn.get_color())
    for axes, title in zip(panels, titles, strict=True):
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("depth (share of blocks)")
        axes.grid(alpha=0.25)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), 4), fontsize=8, frameon=False)
    figure.suptitle(f"{reading}; dots: the selected block; no line where a block has overflowed", fontsize=9)
    return png(figure)


def shifts_figure(models: Mapping[str, Mapping[str, Shifts]]) -> bytes:
    """Draws the gain of a condition's words over neutral ones, by strength, with the range over random directions.

    Of more than `ROWS_AT_MOST` conditions it draws the first, and says so.

    Args:
        models: the shifts of each model by condition.
    """
    every = sorted({condition for shifts in models.values() for condition in shifts})
    noun, shown = noun_of(every), every[:ROWS_AT_MOST]
    figure = Figure(figsize=(3.4 * len(models) + 0.6, 2.7 * len(shown) + 0.6), layout="constrained")
    grid = figure.subplots(len(shown), len(models), squeeze=False, sharex=True)
    for row, (condition, name) in enumerate(zip(shown, shortened(shown), strict=True)):
        for axes, shifts in zip(grid[row], models.values(), strict=True):
            _shifts_panel(axes, shifts.get(condition, _NONE), f"along the {noun}'s vector")
        grid[row, 0].set_ylabel(f"{fill(f'words of {name}', _LINE)}\nagainst neutral, nats", fontsize=9)
    for axes, model in zip(grid[0], models, strict=True):
        axes.set_title(model, fontsize=9)
    for axes in grid[-1]:
        axes.set_xlabel("strength (share of residual norm)", fontsize=9)
    if len(shown) < len(every):
        figure.suptitle(f"the first {len(shown)} of {len(every)} {noun.many}", fontsize=9)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", fontsize=8, frameon=False)
    return png(figure)


_NONE = Shifts(*(np.zeros(0) for _ in range(5)))


def _shifts_panel(axes: Axes, own: Shifts, along: str) -> None:
    x = own.strength
    axes.fill_between(x, own.random_low, own.random_high, color=_RANDOM, alpha=0.3, linewidth=0)
    axes.plot(x, own.random_mean, color=_RANDOM, linewidth=1, label="random directions: mean, range")
    axes.plot(x, own.along, color=_ALONG, marker="o", markersize=4, label=along)
    axes.axhline(0, color="black", linewidth=0.6)
    axes.grid(alpha=0.25)
