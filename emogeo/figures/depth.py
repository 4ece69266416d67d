"""Agreement of every block of one run with every block of another, as heat maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.figures.png import png
from emogeo.geometry.shown import decimals

_LOWEST, _HIGHEST = 0.0, 1.0
"""The ends of the colours, the same in all figures; rho below and rho* above have the colour of the end."""
_LONGER = 4.0
"""Inches of the longer side of a grid."""
_ABSENT = "#d9d9d9"
_MARK = 8.5
"""Size of a mark, in points."""


@dataclass(frozen=True, eq=False)
class BlockGrid:
    """One grid to be drawn, and the cells that are marked on it."""

    names: tuple[str, str]
    """What the two runs are called."""
    blocks: tuple[Sequence[int], Sequence[int]]
    """The 0-based blocks of either."""
    rho: Array
    """[block of a, block of b]"""
    star: Array | None
    """The same of rho*; NaN where it is not identifiable, None where there is none at all."""
    beyond: NDArray[np.bool_]
    """Whether a cell lies beyond the largest of relabelled conditions."""
    marks: Mapping[str, tuple[int, int]]
    """The blocks that ways of choosing take, by name."""

    @property
    def within(self) -> bool:
        """Whether the blocks are of one run."""
        return self.names[0] == self.names[1]


def depth_figure(grid: BlockGrid, title: str, level: float) -> bytes:
    """Draws rho, and rho* where it is known, of every block against every block.

    Cells whose rho relabelled conditions reach are hatched. Numbers mark what ways of choosing a block take.

    Args:
        level: the p up to which a cell lies beyond.
    """
    panels = {"ρ": grid.rho} | ({"ρ*": grid.star} if grid.star is not None else {})
    wide, high = _size(grid)
    spaced = ConstrainedLayoutEngine(h_pad=0.06)
    figure = Figure(figsize=((wide + 0.9) * len(panels) + 1.1, high + 2.0), layout=spaced)
    row = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    at = _cells(grid)
    for axes, (name, values) in zip(row, panels.items(), strict=True):
        image = _heat(axes, values)
        axes.set_title(_HEADS[name], fontsize=9, loc="left")
        axes.set_xlabel(f"block of {grid.names[1]}", fontsize=9)
        _mark(axes, list(at))
        _tick(axes, grid.blocks)
    _hatch(row[0], _reached(grid))
    row[0].set_ylabel(f"block of {grid.names[0]}", fontsize=9)
    bar = figure.colorbar(image, ax=row, shrink=0.9, extend="both", pad=0.02)
    bar.set_label("ρ, ρ*" if len(panels) > 1 else "ρ", fontsize=9)
    bar.ax.tick_params(labelsize=8)
    figure.suptitle(title, fontsize=10, x=0.01, ha="left")
    _legend(figure, at, grid, level)
    return png(figure)


_HEADS = {"ρ": "raw ρ", "ρ*": "ρ*, corrected for text noise"}


def _size(grid: BlockGrid) -> tuple[float, float]:
    """Gives the inches of a grid, wide and high; cells are square, and no side is too short for its label."""
    n_rows, n_columns = grid.rho.shape
    cell = _LONGER / max(n_rows, n_columns)
    return max(cell * n_columns, 2.2), max(cell * n_rows, 1.8)


def _heat(axes: Axes, values: Array) -> AxesImage:
    colours = matplotlib.colormaps["viridis"].with_extremes(bad=_ABSENT)
    return axes.imshow(np.ma.masked_invalid(values), cmap=colours, vmin=_LOWEST, vmax=_HIGHEST, origin="lower")


def _tick(axes: Axes, blocks: tuple[Sequence[int], Sequence[int]]) -> None:
    """Writes some of the blocks, evenly spaced, under the columns and beside the rows."""
    for axis, own in ((axes.yaxis, blocks[0]), (axes.xaxis, blocks[1])):
        places = [int(place) for place in MaxNLocator(8, integer=True).tick_values(0, len(own) - 1)]
        shown = [place for place in places if 0 <= place < len(own)]
        axis.set_ticks(shown, [str(own[place]) for place in shown], fontsize=8)


def _reached(grid: BlockGrid) -> NDArray[np.bool_]:
    """Gives the cells that relabelled conditions reach; a block with itself is none."""
    found = ~grid.beyond
    if grid.within:
        np.fill_diagonal(found, False)
    return found


def _hatch(axes: Axes, cells: NDArray[np.bool_]) -> None:
    """Hatches some cells as one area, without seams between them."""
    squares = [_square(row, column) for row, column in np.argwhere(cells)]
    if squares:
        area = Path.make_compound_path(*squares)
        axes.add_patch(PathPatch(area, facecolor="none", edgecolor="white", hatch="//////", linewidth=0))


def _square(row: int, column: int) -> Path:
    low, left = row - 0.5, column - 0.5
    return Path([(left, low), (left + 1, low), (left + 1, low + 1), (left, low + 1), (left, low)], closed=True)


def _cells(grid: BlockGrid) -> dict[tuple[int, int], list[str]]:
    """Gathers the ways by the cell that they take, as row and column."""
    found: dict[tuple[int, int], list[str]] = {}
    for way, (a, b) in grid.marks.items():
        found.setdefault((grid.blocks[0].index(a), grid.blocks[1].index(b)), []).append(way)
    return found


def _mark(axes: Axes, cells: Sequence[tuple[int, int]]) -> None:
    for number, (row, column) in enumerate(cells, 1):
        axes.plot(
            column, row, "o", markersize=_MARK, markerfacecolor="white", markeredgecolor="black", markeredgewidth=0.7
        )
        axes.annotate(str(number), (column, row), ha="center", va="center_baseline", fontsize=6.5, color="black")


def _legend(figure: Figure, at: Mapping[tuple[int, int], list[str]], grid: BlockGrid, level: float) -> None:
    """Says under the grids which way takes which blocks, and what hatching and grey mean."""
    handles: list[Line2D | Patch] = []
    words = []
    for number, ((row, column), ways) in enumerate(at.items(), 1):
        handles.append(Line2D([], [], linestyle="none"))
        words.append(f"{number}  {', '.join(ways)}: {_where(grid, row, column)}")
    if _reached(grid).any():
        handles.append(Patch(facecolor="#3b528b", edgecolor="white", hatch="//////"))
        words.append(f"not beyond relabelled conditions (p of the largest > {level:g})".replace("0.", "."))
    if grid.star is not None and np.isnan(grid.star).any():
        handles.append(Patch(facecolor=_ABSENT))
        words.append("ρ* not identifiable")
    figure.legend(
        handles,
        [fill(said, 62) for said in words],
        loc="outside lower left",
        ncols=2 if grid.star is not None else 1,
        fontsize=7.5,
        frameon=False,
        handlelength=1.4,
        handletextpad=0.5,
    )


def _where(grid: BlockGrid, row: int, column: int) -> str:
    a, b = grid.blocks[0][row], grid.blocks[1][column]
    rho = decimals(grid.rho[row, column]).replace("0.", ".", 1)
    return f"block {a}" if grid.within and a == b else f"{a} × {b}, ρ {rho}"
