"""Criteria for choosing a layer: separation between emotions, and reliability over units."""

from __future__ import annotations

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import Estimate, reliability
from emogeo.geometry.options import NEUTRAL, Centring
from emogeo.geometry.states import LabelledStates
from emogeo.geometry.units import unit_products
from emogeo.geometry.vectors import condition_means


def separation(texts: LabelledStates) -> Array:
    """Between-emotion over within-emotion variance at each layer, cross-validated over units.

    With c[e,u] the state of emotion e in unit u minus that unit's mean over emotions:
    between = mean over e and u != v of <c[e,u], c[e,v]>, which text noise leaves at
    zero when emotions share nothing; within = mean over e of the variance of c[e,u]
    over u (n - 1), summed over dimensions.

    Returns:
        [layer]

    Raises:
        GeometryError: fewer than two units.
    """
    names = list(dict.fromkeys(texts.units))
    n = len(names)
    if n < 2:
        raise GeometryError(f"Separation compares units and there is only {n}.")
    centred = np.stack([_centred_unit(texts.of_units([name])) for name in names])
    total = centred.sum(axis=0)
    squares = (centred**2).sum(axis=(0, -1))
    between = ((total**2).sum(axis=-1) - squares) / (n * (n - 1))
    within = (squares - (total**2).sum(axis=-1) / n) / (n - 1)
    return np.asarray(between.mean(axis=0) / within.mean(axis=0))


def reliability_by_layer(
    texts: LabelledStates, centring: Centring, seed: int, neutral: str = NEUTRAL
) -> list[Estimate]:
    """Reliability at each layer: the RDM of one half of the units against that of the other.

    Raises:
        GeometryError: fewer than four units.
    """
    return [
        reliability(
            Halves(unit_products(block, texts.emotions, texts.units, texts.conditions, centring, neutral), seed)
        )
        for block in np.moveaxis(texts.states, 1, 0)
    ]


def _centred_unit(texts: LabelledStates) -> Array:
    means = condition_means(texts.states, texts.emotions, texts.conditions)
    return np.asarray(means - means.mean(axis=0))
