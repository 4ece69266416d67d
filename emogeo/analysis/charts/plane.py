"""The plane of a map: one scale both ways, and where labels stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

import altair
import numpy as np
from numpy.typing import NDArray

from emogeo.analysis.charts.labels import place_labels
from emogeo.arrays import Array

LETTERS = 11.0
"""Height of the letters, in pixels."""
_MANY, _SMALL = 40, 9.0
"""From how many labels on letters are smaller, and how high these are."""
_SLIM, _BROAD = "fijlrtI.,:;'|!()[] ", "mwMW@"
_MARGIN = 26
"""Pixels around all points, for labels."""
_TALLEST = 1.05
"""The most that a map is higher than wide."""
_GAP = 5.0
"""Pixels between a point and its label."""
_COVERED = 0.25
"""The share of a label that may lie under another; one of which more does is shown only when it is pointed at."""


@dataclass(frozen=True)
class Plane:
    """What part of a map is drawn, and how large."""

    width: int
    height: int
    """Pixels"""
    left: float
    top: float
    """The place of the upper left corner on the map."""
    unit: float
    """Pixels to a unit of the map, both ways."""

    def pixels(self, points: Array) -> Array:
        """Gives where points [..., 2] of the map are, from the upper left corner."""
        return np.asarray((points - [self.left, self.top]) * [self.unit, -self.unit])

    @property
    def x(self) -> altair.Scale:
        """The scale from left to right."""
        return altair.Scale(domain=[self.left, self.left + self.width / self.unit], nice=False, zero=False)

    @property
    def y(self) -> altair.Scale:
        """The scale from bottom to top."""
        return altair.Scale(domain=[self.top - self.height / self.unit, self.top], nice=False, zero=False)


def plane_over(points: Array, width: int) -> Plane:
    """Makes the plane that holds points [..., 2] in so many pixels of width, no higher than `_TALLEST` of it."""
    flat = points.reshape(-1, 2)
    low, high = flat.min(axis=0), flat.max(axis=0)
    size = np.maximum(high - low, 1e-9)
    unit = min((width - 2 * _MARGIN) / size[0], (_TALLEST * width - 2 * _MARGIN) / size[1])
    height = round(size[1] * unit) + 2 * _MARGIN
    spare = (width / unit - size[0]) / 2
    return Plane(width, height, float(low[0] - spare), float(high[1] + _MARGIN / unit), float(unit))


@dataclass(frozen=True, eq=False)
class Labels:
    """Where labels stand."""

    sizes: Array
    """[label, 2], pixels"""
    off: NDArray[np.int64]
    """[label, 2], pixels from the point to the middle of its label, to the right and down"""
    clear: NDArray[np.bool_]
    """[label]: whether it can be read beside those before it"""


def letters(n: int) -> float:
    """Gives the height of letters where there are n labels, in pixels."""
    return LETTERS if n <= _MANY else _SMALL


def labels_on(plane: Plane, names: Sequence[str], points: Array, others: Array | None = None) -> Labels:
    """Places labels beside points [label, 2] of a map, where they overlap least.

    Args:
        others: [point, 2], further points that labels keep off.
    """
    height = letters(len(names))
    sizes = np.array([[height * wide(name) + 2, 1.2 * height] for name in names])
    at, every = plane.pixels(points), points if others is None else np.concatenate([points, others])
    padded = np.concatenate([sizes, np.zeros((len(every) - len(points), 2))])
    box = np.array([[2.0, 2.0], [plane.width - 2.0, plane.height - 2.0]])
    places = place_labels(plane.pixels(every), padded, _GAP, box)[: len(points)]
    return Labels(sizes, np.round(places - at).astype(np.int64), _clear(places, sizes))


def wide(name: str) -> float:
    """Gives about how wide a label is, in heights of its letters."""
    return sum(_width(letter) for letter in name)


def _width(letter: str) -> float:
    if letter in _SLIM:
        return 0.33
    return 0.84 if letter in _BROAD else 1.0 if east_asian_width(letter) in "WF" else 0.56


def _clear(places: Array, sizes: Array) -> NDArray[np.bool_]:
    found = np.ones(len(places), dtype=bool)
    for label in range(1, len(places)):
        before = np.flatnonzero(found[:label])
        common = (sizes[before] + sizes[label]) / 2 - np.abs(places[before] - places[label])
        found[label] = np.maximum(common, 0).prod(axis=1).sum() <= _COVERED * sizes[label].prod()
    return found
