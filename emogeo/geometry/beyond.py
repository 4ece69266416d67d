"""Agreement beyond words: what is left of rho* once geometries that have learned nothing are given.

Two runs, a and b, and null geometries W (untrained twins, word counts, n-grams; on the second
level input embeddings too) give a matrix R of all pairwise rho*, on halves that share no text.
The partial rho* of a and b follows from R as a partial correlation does:

    e_xy = R_xW R_WW^-1 R_Wy,    partial = (R_ab - e_ab) / sqrt((1 - e_aa)(1 - e_bb)).

Because every entry is disattenuated, a null that is noisy itself takes out as much as a clean
one would. Intervals are delete-one-unit jackknives of the whole chain; they hold for these
conditions. Two residual geometries that have nothing to do with each other may agree a little by
chance, which only other conditions would show, so p is of a Mantel test of the residuals: what
is left of a and b without what the nulls account for, under permuted condition labels. The rule
of the verdict, and how well it holds, are in docs/inference.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from operator import add

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import EqualDissimilaritiesError, GeometryError
from emogeo.geometry.crossed import Crossed, crossed_ranks
from emogeo.geometry.halves import MIN_STAR, Halves
from emogeo.geometry.inference import (
    LEAST_RELIABILITY,
    LEVEL,
    SURE_LEVEL,
    Estimate,
    identifiable,
    interval,
)
from emogeo.geometry.permutation import mantel_disjoint
from emogeo.geometry.relations import Relations, disattenuated, relations

LEAST_EIGENVALUE = 0.1
"""The least eigenvalue of the nulls' correlations: twins of one architecture agree at nearly 1, and what sampling makes
of their small difference must not decide (docs/inference.md)."""
EXPLAINED = 0.95
"""A share of a geometry from which on, as the upper end of its interval, nulls explain nearly all of it."""
_ALIKE = 1e-3
"""Nulls whose agreement differs by less agree alike, and the first of them is named: those of the same texts differ by
1e-4, because which of equal distances is the smaller depends on how a processor rounds."""
BY_CHANCE = 0.05
"""The largest p of a partial rho* that is beyond words."""
PERMUTATIONS = 2_000
NO_MORE = 0.1
"""A partial rho* with an upper end below this is no more than words."""


WANTED_TWINS = 2
"""The number of random twins of each run without which there is no yes."""


class Beyond(StrEnum):
    """Whether two geometries agree beyond what nulls give."""

    yes = "yes"
    no = "no more than words"
    unknown = "cannot tell"


@dataclass(frozen=True)
class Null:
    """A geometry that an agreement is held against; of several members (seeds, say) the mean of their ranks."""

    name: str
    members: tuple[Halves, ...]
    required: bool = False
    """Whether there is no yes without it: random twins."""


@dataclass(frozen=True)
class BeyondNulls:
    """The agreement of two runs beyond nulls; None where a number is not identifiable, and `reason` says why."""

    verdict: Beyond
    reason: str
    given: tuple[str, ...] = ()
    """The nulls that are given."""
    partial: Estimate | None = None
    """The partial rho*; not clipped at 1, as rho* is not."""
    p: float | None = None
    """The Mantel p of the residuals on disjoint text."""
    explained_a: Estimate | None = None
    """The share of a's geometry that the nulls explain, R^2."""
    explained_b: Estimate | None = None
    margin: Estimate | None = None
    """rho* less the best null's rho* with either run."""
    best: str | None = None
    """The null that agrees best with either run."""
    left_out: tuple[str, ...] = ()
    """Nulls that could not be given, each with the reason."""


def beyond_nulls(
    a: Halves, b: Halves, nulls: Sequence[Null], lacking: str = "", permutations: int = PERMUTATIONS, seed: int = 0
) -> BeyondNulls:
    """Judges whether two runs agree beyond nulls.

    Args:
        a, b: two runs, and `nulls` with them, over the same units or over units that share no text.
        lacking: what is missing for a yes, where it is known beforehand (two random twins of each run, say).
        permutations: of condition labels, for p.

    Raises:
        GeometryError: see `relations`; no nulls.
    """
    if not nulls:
        raise GeometryError("beyond_nulls() needs at least one null.")
    if not (identifiable(a) and identifiable(b)):
        return BeyondNulls(Beyond.unknown, "ρ* is not identifiable")
    usable, silent = _usable(a, b, nulls)
    left_out = tuple(f"{null.name}: {reason}" for null, reason in silent)
    if not usable:
        return BeyondNulls(Beyond.unknown, f"no null is reliable ({'; '.join(left_out)})", left_out=left_out)
    missing = [lacking, *(f"{null.name}: {reason}" for null, reason in silent if null.required)]
    found = _measured(a, b, usable, permutations, seed)
    return replace(_without_yes(found, [why for why in missing if why]), left_out=left_out)


def _measured(a: Halves, b: Halves, nulls: Sequence[Null], permutations: int, seed: int) -> BeyondNulls:
    runs, groups = _listed(a, b, nulls)
    found = relations(runs).pooled(groups)
    (partial,), explained, (margin,) = (_estimate(found, each) for each in (_partial, _explained, _margin))
    best = _best(nulls, disattenuated(found.whole)[:2, 2:].max(axis=0))
    full = max(share.high for share in explained) >= EXPLAINED
    p = None if full else float(mantel_disjoint([_residual(runs, groups, found.whole)], permutations, seed)[0])
    verdict, reason = _verdict(partial, p, explained, margin, best)
    return BeyondNulls(
        verdict,
        reason,
        given=tuple(null.name for null in nulls),
        partial=None if full else partial,
        p=p,
        explained_a=explained[0],
        explained_b=explained[1],
        margin=margin,
        best=best,
    )


def _without_yes(found: BeyondNulls, missing: Sequence[str]) -> BeyondNulls:
    """Takes back a yes for which something is missing; the numbers stand."""
    if found.verdict is not Beyond.yes or not missing:
        return found
    return replace(found, verdict=Beyond.unknown, reason="; ".join([found.reason, *missing]))


def _usable(a: Halves, b: Halves, nulls: Sequence[Null]) -> tuple[list[Null], list[tuple[Null, str]]]:
    """Separates the nulls whose own reliability is certain from those that say nothing, each with the reason."""
    usable, silent = [], []
    for null in nulls:
        try:
            reason = _unreliable(null, a, b)
        except EqualDissimilaritiesError as error:
            reason = str(error)
        if reason is None:
            usable.append(null)
        else:
            silent.append((null, reason))
    return usable, silent


def _unreliable(null: Null, a: Halves, b: Halves) -> str | None:
    """Says why a null says nothing: its reliability must be above zero with 99% confidence."""
    if null.members[0].n_units < MIN_STAR:
        return f"{null.members[0].n_units} units, {MIN_STAR} needed"
    found = null_reliability(null, SURE_LEVEL)
    if found.low > 0:
        return None
    most = " and ".join(f"{most_explained(null, run):.2f}" for run in (a, b))
    return (
        f"reliability {found.value:.2f}, at 99% above {found.low:z.2f}, needed: above 0; if words are no more reliable "
        f"in the runs than in it, they are at most {most} of these"
    )


def most_explained(null: Null, run: Halves) -> float:
    """Bounds what a null explains of a run's reliable geometry, were the null as reliable as the data allow.

    It supposes that what the null measures is no more reliable in the run than in the null itself.
    """
    return float(np.clip(null_reliability(null).high / run.reliability, 0, 1))


def partial_rho_star(rho: Array) -> float:
    """Gives the partial rho* of the first two geometries given the others, from rho* [geometry, geometry]."""
    return float(_partial(rho)[0])


def null_reliability(null: Null, level: float = LEVEL) -> Estimate:
    """Gives the half-size reliability of a null, of several members that of their mean, with its interval."""
    pooled = relations(null.members).pooled([range(len(null.members))])
    return interval(float(pooled.whole[0, 0]), [d[:, 0, 0] for d in pooled.deleted], fisher=True, level=level)


def _listed(a: Halves, b: Halves, nulls: Sequence[Null]) -> tuple[list[Halves], list[list[int]]]:
    """Lists both runs and all members of the nulls, and which of the list are one geometry."""
    runs, groups = [a, b], [[0], [1]]
    for null in nulls:
        groups.append(list(range(len(runs), len(runs) + len(null.members))))
        runs += null.members
    return runs, groups


def _residual(runs: Sequence[Halves], groups: Sequence[Sequence[int]], disjoint: Array) -> Crossed:
    """Gives the mean outer product, on disjoint text, of both runs' ranks without what the nulls give.

    Args:
        disjoint: the agreement of the groups on disjoint text, not disattenuated: [group, group].
    """
    own = np.zeros((2, len(runs)))
    for members, weights in zip(groups, _unmixing(disjoint).T, strict=True):
        own[:, list(members)] = weights[:, None] / len(members)
    left = [_by_units(runs, weights) for weights in own]
    return reduce(
        add,
        (
            crossed_ranks(first, second, units == others)
            for units, first in left[0].items()
            for others, second in left[1].items()
        ),
    )


def _by_units(runs: Sequence[Halves], weights: Array) -> dict[tuple[str, ...], Array]:
    """Sums weighted rank vectors [split, half, pair] over each set of units."""
    sums: dict[tuple[str, ...], Array] = {}
    for run, weight in zip(runs, weights, strict=True):
        sums[run.products.units] = sums.get(run.products.units, 0) + weight * run.ranks
    return sums


def _unmixing(disjoint: Array) -> Array:
    """Gives the weights [run, geometry] that take from each of the first two what the nulls account for."""
    rho, own = disattenuated(disjoint), np.sqrt(np.maximum(np.diag(disjoint), LEAST_RELIABILITY))
    return np.asarray(np.hstack([np.eye(2), -rho[:2, 2:] @ floored_inverse(rho[2:, 2:])]) / own)


def floored_inverse(correlations: Array) -> Array:
    """Inverts correlations [..., geometry, geometry], eigenvalues below `LEAST_EIGENVALUE` taken to be that."""
    values, directions = np.linalg.eigh(correlations)
    floored = np.maximum(values, LEAST_EIGENVALUE)[..., None, :]
    return np.asarray((directions / floored) @ np.swapaxes(directions, -1, -2))


def _estimate(found: Relations, statistic: Callable[[Array], Array]) -> list[Estimate]:
    """Estimates numbers [..., number] that follow from rho*, each with its jackknife interval."""
    whole = statistic(disattenuated(found.whole))
    deleted = [statistic(disattenuated(each)) for each in found.deleted]
    return [
        interval(float(value), [each[:, number] for each in deleted], fisher=False)
        for number, value in enumerate(whole)
    ]


def _accounted(rho: Array) -> Array:
    """Gives e [..., 2, 2]: what the nulls account for within and between the first two geometries."""
    return np.asarray(rho[..., :2, 2:] @ floored_inverse(rho[..., 2:, 2:]) @ rho[..., 2:, :2])


def _explained(rho: Array) -> Array:
    return np.asarray(np.einsum("...ii->...i", _accounted(rho)))


def _partial(rho: Array) -> Array:
    accounted = _accounted(rho)
    rest = np.maximum(1 - np.einsum("...ii->...i", accounted), 1 - EXPLAINED)
    return np.asarray((rho[..., 0, 1] - accounted[..., 0, 1]) / np.sqrt(rest.prod(axis=-1)))[..., None]


def _margin(rho: Array) -> Array:
    return np.asarray(rho[..., 0, 1] - rho[..., :2, 2:].max(axis=(-1, -2)))[..., None]


def _best(nulls: Sequence[Null], agreements: Array) -> str:
    """Names the null that agrees best, the first of those that agree alike."""
    return nulls[int(np.argmax(agreements > np.nanmax(agreements) - _ALIKE))].name


def _verdict(
    partial: Estimate, p: float | None, explained: Sequence[Estimate], margin: Estimate, best: str
) -> tuple[Beyond, str]:
    """Gives the verdict by its fixed rule, and the reason in words; without a p, nulls explain nearly all."""
    beaten, left = margin.high < 0, f"ρ* {partial} is left"
    agrees = f"{best} agrees better with one of them than they with each other"
    if p is None:
        shares = f"{explained[0]} of one geometry and {explained[1]} of the other"
        return (Beyond.no, agrees) if beaten else (Beyond.unknown, f"nulls may explain nearly all of it ({shares})")
    if partial.low > 0 and p <= BY_CHANCE:
        return (Beyond.unknown, f"{left}, but {agrees}") if beaten else (Beyond.yes, left)
    if beaten:
        return Beyond.no, agrees
    if partial.high < NO_MORE:
        return Beyond.no, left
    return Beyond.unknown, f"{left}, p {p:.2f}: nothing and more than words are both possible"
