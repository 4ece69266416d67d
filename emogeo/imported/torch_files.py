"""Torch's files, as far as they hold tensors in plain containers; nothing else of them is ever built."""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emogeo.errors import ImportedError, first_line
from emogeo.imported.nested import nested_contents
from emogeo.imported.stored import Contents, Stored
from emogeo.stimuli.files import safe


def torch_contents(path: Path) -> Contents:
    """Reads a torch file with `weights_only=True`, mapped into memory where its format allows it.

    Raises:
        ImportedError: it holds an object, which would run code; tensors that fit no file of its size.
    """
    import torch

    values = _loaded(path)
    if isinstance(values, torch.Tensor):
        values = {path.stem: values}
    elif not isinstance(values, Mapping):
        raise ImportedError(
            f"{path.name} holds a {type(values).__name__}. What is read is a tensor, {{label: tensor}}, "
            "{label: {layer: tensor}}, {layer: {label: tensor}} or "
            "{'vectors': tensor, 'labels': [...], 'layers': [...]}."
        )
    return nested_contents(values, _leaf, path)


def _loaded(path: Path) -> Any:
    import torch

    packed = _is_archive(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=packed)
    except pickle.UnpicklingError as error:
        raise ImportedError(
            f"{path.name} holds more than tensors: refused, since reading it would run code. Save tensors alone: "
            "torch.save({label: vector.cpu() for ...}, FILE), or a safetensors file."
        ) from error
    except Exception as error:  # a broken file fails in torch's own ways
        raise ImportedError(f"{path.name} is no torch file, or broken: {safe(first_line(error)[:120])}.") from error


def _is_archive(path: Path) -> bool:
    """Says whether a file is an archive; one with packed members is refused: torch packs none, and they could be of any
    size."""
    try:
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            packed = any(one.compress_type != zipfile.ZIP_STORED for one in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise ImportedError(f"{path.name} is no torch file, or broken: {safe(str(error)[:120])}.") from error
    if packed:
        raise ImportedError(f"{path.name} has packed members, which no torch file has: it is not read.")
    return True


def _leaf(value: Any) -> Stored | None:
    import torch

    if isinstance(value, list | tuple) and value and all(isinstance(one, torch.Tensor) for one in value):
        shapes = {tuple(one.shape) for one in value}
        return _of_list(value, shapes.pop()) if len(shapes) == 1 else None
    return _of_tensor(value) if isinstance(value, torch.Tensor) else None


def _of_tensor(tensor: Any) -> Stored:
    if tensor.layout is not _strided() or tensor.is_quantized or tensor.is_complex():
        raise ImportedError(f"A tensor is {tensor.dtype}, {tensor.layout}; what is read is dense real numbers.")

    def read(axis: int | None, place: int) -> Any:
        return _numbers(tensor if axis is None else tensor.select(axis, place))

    return Stored(tuple(tensor.shape), _dtype(tensor), read)


def _of_list(tensors: Sequence[Any], shape: tuple[int, ...]) -> Stored:
    """Gives tensors of one shape as one array, whose first axis is the list's."""
    inner = [_of_tensor(one) for one in tensors]

    def read(axis: int | None, place: int) -> Any:
        if axis == 0:
            return inner[place].read(None, 0)
        return np.stack([one.read(None if axis is None else axis - 1, place) for one in inner])

    return Stored((len(tensors), *shape), inner[0].dtype, read)


def _strided() -> Any:
    import torch

    return torch.strided


def _dtype(tensor: Any) -> np.dtype[Any]:
    import torch

    return np.dtype(np.float32) if tensor.dtype is torch.bfloat16 else _numbers(tensor.new_empty(0)).dtype


def _numbers(tensor: Any) -> Any:
    import torch

    plain = tensor.detach()
    try:
        return (plain.float() if plain.dtype is torch.bfloat16 else plain).contiguous().numpy().copy()
    except TypeError as error:
        raise ImportedError(f"Numbers of the type {tensor.dtype} are not read: save them as float32.") from error
