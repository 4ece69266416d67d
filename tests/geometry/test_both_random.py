"""Deletions of conditions against plain loops, and the interval over units and conditions that is made of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr
from scipy.stats import t as student

from emogeo.errors import GeometryError
from emogeo.geometry.both_random import condition_deletions, pairs_without
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import compare
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.units import UnitProducts
from tests.planted import Planted, codes, halves, run_of
from tests.planted_conditions import Drawn, drawn


def test_pairs_without_a_condition() -> None:
    assert [left.tolist() for left in pairs_without(4)] == [[3, 4, 5], [1, 2, 5], [0, 2, 4], [0, 1, 3]]


def test_deleted_conditions_are_ranked_anew() -> None:
    values = np.random.default_rng(1).normal(size=(3, 15))
    values[1, 3:7] = values[1, 2]
    found = np.stack(list(condition_deletions(standard_ranks(values), 6)))
    assert found.shape == (6, 3, 10)
    rows, columns = np.triu_indices(6, k=1)
    for condition in range(6):
        left = [pair for pair in range(15) if condition not in (rows[pair], columns[pair])]
        for row in range(3):
            ranks = rankdata(values[row, left]) - 5.5
            assert found[condition, row] == pytest.approx(ranks / np.linalg.norm(ranks), abs=1e-12)


def test_equal_dissimilarities_that_a_deletion_leaves_are_refused() -> None:
    values = np.ones(6)
    values[0] = 2.0
    with pytest.raises(GeometryError, match="All dissimilarities of an RDM are equal"):
        list(condition_deletions(values, 4))


def loop_over_conditions(a: Halves, b: Halves) -> list[float]:
    """rho* without each condition, by scipy."""
    found = []
    for left in pairs_without(len(a.products.conditions)):
        ways = {"aa": 0.0, "bb": 0.0, "ab": 0.0}
        for split in range(a.ranks.shape[0]):
            for half in (0, 1):
                x, y = a.ranks[split, :, left], b.ranks[split, :, left]
                ways["aa"] += spearmanr(x[:, half], x[:, 1 - half]).statistic
                ways["bb"] += spearmanr(y[:, half], y[:, 1 - half]).statistic
                ways["ab"] += spearmanr(x[:, half], y[:, 1 - half]).statistic
        found.append(ways["ab"] / np.sqrt(ways["aa"] * ways["bb"]))
    return found


def star_without_units(a: Halves, b: Halves) -> list[float]:
    def ratio(x: Halves, y: Halves, unit: int) -> float:
        return float((x.jackknife()[unit] * y.jackknife()[unit, :, ::-1]).sum())

    return [ratio(a, b, u) / np.sqrt(ratio(a, a, u) * ratio(b, b, u)) for u in range(a.n_units)]


def test_the_interval_adds_the_variances_of_both_factors_on_atanh_of_the_correlation_of_halves() -> None:
    a, b = drawn(Drawn(8, 12, 0.8, 0.7), seed=3)
    found = compare(a, b)
    assert found.rho_star is not None
    assert found.rho_star_any is not None
    assert found.reliability_a is not None
    assert found.reliability_b is not None
    of_halves = np.sqrt(found.reliability_a.value * found.reliability_b.value)
    both = [np.arctanh(of_halves * np.array(own(a, b))) for own in (star_without_units, loop_over_conditions)]
    variances = [(len(d) - 1) / len(d) * ((d - d.mean()) ** 2).sum() for d in both]
    df = sum(variances) ** 2 / sum(v**2 / (len(d) - 1) for v, d in zip(variances, both, strict=True))
    reach = student.ppf(0.975, df) * np.sqrt(sum(variances))
    assert found.rho_star_any.value == found.rho_star.value
    centre = np.arctanh(of_halves * found.rho_star.value)
    assert found.rho_star_any.high == pytest.approx(np.tanh(centre + reach) / of_halves, abs=1e-9)
    assert found.rho_star_any.low == pytest.approx(np.tanh(centre - reach) / of_halves, abs=1e-9)
    assert found.rho_star.value - found.rho_star_any.low > found.rho_star_any.high - found.rho_star.value


def test_it_holds_that_over_units_where_conditions_add_nothing() -> None:
    found = compare(*halves(Planted(8, 0.6, 1.0), 3))
    assert found.rho_star is not None
    assert found.rho_star_any is not None
    assert found.rho_star_any.low < found.rho_star.low
    assert found.rho_star_any.high == found.rho_star.high


def test_it_is_wider_than_that_over_units_also_for_other_texts() -> None:
    generator = np.random.default_rng(5)
    a, b = (run_of(code, 0.5, generator, 12, prefix) for code, prefix in zip(codes(0.5), "ab", strict=True))
    for found in (compare(a, b), compare(*halves(Planted(12, 0.5, 0.5), 1))):
        assert found.rho_star is not None
        assert found.rho_star_90 is not None
        assert found.rho_star_any is not None
        assert found.rho_star_any.low < found.rho_star.low < found.rho_star_90.low < found.rho_star_90.value


def test_there_is_none_for_few_conditions_or_one_that_makes_all_the_difference() -> None:
    a, b = drawn(Drawn(12, 9, 2.0, 0.7), seed=1)
    few = compare(a, b)
    assert few.rho_star is not None
    assert few.rho_star_any is None


def test_what_is_not_over_conditions_is_the_same_without() -> None:
    a, b = halves(Planted(n_units=9, signal=0.5), seed=3)
    found = compare(a, b)
    assert found.rho_star_any is not None
    assert compare(a, b, over_conditions=False) == replace(found, rho_star_any=None)
    a, b = halves(Planted(12, 2.0), 1)
    values = np.zeros_like(b.products.values)
    values[:] = np.eye(21)
    values[:, :, 0, 1:] = values[:, :, 1:, 0] = -0.2
    alone = Halves(UnitProducts(b.products.units, b.products.conditions, values), 0)
    found = compare(a, alone)
    assert found.rho_star is not None
    assert found.rho_star_any is None
