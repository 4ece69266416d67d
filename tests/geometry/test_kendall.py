"""Kendall's tau_a against a list of all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau

from emogeo.geometry.kendall import tau_a


def of_all_pairs(a: np.ndarray, b: np.ndarray) -> float:  # type: ignore[type-arg]
    first, second = np.triu_indices(len(a), k=1)
    return float((np.sign(a[second] - a[first]) * np.sign(b[second] - b[first])).mean())


@pytest.mark.parametrize("n", [2, 3, 8, 21, 210])
@pytest.mark.parametrize("levels", [None, 4])
def test_rows_are_those_of_all_pairs(n: int, levels: int | None) -> None:
    a, b = np.random.default_rng(n).normal(size=(2, 3, 2, n))
    if levels is not None:
        a, b = (np.round(values * levels / 4) for values in (a, b))
    found = tau_a(a, b)
    assert found.shape == (3, 2)
    wanted = [[of_all_pairs(a[i, j], b[i, j]) for j in range(2)] for i in range(3)]
    np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize("n", [8, 210])
def test_ties_on_either_side_alone_count_for_neither_order(n: int) -> None:
    tied, untied = np.random.default_rng(n).integers(0, 4, n).astype(float), np.random.default_rng(n + 1).normal(size=n)
    for a, b in ((tied, untied), (untied, tied)):
        assert float(tau_a(a, b)) == pytest.approx(of_all_pairs(a, b), abs=1e-12)


def test_without_ties_it_is_that_of_scipy() -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 3000))
    assert float(tau_a(a, a + b)) == pytest.approx(kendalltau(a, a + b).statistic, abs=1e-12)
    assert tau_a(a, np.stack([a, -a])).tolist() == [1.0, -1.0]
