"""What W&B gets to see of a recorded run, finished or refused; made from the record alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from emogeo.config.schema import PROBES, Mode, TrackingConfig, TrackingMode
from emogeo.store.manifest import MANIFEST
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.store.tensors import unpack
from emogeo.tracking.session import ArtifactSpec, Mirror, already_there, delivered, log_run

_CURVES = ("reliability", "separation", "mean_cosine", "rdm_std", "anisotropy")


_SHARED = ("run.json", MANIFEST)
"""In every artifact of a record, so that each can be checked by itself."""
_TYPES = {"emotion-vectors": ("vectors.safetensors", "texts.jsonl"), "rdm": ("rdm.safetensors",)}
"""Types of artifacts by the files that they are for; other files are in one of type `record`."""


def track_run(tracking: TrackingConfig, store: Store, key: str) -> bool:
    """Mirrors a record to W&B, in `STORE/wandb/KEY/`; whether it is there."""
    later = f"Type: python -m emogeo.tracking push {store.path}"
    return tracking.mode is not TrackingMode.disabled and log_run(
        tracking, _folder(store, key), mirror_of(store, key), later
    )


def push_record(tracking: TrackingConfig, store: Store, key: str) -> str:
    """Delivers a record unless the server has it; `delivered`, `there before` or `failed`."""
    if already_there(tracking, mirror_of(store, key)):
        return "there before"
    return "delivered" if track_run(tracking, store, key) else "failed"


def tracked(tracking: TrackingConfig, store: Store, key: str) -> bool:
    """Whether a record has been mirrored before: offline to a folder, online to the server."""
    folder = _folder(store, key)
    if tracking.mode is TrackingMode.online:
        return delivered(tracking, folder)
    return any(folder.glob("wandb/*run-*"))


def mirror_of(store: Store, key: str) -> Mirror:
    """What W&B gets to see of a record.

    Raises:
        StoreError: no such record, or a broken one.
    """
    files = {**store.read(RUNS, key), MANIFEST: store.manifest(RUNS, key)}
    run = json.loads(files["run.json"])
    geometry = "rdm.safetensors" in files
    resolved = {name: run[name] for name in ("model", "precision", "n_units", "n_texts", "status") if name in run}
    return Mirror(
        run_id=key[:16],
        title=run["title"],
        job_type="cell",
        config={**run["config"], "key": key, "resolved": resolved},
        summary=_summary(run),
        artifacts=[*_artifacts(run, files), *_written(store, run)],
        curves=_points(run) if geometry else [],
        figures=_figures(run, files) if geometry else {},
        tables=_tables(run, files),
    )


def _folder(store: Store, key: str) -> Path:
    return store.path / "wandb" / key


def _artifacts(run: dict[str, Any], files: dict[str, bytes]) -> list[ArtifactSpec]:
    """SharedUnits they hold every file of the record."""
    groups = {kind: names for kind, names in _TYPES.items() if set(names) <= set(files)}
    others = set(files) - {*_SHARED, *(name for names in groups.values() for name in names)}
    if others or not groups:
        groups[run["mode"] if Mode(run["mode"]) in PROBES else "record"] = tuple(sorted(others))
    metadata = {"kind": RUNS, "key": run["key"], "config": run["config"]}
    return [
        ArtifactSpec(kind, f"{kind}-{run['key'][:16]}", {n: files[n] for n in (*names, *_SHARED)}, metadata)
        for kind, names in groups.items()
    ]


def _written(store: Store, run: dict[str, Any]) -> list[ArtifactSpec]:
    """The record of the texts that a model wrote."""
    generation = run.get("generation")
    if generation is None or not store.has(GENERATIONS, generation["key"]):
        return []
    key = generation["key"]
    files = {**store.read(GENERATIONS, key), MANIFEST: store.manifest(GENERATIONS, key)}
    return [ArtifactSpec("generations", f"generations-{key[:16]}", files, {"kind": GENERATIONS, "key": key})]


def _points(run: dict[str, Any]) -> list[dict[str, float]]:
    curves = _shown_curves(run)
    return [
        {"layer/index": layer, **{f"layer/{name}": values[row] for name, values in curves.items()}}
        for row, layer in enumerate(run["layer"]["layers"])
    ]


def _shown_curves(run: dict[str, Any]) -> dict[str, list[float]]:
    return {name: run["by_layer"][name] for name in _CURVES if name in run["by_layer"]}


def _figures(run: dict[str, Any], files: dict[str, bytes]) -> dict[str, bytes]:
    from emogeo.figures.curves import layers_figure
    from emogeo.figures.matrices import rdm_figure

    rdm = unpack(files["rdm.safetensors"])["rdm"]
    layers, selected = run["layer"]["layers"], run["layer"]["index"]
    return {
        "rdm/heatmap": rdm_figure(rdm, run["conditions"], run["title"]),
        "layer/curves": layers_figure(layers, _shown_curves(run), selected, run["title"]),
    }


def _tables(run: dict[str, Any], files: dict[str, bytes]) -> dict[str, list[dict[str, Any]]]:
    """What a probe recorded, or the texts that a model wrote; the passages of a corpus are in an artifact only."""
    if Mode(run["mode"]) in PROBES:
        return {f"{run['mode']}/{Path(name).stem}": _rows(files[name]) for name in files if name.endswith(".jsonl")}
    return {"texts/written": _rows(files["texts.jsonl"])} if run.get("generation") and "texts.jsonl" in files else {}


def _summary(run: dict[str, Any]) -> dict[str, Any]:
    if run["status"] == "refused":
        return {"status": "refused", "reason": run["reason"]}
    metrics = run["metrics"]
    if "layer" not in run:
        return {"status": "finished", **_flat(run["mode"], metrics)}
    summary = {
        "status": "finished",
        "rdm/std": metrics["rdm_std"],
        "rdm/conditions": len(run["conditions"]),
        "layer/selected": run["layer"]["index"],
        "model/anisotropy": metrics["anisotropy"],
        "model/separation": metrics["separation"],
        "model/reliability": metrics["reliability"],
        "model/nonfinite": metrics["nonfinite"],
        "texts/units": run["n_units"],
        "texts/distinct": run["n_distinct_texts"],
        "speed/tokens_per_s": metrics["tokens_per_s"],
    }
    return {name: value for name, value in summary.items() if value is not None}


def _rows(lines: bytes) -> list[dict[str, Any]]:
    """JSON lines as rows of a table; what is no scalar as JSON."""
    rows = [json.loads(line) for line in lines.splitlines()]
    return [{name: json.dumps(v) if isinstance(v, list | dict) else v for name, v in row.items()} for row in rows]


def _flat(name: str, value: Any) -> dict[str, Any]:
    """Nested metrics as `name/name/name`, without those that are absent."""
    if isinstance(value, dict):
        return {inner: v for own, part in value.items() for inner, v in _flat(f"{name}/{own}", part).items()}
    return {} if value is None else {name: value}
