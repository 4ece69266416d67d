"""Rank vectors of half RDMs over many random splits of the units, and of the same with each unit deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.units import (
    UnitProducts,
    crossvalidated_deletions,
    crossvalidated_rdms,
    deletion_weights,
    plain_rdms,
)

N_SPLITS = 100
MIN_UNITS = 4
"""Below, a half has one unit, and a unit cannot be compared with itself."""
MIN_JACKKNIFE = 6
"""Below, a half from which one unit is deleted has one left."""
MIN_STAR = 8
"""Below, a rho* that passes the gate by luck is too far off (docs/inference.md)."""


@dataclass(frozen=True)
class Halves:
    """One run, ready to be compared with any other on the same or on different units."""

    products: UnitProducts
    seed: int

    @property
    def n_units(self) -> int:
        return len(self.products.units)

    @property
    def half_size(self) -> int:
        return self.n_units // 2

    @cached_property
    def members(self) -> Array:
        """[split, half, unit] membership; the same for all runs over the same units in the same order."""
        return split_units(self.n_units, self.seed)

    @cached_property
    def _ranks_and_clips(self) -> tuple[Array, int]:
        members = self.members
        rdms, clips = crossvalidated_rdms(self.products.values, members.reshape(-1, self.n_units))
        return standard_ranks(rdms).reshape(*members.shape[:2], -1), clips

    @property
    def ranks(self) -> Array:
        """[split, half, pair] standardized ranks of the half RDMs."""
        return self._ranks_and_clips[0]

    @property
    def clipped(self) -> float:
        """Share of squared norms of half RDMs that were clipped, over all splits."""
        return self._ranks_and_clips[1] / (2 * N_SPLITS * len(self.products.conditions))

    @cached_property
    def jackknife(self) -> Array:
        """[deleted unit, split, half, pair]: `ranks` with one unit's weight set to 0 (only halves with it change)."""
        deleted = np.repeat(self.ranks[None], self.n_units, axis=0)
        splits, halves, units = np.nonzero(self.members)
        rdms = crossvalidated_deletions(self.products.values, self.members.reshape(-1, self.n_units))
        deleted[units, splits, halves] = standard_ranks(rdms)
        return deleted

    @cached_property
    def whole(self) -> Array:
        """[1 + deleted unit, pair] standardized ranks of the plain RDM: of all units, then without each."""
        return standard_ranks(plain_rdms(self.products.values, deletion_weights(self.n_units)))

    def restricted(self, units: Sequence[str], conditions: Sequence[str]) -> Halves:
        """The same run over fewer units or conditions."""
        return Halves(self.products.restricted(units, conditions), self.seed)


def split_units(n: int, seed: int, n_splits: int = N_SPLITS) -> Array:
    """Random splits into two halves of floor(n / 2), as membership [split, half, unit].

    The seed and the number of units decide, so runs over the same units in the same order share splits, and what units
    are called moves no figure.
    """
    generator = np.random.default_rng([seed, n])
    members = np.zeros((n_splits, 2, n))
    for split in range(n_splits):
        order = generator.permutation(n)
        members[split, 0, order[: n // 2]] = 1
        members[split, 1, order[n // 2 : 2 * (n // 2)]] = 1
    return members
