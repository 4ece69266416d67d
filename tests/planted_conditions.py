"""Data sets whose conditions are drawn anew from a population: two runs with a known rho over all of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.halves import Halves
from emogeo.geometry.options import Centring
from emogeo.geometry.rdm import cosine_rdm, spearman
from emogeo.geometry.units import unit_products
from tests.planted import D_TEXT, RANK

Array = NDArray[np.float64]
_MANY = 1500
"""The conditions that stand for a population."""


@dataclass(frozen=True)
class Drawn:
    """One cell: `mix`, `signal` and `shared` as in tests/planted.py; it fixes the rho of the population."""

    n_units: int
    n_conditions: int
    signal: float
    mix: float
    shared: float = 0.5
    topic: float = 0.0
    """How far a topic bends a run's geometry, all conditions at once, relative to the geometry."""


@cache
def loadings() -> tuple[Array, Array]:
    """What a condition's hidden numbers are multiplied with, in either run: [hidden, d]; fixed."""
    generator = np.random.default_rng(20260412)
    first, second = (generator.normal(size=(RANK, D_TEXT)) / np.sqrt(RANK) for _ in "ab")
    return first, second


def codes_of(generator: np.random.Generator, n_conditions: int, mix: float) -> tuple[Array, Array]:
    """Codes of conditions that nobody has seen before [condition, d]."""
    hidden = [generator.normal(size=(n_conditions, RANK)) @ loading for loading in loadings()]
    return hidden[0], np.sqrt(mix) * hidden[0] + np.sqrt(1 - mix) * hidden[1]


@cache
def population_rho(mix: float) -> float:
    """The rho of the two geometries over very many conditions."""
    both = codes_of(np.random.default_rng(1), _MANY, mix)
    names = [str(number) for number in range(_MANY)]
    return spearman(*(cosine_rdm(code - code.mean(axis=0), names) for code in both))


def drawn(cell: Drawn, seed: int) -> tuple[Halves, Halves]:
    """One data set: fresh conditions, fresh texts, both runs ready to compare."""
    generator = np.random.default_rng([seed, cell.n_units, cell.n_conditions])
    codes = codes_of(generator, cell.n_conditions, cell.mix)
    shape = (cell.n_units, cell.n_conditions, D_TEXT)
    common = generator.normal(size=shape)
    names = [f"c{number:02d}" for number in range(cell.n_conditions)]
    units = [f"u{unit:02d}" for unit in range(cell.n_units) for _ in names]
    runs = []
    for code in codes:
        bent = code @ generator.normal(size=(cell.n_units, D_TEXT, D_TEXT)) / np.sqrt(D_TEXT)
        noise = np.sqrt(cell.shared) * common + np.sqrt(1 - cell.shared) * generator.normal(size=shape)
        states = (np.sqrt(cell.signal) * (code + cell.topic * bent) + noise).reshape(-1, D_TEXT)
        products = unit_products(states, names * cell.n_units, units, names, Centring.grand_mean)
        runs.append(Halves(products, seed=0))
    return runs[0], runs[1]
