"""What every table of comparisons has in common: its figures under their names, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.catalogue import Run
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import Comparison, Estimate, compare
from emogeo.geometry.permutation import holm, mantel, mantel_disjoint

PERMUTATIONS_PER_TEST = 200
COMPARISON_COLUMNS = [
    *("rho", "rho_ci_low", "rho_ci_high", "p_same_text", "n_units", "half_size", "reliability_a", "reliability_b"),
    *("rho_same_half", "rho_disjoint_half", "stimulus_share", "rho_star", "rho_star_ci_low", "rho_star_ci_high"),
    *("p", "p_holm", "floor", "n_conditions", "note"),
]


@dataclass(frozen=True)
class Permutations:
    """How p values are made."""

    n: int
    seed: int

    def for_family(self, tests: int) -> Permutations:
        """At least 200 per test, so that the smallest p survives Holm's adjustment."""
        return Permutations(max(self.n, PERMUTATIONS_PER_TEST * tests), self.seed)


def comparison_row(a: Halves, b: Halves, permutations: Permutations) -> tuple[dict[str, Any], list[str]]:
    """Every figure of a comparison under its column's name, and notes on those that cannot be given."""
    result = compare(a, b)
    row = {
        **columns("rho", result.rho),
        "n_units": result.n_units,
        "half_size": result.half_size,
        "n_conditions": len(a.products.conditions),
        **_halves_columns(result),
    }
    notes = []
    if a.products.units == b.products.units:
        row["p_same_text"] = mantel(a.whole[0], b.whole[0], permutations.n, permutations.seed)
    else:
        notes.append(f"p_same_text and rho_same_half: no text in common ({a.n_units} and {b.n_units} units)")
    if result.rho_star is None:
        return row, [*notes, f"rho_star and p: {result.reason}"]
    row.update(columns("rho_star", result.rho_star))
    row["p"] = mantel_disjoint(a, b, permutations.n, permutations.seed)
    return row, notes


def floor_column(row: dict[str, Any], runs: list[Run], measured: Mapping[tuple[str, ...], float]) -> list[str]:
    """Puts in the larger floor of the runs, or says whose was not measured."""
    absent = [run for run in runs if run.reader not in measured]
    if not absent:
        row["floor"] = max(measured[run.reader] for run in runs)
        return []
    names = " and ".join(dict.fromkeys(f"{run.model} at {run.record['precision']}" for run in absent))
    return [f"floor: not measured for {names}; run the same cell with reread=true"]


def columns(name: str, estimate: Estimate) -> dict[str, float]:
    """A figure and, where it has one, its interval, under the tables' names."""
    row = {name: estimate.value}
    if not np.isnan(estimate.low):
        row.update({f"{name}_ci_low": estimate.low, f"{name}_ci_high": estimate.high})
    return row


def adjust(table: pd.DataFrame) -> pd.DataFrame:
    """Fills `p_holm`: the rows of a table are a family."""
    given = table["p"].notna()
    table.loc[given, "p_holm"] = holm(table.loc[given, "p"].to_numpy(dtype=float))
    return table


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
