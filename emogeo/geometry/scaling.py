"""Distances between few things, as a map and as a tree."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from emogeo.arrays import Array
from emogeo.geometry.rdm import check_rdm


def classical_scaling(distances: Array) -> tuple[Array, float]:
    """Torgerson's scaling to two dimensions.

    Args:
        distances: [thing, thing]

    Returns:
        [thing, 2], each axis with its largest entry positive; and the share of the (absolute) eigenvalues that
        the two dimensions take.
    """
    check_rdm(distances, "the matrix of distances")
    distances, n = distances.astype(np.float64), len(distances)
    centring = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * centring @ distances**2 @ centring)
    values, vectors = values[::-1], vectors[:, ::-1]
    points = vectors[:, :2] * np.sqrt(np.maximum(values[:2], 0.0))
    signs = np.sign(points[np.abs(points).argmax(axis=0), np.arange(points.shape[1])])
    total = np.abs(values).sum()
    share = float(np.maximum(values[:2], 0.0).sum() / total) if total > 0 else 1.0
    return np.asarray(points * np.where(signs == 0, 1.0, signs)), share


def average_linkage(distances: Array) -> Array:
    """The tree of average linkage, as scipy's linkage matrix [thing - 1, 4]."""
    return np.asarray(linkage(squareform(distances, checks=False), method="average"))
