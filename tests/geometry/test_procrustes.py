"""Maps turned onto one another, against scipy and planted similarities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import procrustes as scipys

from emogeo.errors import GeometryError
from emogeo.geometry.procrustes import consensus, normalised, onto, procrustes

GENERATOR = np.random.default_rng(3)
POINTS = GENERATOR.normal(size=(9, 2)) * [2.0, 1.0]
OTHERS = GENERATOR.normal(size=(9, 2))


def turn(angle: float, mirrored: bool = False) -> np.ndarray:
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return rotation @ np.diag([-1.0, 1.0]) if mirrored else rotation


def test_it_is_that_of_scipy() -> None:
    first, second, disparity = scipys(POINTS, OTHERS)
    fit = procrustes(first, OTHERS, scale=True)
    assert fit(OTHERS) == pytest.approx(second)
    assert ((fit(OTHERS) - first) ** 2).sum() == pytest.approx(disparity)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_planted_similarity_is_found(mirrored: bool) -> None:
    moved = 3 * POINTS @ turn(0.7, mirrored) + [4, -1]
    for fit in (procrustes(moved, POINTS, scale=True), onto(moved, POINTS)):
        assert fit(POINTS) == pytest.approx(moved)
        assert fit.scale == pytest.approx(3)
        assert fit.of_differences(POINTS[1:] - POINTS[:-1]) == pytest.approx(moved[1:] - moved[:-1])
        assert np.linalg.det(fit.rotation) == pytest.approx(-1 if mirrored else 1)
    assert procrustes(moved, POINTS).scale == 1


def test_onto_keeps_the_size_that_least_squares_shrinks() -> None:
    def size(points: np.ndarray) -> float:
        return float(np.linalg.norm(points - points.mean(axis=0)))

    assert size(onto(POINTS, OTHERS)(OTHERS)) == pytest.approx(size(POINTS))
    assert size(procrustes(POINTS, OTHERS, scale=True)(OTHERS)) < size(POINTS)


def test_the_consensus_of_turned_copies_is_the_map() -> None:
    copies = [2.5 * POINTS @ turn(angle, mirrored) + 1 for angle, mirrored in ((0.3, False), (2.0, True), (4.0, False))]
    found = consensus(copies)
    assert procrustes(found, normalised(POINTS))(normalised(POINTS)) == pytest.approx(found)
    assert np.sqrt((found**2).sum() / len(found)) == pytest.approx(1)
    assert (found.T @ found)[0, 1] == pytest.approx(0)


def test_no_other_map_is_nearer_to_all_than_the_consensus() -> None:
    maps = [normalised(POINTS + GENERATOR.normal(size=POINTS.shape) * 0.4) for _ in range(4)]

    def off(mean: np.ndarray) -> float:
        return sum(float(((procrustes(mean, own)(own) - mean) ** 2).sum()) for own in maps)

    found = consensus(maps)
    for _ in range(20):
        assert off(found) <= off(normalised(found + GENERATOR.normal(size=found.shape) * 0.05))


def test_what_is_no_map_is_refused() -> None:
    for bad in (np.ones((4, 2)), np.full((4, 2), np.nan)):
        with pytest.raises(GeometryError, match="no map"):
            procrustes(POINTS[:4], bad)
    with pytest.raises(GeometryError, match="cannot be aligned"):
        procrustes(POINTS, POINTS[:4])
    with pytest.raises(GeometryError, match="at least one"):
        consensus([])
