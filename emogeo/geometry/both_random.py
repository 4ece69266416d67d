"""Deletes conditions from rank vectors, for intervals over a population of conditions as well as of units.

A variance over both factors is the jackknife variance over units plus that over conditions. Either has the variance
of single texts in it, so the sum counts it twice: it is too large rather than too small (docs/calibration.md).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.geometry.rdm import centred_ranks, standard_ranks
from emogeo.geometry.triangle import above

MIN_ANY = 10
"""The fewest conditions for an interval over them: with fewer, a deletion leaves less than four fifths of the pairs."""

NOT_ANY = f"not identifiable (fewer than {MIN_ANY} conditions, or one without which all dissimilarities are equal)"


def pairs_without(n_conditions: int) -> Iterator[NDArray[np.int64]]:
    """Gives the places of the pairs that are left without each condition, for one condition after the other."""
    rows, columns = above(n_conditions)
    return (np.flatnonzero((rows != c) & (columns != c)) for c in range(n_conditions))


def condition_deletions(ranks: Array, n_conditions: int) -> Iterator[Array]:
    """Ranks anew what is left of rank vectors when each condition is deleted, one condition after the other.

    All at once would take memory that grows with the cube of the conditions. A deletion leaves the order of the rest as
    it is, so each vector is sorted once.

    Args:
        ranks: [..., pair], upper triangles over n_conditions.

    Yields:
        [..., pair left], standardized.

    Raises:
        GeometryError: a deletion that leaves dissimilarities which are all equal.
    """
    rows = ranks.reshape(-1, ranks.shape[-1])
    order = np.argsort(rows, axis=1)
    ordered = np.take_along_axis(rows, order, axis=1)
    tied = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
    untied, with_ties = _Untied(order[~tied]), rows[tied]
    del order, ordered
    for left in pairs_without(n_conditions):
        found = np.empty((len(rows), len(left)))
        found[~tied] = untied.ranked(left)
        if len(with_ties):
            found[tied] = standard_ranks(with_ties[:, left])
        yield found.reshape(*ranks.shape[:-1], len(left))


class _Untied:
    """Rows without ties, from the places of their entries in order: [row, pair]."""

    def __init__(self, order: NDArray[np.int64]) -> None:
        self._order = order
        places = np.empty_like(order)
        np.put_along_axis(places, order, np.arange(order.shape[1])[None], axis=1)
        self._places = places + np.arange(len(order))[:, None] * order.shape[1]

    def ranked(self, left: NDArray[np.int64]) -> Array:
        """Gives the standardized ranks [row, pair left] of what is left: how many that are left are no larger."""
        kept = np.zeros(self._order.shape[1], dtype=bool)
        kept[left] = True
        no_larger = np.cumsum(kept.take(self._order), axis=1, dtype=np.int32)
        ranks = no_larger.ravel().take(self._places).take(left, axis=1) - (len(left) + 1) / 2
        ranks /= centred_ranks(np.arange(float(len(left))))[1]
        return np.asarray(ranks)
