"""Rows of a chart of a map: places, outlines, labels and the nearest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.analysis.charts.map_data import MapData
from emogeo.analysis.charts.map_rows import ARROW, OUTLINE, WORDS, conditions_of, leave, reach_of, words_at_tips
from emogeo.analysis.charts.plane import plane_over, wide
from tests.analysis.charts.planted import BLOCKS, keys, tables


def data(by_block: bool = True) -> MapData:
    return MapData(tables(), keys()[0], by_block)


def test_each_condition_has_its_places_to_three_digits_and_a_label_at_each_block() -> None:
    own = data()
    rows = conditions_of(own, plane_over(own.points, 520))
    assert [row["name"] for row in rows] == own.conditions
    for at, row in enumerate(rows):
        assert row["xs"] == pytest.approx(own.points[:, at, 0], abs=5e-4)
        assert row["ys"] == pytest.approx(own.points[:, at, 1], abs=5e-4)
        assert all(len(row[name]) == len(BLOCKS) for name in ("xs", "ys", "dx", "dy", "clear"))


def test_the_nearest_are_those_of_the_table_with_their_intervals() -> None:
    own, nearest = data(), tables()["map_nearest"]
    rows = {row["name"]: row for row in conditions_of(own, plane_over(own.points, 520))}
    first = nearest.query("key == @own.key and condition == 'calm' and rank == 1").iloc[0]
    said = rows["calm"]["near"][0]
    assert said.startswith(f"{first['nearest']}  ") and said.endswith("]") and len(rows["calm"]["near"]) == 3
    assert "calm" in rows[first["nearest"]]["of"]


def test_outlines_are_the_ellipses() -> None:
    own = data()
    assert own.ellipses is not None
    for row, (along, across, angle) in zip(conditions_of(own, plane_over(own.points, 520)), own.ellipses, strict=True):
        numbers = row["ellipse"].replace("M", " ").replace("A", " ").replace("Z", " ").replace(",", " ").split()
        x, y = float(numbers[0]), float(numbers[1])
        assert np.hypot(x, y) == pytest.approx(OUTLINE * along, abs=1), "it begins at an end of the long axis"
        turn = np.degrees(np.arctan2(-y, x)) % 180
        assert min(abs(turn - angle % 180), 180 - abs(turn - angle % 180)) < 1
        long, short = float(numbers[2]), float(numbers[3])
        assert short / long == pytest.approx(across / along, abs=0.02)
        assert long <= OUTLINE * along / 2 + 1, "radii too short for the ends are made as long as they must be"


def test_regions_make_the_map_wider_but_not_without_end() -> None:
    own = data(by_block=False)
    corners = reach_of(own, 0.4)
    assert len(corners) == 2 * len(own.conditions)
    assert np.abs(corners - np.tile(own.points[0], (2, 1))).max() <= 0.4 + 1e-9


def test_regions_that_leave_the_map_are_known() -> None:
    """Whether an outline, followed point by point, crosses the frame."""
    own, turns = data(), np.linspace(0, 2 * np.pi, 721)
    assert own.ellipses is not None
    along, across, angle = (values[:, None] for values in own.ellipses.T)
    tilt, circle = np.radians(angle), (np.cos(turns), np.sin(turns))
    x = along * circle[0] * np.cos(tilt) - across * circle[1] * np.sin(tilt)
    y = along * circle[0] * np.sin(tilt) + across * circle[1] * np.cos(tilt)
    outlines = own.points[own.start][:, None] + np.stack([x, y], axis=2)
    wide_enough = plane_over(outlines, 520)
    assert not leave(own, wide_enough)
    sides = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "top": (0.0, 1.0), "bottom": (0.0, -1.0)}
    size = np.array([wide_enough.width, wide_enough.height]) / wide_enough.unit
    for side, way in sides.items():
        off = np.array(way) * size / 2
        moved = replace(wide_enough, left=wide_enough.left - off[0], top=wide_enough.top - off[1])
        at = moved.pixels(outlines)
        assert ((at < 0) | (at > [moved.width, moved.height])).any() and leave(own, moved), side
    few = MapData(tables(4), keys(4)[0], by_block=True)
    assert few.ellipses is None and not leave(few, wide_enough)


def test_the_word_at_the_tip_of_an_arrow_hides_no_name_at_any_block() -> None:
    own = data()
    plane = plane_over(own.points, 520)
    rows = conditions_of(own, plane)
    for norm in own.norms:
        off, half = words_at_tips(own, plane, rows, norm), np.array([WORDS * wide(norm), WORDS]) / 2
        assert off.shape == (len(BLOCKS), 2)
        for place, way in enumerate(own.ways(norm)[["x", "y"]].to_numpy(dtype=float)):
            word = plane.pixels(ARROW * way) + off[place]
            assert (word - half >= 0).all() and (word + half <= [plane.width, plane.height]).all()
            names = plane.pixels(own.points[place]) + [[row["dx"][place], row["dy"][place]] for row in rows]
            sizes = np.array([[row["w"], row["h"]] for row in rows])
            common = np.maximum(half + sizes - np.abs(word - names), 0).prod(axis=1)
            assert common.max() < 0.1 * 4 * half.prod()
