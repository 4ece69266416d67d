"""Maps of conditions with regions of uncertainty over units, and how far a condition moved from one map to another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import f as fisher

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_JACKKNIFE
from emogeo.geometry.options import Axes
from emogeo.geometry.procrustes import Alignment, normalised, procrustes
from emogeo.geometry.scaling import planes
from emogeo.geometry.triangle import above
from emogeo.geometry.units import crossvalidated_rdms, half_grams

LEVEL = 0.95
_ALIKE = 1e-6
"""The noise, and the length, below which two runs are the same numbers, so that there is nothing to divide by."""


@dataclass(frozen=True, eq=False)
class Regions:
    """A map of conditions; lengths are in root mean square distances of conditions from the centre."""

    points: Array
    """[condition, 2]"""
    share: float
    """The share of the inertia that the two dimensions hold."""
    deviations: Array | None = None
    """[unit, condition, 2], of the map without a unit from the mean of all such; None where there are too few."""

    @property
    def n_units(self) -> int:
        """Gives the number of units; 0 for a map without regions."""
        return 0 if self.deviations is None else len(self.deviations)

    @cached_property
    def covariances(self) -> Array:
        """Gives the jackknife covariance of each condition's place over other units: [condition, 2, 2].

        Raises:
            GeometryError: a map without regions.
        """
        return jackknife_covariances(self._known)

    def ellipses(self, level: float = LEVEL) -> Array:
        """Gives the half axes, the longer first, and the angle of the longer one (degrees from x): [condition, 3].

        A condition lies in its ellipse where (x - x_0)' C^-1 (x - x_0) is below Hotelling's bound.

        Raises:
            GeometryError: a map without covariances.
        """
        values, vectors = np.linalg.eigh(self.covariances)
        half = np.sqrt(np.maximum(values[:, ::-1], 0.0) * hotelling_bound(self.n_units - 1, level))
        angle = np.degrees(np.arctan2(vectors[:, 1, 1], vectors[:, 0, 1]))
        return np.column_stack([half, (angle + 90) % 180 - 90])

    @property
    def _known(self) -> Array:
        if self.deviations is None:
            raise GeometryError(f"This map has no regions: they need texts, and at least {MIN_JACKKNIFE} units.")
        return self.deviations

    @property
    def replicates(self) -> Array:
        """Gives the map without each unit, about the whole: [unit, condition, 2].

        Raises:
            GeometryError: a map without regions.
        """
        return self.points + self._known

    def moved(self, to: Alignment) -> Regions:
        """Gives the same map elsewhere."""
        off = None if self.deviations is None else to.of_differences(self.deviations)
        return Regions(to(self.points), self.share, off)


def jackknife_covariances(deviations: Array) -> Array:
    """Gives C = (n - 1) / n times the sum over units of the products of deviations (Efron & Stein 1981, Annals of
    Statistics 9, 586-596).

    Args:
        deviations: [unit, condition, 2], of means of zero.

    Returns:
        [condition, 2, 2]
    """
    n = len(deviations)
    return np.asarray((n - 1) / n * np.einsum("uca,ucb->cab", deviations, deviations))


def map_of(squared: Array) -> Regions:
    """Makes the map of squared distances [condition, condition], without regions; of a cosine RDM they are twice it.

    Raises:
        GeometryError: distances without a map.
    """
    points, share = planes(np.asarray(squared, dtype=np.float64))
    return Regions(normalised(points), float(share))


def regions_of(products: Array, axes: Axes = Axes.scaling) -> Regions:
    """Makes the map of a run with a delete-one-unit jackknife of each condition's place.

    It is the map of cross-validated distances: text noise lengthens all others, those of the noisiest conditions most,
    so a map of plain ones lies beside the noiseless one and no region around it holds what it says (docs/inference.md).
    Each replicate is scaled, made as large and turned onto the whole (orthogonal Procrustes), so what is left is what
    units do to places among the others.

    Args:
        products: [unit, unit, condition, condition], of `MIN_JACKKNIFE` units or more.

    Raises:
        GeometryError: fewer units, or distances without a map.
    """
    n_conditions = products.shape[-1]
    pairs = 2 * without_each(products) if axes is Axes.scaling else _squared_without_each(products)
    scaled = planes(np.stack([square(own, n_conditions) for own in pairs]))
    points, *deleted = normalised(scaled[0])
    turned = np.stack([procrustes(points, own)(own) for own in deleted])
    return Regions(points, float(scaled[1][0]), turned - turned.mean(axis=0))


def without_each(products: Array) -> Array:
    """Gives cross-validated RDMs over all units, then without each: [1 + unit, pair], upper triangles.

    Raises:
        GeometryError: fewer than `MIN_JACKKNIFE` units.
    """
    return crossvalidated_rdms(products, _all_and_without_each(len(products)))[0]


def _squared_without_each(products: Array) -> Array:
    """Gives squared distances of vectors, G_ii + G_jj - 2 G_ij, over all units, then without each."""
    n_conditions = products.shape[-1]
    rows, columns = above(n_conditions, diagonal=True)
    grams = np.zeros((len(products) + 1, n_conditions, n_conditions))
    grams[:, rows, columns] = grams[:, columns, rows] = half_grams(products, _all_and_without_each(len(products)))
    return pairs_of(squared_distances(grams))


def squared_distances(gram: Array) -> Array:
    """Gives squared distances of vectors from their inner products, both [..., condition, condition]."""
    own = np.diagonal(gram, axis1=-2, axis2=-1)
    return np.asarray(own[..., :, None] + own[..., None, :] - 2 * gram)


def pairs_of(squares: Array) -> Array:
    """Gives upper triangles [..., pair] of [..., condition, condition]."""
    return np.asarray(squares[(..., *above(squares.shape[-1]))])


def _all_and_without_each(n: int) -> Array:
    if n < MIN_JACKKNIFE:
        raise GeometryError(f"{n} units; regions of uncertainty need {MIN_JACKKNIFE}.")
    return np.vstack([np.ones(n), 1 - np.eye(n)])


def square(pairs: Array, n_conditions: int) -> Array:
    """Gives an RDM [condition, condition] from its upper triangle [pair]."""
    full = np.zeros((n_conditions, n_conditions))
    full[above(n_conditions)] = pairs
    return np.asarray(full + full.T)


def hotelling_bound(freedom: int, level: float) -> float:
    """Gives the bound of T^2 in two dimensions: 2 v / (v - 1) times the quantile of F(2, v - 1).

    Args:
        freedom: v, the degrees of freedom of the covariance.
    """
    return float(2 * freedom / (freedom - 1) * fisher.ppf(level, 2, freedom - 1))


@dataclass(frozen=True, eq=False)
class Shifts:
    """How far each condition is in one map from where it is in another."""

    lengths: Array
    """[condition]"""
    noise: Array
    """[condition], the root mean square length that text noise alone gives"""
    p: Array
    """[condition]"""


def shifts(a: Regions, b: Regions, same_units: bool) -> Shifts:
    """Tests how far conditions moved between two maps of the same conditions, b being turned onto a already.

    T^2 = d' C^-1 d, d the difference of the places; (v - 1) / 2 v T^2 is held against F(2, v - 1), v being one less
    than the smaller number of units (Hotelling 1931, Annals of Mathematical Statistics 2, 360-378). C is the jackknife
    covariance of d where both were measured on the same units, whose noise is then in both; else C_a + C_b.

    Args:
        same_units: whether the units of both are the same, in the same order.

    Raises:
        GeometryError: a map without regions, or maps of different conditions.
    """
    if a.points.shape != b.points.shape or (same_units and a.n_units != b.n_units):
        raise GeometryError("Shifts are between maps of the same conditions, and of the same units where these are.")
    both = jackknife_covariances(b._known - a._known) if same_units else a.covariances + b.covariances
    away, freedom = b.points - a.points, min(a.n_units, b.n_units) - 1
    lengths, noise = np.linalg.norm(away, axis=1), np.sqrt(np.trace(both, axis1=1, axis2=2))
    alike = noise <= _ALIKE
    safe = np.where(alike[:, None, None], np.eye(2), both)
    squared = np.einsum("ca,ca->c", away, np.linalg.solve(safe, away[..., None])[..., 0])
    p = fisher.sf(squared * (freedom - 1) / (2 * freedom), 2, freedom - 1)
    return Shifts(lengths, noise, np.where(alike, np.where(lengths <= _ALIKE, 1.0, 0.0), p))
