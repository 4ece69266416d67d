"""The rows of a chart of a map: conditions with their places, labels, ratings and nearest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from emogeo.analysis.charts.labels import place_beside
from emogeo.analysis.charts.map_data import MapData
from emogeo.analysis.charts.map_words import decimals
from emogeo.analysis.charts.plane import Labels, Plane, labels_on, wide
from emogeo.arrays import Array

REACH = 0.4
"""How far from its point a region makes the map wider, in sizes of the map."""
_USUAL = 0.45
"""The usual size of a region; where all are larger, all are paler, or they would hide one another."""
_DIGITS = 3
WORDS, _TIP = 10.0, 8.0
"""The height of the letters at the tip of an arrow, and pixels from the tip to them."""
ARROW = 1.15
"""Half the length of an arrow, in sizes of the map."""
OUTLINE = 1000
"""Units of an outline to one of the map."""


def conditions_of(data: MapData, plane: Plane) -> list[dict[str, Any]]:
    """Gives a row per condition: its places, labels and, in words, its nearest; numbers to three digits."""
    tips = _tips(data, plane)
    places = [labels_on(plane, data.conditions, own, tip) for own, tip in zip(data.points, tips, strict=True)]
    ellipses, near = _paths(data), _near(data)
    rated = data.rated()
    return [
        {
            **{"name": name, "xs": _short(data.points[:, row, 0]), "ys": _short(data.points[:, row, 1])},
            **_label(places, row),
            **{"rated": rated.get(name, {}), **near[name]},
            **({} if ellipses is None else {"ellipse": ellipses[0][row], "sure": ellipses[1][row]}),
        }
        for row, name in enumerate(data.conditions)
    ]


def _tips(data: MapData, plane: Plane) -> list[Array | None]:
    """Gives where the word at the tip of the first norm's arrow stands at each block, as points to keep off."""
    if not data.norms:
        return [None] * len(data.points)
    ways = data.ways(data.norms[0])[["x", "y"]].to_numpy(dtype=float)
    along = np.sign(ways[:, :1]) * np.array([[12.0, 0.0]]) / plane.unit
    return [ARROW * way + np.outer([0, 1, 2, 3, 4], step) for way, step in zip(ways, along, strict=True)]


def words_at_tips(data: MapData, plane: Plane, rows: Sequence[dict[str, Any]], norm: str) -> Array:
    """Places a norm's name at the tip of its arrow at each block, where it hides no condition.

    Args:
        rows: those of `conditions_of`.

    Returns:
        [block, 2], pixels from the tip to the middle of the name, to the right and down.
    """
    ways, size = data.ways(norm)[["x", "y"]].to_numpy(dtype=float), np.array([WORDS * wide(norm) + 2, 1.2 * WORDS])
    box = np.array([[2.0, 2.0], [plane.width - 2.0, plane.height - 2.0]])
    found = []
    for place, way in enumerate(ways):
        tip, points = plane.pixels(ARROW * way), plane.pixels(data.points[place])
        shown = [row for row in rows if row["clear"][place]]
        at = points[[bool(row["clear"][place]) for row in rows]]
        off = np.array([[row["dx"][place], row["dy"][place], 2 * row["w"], 2 * row["h"]] for row in shown])
        labels = off.reshape(-1, 4) + np.pad(at, ((0, 0), (0, 2)))
        ahead = way * [1, -1] / max(float(np.hypot(*way)), 1e-9)
        found.append(place_beside(tip, ahead, size, _TIP, box, points, labels) - tip)
    return np.round(np.array(found)).astype(np.int64)


def _label(places: Sequence[Labels], row: int) -> dict[str, Any]:
    width, height = places[0].sizes[row]
    return {
        **{"dx": [int(own.off[row, 0]) for own in places], "dy": [int(own.off[row, 1]) for own in places]},
        **{"clear": [int(own.clear[row]) for own in places], "w": round(width / 2), "h": round(height / 2)},
    }


def _short(values: Array) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


def _near(data: MapData) -> dict[str, dict[str, Any]]:
    """Gives each condition's nearest in words, and the conditions that it is among the nearest of."""
    found: dict[str, dict[str, Any]] = {name: {"near": [], "of": []} for name in data.conditions}
    for row in data.nearest.sort_values("rank").itertuples():
        known = (
            ""
            if np.isnan(row.distance_ci_low)
            else f" [{decimals(row.distance_ci_low)}, {decimals(row.distance_ci_high)}]"
        )
        found[str(row.condition)]["near"].append(f"{row.nearest}  {decimals(row.distance)}{known}")
        found[str(row.nearest)]["of"].append(str(row.condition))
    return found


def _paths(data: MapData) -> tuple[list[str], list[float]] | None:
    """Gives the outline of each region, in `OUTLINE` units to one of the map, and how plainly it is drawn."""
    if data.ellipses is None:
        return None
    sizes = np.sqrt(data.ellipses[:, 0] * data.ellipses[:, 1])
    middle = np.median(sizes)
    sure = np.clip(middle / np.maximum(sizes, 1e-9), 0.3, 1.6) * min(1.0, 25 / len(sizes), max(0.2, _USUAL / middle))
    return [_outline(*own) for own in data.ellipses], _short(sure)


def _outline(along: float, across: float, angle: float) -> str:
    """Draws an ellipse as two arcs, y growing downwards."""
    long, short = round(OUTLINE * along), max(2, round(OUTLINE * across))
    x, y = (round(OUTLINE * along * turn) for turn in (np.cos(np.radians(angle)), -np.sin(np.radians(angle))))
    arc = f"A{long // 2},{short // 2} {-angle:.1f} 1,0"  # radii that are too short are made as long as they must be
    return f"M{-x},{-y}{arc} {x},{y}{arc} {-x},{-y}Z"


def reach_of(data: MapData, most: float = REACH) -> Array:
    """Gives the corners of what regions take, [2 conditions, 2], cut where they leave the map."""
    own: Array = data.points[data.start]
    if data.ellipses is None:
        return own
    along, across, angle = data.ellipses[:, 0], data.ellipses[:, 1], np.radians(data.ellipses[:, 2])
    sides = np.hypot(along * np.cos(angle), across * np.sin(angle))
    both = np.column_stack([sides, np.hypot(along * np.sin(angle), across * np.cos(angle))])
    return np.concatenate([own - np.minimum(both, most), own + np.minimum(both, most)])


def leave(data: MapData, plane: Plane) -> bool:
    """Whether a region leaves the map, and must be cut where it does, which takes a third of the time of a PNG."""
    if data.ellipses is None:
        return False
    corners = plane.pixels(reach_of(data, np.inf))
    return bool((corners < 1).any() or (corners > [plane.width - 1, plane.height - 1]).any())
