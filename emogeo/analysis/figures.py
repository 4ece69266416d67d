"""The analysis's figures, as PNG files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from emogeo.analysis.catalogue import Run
from emogeo.analysis.pairs import pair_matrix
from emogeo.plots import Band, halves_figure, rdm_figure, reliability_figure, rho_figure

_MATRICES = {
    "rho": ("ρ between runs, on the same passages", "Spearman ρ"),
    "rho_star": ("ρ* between runs: disjoint passages, disattenuated", "ρ* (– : not identifiable)"),
}


def write_figures(
    runs: Sequence[Run], names: Mapping[str, str], tables: Mapping[str, pd.DataFrame], folder: Path
) -> None:
    """Matrices of ρ and ρ*, same-half against disjoint-half, reliability by layer, and an RDM per run.

    Figures of an earlier analysis in `folder` are removed.
    """
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    pairs = tables["pairs"]
    if runs:
        for column, (title, label) in _MATRICES.items():
            matrix = pair_matrix(runs, pairs, column)
            shown = rho_figure(matrix, [names[run.key] for run in runs], title, label)
            (folder / f"{column}_matrix.png").write_bytes(shown)
    halved = pairs.dropna(subset=["rho_same_half", "rho_disjoint_half"])
    if len(halved):
        (folder / "same_and_disjoint_half.png").write_bytes(_halves(halved, names))
    _reliability_by_layer(runs, names, folder)
    for run in runs:
        layer = run.record["layer"]["index"]
        title = f"{names[run.key]}, {'every block' if layer is None else f'block {layer}'}"
        (folder / f"rdm_{_file_name(names[run.key])}_{run.key[:8]}.png").write_bytes(
            rdm_figure(run.rdm, run.conditions, title)
        )


def _halves(pairs: pd.DataFrame, names: Mapping[str, str]) -> bytes:
    ceiling = np.sqrt(np.maximum(pairs["reliability_a"] * pairs["reliability_b"], 0.0))
    return halves_figure(
        [f"{names[a]} · {names[b]}" for a, b in zip(pairs["key_a"], pairs["key_b"], strict=True)],
        pairs["rho_same_half"].to_numpy(dtype=float),
        pairs["rho_disjoint_half"].to_numpy(dtype=float),
        ceiling.to_numpy(dtype=float),
    )


def _reliability_by_layer(runs: Sequence[Run], names: Mapping[str, str], folder: Path) -> None:
    """A panel per model; runs that differ in more than the selected layer have a line each."""
    panels: dict[str, list[Band]] = {}
    for run in runs:
        by_layer = run.record["by_layer"]
        if "reliability" not in by_layer:
            continue
        band = Band(
            names[run.key],
            np.array(run.record["layer"]["layers"]),
            np.array(by_layer["reliability"]),
            np.array(by_layer.get("reliability_ci_low", by_layer["reliability"])),
            np.array(by_layer.get("reliability_ci_high", by_layer["reliability"])),
            run.record["layer"]["index"],
        )
        panels.setdefault(run.model, []).append(band)
    if panels:
        (folder / "reliability_by_layer.png").write_bytes(reliability_figure(panels))


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", name)
