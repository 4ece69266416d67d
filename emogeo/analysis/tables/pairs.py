"""The `pairs` table: every two runs compared, and the matrix of one of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from emogeo.analysis.comparing.prepared import Readied, Together, floors, name_of, over_shared
from emogeo.analysis.tables.frame import COMPARISON_COLUMNS, MantelTests, compare_into, floor_into, typed
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.inference import identifiable

NAMES = ["key_a", "key_b", "model_a", "model_b"]
PAIR_COLUMNS = [*NAMES, *COMPARISON_COLUMNS]
SHOW_PROGRESS = 30
"""Pairs from which on a bar is worth it."""


def pairs_of(readied: Sequence[Readied]) -> list[tuple[Readied, Readied]]:
    """Every two runs; rereads are no runs of their own, they give the floor."""
    return list(combinations([ready for ready in readied if ready.run.twin is None], 2))


def pairs_table(readied: Sequence[Readied], permutations: int, seed: int) -> pd.DataFrame:
    """One row per pair of finished runs; their p are a family.

    Args:
        permutations: of labels, for each Mantel test, at least.
    """
    measured, pairs = floors([ready.run for ready in readied]), pairs_of(readied)
    tests = MantelTests.of_family(len(pairs), permutations, seed)
    bar = tqdm(pairs, desc="comparing", unit="pair", disable=len(pairs) < SHOW_PROGRESS)
    rows = [_pair_row(a, b, tests, measured) for a, b in bar]
    tests.fill(rows)
    return typed(rows, PAIR_COLUMNS, words=[*NAMES, "note"])


def pair_matrix(readied: Sequence[Readied], pairs: pd.DataFrame, column: str) -> Array:
    """A column of the pairs as a matrix [run, run]; NaN where a pair has no figure.

    The diagonal is 1; of rho_star, only for runs that are reliable enough to have one.
    """
    position = {ready.run.key: row for row, ready in enumerate(readied)}
    matrix = np.full((len(readied), len(readied)), np.nan)
    known = [column != "rho_star" or identifiable(ready.halves) for ready in readied]
    np.fill_diagonal(matrix, np.where(known, 1.0, np.nan))
    for key_a, key_b, value in pairs[["key_a", "key_b", column]].itertuples(index=False):
        a, b = position[key_a], position[key_b]
        matrix[a, b] = matrix[b, a] = np.nan if pd.isna(value) else value
    return matrix


def _pair_row(a: Readied, b: Readied, tests: MantelTests, measured: dict[tuple[str, ...], float]) -> dict[str, Any]:
    row: dict[str, Any] = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    try:
        both = over_shared(a, b)
        notes = left_out(a, b, both)
        notes += compare_into(row, both, (a.name, b.name), tests)
        notes += floor_into(row, [a.run, b.run], measured)
    except GeometryError as error:
        notes = [f"left out: {error}"]
    row["note"] = "; ".join(notes)
    return row


def left_out(a: Readied, b: Readied, both: Together) -> list[str]:
    """What one of the runs has and the comparison has not."""
    notes, over = [], both.halves[0].products
    units = [{name_of(unit) for unit in ready.run.record["units"]} for ready in (a, b)]
    if both.paired and (dropped := sorted(units[0] ^ units[1])):
        notes.append(f"over the {len(over.units)} units in common, without {', '.join(dropped)}")
    tied = sum(unit.count("+") for unit in over.units)
    if both.paired and tied > max(sum(name.count("+") for name in own) for own in units):
        notes.append(f"texts in common tie units together, {len(over.units)} left")
    conditions = [ready.halves.products.conditions for ready in (a, b)]
    if dropped := sorted(set(conditions[0]) ^ set(conditions[1])):
        notes.append(f"without {', '.join(dropped)}, which one run lacks")
    return notes
