"""The direction of a rating on a map of conditions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.inference import Estimate, interval
from emogeo.geometry.rdm import MIN_CONDITIONS

N_PERMUTATIONS = 2000


@dataclass(frozen=True)
class Direction:
    """Where a rating grows on a map."""

    x: float
    y: float
    """Of length 1 with `x`."""
    r: Estimate
    """The multiple correlation of the rating with both axes; its interval over units where there are replicates."""
    p: float
    n: int
    """The number of conditions that have a rating."""


def direction(
    points: Array,
    ratings: Array,
    seed: int,
    replicates: Array | None = None,
    permutations: int = N_PERMUTATIONS,
) -> Direction:
    """Finds the direction in which a rating grows most, by least squares of the rating on both axes.

    p is the share of permutations of the ratings among conditions with as large an r, so it knows that the direction
    was chosen (property fitting, as of Carroll & Chang 1970). The interval is the jackknife's, of other units and the
    same conditions.

    Args:
        points: [condition, 2]
        ratings: [condition], NaN where a condition has none.
        replicates: [unit, condition, 2], the map without each unit.

    Raises:
        GeometryError: fewer than four rated conditions, equal ratings, or rated conditions on one line.
    """
    (x, y), r = steepest(points, ratings)
    own, values = _centred(points, ratings)
    basis = np.linalg.svd(own, full_matrices=False)[0]
    orders = np.random.default_rng(seed).permuted(np.tile(values, (permutations, 1)), axis=1)
    reached = int((np.linalg.norm(orders @ basis, axis=1) / np.linalg.norm(values) >= r - 1e-12).sum())
    known = Estimate(float(r), np.nan, np.nan)
    if replicates is not None:
        over = interval(float(r), [steepest(replicates, ratings)[1]], fisher=True)
        known = Estimate(over.value, max(0.0, over.low), over.high)  # a multiple correlation is never below 0
    return Direction(float(x), float(y), known, (1 + reached) / (1 + permutations), len(values))


def steepest(points: Array, ratings: Array) -> tuple[Array, Array]:
    """Gives the direction [..., 2] in which a rating grows most on each of some maps, and its multiple correlation.

    Args:
        points: [..., condition, 2]
        ratings: [condition], NaN where a condition has none.

    Raises:
        GeometryError: see `direction`.
    """
    own, values = _centred(points, ratings)
    basis, singular, right = np.linalg.svd(own, full_matrices=False)
    length = np.linalg.norm(values)
    if not length > 0 or (singular[..., 1] <= 1e-9 * singular[..., 0]).any():
        raise GeometryError("A direction needs ratings that differ, of conditions that are not on one line.")
    fitted = np.einsum("...ca,c->...a", basis, values)
    along = np.einsum("...ab,...a->...b", right, fitted / singular)
    size = np.linalg.norm(along, axis=-1, keepdims=True)
    return np.asarray(along / np.where(size > 0, size, 1.0)), np.asarray(np.linalg.norm(fitted, axis=-1) / length)


def _centred(points: Array, ratings: Array) -> tuple[Array, Array]:
    """Gives the rated conditions of maps and their ratings, both about their mean."""
    rated = ~np.isnan(ratings)
    if rated.sum() < MIN_CONDITIONS:
        raise GeometryError(f"{rated.sum()} conditions have a rating; a direction needs {MIN_CONDITIONS}.")
    own = points[..., rated, :]
    return own - own.mean(axis=-2, keepdims=True), ratings[rated] - ratings[rated].mean()
