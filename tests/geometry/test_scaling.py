"""Maps and trees of few things."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from emogeo.geometry.scaling import average_linkage, classical_scaling


def test_points_in_a_plane_are_found_again() -> None:
    points = np.random.default_rng(0).normal(size=(7, 2))
    distances = squareform(pdist(points))
    found, share = classical_scaling(distances)
    assert squareform(pdist(found)) == pytest.approx(distances)
    assert share == pytest.approx(1.0)
    assert (found[np.abs(found).argmax(axis=0), [0, 1]] > 0).all()


def test_more_dimensions_than_two_are_said() -> None:
    assert classical_scaling(1.0 - np.eye(6))[1] == pytest.approx(2 / 5)


def test_the_nearest_join_first() -> None:
    distances = np.array([[0, 0.1, 0.9], [0.1, 0, 0.8], [0.9, 0.8, 0]])
    tree = average_linkage(distances)
    assert set(tree[0, :2]) == {0, 1}
    assert tree[1, 2] == pytest.approx(0.85)
