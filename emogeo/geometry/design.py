"""What a design would show before it is run: planted data sets with so many units, conditions and so much noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_STAR, MIN_UNITS, Halves
from emogeo.geometry.inference import compare, identifiable
from emogeo.geometry.options import Centring
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.geometry.units import unit_products

WIDTH, RANK = 60, 6
"""The dimensions of text noise, and of what differs between conditions."""
_LEAST, _MOST = 1e-3, 1e2
"""The range in which a signal is looked for."""
_STEPS, _DRAWS = 12, 4


@dataclass(frozen=True)
class Design:
    """A design: two runs that read the same texts."""

    n_units: int
    n_conditions: int
    signal: float
    """The variance between conditions over that of single texts, per dimension of the noise."""
    star: float = 0.9
    """The share of the runs' geometries that they have in common; it is about their rho*."""


@dataclass(frozen=True)
class Expected:
    """What to expect of a design; means over planted data sets."""

    reliability: float
    """At half size."""
    passes: float
    """The share of pairs that pass the gate."""
    reach: float | None
    """The half-width of rho*'s interval for these conditions; None where no pair passes."""
    reach_any: float | None
    """The same for conditions like these."""


def expected(design: Design, draws: int, seed: int) -> Expected:
    """Draws planted pairs of runs of a design and compares them.

    Raises:
        GeometryError: a design with too few units or conditions, or no signal.
    """
    _check(design)
    pairs = [_planted(design, np.random.default_rng([seed, design.n_units, draw])) for draw in range(draws)]
    reliability = float(np.mean([run.reliability for pair in pairs for run in pair]))
    if design.n_units < MIN_STAR:
        return Expected(reliability, 0.0, None, None)
    found = [compare(*pair) for pair in pairs]
    reach = [star.high - star.value for each in found if (star := each.rho_star) is not None]
    over_any = [(star.high - star.low) / 2 for each in found if (star := each.rho_star_any) is not None]
    passes = float(np.mean([identifiable(run) for pair in pairs for run in pair]) ** 2)
    means = (float(np.mean(values)) if values else None for values in (reach, over_any))
    return Expected(reliability, passes, *means)


def signal_of(reliability: float, n_units: int, n_conditions: int, seed: int) -> float:
    """Gives the signal with which planted runs over so many units have a reliability, by bisection.

    Raises:
        GeometryError: a reliability that no signal gives.
    """
    _check(Design(n_units, n_conditions, 1.0))
    reached = partial(_reached, n_units, n_conditions, seed)
    low, high = np.log(_LEAST), np.log(_MOST)
    if not reached(_LEAST) < reliability < reached(_MOST):
        raise GeometryError(f"A reliability of {reliability} over {n_units} units says nothing of other numbers.")
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(float(np.exp(middle))) < reliability else (low, middle)
    return float(np.exp((low + high) / 2))


def _reached(n_units: int, n_conditions: int, seed: int, signal: float) -> float:
    design = Design(n_units, n_conditions, signal)
    runs = [run for draw in range(_DRAWS) for run in _planted(design, np.random.default_rng([seed, draw]))]
    return float(np.mean([run.reliability for run in runs]))


def _planted(design: Design, generator: np.random.Generator) -> tuple[Halves, Halves]:
    """Two runs with geometries of their own and half of their text noise in common."""
    shape = (design.n_units, design.n_conditions, WIDTH)
    own, other = (_code(generator, design.n_conditions) for _ in "ab")
    codes = own, np.sqrt(design.star) * own + np.sqrt(1 - design.star) * other
    shared = generator.normal(size=shape)
    first, second = (
        np.sqrt(design.signal) * code + np.sqrt(0.5) * (shared + generator.normal(size=shape)) for code in codes
    )
    return _halves(first), _halves(second)


def _halves(states: Array) -> Halves:
    n_units, n_conditions, width = states.shape
    conditions, units = [f"{number}" for number in range(n_conditions)], [f"{number}" for number in range(n_units)]
    labels = conditions * n_units, [unit for unit in units for _ in conditions]
    return Halves(unit_products(states.reshape(-1, width), *labels, conditions, Centring.grand_mean), seed=0)


def _code(generator: np.random.Generator, n_conditions: int) -> Array:
    code = generator.normal(size=(n_conditions, RANK)) @ generator.normal(size=(RANK, WIDTH))
    centred = code - code.mean(axis=0)
    return np.asarray(centred / np.sqrt((centred**2).mean()))


def _check(design: Design) -> None:
    if design.n_units < MIN_UNITS or design.n_conditions < MIN_CONDITIONS or not design.signal > 0:
        raise GeometryError(
            f"A design has at least {MIN_UNITS} units, {MIN_CONDITIONS} conditions and a signal above 0; this has "
            f"{design.n_units}, {design.n_conditions} and {design.signal:g}."
        )
    if not 0 <= design.star <= 1:
        raise GeometryError(f"The share in common is between 0 and 1; this is {design.star:g}.")
