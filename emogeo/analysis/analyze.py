"""Reads a store, writes tables and figures, prints what was found."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from emogeo.analysis.catalogue import Catalogue, Run, read_catalogue, short_names
from emogeo.analysis.comparisons import Readied
from emogeo.analysis.tables import pair_matrix, pairs_table, runs_table, write_table
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
    readied = [Readied(run, config.seed) for run in finished]
    runs = runs_table(catalogue.runs, readied)
    pairs = pairs_table(readied, config.permutations, config.seed)
    write_table(runs, output, "runs")
    write_table(pairs, output, "pairs")
    first = [row for row, run in enumerate(finished) if not run.reread]
    _write_figures([finished[row] for row in first], [names[row] for row in first], pairs, output)
    print(_summary(catalogue, names, runs, pairs, output))
    return output


def _write_figures(runs: Sequence[Run], names: Sequence[str], pairs: pd.DataFrame, output: Path) -> None:
    for old in (output / "figures").glob("rdm_*.png"):
        old.unlink()
    if not runs:
        return
    matrices = {
        "rho": ("ρ between runs, on the same passages", "Spearman ρ"),
        "rho_star": ("ρ* between runs: disjoint passages, disattenuated", "ρ* (– : not identifiable)"),
    }
    for column, (title, label) in matrices.items():
        matrix = pair_matrix(runs, pairs, column)
        pd.DataFrame(matrix, index=pd.Index(names, name="run"), columns=names).to_csv(output / f"{column}_matrix.csv")
        (output / "figures" / f"{column}_matrix.png").write_bytes(rho_figure(matrix, names, title, label))
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
        parts += [f"note: {note}" for note in dict.fromkeys(pairs["note"].dropna()) if note]
    else:
        parts.append("Pairs: none; two finished runs make a pair (a reread is none).")
    parts += [f"left out: {reason}" for reason in catalogue.left_out]
    noted = runs[runs["note"].str.contains("refused|FLAG")]
    parts += [
        f"{label.get(key, model)}: {note}"
        for key, model, note in noted[["key", "model", "note"]].itertuples(index=False)
    ]
    parts += [
        "",
        f"tables   {output}/runs.csv, pairs.csv (also .parquet), rho_matrix.csv, rho_star_matrix.csv",
        f"figures  {output}/figures/",
    ]
    return "\n".join(parts)


def _shown_runs(runs: pd.DataFrame, label: dict[str, str]) -> str:
    table = runs[["precision", "layer", "n_layers", "n_units", "anisotropy", "separation"]].copy()
    names = [label.get(key, f"{model} (refused)") for key, model in zip(runs["key"], runs["model"], strict=True)]
    table.insert(0, "run", names)
    table["layer"] = ["" if pd.isna(layer) else str(layer) for layer in table["layer"]]
    table["reliability"] = _with_interval(runs, "reliability")
    return str(table.to_string(index=False, na_rep="", float_format=lambda v: f"{v:.3f}"))


def _shown_pairs(pairs: pd.DataFrame, label: dict[str, str]) -> str:
    table = pd.DataFrame(
        {
            "a": pairs["key_a"].map(label),
            "b": pairs["key_b"].map(label),
            "rho": _with_interval(pairs, "rho"),
            "rho_star": _with_interval(pairs, "rho_star"),
            "p_holm": [_number(p, 4) for p in pairs["p_holm"]],
            "reliability": [
                f"{_number(a)} / {_number(b)}"
                for a, b in zip(pairs["reliability_a"], pairs["reliability_b"], strict=True)
            ],
            "floor": [_number(floor, 4) for floor in pairs["floor"]],
            "p_same_text": [_number(p, 4) for p in pairs["p_same_text"]],
        }
    )
    return str(table.to_string(index=False))


def _with_interval(table: pd.DataFrame, name: str) -> list[str]:
    columns = table[[name, f"{name}_ci_low", f"{name}_ci_high"]].itertuples(index=False)
    return [
        _number(v) if pd.isna(low) else f"{_number(v)} [{_number(low)}, {_number(high)}]" for v, low, high in columns
    ]


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None or pd.isna(value) else f"{value:.{digits}f}"
