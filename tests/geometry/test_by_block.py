"""rho* block by block, on planted truths and against independent computations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from emogeo.geometry.by_block import LEAST_FLOOR, over_blocks, p_of
from emogeo.geometry.inference import Estimate, compare
from tests.planted import Planted, halves

SAME, OTHER = Planted(n_units=24, signal=0.1), Planted(n_units=24, signal=0.1, mix=0.5)
NAMES = ("base", "tuned")


def test_blocks_that_part_are_found_and_only_they() -> None:
    cells = [SAME, SAME, SAME, OTHER, OTHER]
    found = over_blocks([(row + 3, *halves(cell, row)) for row, cell in enumerate(cells)], [1e-4] * 5, NAMES)
    assert [own.block for own in found] == [3, 4, 5, 6, 7]
    assert [own.p_holm is not None and own.p_holm < 0.05 for own in found] == [False, False, False, True, True]
    for own, cell in zip(found, enumerate(cells), strict=True):
        wanted = compare(*halves(cell[1], cell[0]), NAMES)
        assert own.comparison.rho_star == wanted.rho_star and own.comparison.rho_star_any is None


def test_holm_is_over_the_blocks_with_a_p() -> None:
    pairs = [(row, *halves(cell, row)) for row, cell in enumerate([SAME, OTHER, OTHER])]
    found = over_blocks(pairs, [1e-4, None, 1e-4], NAMES)
    assert found[1].p is None and found[1].p_holm is None and found[1].comparison.rho_star is not None
    first, last = (own.p for own in (found[0], found[2]))
    assert first is not None and last is not None and last < first
    assert found[2].p_holm == pytest.approx(min(2 * last, 1)) and found[0].p_holm == pytest.approx(max(first, 2 * last))


def test_a_run_does_not_differ_from_itself() -> None:
    a, _ = halves(SAME, 0)
    (own,) = over_blocks([(0, a, a)], [0.0], NAMES)
    assert own.comparison.rho_star is not None
    assert own.comparison.rho_star.value == pytest.approx(1, abs=1e-12)
    assert own.p == 0.0 or (own.p is not None and own.comparison.rho_star.value > 1 - LEAST_FLOOR)


def test_p_is_that_of_the_interval() -> None:
    draws = np.random.default_rng(0).normal(size=24)
    error = draws.std(ddof=1) / 24**0.5
    reach = student.ppf(0.975, 23) * error
    estimate = Estimate(0.9, 0.9 - reach, 0.9 + reach)
    assert p_of(estimate, 0.9 + reach, 24) == pytest.approx(0.05)
    assert p_of(estimate, 0.9 - reach, 24) == pytest.approx(0.05)
    assert p_of(estimate, 0.9, 24) == pytest.approx(1)
    assert p_of(Estimate(0.5, 0.5, 0.5), 1.0, 24) == 0
    assert p_of(Estimate(1.0, 1.0, 1.0), 1.0, 24) == 1


def test_too_few_units_have_neither_rho_star_nor_p() -> None:
    (own,) = over_blocks([(0, *halves(Planted(n_units=6, signal=0.1), 0))], [1e-4], NAMES)
    assert (own.p, own.p_holm, own.comparison.rho_star) == (None, None, None)
    assert own.comparison.reason == "not identifiable (6 units, 8 needed)"
