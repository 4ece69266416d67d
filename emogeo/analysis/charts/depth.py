"""Every block of one run with every block of another: rho, rho* and what ways of choosing a block take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import altair
import numpy as np
import pandas as pd

from emogeo.analysis.charts.chart import NARROW, PADDING, WIDE, Layer, for_both, named, spec_of
from emogeo.analysis.charts.map_words import decimals, fitted
from emogeo.analysis.tables.depth import LARGEST, ways_of

LEVEL = 0.05
"""The p up to which a cell lies beyond the largest of relabelled conditions."""
CALLED = {
    **{"selected": "selected", "middle": "middle", "two_thirds": "two thirds", "upper": "0.85 of depth"},
    **{"min_mean_cosine": "lowest mean cosine", "separation": "highest separation"},
    **{"reliability": "highest reliability", LARGEST: "largest ρ"},
}
"""What ways of choosing a block are called, in the order of the legend."""
_RHO, _STAR = "ρ", "ρ*"
_LINE, _MARGIN = 16, 46
"""Pixels from line to line of the list of ways, and beside a grid for its axis."""
_TALLEST = 420
_ABSENT = -9
"""Stands for a rho* that is not identifiable."""
_PALE = 0.3
"""How opaque a cell is that relabelled conditions reach."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of one pair of runs."""

    cells: pd.DataFrame
    """The pair's rows of `depth_grid`."""
    names: tuple[str, str]
    """What the two runs are called."""

    @property
    def within(self) -> bool:
        """Whether the blocks are of one run."""
        return bool(self.cells["key_a"].iloc[0] == self.cells["key_b"].iloc[0])

    @property
    def starred(self) -> bool:
        """Whether rho* is known of any cell."""
        return bool(self.cells["rho_star"].notna().any())

    @cached_property
    def blocks(self) -> tuple[list[int], list[int]]:
        """Lists the blocks of either run."""
        a, b = (sorted({int(block) for block in self.cells[f"block_{side}"]}) for side in "ab")
        return a, b

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Gives a row per block of a: the blocks of b with what is known of each pair, to three digits."""
        columns = {"b": "block_b", "r": "rho", "s": "rho_star", "p": "p_largest"}
        return [
            {
                "a": int(block),
                **{name: _numbers(own.sort_values("block_b")[column]) for name, column in columns.items()},
            }
            for block, own in self.cells.groupby("block_a", sort=True)
        ]

    @cached_property
    def marks(self) -> list[dict[str, Any]]:
        """Gives the cells that ways of choosing take, numbered, with the ways in words."""
        found: dict[tuple[int, int], list[str]] = {}
        for way, called in CALLED.items():
            if (cell := self._taken.get(way)) is not None:
                found.setdefault((int(cell["block_a"]), int(cell["block_b"])), []).append(called)
        rho = self.cells.set_index(["block_a", "block_b"])["rho"]
        return [
            {"a": a, "b": b, "n": number, "said": f"{', '.join(ways)}: {self._where(a, b, float(rho[a, b]))}"}
            for number, ((a, b), ways) in enumerate(found.items(), 1)
        ]

    @cached_property
    def _taken(self) -> Mapping[str, pd.Series]:
        """Gives the cell of each way, and of two runs that of the largest rho."""
        pairs = zip(self.cells.iterrows(), ways_of(self.cells), strict=True)
        found = {way: cell for (_, cell), ways in pairs for way in ways}
        return found if self.within else {**found, LARGEST: self.cells.loc[self.cells["rho"].idxmax()]}

    def _where(self, a: int, b: int, rho: float) -> str:
        return f"block {a}" if self.within and a == b else f"blocks {a} and {b}, ρ {decimals(rho)}"


def depth_spec(grid: Grid) -> dict[str, Any]:
    """Makes the chart of a grid: a colour for each pair of blocks, pale where relabelled conditions reach its rho."""
    rows = {"cells": grid.rows, "marks": grid.marks}
    wide, narrow = (spec_of(_chart(grid, width), rows) for width in (WIDE, NARROW))
    return for_both(wide, narrow)


def _chart(grid: Grid, width: int) -> Layer:
    n_a, n_b = map(len, grid.blocks)
    cell = min((width - _MARGIN) / n_b, _TALLEST / n_a)
    size = {"width": round(cell * n_b), "height": round(cell * n_a)}
    axes = _axes(grid)
    layers = [_heat(grid, axes), *_numbers_on(axes)]
    heat = altair.layer(*layers).properties(**size, view=altair.ViewBackground(stroke=None))
    lines = [line for said in _lines(grid) for line in fitted([said], width - _MARGIN)[0]]
    listed = _listed(lines).properties(height=_LINE * len(lines), width=size["width"])
    listed = listed.properties(view=altair.ViewBackground(stroke=None))
    return altair.vconcat(heat, listed, spacing=8).add_params(*_shown(grid)).properties(padding=PADDING)


def _shown(grid: Grid) -> list[altair.Parameter]:
    if not grid.starred:
        return [altair.param(name="shown", value=_RHO)]
    return [altair.param(name="shown", value=_RHO, bind=altair.binding_select(options=[_RHO, _STAR], name="colour"))]


def _axes(grid: Grid) -> dict[str, Any]:
    def axis(side: int) -> altair.Axis:
        blocks = grid.blocks[side]
        step = max(1, -(-len(blocks) // 10))
        title = "block" if grid.within else f"block of {grid.names[side]}"
        return altair.Axis(title=title, values=blocks[::step], labelAngle=0, ticks=False, domain=False, titleLimit=300)

    scale = altair.Scale(paddingInner=0, paddingOuter=0)
    return {
        "y": altair.Y("a:O", scale=scale, sort="descending", axis=axis(0)),
        "x": altair.X("b:O", scale=scale, axis=axis(1)),
    }


def _heat(grid: Grid, axes: Mapping[str, Any]) -> Layer:
    cells = named("cells").transform_flatten(["b", "r", "s", "p"])
    cells = cells.transform_calculate(value=f"shown == '{_RHO}' ? datum.r : isValid(datum.s) ? datum.s : {_ABSENT}")
    given = altair.Color(
        "value:Q",
        scale=altair.Scale(scheme="viridis", domain=[0, 1], clamp=True),
        legend=altair.Legend(
            title=None,
            orient="top",
            offset=6,
            gradientLength=120,
            gradientThickness=8,
            values=[0, 0.5, 1],
            labelExpr="datum.value == 1 ? shown + ' 1' : datum.value == 0 ? '0' : '0.5'",
        ),
    )
    names = ("block", "and block") if grid.within else tuple(f"block of {name}" for name in grid.names)
    tips = [altair.Tooltip("a:O", title=names[0]), altair.Tooltip("b:O", title=names[1])]
    tips += [altair.Tooltip("r:Q", title="ρ", format=".2f")]
    tips += [altair.Tooltip("s:Q", title="ρ*", format=".2f")] if grid.starred else []
    tips += [altair.Tooltip("p:Q", title="p of the largest", format=".3f")]
    reached = altair.condition(f"isValid(datum.p) && datum.p > {LEVEL}", altair.value(_PALE), altair.value(1))
    absent = altair.condition(f"datum.value > {_ABSENT}", given, altair.value(altair.expr("line")))
    return cells.mark_rect().encode(**axes, color=absent, opacity=reached, tooltip=tips)


def _numbers_on(axes: Mapping[str, Any]) -> list[Layer]:
    circle = named("marks").mark_point(filled=True, size=160, color="#ffffff", stroke="#1c2329", opacity=1)
    number = named("marks").mark_text(fontSize=10, fontWeight="bold", color="#1c2329", baseline="middle")
    tips = [altair.Tooltip("said:N", title="taken by")]
    return [circle.encode(**axes, tooltip=tips), number.encode(**axes, text="n:N", tooltip=tips)]


def _lines(grid: Grid) -> list[str]:
    said = [f"{own['n']}  {own['said']}" for own in grid.marks]
    if (grid.cells["p_largest"] > LEVEL).any():
        said.append(f"pale: not beyond relabelled conditions (p of the largest > {decimals(LEVEL)})")
    if grid.starred and grid.cells["rho_star"].isna().any():
        said.append("grey: ρ* not identifiable")
    return said


def _listed(lines: Sequence[str]) -> Layer:
    words: dict[str, Any] = {"x": 0, "y": 4, "align": "left", "baseline": "top", "lineHeight": _LINE, "fontSize": 11}
    return altair.Chart(altair.InlineData(values=[{}])).mark_text(text=list(lines), color=altair.expr("soft"), **words)


def _numbers(values: pd.Series) -> list[float | int | None]:
    if pd.api.types.is_integer_dtype(values):
        return [int(value) for value in values]
    return [None if np.isnan(value) else round(float(value), 3) for value in values.to_numpy(dtype=float)]
