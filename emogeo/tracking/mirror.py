"""Mirrors recorded runs, finished or refused, to W&B; the mirror is made from the record alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emogeo.config.mode import PROBES
from emogeo.config.model import Init
from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.installation import command
from emogeo.record.files import RDM, RUN_FILE, TEXTS, VECTORS
from emogeo.record.json import plain
from emogeo.record.reading import record_in
from emogeo.record.run import BareRun, Run, run_of
from emogeo.record.types import AnyRecord, BareRecord, BareResult, GeometryRecord, GeometryResult
from emogeo.store.keys import Json
from emogeo.store.manifest import MANIFEST
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.tracking.client import check_online, import_early
from emogeo.tracking.session import ArtifactSpec, Mirror, already_there, delivered, is_due, log_run, mark_due, written

_CURVES = ("reliability", "separation", "mean_cosine", "rdm_std", "anisotropy")
_SHARED = (RUN_FILE, MANIFEST)
"""Files that are in every artifact of a record, so that each can be checked by itself."""
_TYPES = {"emotion-vectors": (VECTORS, TEXTS), "rdm": (RDM,)}
"""The files of each type of artifact; other files are in one of type `record`. Bare vectors have no texts."""


def track_run(tracking: TrackingConfig, store: Store, key: str) -> bool:
    """Mirrors a record to W&B, in `STORE/wandb/KEY/`; says whether it is there."""
    later = push_command(store)
    return tracking.mode is not TrackingMode.disabled and log_run(
        tracking, _folder(store, key), mirror_of(store, key), later
    )


def check_tracking(tracking: TrackingConfig, store: Store) -> None:
    """Says before anything is computed that W&B is not there, where it is to have the record."""
    if tracking.mode is not TrackingMode.disabled:
        import_early()
    if tracking.mode is TrackingMode.online:
        check_online(push_command(store))


def push_command(store: Store) -> str:
    """Says what to type to send what W&B lacks."""
    return f"Type: {command('tracking')} push {store.path}"


def push_record(tracking: TrackingConfig, store: Store, key: str) -> str:
    """Delivers a record unless the server has it; `delivered`, `there before` or `failed`."""
    if already_there(tracking, mirror_of(store, key)):
        return "there before"
    return "delivered" if track_run(tracking, store, key) else "failed"


def mark_untracked(store: Store, key: str) -> None:
    """Has a record, which is a new one, count as not mirrored until it is."""
    mark_due(_folder(store, key))


def tracked(tracking: TrackingConfig, store: Store, key: str) -> bool:
    """Whether a record has been mirrored before: offline to a folder, online to the server."""
    folder = _folder(store, key)
    if is_due(folder):
        return False
    if tracking.mode is TrackingMode.online:
        return delivered(tracking, folder)
    return written(folder)


def mirror_of(store: Store, key: str) -> Mirror:
    """Makes the mirror of a record.

    Raises:
        StoreError: no such record, or a broken one.
    """
    files = {**store.read(RUNS, key), MANIFEST: store.manifest(RUNS, key)}
    record = record_in(files, str(store.folder(RUNS, key)), key)
    run = run_of(record, files)
    drawn = run if isinstance(run, Run | BareRun) and run.finished else None
    return Mirror(
        run_id=key[:16],
        title=record.title,
        job_type="cell",
        config={**plain(record.config), "key": key, "resolved": _resolved(record)},
        summary=_summary(record),
        artifacts=[*_artifacts(record, files), *_written(store, record)],
        curves=[] if drawn is None else _points(drawn.result),
        figures={} if drawn is None else _figures(drawn),
        tables=_tables(record, files),
        tags=_tags(record),
    )


def _tags(record: AnyRecord) -> list[str]:
    """Tags an untrained twin by what it is, so that runs of trained models can be filtered."""
    init = record.model.init
    return [] if init is Init.trained else ["untrained", init.value]


def _folder(store: Store, key: str) -> Path:
    return store.path / "wandb" / key


def _resolved(record: AnyRecord) -> Json:
    """Gives the values of a record that are known only once it is planned, not from its configuration."""
    own = {"model": plain(record.model), "precision": record.precision, "status": record.status}
    if not isinstance(record, GeometryRecord):
        return own
    return {**own, "n_units": record.n_units, "n_texts": record.n_texts}


def _artifacts(record: AnyRecord, files: Mapping[str, bytes]) -> list[ArtifactSpec]:
    """Makes the artifacts, which between them hold every file of the record."""
    held = {kind: tuple(name for name in names if name in files) for kind, names in _TYPES.items()}
    groups = {kind: names for kind, names in held.items() if names and names[0] == _TYPES[kind][0]}
    others = set(files) - {*_SHARED, *(name for names in groups.values() for name in names)}
    if others or not groups:
        groups[record.mode.value if record.mode in PROBES else "record"] = tuple(sorted(others))
    metadata = {"kind": RUNS, "key": record.key, "config": plain(record.config)}
    return [
        ArtifactSpec(kind, f"{kind}-{record.key[:16]}", {n: files[n] for n in (*names, *_SHARED)}, metadata)
        for kind, names in groups.items()
    ]


def _written(store: Store, record: AnyRecord) -> list[ArtifactSpec]:
    """The record of the texts that a model wrote."""
    generation = record.generation if isinstance(record, GeometryRecord) else None
    if generation is None or not store.has(GENERATIONS, generation.key):
        return []
    key = generation.key
    files = {**store.read(GENERATIONS, key), MANIFEST: store.manifest(GENERATIONS, key)}
    return [ArtifactSpec("generations", f"generations-{key[:16]}", files, {"kind": GENERATIONS, "key": key})]


def _points(result: GeometryResult | BareResult) -> list[dict[str, float]]:
    curves = _shown_curves(result)
    return [
        {"layer/index": layer, **{f"layer/{name}": values[row] for name, values in curves.items()}}
        for row, layer in enumerate(result.layer.layers)
    ]


def _shown_curves(result: GeometryResult | BareResult) -> dict[str, list[float]]:
    return {name: list(result.by_layer[name]) for name in _CURVES if name in result.by_layer}


def _figures(run: Run | BareRun) -> dict[str, bytes]:
    from emogeo.figures.curves import layers_figure
    from emogeo.figures.matrices import rdm_figure

    curves, layers, title = _shown_curves(run.result), list(run.result.layer.layers), run.record.title
    drawn = {"rdm/heatmap": rdm_figure(run.rdm, run.conditions, title)}
    return {**drawn, "layer/curves": layers_figure(layers, curves, run.layer, title)} if layers else drawn


def _tables(record: AnyRecord, files: Mapping[str, bytes]) -> dict[str, list[Json]]:
    """Makes tables of a probe's rows, or of texts that a model wrote; passages of a corpus are in an artifact only."""
    if not isinstance(record, GeometryRecord):
        lines = [name for name in files if name.endswith(".jsonl")]
        return {f"{record.mode.value}/{Path(name).stem}": _rows(files[name]) for name in lines}
    return {"texts/written": _rows(files[TEXTS])} if record.generation and TEXTS in files else {}


def _summary(record: AnyRecord) -> Json:
    if record.result is None:
        return {"status": record.status, "reason": record.reason}
    if isinstance(record, BareRecord):
        return {
            "status": record.status,
            "rdm/std": record.result.metrics.rdm_std,
            "rdm/conditions": len(record.result.conditions),
            "layer/selected": record.result.layer.index,
        }
    if not isinstance(record, GeometryRecord):
        return {"status": record.status, **_flat(record.mode.value, plain(record.result.metrics))}
    metrics, result = record.result.metrics, record.result
    summary = {
        "status": record.status,
        "rdm/std": metrics.rdm_std,
        "rdm/conditions": len(result.conditions),
        "layer/selected": result.layer.index,
        "model/anisotropy": metrics.anisotropy,
        "model/separation": metrics.separation,
        "model/reliability": metrics.reliability,
        "model/nonfinite": metrics.nonfinite,
        "texts/units": record.n_units,
        "texts/distinct": record.n_distinct_texts,
        "speed/tokens_per_s": metrics.tokens_per_s,
    }
    return {name: value for name, value in summary.items() if value is not None}


def _rows(lines: bytes) -> list[Json]:
    """Turns JSON lines into rows of a table; values that are no scalars stay JSON."""
    rows = [json.loads(line) for line in lines.splitlines()]
    return [{name: json.dumps(v) if isinstance(v, list | dict) else v for name, v in row.items()} for row in rows]


def _flat(name: str, value: Any) -> Json:
    """Flattens nested metrics to `name/name/name`, without those that are absent."""
    if isinstance(value, dict):
        return {inner: v for own, part in value.items() for inner, v in _flat(f"{name}/{own}", part).items()}
    return {} if value is None else {name: value}
