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
from emogeo.errors import GeometryError
from emogeo.geometry.rdm import mantel, spearman

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
NO_INFERENCE = (
    "reliability, rho_star, intervals, p and floor: this version does not compute them, so rho alone proves nothing"
)
MIN_CONDITIONS = 4
"""With three conditions an RDM has three entries, and six relabellings."""


def runs_table(runs: Sequence[Run]) -> pd.DataFrame:
    """One row per run, refused ones included."""
    table = pd.DataFrame([_run_row(run) for run in runs], columns=RUN_COLUMNS)
    return table.astype({"layer": "Int64"})


def pairs_table(runs: Sequence[Run], permutations: int, seed: int) -> pd.DataFrame:
    """One row per pair of finished runs.

    Args:
        permutations: label permutations of each Mantel test.
    """
    pairs = list(combinations(runs, 2))
    bar = tqdm(pairs, desc="comparing", unit="pair", disable=len(pairs) < 30)
    rows = [_pair_row(a, b, permutations, seed) for a, b in bar]
    return pd.DataFrame(rows, columns=PAIR_COLUMNS)


def rho_matrix(runs: Sequence[Run], pairs: pd.DataFrame) -> NDArray[np.float64]:
    """Spearman's rho between every two runs [run, run]; NaN where the pair has none."""
    position = {run.key: row for row, run in enumerate(runs)}
    matrix = np.eye(len(runs))
    for key_a, key_b, rho in pairs[["key_a", "key_b", "rho"]].itertuples(index=False):
        a, b = position[key_a], position[key_b]
        matrix[a, b] = matrix[b, a] = np.nan if pd.isna(rho) else rho
    return matrix


def write_table(table: pd.DataFrame, folder: Path, name: str) -> None:
    """CSV for people, Parquet for programs."""
    table.to_csv(folder / f"{name}.csv", index=False)
    table.to_parquet(folder / f"{name}.parquet", index=False)


def _run_row(run: Run) -> dict[str, Any]:
    record, model = run.record, run.record["model"]
    row = {name: record.get(name) for name in RUN_COLUMNS}
    row.update({name: model.get(name) for name in ("family", "variant", "params_b", "n_layers")}, model=run.model)
    row["nonfinite"] = sum(record["nonfinite"]["passages"])
    if run.finished:
        row["layer"] = record["layer"]["index"]
        row.update({name: record["metrics"][name] for name in ("anisotropy", "rdm_std", "separation", "tokens_per_s")})
        row["note"] = "; ".join([*_run_notes(record), "reliability: not computed by this version"])
    else:
        row["note"] = f"refused: {record['reason']}"
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


def _pair_row(a: Run, b: Run, permutations: int, seed: int) -> dict[str, Any]:
    common = [condition for condition in a.conditions if condition in b.conditions]
    row: dict[str, Any] = dict.fromkeys(PAIR_COLUMNS)
    row.update(key_a=a.key, key_b=b.key, model_a=a.model, model_b=b.model, n_conditions=len(common))
    if a.record["n_units"] == b.record["n_units"]:
        row["n_units"] = a.record["n_units"]
    row["note"] = NO_INFERENCE
    if len(common) < MIN_CONDITIONS:
        row["note"] = f"{len(common)} conditions in common, {MIN_CONDITIONS} are needed"
        return row
    rdm_a, rdm_b = _restricted(a, common), _restricted(b, common)
    try:
        row["rho"] = spearman(rdm_a, rdm_b)
        row["p_same_text"] = mantel(rdm_a, rdm_b, permutations, seed)
    except GeometryError as error:
        row["note"] = str(error)
    return row


def _restricted(run: Run, conditions: list[str]) -> NDArray[np.float64]:
    rows = [run.conditions.index(condition) for condition in conditions]
    return run.rdm[np.ix_(rows, rows)]
