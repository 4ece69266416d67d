"""How often a permutation of condition labels reaches an observed agreement, and Holm's adjustment of many such p."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.halves import Halves

Array = NDArray[np.float64]
_CHUNK = 1_000


def mantel(a: Array, b: Array, permutations: int, seed: int) -> float:
    """One-sided p of Spearman's rho of two RDMs under permuted condition labels (Mantel 1967).

    Texts that both runs have read make it small by themselves: it says that
    something is shared, not what.

    Args:
        a, b: [pair], standardized ranks of an upper triangle.
    """
    return _reached(np.outer(a, b), permutations, seed)


def mantel_disjoint(a: Halves, b: Halves, permutations: int, seed: int) -> float:
    """One-sided p of r_dis under permuted condition labels of `b`, one permutation for all splits."""
    if a.products.units == b.products.units:
        crossed = np.einsum("shp,shq->pq", a.ranks, b.ranks[:, ::-1], optimize=True)
    else:
        crossed = a.ranks.sum(axis=1).T @ b.ranks.sum(axis=1)
    return _reached(crossed, permutations, seed)


def holm(p: Array) -> Array:
    """Holm's step-down adjustment of a family of p values (Holm 1979)."""
    order = np.argsort(p)
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def _reached(crossed: Array, permutations: int, seed: int) -> float:
    """(1 + #) / (1 + permutations).

    Permuting labels permutes the entries of each rank vector. So with `crossed` [pair, pair],
    the sum of outer products of rank vectors of both runs, the observed agreement is its trace
    and that of a relabelling the sum over k of crossed[k, pi(k)].
    """
    n_pairs = len(crossed)
    n = round((1 + np.sqrt(1 + 8 * n_pairs)) / 2)
    rows, columns = np.triu_indices(n, k=1)
    position = np.zeros((n, n), dtype=np.int64)
    position[rows, columns] = np.arange(n_pairs)
    position += position.T
    # a relabelling that reproduces the observed order may differ by rounding alone
    observed = np.trace(crossed) - 1e-12 * np.abs(crossed).sum()
    generator, reached, pairs = np.random.default_rng(seed), 0, np.arange(n_pairs)
    for start in range(0, permutations, _CHUNK):
        orders = generator.permuted(np.tile(np.arange(n), (min(_CHUNK, permutations - start), 1)), axis=1)
        draws = crossed[pairs, position[orders[:, rows], orders[:, columns]]].sum(axis=1)
        reached += int((draws >= observed).sum())
    return (1 + reached) / (1 + permutations)
