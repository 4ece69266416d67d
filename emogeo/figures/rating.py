"""Colours of conditions by a rating."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgba
from matplotlib.figure import Figure

from emogeo.arrays import Array

PLAIN, QUIET = "#20639b", "#8a8f98"
"""The colour of conditions without a rating at all, and of one that the rating lacks."""
_RATED = LinearSegmentedColormap.from_list("rated", ["#b2182b", "#d6604d", "#9a8fa0", "#4393c3", "#2166ac"])
"""From low to high; red and blue are told apart by all, and no colour is pale."""


@dataclass(frozen=True, eq=False)
class Rating:
    """A rating of conditions, and where it grows on a map."""

    name: str
    values: Array
    """[condition], NaN where a condition has none"""
    scale: tuple[float, float]
    """The least and the largest value that the rating can have."""
    way: Array | None = None
    """[2], of length 1; None where it has no direction"""
    said: str = ""
    """What is said of the arrow."""
    sure: bool = True
    """Whether it is more than chance; the arrow is dashed where it is not."""


def colours_of(rating: Rating | None, n: int) -> list[tuple[float, ...]]:
    """Gives the colour of each of n conditions; the same for all where there is no rating."""
    if rating is None:
        return [to_rgba(PLAIN)] * n
    scale = Normalize(*rating.scale)
    return [to_rgba(QUIET) if np.isnan(value) else tuple(_RATED(scale(value))) for value in rating.values]


def bar_of(figure: Figure, axes: Axes, rating: Rating) -> None:
    """Draws the scale of colours beside a panel."""
    colours = ScalarMappable(Normalize(*rating.scale), _RATED)
    bar = figure.colorbar(colours, ax=axes, shrink=0.5, aspect=28, pad=0.02)
    bar.set_label(rating.name, fontsize=8)
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)
