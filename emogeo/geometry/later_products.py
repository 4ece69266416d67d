"""Inner products of units that are kept in half the memory, or made on demand; those that were used last are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.options import Norm
from emogeo.geometry.recent import Recent
from emogeo.geometry.triangle import above
from emogeo.geometry.units import UnitProducts, recentred


@dataclass(frozen=True, eq=False)
class LaterProducts:
    """Inner products of conditions between units, as `UnitProducts`, that are made when they are asked for."""

    units: tuple[str, ...]
    conditions: tuple[str, ...]
    make: Callable[[], Array]
    """Gives [unit, unit, condition, condition], the same to the bit each time."""

    @property
    def values(self) -> Array:
        """[unit, unit, condition, condition]: <x[u, i], x[v, j]>, each unit centred"""
        return _LAST.of(self, "values", self.make, np.size)

    def restricted(self, units: Sequence[str], conditions: Sequence[str]) -> UnitProducts:
        """Gives the same over some of the units and conditions, in the given order."""
        return UnitProducts(self.units, self.conditions, self.values).restricted(units, conditions)


Products: TypeAlias = UnitProducts | LaterProducts

_LAST = Recent(6_000_000)
"""The products that were asked for last, up to 48 MB."""


def packed(products: Products) -> LaterProducts:
    """Keeps the products of each two units once: those of v with u are those of u with v, conditions exchanged."""
    values = products.values
    half = values[above(len(values), diagonal=True)]
    return LaterProducts(products.units, products.conditions, partial(_unpacked, half, len(values)))


def _unpacked(half: Array, n: int) -> Array:
    rows, columns = above(n, diagonal=True)
    values = np.empty((n, n, *half.shape[1:]))
    values[columns, rows] = half.swapaxes(1, 2)
    values[rows, columns] = half
    return values


def part_of(products: Products, conditions: Sequence[str], norm: Norm | None) -> LaterProducts:
    """Gives the products of some conditions, which are made of the others' whenever they are asked for.

    Args:
        norm: how a run's vectors are scaled, where these conditions are centred again (`recentred`); None otherwise.
    """
    return LaterProducts(products.units, tuple(conditions), partial(_part, products, tuple(conditions), norm))


def _part(products: Products, conditions: tuple[str, ...], norm: Norm | None) -> Array:
    some = products.restricted(products.units, conditions)
    return some.values if norm is None else recentred(some, conditions, norm).values
