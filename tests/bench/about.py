"""How well "what is it about" keeps its promises: `python -m tests.bench.about --draws 200`.

Each row is a planted world (`tests/planted_about.py`): a run of 21 conditions whose code is a rating, words and a rest;
predictors are the rating, word counts with noise of their own, and a rating that is drawn anew and has nothing to do
with the run. `true` are the numbers of the noiseless geometries; coverage is of their intervals. `p alone` and `p
given` are the shares of data sets in which the unrelated rating has p <= .05, which should be 5%; `found` that in which
the rating's p given the others is. Finished worlds are kept in FILE; without --draws it prints what is there.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from emogeo.geometry.about import TOGETHER, Explained, about
from emogeo.geometry.inference import Estimate
from emogeo.geometry.regression import explained_by, given_others
from tests.bench.resumed import concluded, markdown, options, resumed
from tests.planted_about import RATED, UNRELATED, WORDS, AboutWorld, drawn

LEAST, FALSE = 0.9, 0.09
"""What is promised: coverage, and p <= .05 of what explains nothing (of 200 data sets)."""
PERMUTATIONS = 499


@dataclass(frozen=True)
class Row:
    """What many data sets of one world showed."""

    design: AboutWorld
    draws: int
    reliability: float
    given_share: float
    """The share of data sets in which shares of the reliable geometry are given."""
    true: tuple[float, float, float]
    """The rating's semipartial rho*, the share that words alone explain, and that of all together; means."""
    bias: tuple[float, float, float]
    covers: tuple[float, float, float, float]
    """Of the rating's semipartial, of the unrelated one's, of what words explain, of all together."""
    adjusted: float
    """The mean of all together, adjusted for chance, less the true share."""
    p_alone: float
    p_given: float
    found: float


def designs() -> list[AboutWorld]:
    """Weak and strong predictors, alike or not, few and many units."""
    shares = ((0.0, 0.0), (0.1, 0.3), (0.3, 0.3), (0.1, 0.7))
    grid = [AboutWorld(n, *own, 0.15, 0.15) for n, own in itertools.product((12, 24), shares)]
    return [*grid, AboutWorld(24, 0.1, 0.3, 0.15, 0.15, 0.5), AboutWorld(24, 0.1, 0.3, 0.15, 0.05)]


def measure(world: AboutWorld, draws: int) -> Row:
    """Draws data sets and sums them up."""
    with threadpool_limits(1):
        found = [_one(world, number) for number in range(draws)]
    rows = np.array(found, dtype=float)
    with np.errstate(all="ignore"):
        reliable, given, *means = np.nanmean(rows, axis=0)
    true, value, covers = means[0:3], means[3:6], means[6:10]
    bias = tuple(float(v - t) for v, t in zip(value, true, strict=True))
    adjusted, p_alone, p_given, hit = (float(own) for own in means[10:])
    true = tuple(float(own) for own in true)
    covers = tuple(float(own) for own in covers)
    return Row(world, draws, float(reliable), float(given), true, bias, covers, adjusted, p_alone, p_given, hit)  # type: ignore[arg-type]


def _one(world: AboutWorld, seed: int) -> list[float]:
    run, predictors, truth = drawn(world, seed)
    found = {each.name: each for each in about(run, predictors, PERMUTATIONS, seed).found}
    names = [name for name in (RATED, UNRELATED, WORDS) if found[name].rho is not None]
    rated, unrelated, words, every = (
        found.get(name, Explained("", ())) for name in (RATED, UNRELATED, WORDS, TOGETHER)
    )
    if rated.only is None or words.explained is None or every.explained is None or len(names) < 3:
        return [run.reliability, 0.0, *[np.nan] * 11, *(_small(unrelated.p), _small(unrelated.p_given)), np.nan]
    true = [float(given_others(truth, row)) for row in (0, 1)]
    shares = [float(explained_by(truth, [2])), float(explained_by(truth, [0, 1, 2]))]
    stars = [_star(each, run.reliability) for each in (rated, unrelated)]
    assert every.adjusted is not None
    return [
        *(run.reliability, 1.0, true[0], *shares),
        *(stars[0].value, words.explained.value, every.explained.value),
        *(
            _holds(own, value)
            for own, value in zip([*stars, words.explained, every.explained], true + shares, strict=True)
        ),
        every.adjusted - shares[1],
        *(_small(unrelated.p), _small(unrelated.p_given), _small(rated.p_given)),
    ]


def _star(each: Explained, reliability: float) -> Estimate:
    """Gives the semipartial without the run's noise, from its square and its sign."""
    assert each.only is not None and each.given is not None
    sign = np.sign(each.given.value)
    if each.only.low == 0:
        high = np.sqrt(each.only.high)
        return Estimate(float(sign * np.sqrt(each.only.value)), -high, high)
    ends = sorted(float(sign * np.sqrt(end)) for end in (each.only.low, each.only.high))
    return Estimate(float(sign * np.sqrt(each.only.value)), *ends)


def _holds(own: Estimate, true: float) -> bool:
    return own.low <= true <= own.high


def _small(p: float | None) -> float:
    return np.nan if p is None else float(p <= 0.05)


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What is promised, and whether it holds."""
    covers = [own for row in rows for own in row.covers if row.given_share > 0.5]
    false = [own for row in rows for own in (row.p_alone, row.p_given)]
    if not covers:
        return []
    return [
        (f"intervals cover, least {min(covers):.3f}, at least {LEAST}", min(covers) >= LEAST),
        (f"p ≤ .05 of an unrelated rating, most {max(false):.3f}, at most {FALSE}", max(false) <= FALSE),
    ]


HEADER = [
    *("units", "rating / words / alike", "signal of words", "reliability", "given"),
    *(
        "true: rating given, words, all",
        "bias",
        "covers",
        "unrelated covers",
        "all adjusted",
        "p alone",
        "p given",
        "found",
    ),
]


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    return markdown(HEADER, [_cells(row, row.design) for row in rows])


def _cells(r: Row, world: AboutWorld) -> list[str]:
    rating, unrelated, words, every = r.covers
    return [
        *(str(world.n_units), f"{world.rated:g} / {world.words:g} / {world.alike:g}", f"{world.signal_words:g}"),
        *(f"{r.reliability:.2f}", f"{r.given_share:.0%}", ", ".join(f"{own:.2f}" for own in r.true)),
        *(", ".join(f"{own:+.2f}" for own in r.bias), f"{rating:.1%}, {words:.1%}, {every:.1%}", f"{unrelated:.1%}"),
        *(f"{r.adjusted:+.2f}", f"{r.p_alone:.1%}", f"{r.p_given:.1%}", f"{r.found:.0%}"),
    ]


def row_of(words: dict[str, Any]) -> Row:
    lists = {name: tuple(words[name]) for name in ("true", "bias", "covers")}
    return Row(**{**words, **lists, "design": AboutWorld(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/about.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
