"""What every table of comparisons has in common: its figures under their names, or the reason why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.prepared import Together
from emogeo.analysis.records.catalogue import Run
from emogeo.arrays import Array
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_UNITS, Halves
from emogeo.geometry.inference import Comparison, Estimate, compare
from emogeo.geometry.permutation import crossed_halves, holm, mantel, mantel_disjoint

PERMUTATIONS_PER_TEST = 200
_AT_ONCE = 100
"""Tests whose [pair, pair] matrices are in memory together, at most."""
COMPARISON_COLUMNS = [
    *("rho", "rho_ci_low", "rho_ci_high", "p_same_text", "n_units", "half_size", "reliability_a", "reliability_b"),
    *("rho_same_half", "rho_disjoint_half", "stimulus_share", "rho_star", "rho_star_ci_low", "rho_star_ci_high"),
    *("p", "p_holm", "floor", "n_conditions", "note"),
]
WHOLE = {
    *("layer", "n_layers", "n_units", "half_size", "n_conditions", "n_texts", "n_distinct_texts", "nonfinite"),
    *("words", "n_random", "n_others", "n_models", "n_families", "n_items", "turn", "valence_axis", "arousal_axis"),
    *("best_min_mean_cosine", "best_separation", "best_reliability"),
}
"""Columns of whole numbers."""


@dataclass
class MantelTests:
    """Permutation tests, collected while rows are made so that they share permutations."""

    permutations: int
    seed: int
    _ranks: dict[int, list[tuple[dict[str, Any], str, Array, Array]]] = field(default_factory=lambda: defaultdict(list))
    _crossed: dict[int, list[tuple[dict[str, Any], Array]]] = field(default_factory=lambda: defaultdict(list))

    @staticmethod
    def of_family(size: int, permutations: int, seed: int) -> MantelTests:
        """With at least 200 permutations per row, so that the smallest p survives Holm's adjustment."""
        return MantelTests(max(permutations, PERMUTATIONS_PER_TEST * size), seed)

    def of_ranks(self, row: dict[str, Any], column: str, a: Array, b: Array) -> None:
        """A Mantel test of two rank vectors [pair]."""
        self._ranks[len(a)].append((row, column, a, b))

    def of_halves(self, row: dict[str, Any], a: Halves, b: Halves) -> None:
        """The Mantel test on disjoint text, for column `p`."""
        pending = self._crossed[len(a.products.conditions)]
        pending.append((row, crossed_halves(a, b)))
        if len(pending) == _AT_ONCE:
            self._do_crossed(pending)

    def fill(self, rows: Sequence[dict[str, Any]]) -> None:
        """Does the tests, and adjusts the p values of `rows`, which are a family."""
        for tests in self._ranks.values():
            p = mantel(np.stack([t[2] for t in tests]), np.stack([t[3] for t in tests]), self.permutations, self.seed)
            for (row, column, _, _), value in zip(tests, p, strict=True):
                row[column] = float(value)
        for pending in self._crossed.values():
            self._do_crossed(pending)
        given = [row for row in rows if row.get("p") is not None]
        for row, value in zip(given, holm(np.array([row["p"] for row in given])), strict=True):
            row["p_holm"] = float(value)

    def _do_crossed(self, pending: list[tuple[dict[str, Any], Array]]) -> None:
        if pending:
            p = mantel_disjoint(np.stack([crossed for _, crossed in pending]), self.permutations, self.seed)
            for (row, _), value in zip(pending, p, strict=True):
                row["p"] = float(value)
        pending.clear()


def compare_into(row: dict[str, Any], both: Together, names: tuple[str, str], tests: MantelTests) -> list[str]:
    """Puts every figure of a comparison under its column's name, asks for its p; notes what cannot be given."""
    a, b = both.halves
    result = compare(a, b, names)
    row.update(columns("rho", result.rho), **_halves_columns(result))
    row.update(n_units=result.n_units, half_size=result.half_size, n_conditions=len(a.products.conditions))
    notes = []
    if result.n_units < MIN_UNITS:
        return [f"all but rho: {result.reason}"]
    if both.same_text:
        tests.of_ranks(row, "p_same_text", a.whole[0], b.whole[0])
    elif both.paired:
        notes.append("p_same_text: other texts; rho_same_half: on units of the same name (topics, say)")
    else:
        notes.append(f"p_same_text and rho_same_half: no text in common ({a.n_units} and {b.n_units} units)")
    if result.n_units < MIN_JACKKNIFE:
        notes.append(f"no intervals of halves figures ({result.n_units} units, {MIN_JACKKNIFE} needed)")
    if result.rho_star is None:
        return [*notes, f"rho_star and p: {result.reason}"]
    row.update(columns("rho_star", result.rho_star))
    tests.of_halves(row, a, b)
    return notes


def floor_into(row: dict[str, Any], runs: list[Run], measured: Mapping[tuple[str, ...], float]) -> list[str]:
    """Puts in the larger floor of the runs, or notes whose was not measured."""
    absent = [run for run in runs if run.reader not in measured]
    if not absent:
        row["floor"] = max(measured[run.reader] for run in runs)
    names = dict.fromkeys(f"{run.model} at {run.record['precision']}" for run in absent)
    return [f"floor: not measured for {name}, run the same cell with reread=true" for name in names]


def columns(name: str, estimate: Estimate) -> dict[str, float]:
    """A figure and, where it has one, its interval, under the tables' names."""
    row = {name: estimate.value}
    if not np.isnan(estimate.low):
        row.update({f"{name}_ci_low": estimate.low, f"{name}_ci_high": estimate.high})
    return row


def typed(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], words: Sequence[str]) -> pd.DataFrame:
    """A table whose columns have the same types whatever is missing: text, whole numbers, or floats."""
    table = pd.DataFrame(rows, columns=list(columns))
    types = {c: "str" if c in words else "Int64" if c in WHOLE else "float64" for c in columns}
    return table.astype(types)


def write_table(table: pd.DataFrame, folder: Path, name: str) -> None:
    """CSV for people, Parquet for programs."""
    table.to_csv(folder / f"{name}.csv", index=False)
    table.to_parquet(folder / f"{name}.parquet", index=False)


def _halves_columns(result: Comparison) -> dict[str, float | None]:
    estimates = {
        "reliability_a": result.reliability_a,
        "reliability_b": result.reliability_b,
        "rho_same_half": result.same_half,
        "rho_disjoint_half": result.disjoint_half,
    }
    row = {name: None if estimate is None else estimate.value for name, estimate in estimates.items()}
    return {**row, "stimulus_share": result.stimulus_share}
