"""How well the inference keeps its promises on planted truths: `python -m tests.bench.calibration --draws 2000`.

Each row is one planted design (`tests/planted.py`). `given` is the share of data sets in
which rho* is identifiable; `bias` and `covers` are of rho* among those, against the planted
population rho; `r_dis` and `rho` are covered against their own mean over data sets, which is
their mean on fresh texts.
"""

from __future__ import annotations

import argparse
import itertools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from emogeo.geometry.inference import Comparison, Estimate, compare
from tests.planted import Planted, halves, truth

MIXES = (0.1, 0.5, 0.81, 1.0)
SIGNALS = ((0.05, 0.05), (0.15, 0.15), (0.5, 0.5), (0.5, 0.1))
SHARED = (0.0, 0.8)
UNITS = (6, 12, 24)


@dataclass(frozen=True)
class Row:
    """What many data sets of one design showed."""

    design: Planted
    given: float
    bias: float
    star_covers: float
    disjoint: float
    disjoint_covers: float
    rho: float
    rho_covers: float


def designs() -> list[Planted]:
    grid = itertools.product(UNITS, SIGNALS, MIXES, SHARED)
    return [Planted(n, a, mix, shared, signal_b=b) for n, (a, b), mix, shared in grid]


def measure(design: Planted, draws: int) -> Row:
    results = [compare(*halves(design, seed)) for seed in range(draws)]
    stars = [r.rho_star for r in results if r.rho_star is not None]
    true = truth(design.mix)
    return Row(
        design,
        given=len(stars) / draws,
        bias=float(np.mean([s.value for s in stars]) - true) if stars else float("nan"),
        star_covers=_covers(stars, true),
        disjoint=_mean([_disjoint(r) for r in results]),
        disjoint_covers=_covers([_disjoint(r) for r in results], _mean([_disjoint(r) for r in results])),
        rho=_mean([r.rho for r in results]),
        rho_covers=_covers([r.rho for r in results], _mean([r.rho for r in results])),
    )


def _disjoint(result: Comparison) -> Estimate:
    assert result.disjoint_half is not None
    return result.disjoint_half


def _mean(estimates: list[Estimate]) -> float:
    return float(np.mean([e.value for e in estimates]))


def _covers(estimates: list[Estimate], value: float) -> float:
    return float(np.mean([e.low <= value <= e.high for e in estimates])) if estimates else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="data sets per design")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print(
        "| units | signal a / b | shared noise | true ρ | given | bias ρ* | covers ρ* | r_dis | covers | ρ | covers |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    with ProcessPoolExecutor(options.workers) as pool:
        for row in pool.map(measure, designs(), itertools.repeat(options.draws)):
            d = row.design
            print(
                f"| {d.n_units} | {d.signal} / {d.signal_b} | {d.shared} | {truth(d.mix):.2f} | {row.given:.0%} "
                f"| {row.bias:+.3f} | {row.star_covers:.1%} | {row.disjoint:.3f} | {row.disjoint_covers:.1%} "
                f"| {row.rho:.3f} | {row.rho_covers:.1%} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
