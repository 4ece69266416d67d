"""Trees of conditions with the supports of their branches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emogeo.arrays import Array
from emogeo.figures.lettering import shortened
from emogeo.figures.png import png
from emogeo.figures.rating import Rating, bar_of, colours_of


def tree_figure(
    title: str, names: Sequence[str], linkage: Array, support: Array | None, rating: Rating | None
) -> bytes:
    """Draws a tree of conditions, with the share of resamples that keep each branch.

    Args:
        linkage: [merge, 4], as scipy gives it.
        support: [merge]; None where there is none.
    """
    n = len(names)
    cell = min(0.24, 30.0 / n)
    figure = Figure(figsize=(7.0, cell * n + 1.3), layout="constrained")
    axes = figure.subplots()
    rows, heights = tree_places(linkage)
    for merge, (left, right, height, _) in enumerate(linkage):
        _draw_merge(axes, rows, heights, (int(left), int(right)), height)
        if support is not None and merge < len(linkage) - 1:
            _say_support(axes, heights[n + merge], rows[n + merge], support[merge])
    colours, order = colours_of(rating, n), np.argsort(rows[:n])
    axes.scatter(np.zeros(n), rows[:n], s=24, c=colours, zorder=4, clip_on=False)
    axes.set_yticks(range(n), [shortened(names)[leaf] for leaf in order], fontsize=min(9.0, 60 * cell))
    axes.tick_params(axis="y", length=0, pad=7)
    axes.set_xlim(0, 1.04 * max(linkage[-1, 2], 1e-9))
    axes.set_ylim(n - 0.4, -0.6)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_xlabel("dissimilarity, average linkage", fontsize=9)
    said = "no supports (too few units)" if support is None else "numbers: % of resamples of units with this branch"
    axes.set_title(f"{title}\n{said}", fontsize=9, loc="left")
    if rating is not None:
        bar_of(figure, axes, rating)
    return png(figure)


def tree_places(linkage: Array) -> tuple[Array, Array]:
    """Gives the row and the height of every leaf and merge of a linkage: leaves stand in the order of the tree."""
    n = len(linkage) + 1
    leaves = {node: [node] for node in range(n)}
    for merge, (left, right) in enumerate(linkage[:, :2].astype(int)):
        leaves[n + merge] = [*leaves[left], *leaves[right]]
    rows = np.zeros(2 * n - 1)
    rows[leaves[2 * n - 2]] = np.arange(n)
    for merge, (left, right) in enumerate(linkage[:, :2].astype(int)):
        rows[n + merge] = (rows[left] + rows[right]) / 2
    return rows, np.concatenate([np.zeros(n), linkage[:, 2]])


def _draw_merge(axes: Axes, rows: Array, heights: Array, pair: tuple[int, int], height: float) -> None:
    left, right = pair
    x = [heights[left], height, height, heights[right]]
    y = [rows[left], rows[left], rows[right], rows[right]]
    axes.plot(x, y, color="#444444", linewidth=1.1, solid_joinstyle="miter", zorder=2)


def _say_support(axes: Axes, height: float, row: float, support: float) -> None:
    """Writes the support of a branch to the right of its bracket; what most resamples lack is pale."""
    strong = support >= 0.95
    colour = "black" if strong else "#555555" if support >= 0.5 else "#a0a0a0"
    weight = "bold" if strong else "normal"
    axes.annotate(
        f"{100 * support:.0f}",
        (height, row),
        xytext=(3, 1),
        textcoords="offset points",
        fontsize=7,
        color=colour,
        weight=weight,
        va="bottom",
    )
