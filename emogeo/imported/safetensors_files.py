"""Safetensors: a header in JSON, then numbers; a slice is read without the rest."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.errors import ImportedError
from emogeo.imported.sayings import said_in
from emogeo.imported.stored import Contents, Key, Raw, Stored
from emogeo.stimuli.files import safe, shown

_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U8": "u1",
    "BOOL": "?",
}
_LARGEST_HEADER = 100_000_000
"""The most bytes that the format allows for a header."""


def safetensors_contents(path: Path) -> Contents:
    """Reads the header of a safetensors file.

    Raises:
        ImportedError: a header that is none, or that does not fit the file; numbers of a type that NumPy lacks.
    """
    header, start = _header(path)
    words, numbers, said = said_in(_metadata(header.pop("__metadata__", {})))
    arrays: dict[Key, Stored] = {}
    for name, own in header.items():
        stored = _stored(path, name, own, start)
        if stored.dtype.kind in "iub" and len(stored.shape) < 2:
            numbers.setdefault(name, tuple(int(one) for one in np.atleast_1d(stored.part())))
        else:
            arrays[tuple(part for part in name.split("/") if part) or (name,)] = stored
    return Contents(arrays, words, numbers, said, (path,))


def _header(path: Path) -> tuple[dict[str, Any], int]:
    size = path.stat().st_size
    try:
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if length > min(_LARGEST_HEADER, size - 8):
                raise ValueError(f"a header of {length:,} bytes in a file of {size:,}")
            header = json.loads(stream.read(length))
        if not isinstance(header, dict):
            raise ValueError("its header is no object")
    except (ValueError, RecursionError) as error:
        raise ImportedError(f"{path.name} is no safetensors file, or broken: {safe(str(error)[:120])}.") from error
    return header, 8 + length


def _metadata(given: Any) -> dict[str, Any]:
    """Gives metadata, those that are an object in JSON under one name as that object's."""
    if not isinstance(given, dict):
        return {}
    found = dict(given)
    for name, value in given.items():
        if isinstance(value, str) and value.lstrip().startswith("{"):
            try:
                found[name] = json.loads(value)
            except (ValueError, RecursionError):
                continue
    return found


def _stored(path: Path, name: str, own: Any, start: int) -> Stored:
    try:
        kind, shape = str(own["dtype"]), tuple(int(size) for size in own["shape"])
        first, last = (int(place) for place in own["data_offsets"])
    except (TypeError, KeyError, ValueError) as error:
        raise ImportedError(f"{path.name}: {shown(name)} has no type, shape and place in the header.") from error
    if kind not in _TYPES:
        raise ImportedError(
            f"{path.name}: {shown(name)} holds {safe(kind)}, which is not read. Save it as F32, F16 or BF16."
        )
    dtype = np.dtype(_TYPES[kind])
    fits = min(shape, default=0) >= 0 and math.prod(shape) * dtype.itemsize == last - first and first >= 0
    if not fits or start + last > path.stat().st_size:
        raise ImportedError(
            f"{path.name}: {shown(name)} says it has the shape {list(shape)} of {kind} in the bytes {first:,} to "
            f"{last:,}, which does not fit, or is not in the file: it is broken, or was not copied whole."
        )
    raw = Raw(lambda: path.open("rb"), start + first, shape, dtype)
    if kind != "BF16":
        return Stored(shape, dtype, raw.read)
    return Stored(shape, np.dtype(np.float32), lambda axis, place: widened(raw.read(axis, place)))


def widened(bits: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Gives the numbers of bfloat16, which are the upper halves of float32."""
    return (bits.astype(np.uint32) << 16).view(np.float32)
