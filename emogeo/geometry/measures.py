"""Measures of the agreement of two geometries: Spearman's rho, and those that others report.

Each is a product of two arrays of features, one of each geometry, that follow from inner products between conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.kendall import min_ranks, tau_of_ranks
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.triangle import above
from emogeo.geometry.units import dissimilarities

NEIGHBOURS = 5
_RELABELLINGS = 100
_NOTHING = 1e-12
"""The share of a length below which a remainder is rounding alone."""


def _dot(a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("...f,...f->...", a, b))


def _zero(a: Array, b: Array) -> float:  # noqa: ARG001
    return 0.0


@dataclass(frozen=True)
class Measure:
    """A measure: 1 for equal geometries, `chance` on average for unrelated ones."""

    name: str
    features: Callable[[Array], Array]
    """Gives [draw, feature] from inner products [draw, pair with the diagonal]."""
    crossvalidated: bool = True
    """Whether halves take products of different units only; else they are means over all products of a half."""
    crossvalidated_whole: bool = False
    """Whether all units together do so, too."""
    agree: Callable[[Array, Array], Array] = _dot
    """Compares features [..., feature] of two geometries, over the last axis."""
    chance: Callable[[Array, Array], float] = _zero
    """Gives the mean over relabellings of the conditions of one of two geometries, from their features [feature]."""
    without_ratio: str = ""
    """The reason why there is no disattenuated form; empty where there is one, which `agree` by products has."""


def cosine_ranks(gram: Array) -> Array:
    """Gives the standardized ranks of 1 - cosine: products are Spearman's rho."""
    return standard_ranks(_cosine_rdms(gram))


def cosine_distances(gram: Array) -> Array:
    """Gives 1 - cosine, centred and of unit length: products are Pearson's r."""
    rdms = _cosine_rdms(gram)
    return _scaled(rdms - rdms.mean(axis=1, keepdims=True), rdms)


def plain_ranks(gram: Array) -> Array:
    """Gives the ranks of 1 - cosine, of which Kendall's tau_a sees the order alone."""
    return np.asarray(min_ranks(_cosine_rdms(gram)), dtype=np.float64)


def euclidean_ranks(gram: Array) -> Array:
    """Gives the standardized ranks of G_ii + G_jj - 2 G_ij.

    From products of different units these are cross-validated squared Euclidean distances, that is, crossnobis
    distances without noise whitening (Walther et al. 2016, NeuroImage 137:188), which may be negative.
    """
    square = _square(gram)
    norms = np.einsum("dii->di", square)
    return standard_ranks(_upper(norms[:, :, None] + norms[:, None] - 2 * square))


def u_centred(gram: Array) -> Array:
    """Gives the inner products of different conditions, U-centred and of unit length: products are debiased CKA.

    The unbiased HSIC of two Gram matrices (Song et al. 2012, JMLR 13:1393) is the mean product of the two after
    U-centring (Székely and Rizzo 2014, Annals of Statistics 42:2382), and debiased CKA is its normalised form.
    """
    square = _square(gram)
    n = square.shape[1]
    square[:, range(n), range(n)] = 0.0
    sums = square.sum(axis=1) / (n - 2)
    total = sums.sum(axis=1) / (n - 1)
    return _scaled(_upper(square - sums[:, :, None] - sums[:, None] + total[:, None, None]), _upper(square))


def centred(gram: Array) -> Array:
    """Gives the whole Gram matrix, centred and of unit length, row by row: products are linear CKA.

    Kornblith et al. 2019, ICML: it is biased, as the diagonal takes part.
    """
    square = _double_centred(gram)
    return _scaled(square.reshape(len(square), -1), gram)


def shapes(gram: Array) -> Array:
    """Gives a root of the centred Gram matrix of trace 1, row by row: vectors of the same shape, centred and scaled."""
    values, vectors = np.linalg.eigh(_double_centred(gram))
    values = np.maximum(values, 0.0)
    total = values.sum(axis=1, keepdims=True)
    if (total <= _NOTHING * np.abs(gram).max(axis=1, keepdims=True)).any():
        raise GeometryError("All vectors are equal: they have no shape.")
    roots = np.sqrt(values / total)[:, :, None] * vectors.transpose(0, 2, 1)
    return np.asarray(roots.reshape(len(gram), -1))


def shape_similarity(a: Array, b: Array) -> Array:
    """Gives 1 - theta / (pi / 2) of features of `shapes`, theta the angular shape distance.

    theta = arccos of the nuclear norm of X^T Y, over rotations and reflections (Williams et al. 2021, NeurIPS 34).
    """
    n = isqrt(a.shape[-1])
    crossed = a.reshape(*a.shape[:-1], n, n) @ np.swapaxes(b.reshape(*b.shape[:-1], n, n), -1, -2)
    cosine = np.linalg.svd(crossed, compute_uv=False).sum(axis=-1)
    return np.asarray(1 - np.arccos(np.minimum(cosine, 1.0)) / (np.pi / 2))


def neighbours(gram: Array) -> Array:
    """Marks the nearest other conditions of each by cosine, so that products are the mean share of common neighbours.

    There are five, or half of the others where this is less (Huh et al. 2024, ICML: mutual k-nearest neighbours).
    """
    square = _square_of_pairs(_cosine_rdms(gram))
    n = square.shape[1]
    square[:, range(n), range(n)] = np.inf
    nearest = np.argsort(square, axis=2, kind="stable")[:, :, : n_neighbours(n)]
    marks = np.zeros_like(square)
    np.put_along_axis(marks, nearest, 1 / np.sqrt(n * n_neighbours(n)), axis=2)
    return np.asarray(marks.reshape(len(gram), -1))


def n_neighbours(n_conditions: int) -> int:
    """Gives the number of nearest neighbours that are compared."""
    return min(NEIGHBOURS, (n_conditions - 1) // 2)


def _chance_of_cka(a: Array, b: Array) -> float:
    """The mean of <K, P L P^T> over permutations P is tr K tr L / (n - 1) for centred K and L."""
    n = isqrt(len(a))
    return float(np.trace(a.reshape(n, n)) * np.trace(b.reshape(n, n)) / (n - 1))


def _chance_of_shapes(a: Array, b: Array) -> float:
    n, generator = isqrt(len(a)), np.random.default_rng(0)
    orders = np.array([generator.permutation(n) for _ in range(_RELABELLINGS)])
    relabelled = b.reshape(n, n)[:, orders].transpose(1, 0, 2).reshape(_RELABELLINGS, -1)
    return float(shape_similarity(np.broadcast_to(a, relabelled.shape), relabelled).mean())


def _chance_of_neighbours(a: Array, b: Array) -> float:  # noqa: ARG001
    n = isqrt(len(a))
    return n_neighbours(n) / (n - 1)


def _cosine_rdms(gram: Array) -> Array:
    return dissimilarities(gram, _size(gram))[0]


def _size(gram: Array) -> int:
    return (isqrt(8 * gram.shape[1] + 1) - 1) // 2


def _square(gram: Array) -> Array:
    """Full symmetric matrices [draw, condition, condition] of upper triangles with the diagonal."""
    n = _size(gram)
    rows, columns = above(n, diagonal=True)
    square = np.empty((len(gram), n, n))
    square[:, rows, columns] = square[:, columns, rows] = gram
    return square


def _square_of_pairs(pairs: Array) -> Array:
    """The same of upper triangles without the diagonal, which is 0."""
    n = (isqrt(8 * pairs.shape[1] + 1) + 1) // 2
    rows, columns = above(n)
    square = np.zeros((len(pairs), n, n))
    square[:, rows, columns] = square[:, columns, rows] = pairs
    return square


def _upper(square: Array) -> Array:
    rows, columns = above(square.shape[1])
    return np.asarray(square[:, rows, columns])


def _double_centred(gram: Array) -> Array:
    square = _square(gram)
    square = square - square.mean(axis=1, keepdims=True)
    return np.asarray(square - square.mean(axis=2, keepdims=True))


def _scaled(values: Array, before: Array) -> Array:
    """Scales rows to unit length; refuses those that are nothing beside what they were before centring."""
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    if (lengths <= _NOTHING * np.linalg.norm(before, axis=1, keepdims=True)).any():
        raise GeometryError("All dissimilarities are equal: there is nothing to compare.")
    return np.asarray(values / lengths)


_PULL = "noise pulls it toward chance, which is not 0, and no product of reliabilities takes that out"
SPEARMAN = Measure("spearman", cosine_ranks)
PEARSON = Measure("pearson", cosine_distances)
EUCLIDEAN = Measure("spearman_euclidean", euclidean_ranks, crossvalidated_whole=True)
CKA = Measure("cka", u_centred, crossvalidated=False)
KENDALL = Measure(
    "kendall",
    plain_ranks,
    agree=tau_of_ranks,
    without_ratio="no ratio of tau_a estimates a tau_a: as reliability falls, it goes from tau to r",
)
PROCRUSTES = Measure(
    "procrustes",
    shapes,
    crossvalidated=False,
    agree=shape_similarity,
    chance=_chance_of_shapes,
    without_ratio=f"no ratio: {_PULL}",
)
MUTUAL_KNN = Measure(
    "mutual_knn",
    neighbours,
    crossvalidated=False,
    chance=_chance_of_neighbours,
    without_ratio=f"no ratio: {_PULL}",
)
CKA_BIASED = Measure(
    "cka_biased",
    centred,
    crossvalidated=False,
    chance=_chance_of_cka,
    without_ratio="biased: the lengths of vectors alone make it large, so only what is above chance says anything",
)
MEASURES = (SPEARMAN, PEARSON, KENDALL, EUCLIDEAN, CKA, PROCRUSTES, MUTUAL_KNN, CKA_BIASED)
