"""RDMs and their comparison against scipy, rsatoolbox and plain loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import rsatoolbox
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform
from scipy.stats import rankdata, spearmanr

from emogeo.errors import EqualDissimilaritiesError, GeometryError
from emogeo.geometry.rdm import PackedRanks, cosine_rdm, rdm_std, rho_a, spearman, standard_ranks, upper

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


@given(seed=seeds, ties=st.booleans())
def test_rho_a_equals_rsatoolbox(seed: int, ties: bool) -> None:
    a, b = random_rdm(seed, rounded=ties), random_rdm(seed + 1, rounded=ties)
    rdms = [rsatoolbox.rdm.RDMs(upper(rdm)[None]) for rdm in (a, b)]
    assert rho_a(a, b) == pytest.approx(rsatoolbox.rdm.compare(*rdms, method="rho-a").item(), abs=1e-12)
    if not ties:
        assert rho_a(a, b) == pytest.approx(spearman(a, b), abs=1e-12)


@given(seed=seeds)
def test_standard_ranks_equal_scipy_row_by_row(seed: int) -> None:
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(3, 2, 9))
    values[1] = np.round(values[1])
    wanted = rankdata(values, axis=-1) - 5
    np.testing.assert_allclose(
        standard_ranks(values), wanted / np.linalg.norm(wanted, axis=-1, keepdims=True), atol=1e-15
    )


@pytest.mark.parametrize("n_pairs", [9, 40_000])
def test_packed_ranks_are_the_same_to_the_bit(n_pairs: int) -> None:
    values = np.random.default_rng(3).normal(size=(5, n_pairs))
    values[1::2] = np.round(values[1::2], 1)
    packed = PackedRanks(5, n_pairs)
    for rows in (np.array([3, 0]), np.array([1, 2, 4])):
        packed.put(rows, values[rows])
    assert np.array_equal(packed[:], standard_ranks(values))
    assert np.array_equal(packed[2:4], standard_ranks(values)[2:4])
    with pytest.raises(EqualDissimilaritiesError):
        packed.put(np.array([0]), np.ones((1, n_pairs)))


@pytest.mark.parametrize(("n_pairs", "precision"), [(210, np.float32), (369, np.float32), (370, np.float64)])
def test_products_of_packed_numbers_are_exact(n_pairs: int, precision: type) -> None:
    """The largest sum of products of two rows is that of a row with itself: no whole number beyond 2**24 occurs."""
    values = np.random.default_rng(3).normal(size=(4, n_pairs))
    values[2] = np.round(values[2], 1)
    packed = PackedRanks(4, n_pairs)
    packed.put(np.arange(4), values)
    part, whole = packed.part(slice(1, 4)), 2 * rankdata(values, axis=1).astype(np.int64) - n_pairs - 1
    doubled = np.rint(2 * rankdata(values, axis=1)).astype(np.int64) - n_pairs - 1
    assert part.numbers.dtype == precision and part.width == packed.width == n_pairs
    assert np.array_equal(part.numbers @ part.numbers.T, doubled[1:] @ doubled[1:].T)
    assert not np.array_equal(whole[2], doubled[2]), "ties have halves"
    np.testing.assert_allclose(part.numbers / part.lengths[:, None], packed[1:4], rtol=1e-15)


def test_degenerate_inputs_have_names() -> None:
    with pytest.raises(GeometryError, match="sad"):
        cosine_rdm(np.array([[1.0, 0.0], [0.0, 0.0]]), ["calm", "sad"])
    with pytest.raises(GeometryError, match="equal"):
        spearman(np.ones((4, 4)) - np.eye(4), random_rdm(1, n=4))
    with pytest.raises(GeometryError, match="4 and 5"):
        spearman(random_rdm(1, n=4), random_rdm(1, n=5))


@pytest.mark.parametrize(
    ("rdm", "said"),
    [
        (np.zeros(6), r"shape \[6\]; an RDM is square"),
        (np.array([[0.0, 1.0], [0.5, 0.0]]), "not symmetric"),
        (np.array([[0.0, np.nan], [np.nan, 0.0]]), "NaN or infinity"),
        (np.eye(4), "diagonal that is not zero"),
    ],
)
def test_what_is_no_rdm_is_said(rdm: Array, said: str) -> None:
    whole = 1 - np.eye(4)
    with pytest.raises(GeometryError, match=f"the second RDM.*{said}"):
        spearman(whole, rdm)


def test_numbers_that_are_none_are_never_passed_on() -> None:
    vectors = np.random.default_rng(0).normal(size=(4, 3))
    vectors[2, 1] = np.nan
    with pytest.raises(GeometryError, match="vector of c holds NaN"):
        cosine_rdm(vectors, list("abcd"))
    with pytest.raises(GeometryError, match="have no ranks"):
        standard_ranks(vectors)
    with pytest.raises(GeometryError, match=r"square.*shape \[6\]"):
        upper(np.zeros(6))
