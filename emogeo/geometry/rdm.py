"""Representational dissimilarity matrices and how two of them are compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from emogeo.errors import GeometryError

Array = NDArray[np.float64]
_CHUNK = 2_000


def cosine_rdm(vectors: Array, conditions: Sequence[str]) -> Array:
    """1 - cosine between every two conditions.

    Args:
        vectors: [condition, feature].

    Returns:
        [condition, condition], symmetric, zero diagonal, values in [0, 2].

    Raises:
        GeometryError: a vector of length zero has no direction.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if (lengths == 0).any():
        raise GeometryError(f"The vector of {conditions[int(np.argmin(lengths))]} has length zero: no cosine.")
    unit = vectors / lengths
    rdm = 1.0 - np.clip(unit @ unit.T, -1.0, 1.0)
    np.fill_diagonal(rdm, 0.0)
    return np.asarray((rdm + rdm.T) / 2)


def upper(rdm: Array) -> Array:
    """Upper triangle without the diagonal, row by row: [pair]."""
    return rdm[np.triu_indices(len(rdm), k=1)]


def spearman(a: Array, b: Array) -> float:
    """Spearman's rho of two RDMs over their upper triangles; ties get mean ranks.

    Raises:
        GeometryError: RDMs of different size, or one whose entries are all equal.
    """
    if a.shape != b.shape:
        raise GeometryError(f"RDMs over {len(a)} and {len(b)} conditions cannot be compared.")
    return float(_standard_ranks(upper(a)) @ _standard_ranks(upper(b)))


def mantel(a: Array, b: Array, permutations: int, seed: int) -> float:
    """One-sided p of Spearman's rho under permuted condition labels of `b` (Mantel 1967).

    p = (1 + #{rho* >= rho}) / (1 + permutations). Texts that both runs have read
    make it small by themselves: it says that something is shared, not what.
    """
    n = len(a)
    rows, columns = np.triu_indices(n, k=1)
    fixed = _standard_ranks(upper(a))
    ranks = np.zeros((n, n))
    ranks[rows, columns] = _standard_ranks(upper(b))
    ranks += ranks.T
    observed = fixed @ ranks[rows, columns]
    generator = np.random.default_rng(seed)
    reached = 0
    for start in range(0, permutations, _CHUNK):
        count = min(_CHUNK, permutations - start)
        orders = generator.permuted(np.tile(np.arange(n), (count, 1)), axis=1)
        draws = ranks[orders[:, rows], orders[:, columns]] @ fixed
        # a relabelling that reproduces the observed order may differ by rounding alone
        reached += int(np.sum(draws >= observed - 1e-12))
    return (1 + reached) / (1 + permutations)


def rdm_std(rdm: Array) -> float:
    """Standard deviation over the upper triangle (population)."""
    return float(np.std(upper(rdm)))


def _standard_ranks(values: Array) -> Array:
    ranks = rankdata(values)
    centred = ranks - ranks.mean()
    length = np.linalg.norm(centred)
    if length == 0:
        raise GeometryError("All dissimilarities of an RDM are equal: it has no order to compare.")
    return np.asarray(centred / length)
