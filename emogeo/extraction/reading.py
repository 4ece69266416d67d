"""Activations of a cell's texts: from the store where they are, else from one forward pass."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from emogeo.config.schema import TrainConfig
from emogeo.errors import StoreError
from emogeo.extraction.plan import Cell, Reading
from emogeo.models.precision import Precision
from emogeo.models.slots import on_slot
from emogeo.models.weights.resolve import Weights
from emogeo.store.keys import canonical_json
from emogeo.store.store import ACTIVATIONS, Store
from emogeo.store.tensors import pack, unpack

if TYPE_CHECKING:
    from emogeo.models.activations import Activations
    from emogeo.models.loading import LoadedModel

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredActivations:
    """Pooled states of one reading, and how they came about."""

    states: np.ndarray[Any, Any]
    """[text, layer, d_model] float32"""
    embeddings: np.ndarray[Any, Any]
    """[text, d_model] float32, mean input embeddings"""
    nonfinite: np.ndarray[Any, Any]
    """[text, layer] NaN or infinite values"""
    provenance: dict[str, Any]

    @property
    def finite_layers(self) -> list[int]:
        """Blocks without any non-finite value."""
        return [int(layer) for layer in np.flatnonzero(self.nonfinite.sum(axis=0) == 0)]


def activations_of(cell: Cell, reading: Reading, store: Store) -> StoredActivations:
    """Reads the texts, unless the store has them.

    Raises:
        EmogeoError: see `emogeo.models.activations.read`.
    """
    with store.lock(ACTIVATIONS, reading.claim):  # another process may be reading the same
        known = None if cell.config.force else _known(reading, store)
        return known or _stored(_read_and_store(cell, reading, store))


class Reader(Protocol):
    """What says which model is loaded, and how."""

    @property
    def config(self) -> TrainConfig: ...
    @property
    def weights(self) -> Weights: ...
    @property
    def precision(self) -> Precision: ...
    @property
    def device(self) -> str: ...


def model_of(cell: Reader, head: bool = False) -> LoadedModel:
    """The cell's model, loaded once per process, on the cell's number of threads."""
    import torch

    from emogeo.models.loading import MODELS, show_progress

    runtime = cell.config.runtime
    show_progress(runtime.progress)
    torch.set_num_threads(_threads(cell))
    return MODELS.get(cell.weights, cell.precision, on_slot(cell.device), runtime.device_map, head)


def _threads(cell: Reader) -> int:
    return cell.config.runtime.threads or max(1, _cores() // (cell.config.cluster.slots or 1))


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _known(reading: Reading, store: Store) -> StoredActivations | None:
    if not store.has(ACTIVATIONS, reading.key):
        return None
    try:
        found = _stored(store.read(ACTIVATIONS, reading.key))
    except StoreError as error:
        log.warning("%s The record counts as missing and is computed again.", error)
        return None
    log.info("%s: in the store, no forward pass (%s)", reading.name, reading.key[:12])
    return found


def _stored(files: dict[str, bytes]) -> StoredActivations:
    tensors = unpack(files["activations.safetensors"])
    return StoredActivations(**tensors, provenance=json.loads(files["reading.json"]))


def _read_and_store(cell: Cell, reading: Reading, store: Store) -> dict[str, bytes]:
    from emogeo.models.activations import ReadingPlan, read

    runtime, model = cell.config.runtime, model_of(cell)
    log.info("%s: forward pass over %d texts", reading.name, len(reading.texts))
    plan = ReadingPlan(
        pooling=reading.pooling,
        n_blocks=cell.n_blocks,
        token_budget=cell.token_budget,
        companions_matter=cell.precision.depends_on_companions,
        reread=cell.config.reread,
        progress=runtime.progress,
        also=tuple(pooling for pooling, _ in reading.also),
    )
    result = read(model, reading.texts, plan)
    log.info("%s: %d tokens in %.1f s, %.0f tokens/s", reading.name, result.tokens, result.seconds, result.tokens_per_s)
    provenance = {
        "batches": result.batches,
        "token_budget": cell.token_budget,
        "tokens": result.tokens,
        "seconds": round(result.seconds, 3),
        "tokens_per_s": round(result.tokens_per_s, 1),
        "threads": _threads(cell),
        "device": on_slot(cell.device),
        "device_map": runtime.device_map,
    }
    keys = [reading.key, *(key for _, key in reading.also)]
    records = [_files(result, states, provenance) for states in (result.states, *result.also)]
    for key, files in zip(keys, records, strict=True):
        if key == reading.key or not store.has(ACTIVATIONS, key):
            store.write(ACTIVATIONS, key, files)
    return records[0]


def _files(result: Activations, states: np.ndarray[Any, Any], provenance: dict[str, Any]) -> dict[str, bytes]:
    tensors = {"states": states, "embeddings": result.embeddings, "nonfinite": result.nonfinite}
    return {"activations.safetensors": pack(tensors), "reading.json": canonical_json(provenance)}
