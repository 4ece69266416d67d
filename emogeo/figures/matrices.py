"""Matrices as heat maps."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from matplotlib.figure import Figure

from emogeo.arrays import Array
from emogeo.figures.lettering import heading, shortened, width
from emogeo.figures.png import label_axes, png
from emogeo.geometry.shown import decimals

_CELL = 0.34
"""Inches per row of a labelled matrix, where there is room for it."""
_WIDEST = 18.0
"""The most inches of a labelled matrix."""
_LARGEST, _SMALLEST = 9.0, 5.0
"""Sizes of labels, in points."""
_LETTER = 0.0085
"""Inches per letter and point of a label."""


def rdm_figure(rdm: Array, conditions: Sequence[str], title: str) -> bytes:
    """Heat map of one RDM [condition, condition].

    Labels of many conditions are smaller, down to a size that can be read; beyond that only some are written.
    """
    cell = min(_CELL, _WIDEST / len(conditions))
    room = 0.8 * 72 * cell
    size, step = min(_LARGEST, max(room, _SMALLEST)), max(1, ceil(_SMALLEST / room))
    names = shortened(conditions)
    side = cell * len(conditions) + max(2.2, 1.2 + _LETTER * size * max(map(width, names)))
    figure = Figure(figsize=(side + 0.8, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(rdm, cmap="viridis", vmin=0.0, vmax=max(1.0, float(rdm.max())))
    label_axes(axes, names, size, step)
    some = f"\none label in {step} is written" if step > 1 else ""
    axes.set_title(f"{heading(title)}{some}", fontsize=11, loc="left")
    figure.colorbar(image, ax=axes, label="dissimilarity, 1 − cosine", shrink=0.8)
    return png(figure)


def rho_figure(rho: Array, names: Sequence[str], title: str, label: str = "Spearman ρ") -> bytes:
    """Matrix of ρ between runs [run, run]; NaN where there is none (drawn as a dash)."""
    side = max(0.9 * len(names), 2.5) + 2.6
    figure = Figure(figsize=(side + 0.8, side - 0.4), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(rho, cmap="RdBu_r", vmin=-1.0, vmax=1.0)
    label_axes(axes, names)
    for (row, column), value in np.ndenumerate(rho):
        text = "–" if np.isnan(value) else decimals(value)
        colour = "white" if abs(value) > 0.6 else "black"
        axes.text(column, row, text, ha="center", va="center", fontsize=9, color=colour)
    axes.set_title(title, fontsize=11, loc="left")
    figure.colorbar(image, ax=axes, label=label, shrink=0.8)
    return png(figure)
