"""HDF5: RDMs as rsatoolbox saves them, and any file of arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from emogeo.errors import ImportedError, first_line
from emogeo.imported.sayings import said_in
from emogeo.imported.stored import Contents, Key, Stored
from emogeo.stimuli.files import safe, shown

_BROKEN = (OSError, RuntimeError, ValueError, KeyError, TypeError, MemoryError)
"""How h5py fails in a broken file."""
_OUR_LABELS = "emogeo.labels"
_LONGEST = 1_000_000
"""The most words of a list."""


def hdf5_contents(path: Path) -> Contents:
    """Reads which arrays a file has; lists of words and of whole numbers are read at once.

    Links to other files are not followed.

    Raises:
        ImportedError: no HDF5 file, or a broken one.
    """
    import h5py

    arrays: dict[Key, Stored] = {}
    loose: dict[str, Any] = {}
    try:
        with h5py.File(path, "r") as file:
            _walk(path, file, (), arrays, loose)
    except _BROKEN as error:
        raise ImportedError(f"{path.name} is no HDF5 file, or broken: {safe(first_line(error)[:120])}.") from error
    words, numbers, said = said_in(loose)
    if _OUR_LABELS in words:  # in whole letters, where rsatoolbox has ASCII alone
        words = {name: own for name, own in words.items() if not name.startswith("pattern_descriptors")}
    return Contents(arrays, words, numbers, said, (path,))


def _walk(path: Path, group: Any, key: Key, arrays: dict[Key, Stored], loose: dict[str, Any]) -> None:
    import h5py

    loose.update({".".join((*key, name)): _plain(value) for name, value in group.attrs.items()})
    for name in group:
        own = (*key, str(name))
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        found = group[name]
        if isinstance(found, h5py.Group) and len(own) < 6:
            _walk(path, found, own, arrays, loose)
        elif isinstance(found, h5py.Dataset) and found.shape is not None:
            _add(path, found, own, arrays, loose)


def _add(path: Path, found: Any, own: Key, arrays: dict[Key, Stored], loose: dict[str, Any]) -> None:
    where = f"{path.name}: {shown('/'.join(own))}"
    if found.external or found.is_virtual:
        raise ImportedError(f"{where} is kept in other files, which are not followed. Save it in this one.")
    if found.dtype.kind in "SOU" or not found.shape or (found.dtype.kind in "iub" and len(found.shape) < 2):
        if found.size > _LONGEST:
            raise ImportedError(f"{where} has {found.size:,} words or whole numbers; at most {_LONGEST:,} are read.")
        loose[".".join(own)] = _plain(found[()])
    elif found.dtype.kind in "fiu":
        arrays[own] = Stored(tuple(found.shape), found.dtype, _Slices(path, "/".join(own)).read)


def _plain(value: Any) -> Any:
    """Gives words and numbers as Python has them."""
    array = np.asarray(value)
    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8", "replace").tolist()
    plain = array.tolist()
    if isinstance(plain, list):
        return [one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in plain]
    return plain.decode("utf-8", "replace") if isinstance(plain, bytes) else plain


class _Slices:
    """Reads slices of one array of a file."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name

    def read(self, axis: int | None, place: int) -> Any:
        import h5py

        where = (slice(None),) * (axis or 0) + (() if axis is None else (place,))
        try:
            with h5py.File(self._path, "r") as file:
                found = file[self._name]
                return np.asarray(found[where] if where else found[()])
        except _BROKEN as error:
            raise ImportedError(f"{shown(self._name)} cannot be read: {safe(first_line(error)[:120])}.") from error
