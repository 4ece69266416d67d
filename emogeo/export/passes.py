"""The pass of a run in its store: the states of its texts at every block."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emogeo.errors import StoreError
from emogeo.record.decoded import decoded
from emogeo.record.files import PASS_FILE
from emogeo.record.json import pass_of
from emogeo.record.passes import is_of, whole_pass
from emogeo.record.run import Run
from emogeo.store.store import ACTIVATIONS, Store


def states_of_pass(run: Run, store: Store) -> NDArray[np.float32] | None:
    """Finds the states [text, block, d_model] of the pass that a run has read; None where the store lacks them.

    A pass over texts that were given has its key in what the run means. One over texts that a model wrote is known by
    how it was computed. Either has the very states that the run has recorded of its selected block.
    """
    for key in _keys(run, store):
        found = whole_pass(store, key)
        if found is not None and is_of(run, found):
            return np.asarray(found.states, dtype=np.float32)
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
            if pass_of(decoded(file.read_bytes(), str(file)), str(file)) == wanted:
                yield key
        except (OSError, ValueError, StoreError):  # broken, which `Store.whole` would say of the one that is wanted
            continue
