"""Agreement of halves with each unit left out of both runs: only the halves that hold a unit change without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.geometry.rdm import PackedRanks

_AT_ONCE = 4_000_000
"""The most numbers of halves without a unit that are looked at together."""


@dataclass(frozen=True, eq=False)
class Deletions:
    """The halves of one run, whole and without each of their units."""

    halves: Array
    """[split, half, feature]"""
    without: PackedRanks | Array
    """[deletion, feature]: each half without each of its units, in the order of np.nonzero(members)."""

    def of(self, splits: slice, n: int) -> Array:
        """Gives [split, half, member, feature] of some splits, of which each half has n members."""
        rows = self.without[slice(2 * n * splits.start, 2 * n * splits.stop)]
        return rows.reshape(-1, 2, n, rows.shape[-1])


def opposite_without(a: Deletions, b: Deletions, members: Array) -> Array:
    """Gives the mean product of opposite halves over splits and both ways, without each unit: [unit].

    Args:
        members: membership [split, half, unit], the same for both; halves are of one size.
    """
    usual = np.einsum("shf,shf->s", a.halves, b.halves[:, ::-1])
    sums = np.full(members.shape[2], usual.sum())
    for splits, units in _parts(a, members):
        n = units.shape[2]
        changed = a.of(splits, n) @ b.halves[splits, ::-1, :, None]
        changed = 2 * changed if a is b else changed + b.of(splits, n) @ a.halves[splits, ::-1, :, None]
        sums += _summed(units, changed[..., 0] - usual[splits, None, None], len(sums))
    return sums / (2 * len(members))


def same_without(a: Deletions, b: Deletions, members: Array) -> Array:
    """Gives the mean product of the same halves, without each unit: [unit]."""
    usual = np.einsum("shf,shf->sh", a.halves, b.halves)
    sums = np.full(members.shape[2], usual.sum())
    for splits, units in _parts(a, members):
        n = units.shape[2]
        changed = np.einsum("shmf,shmf->shm", a.of(splits, n), b.of(splits, n))
        sums += _summed(units, changed - usual[splits, :, None], len(sums))
    return sums / (2 * len(members))


def _parts(run: Deletions, members: Array) -> Iterator[tuple[slice, NDArray[np.intp]]]:
    """Yields some splits at a time, with the units of their halves [split, half, member]."""
    units = np.nonzero(members)[2].reshape(len(members), 2, -1)
    step = max(1, _AT_ONCE // (2 * units.shape[2] * run.halves.shape[-1]))
    for start in range(0, len(units), step):
        splits = slice(start, min(start + step, len(units)))
        yield splits, units[splits]


def _summed(units: NDArray[np.intp], values: Array, n_units: int) -> Array:
    return np.asarray(np.bincount(units.ravel(), values.ravel(), n_units), dtype=np.float64)
