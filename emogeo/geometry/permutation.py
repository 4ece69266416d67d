"""How often a permutation of condition labels reaches an observed agreement, and Holm's adjustment of many such p.

Many tests at once: they share the permutations, so each costs little more than a lookup.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.halves import Halves

Array = NDArray[np.float64]
_CHUNK = 1_000
_ROUNDING = 1e-9
"""A relabelling that reproduces the observed order may differ from it by this much."""


def mantel(a: Array, b: Array, permutations: int, seed: int) -> Array:
    """One-sided p of Spearman's rho of two RDMs under permuted condition labels of `b` (Mantel 1967).

    p = (1 + #) / (1 + permutations). Texts that both runs have read make it small by
    themselves: it says that something is shared, not what.

    Args:
        a, b: [test, pair], standardized ranks of upper triangles.

    Returns:
        [test]
    """
    observed = (a * b).sum(axis=1) - _ROUNDING
    distinct, which = np.unique(b, axis=0, return_inverse=True)
    reached = np.zeros(len(a), dtype=np.int64)
    for moved in _relabelled(a.shape[1], permutations, seed):
        for row, ranks in enumerate(distinct):
            tests = np.flatnonzero(which == row)
            reached[tests] += (a[tests] @ ranks[moved].T >= observed[tests, None]).sum(axis=1)
    return np.asarray((1 + reached) / (1 + permutations))


def mantel_disjoint(crossed: Array, permutations: int, seed: int) -> Array:
    """The same of r_dis, one permutation for all splits.

    Permuting labels permutes the entries of each rank vector. So the observed agreement is
    the trace of a test's `crossed`, and that of a relabelling the sum over k of crossed[k, pi(k)].

    Args:
        crossed: [test, pair, pair], see `crossed_halves`.

    Returns:
        [test]
    """
    n_pairs = crossed.shape[-1]
    observed = np.trace(crossed, axis1=1, axis2=2) - _ROUNDING
    flat, row = crossed.reshape(len(crossed), -1), np.arange(n_pairs) * n_pairs
    reached = np.zeros(len(crossed), dtype=np.int64)
    for moved in _relabelled(n_pairs, permutations, seed):
        cells = row + moved
        for test, entries in enumerate(flat):
            reached[test] += (entries[cells].sum(axis=1) >= observed[test]).sum()
    return np.asarray((1 + reached) / (1 + permutations))


def crossed_halves(a: Halves, b: Halves) -> Array:
    """[pair, pair], the mean over splits and halves without common text of the outer product of rank vectors."""
    if a.products.units == b.products.units:
        crossed = np.einsum("shp,shq->pq", a.ranks, b.ranks[:, ::-1], optimize=True) / (2 * len(a.ranks))
    else:
        crossed = a.ranks.mean(axis=1).T @ b.ranks.mean(axis=1) / len(a.ranks)
    return np.asarray(crossed)


def holm(p: Array) -> Array:
    """Holm's step-down adjustment of a family of p values (Holm 1979)."""
    order = np.argsort(p)
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def _relabelled(n_pairs: int, permutations: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Where each entry of an upper triangle goes, for random permutations of labels: chunks [permutation, pair]."""
    n = round((1 + np.sqrt(1 + 8 * n_pairs)) / 2)
    rows, columns = np.triu_indices(n, k=1)
    position = np.zeros((n, n), dtype=np.int64)
    position[rows, columns] = np.arange(n_pairs)
    position = (position + position.T).ravel()
    generator = np.random.default_rng(seed)
    for start in range(0, permutations, _CHUNK):
        orders = generator.permuted(np.tile(np.arange(n), (min(_CHUNK, permutations - start), 1)), axis=1)
        yield position[orders[:, rows] * n + orders[:, columns]]
