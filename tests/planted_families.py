"""States of topics whose families have noise in common, or of independent topics that vary unevenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.halves import Halves
from emogeo.geometry.options import Centring
from emogeo.geometry.units import unit_products
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.planted import D_TEXT, unrelated_codes

Array = NDArray[np.float64]
DIRECTIONS, STRETCH, INTENSITY = 5, 0.3, 0.5
"""Directions in which whole topics differ, over conditions and dimensions, and how much; the standard deviation of how
strongly a topic shows emotions."""


@dataclass(frozen=True)
class Families:
    """Topics in families of one size; the noise of a family is shared by its topics, and by both runs."""

    n_units: int = 24
    size: int = 4
    correlation: float = 0.3
    """The intraclass correlation: the family's share of a text's noise."""
    signal: float = 0.15
    """Emotion variance over text variance of one passage."""
    shared: float = 0.8
    """The share of a topic's own noise that both runs have; they have a family's in common."""
    uneven: bool = False
    """Whether topics also differ in a few directions as wholes, and in how strongly they show emotions."""

    @property
    def families(self) -> list[str]:
        """The family of each unit."""
        return [f"f{unit // self.size}" for unit in range(self.n_units)]


def draw(design: Families, seed: int) -> tuple[Array, Array]:
    """The states [unit, condition, d] of two runs whose geometries have nothing to do with each other."""
    generator = np.random.default_rng([seed, design.n_units, design.size])
    codes = unrelated_codes(generator)
    families = _noise(generator, design.n_units // design.size, design)
    own = _noise(generator, design.n_units, design)
    strength = 1 + INTENSITY * design.uneven * generator.normal(size=(design.n_units, 1, 1))
    found = []
    for code in codes:
        fresh = _noise(generator, design.n_units, design)
        topic = np.sqrt(design.shared) * own + np.sqrt(1 - design.shared) * fresh
        family = np.repeat(families, design.size, axis=0)
        noise = np.sqrt(design.correlation) * family + np.sqrt(1 - design.correlation) * topic
        found.append(np.sqrt(design.signal) * strength * code + noise)
    return found[0], found[1]


def _noise(generator: np.random.Generator, n: int, design: Families) -> Array:
    noise = generator.normal(size=(n, len(CONDITIONS), D_TEXT))
    if design.uneven:
        directions = STRETCH * np.random.default_rng(0).normal(size=(DIRECTIONS, len(CONDITIONS), D_TEXT))
        noise += np.einsum("uk,kcd->ucd", generator.normal(size=(n, DIRECTIONS)), directions)
    return noise


def halves_of(states: Array, units: Sequence[str]) -> Halves:
    """The run over units [topic], each of which may have several topics."""
    flat = states.reshape(-1, states.shape[-1])
    emotions = list(CONDITIONS) * len(states)
    own = [unit for unit in units for _ in CONDITIONS]
    return Halves(unit_products(flat, emotions, own, CONDITIONS, Centring.grand_mean), seed=0)
