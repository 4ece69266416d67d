"""The direction of a rating on a map of conditions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.rdm import MIN_CONDITIONS

N_PERMUTATIONS = 2000


@dataclass(frozen=True)
class Direction:
    """Where a rating grows on a map."""

    x: float
    y: float
    """Of length 1 with `x`."""
    r: float
    """The multiple correlation of the rating with both axes."""
    p: float
    n: int
    """The number of conditions that have a rating."""


def direction(points: Array, ratings: Array, seed: int, permutations: int = N_PERMUTATIONS) -> Direction:
    """Finds the direction in which a rating grows most, by least squares of the rating on both axes.

    p is the share of permutations of the ratings among conditions with as large an r, so it knows that the direction
    was chosen (property fitting, as of Carroll & Chang 1970).

    Args:
        points: [condition, 2]
        ratings: [condition], NaN where a condition has none.

    Raises:
        GeometryError: fewer than four rated conditions, equal ratings, or rated conditions on one line.
    """
    rated = ~np.isnan(ratings)
    n = int(rated.sum())
    if n < MIN_CONDITIONS:
        raise GeometryError(f"{n} conditions have a rating; a direction needs {MIN_CONDITIONS}.")
    own, values = points[rated] - points[rated].mean(axis=0), ratings[rated] - ratings[rated].mean()
    length = np.linalg.norm(values)
    basis, singular, _ = np.linalg.svd(own, full_matrices=False)
    if not length > 0 or singular[1] <= 1e-9 * singular[0]:
        raise GeometryError("A direction needs ratings that differ, of conditions that are not on one line.")
    along = np.linalg.lstsq(own, values, rcond=None)[0]
    r = np.linalg.norm(basis.T @ values) / length
    orders = np.random.default_rng(seed).permuted(np.tile(values, (permutations, 1)), axis=1)
    reached = int((np.linalg.norm(orders @ basis, axis=1) / length >= r - 1e-12).sum())
    x, y = along / (np.linalg.norm(along) or 1.0)
    return Direction(float(x), float(y), float(r), (1 + reached) / (1 + permutations), n)
