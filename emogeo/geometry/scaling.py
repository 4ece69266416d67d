"""Distances between few things, as a map and as a tree."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.rdm import check_rdm

_ROUNDING = 1e-9
"""The share of the largest eigenvalue below which a dimension is rounding."""


def classical_scaling(distances: Array) -> tuple[Array, float]:
    """Torgerson's scaling to two dimensions.

    Args:
        distances: [thing, thing]

    Returns:
        [thing, 2], each axis with its largest entry positive; and the share of the (absolute) eigenvalues that
        the two dimensions take.
    """
    check_rdm(distances, "the matrix of distances")
    values, points = _principal_axes(distances.astype(np.float64) ** 2)
    total = np.abs(values).sum()
    return points, float(np.maximum(values[:2], 0.0).sum() / total) if total > 0 else 1.0


def planes(squared: Array) -> tuple[Array, Array]:
    """Scales squared distances classically to two dimensions (Torgerson 1952, Psychometrika 17, 401-419).

    The products of points about their centre are -1/2 J D^2 J, J = 1 - 1/n; points are its eigenvectors times the
    roots of their eigenvalues. 1 - cosine is half the squared distance of vectors of unit length, so of twice a cosine
    RDM the points are the scores on the first two principal axes of these vectors.

    Args:
        squared: [..., thing, thing], squared distances.

    Returns:
        [..., thing, 2], each axis with its largest entry positive; and the share [...] of the positive eigenvalues
        that the two dimensions take.

    Raises:
        GeometryError: distances that are not finite, or that span fewer than two dimensions.
    """
    if not np.isfinite(squared).all():
        raise GeometryError("Distances with NaN or infinity have no map.")
    values, points = _principal_axes(squared)
    if (values[..., 1] <= _ROUNDING * values[..., 0]).any():
        raise GeometryError("The distances span fewer than two dimensions: there is no map.")
    return points, np.asarray(values[..., :2].sum(axis=-1) / np.maximum(values, 0.0).sum(axis=-1))


def average_linkage(distances: Array) -> Array:
    """The tree of average linkage, as scipy's linkage matrix [thing - 1, 4]."""
    return linkage_of_pairs(squareform(distances, checks=False))


def linkage_of_pairs(distances: Array) -> Array:
    """The same of an upper triangle [pair]."""
    return np.asarray(linkage(distances, method="average"))


def _principal_axes(squared: Array) -> tuple[Array, Array]:
    """Gives the eigenvalues [..., thing], the largest first, and points [..., thing, 2] with signs that are fixed."""
    n = squared.shape[-1]
    centring = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * centring @ squared @ centring)
    values, vectors = values[..., ::-1], vectors[..., ::-1]
    points = vectors[..., :2] * np.sqrt(np.maximum(values[..., None, :2], 0.0))
    largest = np.take_along_axis(points, np.abs(points).argmax(axis=-2)[..., None, :], axis=-2)
    return values, np.asarray(points * np.where(largest < 0, -1.0, 1.0))
