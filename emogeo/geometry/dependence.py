"""Whether units are independent: topics of one family (three hospitals, four trains) repeat part of each other.

Everything here is about residuals: what is left of a unit's states once the mean of its condition and its own mean are
taken away. Where units are independent, residuals of two units have nothing in common but what they owe to the means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.later_products import Products
from emogeo.geometry.triangle import above

MIN_UNITS_DEPENDENCE = 6
"""The fewest units for an estimate: fewer leave too few pairs to tell a close one from chance."""
DRAWS = 999
_AT_ONCE = 100


@dataclass(frozen=True)
class Dependence:
    """How far the residuals of units resemble each other, with the p of that by chance."""

    value: float
    """With families: the mean cosine of two units of one family minus that of two of different families, which is the
    intraclass correlation where families are all there is. Without: the mean over units of the cosine with the unit
    that is most alike."""
    chance: float
    """What the value is on average where units are independent."""
    p: float
    closest: tuple[tuple[str, str, float], ...]
    """The units most alike, with their cosine; at most three pairs"""
    n_effective: float | None = None
    """The number of independent units whose mean is as sure as that of these; None where no families are named"""


def dependence(products: Products, seed: int, draws: int = DRAWS) -> Dependence | None:
    """Asks whether units have closer neighbours than independent ones would have.

    The statistic is the mean over units of the largest cosine with another. Its null keeps the spectrum of the matrix
    of residual products and turns its eigenvectors at random, within what centring leaves: for independent normal units
    these are uniform whatever the covariance of a unit (Muirhead 1982, section 3.2), so that a direction in which all
    topics differ, or topics that show emotions more strongly than others, is no dependence. Permuting units within each
    condition instead takes all of these for dependence (docs/calibration.md).

    Returns:
        None below six units, or where no residuals are left.
    """
    residual = residual_products(products)
    if len(residual) < MIN_UNITS_DEPENDENCE or not (np.diag(residual) > 0).all():
        return None
    cosines = _cosines(residual)
    found, generator = float(_nearest(cosines)), np.random.default_rng([seed, len(residual)])
    spectrum = np.maximum(np.linalg.eigvalsh(residual)[1:], 0)
    drawn = np.concatenate([_nearest(_turned(spectrum, n, generator)) for n in _shares(draws)])
    p = (1 + int((drawn >= found).sum())) / (1 + draws)
    return Dependence(found, float(drawn.mean()), p, _closest(products.units, cosines))


def family_dependence(products: Products, families: Sequence[str], seed: int, draws: int = DRAWS) -> Dependence | None:
    """Asks whether units of one family are more alike than units of different families.

    The families' names are permuted over units. The effective number of units is n / (1 + (m − 1) · value), m being
    the mean size of a unit's family (Kish 1965, section 5.4); a value below zero counts as zero.

    Args:
        families: the family of each unit, in the order of `products.units`.

    Returns:
        None where no two units are of one family, or all are, or no residuals are left.

    Raises:
        GeometryError: families of another number than units.
    """
    if len(families) != len(products.units):
        raise GeometryError(f"{len(families)} families for {len(products.units)} units.")
    residual, own = residual_products(products), np.unique(np.array(families), return_inverse=True)[1]
    if own.max() in {0, len(own) - 1} or not (np.diag(residual) > 0).all():
        return None
    cosines, generator = _cosines(residual), np.random.default_rng([seed, len(own)])
    found = _within(cosines, own)
    drawn = np.array([_within(cosines, generator.permutation(own)) for _ in range(draws)])
    p = (1 + int((drawn >= found - 1e-12).sum())) / (1 + draws)
    sizes = Counter(families)
    mean_size = sum(sizes[family] for family in families) / len(families)
    effective = len(families) / (1 + (mean_size - 1) * max(found, 0.0))
    return Dependence(found, float(drawn.mean()), p, _closest(products.units, cosines), effective)


def residual_products(products: Products) -> Array:
    """Sums products of residuals over conditions: [unit, unit].

    A residual is a unit's state of a condition minus the condition's mean over units and the unit's over conditions.
    """
    n_conditions = len(products.conditions)
    values = products.values
    over_conditions = np.einsum("uvcc->uv", values) - values.sum(axis=(2, 3)) / n_conditions
    centred = over_conditions - over_conditions.mean(axis=0)
    centred = centred - centred.mean(axis=1, keepdims=True)
    centred = (centred + centred.T) / 2
    rounding = 1e-9 * np.abs(over_conditions).max(initial=0)
    return np.asarray(np.where(np.abs(centred) > rounding, centred, 0.0))


def _cosines(products: Array) -> Array:
    squares = np.diagonal(products, axis1=-2, axis2=-1)
    lengths = np.sqrt(np.maximum(squares, np.finfo(float).tiny))
    return np.asarray(products / (lengths[..., :, None] * lengths[..., None, :]))


def _nearest(cosines: Array) -> Array:
    """The mean over units of the largest cosine with another unit: of matrices [..., unit, unit]."""
    return np.asarray((cosines - 3 * np.eye(cosines.shape[-1])).max(axis=-1).mean(axis=-1))


def _turned(spectrum: Array, draws: int, generator: np.random.Generator) -> Array:
    """Cosines [draw, unit, unit] of matrices of this spectrum, whose last eigenvector is constant, turned at random."""
    n = len(spectrum) + 1
    start = np.concatenate([np.ones((draws, n, 1)), generator.normal(size=(draws, n, n - 1))], axis=2)
    vectors = np.linalg.qr(start)[0][:, :, 1:]
    return _cosines((vectors * spectrum) @ vectors.swapaxes(1, 2))


def _shares(draws: int) -> list[int]:
    """Cuts draws into portions that bound the memory."""
    return [min(_AT_ONCE, draws - start) for start in range(0, draws, _AT_ONCE)]


def _within(cosines: Array, families: NDArray[np.intp]) -> float:
    """The mean cosine of two units of one family minus that of two of different families."""
    rows, columns = above(len(cosines))
    same, values = families[rows] == families[columns], cosines[rows, columns]
    return float(values[same].mean() - values[~same].mean())


def _closest(units: Sequence[str], cosines: Array) -> tuple[tuple[str, str, float], ...]:
    rows, columns = above(len(units))
    values = cosines[rows, columns]
    return tuple(
        (units[rows[at]], units[columns[at]], float(values[at])) for at in np.argsort(-values, kind="stable")[:3]
    )
