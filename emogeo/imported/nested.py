"""Arrays within dictionaries and lists, as torch and JSON hold them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from emogeo.errors import ImportedError
from emogeo.imported.sayings import said_in
from emogeo.imported.stored import Contents, Key, Stored, stored_whole
from emogeo.stimuli.files import safe, shown

_DEEPEST = 6
"""The most dictionaries within dictionaries."""
_LARGEST_JSON = 2**30
"""The most bytes of a JSON file."""
Leaf = Callable[[Any], Stored | None]


def nested_contents(values: Mapping[Any, Any], leaf: Leaf, path: Path) -> Contents:
    """Gives the arrays that dictionaries hold, each by the names that lead to it, and what stands beside them.

    Args:
        leaf: gives the array that a value is, or None where it is none.

    Raises:
        ImportedError: dictionaries within more than six others.
    """
    arrays: dict[Key, Stored] = {}
    loose: dict[str, Any] = {}
    _walk(values, (), leaf, path, arrays, loose)
    words, numbers, said = said_in(loose)
    return Contents(arrays, words, numbers, said, (path,))


def _walk(
    values: Mapping[Any, Any], key: Key, leaf: Leaf, path: Path, arrays: dict[Key, Stored], loose: dict[str, Any]
) -> None:
    if len(key) > _DEEPEST:
        raise ImportedError(f"{path.name} has dictionaries within more than {_DEEPEST} others: {shown('/'.join(key))}.")
    for name, value in values.items():
        own = (*key, str(name))
        found = leaf(value)
        if found is not None and (not found.shape or (found.dtype.kind in "iub" and len(found.shape) < 2)):
            loose[".".join(own)] = found.part().tolist()
        elif found is not None:
            arrays[own] = found
        elif isinstance(value, Mapping):
            _walk(value, own, leaf, path, arrays, loose)
        else:
            loose[".".join(own)] = list(value) if isinstance(value, list | tuple) else value


def json_contents(path: Path) -> Contents:
    """Reads vectors of a JSON file: objects within objects, whose lists of numbers are arrays.

    Raises:
        ImportedError: no JSON, one that is no object, or more than 1 GiB of it.
    """
    return nested_contents(json_object(path), _list_of_numbers, path)


def json_object(path: Path) -> dict[str, Any]:
    """Reads a JSON file that holds an object.

    Raises:
        ImportedError: as `json_contents`.
    """
    if path.stat().st_size > _LARGEST_JSON:
        raise ImportedError(f"{path.name} is larger than 1 GiB; save its vectors as npz or safetensors.")
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ImportedError(f"{path.name} is not JSON in UTF-8: {safe(str(error)[:120])}.") from error
    if not isinstance(values, dict):
        raise ImportedError(f"{path.name} holds no object, as {{label: vector}} or {{layer: {{label: vector}}}}.")
    return values


def _list_of_numbers(value: Any) -> Stored | None:
    """Gives the array that a list of numbers, or of such lists of one length, is."""
    inner = value
    while isinstance(inner, list) and inner and isinstance(inner[0], list):
        inner = inner[0]
    if not isinstance(inner, list) or not inner or isinstance(inner[0], bool | str):
        return None
    try:
        array = np.array(value)
    except ValueError:
        return None
    return stored_whole(array) if array.dtype.kind in "fiu" else None
