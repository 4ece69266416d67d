"""Compares two RDMs: rho with its reliability, on disjoint text, disattenuated, with intervals.

Every number of the halves is a mean over random splits of the units (topics, say):
r_aa compares a run with itself on the other half, r_same two runs on one half, r_dis
two runs on opposite halves. rho* = r_dis / sqrt(r_aa r_bb). Intervals are delete-one-unit
jackknives; see docs/inference.md for the definitions and how well they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.both_random import MIN_ANY
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_STAR, MIN_UNITS, Halves, common_units

MIN_RELIABILITY = 0.2
SURE_RELIABILITY = 0.15
SURE_LEVEL = 0.99
"""The confidence with which a reliability must lie above .15. Without it, or below .2, a reliability is too near zero
to divide by: the data sets that look reliable by luck would give a rho* that is too low (docs/inference.md)."""
LEVEL = 0.95
EQUIVALENCE_LEVEL = 0.9
"""That of the interval of a test of equivalence, which leaves out 5% on either side."""
LEAST_RELIABILITY = 1e-3
"""The least reliability after a deletion; without it, a deletion that takes one to zero would leave no ratio."""

LARGEST = 1 - 1e-12
"""The largest correlation of which atanh is taken."""


@dataclass(frozen=True)
class Estimate:
    """A number with its interval (NaN where there is none)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f}" if np.isnan(self.low) else f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True)
class Comparison:
    """The comparison of two runs; None where a number is not identifiable, and `reason` says why."""

    rho: Estimate
    n_units: int
    """The number of units; the smaller one, where the runs have different units."""
    half_size: int
    reliability_a: Estimate | None = None
    reliability_b: Estimate | None = None
    same_half: Estimate | None = None
    """Their agreement on the same half; None where the runs have no text in common."""
    disjoint_half: Estimate | None = None
    rho_star: Estimate | None = None
    """For these conditions: its interval is over other units."""
    rho_star_90: Estimate | None = None
    """The same with its interval at 90%, as a test of equivalence takes it."""
    rho_star_any: Estimate | None = None
    """For conditions like these: its interval is over other units and other conditions."""
    reason: str | None = None

    @property
    def stimulus_share(self) -> float | None:
        """Gives r_same - r_dis at this half size; it shrinks as units are added."""
        if self.same_half is None or self.disjoint_half is None:
            return None
        return self.same_half.value - self.disjoint_half.value


def agreement(run: Halves) -> float:
    """Gives r_aa, the agreement of one half with the other, at half size."""
    return float(_opposite(run.ranks, run.ranks))


def reliability(run: Halves, level: float = LEVEL) -> Estimate:
    """Gives r_aa at half size, with its jackknife interval (none below six units: low and high are NaN)."""
    if run.n_units < MIN_JACKKNIFE:
        return _bare(agreement(run))
    return interval(agreement(run), [_opposite(run.jackknife, run.jackknife)], fisher=True, level=level)


def compare(a: Halves, b: Halves, names: tuple[str, str] = ("a", "b")) -> Comparison:
    """Compares two runs over the same units, or over units that have no text in common.

    Below four units rho stands alone, below six there are no intervals, below eight no
    rho*. rho* is given where both reliabilities are at least .2, and above .15 with 99%
    confidence. Runs on different units have errors of their own: their jackknife
    variances add.

    Args:
        names: what the reason calls the runs.

    Raises:
        GeometryError: runs over different conditions, with some but not all units in common, or split otherwise.
    """
    common = common_units(a, b)
    n = min(a.n_units, b.n_units)
    if n < MIN_UNITS:
        return Comparison(_bare(float(a.whole[0] @ b.whole[0])), n, n // 2, reason=too_few(n, MIN_UNITS))
    reason = too_few(n, MIN_STAR) if n < MIN_STAR else _unreliable(a, b, names)
    ratio = _disattenuated(disjoint := disjoint_agreement(a, b))
    return Comparison(
        _rho(a, b, common),
        n,
        n // 2,
        reliability(a),
        reliability(b),
        same_half=_estimate([a, b], _same, fisher=True) if common else None,
        disjoint_half=_estimate([a, b], disjoint, fisher=True),
        rho_star=None if reason else _estimate([a, b], ratio, fisher=False),
        rho_star_90=None if reason else _estimate([a, b], ratio, fisher=False, level=EQUIVALENCE_LEVEL),
        rho_star_any=None if reason else _over_both(a, b, ratio),
        reason=reason,
    )


def cross_experiment_bias(a: Halves, c: Halves, d: Halves) -> Estimate | None:
    """Gives rho*(a, d) - rho*(c, d): the bias of comparing d with another experiment's run instead of its own.

    None where a run is not reliable enough for a rho*. A unit of d is deleted from both terms at once.

    Raises:
        GeometryError: see `compare`.
    """
    if not all(identifiable(run) for run in (a, c, d)):
        return None
    first, second = _disattenuated(disjoint_agreement(a, d)), _disattenuated(disjoint_agreement(c, d))
    return _estimate([a, c, d], lambda x, y, z: first(x, z) - second(y, z), fisher=False)


def identifiable(run: Halves) -> bool:
    """Whether a run is reliable enough for a rho* with another such run."""
    return run.n_units >= MIN_STAR and _unreliable(run, run, ("", "")) is None


def passes_gate(reliability: float, sure: float) -> bool:
    """Whether a reliability, and the lower end of its interval at 99%, are large enough to divide by."""
    return reliability >= MIN_RELIABILITY and sure > SURE_RELIABILITY


def too_few(n_units: int, needed: int) -> str:
    """Says that a number is not identifiable over so few units."""
    return f"not identifiable ({n_units} units, {needed} needed)"


def interval(value: float, deleted: Sequence[Array], fisher: bool, level: float = LEVEL) -> Estimate:
    """Gives the delete-one jackknife interval, on atanh for correlations.

    Args:
        value: the statistic with every unit.
        deleted: for each independent set of units, the statistic with one of them left out [unit];
            the variances of the sets add.

    Returns:
        The interval by t with n - 1 degrees of freedom; Welch-Satterthwaite's for several sets.
    """
    draws = [np.arctanh(np.clip(d, -LARGEST, LARGEST)) if fisher else d for d in deleted]
    freedom = np.array([len(d) - 1 for d in draws])
    variances = np.array([(len(d) - 1) / len(d) * np.sum((d - d.mean()) ** 2) for d in draws])
    total = variances.sum()
    df = total**2 / np.sum(variances**2 / freedom) if total > 0 else freedom.min()
    reach = student.ppf((1 + level) / 2, df) * np.sqrt(total)
    centre = np.arctanh(np.clip(value, -LARGEST, LARGEST)) if fisher else value
    low, high = (np.tanh(x) if fisher else x for x in (centre - reach, centre + reach))
    return Estimate(value, float(low), float(high))


def _rho(a: Halves, b: Halves, common: bool) -> Estimate:
    pairs = [(a.whole[1:], b.whole[1:])] if common else [(a.whole[1:], b.whole[:1]), (a.whole[:1], b.whole[1:])]
    deleted = [np.asarray((x * y).sum(axis=1)) for x, y in pairs]
    return interval(float(a.whole[0] @ b.whole[0]), deleted, fisher=True)


def _estimate(runs: Sequence[Halves], statistic: Callable[..., Array], fisher: bool, level: float = LEVEL) -> Estimate:
    """Estimates a statistic of the runs' half RDMs, whole and with each unit deleted from every run that has it."""
    value = float(statistic(*(run.ranks for run in runs)))
    few = min(run.n_units for run in runs) < MIN_JACKKNIFE
    return _bare(value) if few else interval(value, _without_units(runs, statistic), fisher, level)


def _without_units(runs: Sequence[Halves], statistic: Callable[..., Array]) -> list[Array]:
    return [
        statistic(*(run.jackknife if run.products.units == units else run.ranks[None] for run in runs))
        for units in dict.fromkeys(run.products.units for run in runs)
    ]


def _over_both(a: Halves, b: Halves, statistic: Callable[..., Array]) -> Estimate | None:
    """Estimates with an interval over units and conditions; None where a condition cannot be deleted."""
    if len(a.products.conditions) < MIN_ANY:
        return None
    try:
        without_conditions = statistic(a.without_condition, b.without_condition)
    except GeometryError:
        return None
    deleted = [*_without_units([a, b], statistic), without_conditions]
    return interval(float(statistic(a.ranks, b.ranks)), deleted, fisher=False)


def _opposite(a: Array, b: Array) -> Array:
    """Compares a on one half with b on the other: the mean over splits and both ways; leading axes are kept."""
    return np.asarray(np.einsum("...shp,...shp->...", a, b[..., ::-1, :]) / (2 * a.shape[-3]))


def _same(a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("...shp,...shp->...", a, b) / (2 * a.shape[-3]))


def _across(a: Array, b: Array) -> Array:
    """Compares any half of a with any half of b, for runs without common text."""
    return (_opposite(a, b) + _same(a, b)) / 2


def disjoint_agreement(a: Halves, b: Halves) -> Callable[[Array, Array], Array]:
    """Gives the function that compares rank vectors of two runs on halves without common text."""
    return _opposite if common_units(a, b) else _across


def _disattenuated(disjoint: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    def ratio(a: Array, b: Array) -> Array:
        own = np.maximum(_opposite(a, a), LEAST_RELIABILITY) * np.maximum(_opposite(b, b), LEAST_RELIABILITY)
        return np.asarray(disjoint(a, b) / np.sqrt(own))

    return ratio


def _unreliable(a: Halves, b: Halves, names: tuple[str, str]) -> str | None:
    reasons = []
    for name, run in zip(names, (a, b), strict=True):
        usual, sure = reliability(run), reliability(run, SURE_LEVEL).low
        if not passes_gate(usual.value, sure):
            reasons.append(f"of {name} {usual.value:.2f} [{usual.low:.2f}, {usual.high:.2f}], at 99% above {sure:.2f}")
    if not reasons:
        return None
    needed = f"needed: {MIN_RELIABILITY}, and above {SURE_RELIABILITY} at {SURE_LEVEL:.0%}"
    return f"not identifiable (reliability {' and '.join(reasons)}, {needed})"


def _bare(value: float) -> Estimate:
    return Estimate(value, float("nan"), float("nan"))
