"""Maps with regions, and two maps over each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.patches import Ellipse

from emogeo.figures import map as maps
from emogeo.figures.map import Mapped, Moved, map_figure, shifts_figure
from emogeo.figures.rating import Rating
from tests.figures.caught import drawn, legend_of, same_png

GENERATOR = np.random.default_rng(0)
POINTS = GENERATOR.normal(size=(5, 2))
NAMES = ["calm", "angry", "a^2_$x$", "sad", "happy"]
ELLIPSES = np.column_stack([GENERATOR.uniform(0.2, 0.4, 5), GENERATOR.uniform(0.1, 0.2, 5), np.full(5, 30.0)])
RATING = Rating("valence", np.array([7.0, 2, np.nan, 2, 8]), (1.0, 9.0), np.array([0.6, 0.8]), "r = 0.60")
MAP = Mapped("a run", NAMES, POINTS, 0.6, ELLIPSES, RATING)


def test_a_map_has_a_point_a_name_and_a_region_for_each_condition() -> None:
    figure = drawn(maps, map_figure, MAP)
    axes, bar = figure.axes
    assert axes.collections[0].get_offsets().tolist() == POINTS.tolist()
    filled = [patch for patch in axes.patches if isinstance(patch, Ellipse)][::2]
    assert np.array([(own.width, own.height, own.angle) for own in filled]) == pytest.approx(ELLIPSES * [2, 2, 1])
    assert {text.get_text() for text in axes.texts} >= {*NAMES, "r = 0.60"}
    assert axes.get_title(loc="left") == "a run\ntwo dimensions hold 60%\nellipses: 95% regions over other units"
    assert bar.get_ylabel() == "valence"
    assert axes.get_aspect() == 1.0


def test_every_region_is_on_the_page() -> None:
    axes = drawn(maps, map_figure, MAP).axes[0]
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    turns = np.linspace(0, 2 * np.pi, 60)
    circle = np.column_stack([np.cos(turns), np.sin(turns)])
    rotation = np.array([[np.cos(np.pi / 6), np.sin(np.pi / 6)], [-np.sin(np.pi / 6), np.cos(np.pi / 6)]])
    for point, (along, across, _) in zip(POINTS, ELLIPSES, strict=True):
        edge = point + circle * [along, across] @ rotation
        assert (edge >= [left, low]).all() and (edge <= [right, high]).all()


def test_without_regions_the_reason_is_said_and_without_a_rating_there_is_no_bar() -> None:
    figure = drawn(maps, map_figure, replace(MAP, ellipses=None, rating=None, note="no regions: few units"))
    (axes,) = figure.axes
    assert not axes.patches
    assert axes.get_title(loc="left").endswith("no regions: few units")


def test_a_line_joins_the_places_of_a_condition_and_what_moved_is_dark() -> None:
    points = np.stack([POINTS, POINTS + 0.3])
    moved = Moved(NAMES, ("one", "two"), points, np.array([True, False, False, False, True]))
    figure = drawn(maps, shifts_figure, moved)
    (axes,) = figure.axes
    lines = [line for line in axes.lines if line.get_xydata().tolist() in points.transpose(1, 0, 2).tolist()]
    assert len(lines) == 5
    assert [line.get_color() == "#222222" for line in lines] == moved.real.tolist()
    assert legend_of(figure)[:2] == ["one", "two"]


def test_the_file_is_the_same_twice() -> None:
    assert same_png(map_figure, MAP)
