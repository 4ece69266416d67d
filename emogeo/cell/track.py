"""What W&B gets to see of a finished cell."""

from __future__ import annotations

import logging
from typing import Any

from emogeo.cell.measure import Measures
from emogeo.cell.plan import Cell
from emogeo.config.schema import TrackingMode
from emogeo.tracking.store import RUNS, Store
from emogeo.tracking.wandb_session import ArtifactSpec, Mirror, log_run

log = logging.getLogger(__name__)
_CURVES = ("separation", "mean_cosine", "rdm_std", "anisotropy")


def track_cell(cell: Cell, store: Store, measures: Measures, run: dict[str, Any]) -> None:
    """Mirrors the record of a cell to W&B, in `STORE/wandb/KEY/`."""
    if cell.config.tracking.mode is TrackingMode.disabled:
        return
    log_run(cell.config.tracking, store.path / "wandb" / cell.key, _mirror(cell, store, measures, run))


def _mirror(cell: Cell, store: Store, measures: Measures, run: dict[str, Any]) -> Mirror:
    from emogeo.plots import layers_figure, rdm_figure

    folder = store.folder(RUNS, cell.key)
    curves = {name: values for name, values in run["by_layer"].items() if name in _CURVES}
    metadata = {"key": cell.key, "config": run["config"]}
    short = cell.key[:16]
    return Mirror(
        key=cell.key,
        title=cell.title,
        config={
            **run["config"],
            "resolved": {name: run[name] for name in ("model", "precision", "n_units", "n_texts")},
        },
        summary=_summary(run),
        curves=[
            {"layer/index": layer, **{f"layer/{name}": values[row] for name, values in curves.items()}}
            for row, layer in enumerate(measures.layers)
        ],
        figures={
            "rdm/heatmap": rdm_figure(measures.rdm, measures.vectors.conditions, cell.title),
            "layer/curves": layers_figure(measures.layers, curves, measures.choice.index, cell.title),
        },
        files={p.name: p.read_bytes() for p in sorted(folder.iterdir())},
        artifacts=[
            ArtifactSpec("emotion-vectors", f"emotion-vectors-{short}", ["vectors.safetensors", "run.json"], metadata),
            ArtifactSpec("rdm", f"rdm-{short}", ["rdm.safetensors", "run.json", "manifest.json"], metadata),
        ],
    )


def _summary(run: dict[str, Any]) -> dict[str, Any]:
    metrics = run["metrics"]
    summary = {
        "rdm/std": metrics["rdm_std"],
        "rdm/conditions": len(run["conditions"]),
        "layer/selected": run["layer"]["index"],
        "model/anisotropy": metrics["anisotropy"],
        "model/separation": metrics["separation"],
        "model/nonfinite": metrics["nonfinite"],
        "texts/units": run["n_units"],
        "texts/distinct": run["n_distinct_texts"],
        "speed/tokens_per_s": metrics["tokens_per_s"],
    }
    return {name: value for name, value in summary.items() if value is not None}
