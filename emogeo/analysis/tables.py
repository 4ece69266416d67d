"""The `runs` and `pairs` tables; a figure that cannot be given is empty and `note` says why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from emogeo.analysis.catalogue import Run
from emogeo.analysis.comparisons import Readied, compared, floors
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_UNITS, Halves
from emogeo.geometry.inference import Comparison, Estimate, holm, mantel_disjoint, reliability
from emogeo.geometry.rdm import mantel

PERMUTATIONS_PER_PAIR = 200
MANY_PAIRS = 30

RUN_COLUMNS = [
    *("key", "model", "family", "variant", "params_b", "precision", "mode", "recipe", "prompt_template", "stimuli"),
    *("layer", "n_layers", "n_units", "n_texts", "n_distinct_texts", "anisotropy", "rdm_std"),
    *("reliability", "reliability_ci_low", "reliability_ci_high", "separation", "nonfinite", "tokens_per_s", "note"),
]
PAIR_COLUMNS = [
    *("key_a", "key_b", "model_a", "model_b", "rho", "rho_ci_low", "rho_ci_high", "p_same_text", "n_units"),
    *("half_size", "reliability_a", "reliability_b", "rho_same_half", "rho_disjoint_half"),
    *("rho_star", "rho_star_ci_low", "rho_star_ci_high", "p", "p_holm", "floor", "n_conditions", "note"),
]


def runs_table(runs: Sequence[Run], readied: Sequence[Readied]) -> pd.DataFrame:
    """One row per run, refused ones included."""
    halves = {ready.run.key: ready.halves for ready in readied}
    table = pd.DataFrame([_run_row(run, halves.get(run.key)) for run in runs], columns=RUN_COLUMNS)
    return table.astype({"layer": "Int64"})


def pairs_table(readied: Sequence[Readied], permutations: int, seed: int) -> pd.DataFrame:
    """One row per pair of finished runs; rereads are no runs of their own, they give the floor.

    Args:
        permutations: label permutations of each Mantel test, at least; 200 per pair if that is more.
    """
    measured = floors([ready.run for ready in readied])
    pairs = list(combinations([ready for ready in readied if not ready.run.reread], 2))
    permutations = max(permutations, PERMUTATIONS_PER_PAIR * len(pairs))
    bar = tqdm(pairs, desc="comparing", unit="pair", disable=len(pairs) < MANY_PAIRS)
    table = pd.DataFrame([_pair_row(a, b, permutations, seed, measured) for a, b in bar], columns=PAIR_COLUMNS)
    given = table["p"].notna()
    table.loc[given, "p_holm"] = holm(table.loc[given, "p"].to_numpy(dtype=float))
    return table


def pair_matrix(runs: Sequence[Run], pairs: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """A column of the pairs as a matrix [run, run]; 1 on the diagonal, NaN where a pair has no figure."""
    position = {run.key: row for row, run in enumerate(runs)}
    matrix = np.full((len(runs), len(runs)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for key_a, key_b, value in pairs[["key_a", "key_b", column]].itertuples(index=False):
        a, b = position[key_a], position[key_b]
        matrix[a, b] = matrix[b, a] = np.nan if pd.isna(value) else value
    return matrix


def write_table(table: pd.DataFrame, folder: Path, name: str) -> None:
    """CSV for people, Parquet for programs."""
    table.to_csv(folder / f"{name}.csv", index=False)
    table.to_parquet(folder / f"{name}.parquet", index=False)


def _run_row(run: Run, halves: Halves | None) -> dict[str, Any]:
    record, model = run.record, run.record["model"]
    row = {name: record.get(name) for name in RUN_COLUMNS}
    row.update({name: model.get(name) for name in ("family", "variant", "params_b", "n_layers")}, model=run.model)
    row["nonfinite"] = sum(record["nonfinite"]["passages"])
    if halves is None:
        row["note"] = f"refused: {record['reason']}"
        return row
    row["layer"] = record["layer"]["index"]
    row.update({name: record["metrics"][name] for name in ("anisotropy", "rdm_std", "separation", "tokens_per_s")})
    notes = _run_notes(record)
    if halves.n_units < MIN_UNITS:
        notes.append(f"reliability: not identifiable ({halves.n_units} units, {MIN_UNITS} are needed)")
    else:
        _put(row, "reliability", reliability(halves))
        if halves.n_units < MIN_JACKKNIFE:
            notes.append(f"reliability: no interval ({halves.n_units} units, {MIN_JACKKNIFE} are needed)")
    row["note"] = "; ".join(notes)
    return row


def _run_notes(record: dict[str, Any]) -> list[str]:
    notes = [] if record.get("recipe") else ["recipe: none was named"]
    if record["layer"]["index"] is None:
        notes.append("layer: every block, so anisotropy and separation have no single value")
    finite, blocks = len(record["layer"]["layers"]), record["provenance"]["n_blocks"]
    if finite < blocks:
        notes.append(f"FLAG overflow: only {finite} of {blocks} blocks are finite")
    if record["metrics"]["separation"] is None and record["layer"]["index"] is not None:
        notes.append("separation: needs two units")
    return notes


def _pair_row(
    a: Readied, b: Readied, permutations: int, seed: int, measured: dict[tuple[str, ...], float]
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(PAIR_COLUMNS)
    row.update(key_a=a.run.key, key_b=b.run.key, model_a=a.run.model, model_b=b.run.model)
    try:
        first, second, comparison = compared(a, b)
        notes = _fill_pair(row, first, second, comparison, permutations, seed)
    except GeometryError as error:
        row["note"] = str(error)
        return row
    notes += _partial_units(a, b, first)
    notes += _fill_floor(row, a.run, b.run, measured)
    row["note"] = "; ".join(notes)
    return row


def _fill_pair(
    row: dict[str, Any], a: Halves, b: Halves, comparison: Comparison, permutations: int, seed: int
) -> list[str]:
    row.update(n_units=comparison.n_units, half_size=comparison.half_size, n_conditions=len(a.products.conditions))
    _put(row, "rho", comparison.rho)
    row["p_same_text"] = mantel(_square(a), _square(b), permutations, seed)
    estimates = {
        "reliability_a": comparison.reliability_a,
        "reliability_b": comparison.reliability_b,
        "rho_same_half": comparison.same_half,
        "rho_disjoint_half": comparison.disjoint_half,
    }
    row.update({name: None if estimate is None else estimate.value for name, estimate in estimates.items()})
    if comparison.rho_star is None:
        return [f"rho_star and p: {comparison.reason}"]
    _put(row, "rho_star", comparison.rho_star)
    row["p"] = mantel_disjoint(a, b, permutations, seed)
    return []


def _partial_units(a: Readied, b: Readied, over: Halves) -> list[str]:
    most = max(a.halves.n_units, b.halves.n_units)
    return [] if over.n_units == most else [f"over the {over.n_units} units in common, of up to {most}"]


def _fill_floor(row: dict[str, Any], a: Run, b: Run, measured: dict[tuple[str, ...], float]) -> list[str]:
    absent = [run for run in (a, b) if run.reader not in measured]
    if not absent:
        row["floor"] = max(measured[a.reader], measured[b.reader])
        return []
    names = " and ".join(dict.fromkeys(f"{run.model} at {run.record['precision']}" for run in absent))
    return [f"floor: not measured for {names}; run the same cell with reread=true"]


def _put(row: dict[str, Any], name: str, estimate: Estimate) -> None:
    row[name] = estimate.value
    if not np.isnan(estimate.low):
        row[f"{name}_ci_low"], row[f"{name}_ci_high"] = estimate.low, estimate.high


def _square(halves: Halves) -> NDArray[np.float64]:
    """The plain RDM over the units of the comparison, as ranks; a Mantel test needs no more."""
    n = len(halves.products.conditions)
    rdm = np.zeros((n, n))
    rdm[np.triu_indices(n, k=1)] = halves.whole[0]
    return rdm + rdm.T
