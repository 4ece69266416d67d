"""Student's t distribution, by the functions that scipy.stats calls; scipy.stats itself takes a second to import."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from emogeo.arrays import Array


def ppf(level: ArrayLike, freedom: ArrayLike) -> Array:
    """Gives the quantile of a level at some degrees of freedom."""
    return np.asarray(stdtrit(freedom, level))


def cdf(value: ArrayLike, freedom: ArrayLike) -> Array:
    """Gives the probability of a value that is at most so large."""
    return np.asarray(stdtr(freedom, value))


def sf(value: ArrayLike, freedom: ArrayLike) -> Array:
    """Gives the probability of a larger value."""
    return np.asarray(stdtr(freedom, -np.asarray(value)))
