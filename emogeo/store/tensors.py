"""Packs arrays into the bytes of a record's file, and unpacks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from emogeo.errors import StoreError


def pack(tensors: Mapping[str, np.ndarray[Any, Any]]) -> bytes:
    """Gives arrays as safetensors bytes."""
    content: bytes = safetensors.numpy.save({name: np.ascontiguousarray(value) for name, value in tensors.items()})
    return content


def unpack(content: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """Reads arrays from safetensors bytes.

    Raises:
        StoreError: bytes that are not safetensors, or numbers of a type that NumPy lacks (BF16, F8).
    """
    try:
        tensors: dict[str, np.ndarray[Any, Any]] = safetensors.numpy.load(content)
    except SafetensorError as error:
        raise StoreError(f"Not a safetensors file: {error}.") from error
    except KeyError as error:  # looks the type up
        raise StoreError(f"Numbers of a type that NumPy lacks: {error}.") from error
    return tensors
