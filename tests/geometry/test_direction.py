"""The direction of a rating, against least squares and planted ones."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.direction import direction, steepest
from emogeo.geometry.inference import interval

POINTS = np.random.default_rng(0).normal(size=(12, 2))


def test_a_planted_direction_is_found() -> None:
    found = direction(POINTS, POINTS @ [0.6, -0.8] * 3 + 5, seed=0)
    assert (found.x, found.y, found.r.value) == pytest.approx((0.6, -0.8, 1.0))
    assert found.p == pytest.approx(1 / 2001) and found.n == 12


def test_r_is_the_multiple_correlation_over_rated_conditions() -> None:
    ratings = np.random.default_rng(1).normal(size=12)
    ratings[3] = np.nan
    rated = ~np.isnan(ratings)
    design = np.column_stack([POINTS[rated], np.ones(11)])
    fitted = design @ np.linalg.lstsq(design, ratings[rated], rcond=None)[0]
    found = direction(POINTS, ratings, seed=0)
    assert found.r.value == pytest.approx(np.corrcoef(fitted, ratings[rated])[0, 1]) and found.n == 11


def test_p_is_right_where_there_is_nothing() -> None:
    generator = np.random.default_rng(2)
    p = [direction(POINTS, generator.normal(size=12), seed, permutations=200).p for seed in range(300)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.035)


def test_what_has_no_direction_is_refused() -> None:
    for points, ratings, why in (
        (POINTS, np.ones(12), "ratings that differ"),
        (POINTS * [1, 0], np.arange(12.0), "one line"),
        (POINTS, np.where(np.arange(12) < 3, np.arange(12.0), np.nan), "3 conditions have a rating"),
    ):
        with pytest.raises(GeometryError, match=why):
            direction(points, ratings, seed=0)


def test_the_interval_is_the_jackknife_of_the_maps_without_each_unit() -> None:
    generator = np.random.default_rng(3)
    ratings = POINTS @ [0.6, -0.8] + generator.normal(size=12)
    replicates = POINTS + 0.05 * generator.normal(size=(8, 12, 2))
    found = direction(POINTS, ratings, 0, replicates, permutations=100)
    without = [direction(own, ratings, 0, permutations=100).r.value for own in replicates]
    wanted = interval(found.r.value, [np.array(without)], fisher=True)
    assert (found.r.low, found.r.high) == pytest.approx((max(0, wanted.low), wanted.high))
    assert np.isnan(direction(POINTS, ratings, 0, permutations=100).r.low)


def test_the_steepest_ways_of_several_maps_are_those_of_each() -> None:
    generator = np.random.default_rng(4)
    maps, ratings = generator.normal(size=(5, 12, 2)), generator.normal(size=12)
    ratings[0] = np.nan
    ways, r = steepest(maps, ratings)
    for own, way, size in zip(maps, ways, r, strict=True):
        found = direction(own, ratings, 0, permutations=100)
        assert (found.x, found.y, found.r.value) == pytest.approx((*way, size))
        slope = np.linalg.lstsq(own[1:] - own[1:].mean(axis=0), ratings[1:] - ratings[1:].mean(), rcond=None)[0]
        assert way == pytest.approx(slope / np.linalg.norm(slope))
