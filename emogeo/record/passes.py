"""Passes read from a store, each once its states, embeddings and counts fit together."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from emogeo.config.states import DenoisingMethod
from emogeo.errors import RecordError, StoreError
from emogeo.record.decoded import decoded
from emogeo.record.files import ACTIVATIONS_FILE, PASS_FILE
from emogeo.record.fit import require
from emogeo.record.json import pass_of
from emogeo.record.origin import PassRecord
from emogeo.record.run import Run
from emogeo.store.store import ACTIVATIONS, Store
from emogeo.store.tensors import unpack

log = logging.getLogger(__name__)
_ARRAYS = {"states": (3, "f"), "embeddings": (2, "f"), "nonfinite": (2, "iu")}
"""The number of axes of each array, and the kinds of its numbers as NumPy calls them."""


@dataclass(frozen=True)
class StoredActivations:
    """Pooled states of one pass, and how they came about."""

    states: np.ndarray[Any, Any]
    """[text, layer, d_model] float32"""
    embeddings: np.ndarray[Any, Any]
    """[text, d_model] float32, mean input embeddings"""
    nonfinite: np.ndarray[Any, Any]
    """[text, layer] NaN or infinite values"""
    provenance: PassRecord

    @property
    def finite_layers(self) -> list[int]:
        """Finds the blocks without any non-finite value."""
        return [int(layer) for layer in np.flatnonzero(self.nonfinite.sum(axis=0) == 0)]


def whole_pass(store: Store, key: str) -> StoredActivations | None:
    """Reads a pass if it is whole, else gives None; a warning says what is wrong with a broken one."""
    files, folder = store.whole(ACTIVATIONS, key), str(store.folder(ACTIVATIONS, key))
    if files is None:
        return None
    try:
        return activations_in(files, folder)
    except StoreError as error:
        log.warning("%s. The record counts as missing.", str(error).rstrip("."))
        return None


def activations_in(files: Mapping[str, bytes], folder: str) -> StoredActivations:
    """Reads the files of a pass.

    Raises:
        RecordError: a file that is missing, or arrays that do not fit each other; names the file and the array.
    """
    for name in (ACTIVATIONS_FILE, PASS_FILE):
        require(name in files, f"{folder} has no {name}")
    file = f"{folder}/{ACTIVATIONS_FILE}"
    try:
        arrays = unpack(files[ACTIVATIONS_FILE])
    except StoreError as error:
        raise RecordError(f"{file}: {error}") from error
    _check(arrays, file)
    where = f"{folder}/{PASS_FILE}"
    said = decoded(files[PASS_FILE], where)
    require(isinstance(said, dict), f"{where} holds no JSON object")
    return StoredActivations(**arrays, provenance=pass_of(said, where))


def is_of(run: Run, own: StoredActivations) -> bool:
    """Whether the states are those that a run has recorded; of those that it has denoised, the embeddings tell it."""
    states = own.states
    if run.embeddings is None or not np.array_equal(own.embeddings, run.embeddings):
        return False
    if run.layer is None or run.config.denoising.method is not DenoisingMethod.none:
        return True
    return run.layer < states.shape[1] and np.array_equal(states[:, run.layer], run.passages)


def _check(arrays: Mapping[str, np.ndarray[Any, Any]], file: str) -> None:
    """Refuses other arrays, sizes that differ, and a number that is not finite where none was counted."""
    require(set(arrays) == set(_ARRAYS), f"{file}: {', '.join(sorted(_ARRAYS))} are needed, and nothing else")
    for name, (axes, kinds) in _ARRAYS.items():
        found = arrays[name]
        fits = found.ndim == axes and found.dtype.kind in kinds and found.size > 0
        require(fits, f"{file}: {name}: {axes} axes of numbers are needed (found {found.dtype} {list(found.shape)})")
    states, counts = arrays["states"], arrays["nonfinite"]
    alike = len(states) == len(arrays["embeddings"]) and states.shape[:2] == counts.shape
    require(alike, f"{file}: embeddings, nonfinite: not as many as there are states")
    require(bool((counts >= 0).all()), f"{file}: nonfinite: a count below 0")
    require(bool(np.isfinite(states[counts == 0]).all()), f"{file}: states: NaN or infinite, and not counted")
