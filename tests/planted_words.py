"""Planted worlds of emotions and words: two runs, and nulls that know the words alone.

A run's code is emotions, which two runs share in part, and words, which every geometry
shares and which return in all topics. Text noise is new in every passage, and half of it is
common to all geometries, which read the same passages. In an untrained world all of it is
words: runs and twins see those of the same passages, each through a random projection of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.beyond import Null
from emogeo.geometry.halves import Halves
from emogeo.geometry.options import Centring
from emogeo.geometry.rdm import cosine_rdm, standard_ranks, upper
from emogeo.geometry.relations import disattenuated
from emogeo.geometry.units import unit_products
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.planted import D_TEXT, RANK, labels

Array = NDArray[np.float64]
WORD_RANK = 12
"""Dimensions in which conditions differ by their words."""
COMMON = 0.5
"""The share of text noise that all geometries have in common."""
GROUPS = ((0,), (1,), (2,), (3,), (4, 5), (6, 7))
"""Two runs; word counts and n-grams; two twins of either run."""
NULLS = ("word counts", "n-grams", "twins of a", "twins of b")
_OWN = 0.1
"""The share of a null's code that is its own."""


@dataclass(frozen=True)
class WordWorld:
    """One cell of the bench; signals are variance over text variance of one passage."""

    n_units: int
    words: float
    """The share of words in the runs' codes; 1 in an untrained world."""
    mix: float
    """The share of b's emotions that are a's own."""
    signal: float
    signal_nulls: float
    width: int | None = None
    """The dimensions of the random projections of an untrained world, whose codes are new in each data set."""
    seed: int = 5

    def of_data_set(self, number: int) -> WordWorld:
        """Gives the world that a data set is drawn from."""
        return self if self.width is None else replace(self, seed=number)


@lru_cache(100)
def codes(world: WordWorld) -> list[Array]:
    """The codes [condition, feature] of two runs and six nulls."""
    generator = np.random.default_rng(world.seed)
    words = _code(generator, WORD_RANK)
    if world.width is not None:
        lexical = [words, _mixed(words, _code(generator, WORD_RANK), 1 - _OWN)]
        seen = [words @ projection for projection in projections(world)]
        return [*seen[:2], *lexical, *seen[2:]]
    emotions, others = _code(generator, RANK), _code(generator, RANK)
    a = _mixed(words, emotions, world.words)
    b = _mixed(words, _mixed(emotions, others, world.mix), world.words)
    return [a, b, *(_mixed(words, _code(generator, WORD_RANK), 1 - _OWN) for _ in range(6))]


@lru_cache(100)
def projections(world: WordWorld) -> list[Array]:
    """The random projections [word feature, feature] of an untrained world's two runs and four twins."""
    assert world.width is not None
    generator = np.random.default_rng([world.seed, 1])
    return [generator.normal(size=(D_TEXT, world.width)) / np.sqrt(world.width) for _ in range(6)]


@lru_cache(100)
def true_rho(world: WordWorld) -> Array:
    """The rho of the planted codes [group, group], groups of nulls pooled."""
    ranks = standard_ranks(np.stack([upper(cosine_rdm(code, CONDITIONS)) for code in codes(world)]))
    pooled = np.stack([ranks[list(members)].mean(axis=0) for members in GROUPS])
    return disattenuated(pooled @ pooled.T)


def draw(world: WordWorld, seed: int) -> tuple[Halves, Halves, list[Null]]:
    """One data set: both runs and their nulls over the same fresh texts.

    Trained worlds have the same texts in data sets of one seed, so those that are drawn one after another share the
    geometries that they have in common.
    """
    if world.width is None:
        halves = [_geometry(_seen_by(world, which), which, seed) for which in range(8)]
    else:
        halves = [_halves(states) for states in _projected(world, seed)]
    nulls = zip(NULLS, GROUPS[2:], strict=True)
    return halves[0], halves[1], [Null(name, tuple(halves[i] for i in members)) for name, members in nulls]


def _seen_by(world: WordWorld, which: int) -> WordWorld:
    """Gives the world without what one of its geometries does not depend on."""
    if which == 1:
        return replace(world, signal_nulls=0)
    return replace(world, signal_nulls=0, mix=0) if which == 0 else replace(world, words=0, mix=0, signal=0)


@lru_cache(32)
def _geometry(world: WordWorld, which: int, seed: int) -> Halves:
    signal = world.signal if which < 2 else world.signal_nulls
    return _halves(np.sqrt(signal) * codes(world)[which] + _noise(world.n_units, seed)[which])


@lru_cache(1)
def _noise(n_units: int, seed: int) -> list[Array]:
    """The text noise [unit, condition, feature] of two runs and six nulls."""
    generator, common = _texts(n_units, seed)
    return [np.sqrt(COMMON) * common + np.sqrt(1 - COMMON) * generator.normal(size=common.shape) for _ in range(8)]


def _texts(n_units: int, seed: int) -> tuple[np.random.Generator, Array]:
    generator = np.random.default_rng([seed, n_units])
    return generator, generator.normal(size=(n_units, len(CONDITIONS), D_TEXT))


def _projected(world: WordWorld, seed: int) -> list[Array]:
    """States [unit, condition, feature] of two untrained runs and six nulls."""
    _, common = _texts(world.n_units, seed)
    words, lexical = codes(world)[2:4]
    seen = [(np.sqrt(world.signal) * words + common) @ projection for projection in projections(world)]
    return [*seen[:2], *(np.sqrt(world.signal_nulls) * code + common for code in (words, lexical)), *seen[2:]]


def _halves(states: Array) -> Halves:
    n_units = len(states)
    flat = states.reshape(-1, states.shape[-1])
    products = unit_products(flat, *labels(n_units), CONDITIONS, Centring.grand_mean)
    return Halves(products, seed=0)


def _code(generator: np.random.Generator, rank: int) -> Array:
    return _scaled(generator.normal(size=(len(CONDITIONS), rank)) @ generator.normal(size=(rank, D_TEXT)))


def _mixed(first: Array, second: Array, share: float) -> Array:
    return _scaled(np.sqrt(share) * first + np.sqrt(1 - share) * second)


def _scaled(code: Array) -> Array:
    centred = code - code.mean(axis=0)
    return np.asarray(centred / np.sqrt((centred**2).mean()))
