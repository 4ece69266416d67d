"""Places of labels beside points, so that they overlap as little as they can."""

from __future__ import annotations

import numpy as np

from emogeo.arrays import Array

_DISTANCES = (0.0, 7.0, 16.0, 28.0)
"""How far a label may be from where it touches its point, in the units of the page."""
_SIDES = 16
_SWEEPS = 6
_ON_POINT, _FAR, _OUTSIDE = 60.0, 6.0, 40.0
"""What a label on another point, each unit of distance and each unit outside cost, beside an overlap's area."""


def place_labels(points: Array, sizes: Array, gap: float, box: Array) -> Array:
    """Chooses places for labels: each in turn takes the best, given the others, for a few rounds.

    Args:
        points: [point, 2]
        sizes: [point, 2], width and height of each label.
        gap: between a point and its label.
        box: [2, 2], the lower left and the upper right corner of the page.

    Returns:
        [point, 2], the middle of each label.
    """
    candidates = np.stack([_around(point, size, gap) for point, size in zip(points, sizes, strict=True)])
    far = np.repeat(_DISTANCES, _SIDES)
    own = np.array([_own_cost(places, size, points, box) for places, size in zip(candidates, sizes, strict=True)])
    own += _FAR * far
    chosen = own.argmin(axis=1)
    for _ in range(_SWEEPS):
        before = chosen.copy()
        for label in range(len(points)):
            others = np.arange(len(points)) != label
            taken = candidates[np.flatnonzero(others), chosen[others]]
            overlaps = _overlap(candidates[label][:, None], sizes[label], taken[None], sizes[others][None])
            chosen[label] = (own[label] + 3 * overlaps.sum(axis=1)).argmin()
        if np.array_equal(before, chosen):
            break
    return np.asarray(candidates[np.arange(len(points)), chosen])


def _around(point: Array, size: Array, gap: float) -> Array:
    """Gives the middles [place, 2] of a label around a point, the nearest first and on the right."""
    angles = 2 * np.pi * np.arange(_SIDES) / _SIDES
    ways = np.column_stack([np.cos(angles), np.sin(angles)])
    squarish = ways / np.abs(ways).max(axis=1, keepdims=True)
    touching = squarish * size / 2 + ways * gap
    return np.concatenate([point + touching + ways * distance for distance in _DISTANCES])


def _own_cost(places: Array, size: Array, points: Array, box: Array) -> Array:
    inside = (np.abs(places[:, None] - points[None]) < size / 2 + 3.0).all(axis=2).sum(axis=1)
    outside = np.maximum(box[0] - (places - size / 2), 0) + np.maximum((places + size / 2) - box[1], 0)
    return np.asarray(_ON_POINT * inside + _OUTSIDE * outside.sum(axis=1))


def _overlap(a: Array, size_a: Array, b: Array, size_b: Array) -> Array:
    """Gives the areas that boxes have in common, of middles and sizes."""
    common = (size_a + size_b) / 2 - np.abs(a - b)
    return np.asarray(np.maximum(common, 0).prod(axis=-1))
