"""Compares two RDMs: rho with its reliability, on disjoint text, disattenuated, with intervals.

Every number of the halves is a mean over random splits of the units (topics, say):
r_aa compares a run with itself on the other half, r_same two runs on one half, r_dis
two runs on opposite halves. rho* = r_dis / sqrt(r_aa r_bb). Intervals are delete-one-unit
jackknives; see docs/inference.md for the definitions and how well they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry import student
from emogeo.geometry.both_random import MIN_ANY
from emogeo.geometry.deletions import same_without
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_STAR, MIN_UNITS, Halves, common_units, opposite
from emogeo.geometry.shown import decimals

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
        value = decimals(self.value)
        return value if np.isnan(self.low) else f"{value} [{decimals(self.low)}, {decimals(self.high)}]"


@dataclass(frozen=True)
class DisjointComparison:
    """What two runs have in common on halves that share no text; None where a number is not identifiable."""

    reliability_a: Estimate | None = None
    reliability_b: Estimate | None = None
    disjoint_half: Estimate | None = None
    rho_star: Estimate | None = None
    reason: str | None = None
    """Why a number is not identifiable."""


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


def reliability(run: Halves, level: float = LEVEL) -> Estimate:
    """Gives r_aa at half size, with its jackknife interval (none below six units: low and high are NaN)."""

    def estimated() -> Estimate:
        if run.n_units < MIN_JACKKNIFE:
            return _bare(run.reliability)
        return interval(run.reliability, [run.reliability_deleted], fisher=True, level=level)

    return run.once(("reliability", level), estimated)


def compare(a: Halves, b: Halves, names: tuple[str, str] = ("a", "b"), over_conditions: bool = True) -> Comparison:
    """Compares two runs over the same units, or over units that have no text in common.

    Below four units rho stands alone, below six there are no intervals, below eight no
    rho*. rho* is given where both reliabilities are at least .2, and above .15 with 99%
    confidence. Runs on different units have errors of their own: their jackknife
    variances add.

    Args:
        names: what the reason calls the runs.
        over_conditions: whether rho* gets an interval over conditions, too, which takes most of the time.

    Raises:
        GeometryError: runs over different conditions, with some but not all units in common, or split otherwise.
    """
    common = common_units(a, b)
    n = min(a.n_units, b.n_units)
    if n < MIN_UNITS:
        return Comparison(_bare(float(a.whole[0] @ b.whole[0])), n, n // 2, reason=too_few(n, MIN_UNITS))
    found, star = _on_disjoint(a, b, names)
    return Comparison(
        _rho(a, b, common),
        n,
        n // 2,
        found.reliability_a,
        found.reliability_b,
        same_half=_same_half(a, b).estimate(fisher=True) if common else None,
        disjoint_half=found.disjoint_half,
        rho_star=found.rho_star,
        rho_star_90=star.estimate(fisher=False, level=EQUIVALENCE_LEVEL) if star else None,
        rho_star_any=_over_both(a, b, star) if star and over_conditions else None,
        reason=found.reason,
    )


def compare_disjoint(a: Halves, b: Halves, names: tuple[str, str] = ("a", "b")) -> DisjointComparison:
    """Compares two runs only on halves that share no text, as `compare` does.

    Raises:
        GeometryError: see `compare`.
    """
    common_units(a, b)
    if (n := min(a.n_units, b.n_units)) < MIN_UNITS:
        return DisjointComparison(reason=too_few(n, MIN_UNITS))
    return _on_disjoint(a, b, names)[0]


def _on_disjoint(a: Halves, b: Halves, names: tuple[str, str]) -> tuple[DisjointComparison, _Drawn | None]:
    """Compares two runs of four units or more, and gives rho* with each unit deleted where there is one."""
    n = min(a.n_units, b.n_units)
    reason = too_few(n, MIN_STAR) if n < MIN_STAR else _unreliable(a, b, names)
    disjoint = _disjoint(a, b)
    star = None if reason else _disattenuated(disjoint, a, b)
    of_halves = disjoint.estimate(fisher=True)
    rho_star = star.estimate(fisher=False) if star else None
    return DisjointComparison(reliability(a), reliability(b), of_halves, rho_star, reason), star


def rho_star_of(a: Halves, b: Halves) -> float | None:
    """Gives rho* alone, as `compare` gives it; None where a run is not reliable enough.

    Raises:
        GeometryError: see `compare`.
    """
    agreement = disjoint_agreement(a, b)
    if not (identifiable(a) and identifiable(b)):
        return None
    return float(_ratio(float(agreement(a.ranks, b.ranks)), a.reliability, b.reliability))


def rho_stars(runs: Sequence[Halves]) -> Array:
    """Gives the same of every two runs [run, run] over the same units; each must be reliable enough."""
    ranks = np.stack([run.ranks for run in runs])
    n_splits, own = ranks.shape[1], np.array([run.reliability for run in runs])
    others = ranks[:, :, ::-1].reshape(len(runs), -1)
    disjoint = ranks.reshape(len(runs), -1) @ others.T / (2 * n_splits)
    return _ratio(disjoint, own[:, None], own[None])


def cross_experiment_bias(a: Halves, c: Halves, d: Halves) -> Estimate | None:
    """Gives rho*(a, d) - rho*(c, d): the bias of comparing d with another experiment's run instead of its own.

    None where a run is not reliable enough for a rho*. A unit of d is deleted from both terms at once.

    Raises:
        GeometryError: see `compare`.
    """
    if not all(identifiable(run) for run in (a, c, d)):
        return None
    first, second = (_disattenuated(_disjoint(run, d), run, d) for run in (a, c))
    return first.less(second).estimate(fisher=False)


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


@dataclass(frozen=True)
class _Drawn:
    """A statistic of some runs, and the same with each unit deleted from every run that has it."""

    value: float
    deleted: Mapping[tuple[str, ...], Array]
    """For each set of units [unit]; nothing below six units, where a half would have none left."""

    def estimate(self, fisher: bool, level: float = LEVEL) -> Estimate:
        return interval(self.value, list(self.deleted.values()), fisher, level) if self.deleted else _bare(self.value)

    def less(self, other: _Drawn) -> _Drawn:
        sets = dict.fromkeys([*self.deleted, *other.deleted])
        deleted = {
            each: np.asarray(self.deleted.get(each, self.value) - other.deleted.get(each, other.value)) for each in sets
        }
        return _Drawn(self.value - other.value, deleted)


def _disjoint(a: Halves, b: Halves) -> _Drawn:
    """Compares two runs on halves without common text."""
    few, value = min(a.n_units, b.n_units) < MIN_JACKKNIFE, float(disjoint_agreement(a, b)(a.ranks, b.ranks))
    if few:
        return _Drawn(value, {})
    if common_units(a, b):
        return _Drawn(value, {a.products.units: a.opposite_deleted(b)})
    first = a.over_units(lambda some: _across(a.jackknife(some), b.ranks[None]))
    return _Drawn(value, {a.products.units: first, b.products.units: b.over_units(partial(_of_second, a, b))})


def _of_second(a: Halves, b: Halves, some: slice) -> Array:
    """Compares two runs over other units without each of some units of the second: [unit]."""
    return _across(a.ranks[None], b.jackknife(some))


def _same_half(a: Halves, b: Halves) -> _Drawn:
    """Compares two runs over the same units on the same halves."""
    few = a.n_units < MIN_JACKKNIFE
    deleted = {} if few else {a.products.units: same_without(a.split, b.split, a.members)}
    return _Drawn(float(_same(a.ranks, b.ranks)), deleted)


def _disattenuated(disjoint: _Drawn, a: Halves, b: Halves) -> _Drawn:
    """Gives rho* from the agreement on disjoint text."""

    def own(run: Halves, units: tuple[str, ...]) -> Array | float:
        return run.reliability_deleted if run.products.units == units else run.reliability

    deleted = {units: _ratio(each, own(a, units), own(b, units)) for units, each in disjoint.deleted.items()}
    return _Drawn(float(_ratio(disjoint.value, a.reliability, b.reliability)), deleted)


def _ratio(disjoint: Array | float, own_a: Array | float, own_b: Array | float) -> Array:
    own = np.maximum(own_a, LEAST_RELIABILITY) * np.maximum(own_b, LEAST_RELIABILITY)
    return np.asarray(disjoint / np.sqrt(own))


def _over_both(a: Halves, b: Halves, star: _Drawn) -> Estimate | None:
    """Estimates rho* with an interval over units and conditions; None where a condition cannot be deleted.

    Near 1 rho* of few conditions is skewed, so the interval is taken on atanh of the correlation of halves that rho*
    was disattenuated from. It holds that over units alone.
    """
    if len(a.products.conditions) < MIN_ANY:
        return None
    try:
        agreement, deletions = disjoint_agreement(a, b), zip(a.without_condition, b.without_condition, strict=True)
        disjoint = np.array([agreement(x, y) for x, y in deletions])
        without = _ratio(disjoint, a.reliability_without_condition, b.reliability_without_condition)
    except GeometryError:
        return None
    units, of_halves = star.estimate(fisher=False), float(1 / _ratio(1.0, a.reliability, b.reliability))
    deleted = [of_halves * own for own in (*star.deleted.values(), without)]
    both = interval(of_halves * star.value, deleted, fisher=True)
    return Estimate(star.value, min(both.low / of_halves, units.low), max(both.high / of_halves, units.high))


def _same(a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("...shp,...shp->...", a, b) / (2 * a.shape[-3]))


def _across(a: Array, b: Array) -> Array:
    """Compares any half of a with any half of b, for runs without common text."""
    return (opposite(a, b) + _same(a, b)) / 2


def disjoint_agreement(a: Halves, b: Halves) -> Callable[[Array, Array], Array]:
    """Gives the function that compares rank vectors of two runs on halves without common text."""
    return opposite if common_units(a, b) else _across


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
