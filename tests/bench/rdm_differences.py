"""Whether marks on differences of RDMs hold: `python -m tests.bench.rdm_differences --draws 200`.

Two runs of one geometry read the same topics, with the given share of the texts' noise in common and noise that may be
stronger in one. `given` is the share of data sets in which both are reliable enough to be compared (as for ρ*), `any`
that in which they are and a cell is marked at p ≤ .05, over all cells; `each` the mean share of cells with |t| beyond
that of .05, without any adjustment. Where one condition of b is moved, `found` is the share of its cells that are
marked.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from emogeo.geometry.inference import identifiable
from emogeo.geometry.rdm_difference import rdm_difference
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.bench.resumed import concluded, markdown, options, resumed
from tests.planted import D_TEXT, run_of, unrelated_codes

Array = NDArray[np.float64]
LEVEL, DRAWS, NEVER_ABOVE = 0.05, 499, 0.08


@dataclass(frozen=True)
class Cell:
    """Units, the variance of conditions over that of a text in either run, and the noise in common."""

    n_units: int
    signal: float
    signal_b: float
    shared: float
    moved: float = 0.0
    """How far one condition of b is moved towards another place, 0 to 1."""


@dataclass(frozen=True)
class Row:
    """The shares; `found` is NaN where nothing is moved."""

    design: Cell
    draws: int
    given: float
    any: float
    each: float
    found: float


def designs() -> list[Cell]:
    null = [Cell(n, s, s_b, shared) for n in (8, 24) for s, s_b, shared in _WORLDS]
    return [*null, Cell(24, 0.5, 0.5, 0.5, 1.0), Cell(24, 0.15, 0.15, 0.5, 1.0)]


_WORLDS = [(0.5, 0.5, 0.0), (0.5, 0.5, 0.8), (0.15, 0.15, 0.0), (0.5, 0.15, 0.0), (0.5, 0.05, 0.5)]


def measure(design: Cell, draws: int) -> Row:
    with threadpool_limits(1):
        shares = np.mean([_one(design, seed) for seed in range(draws)], axis=0)
    given, marked, each, found = map(float, shares)
    return Row(design, draws, given, marked, each, found if design.moved else float("nan"))


def _one(design: Cell, seed: int) -> tuple[float, float, float, float]:
    generator = np.random.default_rng([seed, design.n_units])
    code, other = unrelated_codes(generator)
    moved = code.copy()
    moved[0] = np.sqrt(1 - design.moved) * code[0] + np.sqrt(design.moved) * other[0]
    common = generator.normal(size=(design.n_units, len(CONDITIONS), D_TEXT))
    a, b = (
        run_of(own, signal, generator, design.n_units, common=common, shared=design.shared)
        for own, signal in ((code, design.signal), (moved, design.signal_b))
    )
    given = identifiable(a) and identifiable(b)
    found = rdm_difference(a.products.values, b.products.values, seed, DRAWS)
    t = np.abs(found.values) / np.maximum(found.error, 1e-12)
    each = float((t > student.ppf(1 - LEVEL / 2, design.n_units - 1)).mean())
    marked = (found.p <= LEVEL) & given
    touched = np.triu_indices(len(CONDITIONS), k=1)[0] == 0
    own = marked[touched] if design.moved else marked
    return float(given), float(marked.any()), each, float(own.mean())


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    header = [
        "units",
        "signal a / b",
        "noise in common",
        "moved",
        "compared",
        "any cell marked",
        "cells beyond t alone",
        "found",
    ]
    cells = [
        [
            *(str(r.design.n_units), f"{r.design.signal:g} / {r.design.signal_b:g}", f"{r.design.shared:g}"),
            *(f"{r.design.moved:g}", f"{r.given:.2f}", f"{r.any:.3f}", f"{r.each:.3f}"),
            "–" if np.isnan(r.found) else f"{r.found:.2f}",
        ]
        for r in rows
    ]
    return markdown(header, cells)


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What is promised where the two are one geometry."""
    same = [row.any for row in rows if not row.design.moved]
    return [(f"a cell is marked in at most {max(same):.3f} of data sets", max(same) <= NEVER_ABOVE)] if same else []


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": Cell(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/rdm_differences.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
