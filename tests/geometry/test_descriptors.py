"""Descriptors against plain loops, and on planted spaces."""

from __future__ import annotations

import itertools
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from emogeo.errors import GeometryError
from emogeo.geometry.descriptors import anisotropy, largest_dimensions, mean_cosine, participation_ratio, rating_axis

Array = NDArray[np.float64]


def states(seed: int = 0, n: int = 12, layers: int = 3, d: int = 16, offset: float = 1.0) -> Array:
    generator = np.random.default_rng(seed)
    return generator.normal(size=(n, layers, d)) + offset * generator.normal(size=(1, layers, d))


def cosine(a: Array, b: Array) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def mean_of_pairs(rows: Array) -> float:
    return float(np.mean([cosine(a, b) for a, b in combinations(rows, 2)]))


def test_anisotropy_and_its_deletions_equal_a_plain_loop() -> None:
    given = states()
    for layer, estimate in enumerate(anisotropy(given)):
        block = given[:, layer]
        assert estimate.value == pytest.approx(mean_of_pairs(block))
        deleted = np.arctanh([mean_of_pairs(np.delete(block, row, axis=0)) for row in range(len(block))])
        error = np.sqrt((len(block) - 1) / len(block) * ((deleted - deleted.mean()) ** 2).sum())
        assert np.arctanh(estimate.high) - np.arctanh(estimate.value) == pytest.approx(2.200985 * error, rel=1e-5)


def test_contributions_equal_a_plain_loop_and_are_the_largest() -> None:
    given = states(d=8)
    for layer, own in enumerate(largest_dimensions(given)):
        unit = given[:, layer] / np.linalg.norm(given[:, layer], axis=1, keepdims=True)
        added = np.mean([a * b for a, b in combinations(unit, 2)], axis=0)
        assert added.sum() == pytest.approx(mean_cosine(given)[layer])
        assert own.indices == list(np.argsort(-added)[:3])
        assert own.contributions == pytest.approx(added[own.indices])
        assert own.without == pytest.approx(mean_of_pairs(np.delete(given[:, layer], own.indices, axis=1)))


def test_one_rogue_dimension_is_named_and_its_removal_undoes_the_anisotropy() -> None:
    given = states(offset=0.0, d=64)
    given[:, :, 41] += 50.0
    for own, estimate in zip(largest_dimensions(given), anisotropy(given), strict=True):
        assert estimate.value > 0.9
        assert own.indices[0] == 41
        assert own.contributions[0] > 0.9
        assert abs(own.without) < 0.15


def test_participation_ratio_counts_dimensions() -> None:
    basis = np.linalg.qr(np.random.default_rng(1).normal(size=(20, 20)))[0]
    for dimensions in (1, 3, 7):
        vectors = basis[:, :dimensions]
        assert participation_ratio(vectors @ vectors.T) == pytest.approx(dimensions)
    gram = states()[:, 0] @ states()[:, 0].T
    values = np.linalg.eigvalsh(gram)
    assert participation_ratio(gram[None])[0] == pytest.approx(values.sum() ** 2 / (values**2).sum())


def test_a_planted_rating_is_found_on_its_component() -> None:
    generator = np.random.default_rng(3)
    scores = np.linalg.qr(generator.normal(size=(21, 6)))[0] * [9, 7, 5, 4, 3, 2]
    scores = scores - scores.mean(axis=0)
    vectors = scores @ np.linalg.qr(generator.normal(size=(40, 6)))[0].T
    left, singular, _ = np.linalg.svd(vectors, full_matrices=False)
    ratings = -(left * singular)[:, 2] + 0.02 * generator.normal(size=21)
    ratings[4] = np.nan
    axis = rating_axis(vectors, ratings, 5, 999, seed=0)
    assert axis.component == 3
    assert axis.r > 0.98
    assert axis.p == 1 / 1000


def test_components_are_those_on_which_conditions_differ() -> None:
    """Four centred conditions have three; a fourth would be rounding, and might go best with a rating."""
    generator = np.random.default_rng(0)
    for seed in range(20):
        vectors = generator.normal(size=(4, 30))
        assert rating_axis(vectors - vectors.mean(axis=0), generator.normal(size=4), 5, 99, seed).component <= 3
    with pytest.raises(GeometryError, match="no component tells them apart"):
        rating_axis(np.ones((4, 3)) * [[1], [1], [1], [5]], np.array([1, 2, 3, np.nan]), 5, 99, 0)


def test_the_p_of_the_best_component_is_calibrated() -> None:
    """The best of five would be below .05 in a fifth of random ratings, were the search not permuted as well."""
    generator = np.random.default_rng(5)
    p = [rating_axis(generator.normal(size=(21, 30)), generator.normal(size=21), 5, 199, seed).p for seed in range(300)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.03)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1))
def test_mean_cosine_equals_a_loop(seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(6, 3, 9))
    for layer in range(3):
        unit = [v / np.linalg.norm(v) for v in vectors[:, layer]]
        wanted = np.mean([a @ b for a, b in itertools.combinations(unit, 2)])
        assert mean_cosine(vectors)[layer] == pytest.approx(wanted)


def test_the_published_criterion_says_little_about_geometry() -> None:
    """Grand-mean-centred vectors of equal length have mean cosine -1/(n-1), whatever their directions."""
    values = np.random.default_rng(0).normal(size=(21, 40, 300))
    curve = mean_cosine(values - values.mean(axis=0))
    assert np.abs(curve + 1 / 20).max() < 0.002


def test_a_state_without_a_direction_is_an_error_and_no_nan() -> None:
    states = np.ones((3, 2, 4))
    states[1, 0] = 0.0
    for describe in (mean_cosine, anisotropy, largest_dimensions):
        with pytest.raises(GeometryError, match="length zero"):
            describe(states)
