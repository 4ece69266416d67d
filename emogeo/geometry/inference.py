"""What a comparison of two RDMs can say: rho with its reliability, on disjoint text, disattenuated, with intervals.

Every figure of the halves is a mean over random splits of the units (topics, say):
r_aa compares a run with itself on the other half, r_same two runs on one half, r_dis
two runs on opposite halves. rho* = r_dis / sqrt(r_aa r_bb). Intervals are delete-one-unit
jackknives; see docs/inference.md for the definitions and how well they hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_UNITS, Halves

Array = NDArray[np.float64]
MIN_RELIABILITY = 0.2
LEVEL = 0.95
_CHUNK = 1_000


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """Two runs compared; None where a figure is not identifiable, and `reason` says why."""

    rho: Estimate
    n_units: int
    half_size: int
    reliability_a: Estimate | None = None
    reliability_b: Estimate | None = None
    same_half: Estimate | None = None
    disjoint_half: Estimate | None = None
    rho_star: Estimate | None = None
    reason: str | None = None

    @property
    def stimulus_share(self) -> float | None:
        """r_same - r_dis at this half size; it shrinks as units are added."""
        if self.same_half is None or self.disjoint_half is None:
            return None
        return self.same_half.value - self.disjoint_half.value


def reliability(run: Halves) -> Estimate:
    """r_aa at half size, with its jackknife interval (none below six units: low and high are NaN)."""
    value = float(_opposite(run.ranks, run.ranks))
    if run.n_units < MIN_JACKKNIFE:
        return Estimate(value, float("nan"), float("nan"))
    return _interval(value, _opposite(run.jackknife, run.jackknife), fisher=True)


def compare(a: Halves, b: Halves) -> Comparison:
    """Compares two runs over the same units and the same conditions.

    Below four units rho stands alone; below six there are no intervals, and without
    intervals no rho*. rho* is given where both reliabilities are at least .2 with
    an interval above 0.

    Raises:
        ValueError: runs over different units or conditions.
    """
    if a.products.units != b.products.units or a.products.conditions != b.products.conditions:
        raise ValueError("compare() wants the same units and conditions in the same order; use restricted().")
    n = a.n_units
    products = np.einsum("kp,kp->k", a.whole, b.whole)
    rho = _interval(float(products[0]), products[1:], fisher=True) if n >= MIN_UNITS else _bare(float(products[0]))
    if n < MIN_JACKKNIFE:
        return Comparison(rho, n, n // 2, reason=f"not identifiable ({n} units; intervals need {MIN_JACKKNIFE})")
    reliability_a, reliability_b = reliability(a), reliability(b)
    comparison = {
        "reliability_a": reliability_a,
        "reliability_b": reliability_b,
        "same_half": _interval(float(_same(a.ranks, b.ranks)), _same(a.jackknife, b.jackknife), fisher=True),
        "disjoint_half": _interval(
            float(_opposite(a.ranks, b.ranks)), _opposite(a.jackknife, b.jackknife), fisher=True
        ),
    }
    reason = _unreliable(reliability_a, reliability_b)
    star = None if reason else _rho_star(a, b)
    return Comparison(rho, n, a.half_size, **comparison, rho_star=star, reason=reason)


def mantel_disjoint(a: Halves, b: Halves, permutations: int, seed: int) -> float:
    """One-sided p of r_dis under permuted condition labels of `b`, one permutation for all splits.

    Permuting labels permutes the entries of each rank vector, so with M the mean over
    splits of the outer products of rank vectors [pair, pair], a draw is
    sum over k of M[k, pi(k)]. p = (1 + #) / (1 + permutations).
    """
    n = len(a.products.conditions)
    crossed = np.einsum("shp,shq->pq", a.ranks, b.ranks[:, ::-1]) / (2 * len(a.ranks))
    rows, columns = np.triu_indices(n, k=1)
    position = np.zeros((n, n), dtype=np.int64)
    position[rows, columns] = np.arange(len(rows))
    position += position.T
    observed = np.trace(crossed)
    generator = np.random.default_rng(seed)
    reached, pairs = 0, np.arange(len(rows))
    for start in range(0, permutations, _CHUNK):
        count = min(_CHUNK, permutations - start)
        orders = generator.permuted(np.tile(np.arange(n), (count, 1)), axis=1)
        draws = crossed[pairs, position[orders[:, rows], orders[:, columns]]].sum(axis=1)
        reached += int((draws >= observed - 1e-12).sum())
    return (1 + reached) / (1 + permutations)


def holm(p: Array) -> Array:
    """Holm's step-down adjustment of a family of p values (Holm 1979)."""
    order = np.argsort(p)
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def _opposite(a: Array, b: Array) -> Array:
    """Mean over splits and both ways of a on one half against b on the other; leading axes are kept."""
    return np.asarray(np.einsum("...shp,...shp->...", a, b[..., ::-1, :]) / (2 * a.shape[-3]))


def _same(a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("...shp,...shp->...", a, b) / (2 * a.shape[-3]))


def _rho_star(a: Halves, b: Halves) -> Estimate:
    value = _opposite(a.ranks, b.ranks) / np.sqrt(_opposite(a.ranks, a.ranks) * _opposite(b.ranks, b.ranks))
    own_a, own_b = _opposite(a.jackknife, a.jackknife), _opposite(b.jackknife, b.jackknife)
    # a deletion that takes a reliability to zero leaves no ratio: the clip makes its interval wide, not absent
    deleted = _opposite(a.jackknife, b.jackknife) / np.sqrt(np.maximum(own_a, 1e-3) * np.maximum(own_b, 1e-3))
    return _interval(float(value), deleted, fisher=False)


def _unreliable(a: Estimate, b: Estimate) -> str | None:
    for name, estimate in (("a", a), ("b", b)):
        if estimate.value < MIN_RELIABILITY or not estimate.low > 0:
            return (
                f"not identifiable (reliability of {name} {estimate.value:.2f} "
                f"[{estimate.low:.2f}, {estimate.high:.2f}]; at least {MIN_RELIABILITY} and above 0 is needed)"
            )
    return None


def _interval(value: float, deleted: Array, fisher: bool) -> Estimate:
    """Delete-one jackknife, t with n - 1 degrees of freedom; on atanh for correlations."""
    n = len(deleted)
    bound = 1 - 1e-12
    draws, centre = (np.arctanh(np.clip(x, -bound, bound)) if fisher else x for x in (deleted, np.asarray(value)))
    error = np.sqrt((n - 1) / n * np.sum((draws - draws.mean()) ** 2))
    reach = student.ppf((1 + LEVEL) / 2, n - 1) * error
    low, high = (np.tanh(x) if fisher else x for x in (centre - reach, centre + reach))
    return Estimate(value, float(low), float(high))


def _bare(value: float) -> Estimate:
    return Estimate(value, float("nan"), float("nan"))
