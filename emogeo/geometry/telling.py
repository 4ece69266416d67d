"""Words and short runs of words that return in many units of one condition, and in few of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    elsewhere: float
    """The share of cells (a unit and another condition) that have it."""
    weight: float
    """The share of units that have it, times its idf over conditions."""
    of_units: int
    called: str
    """What the units are called: topics, where every topic has every condition, else units."""

    @property
    def telling(self) -> bool:
        """Whether it returns in half of the condition's units, and in few of the others."""
        return self.n_units >= max(FEWEST_TELLING, TELLING * self.of_units) and self.elsewhere <= ELSEWHERE

    @property
    def cue(self) -> bool:
        """Whether it stands for the condition nearly wherever the condition is, and nearly nowhere else."""
        return self.n_units >= max(FEWEST_CUE, CUE * self.of_units) and self.elsewhere <= CUE_ELSEWHERE

    def __str__(self) -> str:
        named = f"{self.condition}: “{written(self.run)}” in {self.n_units} of {self.of_units} {self.called}"
        return f"{named}, elsewhere in {self.elsewhere:.0%}"


def telling_runs(labels: LabelledTexts, tokens: Sequence[Tokens]) -> list[TellingRun]:
    """Gives the run that tells each condition best, by its weight: most telling first.

    Units are here the topics where every topic has every condition, also if families of topics are the units of all
    else: a family has many texts, and some word is in one of them soon.

    The weight is the share of the condition's units that have the run, times log(C / s), where s sums these shares over
    all C conditions: an idf that counts a condition by how often it has the run. A run that every condition has
    equally often weighs nothing, so that function words need no list. A run counts once for a unit and condition.

    Args:
        tokens: [text], as `tokens_of` cuts them.
    """
    units, called = _units(labels)
    conditions, n_units = sorted(set(labels.emotions)), len(set(units))
    runs, counts = _counts(labels.emotions, units, tokens)
    if not runs:
        return []
    shares = counts / n_units
    weights = shares * np.log(len(conditions) / shares.sum(axis=0))
    weights[counts < FEWEST_CUE] = -np.inf
    found = [
        TellingRun(condition, *_best(runs, counts, shares, weights[row], row), n_units, called)
        for row, condition in enumerate(conditions)
        if np.isfinite(weights[row]).any()
    ]
    return sorted(found, key=lambda own: (-own.weight, own.condition))


def _best(
    runs: list[Tokens], counts: Array, shares: Array, weights: Array, row: int
) -> tuple[Tokens, int, float, float]:
    """The run of the largest weight; of several, the longest, then the first by alphabet.

    Returns:
        The run, in how many units it is, in what share of the other conditions' cells, and its weight.
    """
    top = np.flatnonzero(weights >= weights.max() - 1e-12)
    at = min(top, key=lambda column: (-len(runs[column]), runs[column]))
    return runs[at], int(counts[row, at]), float(np.delete(shares[:, at], row).mean()), float(weights[at])


def _units(labels: LabelledTexts) -> tuple[tuple[str, ...], str]:
    """The unit of each text, and what units are called."""
    topics = set(labels.topics)
    cells = set(zip(labels.topics, labels.emotions, strict=True))
    crossed = len(cells) == len(topics) * len(set(labels.emotions))
    return (labels.topics, "topics") if crossed and len(topics) >= len(set(labels.units)) else (labels.units, "units")


def _counts(emotions: Sequence[str], units: Sequence[str], tokens: Sequence[Tokens]) -> tuple[list[Tokens], Array]:
    """Gives the runs that any condition has in at least so many units, and those numbers [condition, run]."""
    cells: dict[tuple[str, str], set[Tokens]] = {}
    for emotion, unit, own in zip(emotions, units, tokens, strict=True):
        held = cells.setdefault((emotion, unit), set())
        for length in LENGTHS:
            held.update(run for run in runs_of(own, length) if len(run) == length)
    by_condition = {condition: Counter[Tokens]() for condition in sorted(set(emotions))}
    for (emotion, _), held in cells.items():
        by_condition[emotion].update(held)
    kept = sorted({run for own in by_condition.values() for run, count in own.items() if count >= FEWEST_CUE})
    return kept, np.array([[own[run] for run in kept] for own in by_condition.values()], dtype=float)
