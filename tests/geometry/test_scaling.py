"""Maps and trees of few things."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from emogeo.errors import GeometryError
from emogeo.geometry.scaling import average_linkage, classical_scaling, planes


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


def test_the_plane_of_a_cosine_rdm_is_the_first_principal_axes_of_vectors_of_unit_length() -> None:
    vectors = np.random.default_rng(1).normal(size=(3, 8, 5))
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    points, shares = planes(2 * (1 - vectors @ vectors.swapaxes(1, 2)))
    for own, found, share in zip(vectors, points, shares, strict=True):
        left, singular, _ = np.linalg.svd(own - own.mean(axis=0), full_matrices=False)
        scores = left[:, :2] * singular[:2]
        assert np.abs((scores * found).sum(axis=0)) == pytest.approx(singular[:2] ** 2)
        assert share == pytest.approx((singular[:2] ** 2).sum() / (singular**2).sum())
        assert (found[np.abs(found).argmax(axis=0), [0, 1]] > 0).all()


def test_the_plane_is_that_of_an_eigendecomposition_where_squared_distances_are_negative() -> None:
    generator = np.random.default_rng(2)
    squared = squareform(generator.uniform(-0.1, 2, size=21))
    means = squared.mean(axis=0)
    values, vectors = np.linalg.eig(-(squared - means[:, None] - means[None] + squared.mean()) / 2)
    order = np.argsort(-values.real)
    first, second = order[:2]
    points, share = planes(squared)
    assert (points**2).sum(axis=0) == pytest.approx(values.real[[first, second]])
    assert np.abs(vectors.real[:, first] @ points[:, 0]) ** 2 == pytest.approx(values.real[first])
    assert share == pytest.approx(values.real[order[:2]].sum() / np.maximum(values.real, 0).sum())


def test_what_has_no_plane_is_refused() -> None:
    line = squareform(pdist(np.arange(5.0)[:, None])) ** 2
    with pytest.raises(GeometryError, match="fewer than two dimensions"):
        planes(line)
    with pytest.raises(GeometryError, match="NaN"):
        planes(line * np.nan)
