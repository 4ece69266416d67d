"""Runs read from a store, each once all of its parts fit together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from emogeo.errors import RecordError, StoreError
from emogeo.record.files import ITEMS, RDM, RUN_FILE, SHIFTS, TEXTS, VECTORS
from emogeo.record.json import parse_record, row_of
from emogeo.record.rows import type_of
from emogeo.record.run import AnyRun, BehaviourRun, Run, SteeringRun, run_of
from emogeo.record.types import AnyRecord, GeometryRecord
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.store.store import RUNS, Store
from emogeo.store.tensors import unpack

_CURVES = (
    *("mean_cosine", "participation_ratio", "rdm_std"),
    *("anisotropy", "anisotropy_ci_low", "anisotropy_ci_high", "anisotropy_without_largest"),
)
"""What every finished geometry has by block."""
_ROUNDING = 1e-9


def read_run(store: Store, key: str) -> AnyRun:
    """Reads a run, whose record, arrays and texts must fit together.

    Raises:
        StoreError: a record that is missing, or broken.
        RecordError: a field or an array that is not what a record holds; names the file and the field.
    """
    folder, files = str(store.folder(RUNS, key)), store.read(RUNS, key)
    run = run_of(record_in(files, folder, key), files)
    if not run.finished:
        return run
    if isinstance(run, Run):
        _check_texts(run, folder)
        _check_result(run, folder)
        _check_arrays(run, folder)
    else:
        _check_rows(run, folder)
    return run


def read_record(store: Store, key: str) -> AnyRecord:
    """Reads the record of a run alone.

    Raises:
        StoreError: see `read_run`.
    """
    return record_in(store.read(RUNS, key), str(store.folder(RUNS, key)), key)


def record_in(files: Mapping[str, bytes], folder: str, key: str) -> AnyRecord:
    """Reads the record among the files of a run, which must have this key.

    Raises:
        RecordError: no record, or one of another key, or a field that is not what a record holds.
    """
    if RUN_FILE not in files:
        raise RecordError(f"{folder} has no {RUN_FILE}")
    record = parse_record(files[RUN_FILE], folder)
    file = f"{folder}/{RUN_FILE}"
    _require(record.key == key, f"{file}: key: The folder is that of another run (found {record.key[:12]}…)")
    if isinstance(record, GeometryRecord):
        _require_known(record.emotions, f"{file}: emotions")
    return record


def _check_texts(run: Run, folder: str) -> None:
    """Refuses texts whose number, or whose conditions, are not those of the record."""
    record, file = run.record, f"{folder}/{RUN_FILE}"
    for name, labels in (("emotions", record.emotions), ("units", record.units)):
        _require(len(labels) == record.n_texts, f"{file}: {name}: {len(labels)} labels for {record.n_texts} texts")
    rows = _rows(run.files, TEXTS, folder)
    for number, row in enumerate(rows, start=1):
        whole = set(row) == {"emotion", "topic", "text"} and all(isinstance(value, str) for value in row.values())
        _require(whole, f"{folder}/{TEXTS}: line {number}: emotion, topic and text are needed, and nothing else")
    emotions = tuple(row["emotion"] for row in rows)
    _require(emotions == record.emotions, f"{folder}/{TEXTS}: emotion: not the emotions of {RUN_FILE}, in their order")


def _check_result(run: Run, folder: str) -> None:
    """Refuses unknown conditions, and curves that are not as long as there are blocks."""
    result, file = run.result, f"{folder}/{RUN_FILE}"
    layers, index = result.layer.layers, result.layer.index
    _require_known(result.conditions, f"{file}: conditions")
    _require(len(set(result.conditions)) == len(result.conditions), f"{file}: conditions: one of them stands twice")
    blocks = range(run.record.provenance.n_blocks)
    _require(
        bool(layers) and sorted(set(layers) & set(blocks)) == list(layers),
        f"{file}: layer.layers: blocks from 0 to {len(blocks) - 1} are needed, in their order (found {list(layers)})",
    )
    _require(index is None or index in layers, f"{file}: layer.index: {index} is not one of layer.layers")
    for name in _CURVES:
        _require(name in result.by_layer, f"{file}: by_layer.{name}: Field required")
    by_layer = {f"by_layer.{name}": curve for name, curve in result.by_layer.items()}
    for name, curve in {**by_layer, "largest_dimensions": result.largest_dimensions}.items():
        _require(len(curve) == len(layers), f"{file}: {name}: {len(curve)} values for {len(layers)} blocks")
    nonfinite = run.record.nonfinite.get("passages")
    _require(nonfinite is not None, f"{file}: nonfinite.passages: Field required")
    _require(len(nonfinite or ()) == len(blocks), f"{file}: nonfinite.passages: not one value for each block")


def _check_arrays(run: Run, folder: str) -> None:
    """Refuses arrays that are not finite, or not of the shapes that the record gives."""
    conditions, layers, texts = len(run.conditions), len(run.result.layer.layers), run.record.n_texts
    vectors, rdms = _arrays(run.files, VECTORS, folder), _arrays(run.files, RDM, folder)
    _check_array(vectors, "vectors", (conditions, layers, None), f"{folder}/{VECTORS}")
    _check_array(vectors, "passages", (texts, None), f"{folder}/{VECTORS}")
    _check_array(vectors, "embeddings", (texts, None), f"{folder}/{VECTORS}")
    _check_array(rdms, "rdm", (conditions, conditions), f"{folder}/{RDM}")
    _check_array(rdms, "rdm_by_layer", (layers, conditions * (conditions - 1) // 2), f"{folder}/{RDM}")
    rdm = rdms["rdm"]
    _require(np.allclose(rdm, rdm.T, rtol=0, atol=_ROUNDING), f"{folder}/{RDM}: rdm: not symmetric")
    _require(np.allclose(np.diag(rdm), 0, rtol=0, atol=_ROUNDING), f"{folder}/{RDM}: rdm: the diagonal is not zero")


def _check_array(arrays: Mapping[str, np.ndarray[Any, Any]], name: str, shape: Sequence[int | None], file: str) -> None:
    """Refuses an array of another shape (sizes of None are free), or with NaN or infinity."""
    _require(name in arrays, f"{file}: {name}: Array required")
    found = arrays[name]
    fits = len(found.shape) == len(shape) and all(
        wanted in (None, size) for wanted, size in zip(shape, found.shape, strict=True)
    )
    wanted = ", ".join("*" if size is None else str(size) for size in shape)
    _require(fits, f"{file}: {name}: shape [{wanted}] is needed (found {list(found.shape)})")
    _require(found.dtype.kind == "f", f"{file}: {name}: floating-point numbers are needed (found {found.dtype})")
    _require(bool(np.isfinite(found).all()), f"{file}: {name}: NaN or infinite")


def _check_rows(run: SteeringRun | BehaviourRun, folder: str) -> None:
    """Rows of texts, shifts and items have the fields that tables are made of."""
    for name in (TEXTS, SHIFTS) if isinstance(run, SteeringRun) else (ITEMS,):
        for number, row in enumerate(_rows(run.files, name, folder), start=1):
            row_of(type_of(name, row), row, f"{folder}/{name}: line {number}")


def _rows(files: Mapping[str, bytes], name: str, folder: str) -> list[dict[str, Any]]:
    _require(name in files, f"{folder} has no {name}")
    rows = []
    for number, line in enumerate(files[name].splitlines(), start=1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise RecordError(f"{folder}/{name}: line {number}: not JSON: {error}") from error
        _require(isinstance(rows[-1], dict), f"{folder}/{name}: line {number}: not a JSON object")
    return rows


def _arrays(files: Mapping[str, bytes], name: str, folder: str) -> dict[str, np.ndarray[Any, Any]]:
    _require(name in files, f"{folder} has no {name}")
    try:
        return unpack(files[name])
    except StoreError as error:
        raise RecordError(f"{folder}/{name}: {error}") from error


def _require_known(labels: Sequence[str], where: str) -> None:
    unknown = sorted(set(labels) - set(CONDITIONS))
    _require(not unknown, f"{where}: unknown conditions: {', '.join(unknown)}")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise RecordError(otherwise)
