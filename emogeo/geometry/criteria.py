"""Criteria for choosing a layer: separation between emotions, and reliability over units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_JACKKNIFE, split_units
from emogeo.geometry.inference import Estimate, interval
from emogeo.geometry.options import NEUTRAL, Centring
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.states import LabelledStates
from emogeo.geometry.units import UnitProducts, dissimilarities, half_gram_deletions, half_grams, unit_products

_TOGETHER = 8_000_000
"""The most numbers of unit products that are looked at together: 64 MB."""


def separation(texts: LabelledStates) -> Array:
    """Gives `separation_of` at each layer: [layer].

    Raises:
        GeometryError: fewer than two units.
    """
    return np.array([separation_of(own) for own in products_by_layer(texts, Centring.grand_mean)])


def separation_of(products: UnitProducts) -> float:
    """Between-emotion over within-emotion variance, cross-validated over units.

    With c[e,u] the state of emotion e in unit u minus that unit's mean over emotions:
    between = mean over e and u != v of <c[e,u], c[e,v]>, which text noise leaves at
    zero when emotions share nothing; within = mean over e of the variance of c[e,u]
    over u (n - 1), summed over dimensions.

    Args:
        products: of states that are centred on the mean over all emotions.

    Raises:
        GeometryError: fewer than two units.
    """
    n = len(products.units)
    if n < 2:
        raise GeometryError(f"Separation compares units and there is only {n}.")
    own = np.einsum("uvee->uve", products.values)
    total, squares = own.sum(axis=(0, 1)), np.einsum("uue->e", own)
    between = (total - squares) / (n * (n - 1))
    within = (squares - total / n) / (n - 1)
    return float(between.mean() / within.mean())


def reliability_by_layer(
    texts: LabelledStates, centring: Centring, seed: int, neutral: str = NEUTRAL
) -> list[Estimate]:
    """Gives reliability at each layer: the RDM of one half of the units against that of the other.

    Raises:
        GeometryError: fewer than four units.
    """
    return reliabilities(list(products_by_layer(texts, centring, neutral)), seed)


def products_by_layer(texts: LabelledStates, centring: Centring, neutral: str = NEUTRAL) -> Iterator[UnitProducts]:
    """Yields the inner products of units at each layer."""
    for block in np.moveaxis(texts.states, 1, 0):
        yield unit_products(block, texts.emotions, texts.units, texts.conditions, centring, neutral)


def blocks_together(n_units: int, n_conditions: int) -> int:
    """Counts the blocks of which unit products are held at a time."""
    return max(1, _TOGETHER // (n_units * n_conditions) ** 2)


def reliabilities(blocks: Sequence[UnitProducts], seed: int) -> list[Estimate]:
    """Gives the reliability of several blocks over the same units, as `inference.reliability` does for each.

    All blocks go through one product with the members of the halves. A unit is in one half of a split at most, so
    deleting it changes one factor of that split's agreement.

    Raises:
        GeometryError: fewer than four units, vectors of length zero, or RDMs whose entries are all equal.
    """
    n, n_blocks, n_conditions = len(blocks[0].units), len(blocks), len(blocks[0].conditions)
    members = split_units(n, seed).reshape(-1, n)
    values = np.stack([own.values for own in blocks], axis=2)
    ranks = _ranks(half_grams(values, members), n_blocks, n_conditions)
    agreement = np.einsum("sbp,sbp->sb", ranks[0::2], ranks[1::2])
    found = agreement.mean(axis=0)
    if n < MIN_JACKKNIFE:
        return [Estimate(float(value), np.nan, np.nan) for value in found]
    deleted = np.empty((n, n_blocks))
    for unit, grams in enumerate(half_gram_deletions(values, members)):
        halves = np.flatnonzero(members[:, unit])
        without = agreement.copy()
        own = _ranks(grams, n_blocks, n_conditions)
        without[halves // 2] = np.einsum("sbp,sbp->sb", own, ranks[halves ^ 1])
        deleted[unit] = without.mean(axis=0)
    return [interval(float(value), [own], fisher=True) for value, own in zip(found, deleted.T, strict=True)]


def _ranks(grams: Array, n_blocks: int, n_conditions: int) -> Array:
    """Gives ranks [draw, block, pair] of inner products [draw, block * pair with the diagonal]."""
    rdms, _ = dissimilarities(grams.reshape(len(grams) * n_blocks, -1), n_conditions)
    return standard_ranks(rdms).reshape(len(grams), n_blocks, -1)
