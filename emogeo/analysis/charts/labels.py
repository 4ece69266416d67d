"""Places of labels beside points, so that they overlap as little as they can."""

from __future__ import annotations

import numpy as np

from emogeo.arrays import Array

_DISTANCES = (0.0, 7.0, 16.0, 28.0)
"""How far a label may be from where it touches its point, in the units of the page."""
_SIDES = 16
_SWEEPS = 6
_ON_POINT, _FAR, _OUTSIDE, _ASIDE = 60.0, 6.0, 40.0, 25.0
"""What a label on another point, each unit of distance, each unit outside, and a right angle to where it belongs cost.

An overlap costs its area, three times.
"""


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


def place_beside(point: Array, way: Array, size: Array, gap: float, box: Array, points: Array, labels: Array) -> Array:
    """Chooses the place of one more label, beside labels that stay.

    Args:
        point: [2], what it belongs to.
        way: [2], where it stands unless something is there, from its point, of length 1.
        size, gap, box: see `place_labels`.
        points: [point, 2], which it keeps off.
        labels: [label, 4], middle and size of each that is there.

    Returns:
        [2], its middle.
    """
    places = _around(point, size, gap)
    cost = _own_cost(places, size, points, box) + _FAR * np.repeat(_DISTANCES, _SIDES)
    cost += _ASIDE * (1 - np.tile(_ways() @ way, len(_DISTANCES)))
    cost += 3 * _overlap(places[:, None], size, labels[None, :, :2], labels[None, :, 2:]).sum(axis=1)
    return np.asarray(places[cost.argmin()])


def _ways() -> Array:
    """Gives the ways [side, 2] in which a label may stand from its point, the first to the right."""
    angles = 2 * np.pi * np.arange(_SIDES) / _SIDES
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _around(point: Array, size: Array, gap: float) -> Array:
    """Gives the middles [place, 2] of a label around a point, the nearest first and on the right."""
    ways = _ways()
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
