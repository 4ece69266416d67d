"""Whether as many units as are told pass the gate: `python -m tests.bench.units_needed --draws 2000`.

From planted runs over a few units (`tests/planted.py`), how many units `units_needed` tells; beside it the number with
which half of such runs pass (between the even numbers next to it, by the share that passes). `within` is the share of
what is told whose range holds that number.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from emogeo.geometry.halves import MIN_STAR
from emogeo.geometry.inference import identifiable
from emogeo.geometry.needed import MOST, units_needed
from tests.bench.resumed import concluded, markdown, options, resumed
from tests.planted import Planted, codes, run_of

UNITS, SIGNALS = (8, 12, 16, 24), (0.015, 0.03, 0.05)
PER_SIZE = 40
"""Runs of each size with which the true number is looked for."""
LEAST, OFF = 0.9, 0.35
"""How often the range is to hold the true number, and by how much of it the median may be off, from 12 units on."""
TOLD = 0.5
"""The least share of runs that are told a number, where these are judged: few are told by luck alone."""


@dataclass(frozen=True)
class Row:
    """What was told; NaN where nothing was."""

    design: Planted
    draws: int
    true: int
    told: float
    median: float
    low: float
    high: float
    within: float


def designs() -> list[Planted]:
    return [Planted(n, signal) for signal, n in itertools.product(SIGNALS, UNITS)]


def measure(design: Planted, draws: int) -> Row:
    """Draws runs and asks how many units they need."""
    with threadpool_limits(1):
        true = even_chance(design.signal)
        needed = [units_needed(_run(design.signal, design.n_units, seed)) for seed in range(draws)]
    told = [own for own in needed if own.units is not None]
    ranges = [(own.low or MIN_STAR, own.high or MOST) for own in told]
    numbers = np.array([own.units for own in told], dtype=float)
    low, median, high = np.quantile(numbers, [0.1, 0.5, 0.9]) if told else [np.nan] * 3
    within = np.mean([first <= true <= last for first, last in ranges]) if told else np.nan
    return Row(design, draws, true, len(told) / draws, float(median), float(low), float(high), float(within))


@cache
def even_chance(signal: float) -> int:
    """The least even number of units with which half of the runs pass, by bisection."""
    low, high = MIN_STAR, 128
    while high - low > 2:
        middle = (low + high) // 4 * 2
        passed = [identifiable(_run(signal, middle, seed)) for seed in range(PER_SIZE)]
        low, high = (low, middle) if np.mean(passed) >= 0.5 else (middle, high)
    return high


def _run(signal: float, n_units: int, seed: int) -> Any:
    return run_of(codes(1.0)[0], signal, np.random.default_rng([seed, n_units]), n_units)


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    header = [
        "emotion over text variance",
        "units",
        "needed in truth",
        "told",
        "median (80% of data sets)",
        "range holds it",
    ]
    cells = [
        [
            *(f"{r.design.signal:g}", str(r.design.n_units), str(r.true), f"{r.told:.0%}"),
            "–" if np.isnan(r.median) else f"{r.median:.0f} ({r.low:.0f} to {r.high:.0f})",
            "–" if np.isnan(r.within) else f"{r.within:.0%}",
        ]
        for r in rows
    ]
    return markdown(header, cells)


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What is promised where most runs are told a number."""
    judged = [row for row in rows if row.told >= TOLD]
    if not judged:
        return []
    within = min(row.within for row in judged)
    off = max(abs(row.median / row.true - 1) for row in judged)
    return [
        (f"the range holds the true number, least {within:.3f}", within >= LEAST),
        (f"the median is off by at most {off:.0%}", off <= OFF),
    ]


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": Planted(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/units_needed.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
