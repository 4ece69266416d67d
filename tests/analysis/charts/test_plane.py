"""The plane of a map: one scale both ways, and labels that do not cover one another."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.analysis.charts.plane import LETTERS, labels_on, letters, plane_over, wide

POINTS = np.random.default_rng(0).normal(size=(21, 2)) * [1.5, 0.7]


@pytest.mark.parametrize("points", [POINTS, POINTS[:, ::-1]])
def test_one_unit_is_as_long_both_ways_and_all_points_are_inside(points: np.ndarray) -> None:
    plane = plane_over(points, 400)
    (left, right), (bottom, top) = plane.x.domain, plane.y.domain
    assert plane.width / (right - left) == pytest.approx(plane.height / (top - bottom)) == pytest.approx(plane.unit)
    at = plane.pixels(points)
    assert (at > 20).all() and (at < np.array([plane.width, plane.height]) - 20).all()
    assert plane.width == 400 and plane.height <= 1.05 * 400 + 1


def test_labels_can_be_read_or_are_told_to_be_hidden() -> None:
    names = [f"emotion {number}" for number in range(21)]
    plane = plane_over(POINTS, 520)
    found = labels_on(plane, names, POINTS)
    places = plane.pixels(POINTS) + found.off
    clear = np.flatnonzero(found.clear)
    for first in clear:
        for second in clear[clear > first]:
            common = (found.sizes[first] + found.sizes[second]) / 2 - np.abs(places[first] - places[second])
            assert np.maximum(common, 0).prod() <= 0.3 * found.sizes[second].prod()
    assert found.clear.mean() > 0.9
    close = labels_on(plane_over(POINTS, 40), names, POINTS * 0.01)
    assert not close.clear.all() and close.clear[0]


def test_wide_letters_are_wide() -> None:
    assert wide("ill") < wide("mow") < wide("喜び悲") and letters(21) == LETTERS > letters(100)
