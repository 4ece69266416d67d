"""Whether the p of the best pair of blocks holds: `python -m tests.bench.depth_grid --draws 2000`.

Two runs of unrelated geometries, whose own blocks resemble each other as those of models do, are compared block by
block. `adjusted` is the share of data sets whose best pair has a p of the largest up to .05, `alone` the share whose
best pair has a Mantel p up to .05 as if it had been the only one. Where a pair of blocks is planted, `found` is the
share of data sets in which that pair is the best and its adjusted p is up to .05.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from emogeo.geometry.depth import DepthGrid, depth_grid
from emogeo.geometry.permutation import mantel
from emogeo.geometry.rdm import cosine_rdm, standard_ranks, upper
from tests.bench.resumed import concluded, markdown, options, resumed

Array = NDArray[np.float64]
LEVEL, PERMUTATIONS, DIMENSIONS = 0.05, 499, 20
NEVER_ABOVE = 0.07
"""The largest share of unrelated runs whose best pair may have such a p."""
AT = (3, 5)
"""The blocks that are planted."""


@dataclass(frozen=True)
class Depths:
    """Conditions, blocks of either run, and how alike the blocks of one run are."""

    n_conditions: int
    blocks_a: int
    blocks_b: int
    alike: float
    planted: float = 0.0
    """The share of the planted block of b that is the planted block of a; 0 for unrelated runs."""


@dataclass(frozen=True)
class Row:
    """The shares of data sets; `found` is NaN where nothing is planted."""

    design: Depths
    draws: int
    adjusted: float
    alone: float
    found: float


def designs() -> list[Depths]:
    unrelated = [Depths(21, 18, 30, alike) for alike in (0.0, 0.5, 0.9)] + [Depths(8, 18, 30, 0.5)]
    return [*unrelated, *(Depths(21, 18, 30, 0.5, planted) for planted in (0.2, 0.4))]


def measure(design: Depths, draws: int) -> Row:
    with threadpool_limits(1):
        shares = np.mean([_one(design, seed) for seed in range(draws)], axis=0)
    found = float(shares[2]) if design.planted else float("nan")
    return Row(design, draws, float(shares[0]), float(shares[1]), found)


def _one(design: Depths, seed: int) -> tuple[bool, bool, bool]:
    a, b = _runs(design, np.random.default_rng([seed, design.n_conditions]))
    found = depth_grid(a, b, PERMUTATIONS, seed)
    best = _best(found)
    alone = mantel(standard_ranks(a[[best[0]]]), standard_ranks(b[[best[1]]]), PERMUTATIONS, seed)[0]
    beyond = bool(found.p_largest[best] <= LEVEL)
    return beyond, bool(alone <= LEVEL), beyond and best == AT


def _best(found: DepthGrid) -> tuple[int, int]:
    row, column = np.unravel_index(int(found.rho.argmax()), found.rho.shape)
    return int(row), int(column)


def _runs(design: Depths, generator: np.random.Generator) -> tuple[Array, Array]:
    a, b = (_blocks(design, n, generator) for n in (design.blocks_a, design.blocks_b))
    if design.planted:
        b[AT[1]] = np.sqrt(1 - design.planted) * b[AT[1]] + np.sqrt(design.planted) * a[AT[0]]
    return _rdms(a), _rdms(b)


def _blocks(design: Depths, n: int, generator: np.random.Generator) -> Array:
    """[block, condition, dimension]"""
    common = generator.normal(size=(1, design.n_conditions, DIMENSIONS))
    own = generator.normal(size=(n, design.n_conditions, DIMENSIONS))
    return np.asarray(np.sqrt(design.alike) * common + np.sqrt(1 - design.alike) * own)


def _rdms(vectors: Array) -> Array:
    names = [str(number) for number in range(vectors.shape[1])]
    return np.stack([upper(cosine_rdm(own, names)) for own in vectors])


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    header = [
        "conditions",
        "blocks",
        "alike within a run",
        "planted",
        "p of the largest ≤ .05",
        "p alone ≤ .05",
        "found",
    ]
    cells = [
        [
            *(str(r.design.n_conditions), f"{r.design.blocks_a} × {r.design.blocks_b}", f"{r.design.alike:g}"),
            *(f"{r.design.planted:g}", f"{r.adjusted:.3f}", f"{r.alone:.3f}"),
            "–" if np.isnan(r.found) else f"{r.found:.2f}",
        ]
        for r in rows
    ]
    return markdown(header, cells)


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What is promised where nothing is shared."""
    unrelated = [row.adjusted for row in rows if not row.design.planted]
    if not unrelated:
        return []
    return [
        (f"the best pair of unrelated runs has p ≤ .05 in at most {max(unrelated):.3f}", max(unrelated) <= NEVER_ABOVE)
    ]


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": Depths(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/depth_grid.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
