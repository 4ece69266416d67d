"""Two geometries compared at every block of one with every block of the other, and the p of the best pair of blocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves, common_units
from emogeo.geometry.inference import LEAST_RELIABILITY, identifiable
from emogeo.geometry.permutation import check_permutations, relabelled_pairs
from emogeo.geometry.rdm import standard_ranks

MOST_RANKS = 25_000_000
"""The most ranks of half RDMs over all blocks of a run that are kept: 200 MB."""
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class DepthGrid:
    """Raw rho of every block of one run with every block of another."""

    rho: Array
    """[block of a, block of b]"""
    p_largest: Array
    """[block of a, block of b], adjusted for the search over the whole grid; NaN where a block meets itself."""


def depth_grid(a: Array, b: Array, permutations: int, seed: int, within: bool = False) -> DepthGrid:
    """Compares two runs at every pair of blocks, with one permutation of the condition labels for the whole grid.

    Each relabelling of b's conditions, the same at all of its blocks, gives the largest rho of the grid. The p of a
    cell is the share of relabellings whose largest rho reaches the cell's, (1 + #) / (1 + permutations): the
    single-step adjustment of Westfall and Young (1993). That of the largest cell is the p of the best pair.

    Args:
        a, b: [block, pair], dissimilarities of the same conditions in the same order.
        within: whether both are one run, whose blocks are not compared with themselves.

    Raises:
        GeometryError: another number of pairs; a block without ranks (see `standard_ranks`); fewer than two blocks
            within a run; permutations that are no whole number.
    """
    check_permutations(permutations)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise GeometryError(f"depth_grid() wants [block, pair] over the same pairs: {list(a.shape)}, {list(b.shape)}.")
    ranks_a, ranks_b = standard_ranks(a), standard_ranks(b)
    counted = _counted(len(a), len(b), within)
    largest = _largest(ranks_a, ranks_b, counted, permutations, seed)
    rho = ranks_a @ ranks_b.T
    reached = permutations - np.searchsorted(np.sort(largest), rho - _ROUNDING)
    return DepthGrid(rho, np.where(counted, (1 + reached) / (1 + permutations), np.nan))


def _counted(n_a: int, n_b: int, within: bool) -> NDArray[np.bool_]:
    """Gives the cells that are looked at: [block of a, block of b]."""
    if not within:
        return np.ones((n_a, n_b), dtype=bool)
    if n_a != n_b or n_a < 2:
        raise GeometryError(f"Within a run its blocks are compared with each other, two at least: {n_a}, {n_b}.")
    return ~np.eye(n_a, dtype=bool)


def _largest(a: Array, b: Array, counted: NDArray[np.bool_], permutations: int, seed: int) -> Array:
    """Gives the largest rho of the counted cells under each relabelling: [permutation]."""
    found = []
    for moved in relabelled_pairs(a.shape[1], permutations, seed):
        largest = np.full(len(moved), -np.inf)
        for column, ranks in enumerate(b):
            rows = counted[:, column]
            largest = np.maximum(largest, (a[rows] @ ranks[moved].T).max(axis=0))
        found.append(largest)
    return np.concatenate(found)


@dataclass(frozen=True, eq=False)
class HalvesOverDepth:
    """The half RDMs of one run at every block, as far as a grid of rho* takes them."""

    first: Halves
    """Those at the first block, by which units and conditions are told."""
    ranks: Array
    """[block, split, half, pair]"""
    reliability: Array
    """[block]"""
    identifiable: NDArray[np.bool_]
    """[block], whether the reliability is large enough to divide by."""


def halves_over_depth(blocks: Iterable[Halves], n_blocks: int) -> HalvesOverDepth:
    """Collects the halves of each block; they are used one after the other and not kept.

    Raises:
        GeometryError: no block, or more ranks than are kept.
    """
    first, ranks, own, passed = None, [], [], []
    for halves in blocks:
        first = first or halves
        if halves.ranks.size * n_blocks > MOST_RANKS:
            raise GeometryError(f"{n_blocks} blocks of {len(halves.products.conditions)} conditions are too many")
        ranks.append(halves.ranks)
        own.append(halves.reliability)
        passed.append(identifiable(halves))
    if first is None:
        raise GeometryError("There is no block to compare.")
    return HalvesOverDepth(first, np.stack(ranks), np.array(own), np.array(passed))


def star_grid(a: HalvesOverDepth, b: HalvesOverDepth) -> Array:
    """Gives rho* of every pair of blocks, [block of a, block of b], as `compare` does; NaN where not identifiable.

    Raises:
        GeometryError: runs over other conditions or over other units.
    """
    if not common_units(a.first, b.first):
        raise GeometryError("the two are over other units")
    flat = len(a.ranks), len(b.ranks)
    others = b.ranks[:, :, ::-1]
    n_halves = a.ranks.shape[1] * a.ranks.shape[2]
    disjoint = a.ranks.reshape(flat[0], -1) @ others.reshape(flat[1], -1).T / n_halves
    own_a, own_b = (np.maximum(run.reliability, LEAST_RELIABILITY) for run in (a, b))
    given = a.identifiable[:, None] & b.identifiable[None]
    return np.where(given, disjoint / np.sqrt(own_a[:, None] * own_b[None]), np.nan)
