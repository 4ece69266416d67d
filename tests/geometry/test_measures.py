"""Measures against other implementations, on planted truths, and by their symmetries."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import rsatoolbox
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes
from scipy.spatial import procrustes
from scipy.spatial.distance import cdist, pdist
from scipy.stats import ortho_group, pearsonr, spearmanr

from emogeo.errors import GeometryError
from emogeo.geometry.measures import (
    CKA,
    CKA_BIASED,
    EUCLIDEAN,
    KENDALL,
    MEASURES,
    MUTUAL_KNN,
    PEARSON,
    PROCRUSTES,
    SPEARMAN,
    Measure,
    n_neighbours,
)

Array = NDArray[np.float64]
seeds = st.integers(0, 2**31)
every = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)


def vectors(seed: int, n: int = 21, d: int = 40) -> Array:
    x = np.random.default_rng(seed).normal(size=(n, d))
    return np.asarray(x - x.mean(axis=0))


def gram(x: Array) -> Array:
    return np.asarray((x @ x.T)[np.triu_indices(len(x))][None])


def agreement(measure: Measure, x: Array, y: Array) -> float:
    return float(measure.agree(measure.features(gram(x)), measure.features(gram(y)))[0])


def chance(measure: Measure, x: Array, y: Array) -> float:
    return measure.chance(measure.features(gram(x))[0], measure.features(gram(y))[0])


@every
@settings(max_examples=15, deadline=None)
@given(seed=seeds, scale=st.floats(0.01, 100))
def test_rotation_and_scaling_change_nothing_and_no_side_is_the_first(
    measure: Measure, seed: int, scale: float
) -> None:
    x, y = vectors(seed), vectors(seed + 1)
    found = agreement(measure, x, y)
    turned = scale * x @ ortho_group.rvs(x.shape[1], random_state=seed)
    assert agreement(measure, turned, y) == pytest.approx(found, abs=1e-9)
    assert agreement(measure, y, x) == pytest.approx(found, abs=1e-9)
    assert agreement(measure, x, turned) == pytest.approx(1, abs=1e-6)
    assert found < 1


@every
def test_order_of_conditions_is_of_no_matter(measure: Measure) -> None:
    x, y, order = vectors(1), vectors(2), np.random.default_rng(3).permutation(21)
    assert agreement(measure, x[order], y[order]) == pytest.approx(agreement(measure, x, y), abs=1e-9)


@pytest.mark.parametrize("measure", [CKA, CKA_BIASED, PROCRUSTES, EUCLIDEAN], ids=lambda measure: measure.name)
def test_where_the_origin_lies_is_of_no_matter_but_for_cosines(measure: Measure) -> None:
    x, y = vectors(4), vectors(5)
    assert agreement(measure, x + 3.0, y - 1.0) == pytest.approx(agreement(measure, x, y), abs=1e-9)


@pytest.mark.parametrize(
    ("measure", "method"), [(SPEARMAN, "spearman"), (PEARSON, "corr"), (KENDALL, "tau-a")], ids=["rho", "r", "tau"]
)
def test_cosine_rdms_are_compared_as_rsatoolbox_does(measure: Measure, method: str) -> None:
    x, y = vectors(6), vectors(7)
    rdms = [rsatoolbox.rdm.RDMs(pdist(own, "cosine")[None]) for own in (x, y)]
    assert agreement(measure, x, y) == pytest.approx(rsatoolbox.rdm.compare(*rdms, method=method).item(), abs=1e-9)


def test_euclidean_ranks_are_those_of_squared_distances() -> None:
    x, y = vectors(8), vectors(9)
    wanted = spearmanr(pdist(x, "sqeuclidean"), pdist(y, "sqeuclidean")).statistic
    assert agreement(EUCLIDEAN, x, y) == pytest.approx(wanted, abs=1e-12)


def unbiased_hsic(k: Array, m: Array) -> float:
    """The formula of Song et al. 2012, with its three sums."""
    n = len(k)
    k, m, one = k - np.diag(np.diag(k)), m - np.diag(np.diag(m)), np.ones(len(k))
    found = np.trace(k @ m) + one @ k @ one * (one @ m @ one) / ((n - 1) * (n - 2)) - 2 / (n - 2) * one @ k @ m @ one
    return float(found / (n * (n - 3)))


def test_debiased_cka_is_the_ratio_of_unbiased_hsic() -> None:
    x, y = vectors(10), vectors(11)
    k, m = x @ x.T, y @ y.T
    wanted = unbiased_hsic(k, m) / np.sqrt(unbiased_hsic(k, k) * unbiased_hsic(m, m))
    assert agreement(CKA, x, y) == pytest.approx(wanted, abs=1e-12)


def test_unbiased_hsic_is_a_mean_over_quadruples() -> None:
    """The definition as a U-statistic, over every four distinct conditions of six."""
    k, m = (x @ x.T for x in (vectors(12, n=6), vectors(13, n=6)))
    found = [k[i, j] * (m[i, j] + m[q, r] - 2 * m[i, q]) for i, j, q, r in permutations(range(6), 4)]
    assert unbiased_hsic(k, m) == pytest.approx(np.mean(found), abs=1e-9)


def test_biased_cka_is_that_of_features() -> None:
    x, y = vectors(14), vectors(15)
    wanted = np.linalg.norm(x.T @ y) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))
    assert agreement(CKA_BIASED, x, y) == pytest.approx(wanted, abs=1e-12)


def test_procrustes_is_the_angle_after_the_best_rotation() -> None:
    x, y = vectors(16), vectors(17)
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    rotation, cosine = orthogonal_procrustes(x, y)
    angle = np.arccos((x @ rotation * y).sum())
    assert agreement(PROCRUSTES, x, y) == pytest.approx(1 - angle / (np.pi / 2), abs=1e-9)
    assert np.cos(angle) == pytest.approx(cosine)
    assert procrustes(x, y)[2] == pytest.approx(np.sin(angle) ** 2), "scipy scales as well: what is left is sin²"
    rdms = [rsatoolbox.rdm.RDMs(pdist(own, "sqeuclidean")[None]) for own in (x, y)]
    assert np.cos(angle) == pytest.approx(rsatoolbox.rdm.compare(*rdms, method="bures").item(), abs=1e-6)


def test_mutual_neighbours_are_counted() -> None:
    x, y = vectors(18), vectors(19)
    shared = []
    for i in range(21):
        near = []
        for own in (x, y):
            distances = cdist(own[i : i + 1], own, "cosine")[0]
            near.append({j for j in np.argsort(distances) if j != i and sum(distances < distances[j]) <= 5})
        shared.append(len(near[0] & near[1]) / 5)
    assert agreement(MUTUAL_KNN, x, y) == pytest.approx(np.mean(shared), abs=1e-12)
    assert [n_neighbours(n) for n in (4, 5, 10, 11, 21)] == [1, 2, 4, 5, 5]


@every
def test_chance_is_the_mean_over_all_relabellings(measure: Measure) -> None:
    x, y = vectors(20, n=5, d=4), vectors(21, n=5, d=4)
    found = np.mean([agreement(measure, x, y[list(order)]) for order in permutations(range(5))])
    assert chance(measure, x, y) == pytest.approx(found, abs=0.03 if measure is PROCRUSTES else 1e-9)


def test_biased_cka_is_a_trap_for_wide_independent_conditions() -> None:
    """21 independent conditions of width 2,048: what each measure says of two unrelated sets."""
    pairs = [(vectors(seed, d=2048), vectors(10_000 + seed, d=2048)) for seed in range(200)]
    found = {m.name: np.array([agreement(m, x, y) for x, y in pairs]) for m in (CKA, CKA_BIASED, MUTUAL_KNN)}
    assert found["cka_biased"].mean() == pytest.approx(0.990, abs=0.0005)
    assert found["cka_biased"].std() < 0.002
    assert found["cka"].mean() == pytest.approx(0, abs=3 * 0.07 / np.sqrt(200))
    assert found["cka"].std() == pytest.approx(0.07, abs=0.01)
    assert found["mutual_knn"].mean() == pytest.approx(0.25, abs=3 * 0.05 / np.sqrt(200))
    x, y = pairs[0]
    assert chance(CKA_BIASED, x, y) == pytest.approx(0.990, abs=0.001)
    assert (chance(CKA, x, y), chance(MUTUAL_KNN, x, y)) == (0.0, 0.25)
    assert agreement(PROCRUSTES, x, y) > 0.9
    assert chance(PROCRUSTES, x, y) == pytest.approx(agreement(PROCRUSTES, x, y), abs=0.01)


def test_the_ratio_of_tau_is_no_tau() -> None:
    """Gaussian dissimilarities with r .5, seen at reliability .5: the ratio of tau is .48, and tau .33."""

    def tau(r: float) -> float:
        return float(2 / np.pi * np.arcsin(r))

    assert tau(0.5) == pytest.approx(1 / 3)
    assert tau(0.5 * 0.5) / tau(0.5) == pytest.approx(0.48, abs=0.005)
    assert KENDALL.without_ratio


def test_pearson_differs_from_the_others_where_it_should() -> None:
    x, y = vectors(22), vectors(23)
    assert agreement(PEARSON, x, y) == pytest.approx(pearsonr(pdist(x, "cosine"), pdist(y, "cosine")).statistic)


@pytest.mark.parametrize("measure", [CKA, CKA_BIASED, PROCRUSTES, PEARSON, EUCLIDEAN], ids=lambda own: own.name)
def test_what_has_no_geometry_is_refused(measure: Measure) -> None:
    with pytest.raises(GeometryError):
        measure.features(gram(np.zeros((21, 3))))
