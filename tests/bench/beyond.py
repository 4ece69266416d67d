"""How well the verdict "beyond words" keeps its promises: `python -m tests.bench.beyond --draws 2000`.

Each row is one planted world (`tests/planted_words.py`): emotions that two runs share in part, words that
everything shares, text noise. `true` is the partial rho* of the planted codes (of untrained worlds, which are new in
each data set, the mean). `given` is the share of data sets in
which the partial rho* is identifiable; bias and coverage are among those. `yes`, `no` and `unknown` are shares of all.
Finished worlds are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from emogeo.geometry.beyond import Beyond, BeyondNulls, Null, beyond_nulls, null_reliability, partial_rho_star
from emogeo.geometry.halves import Halves
from tests.bench.resumed import concluded, markdown, options, resumed_together
from tests.planted_words import WordWorld, draw, true_rho

COVERED, MOST, FOUND = 0.93, 0.05, 0.8
"""What is promised: coverage, a yes where there is nothing, a yes at a true .5."""
NOTHING = 0.05
"""A true partial rho* below this is nothing."""
Result = tuple[BeyondNulls, float, tuple[float, float, float]]
"""What one data set gives: the verdict with its numbers, the true partial rho*, reliabilities of a, b and the nulls."""
WIDE = 200
"""The dimensions of an untrained network from which on a yes is promised to be rare (docs/calibration.md)."""
FEW = 0.05
"""The share of data sets below which bias and coverage of those given are of too few to be shown."""


@dataclass(frozen=True)
class Row:
    """What many data sets of one world showed; NaN where too few give a number."""

    design: WordWorld
    draws: int
    true: float
    reliability_a: float
    reliability_b: float
    reliability_nulls: float
    explained: float
    given: float
    bias: float
    covers: float
    yes: float
    no: float
    unknown: float


def worlds() -> list[WordWorld]:
    """Trained worlds, and untrained ones of several widths and codes."""
    grid = itertools.product((0.3, 0.5, 0.75), (0.0, 0.3, 0.5, 0.85), (0.03, 0.06, 0.3))
    trained = [WordWorld(24, words, mix, 0.15, nulls) for words, mix, nulls in grid]
    few = [WordWorld(12, 0.5, mix, 0.3, nulls) for mix, nulls in itertools.product((0.0, 0.5, 0.85), (0.1, 0.3))]
    untrained = itertools.product((12, 24), (8, 30, 60, 200), (0.1, 0.4))
    return trained + few + [WordWorld(n, 1, 0, signal, signal, width) for n, width, signal in untrained]


def groups() -> list[list[WordWorld]]:
    """The worlds in groups that are drawn together: trained ones share texts and geometries, untrained ones nothing."""
    keys = [(world.n_units, world.signal_nulls) if world.width is None else world for world in worlds()]
    return [[world for world, own in zip(worlds(), keys, strict=True) if own == key] for key in dict.fromkeys(keys)]


def measure(together: Sequence[WordWorld], draws: int) -> list[Row]:
    """Draws data sets and sums them up."""
    with threadpool_limits(1):
        results = [[_one(world.of_data_set(number), number) for world in together] for number in range(draws)]
    return [_row(world, list(own)) for world, own in zip(together, zip(*results, strict=True), strict=True)]


def _row(world: WordWorld, results: Sequence[Result]) -> Row:
    draws = len(results)
    found = [result for result, *_ in results]
    given = [(r.partial, true) for r, true, _ in results if r.partial is not None]
    given = given if len(given) > FEW * draws else []
    shares = {verdict: float(np.mean([r.verdict is verdict for r in found])) for verdict in Beyond}
    return Row(
        design=world,
        draws=draws,
        true=_mean([true for _, true, _ in results]),
        reliability_a=_mean([own[0] for *_, own in results]),
        reliability_b=_mean([own[1] for *_, own in results]),
        reliability_nulls=_mean([own[2] for *_, own in results]),
        explained=_mean([r.explained_a.value for r in found if r.explained_a is not None]),
        given=float(np.mean([r.partial is not None for r in found])),
        bias=_mean([partial.value - true for partial, true in given]),
        covers=_mean([partial.low <= true <= partial.high for partial, true in given]),
        yes=shares[Beyond.yes],
        no=shares[Beyond.no],
        unknown=shares[Beyond.unknown],
    )


def _one(world: WordWorld, seed: int) -> Result:
    a, b, nulls = draw(world, seed)
    return beyond_nulls(a, b, nulls), partial_rho_star(true_rho(world)), _reliabilities(a, b, nulls)


def _reliabilities(a: Halves, b: Halves, nulls: Sequence[Null]) -> tuple[float, float, float]:
    return a.reliability, b.reliability, float(np.mean([null_reliability(null).value for null in nulls]))


def _mean(values: Sequence[float | bool]) -> float:
    return float(np.mean(values)) if values else np.nan


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What the verdicts promise, and whether it holds; nothing where no world is there to tell."""
    covers = [row.covers for row in rows if not np.isnan(row.covers)]
    wide = [row for row in rows if row.design.width is None or row.design.width >= WIDE]
    nothing = [row.yes for row in wide if row.design.width is not None or row.true < NOTHING]
    narrow = max((row.yes for row in rows if row not in wide), default=0.0)
    half = [row.yes for row in rows if _is_half(row)]
    if not (covers and nothing and half):
        return []
    return [
        (f"the interval of the partial ρ* covers it, least {min(covers):.3f}", min(covers) >= COVERED),
        (
            f"beyond words where there is nothing, most {max(nothing):.3f} (untrained networks of fewer than {WIDE} "
            f"dimensions, of which nothing is promised: {narrow:.3f})",
            max(nothing) <= MOST,
        ),
        (f"beyond words at a true .5 of which nulls explain up to .6, least {min(half):.3f}", min(half) >= FOUND),
    ]


def _is_half(row: Row) -> bool:
    reliable = min(row.reliability_a, row.reliability_b, row.reliability_nulls) >= 0.6
    return reliable and 0.45 <= row.true <= 0.65 and row.design.n_units == 24 and row.explained <= 0.6


HEADER = [
    *("world", "units", "true partial", "reliability a / b", "of nulls", "R² of a"),
    *("given", "bias", "covers", "yes", "no more than words", "cannot tell"),
]


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    return markdown(HEADER, [_cells(row, row.design) for row in rows])


def _cells(r: Row, world: WordWorld) -> list[str]:
    return [
        *(f"words {world.words:g}" if world.width is None else f"untrained, width {world.width}", str(world.n_units)),
        *(f"{r.true:+.2f}", f"{r.reliability_a:.2f} / {r.reliability_b:.2f}", f"{r.reliability_nulls:.2f}"),
        *(
            "–" if np.isnan(r.explained) else f"{r.explained:.2f}",
            f"{r.given:.0%}",
            "–" if np.isnan(r.bias) else f"{r.bias:+.2f}",
        ),
        *("–" if np.isnan(r.covers) else f"{r.covers:.1%}", f"{r.yes:.1%}", f"{r.no:.1%}", f"{r.unknown:.1%}"),
    ]


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": WordWorld(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed_together(options(__doc__, "results/beyond.jsonl", words), groups(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
