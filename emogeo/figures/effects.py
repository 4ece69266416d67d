"""Effects with their intervals, and shares of variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emogeo.figures.png import png

_STAR, _RAW, _PUBLISHED = "#20639b", "#8a8a8a", "#c0392b"
_MARKERS = ("x", "+")
_WIDTH = 46
"""The longest line of a label, in letters."""


@dataclass(frozen=True)
class Bounded:
    """A number with its interval."""

    value: float
    low: float
    high: float

    @property
    def reach(self) -> list[list[float]]:
        """Gives the distances down and up to the ends of the interval, as matplotlib takes them."""
        return [[self.value - self.low], [self.high - self.value]]


@dataclass(frozen=True)
class KindRow:
    """A row of the figure of effects: an effect kind, with the published values."""

    label: str
    published: Mapping[str, float] = field(default_factory=dict)
    """The published value for each model."""


@dataclass(frozen=True)
class Point:
    """A comparison in a model's panel."""

    row: int
    rho: float
    rho_star: Bounded | None
    null: float | None
    """The regeneration null: 1 - rho* of texts that were written again."""


@dataclass(frozen=True)
class Bar:
    """A comparison as a bar."""

    row: int
    raw: float
    """1 - rho"""
    effect: Bounded | None
    """1 - rho*"""


@dataclass(frozen=True)
class Share:
    """A factor's share of the variance; NaN where it has no interval or no p."""

    factor: str
    aliased_with: str
    size: Bounded
    p: float
    p_min: float

    @property
    def label(self) -> str:
        return fill(f"{self.factor} (= {self.aliased_with})" if self.aliased_with else self.factor, _WIDTH)

    @property
    def said(self) -> str:
        p = "no relabelling" if np.isnan(self.p) else f"p = {self.p:.3g} (least: {self.p_min:.2g})"
        return f"  {self.size.value:.2f}, {p}"


def layers_of_effect_figure(rows: Sequence[KindRow], panels: Mapping[str, Sequence[Point]]) -> bytes:
    """Draws a panel per model and a row per effect kind: raw and disattenuated, with nulls and published points."""
    figure = Figure(figsize=(3.6 + 3.6 * len(panels), 0.3 * len(rows) + 2.0), layout="constrained")
    grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (model, points) in zip(grid, panels.items(), strict=True):
        _panel(axes, rows, points)
        axes.set_title(model, fontsize=10, loc="left")
    grid[0].set_yticks(range(len(rows)), [row.label for row in rows], fontsize=8)
    grid[0].set_ylim(len(rows) - 0.4, -0.6)
    unique = {name: handle for axes in grid for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(unique.values(), unique.keys(), loc="outside upper left", ncols=4, fontsize=8, frameon=False)
    return png(figure)


def _panel(axes: Axes, rows: Sequence[KindRow], points: Sequence[Point]) -> None:
    for point in points:
        at, star = point.row, point.rho_star
        axes.plot(point.rho, at, "o", mfc="white", mec=_RAW, markersize=6, label="ρ, raw, as published")
        if star is not None:
            axes.plot([star.low, star.high], [at, at], color=_STAR, linewidth=1.5, alpha=0.7)
            axes.plot(star.value, at, "o", color=_STAR, markersize=5, label="ρ* with its interval")
        if star is not None and point.null is not None:
            axes.plot(1 - point.null, at, "|", color="black", markersize=12, mew=2, label="ρ* of the null")
    for at, row in enumerate(rows):
        for marker, (model, rho) in zip(_MARKERS, row.published.items(), strict=False):
            axes.plot(rho, at, marker, color=_PUBLISHED, markersize=6, label=f"published: {model}")
    axes.axvline(1, color="#444444", linewidth=0.8, linestyle="--")
    axes.axvline(0, color="#444444", linewidth=0.8)
    axes.set_xlabel("ρ and ρ* (1: the same geometry)")
    axes.grid(axis="x", alpha=0.25)


def sub_parameters_figure(factors: Sequence[str], models: Mapping[str, Sequence[Bar]]) -> bytes:
    """Draws a bar per sub-parameter and model: 1 - rho* with its interval, beside the raw 1 - rho."""
    figure = Figure(figsize=(8.2, 0.36 * len(factors) * max(len(models), 1) + 1.6), layout="constrained")
    axes, height = figure.subplots(), 0.8 / max(len(models), 1)
    for number, (model, bars) in enumerate(models.items()):
        for bar in bars:
            at = bar.row + (number - (len(models) - 1) / 2) * height
            axes.barh(at, bar.raw, height * 0.9, facecolor="none", edgecolor=_RAW, linewidth=0.8)
            if bar.effect is not None:
                colour, size = f"C{number}", bar.effect
                axes.barh(at, size.value, height * 0.55, color=colour, alpha=0.8, xerr=size.reach, ecolor="#333333")
        axes.barh(0, 0, color=f"C{number}", alpha=0.8, label=f"{model}: 1 − ρ*")
    axes.barh(0, 0, facecolor="none", edgecolor=_RAW, label="1 − ρ, raw (alone where ρ* is not identifiable)")
    axes.axvline(0, color="#444444", linewidth=0.8)
    axes.set_yticks(range(len(factors)), factors, fontsize=9)
    axes.set_ylim(len(factors) - 0.4, -0.6)
    axes.set_xlabel("effect on the geometry")
    axes.grid(axis="x", alpha=0.25)
    figure.legend(loc="outside upper left", ncols=2, fontsize=8, frameon=False)
    return png(figure)


def variance_figure(shares: Sequence[Share]) -> bytes:
    """Draws a bar per factor: its unique share of the distances between runs, with its p."""
    rows = sorted(shares, key=lambda share: share.size.value)
    figure = Figure(figsize=(8.2, 0.4 * len(rows) + 1.4), layout="constrained")
    axes, values = figure.subplots(), np.array([row.size.value for row in rows])
    reach = np.nan_to_num(np.concatenate([row.size.reach for row in rows], axis=1)).clip(min=0)
    axes.barh(range(len(rows)), values, color=_STAR, xerr=reach, ecolor="#333333")
    axes.set_yticks(range(len(rows)), [row.label for row in rows], fontsize=8)
    ends = values + reach[1]
    for at, (row, end) in enumerate(zip(rows, ends, strict=True)):
        axes.text(end, at, row.said, va="center", fontsize=8)  # beside the interval, too
    axes.set_xlim(0, max(float(ends.max()) * 1.5, 0.05))
    axes.set_xlabel("unique share of the variance of 1 − ρ* over pairs of runs")
    axes.grid(axis="x", alpha=0.25)
    return png(figure)
