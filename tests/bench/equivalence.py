"""How often a difference is found, found absent, or not seen: `python -m tests.bench.equivalence --draws 2000`.

Planted pairs (`tests/planted.py`) whose true difference, 1 - rho, is the bound (.1), half of it, three times it, or
nothing. `same`, `differs` and `both` are shares of all data sets, by the rule of `equivalence` in pairs.csv, with a
floor of .001. At the bound `same` is an error, `both` is one in its second half, and at no difference `differs` is one.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from emogeo.analysis.tables.equivalence import CANNOT_TELL, DIFFERS, EQUIVALENCE, above_floor, equivalence
from emogeo.geometry.inference import compare
from tests.bench.resumed import concluded, markdown, options, resumed
from tests.planted import Planted, halves, truth

FLOOR = 0.001
MIXES = (0.665, 0.844, 0.905, 1.0)
"""True differences of .3, .1, .05 and 0."""
STRENGTHS = (1.2, 3.6, 12.0)
"""Signal times the number of units: reliabilities of about .4, .8 and .9."""
MOST, EITHER, FOUND = 0.05, 0.06, 0.8
"""The most errors; the most of either verdict that says "by less than .1", each test of which has 5%; how often what is
the same is to be found so where reliabilities are about .9."""


@dataclass(frozen=True)
class Row:
    """What many data sets of one design showed, as shares of them all."""

    design: Planted
    draws: int
    difference: float
    reliability: float
    same: float
    differs: float
    both: float


def designs() -> list[Planted]:
    grid = itertools.product((12, 24), STRENGTHS, MIXES)
    return [Planted(n, strength / n, mix, 0.5) for n, strength, mix in grid]


def measure(design: Planted, draws: int) -> Row:
    """Draws data sets and counts verdicts."""
    with threadpool_limits(1):
        found = [verdict(design, seed) for seed in range(draws)]
    counts = Counter(said for said, _ in found)
    both = sum(n for said, n in counts.items() if said.startswith(f"{DIFFERS},"))
    return Row(
        design=design,
        draws=draws,
        difference=1 - truth(design.mix),
        reliability=sum(own for _, own in found) / draws,
        same=(draws - counts[DIFFERS] - counts[CANNOT_TELL] - both) / draws,
        differs=counts[DIFFERS] / draws,
        both=both / draws,
    )


def verdict(design: Planted, seed: int) -> tuple[str, float]:
    """The verdict on one data set, and the lower of its reliabilities."""
    result = compare(*halves(design, seed))
    assert result.reliability_a is not None and result.reliability_b is not None
    own = min(result.reliability_a.value, result.reliability_b.value)
    if result.rho_star is None or result.rho_star_90 is None:
        return CANNOT_TELL, own
    row = {"rho_star_ci_high": result.rho_star.high, "rho_star_ci90_low": result.rho_star_90.low, "floor": FLOOR}
    return equivalence(row, above_floor(row), EQUIVALENCE), own


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    header = [
        "units",
        "reliability",
        "true 1 − ρ",
        "same within .1",
        "differs, by less than .1",
        "differs",
        "cannot tell",
    ]
    cells = [
        [
            *(str(r.design.n_units), f"{r.reliability:.2f}", f"{r.difference:.2f}", f"{r.same:.1%}", f"{r.both:.1%}"),
            *(f"{r.differs:.1%}", f"{1 - r.same - r.both - r.differs:.1%}"),
        ]
        for r in rows
    ]
    return markdown(header, cells)


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What the verdicts promise, and whether it holds."""
    beyond = [r for r in rows if r.difference > EQUIVALENCE - 0.005]
    alike = [r for r in rows if r.difference < 1e-9]
    wrong, good = [r.differs + r.both for r in alike], [r.same for r in alike if r.reliability > 0.85]
    if not beyond or not alike or not good:
        return []
    own, either = [r.same for r in beyond], [r.same + r.both for r in beyond]
    return [
        (f"same at the bound or beyond, most {max(own):.3f}", max(own) <= MOST),
        (f"same, or differs by less, at the bound or beyond, most {max(either):.3f}", max(either) <= EITHER),
        (f"differs where nothing does, most {max(wrong):.3f}", max(wrong) <= MOST),
        (f"same where nothing differs at reliabilities of .9, least {min(good):.3f}", min(good) >= FOUND),
    ]


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": Planted(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/equivalence.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
