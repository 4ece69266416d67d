"""RDMs from products of texts that share no content word, or few: what is left of a geometry without common words.

A word that returns with a condition enters an RDM only through products of two texts that both have it. Without these
it is in no half, so it cannot make halves agree, whichever way the units are split.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves, split_units
from emogeo.geometry.recent import Recent
from emogeo.geometry.triangle import above
from emogeo.geometry.units import dissimilarities, half_sum_deletions, half_sums

_CENTRED = 1e-6
"""The largest mean that is taken for zero, as a share of the largest product."""


LEAST_SPLITS = 50
"""The fewest splits, of 100, that a comparison takes."""


@dataclass(frozen=True, repr=False)
class ApartHalves(Halves):
    """A run whose half RDMs are made of some products alone.

    Splits of which a half, with all its units or without one of them, lacks products for some pair of conditions are
    left out. Texts alone decide that, so it is the same for all runs over the same texts.

    Raises:
        GeometryError: too few splits are left, when they are asked for.
    """

    apart: Array
    """[unit, unit, condition, condition]: 1 for the products that count, 0 for others. It is never changed: runs
    over the same array share what follows from it alone."""

    @cached_property
    def members(self) -> Array:
        return _NUMBERS.of(self.apart, ("members", self.seed), self._members, np.size)

    def _members(self) -> Array:
        drawn = split_units(self.n_units, self.seed)
        members = drawn.reshape(-1, self.n_units)
        lacking = np.zeros(len(members), dtype=bool)
        for unit, numbers in enumerate(half_sum_deletions(self.apart, members)):
            lacking[members[:, unit] > 0] |= (numbers < 0.5).any(axis=1)
        kept = np.flatnonzero(~lacking.reshape(-1, 2).any(axis=1))
        if len(kept) < LEAST_SPLITS:
            raise GeometryError(
                f"in {len(drawn) - len(kept)} of {len(drawn)} splits some half has no two texts without a common "
                "content word for some two conditions"
            )
        return np.asarray(drawn[kept])

    def _rdms_and_clips(self) -> tuple[Array, int]:
        members = self.members.reshape(-1, self.n_units)
        numbers = _NUMBERS.of(self.apart, ("sums", self.seed), lambda: half_sums(self.apart, members), np.size)
        return self._rdms(half_sums(self._products, members), numbers)

    def _rdms_without_units(self) -> Iterator[Array]:
        members = self.members.reshape(-1, self.n_units)
        n = len(self.products.conditions)
        numbers: Iterable[Array] = half_sum_deletions(self.apart, members)
        if self.half_size * len(members) * n * n < _SHARED:
            numbers = _NUMBERS.of(self.apart, ("deletions", self.seed), partial(list, numbers), _size)
        for sums, own in zip(half_sum_deletions(self._products, members), numbers, strict=True):
            yield self._rdms(sums, own)[0]

    @property
    def _products(self) -> Array:
        """[unit, unit, condition, condition], those that count, centred"""
        return _LAST.of(self, "products", lambda: _without_means(self.products.values, self.apart), np.size)

    def _rdms(self, sums: Array, numbers: Array) -> tuple[Array, int]:
        """Gives RDMs made of sums and numbers of products [draw, pair with the diagonal]; counts clipped norms.

        Mean products are centred over conditions, which those of all texts are from the start.
        """
        n = len(self.products.conditions)
        rows, columns = above(n, diagonal=True)
        gram = np.empty((len(sums), n, n))
        gram[:, rows, columns] = gram[:, columns, rows] = sums / numbers
        gram -= gram.mean(axis=1, keepdims=True)
        gram -= gram.mean(axis=2, keepdims=True)
        return dissimilarities(gram[:, rows, columns], n)


_SHARED = 10_000_000
_NUMBERS, _LAST = Recent(2 * _SHARED), Recent(1)
"""Of products that count, which texts alone decide: splits, and how many there are; and the last run's products."""


def _size(arrays: Iterable[Array]) -> int:
    return sum(own.size for own in arrays)


def _without_means(products: Array, apart: Array) -> Array:
    """Centres the products of every two units over the conditions of either, as far as the products count.

    A text is centred on the mean over its unit's conditions, and the texts of other conditions do share words with the
    text that it is multiplied with. So the least-squares fit of one term for each text is taken away, made of products
    that count alone: what other products brought into the means goes with it.

    Args:
        products: [unit, unit, condition, condition].
        apart: the same shape, 1 for the products that count, 0 for others.
    """
    left = products * apart
    numbers = [np.maximum(apart.sum(axis=axis, keepdims=True), 1) for axis in (2, 3)]
    enough = _CENTRED * np.abs(left).max()
    taken = np.empty_like(left)
    while True:
        means = left.sum(axis=2, keepdims=True) / numbers[0]
        left -= np.multiply(apart, means, out=taken)
        left -= np.multiply(apart, left.sum(axis=3, keepdims=True) / numbers[1], out=taken)
        if np.abs(means).max() <= enough:
            return np.asarray(left)
