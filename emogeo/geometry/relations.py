"""Agreement on disjoint text among several geometries at once, whole and with each unit left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.halves import Halves, common_units, opposite
from emogeo.geometry.inference import LEAST_RELIABILITY, disjoint_agreement
from emogeo.geometry.rdm import PackedRanks

_AT_ONCE = 4_000_000
"""The most numbers of halves without a unit that are looked at together."""


@dataclass(frozen=True)
class Relations:
    """The agreement on disjoint text of every two of some geometries; the diagonal holds their reliabilities."""

    whole: Array
    """[geometry, geometry]"""
    deleted: tuple[Array, ...]
    """For each independent set of units, the same without each of its units: [unit, geometry, geometry]."""

    def pooled(self, groups: Sequence[Sequence[int]]) -> Relations:
        """Gives the relations of groups of geometries, each as one: the mean of its members' rank vectors."""
        weights = np.zeros((len(groups), len(self.whole)))
        for row, members in enumerate(groups):
            weights[row, list(members)] = 1 / len(members)
        return Relations(weights @ self.whole @ weights.T, tuple(weights @ each @ weights.T for each in self.deleted))


def disattenuated(agreement: Array) -> Array:
    """Turns agreements on disjoint text [..., geometry, geometry] into rho*; the diagonal becomes 1."""
    own = np.sqrt(np.maximum(np.einsum("...ii->...i", agreement), LEAST_RELIABILITY))
    rho = agreement / own[..., :, None] / own[..., None, :]
    every = np.arange(agreement.shape[-1])
    rho[..., every, every] = 1.0
    return np.asarray(rho)


def relations(runs: Sequence[Halves]) -> Relations:
    """Relates every two geometries, each prepared over the same units or over units that share no text.

    Raises:
        GeometryError: other conditions, other splits, or some but not all units in common.
    """
    sets = list(dict.fromkeys(run.products.units for run in runs))
    if len(sets) == 1 and all(common_units(runs[0], run) for run in runs):
        return _over_one_set(runs)
    return Relations(_matrix(runs, None)[0], tuple(_deleted(runs, units) for units in sets))


def _over_one_set(runs: Sequence[Halves]) -> Relations:
    """Relates runs over the same units, of which every two are related once."""
    n = len(runs)
    whole, deleted = np.empty((n, n)), np.empty((runs[0].n_units, n, n))
    for i, a in enumerate(runs):
        for j, b in enumerate(runs[: i + 1]):
            whole[i, j] = whole[j, i] = opposite(a.ranks, b.ranks)
            deleted[:, i, j] = deleted[:, j, i] = a.opposite_deleted(b)
    return Relations(whole, (deleted,))


def over_one_set(each: Sequence[Array], deletions: Sequence[PackedRanks | Array], members: Array) -> Relations:
    """Relates geometries over the same units: only the halves that hold a unit change without it.

    Args:
        each: the rank vectors [split, half, pair] of each geometry.
        deletions: those of its halves without each of their units [deletion, pair], as `Halves.deletions`.
        members: membership [split, half, unit].
    """
    ranks = np.stack(list(each), axis=2)  # [split, half, geometry, pair]
    others = ranks[:, ::-1].transpose(0, 1, 3, 2)
    usual = _symmetric(ranks[:, 0] @ others[:, 0])
    n_splits, _, n_runs, n_pairs = ranks.shape
    splits, _, units = np.nonzero(members)
    n_deletions = len(units) // n_splits
    changed = np.empty((n_splits, n_deletions, n_runs, n_runs))
    step = max(1, _AT_ONCE // (n_deletions * n_pairs))
    for start in range(0, n_splits, step):
        some = slice(start, min(start + step, n_splits))
        for run, given in enumerate(deletions):
            rows = given[slice(some.start * n_deletions, some.stop * n_deletions)]
            without = rows.reshape(-1, 2, n_deletions // 2, n_pairs)  # [split, half, deleted unit, pair]
            changed[some, :, run] = (without @ others[some]).reshape(-1, n_deletions, n_runs)
    sums = np.repeat(usual.sum(axis=0)[None], members.shape[2], axis=0)
    np.add.at(sums, units, _symmetric(changed.reshape(-1, n_runs, n_runs)) - usual[splits])
    return Relations(usual.mean(axis=0), (sums / n_splits,))


def _deleted(runs: Sequence[Halves], units: tuple[str, ...]) -> Array:
    """Relates geometries over several sets of units, without each unit of one set: [unit, run, run]."""
    own = next(run for run in runs if run.products.units == units)
    return own.over_units(lambda some: _matrix(runs, units, some))


def _symmetric(matrices: Array) -> Array:
    return np.asarray((matrices + matrices.transpose(0, 2, 1)) / 2)


def _matrix(runs: Sequence[Halves], units: tuple[str, ...] | None, some: slice = slice(None)) -> Array:
    """Relates geometries over several sets of units, without each of some units of one set: [unit or 1, run, run]."""
    arrays = [run.jackknife(some) if run.products.units == units else run.ranks[None] for run in runs]
    n_draws = max(len(array) for array in arrays)
    matrix = np.empty((n_draws, len(runs), len(runs)))
    for i, a in enumerate(runs):
        for j, b in enumerate(runs[: i + 1]):
            matrix[:, i, j] = matrix[:, j, i] = disjoint_agreement(a, b)(arrays[i], arrays[j])
    return matrix
