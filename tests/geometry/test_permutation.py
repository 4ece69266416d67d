"""Permutation p values against all relabellings and plain loops; Holm's adjustment."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, norm, spearmanr

from emogeo.errors import GeometryError
from emogeo.geometry.crossed import Crossed, crossed_halves
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import compare
from emogeo.geometry.permutation import (
    holm,
    in_tail,
    mantel,
    mantel_disjoint,
    mantel_of_few,
    permute_few,
)
from emogeo.geometry.rdm import standard_ranks, upper
from tests.geometry.test_rdm import random_rdm, seeds
from tests.planted import CONDITIONS, Planted, codes, halves, run_of


def ranked(a: NDArray[np.float64], b: NDArray[np.float64], permutations: int, seed: int) -> float:
    return float(mantel(standard_ranks(upper(a))[None], standard_ranks(upper(b))[None], permutations, seed)[0])


def test_mantel_equals_an_exhaustive_loop() -> None:
    """With four conditions, 24 relabellings: the sampled p must approach the exact one."""
    a, b = random_rdm(3, n=4), random_rdm(8, n=4)
    observed = spearmanr(upper(a), upper(b)).statistic
    orders = [list(order) for order in itertools.permutations(range(4))]
    draws = [spearmanr(upper(a), upper(b[np.ix_(order, order)])).statistic for order in orders]
    exact = np.mean(np.array(draws) >= observed - 1e-12)
    assert ranked(a, b, 20_000, seed=0) == pytest.approx(exact, abs=0.015)


def test_mantel_of_an_rdm_with_itself_is_as_small_as_it_can_be() -> None:
    rdm = random_rdm(5)
    assert ranked(rdm, rdm, 999, seed=0) == 1 / 1000


@pytest.mark.parametrize("seed", range(8))
def test_relabellings_that_change_nothing_count_whatever_rounding_does(seed: int) -> None:
    """Two of four conditions lie alike: that they change places repeats the observed order, so p is 2 / 24."""
    own = random_rdm(seed, n=4)
    own[1], own[:, 1] = own[0].copy(), own[:, 0].copy()
    own[:2, :2] = 0.0
    assert ranked(own, own, 4000, seed=0) == pytest.approx(2 / 24, abs=0.02)


@settings(max_examples=20)
@given(seed=seeds)
def test_mantel_is_reproducible_and_in_range(seed: int) -> None:
    a, b = random_rdm(seed), random_rdm(seed + 1)
    p = ranked(a, b, 300, seed=seed)
    assert 1 / 301 <= p <= 1
    assert p == ranked(a, b, 300, seed=seed)


def test_mantel_false_positives() -> None:
    """Independent RDMs: p below .05 in 5% of draws (binomial 99.9% bounds at 600 draws)."""
    small = [ranked(random_rdm(2 * k), random_rdm(2 * k + 1), 199, seed=k) <= 0.05 for k in range(600)]
    assert 0.022 < np.mean(small) < 0.082


def test_many_tests_are_each_as_if_alone() -> None:
    ranks = np.stack([standard_ranks(upper(random_rdm(seed))) for seed in range(4)])
    a, b = ranks[[0, 0, 1, 2]], ranks[[1, 2, 3, 3]]
    alone = [mantel(x[None], y[None], 500, seed=1)[0] for x, y in zip(a, b, strict=True)]
    assert mantel(a, b, 500, seed=1).tolist() == alone
    crossed = [Crossed(((x[None, None], y[None, None]),)) for x, y in zip(a, b, strict=True)]
    assert mantel_disjoint(crossed, 500, seed=1).tolist() == alone


def relabelled(run: Halves, order: tuple[str, ...]) -> Halves:
    """The run with its conditions renamed."""
    permuted = Halves(run.restricted(run.products.units, order).products, run.seed)
    object.__setattr__(permuted.products, "conditions", run.products.conditions)
    return permuted


def few(run: Halves) -> Halves:
    return run.restricted(run.products.units, CONDITIONS[:4])


def disjoint(a: Halves, b: Halves) -> float:
    estimate = compare(a, b).disjoint_half
    assert estimate is not None
    return estimate.value


@pytest.mark.parametrize("common", [True, False])
def test_mantel_on_disjoint_halves_equals_all_relabellings(common: bool) -> None:
    a, b = halves(Planted(n_units=6, signal=0.1), seed=6)
    if not common:
        b = run_of(codes(1.0)[1], 0.1, np.random.default_rng(4), 7, prefix="v")
    a, b = few(a), few(b)
    observed = disjoint(a, b)
    draws = [disjoint(a, relabelled(b, order)) for order in itertools.permutations(CONDITIONS[:4])]
    exact = np.mean(np.array(draws) >= observed - 1e-9)
    assert mantel_disjoint([crossed_halves(a, b)], 20_000, seed=1)[0] == pytest.approx(exact, abs=0.015)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_is_step_down(p: list[float]) -> None:
    adjusted = holm(np.array(p))
    m = len(p)
    order = np.argsort(p, kind="stable")
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (m - rank) * p[index]))
        assert adjusted[index] == pytest.approx(running)
    assert (adjusted >= false_discovery_control(p) - 1e-12).all()


@pytest.mark.parametrize("wrong", [-0.1, 1.5, float("nan")])
def test_holm_refuses_what_is_no_p(wrong: float) -> None:
    with pytest.raises(GeometryError, match="one that is no p"):
        holm(np.array([0.5, wrong]))


def test_few_things_are_permuted_in_every_order() -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 5))
    found = permute_few(lambda order: float(a @ b[order]), 5, 1000, 0, two_sided=False)
    draws = [a @ b[list(order)] for order in itertools.permutations(range(5))]
    assert found.p == pytest.approx(np.mean(np.array(draws) >= a @ b - 1e-12))
    assert found.p_min == pytest.approx(1 / 120)


def test_the_smallest_p_of_few_counts_what_symmetry_repeats() -> None:
    """An RDM of three things whose mirror image is itself cannot give 1/6."""
    rdm = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]], dtype=float)
    found = mantel_of_few(rdm, rdm, 1000, 0, two_sided=False)
    assert (found.r, found.p, found.p_min) == (pytest.approx(1.0), pytest.approx(1 / 3), pytest.approx(1 / 3))


@pytest.mark.parametrize(("two_sided", "alike"), [(False, 2), (True, 4)])
def test_orders_that_tie_for_the_best_count_whatever_rounding_does(two_sided: bool, alike: int) -> None:
    """The first of three things decides; two orders give 1, two give -1, and rounding differs."""
    found = permute_few(lambda order: float(1 - order[0] + 1e-13 * order[1]), 3, 1000, 0, two_sided)
    assert (found.p, found.p_min) == (alike / 6, alike / 6)


def test_mantel_of_few_refuses_what_is_no_distance_matrix() -> None:
    good = random_rdm(0, n=4)
    for wrong in (np.triu(good), good + np.eye(4)):
        for pair in ((good, wrong), (wrong, good)):
            with pytest.raises(GeometryError, match="a distance matrix"):
                mantel_of_few(*pair, 100, 0, two_sided=True)


def test_more_things_than_can_be_tried_are_sampled() -> None:
    a = np.arange(9.0)
    found = permute_few(lambda order: float(a @ a[order]), 9, 500, 0, two_sided=True)
    assert found.p == found.p_min == 1 / 501


def test_a_missing_figure_is_an_error_and_no_small_p() -> None:
    with pytest.raises(GeometryError, match="missing"):
        permute_few(lambda order: float("nan"), 5, 1000, 0, two_sided=True)


def test_mantel_of_few_is_calibrated() -> None:
    p = []
    for seed in range(200):
        a, b = (random_rdm(1000 * k + seed, n=6) for k in (1, 2))
        p.append(mantel_of_few(a, b, 720, seed, two_sided=True).p)
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.04)


def test_values_that_are_no_ranks_are_refused() -> None:
    values = np.random.default_rng(0).random((1, 10))
    with pytest.raises(GeometryError, match=r"wants a as standardized ranks: pass it through standard_ranks"):
        mantel(values, standard_ranks(values), 100, 0)
    with pytest.raises(GeometryError, match=r"wants b as \[test, pair\]"):
        mantel(standard_ranks(values), standard_ranks(values)[0], 100, 0)


def test_a_tail_goes_below_the_number_of_draws_and_agrees_with_counting_above_it() -> None:
    drawn = np.random.default_rng(0).normal(size=(3, 10_000))
    observed = np.array([0.0, 2.0, 5.0])
    found = in_tail(observed, drawn)
    counted = (1 + (drawn >= observed[:, None]).sum(axis=1)) / 10_001
    assert found[:2].tolist() == counted[:2].tolist()
    assert norm.sf(5.0) < found[2] < 1e-4 < counted[2] + 1e-6


def test_a_tail_of_exponential_draws_is_theirs() -> None:
    drawn = np.random.default_rng(1).exponential(size=(40, 10_000))
    found = np.log(in_tail(np.full(40, 14.0), drawn))
    assert abs(found.mean() + 14.0) < 0.5


def test_few_draws_have_no_tail() -> None:
    drawn = np.random.default_rng(2).normal(size=(1, 399))
    assert in_tail(np.array([9.0]), drawn).tolist() == [1 / 400]


def test_with_a_tail_large_p_are_those_of_counting() -> None:
    ranks = [standard_ranks(row) for row in np.random.default_rng(3).uniform(size=(4, 45))]
    a, b = np.stack(ranks[:2]), np.stack(ranks[2:])
    assert mantel(a, b, 999, 0, tail=True).tolist() == mantel(a, b, 999, 0).tolist()
    assert mantel(a, a, 999, 0, tail=True).max() < 1 / 1000
