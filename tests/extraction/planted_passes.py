"""Activations of passes with planted numbers, in place of a model's."""

from __future__ import annotations

from typing import Any

import numpy as np

from emogeo.record.origin import PassRecord
from emogeo.record.passes import StoredActivations


def stored(states: np.ndarray[Any, Any], nonfinite: np.ndarray[Any, Any] | None = None) -> StoredActivations:
    """Activations of these states [text, layer, d_model], whose embeddings are those of the first layer."""
    provenance = PassRecord(
        batches=(tuple(range(len(states))),),
        token_budget=99,
        tokens=10,
        seconds=0.5,
        tokens_per_s=20.0,
        threads=1,
        device="cpu",
        device_map=None,
    )
    counts = np.zeros(states.shape[:2], np.int64) if nonfinite is None else nonfinite
    return StoredActivations(states.astype(np.float32), states[:, 0].astype(np.float32), counts, provenance)


def random_states(n_texts: int, n_layers: int = 4, width: int = 6, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(size=(n_texts, n_layers, width)) + 0.5
