"""Where two RDMs differ by more than the noise of the texts gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_JACKKNIFE
from emogeo.geometry.regions import without_each

DRAWS = 2_000
_SEED = 29
_ALIKE = 1e-9
"""The standard error below which two RDMs are the same numbers, so that there is nothing to divide by."""


@dataclass(frozen=True, eq=False)
class RdmDifference:
    """The cells of one RDM less those of another."""

    first: Array
    second: Array
    """[pair], both RDMs, cross-validated over units"""
    error: Array
    """[pair], the standard error of their difference over other units"""
    p: Array
    """[pair], adjusted for the search over all cells"""
    n_units: int

    @property
    def values(self) -> Array:
        """[pair]"""
        return np.asarray(self.second - self.first)


def rdm_difference(a: Array, b: Array, seed: int, draws: int = DRAWS) -> RdmDifference:
    """Tests each cell of two RDMs over the same units.

    A unit's part in a cell of b - a is its jackknife pseudo-value, n times the whole less n - 1 times what is left
    without it (Tukey 1958), which takes the bias of order 1 / n away, too. If text noise alone makes the two differ, a
    part is as likely as its opposite: signs of units are drawn, the same for all cells, and each time the largest |t|
    of all cells is taken. p of a cell is (1 + #) / (1 + draws), # being the draws whose largest reaches its own |t|
    (Westfall and Young 1993).

    Args:
        a, b: products of the same units and conditions, [unit, unit, condition, condition].

    Raises:
        GeometryError: products of other units or conditions, or fewer than six units.
    """
    if a.shape != b.shape:
        raise GeometryError(f"Two RDMs over the same units and conditions are compared: {a.shape}, {b.shape}.")
    if len(a) < MIN_JACKKNIFE:
        raise GeometryError(f"{len(a)} units, {MIN_JACKKNIFE} are needed")
    n, (first, second) = len(a), (without_each(own) for own in (a, b))
    away = second - first
    parts = n * away[0] - (n - 1) * away[1:]
    squares = (parts**2).sum(axis=0)
    found = _t(parts.mean(axis=0), squares, n)
    signs = np.random.default_rng([_SEED, seed]).choice([-1.0, 1.0], size=(draws, n))
    largest = np.sort(np.abs(_t(signs @ parts / n, squares, n)).max(axis=1))
    reached = draws - np.searchsorted(largest, np.abs(found) * (1 - _ALIKE))
    error = np.sqrt(np.maximum(squares / n - parts.mean(axis=0) ** 2, 0.0) / (n - 1))
    return RdmDifference(first[0], second[0], error, (1 + reached) / (1 + draws), n)


def _t(means: Array, squares: Array, n: int) -> Array:
    """Gives means over their standard errors, 0 where neither is more than rounding."""
    error = np.sqrt(np.maximum(squares / n - means**2, 0.0) / (n - 1))
    return np.asarray(np.where(error > _ALIKE, means / np.maximum(error, _ALIKE), 0.0))
