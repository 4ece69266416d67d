"""Data sets with a known truth: two runs whose geometries have a planted Spearman's rho."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.halves import Halves
from emogeo.geometry.options import Centring
from emogeo.geometry.rdm import cosine_rdm, spearman
from emogeo.geometry.units import unit_products
from emogeo.stimuli.conditions import STUDIED as CONDITIONS

Array = NDArray[np.float64]
D_TEXT = 60
RANK = 6
"""Dimensions in which emotions differ."""
_CODES = 20260411


@dataclass(frozen=True)
class Planted:
    """One cell of a calibration.

    `mix` is the share of b's emotion codes that are a's own; it fixes the true rho
    (see `truth`). `signal` is emotion variance over text variance of one passage, for
    b too unless `signal_b` is given. `shared` is the share of text noise that both
    runs have in common. `unrelated`: fresh codes for either run in every data set.
    """

    n_units: int
    signal: float
    mix: float = 1.0
    shared: float = 0.0
    signal_b: float | None = None
    unrelated: bool = False


def labels(n_units: int, prefix: str = "u") -> tuple[list[str], list[str]]:
    """Emotion and unit of each text."""
    return list(CONDITIONS) * n_units, [f"{prefix}{unit:02d}" for unit in range(n_units) for _ in CONDITIONS]


@cache
def codes(mix: float) -> tuple[Array, Array]:
    """Fixed emotion codes [condition, d] of both runs, centred, of mean square 1 per text dimension."""
    own, other = unrelated_codes(np.random.default_rng(_CODES))
    return own, _scaled(np.sqrt(mix) * own + np.sqrt(1 - mix) * other)


def unrelated_codes(generator: np.random.Generator) -> tuple[Array, Array]:
    return _code(generator), _code(generator)


@cache
def truth(mix: float) -> float:
    """The population rho of the planted geometries."""
    return spearman(*(cosine_rdm(code, CONDITIONS) for code in codes(mix)))


def halves(cell: Planted, seed: int) -> tuple[Halves, Halves]:
    """One data set: fresh texts, noisy states, both runs ready to compare."""
    generator = np.random.default_rng([seed, cell.n_units])
    planted = unrelated_codes(generator) if cell.unrelated else codes(cell.mix)
    common = generator.normal(size=(cell.n_units, len(CONDITIONS), D_TEXT))
    signals = cell.signal, cell.signal_b or cell.signal
    a, b = (
        run_of(code, signal, generator, cell.n_units, common=common, shared=cell.shared)
        for code, signal in zip(planted, signals, strict=True)
    )
    return a, b


def run_of(
    code: Array,
    signal: float,
    generator: np.random.Generator,
    n_units: int,
    prefix: str = "u",
    common: Array | float = 0.0,
    shared: float = 0.0,
) -> Halves:
    """One run over `n_units` units: its code and, for each text, fresh noise or noise shared with another run."""
    shape = (n_units, len(CONDITIONS), D_TEXT)
    noise = np.sqrt(shared) * common + np.sqrt(1 - shared) * generator.normal(size=shape)
    states = (np.sqrt(signal) * code + noise).reshape(-1, D_TEXT)
    return Halves(unit_products(states, *labels(n_units, prefix), CONDITIONS, Centring.grand_mean), seed=0)


def _code(generator: np.random.Generator) -> Array:
    return _scaled(generator.normal(size=(len(CONDITIONS), RANK)) @ generator.normal(size=(RANK, D_TEXT)))


def _scaled(code: Array) -> Array:
    centred = code - code.mean(axis=0)
    return np.asarray(centred / np.sqrt((centred**2).mean()))
