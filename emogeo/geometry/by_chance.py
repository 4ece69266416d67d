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
from emogeo.geometry.permutation import relabelled_agreement, relabelled_pairs
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
    """Permutes the labels of conditions, in the same way for all sets of predictors.

    What others leave is a weighted sum of the run and of predictors, and so is its agreement: those of every two are
    permuted once, for all sets.
    """
    clean = [_scaled(each.ranks, scale) for each, scale in zip(predictors, sets[0].scales, strict=True)]
    observed, drawn = _agreements([run.ranks, *clean], clean, permutations, seed)
    return [_chance(own, observed, drawn) for own in sets]


def _agreements(first: Sequence[Array], second: Sequence[Array], permutations: int, seed: int) -> tuple[Array, Array]:
    """Gives the agreement on opposite halves of rank vectors [split, half, pair], observed and under permuted labels.

    With what is the same on all halves, the mean of the others agrees as they do on average.

    Returns:
        [first, second, 1] and [first, second, permutation]; labels of the second are permuted.
    """
    a, b = (np.stack([_mean(own) for own in each]) for each in (first, second))
    observed = a @ b.T
    moves = relabelled_pairs(a.shape[1], permutations, seed)
    drawn = np.concatenate([np.stack([own[moved] @ a.T for own in b], axis=2) for moved in moves])  # [perm, a, b]
    drawn = np.ascontiguousarray(drawn.transpose(1, 2, 0))
    for row, x in enumerate(first):
        for column, y in enumerate(second):
            if not (_same(x) or _same(y)):
                crossed = Crossed(((x[:, ::-1], y),))
                observed[row, column] = crossed.trace
                drawn[row, column] = relabelled_agreement([crossed], permutations, seed)[0]
    return observed[..., None], drawn


def _chance(own: Weights, observed: Array, drawn: Array) -> Chance:
    """Gives what chance gives of one set.

    Args:
        observed, drawn: agreements of the run, then of each predictor, with each predictor: [1 + predictor, predictor,
            1 or permutation], labels of the latter permuted.
    """
    explained, p = _tested(observed[0, own.rows, 0], drawn[0, own.rows], own.inverse)
    if not own.others:
        return Chance(explained, p, explained, p)
    n = observed.shape[1]
    residual, left = np.eye(1 + n)[0], np.eye(n)[own.rows]
    residual[[1 + row for row in own.others]] = -own.slopes[:, 0]
    left[:, own.others] = -own.slopes[:, 1:].T
    found, by_chance = (np.einsum("a,abp,kb->kp", residual, each, left) for each in (observed, drawn))
    only, p_given = _tested(found[:, 0], by_chance, own.inverse_left)
    return Chance(explained, p, only, p_given)


def _scaled(ranks: Array, scale: float) -> Array:
    """Divides rank vectors [split, half, pair]; those that are the same on all halves take no memory."""
    return np.broadcast_to(ranks[:1, :1] / scale, ranks.shape) if _same(ranks) else ranks / scale


def _same(ranks: Array) -> bool:
    """Whether rank vectors are one that stands for all halves."""
    return ranks.strides[:2] == (0, 0)


def _mean(ranks: Array) -> Array:
    """[pair]"""
    return np.asarray(ranks[0, 0] if _same(ranks) else ranks.mean(axis=(0, 1)))


def _tested(observed: Array, drawn: Array, inverse: Array) -> tuple[float, float]:
    """Gives the mean square under permuted labels, and the p of the observed one."""
    squares = np.einsum("ip,ij,jp->p", drawn, inverse, drawn)
    reached = (squares >= observed @ inverse @ observed - _ROUNDING).sum()
    return float(squares.mean()), float((1 + reached) / (1 + len(squares)))
