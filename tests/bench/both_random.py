"""Which interval covers the rho of a population of emotions: `python -m tests.bench.both_random --draws 2000`.

Conditions, texts and noise are new in every data set (`tests/planted_conditions.py`). Among data sets in which rho* is
given, each interval is to cover the rho of the whole population, with its mean half-width beside it:
`units`, over units alone (`rho_star_ci_*`); `any`, the jackknife over units plus that over conditions, on atanh
(`rho_star_any_ci_*`); `wider`, the wider of the two alone; `two`, their sum without the two-factor term, and no less
than either; `dual`, rsatoolbox's dual bootstrap with its correction (Schütt et al. 2023, eLife 12:e82566), its samples
drawn of units within halves and of conditions, without pairs of a condition with itself. `two` and `dual` use five of
the hundred splits and, as `wider`, the first two hundred data sets.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rsatoolbox.util.inference_util import _dual_bootstrap
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from emogeo.geometry.both_random import condition_deletions
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import compare
from emogeo.geometry.rdm import standard_ranks
from tests.bench.resumed import concluded, markdown, options, resumed
from tests.planted_conditions import Drawn, drawn, population_rho

Array = NDArray[np.float64]
METHODS = ("units", "any", "wider", "two", "dual")
MIXES = (0.0, 0.37, 0.745)
"""True rho of 0, .5 and .9."""
STRENGTHS = (1.2, 2.5, 9.0)
"""Signal times the number of units: reliabilities of about .4, .7 and .9."""
SIZES = ((12, 21), (24, 21))
MORE = (12, 40)
"""Units and conditions of designs with more conditions, which take long: at the middle reliability alone."""
SPLITS, SAMPLES, OTHERS = 5, 60, 200
"""For the methods that were not chosen: splits, bootstrap samples, data sets."""
LEAST, SHOWN = 0.93, 30
"""The coverage that is promised, and the fewest data sets with a rho* whose figures are shown."""


@dataclass(frozen=True)
class Row:
    """What many data sets of one design showed."""

    design: Drawn
    draws: int
    given: int
    reliability: float
    truth: float
    bias: float
    spread: float
    """The standard deviation of rho* over data sets."""
    covers: dict[str, float]
    widths: dict[str, float]
    """Mean half-widths."""


def designs() -> list[Drawn]:
    plain = [Drawn(n, m, s / n, mix) for (n, m), s, mix in itertools.product(SIZES, STRENGTHS, MIXES)]
    bent = [Drawn(n, 21, 9.0 / n, mix, topic=1.0) for n, mix in itertools.product((12, 24), MIXES)]
    more = [Drawn(MORE[0], MORE[1], STRENGTHS[1] / MORE[0], mix) for mix in MIXES]
    return [*plain, *bent, *more]


def measure(design: Drawn, draws: int) -> Row:
    """Draws data sets and sums them up."""
    with threadpool_limits(1):
        results = [one(design, seed) for seed in range(draws)]
    truth = population_rho(design.mix)
    given = [(star, ends) for star, _, ends in results if star is not None]
    stars, unknown = np.array([star for star, _ in given]), (np.nan, np.nan)
    ends = {name: np.array([own.get(name, unknown) for _, own in given]).reshape(-1, 2) for name in METHODS}
    return Row(
        design=design,
        draws=draws,
        given=len(given),
        reliability=float(np.mean([own for _, own, _ in results])),
        truth=truth,
        bias=float(stars.mean() - truth) if given else np.nan,
        spread=float(stars.std()) if given else np.nan,
        covers={name: covers(truth, own) for name, own in ends.items()},
        widths={name: float(np.nanmean(own[:, 1] - own[:, 0])) / 2 if given else np.nan for name, own in ends.items()},
    )


def covers(truth: float, ends: Array) -> float:
    """The share of intervals [data set, end] that hold the truth, among those that are known."""
    known = ends[~np.isnan(ends[:, 0])]
    return float(np.mean((known[:, 0] <= truth) & (truth <= known[:, 1]))) if len(known) else np.nan


def one(design: Drawn, seed: int) -> tuple[float | None, float, dict[str, tuple[float, float]]]:
    """One data set: rho*, the mean reliability, and the ends of each interval."""
    a, b = drawn(design, seed)
    found = compare(a, b)
    assert found.reliability_a is not None and found.reliability_b is not None
    own = (found.reliability_a.value + found.reliability_b.value) / 2
    if found.rho_star is None or found.rho_star_any is None:
        return None, own, {}
    star = found.rho_star.value
    ends = {name: (known.low, known.high) for name, known in (("units", found.rho_star), ("any", found.rho_star_any))}
    if seed < OTHERS:
        others = two_factor(a, b) | {"dual": dual_bootstrap(a, b, seed)}
        ends |= {name: (star - reach, star + reach) for name, reach in others.items()}
    return star, own, ends


def ratio(a: Array, b: Array) -> Array:
    """rho* of half RDMs' ranks [..., split, half, pair]."""

    def opposite(x: Array, y: Array) -> Array:
        return np.asarray(np.einsum("...shp,...shp->...", x, y[..., ::-1, :]) / (2 * x.shape[-3]))

    return np.asarray(opposite(a, b) / np.sqrt(np.maximum(opposite(a, a), 1e-3) * np.maximum(opposite(b, b), 1e-3)))


def two_factor(a: Halves, b: Halves) -> dict[str, float]:
    """The half-widths by the larger of var_U and var_C, and by their sum without var_UC."""
    n, m = a.n_units, len(a.products.conditions)
    units, conditions = (
        ratio(a.jackknife(), b.jackknife()),
        ratio(*(np.stack(list(run.without_condition)) for run in (a, b))),
    )
    var_u, var_c = ((k - 1) / k * ((d - d.mean()) ** 2).sum() for k, d in ((n, units), (m, conditions)))
    both = ratio(*(np.stack(list(condition_deletions(run.jackknife()[:, :SPLITS], m))) for run in (a, b)))
    both = both - both.mean(axis=0) - both.mean(axis=1)[:, None] + both.mean()
    interaction = (n - 1) / n * (m - 1) / m * (both**2).sum()
    freedom = (var_u + var_c) ** 2 / (var_u**2 / (n - 1) + var_c**2 / (m - 1))
    two = student.ppf(0.975, freedom) * np.sqrt(max(var_u + var_c - interaction, var_u, var_c))
    wider = max(student.ppf(0.975, k - 1) * np.sqrt(var) for k, var in ((n, var_u), (m, var_c)))
    return {"wider": float(wider), "two": float(two)}


def dual_bootstrap(a: Halves, b: Halves, seed: int) -> float:
    """The half-width by the corrected variance of samples of units, of conditions, and of both."""
    n, m = a.n_units, len(a.products.conditions)
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(SAMPLES):
        units = generator.multinomial(n, np.full(n, 1 / n))
        conditions = np.sort(generator.integers(m, size=m))
        draws = [sampled(run, units) for run in (a, b)], [sampled(run, np.ones(n)) for run in (a, b)]
        found.append(
            [_of(draws[0], conditions), _of(draws[0], np.arange(m)), _of(draws[1], conditions)],
        )
    variances = np.nanvar(np.array(found), axis=0, ddof=1)
    var = _dual_bootstrap(variances[:, None], n, m)[0]
    return float(student.ppf(0.975, min(n, m) - 1) * np.sqrt(var))


def sampled(run: Halves, units: Array) -> Array:
    """Half RDMs [split, half, condition, condition] of units that are in a sample so many times."""
    n, _, m, _ = run.products.values.shape
    values = run.products.values + run.products.values.transpose(0, 1, 3, 2)
    values[np.arange(n), np.arange(n)] = 0
    weights = (run.members[:SPLITS] * units).reshape(-1, n)
    pairs = np.einsum("du,dv->duv", weights, weights).reshape(len(weights), n * n)
    gram = (pairs @ values.reshape(n * n, m * m)).reshape(-1, m, m)
    diagonal = np.einsum("dii->di", gram)
    norms = np.sqrt(np.maximum(diagonal, 0.01 * np.abs(diagonal).mean(axis=1, keepdims=True)))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - gram / norms[:, :, None] / norms[:, None, :]).reshape(SPLITS, 2, m, m)


def _of(rdms: Sequence[Array], conditions: NDArray[np.int64]) -> float:
    """rho* of two runs' half RDMs over a sample of conditions; NaN where a half has no two units."""
    rows, columns = (conditions[at] for at in np.triu_indices(len(conditions), k=1))
    apart = rows != columns
    kept = [rdm[:, :, rows[apart], columns[apart]] for rdm in rdms]
    if not all(np.isfinite(rdm).all() for rdm in kept):
        return np.nan
    return float(ratio(*(standard_ranks(rdm) for rdm in kept)))


HEADER = [
    *("units", "conditions", "topic", "reliability", "true ρ", "given", "bias", "spread"),
    *(f"{name}: covers, ±" for name in METHODS),
]


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = []
    for r in rows:
        d = r.design
        cells = [str(d.n_units), str(d.n_conditions), f"{d.topic:g}", f"{r.reliability:.2f}", f"{r.truth:.2f}"]
        cells.append(f"{r.given} of {r.draws}")
        if r.given < SHOWN:
            cells += ["–"] * (len(HEADER) - len(cells))
        else:
            cells += [f"{r.bias:+.3f}", f"{r.spread:.3f}"]
            cells += [f"{r.covers[name]:.1%}, {r.widths[name]:.2f}" for name in METHODS]
        lines.append(cells)
    return markdown(HEADER, lines)


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What each interval does at its worst, and whether that is what is promised; `units` promises nothing here."""
    shown = [row for row in rows if row.given >= SHOWN]
    if not shown:
        return []
    worst = {name: min(row.covers[name] for row in shown) for name in METHODS}
    width = {name: float(np.mean([row.widths[name] / row.widths["any"] for row in shown])) for name in METHODS}
    said = [
        (f"{name} covers at least {worst[name]:.3f}, at {width[name]:.2f} of any's width", True) for name in METHODS
    ]
    holds = worst["any"] >= LEAST
    said.append((f"any (rho_star_any) covers in at least {LEAST:.0%} (worst: {worst['any']:.3f})", holds))
    return said


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": Drawn(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/both_random.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
