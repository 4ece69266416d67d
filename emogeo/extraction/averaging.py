"""States of very many texts, averaged: their geometry needs the means of each unit and condition alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.geometry.grouping import GROUP
from emogeo.geometry.states import LabelledTexts
from emogeo.imported.types import Measured
from emogeo.store.keys import key_of

MOST_TEXTS = 6_000
"""The most texts that keep a state each."""
MOST_MEANS = 4_000
"""About how many means of a unit and a condition are kept; topics are joined at random until they fit."""
LEAST_UNITS = 24
"""The number of units that is always kept."""
_ROWS = 4_096
"""How many states are added up at once."""


@dataclass(frozen=True)
class Averaged:
    """Means of units and conditions in the place of texts."""

    measured: Measured
    labelled: LabelledTexts


def too_many(labelled: LabelledTexts) -> bool:
    """Whether there are so many texts that they are averaged."""
    return len(labelled.texts) > MOST_TEXTS


def averaged(found: Measured, labelled: LabelledTexts, seed: int, name: str) -> Averaged:
    """Averages the states of each unit and condition; where units are very many, they are joined at random first.

    The geometry of all texts follows from these means exactly; units that are joined are fewer independent
    observations, each on more texts.

    Args:
        name: tells these texts apart from those of other files.
    """
    units = joined(labelled.units, len(set(labelled.emotions)), seed)
    cells = list(dict.fromkeys(zip(units, labelled.emotions, strict=True)))
    place = {cell: row for row, cell in enumerate(cells)}
    of_text = np.array([place[cell] for cell in zip(units, labelled.emotions, strict=True)])
    emotions = tuple(emotion for _, emotion in cells)
    means = LabelledTexts(
        emotions,
        tuple(unit for unit, _ in cells),
        tuple(unit for unit, _ in cells),
        tuple(f"{unit}\t{emotion}\t{name}" for unit, emotion in cells),
        known=False,
    )
    own = replace(
        found,
        labels=emotions,
        topics=means.topics,
        texts=None,
        at=_mean_of(found.at, of_text, len(cells)),
        embeddings=None if found.embeddings is None else _means(found.embeddings, of_text, len(cells)),
    )
    return Averaged(own, means)


def joined(units: Sequence[str], n_conditions: int, seed: int) -> list[str]:
    """Gives each text the random group that its unit falls into; the units themselves where they are few enough."""
    names = list(dict.fromkeys(units))
    most = max(LEAST_UNITS, MOST_MEANS // n_conditions)
    if len(names) <= most:
        return list(units)
    shuffled = random.Random(seed).sample(sorted(names), len(names))
    which = key_of({"units": sorted(names), "seed": seed})[:8]  # groups of other units have other names
    group_of = {name: f"{GROUP}{place % most} {which}" for place, name in enumerate(shuffled)}
    return [group_of[unit] for unit in units]


def _mean_of(
    at: Callable[[int], NDArray[np.floating[Any]]], of_text: NDArray[np.int64], n_cells: int
) -> Callable[[int], Array]:
    return lambda block: _means(at(block), of_text, n_cells)


def _means(states: NDArray[np.floating[Any]], of_text: NDArray[np.int64], n_cells: int) -> Array:
    """Means [cell, d_model] of states [text, d_model], some rows at a time."""
    sums = np.zeros((n_cells, states.shape[1]))
    for first in range(0, len(states), _ROWS):
        rows = slice(first, first + _ROWS)
        np.add.at(sums, of_text[rows], states[rows].astype(np.float64))
    return sums / np.bincount(of_text, minlength=n_cells)[:, None]
