"""The pass of a run in its store: the states of its texts at every block."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emogeo.config.states import DenoisingMethod
from emogeo.errors import StoreError
from emogeo.record.files import ACTIVATIONS_FILE, PASS_FILE
from emogeo.record.json import pass_of
from emogeo.record.run import Run
from emogeo.store.store import ACTIVATIONS, Store
from emogeo.store.tensors import unpack


def states_of_pass(run: Run, store: Store) -> NDArray[np.float32] | None:
    """Finds the states [text, block, d_model] of the pass that a run has read; None where the store lacks them.

    A pass over texts that were given has its key in what the run means. One over texts that a model wrote is known by
    how it was computed. Either has the very states that the run has recorded of its selected block.
    """
    for key in _keys(run, store):
        files = store.whole(ACTIVATIONS, key)
        arrays = {} if files is None else unpack(files[ACTIVATIONS_FILE])
        if arrays and _same(run, arrays["states"], arrays["embeddings"]):
            return np.asarray(arrays["states"], dtype=np.float32)
    return None


def _keys(run: Run, store: Store) -> Iterator[str]:
    named = run.record.meaning.get("passages")
    if isinstance(named, str) and named in store.keys(ACTIVATIONS):
        yield named
        return
    wanted = run.record.provenance.readings.get("passages")
    for key in store.keys(ACTIVATIONS):
        file = store.folder(ACTIVATIONS, key) / PASS_FILE
        try:
            if pass_of(json.loads(file.read_bytes()), str(file)) == wanted:
                yield key
        except (OSError, ValueError, StoreError):  # broken, which `Store.whole` would say of the one that is wanted
            continue


def _same(run: Run, states: NDArray[np.float32], embeddings: NDArray[np.float32]) -> bool:
    """Whether the states are those of the run; those that it has denoised are known by their embeddings alone."""
    if run.embeddings is None or not np.array_equal(embeddings, run.embeddings):
        return False
    if run.layer is None or run.config.denoising.method is not DenoisingMethod.none:
        return True
    return np.array_equal(states[:, run.layer], run.passages)
