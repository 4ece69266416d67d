"""Figures made of half RDMs, against plain loops, on planted truths, and by their symmetries."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import spearmanr
from scipy.stats import t as student

from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import (
    _ratio,
    compare,
    compare_disjoint,
    cross_experiment_bias,
    identifiable,
    passes_gate,
    reliability,
    rho_star_of,
    rho_stars,
)
from emogeo.geometry.units import UnitProducts, crossvalidated_rdms
from tests.planted import Planted, codes, halves, run_of

Array = NDArray[np.float64]
seeds = st.integers(0, 2**31)


def test_every_figure_equals_a_loop_over_splits() -> None:
    a, b = halves(Planted(n_units=8, signal=0.3), seed=1)
    same, disjoint, own = [], [], []
    for split in a.members:
        rdm = {
            (name, half): crossvalidated_rdms(run.products.values, split[half][None])[0][0]
            for name, run in (("a", a), ("b", b))
            for half in (0, 1)
        }
        same += [spearmanr(rdm["a", h], rdm["b", h]).statistic for h in (0, 1)]
        disjoint += [spearmanr(rdm["a", h], rdm["b", 1 - h]).statistic for h in (0, 1)]
        own.append(spearmanr(rdm["a", 0], rdm["a", 1]).statistic)
    result = compare(a, b)
    assert result.same_half is not None
    assert result.disjoint_half is not None
    assert result.same_half.value == pytest.approx(np.mean(same), abs=1e-12)
    assert result.disjoint_half.value == pytest.approx(np.mean(disjoint), abs=1e-12)
    assert reliability(a).value == pytest.approx(np.mean(own), abs=1e-12)


def test_what_units_are_called_moves_no_figure() -> None:
    cell = Planted(n_units=12, signal=0.5)
    first, second = halves(cell, seed=4)
    names = [f"{unit} b" if row % 2 else f"Z{unit}" for row, unit in enumerate(first.products.units)]
    renamed = [
        Halves(UnitProducts(tuple(names), run.products.conditions, run.products.values), 0) for run in (first, second)
    ]
    assert compare(first, second) == compare(*renamed)


def test_a_comparison_is_symmetric_and_reproducible() -> None:
    a, b = halves(Planted(n_units=12, signal=0.5), seed=4)
    forth, back = compare(a, b), compare(b, a)
    assert forth.rho_star is not None
    assert back.rho_star is not None
    assert forth.rho_star.value == pytest.approx(back.rho_star.value, abs=1e-12)
    assert forth.rho.value == pytest.approx(back.rho.value, abs=1e-12)
    again = compare(*halves(Planted(n_units=12, signal=0.5), seed=4))
    assert again == forth


def test_a_run_with_itself() -> None:
    a, _ = halves(Planted(n_units=12, signal=0.5), seed=5)
    result = compare(a, a)
    assert result.rho.value == pytest.approx(1)
    assert result.rho_star is not None
    assert result.rho_star.value == pytest.approx(1)


def test_few_units_and_low_reliability_are_not_identifiable() -> None:
    for n_units in (1, 2, 3):
        result = compare(*halves(Planted(n_units=n_units, signal=0.5), seed=1))
        assert result.reason == f"not identifiable ({n_units} units, 4 needed)"
        assert (result.rho_star, result.reliability_a, result.same_half) == (None, None, None)
        assert np.isnan(result.rho.low)
    for n_units in (4, 5, 6, 7):
        result = compare(*halves(Planted(n_units=n_units, signal=0.5), seed=1))
        assert result.reason == f"not identifiable ({n_units} units, 8 needed)"
        assert result.rho_star is None
        assert not np.isnan(result.rho.low)
        for estimate in (result.reliability_a, result.reliability_b, result.same_half, result.disjoint_half):
            assert estimate is not None
            assert np.isnan(estimate.low) == (n_units < 6)
    noise = compare(*halves(Planted(n_units=12, signal=0.0), seed=1))
    assert noise.rho_star is None
    assert noise.reason is not None
    assert "reliability of a" in noise.reason
    assert "and of b" in noise.reason


def star(a: Halves, b: Halves) -> float:
    estimate = compare(a, b).rho_star
    assert estimate is not None
    return estimate.value


@dataclass(frozen=True, repr=False)
class Without(Halves):
    """A run with half RDMs from which a unit is deleted."""

    whole_run: Halves
    unit: int

    @property
    def ranks(self) -> Array:
        return np.asarray(self.whole_run.jackknife()[self.unit])


def without(run: Halves, unit: int) -> Halves:
    return Without(run.products, run.seed, run, unit)


def test_the_bias_deletes_a_unit_of_the_third_run_from_both_terms() -> None:
    a, c, d = (other_texts(n, 0.6, seed, prefix) for n, seed, prefix in ((9, 1, "a"), (10, 2, "c"), (8, 3, "d")))
    variances, sizes = [], (9, 10, 8)
    for which, size in enumerate(sizes):
        draws = []
        for unit in range(size):
            x, y, z = (without(run, unit) if i == which else run for i, run in enumerate((a, c, d)))
            draws.append(star(x, z) - star(y, z))
        variances.append((size - 1) / size * np.sum((np.array(draws) - np.mean(draws)) ** 2))
    df = sum(variances) ** 2 / sum(v**2 / (n - 1) for v, n in zip(variances, sizes, strict=True))
    reach = student.ppf(0.975, df) * np.sqrt(sum(variances))
    got = cross_experiment_bias(a, c, d)
    assert got is not None
    wanted = star(a, d) - star(c, d)
    assert (got.value, got.low, got.high) == pytest.approx((wanted, wanted - reach, wanted + reach), abs=1e-9)
    assert cross_experiment_bias(a, c, other_texts(8, 0.01, 4, "e")) is None


def test_the_interval_of_rho_star_is_written_out() -> None:
    a, b = halves(Planted(n_units=9, signal=0.6), seed=4)

    def star(x: Array, y: Array) -> float:
        own = [(r[:, 0] * r[:, 1]).sum(axis=-1).mean() for r in (x, y)]
        crossed = ((x[:, 0] * y[:, 1]).sum(axis=-1) + (x[:, 1] * y[:, 0]).sum(axis=-1)).mean() / 2
        return float(crossed / np.sqrt(own[0] * own[1]))

    deleted = np.array([star(a.jackknife()[unit], b.jackknife()[unit]) for unit in range(9)])
    reach = student.ppf(0.975, 8) * np.sqrt(8 / 9 * ((deleted - deleted.mean()) ** 2).sum())
    got = compare(a, b).rho_star
    assert got is not None
    wanted = star(a.ranks, b.ranks)
    assert (got.value, got.low, got.high) == pytest.approx((wanted, wanted - reach, wanted + reach))


def test_an_equivalence_is_tested_by_the_interval_that_leaves_out_five_percent_on_either_side() -> None:
    result = compare(*halves(Planted(n_units=9, signal=0.6), seed=4))
    wide, narrow = result.rho_star, result.rho_star_90
    assert wide is not None and narrow is not None
    assert narrow.value == wide.value
    wanted = student.ppf(0.95, 8) / student.ppf(0.975, 8)
    assert (narrow.high - narrow.low) / (wide.high - wide.low) == pytest.approx(wanted)


def test_the_gate_asks_for_ninety_nine_percent() -> None:
    """A run that is above .15 with 95% confidence, and with 99% is not; the intervals are written out."""
    run, _ = halves(Planted(n_units=12, signal=0.16), seed=19)
    deleted = np.arctanh(run.reliability_deleted)
    error = np.sqrt(11 / 12 * ((deleted - deleted.mean()) ** 2).sum())
    low = [float(np.tanh(np.arctanh(run.reliability) - student.ppf(p, 11) * error)) for p in (0.975, 0.995)]
    assert run.reliability > 0.2 and low[0] > 0.15 > low[1]
    assert not identifiable(run)


def test_a_deletion_that_leaves_no_reliability_gives_a_finite_ratio() -> None:
    """A reliability counts as a thousandth at least, also where it is negative."""
    assert _ratio(0.01, 0.0, -0.3) == pytest.approx(10)
    assert _ratio(0.01, 0.04, 0.0001) == pytest.approx(0.01 / np.sqrt(0.04 * 0.001))


def test_other_units_are_refused() -> None:
    a, _ = halves(Planted(n_units=6, signal=0.5), seed=1)
    with pytest.raises(GeometryError, match="same units"):
        compare(a, a.restricted(a.products.units[:5], a.products.conditions))
    with pytest.raises(GeometryError, match="same conditions"):
        compare(a, a.restricted(a.products.units, a.products.conditions[:5]))


def other_texts(n_units: int, signal: float, seed: int, prefix: str = "v") -> Halves:
    return run_of(codes(1.0)[0], signal, np.random.default_rng(seed), n_units, prefix)


def test_runs_on_other_texts_are_compared_by_any_two_halves() -> None:
    a, _ = halves(Planted(n_units=8, signal=0.5), seed=1)
    b = other_texts(12, 0.5, seed=2)
    wanted = np.mean([(a.ranks[s, i] * b.ranks[s, j]).sum() for s in range(100) for i in (0, 1) for j in (0, 1)])
    result = compare(a, b)
    assert result.same_half is None
    assert result.stimulus_share is None
    assert result.disjoint_half is not None
    assert result.disjoint_half.value == pytest.approx(wanted, abs=1e-12)
    assert (result.n_units, result.half_size) == (8, 4)
    assert result.rho_star is not None
    own = reliability(a).value * reliability(b).value
    assert result.rho_star.value == pytest.approx(wanted / np.sqrt(own), abs=1e-12)


def test_variances_of_independent_units_add() -> None:
    """Against the interval written out, with Welch and Satterthwaite's degrees of freedom."""
    a, b = other_texts(8, 0.5, seed=1, prefix="u"), other_texts(12, 0.5, seed=2)
    got = compare(a, b).rho
    variances = []
    for draws in (a.whole[1:] @ b.whole[0], b.whole[1:] @ a.whole[0]):
        z, n = np.arctanh(draws), len(draws)
        variances.append((n - 1) / n * ((z - z.mean()) ** 2).sum())
    df = sum(variances) ** 2 / (variances[0] ** 2 / 7 + variances[1] ** 2 / 11)
    reach = student.ppf(0.975, df) * np.sqrt(sum(variances))
    centre = np.arctanh(a.whole[0] @ b.whole[0])
    assert (got.low, got.high) == (pytest.approx(np.tanh(centre - reach)), pytest.approx(np.tanh(centre + reach)))


def test_a_reliability_that_may_be_near_zero_is_not_divided_by() -> None:
    """A reliability of at least .2 whose 99% interval reaches down to .1 is not divided by."""
    weak = next(
        (a, b)
        for a, b in (halves(Planted(n_units=8, signal=0.09), seed) for seed in range(200))
        if 0.2 < min(reliability(a).value, reliability(b).value) < 0.22
    )
    result = compare(*weak)
    assert result.rho_star is None
    assert result.reason is not None
    assert "at 99% above" in result.reason


@pytest.mark.parametrize(
    ("reliability", "sure", "passes"), [(0.2, 0.16, True), (0.19, 0.16, False), (0.5, 0.15, False)]
)
def test_the_gate_wants_a_reliability_that_is_large_and_sure(reliability: float, sure: float, passes: bool) -> None:
    assert passes_gate(reliability, sure) is passes
    assert not passes_gate(float("nan"), float("nan"))


def test_rho_star_alone_is_that_of_a_comparison() -> None:
    runs = [halves(Planted(12, 0.8, mix), seed)[0] for seed, mix in enumerate((1.0, 0.7, 0.4))]
    at_once = rho_stars(runs)
    for i, a in enumerate(runs):
        for j, b in enumerate(runs):
            star = compare(a, b).rho_star
            assert star is not None and rho_star_of(a, b) == star.value
            assert at_once[i, j] == pytest.approx(star.value, rel=1e-12)


def test_rho_star_alone_is_not_given_for_what_is_not_reliable() -> None:
    a, b = halves(Planted(12, 0.0), 3)
    assert compare(a, b).rho_star is None and rho_star_of(a, b) is None


@pytest.mark.parametrize("n_units", [3, 5, 9])
def test_what_disjoint_text_shows_is_what_a_whole_comparison_says_of_it(n_units: int) -> None:
    a, b = halves(Planted(n_units=n_units, signal=0.5), seed=3)
    whole, alone = compare(a, b), compare_disjoint(a, b)
    for each in fields(alone):
        assert str(getattr(alone, each.name)) == str(getattr(whole, each.name)), each.name
