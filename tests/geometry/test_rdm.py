"""RDMs and their comparison against scipy, rsatoolbox and plain loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import rsatoolbox
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from emogeo.errors import GeometryError
from emogeo.geometry.rdm import cosine_rdm, mantel, rdm_std, spearman, upper

Array = NDArray[np.float64]
seeds = st.integers(0, 2**32 - 1)


def random_rdm(seed: int, n: int = 21, d: int = 12, rounded: bool = False) -> Array:
    vectors = np.random.default_rng(seed).normal(size=(n, d))
    rdm = cosine_rdm(vectors, [str(i) for i in range(n)])
    return np.round(rdm, 1) if rounded else rdm


@given(seed=seeds, n=st.integers(3, 25), d=st.integers(2, 40))
def test_cosine_rdm_equals_scipy(seed: int, n: int, d: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, d))
    rdm = cosine_rdm(vectors, [str(i) for i in range(n)])
    np.testing.assert_allclose(rdm, squareform(pdist(vectors, "cosine")), atol=1e-12)
    assert (np.diag(rdm) == 0).all()
    np.testing.assert_array_equal(rdm, rdm.T)


@given(seed=seeds, ties=st.booleans())
def test_spearman_equals_scipy_and_rsatoolbox(seed: int, ties: bool) -> None:
    a, b = random_rdm(seed, rounded=ties), random_rdm(seed + 1, rounded=ties)
    assert spearman(a, b) == pytest.approx(spearmanr(upper(a), upper(b)).statistic, abs=1e-12)
    rdms = [rsatoolbox.rdm.RDMs(upper(rdm)[None]) for rdm in (a, b)]
    assert spearman(a, b) == pytest.approx(rsatoolbox.rdm.compare(*rdms, method="spearman").item(), abs=1e-12)


def test_upper_is_row_by_row() -> None:
    assert upper(np.arange(16.0).reshape(4, 4)).tolist() == [1, 2, 3, 6, 7, 11]


def test_rdm_std_is_the_population_figure_over_pairs() -> None:
    rdm = random_rdm(1)
    values = [rdm[i, j] for i, j in itertools.combinations(range(21), 2)]
    assert rdm_std(rdm) == pytest.approx(np.std(values))


def test_mantel_equals_an_exhaustive_loop() -> None:
    """With four conditions, 24 relabellings: the sampled p must approach the exact one."""
    a, b = random_rdm(3, n=4), random_rdm(8, n=4)
    observed = spearmanr(upper(a), upper(b)).statistic
    orders = [list(order) for order in itertools.permutations(range(4))]
    draws = [spearmanr(upper(a), upper(b[np.ix_(order, order)])).statistic for order in orders]
    exact = np.mean(np.array(draws) >= observed - 1e-12)
    assert mantel(a, b, 20_000, seed=0) == pytest.approx(exact, abs=0.015)


def test_mantel_of_an_rdm_with_itself_is_as_small_as_it_can_be() -> None:
    rdm = random_rdm(5)
    assert mantel(rdm, rdm, 999, seed=0) == 1 / 1000


@settings(max_examples=20)
@given(seed=seeds)
def test_mantel_is_reproducible_and_in_range(seed: int) -> None:
    a, b = random_rdm(seed), random_rdm(seed + 1)
    p = mantel(a, b, 300, seed=seed)
    assert 1 / 301 <= p <= 1
    assert p == mantel(a, b, 300, seed=seed)


def test_mantel_false_positives() -> None:
    """Independent RDMs: p below .05 in 5% of draws (binomial 99.9% bounds at 600 draws)."""
    small = [mantel(random_rdm(2 * k), random_rdm(2 * k + 1), 199, seed=k) <= 0.05 for k in range(600)]
    assert 0.022 < np.mean(small) < 0.082


def test_degenerate_inputs_have_names() -> None:
    with pytest.raises(GeometryError, match="sad"):
        cosine_rdm(np.array([[1.0, 0.0], [0.0, 0.0]]), ["calm", "sad"])
    with pytest.raises(GeometryError, match="equal"):
        spearman(np.ones((4, 4)) - np.eye(4), random_rdm(1, n=4))
    with pytest.raises(GeometryError, match="4 and 5"):
        spearman(random_rdm(1, n=4), random_rdm(1, n=5))
