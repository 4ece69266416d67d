"""Block by block: the grid against plain loops, and the p of its best pair on planted truths."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import squareform
from scipy.stats import kstest, spearmanr

from emogeo.errors import GeometryError
from emogeo.geometry.depth import HalvesOverDepth, depth_grid, halves_over_depth, star_grid
from emogeo.geometry.inference import compare
from tests.planted import Planted, halves

Array = NDArray[np.float64]
N = 9
"""Conditions of a small RDM."""


def rdms(generator: np.random.Generator, n_blocks: int, n: int = N) -> Array:
    """Dissimilarities [block, pair] of random vectors."""
    vectors = generator.normal(size=(n_blocks, n, 5))
    rows, columns = np.triu_indices(n, k=1)
    return np.asarray(np.linalg.norm(vectors[:, rows] - vectors[:, columns], axis=-1))


def looped(a: Array, b: Array) -> Array:
    return np.array([[spearmanr(x, y).statistic for y in b] for x in a])


def test_the_grid_and_its_p_are_those_of_plain_loops() -> None:
    generator = np.random.default_rng(1)
    a, b = rdms(generator, 3), rdms(generator, 4)
    found = depth_grid(a, b, 60, 5)
    assert found.rho == pytest.approx(looped(a, b))
    orders = np.random.default_rng(5).permuted(np.tile(np.arange(N), (60, 1)), axis=1)
    largest = []
    for order in orders:
        moved = np.array([squareform(squareform(own)[np.ix_(order, order)]) for own in b])
        largest.append(looped(a, moved).max())
    wanted = (1 + (np.array(largest)[:, None, None] >= found.rho - 1e-9).sum(axis=0)) / 61
    assert found.p_largest == pytest.approx(wanted)


def test_within_a_run_no_block_meets_itself() -> None:
    own = rdms(np.random.default_rng(2), 4)
    found = depth_grid(own, own, 99, 0, within=True)
    assert np.isnan(np.diag(found.p_largest)).all() and np.diag(found.rho) == pytest.approx(1)
    assert np.isfinite(found.p_largest[~np.eye(4, dtype=bool)]).all()
    near = np.vstack([own, own[:1] + 0.01 * own[1:2]])
    again = depth_grid(near, near, 99, 0, within=True)
    assert again.p_largest[0, 4] == again.p_largest[4, 0] == 0.01


def test_one_planted_pair_of_blocks_is_found() -> None:
    generator = np.random.default_rng(3)
    a, b = rdms(generator, 12, 21), rdms(generator, 10, 21)
    b[7] = a[4] + 0.5 * a[4].std() * generator.normal(size=a.shape[1])
    found = depth_grid(a, b, 999, 0)
    assert np.unravel_index(found.rho.argmax(), found.rho.shape) == (4, 7)
    assert found.p_largest[4, 7] == 0.001
    assert (np.delete(found.p_largest.ravel(), 4 * 10 + 7) > 0.05).mean() > 0.95


def test_the_p_of_the_best_pair_is_uniform_where_nothing_is_shared() -> None:
    p = []
    for seed in range(200):
        generator = np.random.default_rng([4, seed])
        a, b = correlated(generator, 6), correlated(generator, 5)
        p.append(depth_grid(a, b, 199, seed).p_largest.min())
    assert kstest(p, "uniform").pvalue > 0.01
    assert np.mean(np.array(p) <= 0.05) <= 0.09


def correlated(generator: np.random.Generator, n_blocks: int) -> Array:
    """Blocks of one run, which resemble each other."""
    return rdms(generator, 1) + 0.5 * rdms(generator, n_blocks)


@pytest.fixture(scope="module")
def over_depth() -> list[HalvesOverDepth]:
    designs = [Planted(12, signal) for signal in (0.4, 0.001)]
    sides = zip(*(halves(design, 0) for design in designs), strict=True)
    return [halves_over_depth(side, 2) for side in sides]


def test_rho_star_is_that_of_a_comparison_and_blank_where_a_block_is_not_reliable(
    over_depth: list[HalvesOverDepth],
) -> None:
    a, b = halves(Planted(12, 0.4), 0)
    wanted = compare(a, b, over_conditions=False).rho_star
    found = star_grid(*over_depth)
    assert wanted is not None and found[0, 0] == pytest.approx(wanted.value)
    assert np.isnan(found[0, 1]) and np.isnan(found[1]).all()
    own = star_grid(over_depth[0], over_depth[0])
    assert own[0, 0] == pytest.approx(1)


def test_other_units_have_no_grid(over_depth: list[HalvesOverDepth]) -> None:
    other = halves_over_depth([halves(Planted(10, 0.4), 0)[1]], 1)
    with pytest.raises(GeometryError):
        star_grid(over_depth[0], other)
    with pytest.raises(GeometryError, match="too many"):
        halves_over_depth(halves(Planted(12, 0.4), 0), 10_000)
    with pytest.raises(GeometryError, match="no block"):
        halves_over_depth([], 0)


def test_what_has_no_grid_is_refused() -> None:
    a = rdms(np.random.default_rng(0), 2)
    for first, second, within in ((a, a[:, :-1], False), (a[0], a, False), (a[:1], a[:1], True)):
        with pytest.raises(GeometryError):
            depth_grid(first, second, 9, 0, within)
    with pytest.raises(GeometryError, match="equal"):
        depth_grid(a, np.ones_like(a), 9, 0)
    with pytest.raises(GeometryError, match="permutations"):
        depth_grid(a, a, 0, 0)
