"""Representational dissimilarity matrices and how two of them are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.errors import EqualDissimilaritiesError, GeometryError
from emogeo.geometry.triangle import above

_ROUNDING = 1e-5
"""By how much an RDM in single precision may miss symmetry, or zero on its diagonal."""
MIN_CONDITIONS = 4
"""The fewest conditions of an RDM: with three, it has only three entries and six relabellings."""
_WHOLE_IN_SINGLE = 2**24
"""Up to here single precision holds every whole number."""


def cosine_rdm(vectors: Array, conditions: Sequence[str]) -> Array:
    """Gives 1 - cosine between every two conditions.

    Args:
        vectors: [condition, feature].

    Returns:
        [condition, condition], symmetric, zero diagonal, values in [0, 2].

    Raises:
        GeometryError: a vector of length zero, which has no direction, or one with NaN or infinity.
    """
    if not np.isfinite(vectors).all():
        broken = int(np.argmin(np.isfinite(vectors).all(axis=1)))
        raise GeometryError(f"The vector of {conditions[broken]} holds NaN or infinity: no cosine.")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if (lengths == 0).any():
        raise GeometryError(f"The vector of {conditions[int(np.argmin(lengths))]} has length zero: no cosine.")
    unit = vectors / lengths
    rdm = 1.0 - np.clip(unit @ unit.T, -1.0, 1.0)
    np.fill_diagonal(rdm, 0.0)
    return np.asarray((rdm + rdm.T) / 2)


def upper(rdm: Array) -> Array:
    """Gives the upper triangle without the diagonal, row by row: [pair].

    Raises:
        GeometryError: what is not square.
    """
    rdm = np.asarray(rdm)
    if rdm.ndim != 2 or rdm.shape[0] != rdm.shape[1]:
        raise GeometryError(f"An RDM is square, [condition, condition]; this has the shape {list(rdm.shape)}.")
    return rdm[above(len(rdm))]


def spearman(a: Array, b: Array) -> float:
    """Spearman's rho of two RDMs over their upper triangles; ties get mean ranks.

    Raises:
        GeometryError: what is no RDM (see `check_rdm`), RDMs of different size, or one whose entries are all equal.
    """
    a, b = np.asarray(a), np.asarray(b)
    _refuse_unlike(a, b)
    return float(standard_ranks(upper(a)) @ standard_ranks(upper(b)))


def rho_a(a: Array, b: Array) -> float:
    """Expected Spearman's rho of two RDMs when ties are broken at random (Schütt et al. 2023, eLife 12:e82566).

    Raises:
        GeometryError: what is no RDM (see `check_rdm`), or RDMs of different size.
    """
    a, b = np.asarray(a), np.asarray(b)
    _refuse_unlike(a, b)
    from scipy.stats import rankdata  # a second, which few need

    x, y = (rankdata(upper(rdm)) for rdm in (a, b))
    n = len(x)
    return float(12 * (x - x.mean()) @ (y - y.mean()) / (n**3 - n))


def rdm_std(rdm: Array) -> float:
    """Standard deviation over the upper triangle (population)."""
    return float(np.std(upper(rdm)))


def standard_ranks(values: Array) -> Array:
    """Ranks along the last axis (ties share their mean), centred, of unit length: dot products are Spearman's rho.

    Raises:
        EqualDissimilaritiesError: a row whose entries are all equal; GeometryError: values with NaN or infinity.
    """
    ranks, lengths = centred_ranks(values)
    return np.asarray(ranks / lengths)


@dataclass(frozen=True, eq=False)
class Scaled:
    """Vectors as numbers [row, feature] over lengths [row]."""

    numbers: NDArray[np.floating[Any]]
    lengths: Array

    @property
    def width(self) -> int:
        return int(self.numbers.shape[-1])

    def part(self, rows: slice) -> Scaled:
        """Gives some of them."""
        return Scaled(self.numbers[rows], self.lengths[rows])


class PackedRanks:
    """Standardized ranks [row, pair] that are kept as whole numbers, in a quarter of the memory; exact to the bit.

    The numbers are twice the ranks less their mean, so that ties are whole, too.
    """

    def __init__(self, n_rows: int, n_pairs: int) -> None:
        self._numbers = np.empty((n_rows, n_pairs), dtype=np.int16 if n_pairs < 2**15 else np.int32)
        self._lengths = np.empty((n_rows, 1))
        squares = (n_pairs**3 - n_pairs) // 3  # of one row, and no sum of products of two rows is larger
        self._exact = np.float32 if squares <= _WHOLE_IN_SINGLE else np.float64

    def put(self, rows: NDArray[np.int64], values: Array) -> None:
        """Ranks the values [row, pair] of some rows.

        Raises:
            EqualDissimilaritiesError, GeometryError: see `standard_ranks`.
        """
        ranks, self._lengths[rows] = centred_ranks(values)
        self._numbers[rows] = 2 * ranks

    @property
    def width(self) -> int:
        return int(self._numbers.shape[1])

    @property
    def size(self) -> int:
        return int(self._numbers.size)

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> Array:
        """Gives some rows: [row, pair]."""
        ranks = self._numbers[rows] * 0.5
        ranks /= self._lengths[rows]
        return np.asarray(ranks)

    def part(self, rows: slice) -> Scaled:
        """Gives some rows as their numbers and lengths; in single precision where sums of products are exact in it."""
        return Scaled(self._numbers[rows].astype(self._exact), 2 * self._lengths[rows, 0])


def centred_ranks(values: Array) -> tuple[Array, Array]:
    """Gives ranks less their mean, and the length of each row of them."""
    values = np.asarray(values, dtype=np.float64)
    if not np.isfinite(values).all():
        raise GeometryError("Values with NaN or infinity have no ranks.")
    ranks = _ranks(values)
    ranks -= (values.shape[-1] + 1) / 2
    lengths = np.linalg.norm(ranks, axis=-1, keepdims=True)
    if (lengths == 0).any():
        raise EqualDissimilaritiesError("All dissimilarities of an RDM are equal: it has no order to compare.")
    return ranks, lengths


def _ranks(values: Array) -> Array:
    """Ranks as scipy's rankdata does, which is slow on many rows and needed only for those with ties."""
    rows = values.reshape(-1, values.shape[-1])
    order = np.argsort(rows, axis=1) + np.arange(len(rows))[:, None] * rows.shape[1]
    ranks, ordered = np.empty(rows.size), rows.ravel()[order]
    ranks[order] = np.arange(1.0, rows.shape[1] + 1)
    ranks = ranks.reshape(rows.shape)
    tied = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
    if tied.any():
        from scipy.stats import rankdata

        ranks[tied] = rankdata(rows[tied], axis=1)
    return ranks.reshape(values.shape)


def check_rdm(rdm: Array, name: str = "the RDM") -> None:
    """Refuses what is no RDM.

    Raises:
        GeometryError: another shape than [condition, condition], values that are not finite, no symmetry, a diagonal
            that is not zero; says which.
    """
    if rdm.ndim != 2 or rdm.shape[0] != rdm.shape[1]:
        raise GeometryError(
            f"{name} has the shape {list(rdm.shape)}; an RDM is square, [condition, condition] "
            "(scipy.spatial.distance.squareform makes one of an upper triangle)."
        )
    if not np.isfinite(rdm).all():
        raise GeometryError(f"{name} holds NaN or infinity.")
    if not np.allclose(rdm, rdm.T, rtol=0, atol=_ROUNDING):
        raise GeometryError(f"{name} is not symmetric.")
    if not np.allclose(np.diag(rdm), 0.0, rtol=0, atol=_ROUNDING):
        raise GeometryError(f"{name} has a diagonal that is not zero: similarities, not dissimilarities?")


def _refuse_unlike(a: Array, b: Array) -> None:
    for name, rdm in (("the first RDM", a), ("the second RDM", b)):
        check_rdm(rdm, name)
    if a.shape != b.shape:
        raise GeometryError(f"RDMs over {len(a)} and {len(b)} conditions cannot be compared.")
