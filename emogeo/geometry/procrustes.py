"""Maps turned, mirrored and moved onto one another, and the consensus of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError

_ENOUGH = 1e-12
"""The change of a consensus, in squared units of its size, at which it stands."""
_ROUNDS = 200


@dataclass(frozen=True, eq=False)
class Alignment:
    """A similarity that takes one map onto another: x -> scale * x @ rotation + shift."""

    rotation: Array
    """[axis, axis], a reflection where its determinant is -1"""
    scale: float
    shift: Array
    """[axis]"""

    def __call__(self, points: Array) -> Array:
        """Moves points [..., axis]."""
        return np.asarray(self.scale * points @ self.rotation + self.shift)

    def of_differences(self, differences: Array) -> Array:
        """Turns and scales differences [..., axis] of points, which no shift moves."""
        return np.asarray(self.scale * differences @ self.rotation)


def procrustes(fixed: Array, moved: Array, scale: bool = False) -> Alignment:
    """Finds the similarity of least squares that takes one map onto another (Schönemann 1966; Gower 1975).

    With both centred and fixed.T @ moved = U S V', the rotation is V U' and the scale sum(S) / |moved|^2.

    Args:
        fixed: [point, axis]
        moved: [point, axis], the same points.
        scale: whether the size may change.

    Raises:
        GeometryError: maps of different shape, or not finite, or with a size of zero.
    """
    _check(fixed, moved)
    centres = fixed.mean(axis=0), moved.mean(axis=0)
    first, second = fixed - centres[0], moved - centres[1]
    left, singular, right = np.linalg.svd(first.T @ second)
    rotation = (left @ right).T
    factor = float(singular.sum() / (second**2).sum()) if scale else 1.0
    return Alignment(rotation, factor, centres[0] - factor * centres[1] @ rotation)


def onto(fixed: Array, moved: Array) -> Alignment:
    """Finds the similarity that turns one map onto another and makes it as large; that of least squares shrinks it.

    Raises:
        GeometryError: see `procrustes`.
    """
    turned = procrustes(fixed, moved)
    factor = float(np.sqrt(((fixed - fixed.mean(axis=0)) ** 2).sum() / ((moved - moved.mean(axis=0)) ** 2).sum()))
    return Alignment(turned.rotation, factor, fixed.mean(axis=0) - factor * moved.mean(axis=0) @ turned.rotation)


def normalised(points: Array) -> Array:
    """Moves a map's centre to 0 and makes the root mean square distance of its points from there 1.

    Args:
        points: [..., point, axis]

    Raises:
        GeometryError: points that are all the same, or not finite.
    """
    centred = points - points.mean(axis=-2, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=(-2, -1), keepdims=True) / points.shape[-2])
    if not (np.isfinite(size) & (size > 0)).all():
        raise GeometryError("Points that are all the same, or not finite, are no map.")
    return np.asarray(centred / size)


def consensus(maps: Sequence[Array]) -> Array:
    """Gives the mean of several maps after each is turned onto it (generalised Procrustes; Gower 1975).

    Every map counts with the same size, and so does the consensus. Its first axis is the one of most variance, and each
    axis has its largest entry positive.

    Args:
        maps: [point, axis] each, of the same points.

    Returns:
        [point, axis], `normalised`.

    Raises:
        GeometryError: no map, maps of different shape, not finite or without size.
    """
    if not maps:
        raise GeometryError("A consensus needs at least one map.")
    own = [normalised(points) for points in maps]
    mean = own[0]
    for _ in range(_ROUNDS):
        found = normalised(np.mean([procrustes(mean, points)(points) for points in own], axis=0))
        change, mean = float(((found - mean) ** 2).sum()), found
        if change <= _ENOUGH:
            break
    return _on_principal_axes(mean)


def _on_principal_axes(points: Array) -> Array:
    turned = points @ np.linalg.svd(points, full_matrices=False)[2].T
    largest = turned[np.abs(turned).argmax(axis=0), np.arange(turned.shape[1])]
    return np.asarray(turned * np.where(largest < 0, -1.0, 1.0))


def _check(fixed: Array, moved: Array) -> None:
    if fixed.ndim != 2 or fixed.shape != moved.shape:
        raise GeometryError(f"Maps of {list(fixed.shape)} and {list(moved.shape)} cannot be aligned.")
    for points in (fixed, moved):
        normalised(points)
