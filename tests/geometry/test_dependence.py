"""Dependence between units: against plain loops, planted families, and independent units of any covariance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.dependence import dependence, family_dependence, residual_products
from emogeo.geometry.options import Centring
from emogeo.geometry.units import UnitProducts, unit_products
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.planted_families import Array, Families, draw, halves_of

NAMES = [f"u{unit:02d}" for unit in range(24)]


def products_of(design: Families, seed: int) -> UnitProducts:
    return halves_of(draw(design, seed)[0], NAMES[: design.n_units]).products


def residuals(states: Array) -> Array:
    """[unit, condition and d], step by step."""
    left = states - states.mean(axis=0, keepdims=True)
    left = left - left.mean(axis=1, keepdims=True)
    return left.reshape(len(states), -1)


@pytest.mark.parametrize("centring", [Centring.grand_mean, Centring.none])
def test_residual_products_equal_those_of_residuals(centring: Centring) -> None:
    states = draw(Families(uneven=True), 0)[0]
    emotions, units = list(CONDITIONS) * 24, [name for name in NAMES for _ in CONDITIONS]
    found = residual_products(unit_products(states.reshape(504, -1), emotions, units, CONDITIONS, centring))
    own = residuals(states)
    np.testing.assert_allclose(found, own @ own.T, atol=1e-8 * np.abs(own @ own.T).max())


def test_the_value_is_the_mean_cosine_with_the_most_alike_unit() -> None:
    states = draw(Families(), 1)[0]
    own = residuals(states)
    cosines = [
        [float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) if i != j else -2.0 for j, b in enumerate(own)]
        for i, a in enumerate(own)
    ]
    found = dependence(products_of(Families(), 1), 0, draws=19)
    assert found is not None
    assert found.value == pytest.approx(np.mean([max(row) for row in cosines]))
    a, b, cosine = found.closest[0]
    assert cosine == pytest.approx(max(max(row) for row in cosines))
    assert NAMES.index(a) // 4 == NAMES.index(b) // 4, "of one family"


@pytest.mark.parametrize("uneven", [False, True])
def test_families_are_found_and_independent_units_are_not(uneven: bool) -> None:
    def raised(correlation: float, draws: int) -> float:
        found = [
            dependence(products_of(Families(correlation=correlation, uneven=uneven), seed), seed, draws=99)
            for seed in range(draws)
        ]
        return float(np.mean([own is not None and own.p <= 0.05 for own in found]))

    assert raised(0.3, 10) >= 0.6
    assert raised(0.0, 40) <= 0.15


def test_a_pair_of_units_that_are_nearly_one_is_named() -> None:
    states = draw(Families(correlation=0), 0)[0]
    states[7] = states[3] + 0.1 * states[7]
    found = dependence(halves_of(states, NAMES).products, 0)
    assert found is not None
    assert found.closest[0][:2] == ("u03", "u07")
    assert found.closest[0][2] > 0.9


@pytest.mark.parametrize("correlation", [0.0, 0.1, 0.3])
def test_the_correlation_within_families_is_the_planted_one(correlation: float) -> None:
    design = Families(correlation=correlation)
    found = [family_dependence(products_of(design, seed), design.families, seed, draws=99) for seed in range(10)]
    values = [own.value for own in found if own is not None]
    assert len(values) == 10
    assert np.mean(values) == pytest.approx(correlation, abs=0.06)
    if correlation == 0.3:
        assert all(own is not None and own.p == pytest.approx(0.01) for own in found)
        effective = [own.n_effective for own in found if own is not None and own.n_effective is not None]
        assert np.mean(effective) == pytest.approx(24 / (1 + 3 * 0.3), rel=0.1)


def test_the_same_seed_gives_the_same_p() -> None:
    products = products_of(Families(correlation=0.02), 0)
    assert dependence(products, 3, draws=150) == dependence(products, 3, draws=150)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_the_scale_of_states_does_not_matter(scale: float) -> None:
    design = Families()
    own = products_of(design, 0)
    scaled = replace(own, values=scale * own.values)
    near, as_near = (dependence(products, 0, draws=19) for products in (own, scaled))
    within, as_within = (family_dependence(products, design.families, 0, draws=19) for products in (own, scaled))
    assert near is not None and as_near is not None and within is not None and as_within is not None
    assert (as_near.value, as_near.p) == (pytest.approx(near.value), near.p)
    assert (as_within.value, as_within.p) == (pytest.approx(within.value), within.p)


def test_too_few_units_one_family_or_no_residuals_give_nothing() -> None:
    few = products_of(Families(n_units=4), 0)
    assert dependence(few, 0) is None
    whole = products_of(Families(), 0)
    assert family_dependence(whole, ["one"] * 24, 0) is None
    assert family_dependence(whole, NAMES, 0) is None
    equal = halves_of(np.repeat(draw(Families(), 0)[0][:1], 8, axis=0), NAMES[:8]).products
    assert dependence(equal, 0) is None
    assert family_dependence(equal, ["a", "a", *"bcdefg"], 0) is None
    with pytest.raises(GeometryError, match="3 families for 24 units"):
        family_dependence(whole, ["a", "b", "c"], 0)
