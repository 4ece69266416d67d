"""Records and leftovers removed from a store, and nothing outside of it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from emogeo.errors import StoreError
from emogeo.locks import held
from emogeo.machine import naming
from emogeo.store.store import Store


def remove(store: Store, path: Path) -> None:
    """Removes a file or a folder of a store: taken away at once, so that nobody finds a part of it, then deleted.

    Links within it are removed, and what they lead to stays.

    Raises:
        StoreError: a path that is a link, or that lies outside of the store.
        OSError: a file that may not be removed; names it.
    """
    refuse_outside(store, path)
    waiting = store.path / ".tmp"
    with naming(path):
        waiting.mkdir(exist_ok=True)
        refuse_outside(store, waiting)
        scratch = Path(tempfile.mkdtemp(dir=waiting, prefix="removed-"))
        try:
            with held(store.path / ".lock", "a record is being written, waiting"):
                path.replace(scratch / "removed")
        finally:
            shutil.rmtree(scratch, ignore_errors=True)  # what stays lies in .tmp, and is dropped later


def refuse_outside(store: Store, path: Path) -> None:
    """Refuses a path that is not in the store itself.

    Raises:
        StoreError: says where it leads.
    """
    why = why_outside(store, path)
    if why is not None:
        raise StoreError(why)


def why_outside(store: Store, path: Path) -> str | None:
    """Says of a path that is a link, or not in the store once links of its folders are followed, where it leads."""
    root = store.path.resolve()
    if path.is_symlink():
        return f"{path} is a link to {path.resolve()}: what is not in the store itself is never removed."
    if root not in path.parent.resolve().joinpath(path.name).parents:
        return f"{path} lies outside of {root}: what is not in the store itself is never removed."
    return None
