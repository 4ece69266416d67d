"""Reads a store, writes tables and figures, prints what was found."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emogeo.analysis.catalogue import Catalogue, Run, read_catalogue, short_names
from emogeo.analysis.tables import pairs_table, rho_matrix, runs_table, write_table
from emogeo.config.schema import AnalyzeConfig
from emogeo.plots import rdm_figure, rho_figure
from emogeo.tracking.store import Store

log = logging.getLogger(__name__)


def analyze(config: AnalyzeConfig) -> Path:
    """Compares every finished run with every other.

    Returns:
        The folder with the tables and figures.

    Raises:
        StoreError: an empty store.
    """
    catalogue = read_catalogue(Store(config.store.path))
    finished, output = catalogue.finished, Path(config.output).expanduser()
    (output / "figures").mkdir(parents=True, exist_ok=True)
    names = short_names(finished)
    runs = runs_table(catalogue.runs)
    pairs = pairs_table(finished, config.permutations, config.seed)
    write_table(runs, output, "runs")
    write_table(pairs, output, "pairs")
    _write_figures(finished, names, rho_matrix(finished, pairs), output)
    print(_summary(catalogue, names, runs, pairs, output))
    return output


def _write_figures(runs: Sequence[Run], names: Sequence[str], rho: NDArray[np.float64], output: Path) -> None:
    for old in (output / "figures").glob("rdm_*.png"):
        old.unlink()
    if not runs:
        return
    pd.DataFrame(rho, index=pd.Index(names, name="run"), columns=names).to_csv(output / "rho_matrix.csv")
    (output / "figures" / "rho_matrix.png").write_bytes(rho_figure(rho, names, "ρ between runs, on the same passages"))
    for run, name in zip(runs, names, strict=True):
        layer = run.record["layer"]["index"]
        title = f"{name}, {'every block' if layer is None else f'block {layer}'}"
        file = f"rdm_{re.sub(r'[^A-Za-z0-9.]+', '-', name)}_{run.key[:8]}.png"
        (output / "figures" / file).write_bytes(rdm_figure(run.rdm, run.conditions, title))


def _summary(catalogue: Catalogue, names: list[str], runs: pd.DataFrame, pairs: pd.DataFrame, output: Path) -> str:
    label = dict(zip([run.key for run in catalogue.finished], names, strict=True))
    parts = ["", "Runs", _shown_runs(runs, label), ""]
    if len(pairs):
        parts += ["Pairs", _shown_pairs(pairs, label), ""]
        parts += [f"note: {note}" for note in dict.fromkeys(pairs["note"].dropna())]
    else:
        parts.append("Pairs: none; two finished runs make a pair.")
    parts += [f"left out: {reason}" for reason in catalogue.left_out]
    noted = runs[runs["note"].str.contains("refused|FLAG")]
    parts += [
        f"{label.get(key, model)}: {note}"
        for key, model, note in noted[["key", "model", "note"]].itertuples(index=False)
    ]
    parts += [
        "",
        f"tables   {output}/runs.csv, pairs.csv{', rho_matrix.csv' if names else ''} (runs and pairs also as .parquet)",
        f"figures  {output}/figures/",
    ]
    return "\n".join(parts)


def _shown_runs(runs: pd.DataFrame, label: dict[str, str]) -> str:
    table = runs[["precision", "layer", "n_layers", "n_units", "n_texts", "anisotropy", "rdm_std", "separation"]].copy()
    table.insert(
        0, "run", [label.get(key, f"{model} (refused)") for key, model in zip(runs["key"], runs["model"], strict=True)]
    )
    table["layer"] = [("" if pd.isna(layer) else str(layer)) for layer in table["layer"]]
    return str(table.to_string(index=False, na_rep="", float_format=lambda v: f"{v:.3f}"))


def _shown_pairs(pairs: pd.DataFrame, label: dict[str, str]) -> str:
    table = pd.DataFrame(
        {
            "a": pairs["key_a"].map(label),
            "b": pairs["key_b"].map(label),
            "rho": pairs["rho"],
            "p_same_text": pairs["p_same_text"],
            "rho_star": pairs["rho_star"].astype(float),
            "conditions": pairs["n_conditions"],
        }
    )
    return str(
        table.to_string(index=False, na_rep="–", formatters={"rho": "{:.3f}".format, "p_same_text": "{:.4f}".format})
    )
