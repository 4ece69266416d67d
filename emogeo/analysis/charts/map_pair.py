"""Two runs' maps: side by side, and one over the other."""

from __future__ import annotations

import warnings
from textwrap import wrap
from typing import Any

import altair
import numpy as np
import pandas as pd

from emogeo.analysis.charts.chart import BLUE, NARROW, ORANGE, PADDING, WIDE, Layer, for_both, named, spec_of
from emogeo.analysis.charts.map_data import MapData, Tables
from emogeo.analysis.charts.map_layers import colour_of, panel, pointed
from emogeo.analysis.charts.map_rows import reach_of
from emogeo.analysis.charts.plane import Plane, labels_on, letters, plane_over

_BETWEEN = 16
"""Pixels between two maps."""
_REACH = 0.15
"""How far from its point a region makes these smaller maps wider, in sizes of the map."""
_TITLE, _LEGEND = 22, 17
"""Pixels from a map to its title, and how many of them the legend takes where there is one."""
LEVEL = 0.05
"""The p, adjusted over conditions, up to which a shift is more than text noise."""
_MOVED, _STAYED = "moved beyond text noise (Holm p ≤ 0.05)", "not told from text noise"


def pair_spec(tables: Tables, a: str, b: str, width: int = WIDE) -> dict[str, Any]:
    """Makes the chart of two runs' maps side by side, turned onto one consensus; on a phone one under the other.

    Pointing at a condition shows it in both.

    Args:
        tables: those of `emogeo.analysis.tables.map`, by name.
        a, b: keys of the runs.
        width: pixels of the whole.
    """
    return for_both(
        _side_by_side(tables, (a, b), (width - _BETWEEN) // 2), _side_by_side(tables, (a, b), NARROW), width
    )


def _side_by_side(tables: Tables, keys: tuple[str, str], width: int) -> dict[str, Any]:
    both = [MapData(tables, key, by_block=False) for key in keys]
    plane = plane_over(np.concatenate([reach_of(each, _REACH) for each in both]), width)
    norms = [norm for norm in both[0].norms if norm in both[1].norms]
    hover, charts = pointed(), list[Layer]()
    rows: dict[str, Any] = {}
    stacked = width == NARROW
    for number, data in enumerate(both):
        explained = number == (0 if stacked else len(both) - 1)
        layers, own = panel(data, plane, hover, str(number), legend=explained)
        off = _TITLE if norms and not explained and not stacked else _TITLE - _LEGEND
        title = altair.TitleParams(wrap(data.name, width // 7), fontSize=12, offset=off)
        charts.append(altair.layer(*layers).properties(width=plane.width, height=plane.height, title=title))
        rows |= own
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that both have the same selection, as is meant
        joined = altair.vconcat(*charts) if stacked else altair.hconcat(*charts, spacing=_BETWEEN)
        whole = joined.add_params(altair.param(name="place", value=0), *colour_of(norms)).properties(padding=PADDING)
        return spec_of(whole, rows)


def shifts_spec(shifts: pd.DataFrame, names: tuple[str, str]) -> dict[str, Any]:
    """Makes the chart of two maps over each other, with a line from each condition's place in one to the other.

    Args:
        shifts: the rows of `map_shifts` of one pair of runs.
        names: what the two are called.
    """
    return for_both(_over_each_other(shifts, names, WIDE), _over_each_other(shifts, names, NARROW))


def _over_each_other(shifts: pd.DataFrame, names: tuple[str, str], width: int) -> dict[str, Any]:
    places = [shifts[[f"x_{run}", f"y_{run}"]].to_numpy(dtype=float) for run in "ab"]
    plane = plane_over(np.concatenate(places), width)
    rows = _rows(shifts, places, plane, names)
    layers = [*_ways(plane, width), *_ends(plane, names, width), *_names(plane, len(shifts))]
    chart = altair.layer(*layers).properties(width=plane.width, height=plane.height, padding=PADDING)
    return spec_of(chart, rows)


def _rows(shifts: pd.DataFrame, places: list[Any], plane: Plane, names: tuple[str, str]) -> dict[str, Any]:
    conditions = [str(name) for name in shifts["condition"]]
    labels = labels_on(plane, conditions, places[1], places[0])
    ways, ends = [], []
    for row, own in enumerate(shifts.itertuples()):
        (x, y), (x2, y2) = (np.round(each[row], 3).tolist() for each in places)
        moved = {"moved": _MOVED if own.p_holm <= LEVEL else _STAYED, "p": float(f"{own.p_holm:.2g}")}
        far = {"displacement": round(own.displacement, 2), "noise": round(own.noise, 2)}
        at = {"name": own.condition, "x": x, "y": y, "x2": x2, "y2": y2}
        half, (right, down) = labels.sizes[row, 0] / 2, labels.off[row]
        side = int(np.sign(right)) if abs(right) >= half else 0
        off = {"lx": x2 + (right - side * half) / plane.unit, "ly": y2 - down / plane.unit, "side": side}
        ways.append({**at, **moved, **far, **{key: round(float(value), 3) for key, value in off.items()}})
        ends += [{**at, **far, **moved, "run": names[0]}, {**at, **far, **moved, "run": names[1], "x": x2, "y": y2}]
    return {"ways": ways, "ends": ends}


def _xy(plane: Plane, x: str = "x", y: str = "y") -> dict[str, Any]:
    return {"x": altair.X(f"{x}:Q", scale=plane.x, axis=None), "y": altair.Y(f"{y}:Q", scale=plane.y, axis=None)}


def _ways(plane: Plane, width: int) -> list[Layer]:
    legend = altair.Legend(title=None, orient="bottom", direction=_direction(width), labelLimit=width)
    scale = altair.Scale(domain=[_MOVED, _STAYED], range=[2.2, 0.8])
    line = named("ways").mark_rule(color=altair.expr("soft"))
    return [
        line.encode(
            **_xy(plane),
            x2="x2:Q",
            y2="y2:Q",
            strokeWidth=altair.StrokeWidth("moved:O", sort=[_MOVED, _STAYED], scale=scale, legend=legend),
        )
    ]


def _ends(plane: Plane, names: tuple[str, str], width: int) -> list[Layer]:
    legend = altair.Legend(title=None, orient="top", direction=_direction(width), labelLimit=width)
    colour = altair.Color("run:N", scale=altair.Scale(domain=list(names), range=[BLUE, ORANGE]), legend=legend)
    shape = altair.Shape("run:N", scale=altair.Scale(domain=list(names), range=["circle", "square"]), legend=legend)
    tips = [altair.Tooltip("name:N", title="title"), altair.Tooltip("displacement:Q", title="displacement")]
    tips += [altair.Tooltip("noise:Q", title="by text noise alone"), altair.Tooltip("p:Q", title="Holm p")]
    mark = named("ends").mark_point(filled=True, opacity=1, size=50)
    return [mark.encode(**_xy(plane), color=colour, shape=shape, tooltip=tips)]


def _names(plane: Plane, n: int) -> list[Layer]:
    align = altair.expr("datum.side == 1 ? 'left' : datum.side == -1 ? 'right' : 'center'")
    usual: dict[str, Any] = {"align": align, "fontSize": letters(n), "baseline": "middle"}
    rim = named("ways").mark_text(stroke=altair.expr("ground"), strokeWidth=3, strokeJoin="round", **usual)
    name = named("ways").mark_text(color=altair.expr("ink"), **usual)
    return [each.encode(**_xy(plane, "lx", "ly"), text="name:N") for each in (rim, name)]


def _direction(width: int) -> Any:
    return "vertical" if width == NARROW else "horizontal"
