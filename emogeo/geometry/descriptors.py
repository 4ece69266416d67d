"""Numbers that describe one model's space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.inference import Estimate, interval
from emogeo.geometry.shown import Shown

LARGEST = 3
"""The number of dimensions that are taken out, to see whether a few make a space look narrow."""

_ROUNDING = 1e-9
"""The share of the largest singular value below which a component is rounding."""


def mean_cosine(states: Array) -> Array:
    """Mean pairwise cosine at each layer.

    Over raw last-token states of neutral factual sentences this is the anisotropy
    of a model; over centred emotion vectors it is the published layer criterion,
    which for n grand-mean-centred vectors lies near -1/(n-1) whatever their geometry.

    Args:
        states: [row, layer, d_model], rows of non-zero length.

    Returns:
        [layer]
    """
    unit = _of_unit_length(states)
    n = len(unit)
    return np.asarray(((unit.sum(axis=0) ** 2).sum(axis=-1) - n) / (n * (n - 1)))


@dataclass(frozen=True)
class Descriptors(Shown):
    """The numbers that describe one geometry at its layer; None where there is none."""

    name: str
    layer: int | None
    """The selected block, counted from 0; None where every block is used."""
    n_conditions: int
    n_units: int
    rdm_std: float
    participation_ratio: float | None
    mean_cosine: float | None
    anisotropy: float | None
    separation: float | None
    reliability: Estimate | None
    held_out: Estimate | None
    """The criterion of the layer, on the units that did not choose it."""

    def __str__(self) -> str:
        where = "every block" if self.layer is None else f"layer {self.layer}"
        reliable = "no reliability (needs 4 units)" if self.reliability is None else f"reliability {self.reliability}"
        return (
            f"{self.name}: {self.n_conditions} conditions, {self.n_units} units, {where}\n"
            f"{reliable}, RDM std {self.rdm_std:.3f}"
        )

    __repr__ = __str__


@dataclass(frozen=True)
class LargestDimensions:
    """The dimensions that add most to the mean cosine of one layer."""

    indices: list[int]
    contributions: list[float]
    """What each dimension adds to the mean cosine; over all dimensions these sum to it."""
    without: float
    """The mean cosine of the same states with these dimensions set to zero."""


def anisotropy(states: Array) -> list[Estimate]:
    """Mean pairwise cosine at each layer with its interval over sentences.

    Args:
        states: [sentence, layer, d_model], raw last-token states of neutral sentences.
    """
    return [_anisotropy_of(block) for block in np.moveaxis(states, 1, 0)]


def _anisotropy_of(states: Array) -> Estimate:
    """Gives the mean pairwise cosine of one layer; |total - u|^2 = |total|^2 - 2 <total, u> + 1, u of length 1."""
    unit = _of_unit_length(states)
    n, total = len(unit), unit.sum(axis=0)
    squared = total @ total
    deleted = (squared - 2 * (unit @ total) + 1 - (n - 1)) / ((n - 1) * (n - 2))
    return interval(float((squared - n) / (n * (n - 1))), [deleted], fisher=True)


def largest_dimensions(states: Array) -> list[LargestDimensions]:
    """Finds the few dimensions of each layer that add most to the mean cosine, and the mean cosine without them.

    A dimension adds the mean over pairs of u_id u_jd, u being of unit length (Timkey & van Schijndel 2021,
    EMNLP, 4527-4546).

    Args:
        states: [sentence, layer, d_model]
    """
    return [_largest_of(block) for block in np.moveaxis(states, 1, 0)]


def _largest_of(states: Array) -> LargestDimensions:
    unit = _of_unit_length(states)
    n = len(unit)
    added = (unit.sum(axis=0) ** 2 - (unit**2).sum(axis=0)) / (n * (n - 1))
    indices = np.argsort(-added, kind="stable")[:LARGEST]
    rest = states.copy()
    rest[:, indices] = 0.0
    without = float(mean_cosine(rest[:, None])[0])
    return LargestDimensions([int(i) for i in indices], [float(added[i]) for i in indices], without)


def participation_ratio(gram: Array) -> Array:
    """Measures how many dimensions condition vectors spread over: (sum of eigenvalues)^2 / sum of their squares.

    Text noise adds dimensions, so the number falls as texts are added.

    Args:
        gram: [..., condition, condition], inner products of centred vectors.

    Returns:
        [...], between 1 and the number of conditions less one.
    """
    trace = np.trace(gram, axis1=-2, axis2=-1)
    return np.asarray(trace**2 / (gram**2).sum(axis=(-2, -1)))


@dataclass(frozen=True)
class Axis:
    """The principal component of condition vectors that goes best with a rating."""

    component: int
    """The number of the component, from 1, in the order of variance."""
    r: float
    """The absolute Pearson correlation; the sign of a component is arbitrary."""
    p: float


def rating_axis(vectors: Array, ratings: Array, components: int, permutations: int, seed: int) -> Axis:
    """Looks for a rating among the first principal components of condition vectors.

    p is of the best of them: ratings are permuted among conditions, and each time the best is taken.

    Args:
        vectors: [condition, feature], centred.
        ratings: [condition], NaN where a condition has none.
        components: how many are looked at; those on which the conditions do not differ are none.

    Raises:
        GeometryError: vectors that are not finite or do not differ, or fewer than two different ratings.
    """
    left, singular, _ = np.linalg.svd(vectors, full_matrices=False)
    rated = ~np.isnan(ratings)
    if not np.isfinite(vectors).all() or np.isinf(ratings).any() or len(set(ratings[rated])) < 2:
        raise GeometryError("A rating axis needs finite vectors, and at least two conditions with different ratings.")
    scores = (left * singular)[rated, :components]
    scores = scores - scores.mean(axis=0)
    lengths = np.linalg.norm(scores, axis=0)
    spread = lengths > _ROUNDING * singular[0]
    if not spread.any():
        raise GeometryError("The rated conditions have one vector: no component tells them apart.")
    scores = np.where(spread, scores, 0.0) / np.where(spread, lengths, 1.0)
    values = ratings[rated] - ratings[rated].mean()
    values /= np.linalg.norm(values)
    observed = np.abs(scores.T @ values)
    orders = np.random.default_rng(seed).permuted(np.tile(values, (permutations, 1)), axis=1)
    reached = (np.abs(orders @ scores).max(axis=1) >= observed.max() - 1e-12).sum()
    return Axis(int(observed.argmax()) + 1, float(observed.max()), float((1 + reached) / (1 + permutations)))


def _of_unit_length(states: Array) -> Array:
    """The states scaled to length 1.

    Raises:
        GeometryError: a state of length zero, or one with NaN or infinity.
    """
    lengths = np.linalg.norm(states, axis=-1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        raise GeometryError("A state of length zero, or one with NaN or infinity, has no cosine.")
    return np.asarray(states / lengths)
