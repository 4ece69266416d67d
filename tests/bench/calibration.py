"""How well the inference keeps its promises on planted truths: `python -m tests.bench.calibration --draws 2000`.

Each row is one planted design (`tests/planted.py`). `given` is the share of data sets in
which rho* is identifiable; its bias and coverage are among those, against the planted
population rho. `r_dis` and `rho` are covered against their own mean over data sets, which is
their mean on fresh texts. `effect` is the share of all data sets in which rho* is given and
its interval lies below 1, `p` the share of those given with p <= .05. As counter-examples:
how often a percentile bootstrap over units covers the mean of rho, and the bias of a same-text
rho that is disattenuated as if its errors were independent.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from emogeo.geometry.crossed import crossed_halves
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import Comparison, Estimate, compare
from emogeo.geometry.permutation import mantel_disjoint
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.units import plain_rdms
from tests.planted import Planted, halves, truth

Array = NDArray[np.float64]
MIXES = (0.1, 0.5, 0.81, 1.0)
SIGNALS = ((0.05, 0.05), (0.15, 0.15), (0.5, 0.5), (0.5, 0.1))
SHARED = (0.0, 0.8)
UNITS = (6, 12, 24)
PERMUTATIONS = 199
RESAMPLES = 200
RARE = 0.01
"""Share of data sets below which the figures of those given are of too few to be shown."""


@dataclass(frozen=True)
class Row:
    """What many data sets of one design showed; NaN where too few give a figure."""

    n_units: int
    signal_a: float
    signal_b: float
    shared: float
    true_rho: float | None
    """None for unrelated geometries, fresh in each data set."""
    draws: int
    given: float
    bias: float
    star_covers: float
    disjoint: float
    disjoint_covers: float
    rho: float
    rho_covers: float
    reliability_a: float
    reliability_b: float
    effect: float
    p_small: float
    bootstrap_covers: float
    same_text_bias: float


def designs() -> list[Planted]:
    grid = itertools.product(UNITS, SIGNALS, SHARED, MIXES)
    related = [Planted(n, a, mix, shared, signal_b=b) for n, (a, b), shared, mix in grid]
    unrelated = itertools.product(UNITS, SIGNALS, SHARED)
    return related + [Planted(n, a, 0.0, shared, signal_b=b, unrelated=True) for n, (a, b), shared in unrelated]


def measure(design: Planted, draws: int) -> Row:
    """Draws data sets and sums them up."""
    with threadpool_limits(1):
        results = [_one(design, seed) for seed in range(draws)]
    comparisons, p, bootstrap = (list(column) for column in zip(*results, strict=True))
    given = [c for c in comparisons if c.rho_star is not None]
    stars = [c.rho_star for c in given if c.rho_star is not None] if len(given) > RARE * draws else []
    true = np.nan if design.unrelated else truth(design.mix)
    mean_rho, mean_disjoint = (
        float(np.mean([estimate.value for estimate in estimates]))
        for estimates in ([c.rho for c in comparisons], [_need(c.disjoint_half) for c in comparisons])
    )
    fresh_rho, fresh_disjoint = (np.nan, np.nan) if design.unrelated else (mean_rho, mean_disjoint)
    return Row(
        n_units=design.n_units,
        signal_a=design.signal,
        signal_b=design.signal_b or design.signal,
        shared=design.shared,
        true_rho=None if design.unrelated else true,
        draws=draws,
        given=len(given) / draws,
        bias=_mean([star.value for star in stars]) - true,
        star_covers=_covers(stars, true),
        disjoint=mean_disjoint,
        disjoint_covers=_covers([_need(c.disjoint_half) for c in comparisons], fresh_disjoint),
        rho=mean_rho,
        rho_covers=_covers([c.rho for c in comparisons], fresh_rho),
        reliability_a=_mean([_need(c.reliability_a).value for c in comparisons]),
        reliability_b=_mean([_need(c.reliability_b).value for c in comparisons]),
        effect=sum(star.high < 1 for star in stars) / draws,
        p_small=_mean([value <= 0.05 for value in p if value is not None]) if stars else np.nan,
        bootstrap_covers=_covers(bootstrap, fresh_rho),
        same_text_bias=_mean([_same_text(c) for c in given]) - true if stars else np.nan,
    )


def _one(design: Planted, seed: int) -> tuple[Comparison, float | None, Estimate]:
    a, b = halves(design, seed)
    result = compare(a, b)
    p = None if result.rho_star is None else float(mantel_disjoint([crossed_halves(a, b)], PERMUTATIONS, seed)[0])
    return result, p, _bootstrap(a, b, seed)


def _bootstrap(a: Halves, b: Halves, seed: int) -> Estimate:
    """The counter-example: percentiles of rho over units drawn with replacement."""
    n = a.n_units
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES) / n
    ranks = [standard_ranks(plain_rdms(run.products.values, weights)) for run in (a, b)]
    low, high = np.quantile((ranks[0] * ranks[1]).sum(axis=1), [0.025, 0.975])
    return Estimate(float(a.whole[0] @ b.whole[0]), float(low), float(high))


def _same_text(result: Comparison) -> float:
    """The other counter-example: r_same over the root of the reliabilities."""
    own = _need(result.reliability_a).value * _need(result.reliability_b).value
    return float(_need(result.same_half).value / np.sqrt(own))


def _need(estimate: Estimate | None) -> Estimate:
    assert estimate is not None
    return estimate


def _mean(values: Sequence[float | bool]) -> float:
    return float(np.mean(values)) if values else np.nan


def _covers(estimates: Sequence[Estimate], value: float) -> float:
    return np.nan if np.isnan(value) else _mean([e.low <= value <= e.high for e in estimates])


def promises(rows: Sequence[Row]) -> list[str]:
    """Each promise with the worst figure found and whether it holds."""
    related = [row for row in rows if row.true_rho is not None]
    given = [row for row in related if row.given > RARE]
    sure = [row for row in given if min(row.reliability_a, row.reliability_b) >= 0.7 and (row.true_rho or 0) <= 0.9]
    same = [row for row in given if row.true_rho is not None and row.true_rho > 0.999]
    unrelated = [row for row in rows if row.true_rho is None and row.given > RARE]
    star = f"ρ* (designs where {RARE:.0%} of data sets have one)"
    return [
        _promise(
            f"{star} covers the planted ρ, at least 93%",
            0.93,
            1,
            [r.star_covers for r in given],
        ),
        _promise("r_dis covers its mean, at least 93%", 0.93, 1, [r.disjoint_covers for r in related]),
        _promise("ρ covers its mean, at least 93%", 0.93, 1, [r.rho_covers for r in related]),
        _promise(f"{star} covers at most 99% where reliable", 0, 0.99, [r.star_covers for r in sure]),
        _promise("r_dis covers at most 99% where reliable", 0, 0.99, [r.disjoint_covers for r in sure]),
        _promise("ρ covers at most 99% where reliable", 0, 0.99, [r.rho_covers for r in sure]),
        _promise(f"bias of {star} at most .05", 0, 0.05, [abs(r.bias) for r in given]),
        _promise("r_dis alike for shared noise 0 and .8, within .01", 0, 0.01, _shared_matters(related)),
        _promise("p ≤ .05 for unrelated geometries, at most 6%", 0, 0.06, [r.p_small for r in unrelated]),
        _promise("an absent effect declared, at most 5%", 0, 0.05, [r.effect for r in same]),
    ]


def _promise(name: str, least: float, most: float, figures: Sequence[float]) -> str:
    if not figures:
        return f"no design: {name}"
    worst = float(np.min(figures) if least > 0 else np.max(figures))
    return f"{'holds' if least <= worst <= most else 'FAILS'}: {name} (worst: {worst:.3f})"


def _shared_matters(rows: Iterable[Row]) -> list[float]:
    """Differences between the means of r_dis of designs that differ in shared noise alone."""
    by_design: dict[tuple[object, ...], list[float]] = {}
    for row in rows:
        by_design.setdefault((row.n_units, row.signal_a, row.signal_b, row.true_rho), []).append(row.disjoint)
    return [max(values) - min(values) for values in by_design.values()]


HEADER = [
    *("units", "signal a / b", "shared noise", "reliability a / b", "true ρ", "given", "bias ρ\\*", "covers"),
    *("r_dis", "covers", "ρ", "covers", "effect", "p ≤ .05", "bootstrap covers", "same-text bias"),
]


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = [f"| {' | '.join(HEADER)} |", "|" + "---|" * len(HEADER)]
    for r in rows:
        true = "unrelated" if r.true_rho is None else f"{r.true_rho:.2f}"
        cells = [
            *(str(r.n_units), f"{r.signal_a} / {r.signal_b}", f"{r.shared:.1f}"),
            *(f"{r.reliability_a:.2f} / {r.reliability_b:.2f}", true, f"{r.given:.1%}", _shown(r.bias, "+.3f")),
            *(_shown(r.star_covers, ".1%"), f"{r.disjoint:.3f}", _shown(r.disjoint_covers, ".1%"), f"{r.rho:.3f}"),
            *(
                _shown(r.rho_covers, ".1%"),
                f"{r.effect:.1%}",
                _shown(r.p_small, ".1%"),
                _shown(r.bootstrap_covers, ".1%"),
            ),
            _shown(r.same_text_bias, "+.2f"),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _shown(value: float, form: str) -> str:
    return "–" if np.isnan(value) else format(value, form)


def _finished(file: Path) -> list[Row]:
    return [Row(**json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []


def _identity(design: Planted | Row, draws: int) -> tuple[object, ...]:
    if isinstance(design, Row):
        return (design.n_units, design.signal_a, design.signal_b, design.shared, design.true_rho, design.draws)
    true = None if design.unrelated else truth(design.mix)
    return (design.n_units, design.signal, design.signal_b or design.signal, design.shared, true, draws)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=0, help="data sets per design")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--file", type=Path, default=Path("results/calibration.jsonl"))
    options = parser.parse_args()
    options.file.parent.mkdir(parents=True, exist_ok=True)
    known = {_identity(row, row.draws) for row in _finished(options.file)}
    todo = [d for d in designs() if options.draws and _identity(d, options.draws) not in known]
    with ProcessPoolExecutor(options.workers) as pool, options.file.open("a") as stream:
        for row in pool.map(measure, todo, itertools.repeat(options.draws)):
            print(json.dumps(asdict(row)), file=stream, flush=True)
    rows = _finished(options.file)
    print(table(rows))
    print(*promises(rows), sep="\n")


if __name__ == "__main__":
    main()
