"""Runs one cell: skip it if it is finished, else read, measure, record, track."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emogeo.config.schema import Dtype, Mode, ModeConfig, NonFinite, TrainConfig
from emogeo.errors import NonFiniteError, NotWrittenError, StoreError
from emogeo.extraction.files import finished_files, refused_files
from emogeo.extraction.measure import measure
from emogeo.extraction.plan import Cell, plan_cell
from emogeo.extraction.reading import StoredActivations, activations_of
from emogeo.extraction.sources import Writing
from emogeo.extraction.writing import Story, stories_of
from emogeo.geometry.grouping import GROUP
from emogeo.models.precision import resolve_device
from emogeo.models.slots import leased
from emogeo.store.store import RUNS, Store
from emogeo.tracking.mirror import track_run, tracked

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


@dataclass(frozen=True)
class Task:
    """What is to be recorded under a key, and how to compute it."""

    key: str
    title: str
    config: TrainConfig
    compute: Callable[[Store], Mapping[str, bytes]]
    """Gives the record's files."""


def run_cell(config: TrainConfig, departures: Mapping[str, Any] | None = None) -> Outcome:
    """Plans and runs one cell of emotion geometry; a finished one is not computed again unless `force`.

    Args:
        departures: from the recipe that the configuration names, for the record.

    Raises:
        NonFiniteError: states overflowed and `nonfinite=refuse`; the store keeps a refused record.
        EmogeoError: anything else that is the user's to mend.
    """
    cell = _planned(config)
    return run_task(Task(cell.key, cell.title, config, lambda store: _extracted(cell, store, departures or {})))


def _planned(config: TrainConfig) -> Cell:
    """In a study, whose cells a launcher may start in any order, the first that needs the texts writes them."""
    try:
        return plan_cell(config)
    except NotWrittenError as error:
        if config.study is None or config.mode.writer is None:
            raise
        log.info("%s They are written first.", str(error).partition(". ")[0] + ".")
        writer = plan_cell(
            replace(config, mode=ModeConfig(Mode.generation), precision=config.mode.writer, reread=False)
        )
        assert writer.source.writing is not None
        with leased(config.cluster.slots, writer.device):
            stories_of(writer, writer.source.writing, Store(config.store.path))
        return plan_cell(config)


def run_task(task: Task) -> Outcome:
    """Computes and records, unless that was done before, and mirrors the record to W&B.

    Processes that are at the same task do it once: the others wait and find it done.
    """
    store = Store(task.config.store.path)
    store.check_writable()
    with store.lock(RUNS, task.key):
        known = None if task.config.force else _known(store, task.key)
        if known is not None:
            return _answer_known(task, known, store)
        log.info("%s: %s", task.title, task.key[:12])
        with leased(task.config.cluster.slots, resolve_device(task.config.runtime.device)):
            files = task.compute(store)
        folder = store.write(RUNS, task.key, files)
        log.info("finished %s: %s", task.title, folder)
        track_run(task.config.tracking, store, task.key)
        return Outcome(task.key, task.title, True, json.loads(files["run.json"]))


def _extracted(cell: Cell, store: Store, departures: Mapping[str, Any]) -> dict[str, bytes]:
    if cell.source.writing is not None:
        cell = cell.with_stories(_stories(cell, cell.source.writing, store))
    groups = {unit for unit in cell.told.units if unit.startswith(GROUP)}
    if groups:
        log.info("topics and conditions are not crossed: %d random groups are the units", len(groups))
    readings = _readings(cell, store)
    layers = _usable_layers(cell, readings, store)
    measures = measure(cell, layers, readings["passages"], readings["facts"], readings.get("neutral"))
    return finished_files(cell, measures, readings, departures)


def _known(store: Store, key: str) -> dict[str, Any] | None:
    """The record of an earlier run, if it is whole."""
    if not store.has(RUNS, key):
        return None
    try:
        record: dict[str, Any] = json.loads(store.read(RUNS, key)["run.json"])
    except StoreError as error:
        log.warning("%s The record counts as missing and is computed again.", error)
        return None
    return record


def _answer_known(task: Task, run: dict[str, Any], store: Store) -> Outcome:
    folder = store.folder(RUNS, task.key)
    known = tracked(task.config.tracking, store, task.key)
    if not known or "WANDB_SWEEP_ID" in os.environ:  # a sweep's run shows its cell, old or new
        track_run(task.config.tracking, store, task.key)
    if run["status"] == "refused":
        raise NonFiniteError(f"{run['reason']} (refused before, {folder}; force=true tries again.)")
    log.info("finished before, skipped: %s: %s", task.title, folder)
    return Outcome(task.key, task.title, False, run)


def _stories(cell: Cell, writing: Writing, store: Store) -> list[Story]:
    """What the model writes; where it overflows, the cell is refused."""
    try:
        return stories_of(cell, writing, store)
    except NonFiniteError as error:
        _refuse(cell, str(error), {}, store)
        raise


def _readings(cell: Cell, store: Store) -> dict[str, StoredActivations]:
    wanted = {"passages": cell.passages, "facts": cell.facts}
    if cell.neutral is not None:
        wanted["neutral"] = cell.neutral
    by_key: dict[str, StoredActivations] = {}
    for reading in wanted.values():
        if reading.key not in by_key:  # raw neutral texts, last token, are the facts
            by_key[reading.key] = activations_of(cell, reading, store)
    return {name: by_key[reading.key] for name, reading in wanted.items()}


def _usable_layers(cell: Cell, readings: dict[str, StoredActivations], store: Store) -> list[int]:
    """Blocks that are finite in every reading.

    With `nonfinite=refuse` all of them must be, and a block that is selected by index or depth always.
    """
    finite = [layer for layer in range(cell.n_blocks) if all(layer in r.finite_layers for r in readings.values())]
    if len(finite) == cell.n_blocks:
        return finite
    reason = _overflow(cell, readings, finite)
    selected = cell.named_layer is None or cell.named_layer in finite
    if cell.config.nonfinite is NonFinite.finite_layers and finite and selected:
        log.warning("%s Going on with the %d finite blocks.", reason, len(finite))
        return finite
    reason = f"{reason} {_advice(cell, finite)}"
    _refuse(cell, reason, readings, store)
    raise NonFiniteError(reason)


def _refuse(cell: Cell, reason: str, readings: dict[str, StoredActivations], store: Store) -> None:
    store.write(RUNS, cell.key, refused_files(cell, reason, readings))
    track_run(cell.config.tracking, store, cell.key)


def _overflow(cell: Cell, readings: dict[str, StoredActivations], finite: list[int]) -> str:
    first = next(layer for layer in range(cell.n_blocks) if layer not in finite)
    name, reading = next((n, r) for n, r in readings.items() if first not in r.finite_layers)
    row = int(np.flatnonzero(reading.nonfinite[:, first])[0])
    texts = {"passages": cell.passages, "facts": cell.facts, "neutral": cell.neutral}[name]
    assert texts is not None
    text = texts.texts[row].content
    return (
        f"{cell.weights.name} at {cell.precision.label} has non-finite states from block {first} on "
        f"({int(reading.nonfinite[:, first].sum())} values there), first in {name} text {row}: {text[:50]!r}."
    )


def _advice(cell: Cell, finite: list[int]) -> str:
    other = "precision=fp32" if cell.precision.dtype is Dtype.bf16 else "precision=bf16 (or fp32)"
    if not finite:
        return f"No block is finite. Try {other}."
    if cell.named_layer is not None and cell.named_layer not in finite:
        return (
            f"Block {cell.named_layer}, which is selected, is among them. Try {other}, or one of the blocks {finite}."
        )
    return f"Try {other}, or nonfinite=finite_layers to go on with the {len(finite)} finite of {cell.n_blocks} blocks."
