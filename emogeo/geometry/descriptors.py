"""Numbers that describe one model's space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def mean_cosine(states: Array) -> Array:
    """Mean pairwise cosine at each layer.

    Over raw last-token states of neutral factual sentences this is the anisotropy
    of a model; over centred emotion vectors it is the published layer criterion,
    which for n grand-mean-centred vectors lies near -1/(n-1) whatever their geometry.

    Args:
        states: [row, layer, d_model], rows of non-zero length.

    Returns:
        [layer]
    """
    unit = states / np.linalg.norm(states, axis=-1, keepdims=True)
    n = len(unit)
    return np.asarray(((unit.sum(axis=0) ** 2).sum(axis=-1) - n) / (n * (n - 1)))
