"""Baseline geometries that no model made, and the agreement of two models that remains once they are given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.spatial.distance import pdist

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_UNITS, Halves
from emogeo.geometry.inference import Estimate, interval

_NOTHING = 1e-9
"""The length below which a residual is rounding alone; whole rank vectors have length 1."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def bag_of_words(texts: Sequence[str]) -> Array:
    """Counts each word in each text: [text, word], words in lower case and alphabetical order."""
    found = [_WORD.findall(text.lower().replace("’", "'")) for text in texts]
    column = {word: i for i, word in enumerate(sorted({word for words in found for word in words}))}
    counts = np.zeros((len(texts), len(column)))
    for row, words in enumerate(found):
        np.add.at(counts, (row, [column[word] for word in words]), 1)
    return counts


def norm_distances(norms: Mapping[str, Sequence[float]], conditions: Sequence[str]) -> Array:
    """Gives Euclidean distances [pair] between conditions on ratings, each scale z-scored over all rated words."""
    ratings = np.array(list(norms.values()))
    scaled = dict(zip(norms, (ratings - ratings.mean(axis=0)) / ratings.std(axis=0), strict=True))
    return np.asarray(pdist(np.array([scaled[condition] for condition in conditions])))


def partial_rho(a: Halves, b: Halves, given: Sequence[Halves]) -> Estimate:
    """Spearman's rho of two RDMs with other RDMs given: correlation of the residuals of ranks on all their ranks.

    All runs over the same units. Interval: delete-one-unit jackknife of atanh; NaN below four units.
    """
    if not given:
        raise GeometryError("partial_rho() needs at least one RDM that is given.")
    for own in (b, *given):
        if (own.products.units, own.products.conditions) != (a.products.units, a.products.conditions):
            raise GeometryError("partial_rho() wants the same units and conditions in the same order everywhere.")
    values = np.array(
        [
            _residual_correlation(x, y, np.stack(z))
            for x, y, *z in zip(a.whole, b.whole, *(g.whole for g in given), strict=True)
        ]
    )
    if a.n_units < MIN_UNITS:
        return Estimate(float(values[0]), np.nan, np.nan)
    return interval(float(values[0]), [values[1:]], fisher=True)


def _residual_correlation(x: Array, y: Array, given: Array) -> float:
    """Correlates the residuals of centred rank vectors [pair], given [control, pair]."""
    coefficients = np.linalg.lstsq(given.T, np.stack([x, y], axis=1), rcond=None)[0]
    rest = np.stack([x, y]) - (given.T @ coefficients).T
    lengths = np.linalg.norm(rest, axis=1)
    if (lengths < _NOTHING).any():
        raise GeometryError("What is given explains an RDM's ranks entirely: nothing is left to correlate.")
    return float(rest[0] @ rest[1] / lengths.prod())
