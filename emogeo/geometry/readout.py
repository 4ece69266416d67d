"""Vectors applied to states that they were not made of: projections, and random directions to compare them with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.options import NEUTRAL, Centring, Directions
from emogeo.geometry.vectors import centre

_SEED = 17
"""Keeps the draws of directions apart from other draws of a run's seed."""


@dataclass(frozen=True)
class Labelled:
    """States of one block with the condition and the unit of each."""

    states: Array
    """[text, d_model]"""
    emotions: Sequence[str]
    units: Sequence[str]
    conditions: tuple[str, ...]
    """Every condition of the texts, in alphabetical order."""
    centring: Centring
    neutral: str = NEUTRAL


@dataclass(frozen=True)
class Against:
    """Projections [text, condition] against random directions."""

    mean: Array
    """[text], the mean projection on the random directions"""
    sd: Array
    """[text], their standard deviation"""
    z: Array
    """[text, condition]"""
    p: Array
    """[text, condition]: (1 + #) / (1 + N), # being the random directions on which a text's projection is as large"""


def weights_of(source: Labelled, emotions: Sequence[str]) -> tuple[Array, Array]:
    """Gives the weights of texts that make vectors and their centre, as `vectors.centre` makes them of unit means.

    Args:
        emotions: the labels to make vectors by, in the same number in each unit.

    Returns:
        [condition, text], those of centred vectors in the order in which `centre` leaves conditions; and [text], those
        of what is subtracted.
    """
    units = {unit: row for row, unit in enumerate(dict.fromkeys(source.units))}
    columns = {condition: column for column, condition in enumerate(source.conditions)}
    at = np.array([(units[unit], columns[emotion]) for unit, emotion in zip(source.units, emotions, strict=True)])
    counts = np.zeros((len(units), len(columns)))
    np.add.at(counts, (at[:, 0], at[:, 1]), 1)
    means = np.zeros((len(columns), len(at)))
    means[at[:, 1], np.arange(len(at))] = 1 / (counts[at[:, 0], at[:, 1]] * len(units))
    centred = centre(means[:, None], source.conditions, source.centring, source.neutral)
    kept = [columns[condition] for condition in centred.conditions]
    return centred.values[:, 0], (means[kept] - centred.values[:, 0])[0]


def centred_conditions(source: Labelled) -> tuple[str, ...]:
    """Gives the conditions that have vectors: without the one that centring has made the origin."""
    at_origin = {source.neutral} if source.centring is Centring.neutral else set()
    return tuple(condition for condition in source.conditions if condition not in at_origin)


def origin_of(source: Labelled) -> Array:
    """Gives what the run's centring subtracts from every mean at the block: [d_model].

    It is the mean over conditions of their means, the mean of the neutral condition, or zero.

    Raises:
        GeometryError: `topic_mean`, after which states no longer say where they were centred.
    """
    if source.centring is Centring.topic_mean:
        raise GeometryError(
            "a run with centring=topic_mean keeps its states without their topics' means, so what to subtract from "
            "other texts is not known. Name a run with centring=grand_mean: where every topic has every condition, its "
            "vectors are the same."
        )
    return np.asarray(weights_of(source, source.emotions)[1] @ source.states)


def unit_length(vectors: Array, names: Sequence[str] = ()) -> Array:
    """Scales vectors [vector, d_model] to unit length.

    Raises:
        GeometryError: one of length zero; names it.
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if not (lengths > 0).all():
        row = int(np.argwhere(lengths[:, 0] == 0)[0][0])
        raise GeometryError(f"The vector of {names[row] if names else row} has length zero: no projection on it.")
    return np.asarray(vectors / lengths)


def random_directions(source: Labelled, kind: Directions, draws: int, seed: int) -> Array:
    """Draws directions of unit length: [draw, d_model].

    Relabelled: labels are permuted within units, vectors are made of the same states in the same way, and one of them
    is taken at random. A text's projection on a vector is then one of 1 + N that are exchangeable if labels say nothing
    of states, so that p is exact. Isotropic: each coordinate is drawn from one Gaussian.

    Raises:
        GeometryError: states that do not differ.
    """
    generator = np.random.default_rng([_SEED, seed])
    if kind is Directions.isotropic:
        return unit_length(generator.normal(size=(draws, source.states.shape[1])))
    rows = np.array([_relabelled(source, generator) for _ in range(draws)])
    return unit_length(rows @ source.states)


def _relabelled(source: Labelled, generator: np.random.Generator) -> Array:
    """Gives the weights [text] of one vector of permuted labels."""
    vectors, _ = weights_of(source, permuted(source.emotions, source.units, generator))
    return np.asarray(vectors[generator.integers(len(vectors))])


def permuted(labels: Sequence[str], groups: Sequence[str], generator: np.random.Generator) -> list[str]:
    """Permutes labels within groups."""
    found = np.array(labels, dtype=object)
    members = np.array(groups, dtype=object)
    for group in dict.fromkeys(groups):
        rows = np.flatnonzero(members == group)
        found[rows] = found[generator.permutation(rows)]
    return list(found)


def against(projections: Array, null: Array) -> Against:
    """Compares projections [text, condition] with those on random directions [text, draw]."""
    mean, sd = null.mean(axis=1), null.std(axis=1, ddof=1)
    ordered, n = np.sort(null, axis=1), null.shape[1]
    below = [np.searchsorted(own, row, side="left") for own, row in zip(ordered, projections, strict=True)]
    z = (projections - mean[:, None]) / np.where(sd > 0, sd, 1.0)[:, None]
    return Against(mean, sd, z, (1 + n - np.array(below)) / (1 + n))
