"""Inner products that are kept in half the memory, and parts of them that are made when they are asked for."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.later_products import LaterProducts, packed, part_of
from emogeo.geometry.options import Centring, Norm
from emogeo.geometry.units import UnitProducts, recentred, unit_products

CONDITIONS = tuple("abcdefg")
N_UNITS = 9


@pytest.fixture(params=[Centring.grand_mean, Centring.none])
def products(request: pytest.FixtureRequest) -> UnitProducts:
    states = np.random.default_rng(0).normal(size=(N_UNITS * len(CONDITIONS), 30)) + 1
    units = [f"unit {number}" for number in range(N_UNITS) for _ in CONDITIONS]
    return unit_products(states, CONDITIONS * N_UNITS, units, CONDITIONS, request.param)


def test_packed_products_come_back_to_the_bit_in_little_more_than_half_the_memory(products: UnitProducts) -> None:
    kept = packed(products)
    assert np.array_equal(kept.values, products.values)
    assert (kept.units, kept.conditions) == (products.units, products.conditions)
    assert len(pickle.dumps(kept)) < 0.6 * len(pickle.dumps(products))


def test_a_restricted_part_of_packed_products_is_that_of_the_products(products: UnitProducts) -> None:
    units, conditions = products.units[::-2], ["c", "a", "f", "e"]
    found, expected = (own.restricted(units, conditions) for own in (packed(products), products))
    assert (found.units, found.conditions) == (expected.units, expected.conditions)
    assert np.array_equal(found.values, expected.values)
    with pytest.raises(GeometryError, match="There is no condition z"):
        packed(products).restricted(units, ["z"])


@pytest.mark.parametrize("norm", list(Norm))
def test_a_part_is_what_is_centred_again(products: UnitProducts, norm: Norm) -> None:
    part = part_of(packed(products), CONDITIONS[:5], norm)
    assert np.array_equal(part.values, recentred(products, CONDITIONS[:5], norm).values)
    assert part.conditions == CONDITIONS[:5]


def test_a_part_that_is_not_centred_again_is_left_as_it_is(products: UnitProducts) -> None:
    part = part_of(packed(products), CONDITIONS[2:], None)
    assert np.array_equal(part.values, products.restricted(products.units, CONDITIONS[2:]).values)


def test_a_part_keeps_no_products(products: UnitProducts) -> None:
    """What it holds on to is the whole, which is kept anyway."""
    whole = packed(products)
    assert len(pickle.dumps(part_of(whole, CONDITIONS[:5], Norm.none))) < 1.1 * len(pickle.dumps(whole))


def test_halves_of_packed_products_are_those_of_the_products(products: UnitProducts) -> None:
    first, second = (Halves(own, 0) for own in (products, packed(products)))
    assert np.array_equal(first.ranks, second.ranks)
    assert np.array_equal(first.deletions[:], second.deletions[:])
    assert np.array_equal(first.whole, second.whole)


def test_products_are_made_once_while_they_are_asked_for() -> None:
    made: list[int] = []

    def make() -> np.ndarray:
        made.append(1)
        return np.zeros((1, 1, 4, 4))

    later = LaterProducts(("u",), tuple("abcd"), make)
    assert later.values is later.values
    assert len(made) == 1
