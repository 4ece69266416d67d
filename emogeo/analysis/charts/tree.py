"""The tree of a run's conditions, with the supports of its branches."""

from __future__ import annotations

from typing import Any

import altair
import numpy as np
import pandas as pd

from emogeo.analysis.charts.chart import NARROW, PADDING, WIDE, Layer, Rows, for_both, named, spec_of
from emogeo.analysis.charts.map_data import MapData, Tables
from emogeo.analysis.charts.map_layers import colour_of, legend_of, shade
from emogeo.analysis.charts.plane import letters, wide
from emogeo.arrays import Array

_STRONG, _WEAK = 0.95, 0.5
"""The supports from which on they are bold, and below which they are pale."""


def tree_spec(tables: Tables, key: str) -> dict[str, Any]:
    """Makes the chart of a run's tree: average linkage, with the share of resamples of units that keep each branch.

    Args:
        tables: those of `emogeo.analysis.tables.map`, by name.
    """
    data = MapData(tables, key, by_block=False)
    rows = _rows(data, tables["map_branches"].query("key == @key"))
    wide, narrow = (spec_of(_chart(data, rows, width), rows) for width in (WIDE, NARROW))
    return for_both(wide, narrow)


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


def _rows(data: MapData, branches: pd.DataFrame) -> Rows:
    linkage = branches[["left", "right", "height", "n_conditions"]].to_numpy(dtype=float)
    at, heights = (np.round(own, 4).tolist() for own in tree_places(linkage))
    merges = []
    for own in branches.itertuples():
        ends = {
            f"{name}{side}": of[end]
            for side, end in (("1", own.left), ("2", own.right))
            for name, of in (("x", heights), ("y", at))
        }
        known = (
            {}
            if pd.isna(own.support) or own.n_conditions == len(data.conditions)
            else {"support": round(100 * own.support)}
        )
        merges.append({"x": heights[own.branch], "y": at[own.branch], "members": own.members, **ends, **known})
    rated = data.rated()
    leaves = [{"name": name, "y": at[row], "rated": rated.get(name, {})} for row, name in enumerate(data.conditions)]
    return {"merges": merges, "leaves": leaves, "norms": [data.scale(norm) for norm in data.norms]}


def _chart(data: MapData, rows: Rows, width: int) -> Layer:
    n, size = len(data.conditions), letters(len(data.conditions))
    left = 14 + max(wide(name) for name in data.conditions) * size
    inner, height = int(width - left), round(n * (size + 4))
    x = altair.Scale(domain=[0, 1.06 * max(own["x"] for own in rows["merges"])], nice=False)
    y = altair.Scale(domain=[-0.6, n - 0.4], reverse=True, nice=False)
    supported = any("support" in own for own in rows["merges"])
    layers = [*_branches(x, y, supported), *_leaves(y, size), *_supports(x, y)]
    if data.norms:
        layers += legend_of(named("norms").transform_filter("datum.norm == norm"), inner)
    chart = altair.layer(*layers).properties(width=inner, height=height, padding=PADDING)
    return chart.properties(view=altair.ViewBackground(stroke=None)).add_params(*colour_of(data.norms))


def _branches(x: altair.Scale, y: altair.Scale, supported: bool) -> list[Layer]:
    line, down = (
        named("merges").mark_rule(color=altair.expr("soft"), strokeWidth=1.2),
        altair.Y("y1:Q", scale=y, axis=None),
    )
    title = ["dissimilarity, average linkage", "numbers: % of resamples of units with this branch"]
    title = title if supported else [title[0], "no numbers of support: too few units"]
    across = altair.X("x:Q", scale=x, axis=altair.Axis(title=title, grid=False, tickCount=5, format=".1~f"))
    sides = [
        line.encode(x=altair.X(f"x{side}:Q", scale=x), x2="x:Q", y=altair.Y(f"y{side}:Q", scale=y, axis=None))
        for side in "12"
    ]
    return [line.encode(x=across, y=down, y2="y2:Q"), *sides]


def _leaves(y: altair.Scale, size: float) -> list[Layer]:
    leaves = named("leaves").transform_calculate(shade="datum.rated[norm] ? datum.rated[norm][1] : -1")
    place = altair.Y("y:Q", scale=y, axis=None)
    names = leaves.mark_text(x=-9, align="right", fontSize=size, color=altair.expr("ink"), baseline="middle")
    points = leaves.mark_point(x=0, filled=True, size=46, opacity=1)
    return [names.encode(y=place, text="name:N"), points.encode(y=place, fill=shade("fill"))]


def _supports(x: altair.Scale, y: altair.Scale) -> list[Layer]:
    """Writes the support of each branch to the right of its bracket; what most resamples lack is pale."""
    at = {"x": altair.X("x:Q", scale=x), "y": altair.Y("y:Q", scale=y, axis=None)}
    weight = altair.expr(f"datum.support >= {100 * _STRONG:g} ? 'bold' : 'normal'")
    usual: dict[str, Any] = {"dx": 4, "align": "left", "baseline": "middle", "fontSize": 10, "fontWeight": weight}
    known = named("merges").transform_filter("isValid(datum.support)")
    pale = altair.condition(f"datum.support < {100 * _WEAK:g}", altair.value(0.6), altair.value(1))
    rim = known.mark_text(stroke=altair.expr("ground"), strokeWidth=3, strokeJoin="round", **usual)
    text = known.mark_text(color=altair.expr("ink"), **usual)
    tips = [altair.Tooltip("members:N", title="branch"), altair.Tooltip("support:Q", title="% of resamples")]
    area = named("merges").mark_point(filled=True, size=200, opacity=0).encode(**at, tooltip=tips)
    return [rim.encode(**at, text="support:Q"), text.encode(**at, text="support:Q", opacity=pale), area]
