"""Vectors as safetensors: one array, with labels and blocks in its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy

from emogeo.export.made import Made
from emogeo.export.vectors import Vectors
from emogeo.store.keys import canonical_json

_LENGTH = 8
"""Bytes of the number, at the beginning of a file, that says how long its header is."""


def tensors_of(vectors: Vectors, stem: str) -> Made:
    """Writes `vectors` [label, block, d_model]; `labels` and `layers` are JSON lists in the metadata."""
    return Made({f"{stem}.safetensors": tensor_file({"vectors": vectors.values}, vectors.metadata)})


def tensor_file(arrays: Mapping[str, np.ndarray[Any, Any]], metadata: Mapping[str, str]) -> bytes:
    """Gives safetensors bytes of arrays, with their metadata in a fixed order, so that equal content is equal bytes."""
    whole = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    content: bytes = safetensors.numpy.save(whole, metadata=dict(metadata))
    start = _LENGTH + int.from_bytes(content[:_LENGTH], "little")
    header = canonical_json(json.loads(content[_LENGTH:start]))
    header += b" " * (-len(header) % _LENGTH)  # arrays begin at a multiple of it
    return b"".join([len(header).to_bytes(_LENGTH, "little"), header, memoryview(content)[start:]])
