"""Zarr, where its package is installed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from emogeo.errors import ImportedError, first_line
from emogeo.imported.nested import nested_contents
from emogeo.imported.stored import Contents, Stored
from emogeo.stimuli.files import safe


def is_zarr(path: Path) -> bool:
    """Says whether a folder is a Zarr array or group."""
    return path.is_dir() and (
        path.suffix == ".zarr" or any((path / name).is_file() for name in (".zarray", ".zgroup", "zarr.json"))
    )


def zarr_contents(path: Path) -> Contents:
    """Reads which arrays a Zarr folder has.

    Raises:
        ImportedError: the package is not installed, or it cannot read the folder.
    """
    try:
        import zarr
    except ImportError as error:
        raise ImportedError(
            f"{path.name} is Zarr, which needs its package: type pip install zarr. Or convert it where that is: "
            "numpy.save('states.npy', zarr.open('FOLDER', mode='r')[...])."
        ) from error
    try:
        found = nested_contents(_named(zarr.open(str(path), mode="r"), path), _leaf, path)
        return replace(found, files=tuple(sorted(file for file in path.rglob("*") if file.is_file())))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ImportedError(f"{path.name} is no Zarr that can be read: {safe(first_line(error)[:120])}.") from error


def _named(opened: Any, path: Path) -> dict[str, Any]:
    about = dict(opened.attrs)
    if hasattr(opened, "shape"):
        return {**about, path.stem: opened}
    return {**about, **{str(name): found for name, found in opened.arrays()}}


def _leaf(value: Any) -> Stored | None:
    if not hasattr(value, "shape") or not hasattr(value, "dtype") or np.dtype(value.dtype).kind not in "fiu":
        return None

    def read(axis: int | None, place: int) -> Any:
        return np.asarray(value[...] if axis is None else value[(slice(None),) * axis + (place,)])

    return Stored(tuple(int(size) for size in value.shape), np.dtype(value.dtype), read)
