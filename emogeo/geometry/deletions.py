"""Agreement of halves with each unit left out of both runs: only the halves that hold a unit change without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.geometry.rdm import PackedRanks, Scaled

_AT_ONCE = 4_000_000
"""The most numbers of halves without a unit that are looked at together."""


@dataclass(frozen=True, eq=False)
class Deletions:
    """The halves of one run, whole and without each of their units."""

    halves: PackedRanks | Scaled
    """Split by split, both halves of each."""
    without: PackedRanks | Scaled
    """Each half without each of its units, in the order of np.nonzero(members)."""

    def whole(self, splits: slice) -> Scaled:
        """Gives the halves of some splits: numbers [split, half, feature] over lengths [split, half]."""
        found = self.halves.part(slice(2 * splits.start, 2 * splits.stop))
        return Scaled(found.numbers.reshape(-1, 2, found.numbers.shape[-1]), found.lengths.reshape(-1, 2))

    def changed(self, splits: slice, n: int) -> Scaled:
        """Gives them without each of their n members: [split, half, member, feature] over [split, half, member]."""
        found = self.without.part(slice(2 * n * splits.start, 2 * n * splits.stop))
        return Scaled(found.numbers.reshape(-1, 2, n, found.numbers.shape[-1]), found.lengths.reshape(-1, 2, n))


def opposite_without(a: Deletions, b: Deletions, members: Array) -> Array:
    """Gives the mean product of opposite halves over splits and both ways, without each unit: [unit].

    Args:
        members: membership [split, half, unit], the same for both; halves are of one size.
    """
    total, sums = 0.0, np.zeros(members.shape[2])
    for splits, units in _parts(members, a.halves.width):
        n, first, second = units.shape[2], a.whole(splits), b.whole(splits)
        usual = _products(first, _turned(second)).sum(axis=1)
        changed = _against(a.changed(splits, n), _turned(second))
        changed = 2 * changed if a is b else changed + _against(b.changed(splits, n), _turned(first))
        sums += _summed(units, changed - usual[:, None, None], len(sums))
        total += usual.sum()
    return np.asarray((sums + total) / (2 * len(members)))


def same_without(a: Deletions, b: Deletions, members: Array) -> Array:
    """Gives the mean product of the same halves, without each unit: [unit]."""
    total, sums = 0.0, np.zeros(members.shape[2])
    for splits, units in _parts(members, a.halves.width):
        n, usual = units.shape[2], _products(a.whole(splits), b.whole(splits))
        changed = _products(a.changed(splits, n), b.changed(splits, n))
        sums += _summed(units, changed - usual[..., None], len(sums))
        total += usual.sum()
    return np.asarray((sums + total) / (2 * len(members)))


def _turned(halves: Scaled) -> Scaled:
    """Gives each half the place of the other."""
    return Scaled(halves.numbers[:, ::-1], halves.lengths[:, ::-1])


def _products(a: Scaled, b: Scaled) -> Array:
    """Multiplies vectors one by one: [...]."""
    return np.asarray(np.einsum("...f,...f->...", a.numbers, b.numbers) / (a.lengths * b.lengths))


def _against(changed: Scaled, halves: Scaled) -> Array:
    """Multiplies halves without each member with one half each: [split, half, member]."""
    products = (changed.numbers @ halves.numbers[..., None])[..., 0]
    return np.asarray(products / (changed.lengths * halves.lengths[..., None]))


def _parts(members: Array, width: int) -> Iterator[tuple[slice, NDArray[np.intp]]]:
    """Yields some splits at a time, with the units of their halves [split, half, member]."""
    units = np.nonzero(members)[2].reshape(len(members), 2, -1)
    step = max(1, _AT_ONCE // (2 * units.shape[2] * width))
    for start in range(0, len(units), step):
        splits = slice(start, min(start + step, len(units)))
        yield splits, units[splits]


def _summed(units: NDArray[np.intp], values: Array, n_units: int) -> Array:
    return np.asarray(np.bincount(units.ravel(), values.ravel(), n_units), dtype=np.float64)
