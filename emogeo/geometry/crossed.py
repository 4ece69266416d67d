"""Outer products of rank vectors, as their factors: whole, they grow with the fourth power of the conditions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.halves import Halves, common_units


@dataclass(frozen=True)
class Crossed:
    """The mean outer product [pair, pair] of rank vectors, over splits and halves without common text; or their sum."""

    factors: tuple[tuple[Array, Array], ...]
    """[split, half, pair] of either side; the first is divided by the number of outer products."""

    @property
    def n_pairs(self) -> int:
        return int(self.factors[0][0].shape[-1])

    @property
    def trace(self) -> float:
        return float(sum(np.einsum("shp,shp->", a, b) / _number(a) for a, b in self.factors))

    def rows(self, start: int, stop: int) -> Array:
        """Gives some rows of the product: [stop - start, pair]."""
        return np.asarray(sum(self._rows(a[..., start:stop], b) for a, b in self.factors))

    def __add__(self, other: Crossed) -> Crossed:
        return Crossed(self.factors + other.factors)

    @staticmethod
    def _rows(a: Array, b: Array) -> Array:
        return np.asarray(a.reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1]) / _number(a))


def crossed_halves(a: Halves, b: Halves) -> Crossed:
    """Gives the mean outer product of the rank vectors of two runs."""
    return crossed_ranks(a.ranks, b.ranks, common_units(a, b))


def crossed_ranks(a: Array, b: Array, common: bool) -> Crossed:
    """Gives the same of rank vectors [split, half, pair].

    Args:
        common: whether both are over the same units, so that only opposite halves have no text in common.
    """
    if common:
        return Crossed(((a[:, ::-1], b),))
    return Crossed(((a.mean(axis=1, keepdims=True), b.mean(axis=1, keepdims=True)),))


def _number(a: Array) -> int:
    return int(a.shape[0] * a.shape[1])
