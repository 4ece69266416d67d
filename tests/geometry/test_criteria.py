"""Separation and reliability by layer: against loops, on noise, and on planted emotions."""

from __future__ import annotations

import itertools
from dataclasses import astuple

import numpy as np
import pytest
from numpy.typing import NDArray

from emogeo.errors import GeometryError
from emogeo.geometry.criteria import (
    blocks_together,
    products_by_layer,
    reliabilities,
    reliability_by_layer,
    separation,
    separation_of,
)
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import reliability
from emogeo.geometry.options import Centring
from emogeo.geometry.states import LabelledStates
from emogeo.geometry.units import unit_products
from tests.geometry.test_vectors import CONDITIONS, EMOTIONS, TEXT_UNITS, UNITS, random_states

Array = NDArray[np.float64]


def labelled(states: Array) -> LabelledStates:
    return LabelledStates(states, EMOTIONS, TEXT_UNITS, CONDITIONS)


def many_units(seed: int, n: int = 12) -> LabelledStates:
    units = [f"u{i}" for i in range(n) for _ in CONDITIONS]
    states = np.random.default_rng(seed).normal(size=(len(units), 5, 8))
    return LabelledStates(states, list(CONDITIONS) * n, units, CONDITIONS)


def separation_by_loops(states: Array) -> Array:
    """The definition, pair by pair."""
    centred = {}
    for unit, condition in itertools.product(UNITS, CONDITIONS):
        rows = [i for i in range(len(EMOTIONS)) if TEXT_UNITS[i] == unit]
        mean = np.mean([states[i] for i in rows], axis=0)
        own = next(i for i in rows if EMOTIONS[i] == condition)
        centred[condition, unit] = states[own] - mean
    between = np.mean(
        [(centred[c, u] * centred[c, v]).sum(-1) for c in CONDITIONS for u in UNITS for v in UNITS if u != v], axis=0
    )
    within = np.mean([np.var([centred[c, u] for u in UNITS], axis=0, ddof=1).sum(-1) for c in CONDITIONS], axis=0)
    return np.asarray(between / within)


def test_separation_equals_a_loop() -> None:
    states = random_states(4)
    np.testing.assert_allclose(separation(labelled(states)), separation_by_loops(states))


def test_separation_of_noise_is_zero_on_average() -> None:
    """Planted truth: no emotion in the states; the mean over draws is 0 within four standard errors."""
    draws = np.array([separation(labelled(random_states(s))).mean() for s in range(300)])
    assert abs(draws.mean()) < 4 * draws.std() / np.sqrt(len(draws))


def test_both_find_the_layer_where_emotions_are() -> None:
    texts = many_units(7)
    codes = np.random.default_rng(1).normal(size=(4, 8)) * 2
    texts.states[:, 3] += codes[[CONDITIONS.index(e) for e in texts.emotions]]
    assert int(np.argmax(separation(texts))) == 3
    assert int(np.argmax([r.value for r in reliability_by_layer(texts, Centring.grand_mean, 0)])) == 3


def test_reliability_by_layer_is_that_of_each_block() -> None:
    texts = many_units(8)
    got = reliability_by_layer(texts, Centring.grand_mean, seed=3)
    for layer, estimate in enumerate(got):
        products = unit_products(texts.states[:, layer], texts.emotions, texts.units, CONDITIONS, Centring.grand_mean)
        alone = reliability(Halves(products, 3))
        np.testing.assert_allclose(astuple(estimate), astuple(alone), rtol=0, atol=1e-12)


def test_texts_of_some_units() -> None:
    texts = many_units(9)
    some = texts.of_units(["u3", "u0"])
    assert list(some.units) == ["u0"] * 4 + ["u3"] * 4
    np.testing.assert_array_equal(some.states, np.concatenate([texts.states[:4], texts.states[12:16]]))


def test_separation_needs_two_units() -> None:
    with pytest.raises(GeometryError, match="only 1"):
        separation(labelled(random_states()).of_units(UNITS[:1]))


@pytest.mark.parametrize("n_units", [4, 5, 6, 7, 13])
def test_reliabilities_of_all_blocks_are_those_of_each(n_units: int) -> None:
    """Against the halves of each block, jackknife and all, for odd and even numbers of units."""
    blocks = list(products_by_layer(many_units(n_units, n_units), Centring.grand_mean))
    found = reliabilities(blocks, seed=2)
    for own, block in zip(found, blocks, strict=True):
        wanted = reliability(Halves(block, 2))
        np.testing.assert_allclose(astuple(own), astuple(wanted), rtol=0, atol=1e-12)


def test_blocks_are_looked_at_together_as_far_as_memory_goes() -> None:
    assert blocks_together(24, 21) > 24
    assert blocks_together(400, 20) == 1


def test_separation_and_reliability_want_units() -> None:
    one = next(iter(products_by_layer(many_units(1, 1), Centring.grand_mean)))
    with pytest.raises(GeometryError, match="only 1"):
        separation_of(one)
    with pytest.raises(GeometryError, match="two units"):
        reliabilities([one.restricted(one.units, one.conditions)], seed=0)
