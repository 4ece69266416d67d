"""Words and short runs of words that return in many units of one condition, and in few of the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.ngrams import Tokens, runs_of, written
from emogeo.geometry.states import LabelledTexts

LENGTHS = (1, 2, 3)
"""How many tokens a run has: words, pairs and triples; where a script has no blanks, as many characters."""
TELLING = 0.5
"""The share of a condition's units in which a telling run is: half, so that every half of the units has it."""
ELSEWHERE = 0.1
"""The largest share of the other conditions' texts that have a telling run. One in ten is two of the other twenty
conditions, which may well be neighbours in meaning."""
CUE = 0.8
CUE_ELSEWHERE = 0.02
"""From these shares on a run is a cue: it stands for the condition nearly wherever the condition is (in at least .8 of
its units) and nearly nowhere else (in at most 2 %, which is less than half of one other condition among twenty)."""
FEWEST_TELLING = 4
FEWEST_CUE = 3
"""The fewest units of a telling run, and of a cue. In six of the package's own topics some word is in three of them and
nearly nowhere else for half of the conditions, by chance; in four of them for one condition in ten."""


@dataclass(frozen=True)
class TellingRun:
    """The run of tokens that tells one condition best."""

    condition: str
    run: Tokens
    n_units: int
    """The number of the condition's units that have it."""
    of_units: int
    elsewhere: float
    """The share of cells (a unit and another condition) that have it."""
    weight: float
    """The share of units that have it, times its idf over conditions."""

    @property
    def telling(self) -> bool:
        """Whether it returns in half of the condition's units, and in few of the others."""
        return self.n_units >= max(FEWEST_TELLING, TELLING * self.of_units) and self.elsewhere <= ELSEWHERE

    @property
    def cue(self) -> bool:
        """Whether it stands for the condition nearly wherever the condition is, and nearly nowhere else."""
        return self.n_units >= max(FEWEST_CUE, CUE * self.of_units) and self.elsewhere <= CUE_ELSEWHERE

    def __str__(self) -> str:
        return self.said("units")

    def said(self, called: str) -> str:
        """Names the run, and where it is; units are called topics, say."""
        named = f"{self.condition}: “{written(self.run)}” in {self.n_units} of {self.of_units} {called}"
        return f"{named}, elsewhere in {self.elsewhere:.0%}"


def telling_runs(labels: LabelledTexts, tokens: list[Tokens]) -> list[TellingRun]:
    """Gives the run that tells each condition best, by its weight: most telling first.

    The weight is the share of the condition's units that have the run, times log(C / s), where s sums these shares over
    all C conditions: an idf that counts a condition by how often it has the run. A run that every condition has
    equally often weighs nothing, so that function words need no list. A run counts once for a unit and condition.

    Args:
        tokens: [text], as `tokens_of` cuts them.
    """
    conditions, units = sorted(set(labels.emotions)), sorted(set(labels.units))
    runs, counts = _counts(labels, tokens, conditions)
    if not runs:
        return []
    shares = counts / len(units)
    weights = shares * np.log(len(conditions) / shares.sum(axis=0))
    weights[counts < FEWEST_CUE] = -np.inf
    found = [
        _best(condition, runs, counts[row], counts.sum(axis=0), weights[row], (len(units), len(conditions)))
        for row, condition in enumerate(conditions)
        if np.isfinite(weights[row]).any()
    ]
    return sorted(found, key=lambda own: (-own.weight, own.condition))


def _best(
    condition: str, runs: list[Tokens], own: Array, all_: Array, weights: Array, shape: tuple[int, int]
) -> TellingRun:
    """The run of the largest weight; of several, the longest, then the first by alphabet."""
    n_units, n_conditions = shape
    top = np.flatnonzero(weights >= weights.max() - 1e-12)
    at = min(top, key=lambda column: (-len(runs[column]), runs[column]))
    elsewhere = float((all_[at] - own[at]) / (n_units * (n_conditions - 1)))
    return TellingRun(condition, runs[at], int(own[at]), n_units, elsewhere, float(weights[at]))


def _counts(labels: LabelledTexts, tokens: list[Tokens], conditions: list[str]) -> tuple[list[Tokens], Array]:
    """Gives the runs that any condition has in at least so many units, and those numbers [condition, run]."""
    cells: dict[tuple[str, str], set[Tokens]] = {}
    for emotion, unit, own in zip(labels.emotions, labels.units, tokens, strict=True):
        held = cells.setdefault((emotion, unit), set())
        for length in LENGTHS:
            held.update(run for run in runs_of(own, length) if len(run) == length)
    by_condition = {condition: Counter[Tokens]() for condition in conditions}
    for (emotion, _), held in cells.items():
        by_condition[emotion].update(held)
    kept = sorted({run for own in by_condition.values() for run, count in own.items() if count >= FEWEST_CUE})
    return kept, np.array([[by_condition[condition][run] for run in kept] for condition in conditions], dtype=float)
