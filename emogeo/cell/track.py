"""What W&B gets to see of a recorded cell, finished or refused; made from the record alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from emogeo.cell.writing import FACTS, STORIES
from emogeo.config.schema import PROBES, Mode, TrackingConfig, TrackingMode
from emogeo.tracking.store import GENERATIONS, MANIFEST, RUNS, Store, unpack
from emogeo.tracking.wandb_session import ArtifactSpec, Mirror, log_run

_CURVES = ("reliability", "separation", "mean_cosine", "rdm_std", "anisotropy")


def track_run(tracking: TrackingConfig, store: Store, key: str) -> None:
    """Mirrors a record to W&B, in `STORE/wandb/KEY/`."""
    if tracking.mode is not TrackingMode.disabled:
        log_run(tracking, _folder(store, key), _mirror(_record(store, key)))


def tracked(store: Store, key: str) -> bool:
    """Whether a record has been mirrored before."""
    return any(_folder(store, key).glob("wandb/*run-*"))


def _record(store: Store, key: str) -> dict[str, bytes]:
    """A record's files and its manifest, with which a pulled copy can be checked; and the texts that a model wrote."""
    files = {**store.read(RUNS, key), MANIFEST: (store.folder(RUNS, key) / MANIFEST).read_bytes()}
    generation = json.loads(files["run.json"]).get("generation")
    if generation is not None and store.has(GENERATIONS, generation["key"]):
        files.update(store.read(GENERATIONS, generation["key"]))
    return files


def _folder(store: Store, key: str) -> Path:
    return store.path / "wandb" / key


def _mirror(files: dict[str, bytes]) -> Mirror:
    run = json.loads(files["run.json"])
    return _probe_mirror(run, files) if Mode(run["mode"]) in PROBES else _geometry_mirror(run, files)


def _probe_mirror(run: dict[str, Any], files: dict[str, bytes]) -> Mirror:
    """Of steering or behaviour: all files as one artifact, their lines as tables, the metrics as a summary."""
    key, mode, finished = run["key"], run["mode"], run["status"] == "finished"
    resolved = {name: run[name] for name in ("model", "precision", "status")}
    metadata = {"key": key, "config": run["config"]}
    figures = {"status": "finished", **_flat(mode, run["metrics"])} if finished else {}
    return Mirror(
        key=key,
        title=run["title"],
        config={**run["config"], "resolved": resolved},
        summary=figures if finished else {"status": "refused", "reason": run["reason"]},
        curves=[],
        figures={},
        files=files,
        artifacts=[ArtifactSpec(mode, f"{mode}-{key[:16]}", sorted(files), metadata)] if finished else [],
        tables={f"{mode}/{Path(name).stem}": _rows(files[name]) for name in files if name.endswith(".jsonl")},
    )


def _rows(lines: bytes) -> list[dict[str, Any]]:
    """JSON lines as rows of a table; what is no scalar as JSON."""
    rows = [json.loads(line) for line in lines.splitlines()]
    return [{name: json.dumps(v) if isinstance(v, list | dict) else v for name, v in row.items()} for row in rows]


def _flat(name: str, value: Any) -> dict[str, Any]:
    """Nested metrics as `name/name/name`, without those that are absent."""
    if isinstance(value, dict):
        return {inner: v for own, part in value.items() for inner, v in _flat(f"{name}/{own}", part).items()}
    return {} if value is None else {name: value}


def _geometry_mirror(run: dict[str, Any], files: dict[str, bytes]) -> Mirror:
    key = run["key"]
    finished = run["status"] == "finished"
    resolved = {name: run[name] for name in ("model", "precision", "n_units", "n_texts", "status")}
    metadata = {"key": key, "config": run["config"]}
    artifacts = [
        ArtifactSpec(
            "emotion-vectors",
            f"emotion-vectors-{key[:16]}",
            ["vectors.safetensors", "texts.jsonl", "run.json"],
            metadata,
        ),
        ArtifactSpec("rdm", f"rdm-{key[:16]}", ["rdm.safetensors", "run.json", "manifest.json"], metadata),
    ]
    if STORIES in files:
        generation = run["generation"]["key"]
        artifacts.append(
            ArtifactSpec("generations", f"generations-{generation[:16]}", [STORIES, FACTS], {"key": generation})
        )
    return Mirror(
        key=key,
        title=run["title"],
        config={**run["config"], "resolved": resolved},
        summary=_summary(run) if finished else {"status": "refused", "reason": run["reason"]},
        curves=_points(run) if finished else [],
        figures=_figures(run, files) if finished else {},
        files=files,
        artifacts=artifacts if finished else [],
    )


def _points(run: dict[str, Any]) -> list[dict[str, float]]:
    curves = _shown_curves(run)
    return [
        {"layer/index": layer, **{f"layer/{name}": values[row] for name, values in curves.items()}}
        for row, layer in enumerate(run["layer"]["layers"])
    ]


def _shown_curves(run: dict[str, Any]) -> dict[str, list[float]]:
    return {name: run["by_layer"][name] for name in _CURVES if name in run["by_layer"]}


def _figures(run: dict[str, Any], files: dict[str, bytes]) -> dict[str, bytes]:
    from emogeo.plots import layers_figure, rdm_figure

    rdm = unpack(files["rdm.safetensors"])["rdm"]
    layers, selected = run["layer"]["layers"], run["layer"]["index"]
    return {
        "rdm/heatmap": rdm_figure(rdm, run["conditions"], run["title"]),
        "layer/curves": layers_figure(layers, _shown_curves(run), selected, run["title"]),
    }


def _summary(run: dict[str, Any]) -> dict[str, Any]:
    metrics = run["metrics"]
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
