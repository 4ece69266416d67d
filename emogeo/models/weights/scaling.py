"""How a GGUF file scales positions for long texts: Llama 3 says so by a tensor, which transformers does not read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from emogeo.arrays import Array

if TYPE_CHECKING:
    from gguf import GGUFReader

FREQUENCIES = "rope_freqs.weight"
_LOW, _HIGH, _LENGTH = 1.0, 4.0, 8192
"""What Llama 3.1 to 3.3 share: how often a wave fits into the length of their first training, at least and at most."""


def llama3_scaling(reader: GGUFReader) -> dict[str, Any] | None:
    """Gives the `rope_parameters` of transformers that a file's frequencies stand for, if they are those of Llama 3.

    Frequencies are divided by the tensor's entries: by the factor where a wave is longer than the length that Llama 3
    was first trained on, by 1 where it is shorter than a quarter of it, and by what lies between elsewhere (`rope_type`
    llama3 of transformers).
    """
    found = next((np.asarray(own.data, dtype=float) for own in reader.tensors if own.name == FREQUENCIES), None)
    theta = next((own.contents() for name, own in reader.fields.items() if name.endswith(".rope.freq_base")), None)
    if found is None or theta is None or (found == 1).all():
        return None
    factor = float(found.max())
    if not np.allclose(found, _divisors(len(found), float(theta), factor), rtol=1e-4):
        return None
    return {
        "rope_type": "llama3",
        "rope_theta": float(theta),
        "factor": factor,
        "low_freq_factor": _LOW,
        "high_freq_factor": _HIGH,
        "original_max_position_embeddings": _LENGTH,
    }


def _divisors(n: int, theta: float, factor: float) -> Array:
    """By what each of `n` frequencies is divided."""
    times = _LENGTH * theta ** -(np.arange(n) / n) / (2 * math.pi)
    share = np.clip((times - _LOW) / (_HIGH - _LOW), 0.0, 1.0)
    divisors: Array = 1.0 / ((1.0 - share) / factor + share)
    return divisors
