"""Agreement of two runs by the overlap of halves: over splits of least overlap, and on the line to no overlap.

Halves of the units share no text. They may still share words that return with a condition in many units. The overlap
of a split says how much; docs/inference.md has the definitions, and what simulation says of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_JACKKNIFE, Halves
from emogeo.geometry.inference import (
    LEAST,
    MIN_RELIABILITY,
    SURE_LEVEL,
    SURE_RELIABILITY,
    Comparison,
    Estimate,
    compare,
    interval,
)
from emogeo.geometry.shared_words import SharedWords

_LEAST_GAIN = 1e-12
"""The decrease of an overlap below which a swap is rounding alone."""


def split_overlaps(overlap: Array, members: Array) -> Array:
    """Gives the overlap of each split: the mean over its pairs of a unit here and a unit there, [split].

    Args:
        overlap: [unit, unit].
        members: [split, half, unit].
    """
    sums = np.einsum("su,uv,sv->s", members[:, 0], overlap, members[:, 1])
    return np.asarray(sums / members.sum(axis=2).prod(axis=1))


def swapped(overlap: Array, members: Array, most: bool = False) -> Array:
    """Swaps units between the halves of each split, the best swap first, until none makes the overlap smaller.

    Args:
        overlap: [unit, unit].
        members: [split, half, unit].
        most: whether to make it larger instead.
    """
    towards = -overlap if most else overlap
    return np.stack([_swapped(towards, *split) for split in members])


@dataclass(frozen=True, repr=False)
class ChosenHalves(Halves):
    """A run over splits that were chosen, not drawn."""

    chosen: Array
    """[split, half, unit]"""

    @cached_property
    def members(self) -> Array:
        return self.chosen


@dataclass(frozen=True)
class Overlaps:
    """How the agreement of two runs changes with the overlap of halves."""

    overlaps: Array
    """[split], of the splits as drawn, those of least and those of most overlap."""
    agreements: Array
    """[split], r_dis"""
    mean: float
    """The overlap of the splits as drawn, mean."""
    least: float
    """The overlap of those of least overlap, mean."""
    on_least: Comparison
    """The comparison over the splits of least overlap."""
    line: tuple[Estimate, Estimate]
    """r_dis where the overlap is none, and where it is the mean, on the line through the splits."""
    at_zero: Estimate | None
    """rho* where the overlap is none, on the lines through the splits; None where it is not identifiable."""
    reason: str | None
    """Why there is no `at_zero`."""


def compare_by_overlap(a: Halves, b: Halves, words: SharedWords, names: tuple[str, str] = ("a", "b")) -> Overlaps:
    """Compares two runs over the same texts by the overlap of halves.

    Raises:
        GeometryError: see `emogeo.geometry.inference.compare`; fewer units than a jackknife takes.
    """
    if a.n_units < MIN_JACKKNIFE:
        raise GeometryError(f"not identifiable ({a.n_units} units, {MIN_JACKKNIFE} needed)")
    least, most = (swapped(words.overlap, a.members, most) for most in (False, True))
    sets = [(a, b), *((_over(a, chosen), _over(b, chosen)) for chosen in (least, most))]
    members = np.concatenate([a.members, least, most])
    found = split_overlaps(words.overlap, members)
    drawn, low, _ = np.split(found, 3)
    values = [np.concatenate([_by_split(x, y) for x, y in _kinds(sets, kind)]) for kind in range(3)]
    deleted = [np.concatenate([_by_split(x, y, True) for x, y in _kinds(sets, kind)], axis=1) for kind in range(3)]
    without = _deleted_overlaps(words.overlap, members)
    line = [_on_line(found, without, values[0], deleted[0], at) for at in (0.0, float(drawn.mean()))]
    at_zero, reason = _at_zero(found, without, values, deleted)
    return Overlaps(
        overlaps=found,
        agreements=values[0],
        mean=float(drawn.mean()),
        least=float(low.mean()),
        on_least=compare(*sets[1], names),
        line=(line[0], line[1]),
        at_zero=at_zero,
        reason=reason,
    )


def _swapped(overlap: Array, first: Array, second: Array) -> Array:
    """Swaps units of one split: [half, unit]."""
    halves = np.stack([first, second])
    while True:
        here, there = (np.flatnonzero(half) for half in halves)
        sums = overlap @ halves.T
        gains = (sums[here, 1] - sums[here, 0])[:, None] + (sums[there, 0] - sums[there, 1])[None]
        gains = gains - 2 * overlap[np.ix_(here, there)] + overlap[here, here][:, None] + overlap[there, there][None]
        u, v = np.unravel_index(gains.argmax(), gains.shape)
        if gains[u, v] <= _LEAST_GAIN:
            return halves
        halves[:, [here[u], there[v]]] = halves[:, [there[v], here[u]]]


def _over(run: Halves, members: Array) -> ChosenHalves:
    return ChosenHalves(run.products, run.seed, members)


def _kinds(sets: Sequence[tuple[Halves, Halves]], kind: int) -> list[tuple[Halves, Halves]]:
    """Gives the runs whose opposite halves are compared: both, or one with itself."""
    return [((a, b), (a, a), (b, b))[kind] for a, b in sets]


def _by_split(a: Halves, b: Halves, deleted: bool = False) -> Array:
    """Compares opposite halves: [split], or [deleted unit, split]."""
    x, y = ((run.jackknife if deleted else run.ranks) for run in (a, b))
    return np.asarray(np.einsum("...shp,...shp->...s", x, y[..., ::-1, :]) / 2)


def _deleted_overlaps(overlap: Array, members: Array) -> Array:
    """Gives the overlap of each split without each unit: [deleted unit, split]."""
    kept = 1 - np.eye(len(overlap))
    return np.stack([split_overlaps(overlap, members * row) for row in kept])


def _on_line(found: Array, without: Array, values: Array, deleted: Array, at: float) -> Estimate:
    """Gives the height of the line through splits at an overlap, with its jackknife interval."""
    return interval(float(_height(found, values, at)), [_height(without, deleted, at)], fisher=False)


def _height(overlaps: Array, values: Array, at: float) -> Array:
    """Gives the height of the least-squares line at an overlap, over the last axis."""
    centre = overlaps.mean(axis=-1, keepdims=True)
    spread = overlaps - centre
    slope = (spread * values).sum(axis=-1) / (spread**2).sum(axis=-1)
    return np.asarray(values.mean(axis=-1) + slope * (at - centre[..., 0]))


def _at_zero(
    found: Array, without: Array, values: Sequence[Array], deleted: Sequence[Array]
) -> tuple[Estimate | None, str | None]:
    """Gives rho* on the lines at no overlap, or why there is none."""
    low, high = float(found.min()), float(found.max())
    if high - low < low:
        return None, f"not identifiable (overlaps span only {low:.3f} to {high:.3f})"
    heights = [
        (_height(found, own, 0.0), _height(without, less, 0.0)) for own, less in zip(values, deleted, strict=True)
    ]
    for whole, less in heights[1:]:
        sure = interval(float(whole), [less], fisher=False, level=SURE_LEVEL)
        if sure.value < MIN_RELIABILITY or sure.low <= SURE_RELIABILITY:
            return None, f"not identifiable (reliability at no overlap {sure.value:.2f}, at 99% above {sure.low:.2f})"
    value, draws = (_ratio(*(own[place] for own in heights)) for place in (0, 1))
    return interval(float(value), [draws], fisher=False), None


def _ratio(between: Array, own_a: Array, own_b: Array) -> Array:
    """Gives rho* of the agreement between two runs and those of each with itself; these are at least .001."""
    return np.asarray(between / np.sqrt(np.maximum(own_a, LEAST) * np.maximum(own_b, LEAST)))
