"""What regions, shifts and branches of a map hold: `python -m tests.bench.map_regions --draws 200`.

Each row is a planted world of 21 conditions: so strong are their dimensions, so many units, so much of the variance
of one text. Each data set has new conditions. `covers` is the share of conditions whose place on the noiseless map
(made as large and turned onto the map) lies in their ellipse; `by chi-square` the same with the bound of a known
covariance, `plain RDM` with maps of the RDM that is not cross-validated. `moved` is the share of shifts with p <= .05
between two runs of one geometry on texts of their own, `moved, shared` on the same texts, whose noise is .8 in common.
`branches` is the share of branches with a support of .95 and more that the noiseless tree has.
Finished worlds are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import chi2
from threadpoolctl import threadpool_limits

from emogeo.arrays import Array
from emogeo.geometry.branches import supported_tree, tree_of
from emogeo.geometry.options import Centring
from emogeo.geometry.procrustes import normalised, procrustes
from emogeo.geometry.rdm import cosine_rdm
from emogeo.geometry.regions import LEVEL, Regions, hotelling_bound, map_of, regions_of, shifts, square
from emogeo.geometry.scaling import planes
from emogeo.geometry.units import deletion_weights, plain_rdms, unit_products
from tests.bench.resumed import concluded, markdown, options, resumed

N_CONDITIONS, D, SHARED, RESAMPLES, SURE = 21, 60, 0.8, 100, 0.95
CONDITIONS = tuple(f"c{number:02}" for number in range(N_CONDITIONS))
LEAST, MOST, FALSE = 0.93, 0.985, 0.06
"""What is promised: coverage of regions, and shifts where nothing moved."""


@dataclass(frozen=True)
class World:
    """What is planted."""

    strengths: tuple[float, ...]
    """The standard deviation of conditions along each of their dimensions."""
    n_units: int
    signal: float
    """The variance of conditions over that of the noise of one text."""


@dataclass(frozen=True)
class Row:
    """What many data sets of one world showed."""

    design: World
    draws: int
    share: float
    covers: float
    covers_chi_square: float
    covers_plain: float
    moved: float
    moved_shared: float
    branches: float
    n_branches: float
    """The mean number of branches with such a support."""


def designs() -> list[World]:
    strengths = ((1.0, 0.7), (1.0, 0.7, 0.3, 0.3, 0.3, 0.3), (1.0,) * 6)
    return [World(*own) for own in itertools.product(strengths, (12, 24, 60), (0.15, 0.5))]


def code(world: World, generator: np.random.Generator) -> Array:
    """Draws conditions [condition, d], centred, of mean square 1."""
    axes = np.linalg.qr(generator.normal(size=(D, len(world.strengths))))[0].T
    drawn = generator.normal(size=(N_CONDITIONS, len(world.strengths))) * world.strengths @ axes
    drawn -= drawn.mean(axis=0)
    return np.asarray(drawn / np.sqrt((drawn**2).mean()))


def products(
    world: World, own: Array, generator: np.random.Generator, common: Array | float = 0.0, shared: float = 0.0
) -> Array:
    """Draws a run of one geometry: products [unit, unit, condition, condition]."""
    noise = np.sqrt(shared) * common + np.sqrt(1 - shared) * generator.normal(size=(world.n_units, N_CONDITIONS, D))
    states = (np.sqrt(world.signal) * own + noise).reshape(-1, D)
    units = [f"u{unit:03}" for unit in range(world.n_units) for _ in CONDITIONS]
    return unit_products(states, CONDITIONS * world.n_units, units, CONDITIONS, Centring.grand_mean).values


def covered(found: Regions, truth: Array, bound: float) -> float:
    """Gives the share of conditions whose true place lies in their region."""
    away = procrustes(found.points, truth)(truth) - found.points
    squared = np.einsum("ca,ca->c", away, np.linalg.solve(found.covariances, away[..., None])[..., 0])
    return float((squared <= bound).mean())


def plain_regions(own: Array) -> Regions:
    """Makes the same regions from RDMs that are not cross-validated."""
    rdms = [square(pairs, N_CONDITIONS) for pairs in plain_rdms(own, deletion_weights(len(own)))]
    points, *deleted = normalised(planes(2 * np.stack(rdms))[0])
    off = np.stack([procrustes(points, each)(each) for each in deleted])
    return Regions(points, 1.0, off - off.mean(axis=0))


def moved(a: Regions, b: Regions, same_units: bool) -> float:
    """Gives the share of conditions with p <= .05, b being turned onto a."""
    return float((shifts(a, b.moved(procrustes(a.points, b.points)), same_units).p <= 0.05).mean())


def measure(world: World, draws: int) -> Row:
    """Draws data sets and sums them up."""
    with threadpool_limits(1):
        found = np.array([_one(world, number) for number in range(draws)])
    held, sure = found[:, 6:].sum(axis=0)
    share, covers, chi_square, plain, own, shared = (float(value) for value in found[:, :6].mean(axis=0))
    return Row(world, draws, share, covers, chi_square, plain, own, shared, float(held / max(sure, 1)), sure / draws)


def _one(world: World, seed: int) -> list[float]:
    generator = np.random.default_rng([seed, world.n_units])
    own = code(world, generator)
    rdm = cosine_rdm(own, CONDITIONS)
    truth, bound = map_of(2 * rdm).points, hotelling_bound(world.n_units - 1, LEVEL)
    run = products(world, own, generator)
    found, other = regions_of(run), regions_of(products(world, own, generator))
    common = generator.normal(size=(world.n_units, N_CONDITIONS, D))
    alike = [regions_of(products(world, own, generator, common, SHARED)) for _ in range(2)]
    tree, true = supported_tree(run, seed, RESAMPLES), {*tree_of(rdm).members}
    assert tree.support is not None
    sure = [members in true for members, kept in zip(tree.members[:-1], tree.support, strict=False) if kept >= SURE]
    return [
        *(found.share, covered(found, truth, bound), covered(found, truth, float(chi2.ppf(LEVEL, 2)))),
        *(covered(plain_regions(run), truth, bound), moved(found, other, False), moved(alike[0], alike[1], True)),
        *(float(sum(sure)), float(len(sure))),
    ]


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What is promised, and whether it holds."""
    if not rows:
        return []
    covers, false = [row.covers for row in rows], max(max(row.moved, row.moved_shared) for row in rows)
    return [
        (f"regions cover, least {min(covers):.3f}, at least {LEAST}", min(covers) >= LEAST),
        (f"regions cover, most {max(covers):.3f}, at most {MOST}", max(covers) <= MOST),
        (f"shifts where nothing moved, most {false:.3f}, at most {FALSE}", false <= FALSE),
    ]


HEADER = [
    *("dimensions", "units", "signal", "in two", "covers", "by chi-square", "plain RDM", "moved", "moved, shared"),
    *("branches", "a tree"),
]


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    return markdown(HEADER, [_cells(row, row.design) for row in rows])


def _cells(row: Row, world: World) -> list[str]:
    shares = (row.share, row.covers, row.covers_chi_square, row.covers_plain, row.moved, row.moved_shared)
    return [
        *(", ".join(f"{own:g}" for own in world.strengths), str(world.n_units), f"{world.signal:g}"),
        *(f"{row.share:.0%}", *(f"{value:.1%}" for value in shares[1:])),
        *(f"{row.branches:.0%}" if row.n_branches else "–", f"{row.n_branches:.1f}"),
    ]


def row_of(words: dict[str, Any]) -> Row:
    design = {**words["design"], "strengths": tuple(words["design"]["strengths"])}
    return Row(**{**words, "design": World(**design)})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/map_regions.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
