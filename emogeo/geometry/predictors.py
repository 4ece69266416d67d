"""Predictors of a geometry: what may explain it, as rank vectors on the halves of the same units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.rdm import PackedRanks, standard_ranks
from emogeo.geometry.triangle import above


@dataclass(frozen=True, eq=False)
class Predictor:
    """Dissimilarities of the conditions that may explain those of a run."""

    name: str
    group: str
    """Predictors of one group are also taken together."""
    ranks: Array
    """[split, half, pair], standardized"""
    deletions: PackedRanks | Array
    """[deletion, pair]: those of each half without each of its units, in the order of np.nonzero(members)."""


def of_halves(name: str, group: str, halves: Halves) -> Predictor:
    """Makes a predictor of a geometry that is made from the same texts (word counts, input embeddings).

    Raises:
        GeometryError: see `Halves.prepare`.
    """
    return Predictor(name, group, halves.ranks, halves.deletions)


def of_distances(name: str, group: str, distances: Array, run: Halves) -> Predictor:
    """Makes a predictor of dissimilarities [pair] that have no texts, hence no noise: they are the same on all halves.

    Raises:
        GeometryError: dissimilarities that are not finite or all equal.
    """
    ranks = standard_ranks(distances)
    n_splits, n_halves, _ = run.members.shape
    n_deletions = int(run.members.sum())
    return Predictor(
        name,
        group,
        np.broadcast_to(ranks, (n_splits, n_halves, len(ranks))),
        np.broadcast_to(ranks, (n_deletions, len(ranks))),
    )


def of_values(name: str, group: str, values: Array, run: Halves) -> Predictor:
    """Makes a predictor of one number of each unit and condition: the difference of its means over a half's units.

    Args:
        values: [unit, condition], units and conditions in the order of the run's.

    Raises:
        GeometryError: another shape, values that are not finite, or conditions that do not differ.
    """
    members = run.members
    if values.shape != (run.n_units, len(run.products.conditions)):
        raise GeometryError(f"{name}: a value for each unit and condition is needed (found {list(values.shape)}).")
    sums, sizes = members @ values, members.sum(axis=2, keepdims=True)
    split, half, unit = np.nonzero(members)
    without = (sums[split, half] - values[unit]) / (sizes[split, half] - 1)
    return Predictor(name, group, standard_ranks(_differences(sums / sizes)), standard_ranks(_differences(without)))


def log_lengths(texts: Sequence[str], units: Sequence[str], emotions: Sequence[str], run: Halves) -> Array:
    """Gives the mean logarithm of the number of characters: [unit, condition].

    Raises:
        GeometryError: a unit without a text of some condition.
    """
    rows = {name: row for row, name in enumerate(run.products.units)}
    columns = {name: column for column, name in enumerate(run.products.conditions)}
    sums, counts = np.zeros((2, len(rows), len(columns)))
    for text, unit, emotion in zip(texts, units, emotions, strict=True):
        if emotion in columns:
            sums[rows[unit], columns[emotion]] += np.log1p(len(text))
            counts[rows[unit], columns[emotion]] += 1
    if not counts.all():
        raise GeometryError("A unit without a text of some condition has no length there.")
    return np.asarray(sums / counts)


def _differences(means: Array) -> Array:
    """Gives the absolute differences [..., pair] of means [..., condition]."""
    rows, columns = above(means.shape[-1])
    return np.asarray(np.abs(means[..., rows] - means[..., columns]))
