"""One measure of two runs: on all text, on disjoint text, with its reliabilities, and disattenuated where it can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.deletions import Deletions, opposite_without
from emogeo.geometry.halves import MIN_STAR, MIN_UNITS, Halves, common_units, without_units
from emogeo.geometry.inference import (
    LEAST_RELIABILITY,
    SURE_LEVEL,
    Estimate,
    interval,
    passes_gate,
    too_few,
)
from emogeo.geometry.measures import MEASURES, SPEARMAN, Measure
from emogeo.geometry.rdm import Scaled
from emogeo.geometry.units import half_gram_deletions, half_grams


@dataclass(frozen=True)
class Measured:
    """A measure of two runs; None where a number is not identifiable, and `reason` says why."""

    measure: str
    value: float | None
    chance: float | None
    disjoint: float | None = None
    reliability_a: float | None = None
    reliability_b: float | None = None
    disattenuated: Estimate | None = None
    reason: str = ""
    deleted: tuple[Array, ...] = ()
    """The disattenuated value with one unit left out [unit], for each independent set of units."""


@dataclass(frozen=True, repr=False)
class Viewed:
    """One run as one measure sees it; whatever is asked for is kept."""

    run: Halves
    measure: Measure

    @cached_property
    def whole(self) -> Array:
        """Gives the features [feature] of all units together."""
        everything = np.ones((1, self.run.n_units))
        grams = half_grams(self.run.products.values, everything, self.measure.crossvalidated_whole)
        return np.asarray(self.measure.features(grams)[0])

    @property
    def _is_own(self) -> bool:
        """Whether the run's own ranks are what the measure sees of halves."""
        return self.measure is SPEARMAN

    @cached_property
    def halves(self) -> Array:
        """Gives the features [split, half, feature] of the halves."""
        if self._is_own:
            return self.run.ranks
        members = self.run.members
        grams = half_grams(self.run.products.values, members.reshape(-1, self.run.n_units), self.measure.crossvalidated)
        return np.asarray(self.measure.features(grams).reshape(*members.shape[:2], -1))

    @cached_property
    def _deletions(self) -> Array:
        """[deletion, feature]: each half without each of its units, in the order of np.nonzero(members)."""
        members, n = self.run.members, self.run.n_units
        units = np.nonzero(members)[2]
        found = np.empty((len(units), self.halves.shape[-1]))
        grams = half_gram_deletions(self.run.products.values, members.reshape(-1, n), self.measure.crossvalidated)
        for unit, own in enumerate(grams):
            found[units == unit] = self.measure.features(own)
        return found

    @cached_property
    def split(self) -> Deletions:
        """Gives the halves, whole and without each of their units."""
        halves = self.halves.reshape(-1, self.halves.shape[-1])
        return Deletions(*(Scaled(features, np.ones(len(features))) for features in (halves, self._deletions)))

    def opposite_deleted(self, other: Viewed) -> Array:
        """Gives the agreement with a run over the same units on opposite halves, without each unit: [unit]."""
        if self._is_own:
            return self.run.opposite_deleted(other.run)
        return opposite_without(self.split, other.split, self.run.members)

    def jackknife(self, units: slice = slice(None)) -> Array:
        """Gives [deleted unit, split, half, feature] for some units: only halves with the unit change."""
        if self._is_own:
            return self.run.jackknife(units)
        return without_units(self.halves, self._deletions, self.run.members, units)

    @cached_property
    def reliability(self) -> float:
        """Gives the agreement of one half with the other."""
        return float(_opposite(self.measure, self.halves, self.halves))

    @cached_property
    def reliability_deleted(self) -> Array:
        """Gives the same with one unit left out [unit]."""
        return self.opposite_deleted(self)

    @cached_property
    def unreliable(self) -> str:
        """Says why there is no ratio with this run; empty where there may be one."""
        sure = interval(self.reliability, [self.reliability_deleted], fisher=True, level=SURE_LEVEL).low
        if passes_gate(self.reliability, sure):
            return ""
        return f"{self.reliability:.2f}, at {SURE_LEVEL:.0%} above {sure:.2f}"


def measure_all(a: Halves, b: Halves) -> list[Measured]:
    """Gives every measure of two runs.

    Raises:
        GeometryError: see `measured`.
    """
    return [measured(Viewed(a, measure), Viewed(b, measure)) for measure in MEASURES]


def measured(a: Viewed, b: Viewed) -> Measured:
    """Measures two runs over the same units, or over units that have no text in common.

    Raises:
        GeometryError: runs over different conditions, with some but not all units in common, or split
            otherwise; two measures; a geometry of which the measure sees nothing.
    """
    if a.measure is not b.measure:
        raise GeometryError(f"{a.measure.name} and {b.measure.name} are two measures; one is wanted.")
    paired, n = common_units(a.run, b.run), min(a.run.n_units, b.run.n_units)
    name = a.measure.name
    if n < 1 + a.measure.crossvalidated_whole:
        return Measured(name, None, None, reason=f"not identifiable ({n} unit, 2 needed)")
    whole = float(a.measure.agree(a.whole, b.whole)), a.measure.chance(a.whole, b.whole)
    if n < MIN_UNITS:
        return Measured(name, *whole, reason=f"all but value: {too_few(n, MIN_UNITS)}")
    disjoint = float(_disjoint(a.measure, a.halves, b.halves, paired))
    halves = disjoint, a.reliability, b.reliability
    reason = _without_ratio(a, b, n)
    if reason:
        return Measured(name, *whole, *halves, reason=f"disattenuated: {reason}")
    deleted = _deleted(a, b, paired)
    ratio = disjoint / np.sqrt(a.reliability * b.reliability)
    return Measured(name, *whole, *halves, interval(float(ratio), deleted, fisher=False), deleted=tuple(deleted))


def _without_ratio(a: Viewed, b: Viewed, n: int) -> str:
    if a.measure.without_ratio:
        return a.measure.without_ratio
    if n < MIN_STAR:
        return too_few(n, MIN_STAR)
    low = [f"of {name} {own.unreliable}" for name, own in (("a", a), ("b", b)) if own.unreliable]
    return f"not identifiable (reliability {' and '.join(low)})" if low else ""


def _deleted(a: Viewed, b: Viewed, paired: bool) -> list[Array]:
    """The ratio after each deletion, from both runs at once where they share units."""
    disjoint = partial(_disjoint, a.measure, paired=paired)
    if paired:
        return [_ratio(a.opposite_deleted(b), a.reliability_deleted, b.reliability_deleted)]
    first = a.run.over_units(lambda units: disjoint(a.jackknife(units), b.halves[None]))
    second = b.run.over_units(lambda units: disjoint(a.halves[None], b.jackknife(units)))
    return [
        _ratio(first, a.reliability_deleted, b.reliability),
        _ratio(second, a.reliability, b.reliability_deleted),
    ]


def _ratio(disjoint: Array, own_a: Array | float, own_b: Array | float) -> Array:
    ceiling = np.sqrt(np.maximum(own_a, LEAST_RELIABILITY) * np.maximum(own_b, LEAST_RELIABILITY))
    return np.asarray(disjoint / ceiling)


def _disjoint(measure: Measure, a: Array, b: Array, paired: bool) -> Array:
    """Compares halves without a common text: opposite ones, or any two of runs that share none."""
    opposite = _opposite(measure, a, b)
    return opposite if paired else np.asarray((opposite + measure.agree(a, b).mean(axis=(-2, -1))) / 2)


def _opposite(measure: Measure, a: Array, b: Array) -> Array:
    """Compares [..., split, half, feature] on opposite halves: the mean over splits and both ways, by any measure."""
    return np.asarray(measure.agree(a, b[..., ::-1, :]).mean(axis=(-2, -1)))
