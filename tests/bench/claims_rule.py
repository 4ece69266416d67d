"""How often a claim about many pairs is called reproduced: `python -m tests.bench.claims_rule --draws 2000`.

Ten planted models read the same texts, and each of their 45 pairs has a rho* with emogeo's interval. The claim is that
every pair's true rho is at least .74. `before` is the former rule: every interval clears the bound, none is beyond it.
One pair alone cannot lie far below where models are planted; so there are worlds of estimates that are drawn, too.
Of worlds with planted models, which take long, a tenth of the data sets is drawn.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from emogeo.analysis.tables.verdicts import CONTRADICTED, REPRODUCED, Figure, above
from emogeo.geometry.inference import compare
from emogeo.geometry.rdm import cosine_rdm, spearman
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.bench.resumed import concluded, markdown, options, resumed
from tests.planted import D_TEXT, run_of, unrelated_codes

Array = NDArray[np.float64]
BOUND, MODELS, UNITS, SHARED = 0.74, 10, 24, 0.3
"""The lowest published rho, and the design: models, topics, and the share of text noise that models have in common."""


@dataclass(frozen=True)
class World:
    """One planted world: its lowest true rho, and whether one pair alone has it."""

    lowest: float
    one_pair: bool
    signal: float
    error: float = 0.0
    """Without models: the error of estimates that are drawn, one at the lowest true rho and all others at .9."""

    @property
    def name(self) -> str:
        if self.error:
            return f"one drawn {self.lowest:.2f}, error {self.error:.3f}"
        return f"{'one pair' if self.one_pair else 'lowest'} {self.lowest:.2f}, signal {self.signal:.2f}"


WORLDS = [
    World(lowest, one_pair, signal)
    for signal in (0.1, 0.15)
    for lowest, one_pair in ((0.85, False), (0.74, False), (0.64, True), (0.6, True))
] + [World(lowest, True, 0.0, error) for error in (0.02, 0.035, 0.05) for lowest in (0.69, 0.64, 0.6)]
PAIRS, OTHERS, TOGETHER = MODELS * (MODELS - 1) // 2, 0.9, 0.5
"""Of drawn worlds: pairs, the true rho of the others, and the correlation of errors."""
PLANTED = 10
"""How many fewer data sets there are of planted models."""
MARGIN, MOST, FOUND = 0.1, 0.05, 0.8
"""How far below the bound a pair lies where `reproduced` is wrong; the most errors; how often .85 is to be found."""


@dataclass(frozen=True)
class Row:
    """What many data sets of one world showed, as shares of them."""

    design: World
    draws: int
    sets: int
    """Data sets: `draws`, or a tenth of them."""
    second: float
    """The second lowest true rho."""
    given: float
    """Pairs with a rho*."""
    error: float
    """Half the width of an interval, on average."""
    reproduced: float
    contradicted: float
    before_reproduced: float
    before_contradicted: float


def truths(codes: Sequence[Array]) -> list[float]:
    """The population rho of every pair, ascending."""
    rdms = [cosine_rdm(code, CONDITIONS) for code in codes]
    return sorted(spearman(a, b) for a, b in combinations(rdms, 2))


@cache
def planted(world: World) -> tuple[Array, ...]:
    """The models' codes: by bisection of how far models, or the one pair, lie apart."""
    base, *own = (unrelated_codes(np.random.default_rng([20260411, row]))[0] for row in range(MODELS + 1))

    def codes(reach: float) -> tuple[Array, ...]:
        if world.one_pair:
            usual = [_mixed(base, code, 0.02) for code in own[2:]]
            pair = [_mixed(base, code, reach) for code in own[:2]]
            return (*pair, *usual)
        shares = reach * np.linspace(0.3, 1, MODELS)
        return tuple(_mixed(base, code, share) for code, share in zip(own, shares, strict=True))

    low, high = 0.0, 0.9
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if truths(codes(middle))[0] > world.lowest else (low, middle)
    return codes(low)


def _mixed(base: Array, other: Array, share: float) -> Array:
    both = np.sqrt(1 - share) * base + np.sqrt(share) * other
    return np.asarray(both / np.sqrt((both**2).mean()))


def drawn(world: World, generator: np.random.Generator) -> list[Figure]:
    """One data set of estimates with errors that go together, and intervals of an estimated width."""
    true = np.array([world.lowest, *[OTHERS] * (PAIRS - 1)])
    errors = np.sqrt(TOGETHER) * generator.normal() + np.sqrt(1 - TOGETHER) * generator.normal(size=PAIRS)
    spread = world.error * np.sqrt(generator.chisquare(UNITS - 1, size=PAIRS) / (UNITS - 1))
    reach = student.ppf(0.975, UNITS - 1) * spread
    found = true + world.error * errors
    return [Figure("pair", v, v - r, v + r, UNITS) for v, r in zip(found, reach, strict=True)]


def figures(world: World, seed: int) -> list[Figure]:
    """One data set: rho* of each pair, NaN where there is none."""
    generator = np.random.default_rng([seed, round(1000 * world.signal)])
    if world.error:
        return drawn(world, generator)
    common = generator.normal(size=(UNITS, len(CONDITIONS), D_TEXT))
    runs = [run_of(code, world.signal, generator, UNITS, common=common, shared=SHARED) for code in planted(world)]
    found = []
    for a, b in combinations(runs, 2):
        star = compare(a, b).rho_star
        value, low, high = (np.nan,) * 3 if star is None else (star.value, star.low, star.high)
        found.append(Figure("pair", value, low, high, UNITS))
    return found


def before(given: Sequence[Figure], bound: float) -> str:
    """The former rule."""
    known = [figure for figure in given if figure.known]
    if any(figure.high < bound for figure in known):
        return CONTRADICTED
    return REPRODUCED if len(known) == len(given) and all(figure.low >= bound for figure in known) else "neither"


def measure(world: World, draws: int) -> Row:
    """Draws data sets and sums up the verdicts."""
    n_sets = draws if world.error else max(1, draws // PLANTED)
    with threadpool_limits(1):
        sets = [figures(world, seed) for seed in range(n_sets)]
        second = OTHERS if world.error else truths(planted(world))[1]
    known = [figure for given in sets for figure in given if figure.known]
    new, former = [above(given, BOUND).verdict for given in sets], [before(given, BOUND) for given in sets]
    return Row(
        world,
        draws,
        n_sets,
        second,
        len(known) / sum(map(len, sets)),
        float(np.mean([(figure.high - figure.low) / 2 for figure in known])) if known else np.nan,
        *(judged.count(verdict) / n_sets for judged in (new, former) for verdict in (REPRODUCED, CONTRADICTED)),
    )


def table(rows: Sequence[Row]) -> str:
    """Markdown; the last two columns are reproduced and contradicted by the former rule."""
    header = ["true ρ", "next", "data sets", "given", "half-width", "reproduced", "contradicted", "before", "before"]
    cells = [
        [
            *(row.design.name, f"{row.second:.2f}", str(row.sets), f"{row.given:.3f}", f"{row.error:.3f}"),
            *(f"{row.reproduced:.3f}", f"{row.contradicted:.3f}"),
            *(f"{row.before_reproduced:.3f}", f"{row.before_contradicted:.3f}"),
        ]
        for row in rows
    ]
    return markdown(header, cells)


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What the rule promises, and whether it holds."""
    below = [row.reproduced for row in rows if row.design.lowest <= BOUND - MARGIN + 1e-9]
    within = [row for row in rows if row.design.lowest >= BOUND]
    found = [row.reproduced for row in within if row.design.lowest > BOUND + MARGIN]
    if not below or not found:
        return []
    wrong = max(row.contradicted for row in within)
    return [
        (f"reproduced where a pair lies {MARGIN} or more below the bound, most {max(below):.3f}", max(below) <= MOST),
        (f"contradicted where none lies below it, most {wrong:.3f}", wrong <= MOST),
        (f"reproduced where the lowest is .85, least {min(found):.3f}", min(found) >= FOUND),
    ]


def designs() -> list[World]:
    return WORLDS


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": World(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/claims_rule.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
