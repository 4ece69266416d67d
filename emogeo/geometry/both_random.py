"""Deletes conditions from rank vectors, for intervals over a population of conditions as well as of units.

A variance over both factors is the jackknife variance over units plus that over conditions. Either has the variance
of single texts in it, so the sum counts it twice: it is too large rather than too small (docs/calibration.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.geometry.rdm import standard_ranks

MIN_ANY = 10
"""The fewest conditions for an interval over them: with fewer, a deletion leaves less than four fifths of the pairs."""

NOT_ANY = f"not identifiable (fewer than {MIN_ANY} conditions, or one without which all dissimilarities are equal)"


def pairs_without(n_conditions: int) -> NDArray[np.int64]:
    """Gives the places of the pairs that are left without each condition: [deleted condition, pair left]."""
    rows, columns = np.triu_indices(n_conditions, k=1)
    return np.stack([np.flatnonzero((rows != c) & (columns != c)) for c in range(n_conditions)])


def condition_deletions(ranks: Array, n_conditions: int) -> Array:
    """Ranks anew what is left of rank vectors when each condition is deleted.

    Args:
        ranks: [..., pair], upper triangles over n_conditions.

    Returns:
        [deleted condition, ..., pair left], standardized.

    Raises:
        GeometryError: a deletion that leaves dissimilarities which are all equal.
    """
    return standard_ranks(np.moveaxis(ranks[..., pairs_without(n_conditions)], -2, 0))
