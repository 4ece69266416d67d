"""Agreement of two runs by products of texts that share no content word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import Comparison, compare
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.shared_words import SharedWords
from emogeo.geometry.units import dissimilarities, sums_with


@dataclass(frozen=True, repr=False)
class ApartHalves(Halves):
    """A run whose half RDMs are made of products of texts that share no content word."""

    apart: NDArray[np.bool_]
    """[unit, unit, condition, condition]"""

    @cached_property
    def _ranks_and_clips(self) -> tuple[Array, int]:
        members = self.members
        sums, numbers = (found.sum(axis=1) for found in self._sums)
        rdms, clips = dissimilarities(_means(sums, numbers), len(self.products.conditions))
        return standard_ranks(rdms).reshape(*members.shape[:2], -1), clips

    @cached_property
    def jackknife(self) -> Array:
        deleted = np.repeat(self.ranks[None], self.n_units, axis=0)
        splits, halves, units = np.nonzero(self.members)
        draws = splits * self.members.shape[1] + halves
        sums, numbers = (found.sum(axis=1)[draws] - 2 * found[draws, units] for found in self._sums)
        rdms = dissimilarities(_means(sums, numbers), len(self.products.conditions))[0]
        deleted[units, splits, halves] = standard_ranks(rdms)
        return deleted

    @cached_property
    def _sums(self) -> tuple[Array, Array]:
        """Sums of products, and their numbers, of each member of a half with its other members: [draw, unit, pair]."""
        members = self.members.reshape(-1, self.n_units)
        apart = self.apart.astype(float)
        return sums_with(self.products.values * apart, members), sums_with(apart, members)


def compare_apart(a: Halves, b: Halves, words: SharedWords, names: tuple[str, str] = ("a", "b")) -> Comparison:
    """Compares two runs over the same texts by RDMs whose every product is of two texts that share no content word.

    Raises:
        GeometryError: a half in which all texts of some two conditions share words.
    """
    first, second = (ApartHalves(run.products, run.seed, words.apart) for run in (a, b))
    return compare(first, second, names)


def _means(sums: Array, numbers: Array) -> Array:
    if (numbers < 0.5).any():
        raise GeometryError("some half has no two texts without a common word for some pair of conditions")
    return np.asarray(sums / numbers)
