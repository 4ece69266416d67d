"""The tables `depth_grid` and `depth_choices`: runs compared block by block, and what ways of choosing a block take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.checkpoints import halves_by_block, pass_digest, states_by_block
from emogeo.analysis.comparing.depth import (
    MOST_PAIRS,
    WAYS,
    OverGrid,
    blocks_of,
    chosen_blocks,
    grids_of,
    imported_alike,
    rdms_over,
)
from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, content_key
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.analysis.tables.universality import comparable_runs
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.depth import DepthGrid, HalvesOverDepth, depth_grid, halves_over_depth, star_grid
from emogeo.store.store import Store

_PERMUTATIONS, _ENTRIES = 1_000, 150_000_000
"""The relabellings that every grid has at least, where as many are asked for; and the dissimilarities moved in all."""
LARGEST = "largest_rho"
"""The way that looks at the whole grid and takes its largest cell."""
_BETWEEN = ", "
"""Stands between the ways that take one cell."""
GRID_COLUMNS = [
    *("key_a", "key_b", "block_a", "block_b", "depth_a", "depth_b", "rho", "p_largest", "rho_star", "chosen_by"),
]
CHOICE_COLUMNS = [
    *("key_a", "key_b", "model_a", "model_b", "choice", "block_a", "block_b", "rho", "p_largest", "rho_star"),
    *("rank", "n_cells", "note"),
]


_Halves: TypeAlias = Callable[[str], HalvesOverDepth | str]
"""Gives the halves of a run at all blocks by its key, or why there are none."""


@dataclass(frozen=True, eq=False)
class _Compared:
    """One grid, with rho* where it is known."""

    pair: OverGrid
    grid: DepthGrid
    star: Array | None
    notes: Sequence[Note]

    @property
    def blocks(self) -> tuple[list[int], list[int]]:
        return blocks_of(self.pair.first.run), blocks_of(self.pair.second.run)

    @property
    def keys(self) -> Row:
        return {"key_a": self.pair.first.run.key, "key_b": self.pair.second.run.key}

    def at(self, row: int, column: int) -> Row:
        """Gives the numbers of one cell."""
        cell: Row = {
            name: own[at] for name, own, at in zip(("block_a", "block_b"), self.blocks, (row, column), strict=True)
        }
        cell["rho"] = float(self.grid.rho[row, column])
        for name, own in (("p_largest", self.grid.p_largest), ("rho_star", self.star)):
            if own is not None and not np.isnan(own[row, column]):
                cell[name] = float(own[row, column])
        return cell


def depth_tables(
    prepared: Sequence[PreparedRun],
    bare: Sequence[PreparedBare],
    store: Store,
    permutations: int,
    seed: int,
    kept: Kept = NOTHING,
) -> dict[str, Table]:
    """Makes one row per pair of blocks, and one per way of choosing a block in two runs.

    Args:
        store: where the passes of the runs are, from which rho* is computed; no text is read again.
        kept: comparisons of earlier analyses.
    """
    read = [each for each in prepared if each.run.record.imported is None]
    groups: list[Sequence[Compared]] = [*comparable_runs(read).values(), *imported_alike(prepared, bare)]
    grids, n_pairs = grids_of(groups)
    halves = cache(lambda key: _halves(next(each for each in prepared if each.run.key == key), store))
    cells, choices = list[Row](), list[Row]()
    for pair in grids:
        own = _kept_rows(kept, pair, halves, store, permutations, seed)
        cells += [row for row in own if "choice" not in row]
        choices += [row for row in own if "choice" in row]
    for row in choices:
        row["note"] = [*row["note"], *([] if row["choice"] is None else _bound(n_pairs))]
    return {
        "depth_grid": typed(cells, GRID_COLUMNS, ["key_a", "key_b", "chosen_by"]),
        "depth_choices": typed(choices, CHOICE_COLUMNS, ["key_a", "key_b", "model_a", "model_b", "choice", "note"]),
    }


def _bound(n_pairs: int) -> list[Note]:
    return (
        [Note(f"{MOST_PAIRS} of {n_pairs} pairs of runs are compared block by block", NoteKind.bound)]
        if n_pairs > MOST_PAIRS
        else []
    )


def _kept_rows(kept: Kept, pair: OverGrid, halves: _Halves, store: Store, permutations: int, seed: int) -> list[Row]:
    """Gives the rows of two runs as an earlier analysis has kept them, or makes them; they are kept if rho* is known.

    Without it they say what is missing, which may be there the next time.
    """
    key, known = None, None
    if isinstance(pair.first, PreparedRun) and isinstance(pair.second, PreparedRun):
        sides = [[content_key(each), pass_digest(each.run, store)] for each in (pair.first, pair.second)]
        key = {"a": sides[0], "b": sides[1], "permutations": permutations, "seed": seed}
        known = kept.get(key)
    if known is not None:
        return known
    found = _compare(pair, halves, permutations, seed)
    if isinstance(found, Note):
        return [{**_named(pair), "choice": None, "note": [found]}]
    rows = _cells(found) + ([] if pair.within else _choices(found))
    return rows if key is None or found.star is None else kept.put(key, rows)


def _named(pair: OverGrid) -> Row:
    a, b = pair.first.run, pair.second.run
    return {"key_a": a.key, "key_b": b.key, "model_a": a.model, "model_b": b.model}


def _compare(pair: OverGrid, halves: _Halves, permutations: int, seed: int) -> _Compared | Note:
    """Compares two runs, or says why they cannot be."""
    a, b = (rdms_over(each.run, pair.conditions) for each in (pair.first, pair.second))
    try:
        grid = depth_grid(a, b, affordable(permutations, b), seed, pair.within)
    except GeometryError as error:
        return Note(f"left out: {error}", NoteKind.left_out)
    star = _star(pair, halves)
    if isinstance(star, str):
        return _Compared(pair, grid, None, [Note(f"rho_star: not identifiable ({star})", NoteKind.not_identifiable)])
    return _Compared(pair, grid, star, [])


def affordable(permutations: int, rdms: Array) -> int:
    """Gives fewer relabellings than asked for where there are many conditions, which would take minutes."""
    return min(permutations, max(_PERMUTATIONS, _ENTRIES // rdms.size))


def _star(pair: OverGrid, halves: _Halves) -> Array | str:
    """Gives rho* of every pair of blocks, or says why there is none."""
    a, b = pair.first, pair.second
    if isinstance(a, PreparedBare) or isinstance(b, PreparedBare):
        return "no states of texts were imported"
    if a.labels != b.labels:
        return "the two have not read the same texts in the same order"
    sides = [halves(each.run.key) for each in (a, b)]
    missing = [own for own in sides if isinstance(own, str)]
    if missing:
        return "; ".join(dict.fromkeys(missing))
    first, second = (own for own in sides if not isinstance(own, str))
    try:
        return star_grid(first, second)
    except GeometryError as error:
        return str(error)


def _halves(each: PreparedRun, store: Store) -> HalvesOverDepth | str:
    states, blocks = states_by_block(each.run, store), blocks_of(each.run)
    if isinstance(states, str):
        return states
    try:
        return halves_over_depth(halves_by_block(each, states, blocks), len(blocks))
    except GeometryError as error:
        return str(error)


def _cells(found: _Compared) -> list[Row]:
    a, b = found.pair.first.run, found.pair.second.run
    ways = _ways(found)
    rows = []
    for row, column in np.ndindex(found.grid.rho.shape):
        cell = {**found.keys, **found.at(row, column)}
        for side, run in (("a", a), ("b", b)):
            if run.n_layers is not None:
                cell[f"depth_{side}"] = (cell[f"block_{side}"] + 1) / run.n_layers
        cell["chosen_by"] = _BETWEEN.join(way for way, at in ways.items() if at == (row, column)) or None
        rows.append(cell)
    return rows


def _ways(found: _Compared) -> dict[str, tuple[int, int]]:
    """Gives the cell that each way takes in both runs: its row and column."""
    a, b = (chosen_blocks(each.run) for each in (found.pair.first, found.pair.second))
    rows, columns = found.blocks
    return {way: (rows.index(a[way]), columns.index(b[way])) for way in WAYS if way in a and way in b}


def _choices(found: _Compared) -> list[Row]:
    rho = found.grid.rho
    largest = np.unravel_index(int(rho.argmax()), rho.shape)
    ways = {**_ways(found), LARGEST: (int(largest[0]), int(largest[1]))}
    rows = []
    for way, (row, column) in ways.items():
        own = {**_named(found.pair), "choice": way, **found.at(row, column)}
        own.update(rank=1 + int((rho > rho[row, column]).sum()), n_cells=rho.size)
        rows.append({**own, "note": list(found.notes)})
    return rows


def ways_of(cells: pd.DataFrame) -> pd.Series:
    """Gives the ways that take each cell, as lists."""
    return cells["chosen_by"].fillna("").map(lambda ways: ways.split(_BETWEEN) if ways else [])


def grids(table: pd.DataFrame) -> list[pd.DataFrame]:
    """Gives the cells of each pair of runs, in their order."""
    return [own for _, own in table.groupby(["key_a", "key_b"], sort=False)]
