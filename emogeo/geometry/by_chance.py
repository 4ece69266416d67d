"""What predictors explain by chance: shares under permuted condition labels, alone and beside other predictors.

Alone, the run's labels are permuted. Beside others, the labels of what these leave of the run are permuted, and it is
compared with what they leave of the predictors: permutation of residuals under the reduced model (Freedman & Lane 1983,
Journal of Business & Economic Statistics 1, 292; of distance matrices, Legendre 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.crossed import Crossed
from emogeo.geometry.halves import Halves
from emogeo.geometry.permutation import relabelled_agreement
from emogeo.geometry.predictors import Predictor

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Weights:
    """How some predictors, and others beside them, are weighed."""

    rows: list[int]
    others: list[int]
    slopes: Array
    """[other, 1 + own]: of the run, then of each of `rows`, on the others"""
    scales: Array
    """[predictor], the root of its reliability"""
    inverse: Array
    """[own, own], of their agreements with each other"""
    inverse_left: Array
    """[own, own], of those that the others leave"""


@dataclass(frozen=True)
class Chance:
    """What permuted labels give: mean squares, which are shares once divided by the run's reliability."""

    explained: float
    p: float
    only: float
    p_given: float


def chances(
    run: Halves, predictors: Sequence[Predictor], sets: Sequence[Weights], permutations: int, seed: int
) -> list[Chance]:
    """Permutes the labels of conditions, in the same way for all sets of predictors."""
    clean = [_scaled(each.ranks, scale) for each, scale in zip(predictors, sets[0].scales, strict=True)]
    alone = _drawn([(run.ranks, own) for own in clean], permutations, seed)
    return [_chance(run, clean, own, alone, permutations, seed) for own in sets]


def _scaled(ranks: Array, scale: float) -> Array:
    """Divides rank vectors [split, half, pair]; those that are the same on all halves take no memory."""
    same = ranks.strides[:2] == (0, 0)
    return np.broadcast_to(ranks[:1, :1] / scale, ranks.shape) if same else ranks / scale


def _chance(
    run: Halves, clean: Sequence[Array], own: Weights, alone: tuple[Array, Array], permutations: int, seed: int
) -> Chance:
    explained, p = _tested(alone[0][own.rows], alone[1][own.rows], own.inverse)
    if not own.others:
        return Chance(explained, p, explained, p)
    targets, given = [run.ranks, *(clean[row] for row in own.rows)], [clean[row] for row in own.others]
    residual, *left = (
        target - sum(slope * each for slope, each in zip(slopes, given, strict=True))
        for target, slopes in zip(targets, own.slopes.T, strict=True)
    )
    only, p_given = _tested(*_drawn([(residual, each) for each in left], permutations, seed), own.inverse_left)
    return Chance(explained, p, only, p_given)


def _drawn(pairs: Sequence[tuple[Array, Array]], permutations: int, seed: int) -> tuple[Array, Array]:
    """Gives the agreement on opposite halves of pairs of rank vectors [split, half, pair], and under permuted labels.

    Returns:
        [pair of them] and [pair of them, permutation]
    """
    crossed = [_crossed(a, b) for a, b in pairs]
    return np.array([own.trace for own in crossed]), relabelled_agreement(crossed, permutations, seed)


def _crossed(a: Array, b: Array) -> Crossed:
    """Crosses opposite halves; what is the same on all halves needs the mean of the others alone."""
    if b.strides[:2] == (0, 0):
        return Crossed(((a.mean(axis=(0, 1), keepdims=True), b[:1, :1]),))
    return Crossed(((a[:, ::-1], b),))


def _tested(observed: Array, drawn: Array, inverse: Array) -> tuple[float, float]:
    """Gives the mean square under permuted labels, and the p of the observed one."""
    squares = np.einsum("ip,ij,jp->p", drawn, inverse, drawn)
    reached = (squares >= observed @ inverse @ observed - _ROUNDING).sum()
    return float(squares.mean()), float((1 + reached) / (1 + len(squares)))
