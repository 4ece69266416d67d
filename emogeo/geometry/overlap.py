"""Splits of the units whose halves have the fewest words in common.

Halves share no text. They may still share words that return with a condition in many units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.halves import Halves
from emogeo.geometry.recent import Recent

_LEAST_GAIN = 1e-12
"""The decrease of an overlap below which a swap is rounding alone."""


@dataclass(frozen=True, repr=False)
class ChosenHalves(Halves):
    """A run over splits that were chosen, not drawn."""

    chosen: Array
    """[split, half, unit]"""

    @cached_property
    def members(self) -> Array:
        return self.chosen


def split_overlaps(overlap: Array, members: Array) -> Array:
    """Gives the overlap of each split: the mean over its pairs of a unit here and a unit there, [split].

    Args:
        overlap: [unit, unit].
        members: [split, half, unit].
    """
    sums = np.einsum("su,uv,sv->s", members[:, 0], overlap, members[:, 1])
    return np.asarray(sums / members.sum(axis=2).prod(axis=1))


def least_overlap(run: Halves, overlap: Array) -> ChosenHalves:
    """Gives a run over splits of least overlap: units of each drawn split are swapped until no swap makes it smaller.

    The best swap is taken first (Kernighan and Lin 1970, Bell System Technical Journal 49:291, without their look
    ahead). The search sees words alone, never states, so it cannot choose splits for their agreement.

    Args:
        overlap: [unit, unit].
    """
    members = _LEAST.of(overlap, run.seed, lambda: np.stack([_swapped(overlap, own) for own in run.members]), np.size)
    return ChosenHalves(run.products, run.seed, members)


_LEAST = Recent(10_000_000)
"""The splits of least overlap of the texts that were split last, up to 80 MB: many runs read the same."""


def _swapped(overlap: Array, split: Array) -> Array:
    """Swaps units between the halves of one split: [half, unit]."""
    halves = split.copy()
    own = np.diag(overlap)
    while True:
        here, there = (np.flatnonzero(half) for half in halves)
        to = overlap @ halves.T
        leaves = to[here, 1] - to[here, 0] + own[here]
        comes = to[there, 0] - to[there, 1] + own[there]
        gains = leaves[:, None] + comes[None] - 2 * overlap[np.ix_(here, there)]
        u, v = np.unravel_index(gains.argmax(), gains.shape)
        if gains[u, v] <= _LEAST_GAIN:
            return halves
        halves[:, [here[u], there[v]]] = halves[:, [there[v], here[u]]]
