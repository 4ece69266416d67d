"""The regression of ranks, against least squares on the ranks themselves."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.arrays import Array
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.regression import (
    ceiling,
    explained_by,
    explained_only_by,
    given_others,
    inflation,
    left_over,
    parts,
    slopes_on_others,
)

RELIABILITY = np.array([0.6, 1.0, 1.0, 0.5])
"""Of a run, two ratings and word counts."""


@pytest.fixture(scope="module")
def ranks() -> Array:
    """The noiseless ranks of a run and three predictors that are somewhat alike."""
    generator = np.random.default_rng(4)
    base = generator.normal(size=(4, 210))
    return standard_ranks(base + 0.6 * base[1] + 0.3 * base[::-1])


@pytest.fixture(scope="module")
def noisy(ranks: Array) -> Array:
    """Their agreements as text noise attenuates them."""
    return ranks @ ranks.T * np.sqrt(np.outer(RELIABILITY, RELIABILITY))


def residuals(of: Array, on: Array) -> Array:
    return of - on.T @ np.linalg.lstsq(on.T, of, rcond=None)[0]


def r_squared(run: Array, on: Array) -> float:
    return 1 - float((residuals(run, on) ** 2).sum() / (run**2).sum())


def test_noise_of_predictors_is_taken_out_and_that_of_the_run_is_left_in(ranks: Array, noisy: Array) -> None:
    r, w = parts(noisy)
    assert ceiling(noisy) == pytest.approx(np.sqrt(0.6))
    assert r == pytest.approx(ranks[0] @ ranks[1:].T * np.sqrt(0.6))
    assert w == pytest.approx(ranks[1:] @ ranks[1:].T)


@pytest.mark.parametrize("rows", [[0], [2], [0, 1], [0, 1, 2]])
def test_shares_are_those_of_least_squares(ranks: Array, noisy: Array, rows: list[int]) -> None:
    run, predictors = ranks[0], ranks[1:]
    others = [row for row in range(3) if row not in rows]
    assert explained_by(noisy, rows) == pytest.approx(r_squared(run, predictors[rows]))
    less = r_squared(run, predictors[others]) if others else 0.0
    assert explained_only_by(noisy, rows) == pytest.approx(r_squared(run, predictors) - less)


@pytest.mark.parametrize("row", [0, 1, 2])
def test_given_the_others_is_the_correlation_with_what_they_leave_of_a_predictor(
    ranks: Array, noisy: Array, row: int
) -> None:
    others = np.delete(ranks[1:], row, axis=0)
    left = residuals(ranks[1 + row], others)
    assert given_others(noisy, row) == pytest.approx(ranks[0] @ left / np.linalg.norm(left) * np.sqrt(0.6))
    assert given_others(noisy, row) ** 2 / 0.6 == pytest.approx(explained_only_by(noisy, [row]))
    assert inflation(noisy, [row]) == pytest.approx(1 / (left @ left))
    slopes = np.linalg.lstsq(others.T, np.stack([np.sqrt(0.6) * ranks[0], ranks[1 + row]]).T, rcond=None)[0]
    assert slopes_on_others(noisy, [row]) == pytest.approx(slopes)


def test_several_matrices_at_once_give_the_same(noisy: Array) -> None:
    both = np.stack([noisy, np.diag(np.diag(noisy)) + 0.5 * (noisy - np.diag(np.diag(noisy)))])
    for own in (lambda m: explained_by(m, [0, 2]), lambda m: explained_only_by(m, [1]), lambda m: given_others(m, 2)):
        assert own(both) == pytest.approx(np.array([own(each) for each in both]))
    assert left_over(both, [0, 1, 2])[0].shape == (2, 3)


def test_predictors_that_are_nearly_one_have_a_large_inflation_and_stay_finite() -> None:
    twin = np.array([[0.6, 0.5, 0.5], [0.5, 1.0, 0.999], [0.5, 0.999, 1.0]])
    assert inflation(twin, [0]) > 400
    assert np.isfinite([given_others(twin, 0), explained_by(twin, [0, 1]), explained_only_by(twin, [0])]).all()
