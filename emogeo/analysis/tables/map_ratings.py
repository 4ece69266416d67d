"""The tables `map_ratings` and `map_directions`: what conditions are rated, and where ratings grow on each map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emogeo.analysis.comparing.map_blocks import BlockMaps
from emogeo.analysis.comparing.maps import RunMap
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.direction import direction, steepest
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.stimuli.norms import Norm, Ratings, package_norms

RATED_SHARE = 0.5
"""The share of a run's conditions that must have a rating for its map to be coloured by it."""
RATING_COLUMNS = ["condition", "norm", "rating", "lowest", "highest"]
DIRECTION_COLUMNS = [
    *("key", "run", "norm", "block", "x", "y", "r", "r_ci_low", "r_ci_high", "p", "n_conditions", "n_units"),
]
_PACKAGE_SCALE = (1.0, 9.0)


def rating_rows(conditions: Sequence[str], norms: Sequence[Norm]) -> list[Row]:
    """Gives a row per condition and norm that rates it, with the ends of the norm's scale.

    Args:
        norms: the user's own; those of several dimensions are taken one by one.
    """
    return [row for norm, name, ends in _single(norms) for row in _of_norm(conditions, norm, name, ends)]


def _single(norms: Sequence[Norm]) -> list[tuple[Ratings, str, tuple[float, float]]]:
    """Gives the ratings of one dimension each: the package's, then the user's, with their names and scales."""
    package = package_norms()
    own = [norm for norm in norms if isinstance(norm, Ratings) and len(norm.dimensions) == 1]
    known = [(package.only(name), name, _PACKAGE_SCALE) for name in package.dimensions]
    return [*known, *((norm, norm.name, (np.nanmin(norm.values), np.nanmax(norm.values))) for norm in own)]


def _of_norm(conditions: Sequence[str], norm: Ratings, name: str, ends: tuple[float, float]) -> list[Row]:
    words = norm.match(conditions).words
    scale = {"lowest": float(ends[0]), "highest": float(ends[1])}
    return [
        {"condition": own, "norm": name, "rating": norm.entries[words[own]][0], **scale}
        for own in conditions
        if own in words
    ]


def direction_rows(own: RunMap, by_block: BlockMaps, ratings: Sequence[Row], seed: int) -> list[Row]:
    """Gives a row per norm for a run's map, with interval and p, and one for each of its other blocks, with r alone."""
    rows = []
    for norm in dict.fromkeys(row["norm"] for row in ratings):
        known = {row["condition"]: row["rating"] for row in ratings if row["norm"] == norm}
        values = np.array([known.get(name, np.nan) for name in own.conditions])
        if np.isfinite(values).sum() >= max(MIN_CONDITIONS, RATED_SHARE * len(values)):
            rows += _of_rating(own, by_block, norm, values, seed)
    return rows


def _of_rating(own: RunMap, by_block: BlockMaps, norm: str, values: Array, seed: int) -> list[Row]:
    names: Row = {"key": own.of.run.key, "run": own.of.name, "norm": norm}
    has_regions = own.reason is None
    try:
        found = direction(own.regions.points, values, seed, own.regions.replicates if has_regions else None)
        ways, r = steepest(by_block.points, values)
    except GeometryError:
        return []
    selected: Row = {**names, "block": own.of.run.layer, "x": found.x, "y": found.y, **columns("r", found.r)}
    selected |= {"p": found.p, "n_conditions": found.n, "n_units": own.regions.n_units or None}
    others = zip(by_block.blocks, ways, r, strict=True)
    return [selected] + [
        {**names, "block": block, "x": x, "y": y, "r": size, "n_conditions": found.n}
        for block, (x, y), size in others
        if block != own.of.run.layer
    ]


def rating_table(rows: Sequence[Row]) -> Table:
    """Makes one row per condition and norm."""
    return typed(rows, RATING_COLUMNS, ["condition", "norm"])


def direction_table(rows: Sequence[Row]) -> Table:
    """Makes one row per run, norm and block."""
    return typed(rows, DIRECTION_COLUMNS, ["key", "run", "norm"])
