"""Rank vectors of half RDMs over many random splits of the units, and of the same with each unit deleted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, TypeVar
from weakref import ref

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.both_random import condition_deletions
from emogeo.geometry.deletions import Deletions, opposite_without
from emogeo.geometry.later_products import Products
from emogeo.geometry.rdm import PackedRanks, standard_ranks
from emogeo.geometry.recent import Recent
from emogeo.geometry.units import (
    crossvalidated_rdms,
    deletion_weights,
    dissimilarities,
    half_gram_deletions,
    plain_rdms,
)

V = TypeVar("V")

N_SPLITS = 100
MIN_UNITS = 4
"""The fewest units for halves: with fewer, a half has one unit, which cannot be compared with itself."""
MIN_JACKKNIFE = 6
"""The fewest units for a jackknife: with fewer, a half from which one unit is deleted has one left."""
MIN_STAR = 8
"""The fewest units for a rho*: with fewer, one that passes the check by luck is too far off (docs/inference.md)."""
_KEPT = 4_000_000
"""The most numbers of ranks without a condition that are kept, or without some units that are made at a time."""


@dataclass(frozen=True, repr=False)
class Halves:
    """One run, ready to be compared with any other on the same or on different units."""

    products: Products
    seed: int

    def __repr__(self) -> str:
        return f"Halves of {self.n_units} units and {len(self.products.conditions)} conditions, seed {self.seed}"

    def __getstate__(self) -> dict[str, object]:
        """Pickles what the rest is computed from; some of what is kept holds on to other runs."""
        return {own.name: getattr(self, own.name) for own in fields(self)}

    @property
    def n_units(self) -> int:
        return len(self.products.units)

    @property
    def half_size(self) -> int:
        return self.n_units // 2

    @cached_property
    def members(self) -> Array:
        """Membership [split, half, unit]; the same for all runs over the same units in the same order."""
        return split_units(self.n_units, self.seed)

    def _rdms_and_clips(self) -> tuple[Array, int]:
        """Gives the half RDMs [half, pair], both halves of a split one after the other; counts clipped norms."""
        return crossvalidated_rdms(self.products.values, self.members.reshape(-1, self.n_units))

    @cached_property
    def _packed_and_clips(self) -> tuple[PackedRanks, int]:
        rdms, clips = self._rdms_and_clips()
        packed = PackedRanks(*rdms.shape)
        packed.put(np.arange(len(rdms)), rdms)
        return packed, clips

    @property
    def ranks(self) -> Array:
        """Standardized ranks [split, half, pair] of the half RDMs."""
        return _LAST.of(self, "ranks", self._unpacked_ranks, np.size)

    def _unpacked_ranks(self) -> Array:
        return self._packed_and_clips[0][:].reshape(*self.members.shape[:2], -1)

    @property
    def _n_ranks(self) -> int:
        return int(self._packed_and_clips[0].size)

    @property
    def clipped(self) -> float:
        """The share of squared norms of half RDMs that were clipped, over all splits."""
        return self._packed_and_clips[1] / (2 * len(self.members) * len(self.products.conditions))

    @cached_property
    def deletions(self) -> PackedRanks:
        """[deletion, pair]: ranks of each half without each of its units, in the order of np.nonzero(members)."""
        units = np.nonzero(self.members)[2]
        found = PackedRanks(len(units), self._packed_and_clips[0].width)
        for unit, rdms in enumerate(self._rdms_without_units()):
            found.put(np.flatnonzero(units == unit), rdms)
        return found

    def _rdms_without_units(self) -> Iterator[Array]:
        """Yields the RDMs of the halves that have each unit, without it: [half, pair]."""
        members, n_conditions = self.members.reshape(-1, self.n_units), len(self.products.conditions)
        for grams in half_gram_deletions(self.products.values, members):
            yield dissimilarities(grams, n_conditions)[0]

    @property
    def split(self) -> Deletions:
        """Gives the halves, whole and without each unit, which are kept of the last runs."""
        packed, size = self._packed_and_clips[0], self.half_size * self._n_ranks
        if size > _KEPT:
            return Deletions(packed, self.deletions)
        return _LAST.of(self, "split", lambda: _unpacked(packed, self.deletions), _size_of_numbers)

    def opposite_deleted(self, other: Halves) -> Array:
        """Gives the agreement with a run over the same units on opposite halves without each unit; it is kept."""
        known = self._opposites.get(id(other))
        if known is not None and known[0]() is other:
            return known[1]
        found = opposite_without(self.split, other.split, self.members)
        self._opposites[id(other)], other._opposites[id(self)] = (ref(other), found), (ref(self), found)
        return found

    def once(self, name: Hashable, make: Callable[[], V]) -> V:
        """Gives what is computed from this run alone, which is kept with it."""
        if name not in self._kept:
            self._kept[name] = make()
        found: V = self._kept[name]
        return found

    @cached_property
    def _kept(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _opposites(self) -> dict[int, tuple[ref[Halves], Array]]:
        return {}

    def jackknife(self, units: slice = slice(None)) -> Array:
        """[deleted unit, split, half, pair]: `ranks` with one unit's weight set to 0, for some units."""
        few = self.n_units * self._n_ranks <= _KEPT
        if not few:
            return without_units(self.ranks, self.deletions, self.members, units)
        return _LAST.of(self, "units", self._few_jackknife, _size_of_one)[units]

    def _few_jackknife(self) -> Array:
        return without_units(self.ranks, self.deletions, self.members, slice(None))

    def over_units(self, statistic: Callable[[slice], Array]) -> Array:
        """Computes a statistic [unit] of `jackknife`, of as many units at a time as memory allows.

        It is never one alone, whose sums numpy would round otherwise.
        """
        parts = max(1, min(self.n_units // 2, self.n_units * self._n_ranks // _KEPT))
        bounds = [self.n_units * part // parts for part in range(parts + 1)]
        return np.concatenate([statistic(slice(*part)) for part in pairwise(bounds)])

    @property
    def without_condition(self) -> Iterable[Array]:
        """[split, half, pair left] for each deleted condition: `ranks` over the others; of many, they are not kept.

        Raises:
            GeometryError: a deletion that leaves dissimilarities which are all equal.
        """
        n = len(self.products.conditions)
        if self._n_ranks * n > _KEPT:
            return condition_deletions(self.ranks, n)
        return _LAST.of(self, "conditions", self._few_deletions, _size_of_all)

    def _few_deletions(self) -> list[Array]:
        return list(condition_deletions(self.ranks, len(self.products.conditions)))

    @cached_property
    def reliability(self) -> float:
        """The agreement of one half with the other, at half size."""
        return float(opposite(self.ranks, self.ranks))

    @cached_property
    def reliability_deleted(self) -> Array:
        """The same with one unit left out [unit]."""
        return self.opposite_deleted(self)

    @cached_property
    def reliability_without_condition(self) -> Array:
        """The same over the other conditions [condition].

        Raises:
            GeometryError: see `without_condition`.
        """
        return np.array([opposite(ranks, ranks) for ranks in self.without_condition])

    @cached_property
    def whole(self) -> Array:
        """Standardized ranks [1 + deleted unit, pair] of the plain RDM: over all units, then without each."""
        return standard_ranks(plain_rdms(self.products.values, deletion_weights(self.n_units)))

    def prepare(self) -> None:
        """Computes what every comparison takes, once and for all.

        Raises:
            GeometryError: vectors of length zero, or RDMs whose entries are all equal.
        """
        _ = self.whole
        if self.n_units >= MIN_JACKKNIFE:
            _ = self.deletions
        elif self.n_units >= MIN_UNITS:
            _ = self.ranks

    @property
    def reliabilities(self) -> list[float]:
        """Gives the reliability, then that without each unit, as far as there are units enough."""
        if self.n_units < MIN_UNITS:
            return []
        deleted = self.reliability_deleted.tolist() if self.n_units >= MIN_JACKKNIFE else []
        return [self.reliability, *deleted]

    def know(self, reliabilities: Sequence[float]) -> None:
        """Takes reliabilities that were computed before, so that they are not computed again."""
        if reliabilities:
            self.__dict__["reliability"] = reliabilities[0]
        if len(reliabilities) > 1:
            self.__dict__["reliability_deleted"] = np.array(reliabilities[1:])

    def restricted(self, units: Sequence[str], conditions: Sequence[str]) -> Halves:
        """Gives the same run over fewer units or conditions."""
        return Halves(self.products.restricted(units, conditions), self.seed)


def _unpacked(halves: PackedRanks, without: PackedRanks) -> Deletions:
    return Deletions(halves.part(slice(None)), without.part(slice(None)))


def _size_of_numbers(own: Deletions) -> int:
    """Gives by how many numbers of double precision they take the room."""
    return sum(each.part(slice(None)).numbers.nbytes for each in (own.halves, own.without)) // 8


def _size_of_one(values: Array) -> int:
    return values.size


def _size_of_all(values: Sequence[Array]) -> int:
    return sum(each.size for each in values)


_LAST = Recent(10_000_000)
"""Ranks of the halves that were compared last, whole, without a unit and without a condition: up to 80 MB."""


def without_units(halves: Array, deletions: PackedRanks | Array, members: Array, units: slice) -> Array:
    """Gives [deleted unit, split, half, feature] for some units: only halves with the unit change.

    Args:
        halves: [split, half, feature], and `deletions` those in the order of np.nonzero(members).
    """
    some = np.arange(members.shape[2])[units]
    deleted = np.repeat(halves[None], len(some), axis=0)
    split, half, unit = np.nonzero(members)
    rows = np.flatnonzero((unit >= some[0]) & (unit <= some[-1]))
    deleted[unit[rows] - some[0], split[rows], half[rows]] = deletions[rows]
    return deleted


def opposite(a: Array, b: Array) -> Array:
    """Compares a on one half with b on the other: the mean over splits and both ways; leading axes are kept."""
    return np.asarray(np.einsum("...shp,...shp->...", a, b[..., ::-1, :]) / (2 * a.shape[-3]))


@lru_cache(maxsize=64)
def split_units(n: int, seed: int, n_splits: int = N_SPLITS) -> Array:
    """Draws random splits into two halves of floor(n / 2), as membership [split, half, unit].

    The seed and the number of units decide, so runs over the same units in the same order share splits, and the names
    of units change no number. The array is kept for all of them, and cannot be written to.
    """
    generator = np.random.default_rng([seed, n])
    members = np.zeros((n_splits, 2, n))
    for split in range(n_splits):
        order = generator.permutation(n)
        members[split, 0, order[: n // 2]] = 1
        members[split, 1, order[n // 2 : 2 * (n // 2)]] = 1
    members.setflags(write=False)
    return members


def common_units(a: Halves, b: Halves) -> bool:
    """Whether two runs are over the same units, split alike; False where they have none in common.

    Raises:
        GeometryError: other conditions, other seeds, some but not all units in common, or these split otherwise.
    """
    if a.products.conditions != b.products.conditions:
        raise GeometryError("compare() wants the same conditions in the same order; use restricted().")
    if a.seed != b.seed:
        raise GeometryError(f"The halves were split with the seeds {a.seed} and {b.seed}: give both the same.")
    if a.products.units != b.products.units:
        if set(a.products.units) & set(b.products.units):
            raise GeometryError(
                "compare() wants the same units in the same order, or none in common; use restricted()."
            )
        return False
    if a.members is not b.members and not np.array_equal(a.members, b.members):
        raise GeometryError("The halves of the same units are other splits of them: choose the same for both runs.")
    return True
