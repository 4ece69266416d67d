"""How many units like a run's own would pass the gate, from the variances of their products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.geometry import student
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_STAR, Halves
from emogeo.geometry.inference import (
    LARGEST,
    LEVEL,
    MIN_RELIABILITY,
    SURE_LEVEL,
    SURE_RELIABILITY,
    Estimate,
    identifiable,
    reliability,
)
from emogeo.geometry.triangle import above

MOST = 1_000
"""The largest number of units that is told; beyond it, a design is another one."""


@dataclass(frozen=True)
class Needed:
    """About how many units would pass the gate with an even chance; None where it cannot be estimated."""

    units: int | None = None
    low: int | None = None
    """The number where the reliability is at the upper end of its interval."""
    high: int | None = None
    """The number where it is at the lower end; None beyond a thousand."""
    reason: str = ""
    """Why the number cannot be estimated, where that is not for too few units or too small a reliability."""

    def __str__(self) -> str:
        if self.units is None:
            why = f" ({self.reason})" if self.reason else ""
            return f"how many units would pass the gate cannot be estimated{why}"
        most = f"more than {MOST}" if self.high is None else str(self.high)
        return f"about {self.units} units ({self.low} to {most}) like these would pass the gate"


@dataclass(frozen=True)
class NoiseOfUnits:
    """The noise of an inner product of two conditions; means over pairs of conditions."""

    unit: float
    """What one unit adds, whatever it is multiplied with: text noise times emotion."""
    pair: float
    """What two units add beyond that: text noise times text noise."""

    def of_half(self, size: NDArray[np.int64] | int) -> Array:
        """Gives the variance of the mean over pairs of different units, `size` of them (Hoeffding 1948)."""
        return np.asarray(4 * self.unit / size + 2 * self.pair / (size * (np.asarray(size) - 1.0)))


def units_needed(run: Halves) -> Needed:
    """Tells how many units like a run's own would pass the gate, with the reliability's 95% interval carried through.

    From n to n' units, 1 / reliability - 1 goes as the noise of a half's inner products does. Spearman-Brown, which
    lets it go as 1 / n, is off where noise is multiplied with noise. The error of atanh of the reliability is taken
    to stay what it is. Told only where the reliability's interval lies above 0; docs/inference.md has its error. Not
    told at a reliability of 1, which leaves no noise to go by.
    """
    if run.n_units < MIN_JACKKNIFE:
        return Needed()
    own = reliability(run)
    if own.low <= 0:
        return Needed()
    if own.value >= LARGEST:
        return Needed(reason="reliability 1: its halves agree wholly")
    noise, error = noise_of_units(run), _error(own, run.n_units)
    least, middle, most = (_passing(at, run.n_units, noise, error) for at in (own.high, own.value, own.low))
    return Needed() if middle is None else Needed(middle, least, most)


def most_needed(*runs: Halves) -> Needed:
    """Gives the largest number that a run below the gate needs; no number where one such run's cannot be estimated.

    Runs that pass the gate are asked only where all do.
    """
    asked = [run for run in runs if not identifiable(run)] or runs
    found = [units_needed(run) for run in asked]
    return max(found, key=lambda needed: (needed.units is None, needed.units or 0, needed.reason))


def expected_reliability(value: float, n_units: int, noise: NoiseOfUnits, others: NDArray[np.int64]) -> Array:
    """Gives the reliability at other numbers of units, where it is `value` at `n_units`."""
    grows = noise.of_half(np.asarray(others) // 2) / noise.of_half(n_units // 2)
    return np.asarray(1 / (1 + (1 / value - 1) * grows))


def noise_of_units(run: Halves) -> NoiseOfUnits:
    """Estimates the variances from products of different units [unit, unit, pair], by moments.

    Products of n units are q_uv = s + a_u + a_v + e_uv. The variance of q over u and v is (2 - 4 / n) var a +
    (1 - 2 / (n (n - 1))) var e, and that over u of the means over v is ((n - 2) / (n - 1))^2 var a + (n - 2) /
    (n - 1)^2 var e.
    """
    n, rows, columns = run.n_units, *above(len(run.products.conditions))
    values = run.products.values
    products = (values[:, :, rows, columns] + values[:, :, columns, rows]) / 2
    products[np.arange(n), np.arange(n)] = 0
    mean = products.sum(axis=(0, 1)) / (n * (n - 1))
    single = ((products.sum(axis=1) / (n - 1) - mean) ** 2).sum(axis=0).mean() / (n - 1)
    square = ((products**2).sum(axis=(0, 1)) / (n * (n - 1)) - mean**2).mean()
    shares = np.array(
        [[2 - 4 / n, 1 - 2 / (n * (n - 1))], [((n - 2) / (n - 1)) ** 2, (n - 2) / (n - 1) ** 2]],
    )
    unit, pair = np.linalg.solve(shares, np.array([square, single]))
    return NoiseOfUnits(max(float(unit), 0.0), max(float(pair), 0.0))


def _error(reliability: Estimate, n_units: int) -> float:
    """The standard error of atanh of a reliability, from the lower end of its interval; the upper may round to 1."""
    reach = np.arctanh(reliability.value) - np.arctanh(reliability.low)
    return float(reach / student.ppf((1 + LEVEL) / 2, n_units - 1))


def _passing(value: float, n_units: int, noise: NoiseOfUnits, error: float) -> int | None:
    """The least even number of units whose expected reliability passes the gate."""
    sizes = np.arange(MIN_STAR, MOST + 1, 2)
    reached = expected_reliability(value, n_units, noise, sizes)
    sure = np.arctanh(np.minimum(reached, LARGEST)) - student.ppf((1 + SURE_LEVEL) / 2, sizes - 1) * error
    passes = (reached >= MIN_RELIABILITY) & (sure > np.arctanh(SURE_RELIABILITY))
    return int(sizes[np.argmax(passes)]) if passes.any() else None
