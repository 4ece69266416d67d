"""A tree of conditions, and how often other units keep each of its branches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_JACKKNIFE
from emogeo.geometry.regions import square
from emogeo.geometry.scaling import average_linkage, linkage_of_pairs
from emogeo.geometry.units import crossvalidated_rdms

N_RESAMPLES = 500
_AT_ONCE = 50


@dataclass(frozen=True, eq=False)
class Tree:
    """Average linkage of conditions."""

    linkage: Array
    """[merge, 4], as scipy gives it"""
    members: tuple[frozenset[int], ...]
    """[merge]: the conditions of the branch that each merge makes; the last has all of them."""
    support: Array | None = None
    """[merge]: the share of resamples with a branch of these very conditions; None where there are too few units."""


def tree_of(rdm: Array) -> Tree:
    """Makes the tree of an RDM [condition, condition], negative entries of a cross-validated one taken as 0."""
    linkage = average_linkage(np.maximum(np.asarray(rdm, dtype=np.float64), 0.0))
    return Tree(linkage, members_of(linkage))


def supported_tree(products: Array, seed: int, resamples: int = N_RESAMPLES) -> Tree:
    """Makes the tree of the cross-validated RDM with the support of each branch (Felsenstein 1985, Evolution 39, 783).

    Units are drawn with replacement, and a unit's products with itself stay out however often it is drawn. Replicates
    of a jackknife would be too alike: nearly every branch outlives the loss of one unit of many.

    Args:
        products: [unit, unit, condition, condition], of `MIN_JACKKNIFE` units or more.

    Raises:
        GeometryError: fewer units.
    """
    n, n_conditions = len(products), products.shape[-1]
    if n < MIN_JACKKNIFE:
        raise GeometryError(f"{n} units; the support of branches needs {MIN_JACKKNIFE}.")
    tree = tree_of(square(crossvalidated_rdms(products, np.ones((1, n)))[0][0], n_conditions))
    kept = np.zeros(len(tree.members))
    for counts in np.split(resampled(n, seed, resamples), range(_AT_ONCE, resamples, _AT_ONCE)):
        for pairs in np.maximum(crossvalidated_rdms(products, counts)[0], 0.0):
            found = {*members_of(linkage_of_pairs(pairs))}
            kept += [branch in found for branch in tree.members]
    return Tree(tree.linkage, tree.members, kept / resamples)


def resampled(n: int, seed: int, resamples: int) -> Array:
    """Draws units with replacement: how often each is there, [draw, unit], two different ones at least."""
    generator = np.random.default_rng([seed, n])
    counts = generator.multinomial(n, np.full(n, 1 / n), size=resamples).astype(np.float64)
    while (alone := counts.max(axis=1) == n).any():
        counts[alone] = generator.multinomial(n, np.full(n, 1 / n), size=int(alone.sum()))
    return counts


def members_of(linkage: Array) -> tuple[frozenset[int], ...]:
    """Gives the things of the branch that each merge of a linkage [merge, 4] makes."""
    n = len(linkage) + 1
    branches = [frozenset([thing]) for thing in range(n)]
    for left, right in linkage[:, :2].astype(int):
        branches.append(branches[left] | branches[right])
    return tuple(branches[n:])
