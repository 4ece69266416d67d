"""GGUF control vectors, as llama.cpp and repeng write and read them: a file a label, a tensor `direction.N` a block.

N counts blocks from 0: llama.cpp adds `direction.N` to what block N gives, and refuses 0, since it never steers the
first block (`common_control_vector_load_one`); repeng keeps the indices of its layers.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from emogeo.errors import ImportedError, first_line
from emogeo.imported.safetensors_files import widened
from emogeo.imported.sayings import said_in
from emogeo.imported.stored import Contents, Key, Stored, stored_whole
from emogeo.stimuli.files import safe

_TYPES = ("F64", "F32", "F16", "BF16")


def gguf_contents(path: Path) -> Contents:
    """Reads the control vector of one file.

    Raises:
        ImportedError: a file that is broken, or holds no control vector; quantised numbers.
    """
    reader = _reader(path)
    said = {name: _text(field) for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    arrays: dict[Key, Stored] = {}
    label = said.pop("emogeo.label", None)
    for tensor in reader.tensors:
        if re.fullmatch(r"direction\.\d+", tensor.name):
            key = (tensor.name,) if label is None else (label, tensor.name)
            arrays[key] = _stored(path, tensor)
    if not arrays:
        kind = said.get("general.architecture", "unknown")
        raise ImportedError(
            f"{path.name} is a GGUF file of the architecture {safe(str(kind))} without tensors called direction.N: "
            "no control vector."
        )
    words, numbers, single = said_in({name: value for name, value in said.items() if value is not None})
    numbers.pop("controlvector.layer_count", None)
    return Contents(arrays, words, numbers, single, (path,))


def _reader(path: Path) -> Any:
    from gguf import GGUFReader

    with path.open("rb") as stream:
        if stream.read(4) != b"GGUF":
            raise ImportedError(f"{path.name} is no GGUF file.")
    try:
        return GGUFReader(path)
    except Exception as error:  # a broken file fails in NumPy's ways
        raise ImportedError(
            f"{path.name} is no whole GGUF file: {safe(first_line(error)[:120].rstrip('.'))}."
        ) from error


def _text(field: Any) -> Any:
    """Gives a single value; None for lists and what cannot be read."""
    try:
        value = field.contents()
    except Exception:  # a broken field, which is not needed
        return None
    return value if isinstance(value, str | int | float | bool) else None


def _stored(path: Path, tensor: Any) -> Stored:
    kind = tensor.tensor_type.name
    if kind not in _TYPES:
        raise ImportedError(
            f"{path.name}: {tensor.name} is {kind}. Control vectors of F32 are read, as llama.cpp takes them."
        )
    if kind != "BF16":
        return stored_whole(tensor.data)
    return stored_whole(widened(tensor.data.view("<u2").reshape(tuple(int(n) for n in reversed(tensor.shape)))))
