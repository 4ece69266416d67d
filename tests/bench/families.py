"""What dependence between topics does to p, and how often it is seen: `python -m tests.bench.families --draws 2000`.

Each row is one planted design (`tests/planted_families.py`): topics in families that share a part of their noise, in
both runs, whose geometries have nothing to do with each other. `p` is the share of data sets, among those that pass the
gate, with p <= .05; `bias` the mean of rho*, which should be 0; `flag` how often dependence between topics is seen with
no families named, `named` how often with the families named, `correlation` its mean estimate. As a counter-example,
`permuted` is how often the largest eigenvalue of the matrix of residual products is called extreme by permuting topics
within each condition.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from emogeo.geometry.corpus_flags import DEPENDENT
from emogeo.geometry.crossed import crossed_halves
from emogeo.geometry.dependence import dependence, family_dependence
from emogeo.geometry.inference import compare
from emogeo.geometry.permutation import mantel_disjoint
from emogeo.geometry.units import UnitProducts
from tests.bench.resumed import concluded, markdown, options, resumed
from tests.planted_families import Array, Families, draw, halves_of

PERMUTATIONS = 199
DRAWS = 199
MOST, MOST_FLAGS, STRONG, SEEN, FEW = 0.06, 0.08, 0.3, 0.9, 0.1
"""What is promised: false p's with families as units, where a tenth of the data sets or more is given; flags where
topics are independent; flags with families named at a strong correlation."""
COUNTER_EXAMPLES = 40
"""Data sets of a design in which topics are permuted within conditions, which is slow."""


@dataclass(frozen=True)
class Row:
    """What many data sets of one design showed; NaN where no data set passes the gate."""

    design: Families
    draws: int
    given_topics: float
    p_topics: float
    star_topics: float
    reliability_topics: float
    given_families: float
    p_families: float
    star_families: float
    flag: float
    named: float
    correlation: float
    n_effective: float
    permuted: float


def designs() -> list[Families]:
    """24 topics in six families or three, and more in eight or twelve, which are enough for a rho* over families."""
    six = [
        Families(correlation=correlation, signal=signal, uneven=uneven)
        for correlation, signal, uneven in itertools.product((0.0, 0.1, 0.3), (0.05, 0.15), (False, True))
        if correlation != 0.1 or signal == 0.05
    ]
    three = [Families(size=8, signal=signal) for signal in (0.05, 0.15)]
    twelve = [Families(n_units=48, correlation=correlation, signal=0.05) for correlation in (0.0, 0.3)]
    eight = [Families(n_units=64, size=8, signal=0.05, uneven=uneven) for uneven in (False, True)]
    return six + three + twelve + eight


def measure(design: Families, draws: int) -> Row:
    """Draws data sets and sums them up."""
    with threadpool_limits(1):
        found = [_one(design, seed) for seed in range(draws)]
        permuted = [_permuted(design, seed) for seed in range(min(draws, COUNTER_EXAMPLES))]
    columns = [np.array(column, dtype=float) for column in zip(*found, strict=True)]
    p_topics, star_topics, reliability, p_families, star_families, flag, named, correlation, effective = columns
    return Row(
        design=design,
        draws=draws,
        given_topics=float(np.isfinite(p_topics).mean()),
        p_topics=_small(p_topics),
        star_topics=_mean(star_topics),
        reliability_topics=_mean(reliability),
        given_families=float(np.isfinite(p_families).mean()),
        p_families=_small(p_families),
        star_families=_mean(star_families),
        flag=_small(flag),
        named=_small(named),
        correlation=_mean(correlation),
        n_effective=_mean(effective),
        permuted=_small(np.array(permuted)),
    )


def _one(design: Families, seed: int) -> tuple[float, ...]:
    states = draw(design, seed)
    names = [f"t{unit:02d}" for unit in range(design.n_units)]
    whole = halves_of(states[0], names).products
    alone, named = (
        dependence(whole, seed, DRAWS),
        family_dependence(whole, design.families, seed, DRAWS),
    )
    assert alone is not None
    assert named is not None
    assert named.n_effective is not None
    families = _compared(states, design.families, seed)[:2]
    return (
        *_compared(states, names, seed),
        *families,
        alone.p,
        named.p,
        named.value,
        named.n_effective,
    )


def _compared(states: tuple[Array, Array], units: Sequence[str], seed: int) -> tuple[float, float, float]:
    """p, rho* and the first run's reliability over some units; NaN what is not given."""
    a, b = (halves_of(own, units) for own in states)
    result = compare(a, b)
    reliable = np.nan if result.reliability_a is None else result.reliability_a.value
    if result.rho_star is None:
        return np.nan, np.nan, reliable
    p = float(mantel_disjoint([crossed_halves(a, b)], PERMUTATIONS, seed)[0])
    return p, result.rho_star.value, reliable


def _permuted(design: Families, seed: int) -> float:
    """The counter-example: the p of the largest eigenvalue if topics are permuted within each condition."""
    names = [f"t{unit:02d}" for unit in range(design.n_units)]
    by_condition = _residual_products_by_condition(halves_of(draw(design, seed)[0], names).products)
    generator, found = np.random.default_rng(seed), _largest(by_condition.sum(axis=0))
    more = 0
    for _ in range(DRAWS):
        orders = [generator.permutation(design.n_units) for _ in by_condition]
        drawn = sum(own[np.ix_(order, order)] for own, order in zip(by_condition, orders, strict=True))
        more += _largest(np.asarray(drawn)) >= found
    return (1 + more) / (1 + DRAWS)


def _residual_products_by_condition(products: UnitProducts) -> Array:
    """[condition, unit, unit]; the products are centred over conditions already."""
    own = np.einsum("uvcc->cuv", products.values)
    own = own - own.mean(axis=1, keepdims=True)
    return np.asarray(own - own.mean(axis=2, keepdims=True))


def _largest(products: Array) -> float:
    lengths = np.sqrt(np.diag(products))
    return float(np.linalg.eigvalsh(products / np.outer(lengths, lengths))[-1])


def _small(p: Array) -> float:
    known = p[np.isfinite(p)]
    return float((known <= DEPENDENT).mean()) if len(known) else np.nan


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else np.nan


HEADER = [
    *("topics / families", "ICC", "signal", "uneven", "reliability", "topics as units: given", "p ≤ .05", "mean ρ\\*"),
    *("families as units: given", "p ≤ .05", "mean ρ\\*", "flag, none named", "named", "ICC found", "effective units"),
    "permuted within conditions",
]


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = []
    for row in rows:
        own = row.design
        cells = [
            *(
                f"{own.n_units} / {own.n_units // own.size}",
                f"{own.correlation}",
                f"{own.signal}",
                "yes" if own.uneven else "no",
            ),
            *(
                f"{row.reliability_topics:.2f}",
                f"{row.given_topics:.0%}",
                _share(row.p_topics),
                _signed(row.star_topics),
            ),
            *(f"{row.given_families:.0%}", _share(row.p_families), _signed(row.star_families)),
            *(_share(row.flag), _share(row.named), f"{row.correlation:.2f}", f"{row.n_effective:.1f}"),
            _share(row.permuted),
        ]
        lines.append(cells)
    return markdown(HEADER, lines)


def _share(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.1%}"


def _signed(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:+.2f}"


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What is promised of families as units, and of the flag."""
    given = [row.p_families for row in rows if row.given_families >= FEW]
    alone = [row.flag for row in rows if row.design.correlation == 0]
    seen = [row.named for row in rows if row.design.correlation >= STRONG]
    if not (given and alone and seen):
        return []
    return [
        (f"families as units: p <= .05 where nothing is shared, most {max(given):.3f}", max(given) <= MOST),
        (f"dependence is seen where there is none, most {max(alone):.3f}", max(alone) <= MOST_FLAGS),
        (
            f"dependence is seen at a correlation of {STRONG} with families named, least {min(seen):.3f}",
            min(seen) >= SEEN,
        ),
    ]


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": Families(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/families.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
