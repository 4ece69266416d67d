"""The short account that `analyze.py` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from emogeo.analysis.catalogue import Catalogue

_NAMED = 2
"""Rows that a note names, at most."""


def summary(catalogue: Catalogue, names: Mapping[str, str], tables: Mapping[str, pd.DataFrame], output: Path) -> str:
    """Runs, pairs and baselines as text, every reason for what is missing, and where the rest is.

    Args:
        names: a short name for each finished run's key.
    """
    runs, pairs, baselines = (tables[name] for name in ("runs", "pairs", "baselines"))
    parts = ["", "Runs", _shown_runs(runs, names), ""]
    if len(pairs):
        parts += ["Pairs", _shown_pairs(pairs, tables["partials"], names), ""]
    else:
        parts += ["Pairs: none; two finished runs make a pair (a reread is none).", ""]
    if len(baselines):
        parts += ["Baselines", _shown_baselines(baselines, names), ""]
    parts += _notes([f"{names[a]} – {names[b]}" for a, b in zip(pairs["key_a"], pairs["key_b"], strict=True)], pairs)
    parts += [note for note in _notes(list(baselines["baseline"]), baselines) if note not in parts]
    parts += [f"left out: {reason}" for reason in catalogue.left_out]
    noted = runs[runs["note"].str.contains("refused|FLAG")]
    parts += [
        f"{names.get(key, model)}: {note}"
        for key, model, note in noted[["key", "model", "note"]].itertuples(index=False)
    ]
    parts += [
        "",
        f"tables   {output}/{', '.join(f'{name}.csv' for name in tables)} (also .parquet), rho_matrix.csv,",
        "         rho_star_matrix.csv; rdms.h5 for rsatoolbox; columns: docs/inference.md",
        f"figures  {output}/figures/",
    ]
    return "\n".join(parts)


def _notes(rows: Sequence[str], table: pd.DataFrame) -> list[str]:
    """Each note once, with the rows that it is about; what many share is said of none."""
    about: dict[str, dict[str, None]] = {}
    for row, notes in zip(rows, table["note"], strict=True):
        for note in filter(None, str(notes).split("; ")):
            about.setdefault(note, {})[row] = None
    return [f"note{_on(list(of), note)}: {note}" for note, of in about.items()]


def _on(rows: Sequence[str], note: str) -> str:
    named = len(rows) <= _NAMED or note.startswith("left out")
    return f" on {', '.join(rows)}" if named else ""


def _shown_runs(runs: pd.DataFrame, names: Mapping[str, str]) -> str:
    table = runs[["precision", "layer", "n_layers", "n_units", "anisotropy", "separation"]].copy()
    shown = [names.get(key, f"{model} (refused)") for key, model in zip(runs["key"], runs["model"], strict=True)]
    table.insert(0, "run", shown)
    table["layer"] = ["" if pd.isna(layer) else str(layer) for layer in table["layer"]]
    table["reliability"] = _with_interval(runs, "reliability")
    if runs["held_out"].notna().any():
        table["held_out"] = _with_interval(runs, "held_out")
    return str(table.to_string(index=False, na_rep="", float_format=lambda v: f"{v:.3f}"))


def _shown_pairs(pairs: pd.DataFrame, partials: pd.DataFrame, names: Mapping[str, str]) -> str:
    table = pd.DataFrame({"a": pairs["key_a"].map(names), "b": pairs["key_b"].map(names)})
    _figures(table, pairs, "reliability_b")
    both = partials[partials["given"] == "both"].set_index(["key_a", "key_b"])["rho_partial"]
    keys = zip(pairs["key_a"], pairs["key_b"], strict=True)
    table["partial"] = [_number(both.get(key)) for key in keys]
    return str(table.to_string(index=False))


def _shown_baselines(baselines: pd.DataFrame, names: Mapping[str, str]) -> str:
    table = pd.DataFrame({"run": baselines["key"].map(names), "baseline": baselines["baseline"]})
    _figures(table, baselines, "reliability_baseline")
    return str(table.to_string(index=False))


def _figures(table: pd.DataFrame, source: pd.DataFrame, second: str) -> None:
    """Every companion of a rho, side by side."""
    table["rho"] = _with_interval(source, "rho")
    table["rho_star"] = _with_interval(source, "rho_star")
    table["p (Holm)"] = [
        f"{_number(p, 4)} ({_number(holm, 4)})" if pd.notna(p) else "–"
        for p, holm in zip(source["p"], source["p_holm"], strict=True)
    ]
    table["reliability"] = [
        f"{_number(a)} / {_number(b)}" for a, b in zip(source["reliability_a"], source[second], strict=True)
    ]
    table["same/disjoint"] = [
        f"{_number(a)} / {_number(b)}"
        for a, b in zip(source["rho_same_half"], source["rho_disjoint_half"], strict=True)
    ]
    table["floor"] = [_number(floor, 4) for floor in source["floor"]]
    table["p_same_text"] = [_number(p, 4) for p in source["p_same_text"]]


def _with_interval(table: pd.DataFrame, name: str) -> list[str]:
    figures = table[[name, f"{name}_ci_low", f"{name}_ci_high"]].itertuples(index=False)
    return [
        _number(v) if pd.isna(low) else f"{_number(v)} [{_number(low)}, {_number(high)}]" for v, low, high in figures
    ]


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None or pd.isna(value) else f"{value:.{digits}f}"
