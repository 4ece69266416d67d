"""Runs one cell: skip it if it is finished, else read, measure, record, track."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

import numpy as np

from emogeo.cell.measure import measure
from emogeo.cell.plan import Cell, plan_cell
from emogeo.cell.reading import StoredActivations, activations_of
from emogeo.cell.record import finished_files, refused_files
from emogeo.config.schema import NonFinite, TrainConfig
from emogeo.errors import NonFiniteError, StoreError
from emogeo.tracking.store import RUNS, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a cell."""

    key: str
    title: str
    computed: bool
    """False when it was finished before."""
    run: dict[str, Any]
    """The content of run.json."""


def run_cell(config: TrainConfig) -> Outcome:
    """Plans and runs one cell; a finished one is not computed again unless `force`.

    Raises:
        NonFiniteError: states overflowed and `nonfinite=refuse`; the store keeps a refused record.
        EmogeoError: anything else that is the user's to mend.
    """
    cell, store = plan_cell(config), Store(config.store.path)
    known = None if config.force else _known(store, cell.key)
    if known is not None:
        return _answer_known(cell, known, store)
    log.info("%s: %s", cell.title, cell.key[:12])
    readings = _readings(cell, store)
    layers = _usable_layers(cell, readings, store)
    measures = measure(cell, layers, readings["passages"], readings["facts"], readings.get("neutral"))
    files = finished_files(cell, measures, readings)
    folder = store.write(RUNS, cell.key, files)
    run = json.loads(files["run.json"])
    log.info("finished %s: %s", cell.title, folder)
    _track(cell, store, measures, run)
    return Outcome(cell.key, cell.title, True, run)


def _known(store: Store, key: str) -> dict[str, Any] | None:
    """The record of an earlier run, if it is whole."""
    if not store.has(RUNS, key):
        return None
    try:
        record: dict[str, Any] = json.loads(store.read(RUNS, key)["run.json"])
    except StoreError as error:
        log.warning("%s", error)
        return None
    return record


def _answer_known(cell: Cell, run: dict[str, Any], store: Store) -> Outcome:
    folder = store.folder(RUNS, cell.key)
    if run["status"] == "refused":
        raise NonFiniteError(f"{run['reason']} (refused before, {folder}; force=true tries again.)")
    log.info("finished before, skipped: %s: %s", cell.title, folder)
    return Outcome(cell.key, cell.title, False, run)


def _readings(cell: Cell, store: Store) -> dict[str, StoredActivations]:
    readings = {
        "passages": activations_of(cell, cell.passages, store),
        "facts": activations_of(cell, cell.facts, store),
    }
    if cell.neutral is not None:
        readings["neutral"] = activations_of(cell, cell.neutral, store)
    return readings


def _usable_layers(cell: Cell, readings: dict[str, StoredActivations], store: Store) -> list[int]:
    """Blocks that are finite in every reading; with `nonfinite=refuse` all of them must be."""
    finite = [layer for layer in range(cell.n_blocks) if all(layer in r.finite_layers for r in readings.values())]
    if len(finite) == cell.n_blocks:
        return finite
    reason = _overflow(cell, readings, finite)
    if cell.config.nonfinite is NonFinite.refuse or not finite:
        store.write(RUNS, cell.key, refused_files(cell, reason, readings))
        raise NonFiniteError(reason)
    log.warning("%s Going on with the %d finite blocks.", reason, len(finite))
    return finite


def _overflow(cell: Cell, readings: dict[str, StoredActivations], finite: list[int]) -> str:
    first = next(layer for layer in range(cell.n_blocks) if layer not in finite)
    name, reading = next((n, r) for n, r in readings.items() if first not in r.finite_layers)
    row = int(np.flatnonzero(reading.nonfinite[:, first])[0])
    texts = {"passages": cell.passages, "facts": cell.facts, "neutral": cell.neutral}[name]
    assert texts is not None
    text = texts.texts[row].content
    other = "fp32" if cell.precision.dtype.value == "bf16" else "bf16"
    return (
        f"{cell.weights.name} at {cell.precision.label} has non-finite states from block {first} on "
        f"({int(reading.nonfinite[:, first].sum())} values there), first in {name} text {row}: {text[:50]!r}. "
        f"Try precision={other} (or fp32), or nonfinite=finite_layers to go on with the {len(finite)} finite of "
        f"{cell.n_blocks} blocks."
    )


def _track(cell: Cell, store: Store, measures: Any, run: dict[str, Any]) -> None:
    from emogeo.cell.track import track_cell

    track_cell(cell, store, measures, run)
