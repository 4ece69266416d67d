"""The `map` tables: conditions of each run in two dimensions and by block, shifts between two runs, and trees."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import combinations

import numpy as np

from emogeo.analysis.comparing.levels import levels
from emogeo.analysis.comparing.map_blocks import BlockMaps, block_maps
from emogeo.analysis.comparing.maps import MapShifts, RunMap, maps_of, shifts_of
from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, tree_of_run
from emogeo.analysis.tables.map_ratings import direction_rows, direction_table, rating_rows, rating_table
from emogeo.analysis.tables.notes import Note, NoteKind, left_out
from emogeo.analysis.tables.pairs import NAMES
from emogeo.errors import GeometryError
from emogeo.geometry.options import Axes
from emogeo.geometry.permutation import holm
from emogeo.stimuli.norms import Norm

PAIRS_AT_MOST = 100
"""The most pairs of runs whose shifts are computed."""
WIDEST = 1.0
"""The median half axis, in sizes of the map, from which on its dimensions are not told from others."""
NEAREST = 3
"""How many of the nearest conditions of each are named."""
MAP_COLUMNS = [
    *("key", "run", "model", "condition", "x", "y", "half_axis_long", "half_axis_short", "angle", "share"),
    *("axes", "block"),
    *("nearest", "nearest_distance", "nearest_distance_ci_low", "nearest_distance_ci_high", "n_units", "note"),
]
SHIFT_COLUMNS = [
    *(
        *NAMES,
        "comparable",
        "condition",
        "x_a",
        "y_a",
        "x_b",
        "y_b",
        "displacement",
        "noise",
        "p",
        "p_holm",
        "n_units",
        "note",
    ),
]
NEAREST_COLUMNS = [
    *("key", "run", "condition", "rank", "nearest", "distance", "distance_ci_low", "distance_ci_high", "n_units"),
]
BLOCK_COLUMNS = ["key", "run", "block", "depth", "condition", "x", "y", "share"]
BRANCH_COLUMNS = ["key", "run", "branch", "left", "right", "height", "n_conditions", "support", "members"]


def map_tables(
    prepared: Sequence[PreparedRun],
    seed: int,
    bare: Sequence[PreparedBare] = (),
    norms: Sequence[Norm] = (),
    axes: Axes = Axes.scaling,
    kept: Kept = NOTHING,
) -> dict[str, Table]:
    """Makes a row per run and condition (`map`), per pair and condition (`map_shifts`), per merge (`map_branches`).

    Beside these: the nearest of each condition, the map by block, and what norms say of it. Rereads have none, and
    untrained twins only where there are no other runs.

    Args:
        norms: the user's own, by which maps can be coloured beside the package's.
        kept: the trees of earlier analyses.
    """
    own: list[Compared] = [*subjects([each for each in prepared if each.run.reread_of is None]), *bare]
    maps, absent = maps_of(own, seed, axes, partial(tree_of_run, kept, seed))
    blocks = [block_maps(each) for each in maps]
    ratings = rating_rows(sorted({name for each in maps for name in each.conditions}), norms)
    directions = [row for each, by in zip(maps, blocks, strict=True) for row in direction_rows(each, by, ratings, seed)]
    rows = [row for each in maps for row in _rows(each)]
    rows += [{**_names(each), "note": [left_out(why)]} for each, why in absent]
    pairs = list(combinations([each for each in maps if isinstance(each.of, PreparedRun)], 2))[:PAIRS_AT_MOST]
    moved = [row for a, b in pairs for row in _shift_rows(a, b)]
    branches = [row for each in maps for row in _branch_rows(each)]
    return {
        "map": typed(rows, MAP_COLUMNS, words=["key", "run", "model", "condition", "axes", "nearest", "note"]),
        "map_shifts": typed(moved, SHIFT_COLUMNS, words=[*NAMES, "comparable", "condition", "note"]),
        "map_branches": typed(branches, BRANCH_COLUMNS, words=["key", "run", "members"]),
        "map_nearest": _nearest_table(maps),
        "map_by_block": _block_table(maps, blocks),
        "map_ratings": rating_table(ratings),
        "map_directions": direction_table(directions),
    }


def _names(each: Compared) -> Row:
    return {"key": each.run.key, "run": each.name, "model": each.run.model}


def _rows(own: RunMap) -> list[Row]:
    found = own.regions
    ellipses = found.ellipses() if own.reason is None else None
    notes = [] if own.reason is None else [Note(f"no regions: {own.reason}", NoteKind.not_identifiable)]
    notes += [] if own.aligned else [Note("axes of its own: too few conditions are in all runs")]
    if ellipses is not None and np.median(ellipses[:, 0]) > WIDEST:
        notes.append(Note("regions as wide as the map: its dimensions are not told from others", NoteKind.flag))
    rows = []
    for number, condition in enumerate(own.conditions):
        row: Row = {**_names(own.of), "condition": condition, "share": found.share, "note": notes}
        row |= {"axes": own.axes.value, "block": own.of.run.layer}
        row["x"], row["y"] = found.points[number]
        if ellipses is not None:
            row["half_axis_long"], row["half_axis_short"], row["angle"] = ellipses[number]
            row["n_units"] = found.n_units
        ((row["nearest"], distance),) = own.nearest(number)
        rows.append(row | columns("nearest_distance", distance))
    return rows


def _nearest_table(maps: Sequence[RunMap]) -> Table:
    rows = [
        {
            **_names(own.of),
            "condition": condition,
            "rank": rank,
            "nearest": other,
            "n_units": own.regions.n_units or None,
        }
        | columns("distance", distance)
        for own in maps
        for number, condition in enumerate(own.conditions)
        for rank, (other, distance) in enumerate(own.nearest(number, NEAREST), 1)
    ]
    return typed(rows, NEAREST_COLUMNS, words=["key", "run", "condition", "nearest"])


def _block_table(maps: Sequence[RunMap], by_block: Sequence[BlockMaps]) -> Table:
    rows = []
    for own, found in zip(maps, by_block, strict=True):
        n_layers = own.of.run.n_layers
        for block, points, share in zip(found.blocks, found.points, found.shares, strict=True):
            depth = None if n_layers is None else (block + 1) / n_layers
            for condition, (x, y) in zip(own.conditions, points, strict=True):
                row = {**_names(own.of), "block": block, "depth": depth, "condition": condition}
                rows.append({**row, "x": x, "y": y, "share": share})
    return typed(rows, BLOCK_COLUMNS, words=["key", "run", "condition"])


def _shift_rows(a: RunMap, b: RunMap) -> list[Row]:
    keys: Row = {"key_a": a.of.run.key, "key_b": b.of.run.key, "model_a": a.of.run.model, "model_b": b.of.run.model}
    keys["comparable"] = "yes" if _read_alike(a.of, b.of) else "no"
    try:
        found = shifts_of(a, b)
    except GeometryError as error:
        return [{**keys, "note": [left_out(error)]}]
    return [{**keys, **row} for row in _moved(found)]


def _read_alike(a: Compared, b: Compared) -> bool:
    """Tells whether two runs differ in nothing but their models."""
    return isinstance(a, PreparedRun) and isinstance(b, PreparedRun) and levels(a.run) == levels(b.run)


def _moved(found: MapShifts) -> list[Row]:
    own, adjusted = found.shifts, holm(found.shifts.p)
    n = min(found.a.n_units, found.b.n_units)
    rows = []
    for number, condition in enumerate(found.conditions):
        row: Row = {"condition": condition, "n_units": n, "note": []}
        row["x_a"], row["y_a"] = found.a.points[number]
        row["x_b"], row["y_b"] = found.b.points[number]
        row.update(displacement=own.lengths[number], noise=own.noise[number])
        rows.append({**row, "p": own.p[number], "p_holm": adjusted[number]})
    return rows


def _branch_rows(own: RunMap) -> list[Row]:
    tree, rows = own.tree, []
    for number, (merge, members) in enumerate(zip(tree.linkage, tree.members, strict=True)):
        row: Row = {"key": own.of.run.key, "run": own.of.name, "branch": len(own.conditions) + number}
        row.update(left=int(merge[0]), right=int(merge[1]), height=merge[2], n_conditions=len(members))
        row["support"] = None if tree.support is None else tree.support[number]
        rows.append({**row, "members": ", ".join(own.conditions[member] for member in sorted(members))})
    return rows
