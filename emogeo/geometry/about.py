"""What a geometry is about: how much of it predictors explain, alone, together, and given each other.

The numbers are those of `regression`. Intervals are delete-one-unit jackknives of the whole chain, for these
conditions; p permutes conditions (`by_chance`). What can be said, and how well it holds, is in docs/inference.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.beyond import LEAST_EIGENVALUE, floored_inverse
from emogeo.geometry.by_chance import Chance, Weights, chances
from emogeo.geometry.halves import MIN_JACKKNIFE, Halves
from emogeo.geometry.inference import (
    LEAST_RELIABILITY,
    SURE_LEVEL,
    Estimate,
    identifiable,
    interval,
    passes_gate,
    reliability,
    too_few,
)
from emogeo.geometry.predictors import Predictor
from emogeo.geometry.regression import (
    ceiling,
    explained_by,
    explained_only_by,
    given_others,
    inflation,
    left_over,
    parts,
    slopes_on_others,
)
from emogeo.geometry.relations import Relations, over_one_set

TOGETHER = "all together"
MOST_INFLATION = 1 / LEAST_EIGENVALUE
"""The variance inflation above which what a predictor gives beside the others is not identifiable."""
CONDITIONS_PER_PREDICTOR = 2
"""The fewest conditions for each predictor, if what one gives beside the others is to be told from chance."""
PERMUTATIONS = 2_000


@dataclass(frozen=True)
class Explained:
    """What one predictor, or several together, explain of a run; None where a number is not identifiable."""

    name: str
    members: tuple[str, ...]
    rho: Estimate | None = None
    """Its agreement with the run, whose noise is left in; None for several."""
    rho_star: Estimate | None = None
    """The same without the run's noise."""
    given: Estimate | None = None
    """The part of `rho` that the others do not give (semipartial); None for several."""
    explained: Estimate | None = None
    """The share of the run's reliable geometry that is explained alone."""
    by_chance: float | None = None
    """Its mean under permuted conditions."""
    p: float | None = None
    only: Estimate | None = None
    """The share that no other predictor explains."""
    only_by_chance: float | None = None
    p_given: float | None = None
    inflation: float | None = None
    """The variance inflation factor; None for several."""
    reason: str | None = None
    """Why there are no numbers, or none given the others."""

    @property
    def adjusted(self) -> float | None:
        """The share beyond chance, 1 - (1 - explained) / (1 - by_chance) (Peres-Neto et al. 2006, Ecology 87, 2614)."""
        if self.explained is None or self.by_chance is None or self.by_chance >= 1:
            return None
        return 1 - (1 - self.explained.value) / (1 - self.by_chance)


@dataclass(frozen=True)
class About:
    """What a run is about."""

    n_units: int
    half_size: int
    ceiling: Estimate
    """The root of the reliability: the most that a predictor can reach."""
    found: tuple[Explained, ...]
    """Each predictor, each group of several, all together; then those that cannot be held against the run."""
    reason: str | None = None
    """Why shares of the reliable geometry are not identifiable; None where they are."""


def about(run: Halves, predictors: Sequence[Predictor], permutations: int = PERMUTATIONS, seed: int = 0) -> About:
    """Says what predictors explain of a run.

    Args:
        predictors: over the run's units and conditions.
        permutations: of condition labels, for p.

    Raises:
        GeometryError: fewer than six units; a run whose dissimilarities do not differ.
    """
    if run.n_units < MIN_JACKKNIFE:
        raise GeometryError(too_few(run.n_units, MIN_JACKKNIFE))
    ranks = [run.ranks, *(each.ranks for each in predictors)]
    every = over_one_set(ranks, [run.deletions, *(each.deletions for each in predictors)], run.members)
    silent = {row: why for row in range(len(predictors)) if (why := _unreliable(every, row + 1))}
    kept = [row for row in range(len(predictors)) if row not in silent]
    usable = [predictors[row] for row in kept]
    model = _Model(run, usable, every.pooled([[0], *([row + 1] for row in kept)]), permutations, seed)
    left = [Explained(predictors[row].name, (predictors[row].name,), reason=why) for row, why in silent.items()]
    return About(run.n_units, run.half_size, model.estimate(ceiling), (*model.found(), *left), model.reason)


def _unreliable(every: Relations, row: int) -> str | None:
    """Says why a predictor's agreements cannot be divided by its reliability; None where they can."""
    own, deleted = float(every.whole[row, row]), every.deleted[0][:, row, row]
    sure = interval(own, [deleted], fisher=True, level=SURE_LEVEL).low
    if passes_gate(own, sure):
        return None
    return (
        f"not identifiable: conditions hardly differ in it beyond chance (its reliability is {own:.2f}, at 99% above "
        f"{sure:.2f}; needed: 0.2, and above 0.15)"
    )


@dataclass(frozen=True, eq=False)
class _Model:
    """A run and its predictors, with all their agreements."""

    run: Halves
    predictors: Sequence[Predictor]
    every: Relations
    permutations: int
    seed: int

    @cached_property
    def reason(self) -> str | None:
        """Says why shares are not given; None where they are."""
        if identifiable(self.run):
            return None
        return f"shares: not identifiable ({self.run.n_units} units, reliability {reliability(self.run)})"

    def found(self) -> list[Explained]:
        if not self.predictors:
            return []
        sets = self._sets()
        weights = [self._weights(rows) for _, rows in sets]
        by_chance = chances(self.run, self.predictors, weights, self.permutations, self.seed)
        return [self._explained(name, rows, own) for (name, rows), own in zip(sets, by_chance, strict=True)]

    def _sets(self) -> list[tuple[str, list[int]]]:
        """Gives names and rows of each predictor, of groups of several that are not all, and of all together."""
        every = list(range(len(self.predictors)))
        groups = [each.group for each in self.predictors]
        several = [(own, [row for row in every if groups[row] == own]) for own in dict.fromkeys(groups)]
        sets = [(each.name, [row]) for row, each in enumerate(self.predictors)]
        sets += [(name, rows) for name, rows in several if 1 < len(rows) < len(every)]
        return sets + ([(TOGETHER, every)] if len(every) > 1 else [])

    def _weights(self, rows: list[int]) -> Weights:
        whole = self.every.whole
        others = [row for row in range(len(self.predictors)) if row not in rows]
        slopes = slopes_on_others(whole, rows) if others else np.empty((0, 1 + len(rows)))
        scales = np.sqrt(np.maximum(np.diag(whole)[1:], LEAST_RELIABILITY))
        within, left = parts(whole)[1][np.ix_(rows, rows)], left_over(whole, rows)[1]
        return Weights(rows, others, slopes, scales, floored_inverse(within), floored_inverse(left))

    def _explained(self, name: str, rows: list[int], chance: Chance) -> Explained:
        found = Explained(name, tuple(self.predictors[row].name for row in rows), p=chance.p)
        if len(rows) == 1:
            found = replace(found, rho=self.estimate(lambda m: parts(m)[0][..., rows[0]]))
        if self.reason is None:
            star = self.estimate(lambda m: parts(m)[0][..., rows[0]] / ceiling(m)) if len(rows) == 1 else None
            share = self._share(lambda m: explained_by(m, rows)) if star is None else _squared(star)
            found = replace(found, rho_star=star, explained=share, by_chance=chance.explained / self.run.reliability)
        return found if len(rows) == len(self.predictors) else self._beside(found, rows, chance)

    def _beside(self, found: Explained, rows: list[int], chance: Chance) -> Explained:
        """Adds what is explained beside the other predictors."""
        inflated, single = inflation(self.every.whole, rows), len(rows) == 1
        found = replace(found, inflation=inflated if single else None, reason=self._not_given(rows, inflated))
        if found.reason is not None:
            return found
        found = replace(found, p_given=chance.p_given)
        if single:
            found = replace(found, given=self.estimate(lambda m: given_others(m, rows[0])))
        if self.reason is None:
            star = self.estimate(lambda m: given_others(m, rows[0]) / ceiling(m)) if single else None
            share = self._share(lambda m: explained_only_by(m, rows)) if star is None else _squared(star)
            found = replace(found, only=share, only_by_chance=chance.only / self.run.reliability)
        return found

    def _not_given(self, rows: list[int], inflated: float) -> str | None:
        """Says why what is explained beside the others is not identifiable."""
        n, k = len(self.run.products.conditions), len(self.predictors)
        if n < (needed := CONDITIONS_PER_PREDICTOR * k):
            return f"given: not identifiable ({n} conditions for {k} predictors, {needed} needed)"
        if inflated <= MOST_INFLATION:
            return None
        like = np.abs(parts(self.every.whole)[1][rows].max(axis=0))
        like[rows] = 0
        most = f"{self.predictors[int(like.argmax())].name}, ρ* {like.max():.2f}"
        return f"given: not identifiable (the others give nearly all of it: inflation {inflated:.0f}; most like {most})"

    def estimate(self, statistic: Callable[[Array], Array]) -> Estimate:
        """Estimates a number that follows from the agreements, with its jackknife interval."""
        return interval(float(statistic(self.every.whole)), [statistic(self.every.deleted[0])], fisher=False)

    def _share(self, statistic: Callable[[Array], Array]) -> Estimate:
        found = self.estimate(statistic)
        return replace(found, low=max(found.low, 0.0))


def _squared(of: Estimate) -> Estimate:
    """Squares a number with its interval: near zero, where a square cannot be below, this interval still holds."""
    low, high = sorted((of.low**2, of.high**2))
    return Estimate(of.value**2, 0.0 if of.low <= 0 <= of.high else low, high)
