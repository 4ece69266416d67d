"""Inner products between every two units, from which every RDM over a subset of units follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.options import NEUTRAL, Centring, Norm
from emogeo.geometry.recent import Recent
from emogeo.geometry.triangle import above
from emogeo.geometry.vectors import centre, unit_means

_TIE = "+"
"""Joins the names of units that are one."""
_AT_ONCE = 1_000_000
"""The most products that are worked on at once."""
CLIP = 0.01
"""The share of the mean |G_ii| at which a cross-validated norm is clipped."""


@dataclass(frozen=True)
class UnitProducts:
    """Inner products of conditions between units, which are in the order in which the texts have them first."""

    units: tuple[str, ...]
    conditions: tuple[str, ...]
    values: Array
    """[unit, unit, condition, condition]: <x[u, i], x[v, j]>, each unit centred."""

    def restricted(self, units: Sequence[str], conditions: Sequence[str]) -> UnitProducts:
        """Gives the same over some of the units and conditions, in the given order."""
        u = _places("unit", self.units, units)
        c = _places("condition", self.conditions, conditions)
        return UnitProducts(tuple(units), tuple(conditions), self.values[np.ix_(u, u, c, c)])


def _places(kind: str, known: Sequence[str], wanted: Sequence[str]) -> list[int]:
    absent = [name for name in wanted if name not in known]
    if absent:
        raise GeometryError(f"There is no {kind} {', '.join(absent)}; there are {', '.join(known)}.")
    if not wanted or len(set(wanted)) < len(wanted):
        raise GeometryError(f"At least one {kind} is needed, and each only once.")
    return [known.index(name) for name in wanted]


def unit_products(
    states: Array,
    emotions: Sequence[str],
    units: Sequence[str],
    conditions: Sequence[str],
    centring: Centring,
    neutral: str = NEUTRAL,
) -> UnitProducts:
    """Centres each unit as the run's vectors are centred and multiplies.

    Centring unit by unit gives the same RDMs as centring their mean: the mean over
    units is linear, and the product of two different units is centred on both sides.
    It also takes each topic's own mean away.

    Args:
        states: [text, feature], at least one text per unit and condition.

    Raises:
        GeometryError: a unit without a text for some condition, or states that are not finite.
    """
    if not np.isfinite(states).all():
        raise GeometryError("States with NaN or infinity have no geometry.")
    names = tuple(dict.fromkeys(units))
    means = unit_means(states[:, None], emotions, units, conditions)[:, :, 0]
    centred = centre(means.transpose(1, 0, 2), conditions, centring, neutral)  # [condition, unit, feature]
    n_conditions, n_units, _ = centred.values.shape
    flat = centred.values.reshape(n_conditions * n_units, -1)
    gram = (flat @ flat.T).reshape(n_conditions, n_units, n_conditions, n_units)
    return UnitProducts(names, centred.conditions, np.ascontiguousarray(gram.transpose(1, 3, 0, 2)))


def recentred(products: UnitProducts, conditions: Sequence[str], norm: Norm) -> UnitProducts:
    """Selects conditions, scales each as the run's vectors are, and centres again on the mean of these alone.

    A run's own centring may have had a condition in it that a comparison leaves out (neutral, as published).
    """
    some = products.restricted(products.units, conditions)
    values = some.values
    if norm is Norm.unit:
        lengths = np.sqrt(np.einsum("uvii->i", values)) / len(some.units)
        if not (lengths > 0).all():
            raise GeometryError("A vector of length zero has no direction.")
        values = values / np.outer(lengths, lengths)
    values = values - values.mean(axis=2, keepdims=True)
    return UnitProducts(some.units, some.conditions, values - values.mean(axis=3, keepdims=True))


def distinct_units(texts: Sequence[str], units: Sequence[str], ties: Iterable[tuple[str, str]] = ()) -> list[str]:
    """Gives the unit of each text, where units with a text in common are one, named by all of their names.

    Identical texts (greedy decoding repeats itself) are one observation, not two.

    Args:
        ties: two units each that are one whatever their texts.
    """
    parent = {unit: unit for unit in units}

    def root(unit: str) -> str:
        while parent[unit] != unit:
            unit = parent[unit]
        return unit

    holder: dict[str, str] = {}
    of_texts = [(holder.setdefault(text, unit), unit) for text, unit in zip(texts, units, strict=True)]
    for tie in (*of_texts, *ties):
        first, second = sorted(root(unit) for unit in tie)
        parent[second] = first
    members: dict[str, list[str]] = {}
    for unit in parent:
        members.setdefault(root(unit), []).append(unit)
    return [_TIE.join(sorted(members[root(unit)])) for unit in units]


def parts_of(unit: str) -> list[str]:
    """Gives the units that a joined unit consists of; the unit itself where it is not joined."""
    return unit.split(_TIE)


def deletion_weights(n: int) -> Array:
    """Gives the weights of units for a mean over all of them, then without each: [1 + unit, unit].

    A single unit leaves nothing when it is deleted, so there is only the first row.
    """
    weights = np.ones((n + 1, n))
    weights[np.arange(1, n + 1), np.arange(n)] = 0
    weights = weights if n > 1 else weights[:1]
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def plain_rdms(products: Array, weights: Array) -> Array:
    """Gives cosine RDMs of weighted means over units.

    Args:
        products: [unit, unit, condition, condition].
        weights: [draw, unit], each row summing to 1.

    Returns:
        [draw, pair], upper triangles of 1 - cosine.
    """
    n, _, c, _ = products.shape
    pairs = np.einsum("du,dv->duv", weights, weights).reshape(len(weights), n * n)
    rows, columns = above(c, diagonal=True)
    return dissimilarities(pairs @ products[:, :, rows, columns].reshape(n * n, -1), c)[0]


def crossvalidated_rdms(products: Array, members: Array) -> tuple[Array, int]:
    """Gives cosine RDMs from products of different units only, so that text noise does not inflate them.

    G = mean over u != v of <x[u, i], x[v, j]>; d = 1 - G_ij / sqrt(G_ii G_jj), with
    G_ii clipped from below at 1% of the mean |G_ii|.

    Args:
        products: [unit, unit, condition, condition].
        members: [draw, unit], 1 for the units of a half and 0 for the others.

    Returns:
        [draw, pair], upper triangles; and how many G_ii were clipped.

    Raises:
        GeometryError: a half with fewer than two units.
    """
    return dissimilarities(half_grams(products, members), products.shape[-1])


def half_grams(products: Array, members: Array, crossvalidated: bool = True) -> Array:
    """Gives inner products of conditions as means over every two units of a half.

    Args:
        products: [unit, unit, condition, condition]; or [unit, unit, block, condition, condition], of several blocks.
        members: [draw, unit], 1 for the units of a half and 0 for the others.
        crossvalidated: whether to leave out a unit's products with itself, which text noise inflates; only with them
            it is a Gram matrix of vectors, the half's means.

    Returns:
        [draw, pair with the diagonal], upper triangles; those of several blocks side by side.

    Raises:
        GeometryError: a cross-validated half with fewer than two units.
    """
    return _mean_over(half_sums(products, members, crossvalidated), members.sum(axis=1), crossvalidated)


def half_gram_deletions(products: Array, members: Array, crossvalidated: bool = True) -> Iterator[Array]:
    """Yields the same without each unit in turn, of the draws that have it: [draw, pair with the diagonal].

    Raises:
        GeometryError: a cross-validated half with fewer than three units, or any half of one unit.
    """
    rows, columns = above(products.shape[-1], diagonal=True)
    size = members.sum(axis=1) - 1
    for unit, rest in enumerate(half_sum_deletions(products, members, crossvalidated)):
        if not crossvalidated:
            rest += products[unit, unit][..., rows, columns].ravel()
        yield _mean_over(rest, size[members[:, unit] > 0], crossvalidated)


def half_sums(products: Array, members: Array, crossvalidated: bool = True) -> Array:
    """Sums the products of the members of a half: [draw, pair with the diagonal].

    Symmetrized over conditions. Cross-validated, a member's product with itself is left out.
    """
    return reduce(np.add, _sums_by_part(products, members, crossvalidated))


def half_sum_deletions(products: Array, members: Array, crossvalidated: bool = True) -> Iterator[Array]:
    """Yields the same without each unit in turn, of the draws that have it: [draw, pair with the diagonal].

    A member's product with itself is taken away twice where it is not left out.
    """
    sums = half_sums(products, members, crossvalidated)
    for units, both in _symmetrized(products, crossvalidated):
        for own, has in zip(both, members[:, units].T > 0, strict=True):
            yield sums[has] - 2 * (members[has] @ own)


def _sums_by_part(products: Array, members: Array, crossvalidated: bool) -> Iterator[Array]:
    """Yields the sums of some units' products with the members of a half."""
    for units, both in _symmetrized(products, crossvalidated):
        together = members[:, units, None] * members[:, None]
        yield together.reshape(len(members), -1) @ both.reshape(-1, both.shape[-1])


def _symmetrized(products: Array, crossvalidated: bool) -> Iterator[tuple[slice, Array]]:
    """Yields the products of some units with all, symmetrized over conditions: [some, unit, pair with the diagonal].

    Cross-validated, a unit's products with itself are 0.
    """
    n = len(products)
    size = max(1, _AT_ONCE * n // products.size)
    if size >= n:
        every = slice(0, n)
        yield every, _LAST.of(products, crossvalidated, lambda: _some(products, every, crossvalidated), np.size)
        return
    for units in (slice(first, first + size) for first in range(0, n, size)):
        yield units, _some(products, units, crossvalidated)


_LAST = Recent(2 * _AT_ONCE)
"""Symmetrized products of the runs that were asked for last: halves, and halves without each unit, are made of them."""


def _some(products: Array, units: slice, crossvalidated: bool) -> Array:
    n, n_conditions = len(products), products.shape[-1]
    rows, columns = above(n_conditions, diagonal=True)
    own = products[units].reshape(len(products[units]), *products.shape[1:-2], -1)
    both = own.take(rows * n_conditions + columns, axis=-1)
    both += own.take(columns * n_conditions + rows, axis=-1)
    both /= 2
    if crossvalidated:
        both[np.arange(len(both)), np.arange(n)[units]] = 0
    return np.asarray(both.reshape(*both.shape[:2], -1))


def _mean_over(sums: Array, size: Array, crossvalidated: bool) -> Array:
    if (size < 1 + crossvalidated).any():
        raise GeometryError("A cross-validated RDM needs at least two units." if crossvalidated else "A half is empty.")
    return np.asarray(sums / (size * (size - crossvalidated))[:, None])


def dissimilarities(gram: Array, n_conditions: int) -> tuple[Array, int]:
    """Turns inner products into 1 - cosine, with clipped norms.

    Returns:
        [draw, pair], from [draw, pair with the diagonal]; and how many squared norms were clipped.

    Raises:
        GeometryError: vectors that all have length zero.
    """
    rows, columns = above(n_conditions, diagonal=True)
    off = rows != columns
    diagonal = gram[:, ~off]
    floor = CLIP * np.abs(diagonal).mean(axis=1, keepdims=True)
    if (floor == 0).any():
        raise GeometryError("All vectors have length zero: no cosine.")
    inverse = 1.0 / np.sqrt(np.maximum(diagonal, floor))
    cosines = gram[:, off] * inverse[:, rows[off]] * inverse[:, columns[off]]
    return 1.0 - cosines, int((diagonal < floor).sum())
