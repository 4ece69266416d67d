"""Emotion vectors: condition means, denoised and centred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.options import NEUTRAL, Centring, Norm

_ROUNDING = 1e-12
"""The share of a state's length below which a difference is rounding, so that two states count as equal."""


@dataclass(frozen=True)
class Vectors:
    """One vector per condition and layer."""

    conditions: tuple[str, ...]
    values: Array
    """[condition, layer, d_model]"""


def condition_means(states: Array, emotions: Sequence[str], conditions: Sequence[str]) -> Array:
    """Gives the mean state of each condition.

    Args:
        states: [text, layer, d_model].
        emotions: the condition of each text.

    Returns:
        [condition, layer, d_model]

    Raises:
        GeometryError: a condition without texts, or labels of another number than the states.
    """
    _refuse_labels(states, emotions, conditions)
    rows = np.asarray(emotions)
    absent = [condition for condition in conditions if condition not in set(emotions)]
    if absent:
        raise GeometryError(f"There is no text of {', '.join(absent)}: no mean.")
    return np.stack([states[rows == condition].mean(axis=0) for condition in conditions])


def unit_means(states: Array, emotions: Sequence[str], units: Sequence[str], conditions: Sequence[str]) -> Array:
    """Gives the mean state of each condition in each unit: [unit, condition, layer, d_model].

    Units come in the order in which the texts have them first.

    Raises:
        GeometryError: a unit without a text for some condition, a label that is no condition, or labels of another
            number than the states.
    """
    _refuse_labels(states, emotions, conditions)
    if len(units) != len(states):
        raise GeometryError(f"{len(units)} units for the states of {len(states)} texts.")
    unknown = sorted(set(emotions) - set(conditions))
    if unknown:
        raise GeometryError(f"Unknown label {', '.join(unknown)}; the conditions are {', '.join(conditions)}.")
    names = list(dict.fromkeys(units))
    row_of = {name: row for row, name in enumerate(names)}
    column_of = {condition: column for column, condition in enumerate(conditions)}
    at = ([row_of[unit] for unit in units], [column_of[emotion] for emotion in emotions])
    counts = np.zeros((len(names), len(conditions)))
    np.add.at(counts, at, 1)
    if (counts == 1).all():
        return _in_cells(states, at, counts.shape)
    if not counts.all():
        unit, condition = np.argwhere(counts == 0)[0]
        raise GeometryError(f"Unit {names[unit]} has no text for {conditions[condition]}.")
    sums = np.zeros((len(names), len(conditions), *states.shape[1:]))
    np.add.at(sums, at, states)
    return sums / counts[:, :, None, None]


def _in_cells(states: Array, at: tuple[list[int], list[int]], shape: tuple[int, ...]) -> Array:
    """Gives the states of texts that are each alone in their unit and condition, by these; a view where they stand so.

    Args:
        at: the unit and the condition of each text.
    """
    places = np.ravel_multi_index(at, shape)
    order = np.argsort(places)
    states = np.asarray(states, dtype=np.float64)
    ordered = states if (order == np.arange(len(order))).all() else states[order]
    return ordered.reshape(*shape, *states.shape[1:])


def _refuse_labels(states: Array, emotions: Sequence[str], conditions: Sequence[str]) -> None:
    if len(emotions) != len(states):
        raise GeometryError(f"{len(emotions)} labels for the states of {len(states)} texts.")
    if len(set(conditions)) != len(conditions):
        raise GeometryError(f"A condition stands twice among {', '.join(conditions)}.")


def centre(means: Array, conditions: Sequence[str], centring: Centring, neutral: str = NEUTRAL) -> Vectors:
    """Subtracts the grand mean of the conditions (neutral included), or the neutral vector, or nothing.

    `topic_mean` is the grand mean over states from which `without_topic_means` has taken the topics.
    Centring on neutral leaves neutral a zero vector without a direction, so neutral is dropped.

    Raises:
        GeometryError: centring on neutral without that condition.
    """
    if centring is Centring.none:
        return Vectors(tuple(conditions), means)
    if centring in {Centring.grand_mean, Centring.topic_mean}:
        return Vectors(tuple(conditions), means - means.mean(axis=0))
    if neutral not in conditions:
        raise GeometryError(
            f"centring=neutral subtracts the condition {neutral!r}, and there is none among {', '.join(conditions)}."
        )
    origin = list(conditions).index(neutral)
    others = [row for row in range(len(conditions)) if row != origin]
    return Vectors(tuple(conditions[row] for row in others), means[others] - means[origin])


def without_topic_means(states: Array, topics: Sequence[str]) -> Array:
    """Subtracts from each text the mean state of its topic's texts.

    Where every topic has one text of each condition the RDM stays as it is under the
    grand mean; elsewhere this removes what a topic adds to the conditions that it
    has texts of.

    Args:
        states: [text, layer, d_model].
    """
    labels = np.asarray(topics)
    centred = np.empty_like(states)
    for topic in dict.fromkeys(topics):
        rows = labels == topic
        centred[rows] = states[rows] - states[rows].mean(axis=0)
    return centred


def scale(vectors: Vectors, norm: Norm) -> Vectors:
    """Scales vectors to unit length per condition and layer, or leaves them as they are.

    Raises:
        GeometryError: a vector of length zero.
    """
    if norm is Norm.none:
        return vectors
    lengths = np.linalg.norm(vectors.values, axis=-1, keepdims=True)
    if (lengths == 0).any():
        condition = vectors.conditions[int(np.argwhere(lengths == 0)[0][0])]
        raise GeometryError(f"The vector of {condition} has length zero and cannot be normed.")
    return Vectors(vectors.conditions, vectors.values / lengths)


def neutral_components(neutral: Array, share: float) -> Array:
    """Gives the leading principal components of neutral texts at one layer.

    As many as are needed to explain at least `share` of their variance
    (transformer-circuits.pub/2026/emotions).

    Args:
        neutral: [text, d_model].

    Returns:
        [component, d_model], orthonormal rows.

    Raises:
        GeometryError: texts that do not differ.
    """
    if not 0 < share < 1:
        raise GeometryError(f"share={share}: a share of variance between 0 and 1.")
    centred = neutral - neutral.mean(axis=0)
    if np.abs(centred).max() <= _ROUNDING * np.abs(neutral).max():
        raise GeometryError(f"The {len(neutral)} neutral texts do not differ, so no component is theirs to remove.")
    _, singular, components = np.linalg.svd(centred, full_matrices=False)
    explained = np.cumsum(singular**2) / np.sum(singular**2)
    return np.asarray(components[: int(np.searchsorted(explained, share)) + 1])


def project_out(states: Array, components: Array) -> Array:
    """Removes the span of orthonormal `components` [component, d_model] from `states` [text, d_model]."""
    return np.asarray(states - (states @ components.T) @ components)
