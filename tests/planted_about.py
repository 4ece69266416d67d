"""Planted worlds of what a geometry is about: a rating, words, and what nothing explains.

A run's code is the rating along one axis, words, and a rest of its own. Word counts see the words, in the same texts,
so half of the noise is common. A second rating, drawn anew in each data set, has nothing to do with the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.halves import Halves
from emogeo.geometry.options import Centring
from emogeo.geometry.predictors import Predictor, of_distances, of_halves
from emogeo.geometry.rdm import cosine_rdm, standard_ranks, upper
from emogeo.geometry.units import unit_products
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.planted import D_TEXT, labels

RATED, UNRELATED, WORDS = "rated", "unrelated", "words"
"""The predictors, in their order."""
_COMMON = 0.5


@dataclass(frozen=True)
class AboutWorld:
    """One cell; shares are of the variance of the run's code, and signals of that of the noise of one text."""

    n_units: int
    rated: float
    words: float
    signal: float
    signal_words: float
    alike: float = 0.0
    """The share of the variance of words that is the rating: predictors that are like each other."""


@lru_cache(20)
def codes(world: AboutWorld) -> tuple[Array, Array, Array]:
    """Gives the codes [condition, d] of the run and of words, of mean square 1, and the rating [condition]."""
    generator = np.random.default_rng(20261126)
    rating = generator.normal(size=len(CONDITIONS))
    along = _unit(np.outer(rating - rating.mean(), generator.normal(size=D_TEXT)))
    own, rest = (_unit(generator.normal(size=(len(CONDITIONS), 8)) @ generator.normal(size=(8, D_TEXT))) for _ in "ab")
    words = _unit(np.sqrt(world.alike) * along + np.sqrt(1 - world.alike) * own)
    left = 1 - world.rated - world.words
    return _unit(np.sqrt(world.rated) * along + np.sqrt(world.words) * words + np.sqrt(left) * rest), words, rating


def drawn(world: AboutWorld, seed: int) -> tuple[Halves, list[Predictor], Array]:
    """Draws one data set.

    Returns:
        The run, its predictors, and the agreements [1 + predictor, 1 + predictor] of the noiseless geometries.
    """
    generator = np.random.default_rng([seed, world.n_units])
    code, words, rating = codes(world)
    common = generator.normal(size=(world.n_units, len(CONDITIONS), D_TEXT))
    run, counts = (
        _halves(np.sqrt(signal) * own, common, generator)
        for own, signal in ((code, world.signal), (words, world.signal_words))
    )
    distances = [_apart(rating), _apart(generator.normal(size=len(CONDITIONS)))]
    found = [of_distances(name, "ratings", own, run) for name, own in zip((RATED, UNRELATED), distances, strict=True)]
    true = [upper(cosine_rdm(code, CONDITIONS)), *distances, upper(cosine_rdm(words, CONDITIONS))]
    ranks = standard_ranks(np.stack(true))
    return run, [*found, of_halves(WORDS, "texts", counts)], ranks @ ranks.T


def _halves(code: Array, common: Array, generator: np.random.Generator) -> Halves:
    noise = np.sqrt(_COMMON) * common + np.sqrt(1 - _COMMON) * generator.normal(size=common.shape)
    states = (code + noise).reshape(-1, D_TEXT)
    return Halves(unit_products(states, *labels(len(common)), CONDITIONS, Centring.grand_mean), seed=0)


def _apart(rating: Array) -> Array:
    return upper(np.abs(rating[:, None] - rating[None]))


def _unit(code: Array) -> Array:
    centred = code - code.mean(axis=0)
    return np.asarray(centred / np.sqrt((centred**2).mean()))
