"""Grids of panels, of which some may not be used."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray


def hide_unused(grid: NDArray[Any], used: int) -> None:
    """Hides the panels of a grid [row, column] after the first `used`; the lowest used of each column has labels."""
    width = grid.shape[1]
    for axes in grid.flat[used:]:
        axes.set_visible(False)
    for axes in grid.flat[max(used - width, 0) : used]:
        axes.tick_params(labelbottom=True)
