"""Vectors as safetensors: one array, with labels and blocks in its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy

from emogeo.export.made import Made
from emogeo.export.vectors import Vectors


def tensors_of(vectors: Vectors, stem: str) -> Made:
    """Writes `vectors` [label, block, d_model]; `labels` and `layers` are JSON lists in the metadata."""
    return Made({f"{stem}.safetensors": tensor_file({"vectors": vectors.values}, vectors.metadata)})


def tensor_file(arrays: Mapping[str, np.ndarray[Any, Any]], metadata: Mapping[str, str]) -> bytes:
    """Gives safetensors bytes of arrays, with their metadata."""
    whole = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    content: bytes = safetensors.numpy.save(whole, metadata=dict(metadata))
    return content
