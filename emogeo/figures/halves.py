"""Agreement on the same half of the texts against that on opposite halves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from emogeo.arrays import Array
from emogeo.figures.png import png

ROWS_AT_MOST = 40
_SAME, _DISJOINT = "#c0392b", "#20639b"
_LETTER = 0.065
"""Inches per letter of a label."""


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
    axes.set_xlim(min(0.0, float(np.minimum(same, disjoint).min()) - 0.03), 1.0)
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
