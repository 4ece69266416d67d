"""Permutation tests of agreement under relabelled conditions, and Holm's adjustment of many such p.

Many tests at once: they share the permutations, so each costs little more than a lookup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations as all_orders
from math import factorial
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.crossed import Crossed
from emogeo.geometry.rdm import check_rdm, standard_ranks
from emogeo.geometry.triangle import above

_CHUNK = 1_000
_ENTRIES = 8_000_000
"""The most entries of matrices that are in memory at a time."""
TAIL = 40
"""The largest draws of which a tail is made are one in so many."""
FEW_REACH = 10
"""The number of draws that reach an observed value from which on they are counted, and no tail is needed."""
_ROUNDING = 1e-9
"""A relabelling that reproduces the observed order may differ from it by this much."""
_STANDARD = 1e-6
"""Standardized ranks sum to 0, and their squares to 1, up to this much."""


def mantel(a: Array, b: Array, permutations: int, seed: int, tail: bool = False) -> Array:
    """Gives the one-sided p of Spearman's rho of two RDMs under permuted condition labels of `b` (Mantel 1967).

    p = (1 + #) / (1 + permutations). Texts that both runs have read make it small by
    themselves: it says that something is shared, not what.

    Args:
        a, b: [test, pair], standardized ranks of upper triangles.
        tail: whether p goes below 1 / (1 + permutations), see `in_tail`.

    Returns:
        [test]

    Raises:
        GeometryError: vectors that are not standardized ranks (see `standard_ranks`).
    """
    check_permutations(permutations)
    for name, ranks in (("a", a), ("b", b)):
        _refuse_unranked(name, ranks)
    if a.shape != b.shape:
        raise GeometryError(f"mantel() wants as many tests and pairs on both sides: {list(a.shape)}, {list(b.shape)}.")
    observed = (a * b).sum(axis=1) - _ROUNDING
    distinct, which = np.unique(b, axis=0, return_inverse=True)
    reached, kept = np.zeros(len(a), dtype=np.int64), np.empty((len(a), permutations if tail else 0))
    places, first = _Places(a.shape[1]), 0
    for orders in _orders(places.n, a.shape[1], permutations, seed):
        moved = places.moved(orders)
        for row, ranks in enumerate(distinct):
            tests = np.flatnonzero(which == row)
            drawn = a[tests] @ ranks[moved].T
            reached[tests] += (drawn >= observed[tests, None]).sum(axis=1)
            if tail:
                kept[tests, first : first + len(orders)] = drawn
        first += len(orders)
    return in_tail(observed, kept) if tail else np.asarray((1 + reached) / (1 + permutations))


def in_tail(observed: Array, drawn: Array) -> Array:
    """Gives p of observed values [test] by drawn ones [test, permutation], below 1 / (1 + permutations) as well.

    Where ten draws or more reach the observed value, p = (1 + #) / (1 + permutations). Where fewer do, the largest
    fortieth of the draws is taken to fall exponentially: p = exp(-(observed - t) / e) / 40, with t where that part
    begins and e by how much it lies above t in the mean. Tails of agreements under permuted labels fall faster, so p is
    too large rather than too small (docs/inference.md).
    """
    n = drawn.shape[1]
    reached = (drawn >= observed[:, None]).sum(axis=1)
    p = (1 + reached) / (1 + n)
    size = n // TAIL
    for test in np.flatnonzero((reached < FEW_REACH) & (size >= FEW_REACH)):
        largest = np.partition(drawn[test], n - size - 1)[n - size - 1 :]
        start = largest[0]
        excess = float(largest[1:].mean() - start)
        if excess > 0:
            p[test] = min(1.0, size / n * float(np.exp(-(observed[test] - start) / excess)))
    return np.asarray(p)


def check_permutations(permutations: object) -> None:
    """Refuses a number of permutations that gives no p.

    Raises:
        GeometryError: no whole number, or one below 1.
    """
    if isinstance(permutations, bool) or not isinstance(permutations, Integral) or permutations < 1:
        raise GeometryError(f"permutations={permutations!r}: a whole number of at least 1.")


def mantel_disjoint(crossed: Sequence[Crossed], permutations: int, seed: int, tail: bool = False) -> Array:
    """Gives the same p for r_dis, with one permutation for all splits.

    Permuting labels permutes the entries of each rank vector. So the observed agreement is
    the trace of a test's `crossed`, and that of a relabelling the sum over k of crossed[k, pi(k)].

    Args:
        crossed: those of tests over the same number of conditions, see `crossed_halves`.
        tail: whether p goes below 1 / (1 + permutations), see `in_tail`.

    Returns:
        [test]
    """
    reached = relabelled_agreement(crossed, permutations, seed)
    observed = np.array([own.trace for own in crossed]) - _ROUNDING
    if tail:
        return in_tail(observed, reached)
    return np.asarray((1 + (reached >= observed[:, None]).sum(axis=1)) / (1 + permutations))


def relabelled_agreement(crossed: Sequence[Crossed], permutations: int, seed: int) -> Array:
    """Gives the agreement on disjoint text under permuted condition labels: [test, permutation], one for all splits.

    Args:
        crossed: those of tests over the same number of conditions, see `crossed_halves`.
    """
    check_permutations(permutations)
    if not np.isfinite([own.trace for own in crossed]).all():
        raise GeometryError("Agreements on disjoint text under permuted labels need finite rank vectors.")
    n_pairs = crossed[0].n_pairs
    size = max(1, _ENTRIES // (n_pairs * len(crossed)))
    places, reached = _Places(n_pairs), np.zeros((len(crossed), permutations))
    if size >= n_pairs and permutations * n_pairs <= _ENTRIES:
        return _agreement_of_few(crossed, permutations, seed)
    orders = list(_orders(places.n, n_pairs, permutations, seed))
    for start in range(0, n_pairs, size):
        blocks = [own.rows(start, start + size) for own in crossed]
        row, first = np.arange(len(blocks[0])) * n_pairs, 0
        for some in orders:
            cells = row + places.moved(some, slice(start, start + size))
            for test, block in enumerate(blocks):
                reached[test, first : first + len(some)] += block.ravel()[cells].sum(axis=1)
            first += len(some)
    return reached


def _agreement_of_few(crossed: Sequence[Crossed], permutations: int, seed: int) -> Array:
    """Gives the same of few permutations, whose places are kept for the next tests."""
    n_pairs, found = crossed[0].n_pairs, np.zeros((len(crossed), permutations))
    blocks = [own.rows(0, n_pairs) for own in crossed]
    for pair, moved in enumerate(_kept_places(n_pairs, permutations, seed)):  # row by row: a row fits into the cache
        for test, block in enumerate(blocks):
            found[test] += block[pair].take(moved)
    return found


@lru_cache(maxsize=4)
def _kept_places(n_pairs: int, permutations: int, seed: int) -> NDArray[np.int64]:
    """Gives where each pair goes under random relabellings: [pair, permutation]."""
    places, first = np.empty((n_pairs, permutations), dtype=np.int64), 0
    for moved in relabelled_pairs(n_pairs, permutations, seed):
        places[:, first : first + len(moved)] = moved.T
        first += len(moved)
    return places


def relabelled_pairs(n_pairs: int, permutations: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yields where the pairs of conditions go under random relabellings: [permutation, pair], some at a time."""
    places = _Places(n_pairs)
    for orders in _orders(places.n, n_pairs, permutations, seed):
        yield places.moved(orders)


def holm(p: Array) -> Array:
    """Adjusts a family of p values by Holm's step-down method (Holm 1979)."""
    if not ((p >= 0) & (p <= 1)).all():
        raise GeometryError("A family of p values has one that is no p.")
    order = np.argsort(p)
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


@dataclass(frozen=True)
class FewTest:
    """A permutation test of few things."""

    r: float
    p: float
    p_min: float
    """The smallest p that so few things can give."""


def permute_few(
    statistic: Callable[[NDArray[np.int64]], float], n: int, permutations: int, seed: int, two_sided: bool
) -> FewTest:
    """Permutes n things: every order where these are few, else random ones.

    Args:
        statistic: its value for an order [thing] of the second measurement; the identity gives the observed value.
        two_sided: whether large negative values count as well.

    Raises:
        GeometryError: an observed statistic that is not finite.
    """
    check_permutations(permutations)
    exact = factorial(n) <= permutations
    generator = np.random.default_rng(seed)
    drawn = (generator.permutation(n) for _ in range(permutations))
    orders = (np.array(order) for order in all_orders(range(n))) if exact else drawn
    observed = statistic(np.arange(n))
    if not np.isfinite(observed):
        raise GeometryError("A value is missing, so there is nothing to permute.")
    draws = np.array([statistic(order) for order in orders])
    if not np.isfinite(draws).all():
        raise GeometryError("A permutation gives a statistic that is not finite.")
    extreme = np.abs(draws) >= abs(observed) - _ROUNDING if two_sided else draws >= observed - _ROUNDING
    if exact:
        best = np.abs(draws).max() if two_sided else draws.max()
        ties = np.abs(draws) >= best - _ROUNDING if two_sided else draws >= best - _ROUNDING
        return FewTest(observed, float(extreme.mean()), float(ties.mean()))
    return FewTest(observed, float((1 + extreme.sum()) / (1 + permutations)), 1 / (1 + permutations))


def mantel_of_few(a: Array, b: Array, permutations: int, seed: int, two_sided: bool) -> FewTest:
    """Mantel test of two distance matrices [thing, thing] over few things (models, families), by Spearman's rho."""
    for matrix in (a, b):
        check_rdm(matrix, "a distance matrix")
    if a.shape != b.shape:
        raise GeometryError(f"Distance matrices over {len(a)} and {len(b)} things cannot be compared.")
    upper = above(len(a))
    ranks = standard_ranks(a[upper])

    def statistic(order: NDArray[np.int64]) -> float:
        return float(ranks @ standard_ranks(b[np.ix_(order, order)][upper]))

    return permute_few(statistic, len(a), permutations, seed, two_sided)


def _refuse_unranked(name: str, ranks: Array) -> None:
    """Refuses values that are no standardized ranks: the p would be that of another statistic, without an error."""
    if ranks.ndim != 2:
        raise GeometryError(f"mantel() wants {name} as [test, pair], and its shape is {list(ranks.shape)}.")
    centred, unit = np.abs(ranks.sum(axis=1)) < _STANDARD, np.abs((ranks**2).sum(axis=1) - 1) < _STANDARD
    if not (centred & unit).all():
        raise GeometryError(f"mantel() wants {name} as standardized ranks: pass it through standard_ranks() first.")


class _Places:
    """Where the entries of upper triangles go when conditions are relabelled."""

    def __init__(self, n_pairs: int) -> None:
        self.n = round((1 + np.sqrt(1 + 8 * n_pairs)) / 2)
        self._rows, self._columns = above(self.n)
        position = np.zeros((self.n, self.n), dtype=np.int64)
        position[self._rows, self._columns] = np.arange(n_pairs)
        self._position = (position + position.T).ravel()

    def moved(self, orders: NDArray[np.int64], pairs: slice = slice(None)) -> NDArray[np.int64]:
        """Gives the new places of some pairs under orders of the conditions: [order, pair]."""
        found: NDArray[np.int64] = self._position[
            orders[:, self._rows[pairs]] * self.n + orders[:, self._columns[pairs]]
        ]
        return found


def _orders(n: int, n_pairs: int, permutations: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Draws random orders of n conditions [permutation, condition], fewer at a time where there are many pairs."""
    generator, size = np.random.default_rng(seed), max(1, min(_CHUNK, _ENTRIES // n_pairs))
    for start in range(0, permutations, size):
        yield generator.permuted(np.tile(np.arange(n), (min(size, permutations - start), 1)), axis=1)
